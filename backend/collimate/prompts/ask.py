"""Asking: a reader says all prompts as they are now, and a segmenter is woken.

Whole states instead of steps: adding a prompt, taking one back and giving up what is being
computed are one request each that may be repeated, and whoever answers needs no memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.annotations.save import require_person
from collimate.kit import clock
from collimate.kit.errors import NotFound, Unprocessable
from collimate.ml.prompts.kinds import PromptKind
from collimate.prompts.models import PromptFrame, PromptSession
from collimate.studies.models import Instance, Series
from collimate.tasks import lease
from collimate.tasks.models import Read, Task

CHANNEL = "collimate_prompt"
COUNTS = {PromptKind.POINT: (1, 1), PromptKind.SCRIBBLE: (1, None), PromptKind.BOX: (2, 2),
          PromptKind.LASSO: (3, None)}  # fmt: skip


class PromptSessionNotFound(NotFound):
    """There is no such prompt session of yours."""


class PromptMalformed(Unprocessable):
    """A prompt lies outside the image or is not one of its kind."""


@dataclass(frozen=True)
class Wanted:
    """A state of a session: everything that is pointed at. Prompts are as in the JSON."""

    series_uid: str
    through_frames: bool
    asked: int
    prompts: Sequence[dict[str, Any]]
    fence: int


def ask(
    session: Session, actor: Actor, read: Read, session_id: UUID, wanted: Wanted
) -> PromptSession:
    """Take over a state of a session, beginning it where it is new; an older state changes nothing.

    A reader points at one structure at a time: a new session closes the one before.

    Raises:
        TokenCannotLabel, LeaseLost, PromptSessionNotFound, PromptMalformed
    """
    require_person(actor)
    lease.check_held(read, wanted.fence)
    series = _series(session, read, wanted.series_uid)
    _check(session, series, wanted.prompts)
    found = session.get(PromptSession, session_id, with_for_update=True)
    if found is None:
        close_others(session, read.id)
        found = PromptSession(
            id=session_id, project_id=read.project_id, read_id=read.id, series_id=series.id,
            reader_id=actor.user.id, through_frames=wanted.through_frames,
            prompts=[], asked=0,
        )  # fmt: skip
        session.add(found)
    elif found.read_id != read.id or found.closed_at is not None or found.series_id != series.id:
        raise PromptSessionNotFound("Begin a new one.")
    if wanted.asked > found.asked:
        found.prompts = list(wanted.prompts)
        found.through_frames = wanted.through_frames
        found.asked, found.asked_at = wanted.asked, clock.now()
        found.progress, found.problem, found.note = 0.0, "", ""
        session.flush()
        session.execute(select(func.pg_notify(CHANNEL, "")))
    return found


def own_session(session: Session, read: Read, session_id: UUID) -> PromptSession:
    """The session of a read.

    Raises:
        PromptSessionNotFound
    """
    found = session.get(PromptSession, session_id)
    if found is None or found.read_id != read.id:
        raise PromptSessionNotFound()
    return found


def close(session: Session, prompt_session: PromptSession) -> None:
    """End a session: its mask goes, its row stays to say what accepted segments came from."""
    prompt_session.closed_at = prompt_session.closed_at or clock.now()
    session.execute(delete(PromptFrame).where(PromptFrame.prompt_session_id == prompt_session.id))


def close_others(session: Session, read_id: UUID) -> None:
    """End every session of a read."""
    closed = session.scalars(
        update(PromptSession)
        .where(PromptSession.read_id == read_id, PromptSession.closed_at.is_(None))
        .values(closed_at=clock.now())
        .returning(PromptSession.id)
    ).all()
    session.execute(delete(PromptFrame).where(PromptFrame.prompt_session_id.in_(closed)))


def _series(session: Session, read: Read, series_uid: str) -> Series:
    found = session.scalars(
        select(Series)
        .join(Task, Task.study_id == Series.study_id)
        .where(Task.id == read.task_id, Series.series_uid == series_uid)
    ).one_or_none()
    if found is None:
        raise PromptMalformed("Prompts lie on a series of the study being read.")
    return found


def _check(session: Session, series: Series, prompts: Sequence[dict[str, Any]]) -> None:
    uids = {one["sop_instance_uid"] for one in prompts}
    grids = {
        row.sop_instance_uid: row
        for row in session.execute(
            select(
                Instance.sop_instance_uid, Instance.rows, Instance.columns, Instance.frame_count
            ).where(Instance.series_id == series.id, Instance.sop_instance_uid.in_(uids))
        )
    }
    for prompt in prompts:
        grid = grids.get(prompt["sop_instance_uid"])
        if grid is None or prompt["frame_number"] > grid.frame_count:
            raise PromptMalformed("Prompts lie on images of the series.")
        least, most = COUNTS[PromptKind(prompt["kind"])]
        if len(prompt["points"]) < least or (most and len(prompt["points"]) > most):
            raise PromptMalformed("A point has one place, a box two, a lasso at least three.")
        if any(x > grid.columns or y > grid.rows for x, y in prompt["points"]):
            raise PromptMalformed(f"The image is {grid.columns} wide and {grid.rows} high.")
