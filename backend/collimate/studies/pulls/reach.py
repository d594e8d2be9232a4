"""Reaching a source, whichever protocol it speaks."""

import time
from collections.abc import Callable

from collimate.projects.models import Project
from collimate.studies.pulls.peer import PeerRemote
from collimate.studies.pulls.remote import Remote, SourceFailed
from collimate.studies.pulls.web import WebRemote
from collimate.studies.ways_in import DimseSource, Source, ways_in

LOOK_SECONDS = 60.0


def reach(source: Source | DimseSource, project: Project, wait: Callable[[], None]) -> Remote:
    """A source, ready to be asked on behalf of a project; `wait` may end the waiting for it."""
    if isinstance(source, Source):
        return WebRemote(source)
    return PeerRemote(source, _our_title(project) if source.may_move else None, wait)


def _our_title(project: Project) -> str | None:
    """The AE title under which our receiver takes images for the project."""
    receiver = ways_in().receiver
    for one in receiver.destinations if receiver is not None else ():
        if one.project in (project.name, str(project.id)):
            return one.called_ae_title
    return None


def for_a_look() -> Callable[[], None]:
    """Ends the waiting of somebody who sits in front of a page."""
    until = time.monotonic() + LOOK_SECONDS

    def wait() -> None:
        if time.monotonic() > until:
            raise SourceFailed("It takes too long; narrow the search.")

    return wait
