"""Turning it off: what the model answered goes back into the queue, its record stays."""

from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.kit import clock
from collimate.kit.errors import Conflict
from collimate.learning.models import AutoAccept, AutoAcceptedCase
from collimate.tasks.models import Task
from collimate.tasks.queue import REAUDIT_ARM
from collimate.tasks.states import AUTO_ACCEPTED, ReadState

PERSON = "person"
NEW_MODEL = "new_model"
DISAGREEMENT = "disagreement"
SITE_DRIFT = "site_drift"
SCORE_DRIFT = "score_drift"
QUESTION_CHANGED = "question_changed"
BLINDED_READERS = "blinded_readers"


class NotAccepting(Conflict):
    """The model answers nothing by itself now."""


def current(session: Session, project_id: UUID, *, lock: bool = False) -> AutoAccept | None:
    """What the project's model answers by now, if it does; whoever changes that locks it first."""
    query = select(AutoAccept).where(
        AutoAccept.project_id == project_id, AutoAccept.off_at.is_(None)
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).one_or_none()


def turn_off(
    session: Session, project_id: UUID, code: str, *, by: UUID | None = None, reason: str = ""
) -> bool:
    """Turn it off, if it is on, and say why; answers whether it was.

    Every case that stands as accepted is open again; re-audits wait like any other case.
    """
    on = current(session, project_id, lock=True)
    if on is None:
        return False
    count = _give_back(session, on)
    on.off_at, on.off_code, on.off_by, on.off_reason = clock.now(), code, by, reason.strip()
    session.flush()
    events.publish(session, "round", project_id)
    audit.record(
        session, by, "auto_accept_turned_off", "auto_accept", on.id,
        project_id=project_id, code=code, given_back_count=count,
    )  # fmt: skip
    return True


def turn_off_by_person(session: Session, by: UUID, project_id: UUID, reason: str) -> None:
    """The same, asked for.

    Raises:
        NotAccepting
    """
    if not turn_off(session, project_id, PERSON, by=by, reason=reason):
        raise NotAccepting("It is off already.")


def _give_back(session: Session, on: AutoAccept) -> int:
    own = select(AutoAcceptedCase.task_id).where(AutoAcceptedCase.auto_accept_id == on.id)
    session.execute(
        select(Task.id).where(Task.id.in_(own)).order_by(Task.id).with_for_update(key_share=True)
    )
    tasks = update(Task).where(Task.id.in_(own)).execution_options(synchronize_session="fetch")
    opened = session.execute(
        tasks.where(Task.state == AUTO_ACCEPTED).values(state=ReadState.OPEN).returning(Task.id)
    ).all()
    session.execute(
        tasks.where(Task.arm == REAUDIT_ARM, Task.state == ReadState.OPEN).values(
            arm="arrival", priority=0.0, reason=""
        )
    )
    return len(opened)
