"""Waiting until the workers have done what was asked of them for a project."""

import time
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import func, select

from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.kit.database import open_session

Advance = Callable[[], None]


def nap() -> None:
    """What waiting does while workers run in their own processes."""
    time.sleep(0.2)


def live_count(project_id: UUID, kinds: Iterable[JobKind]) -> int:
    """How many jobs of these kinds wait or run."""
    with open_session() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(Job)
                .where(Job.project_id == project_id, Job.kind.in_([str(kind) for kind in kinds]))
                .where(Job.state.in_(("queued", "running")))
            )
            or 0
        )


def settle(
    project_id: UUID, kinds: Iterable[JobKind], *, advance: Advance = nap, seconds: float = 120
) -> bool:
    """Wait until none of these jobs is left; False when the time ran out first.

    `advance` is called between two looks: it sleeps, or works the queue where nobody else does.
    """
    wanted = list(kinds)
    deadline = time.monotonic() + seconds
    while live_count(project_id, wanted):
        if time.monotonic() > deadline:
            return False
        advance()
    return True
