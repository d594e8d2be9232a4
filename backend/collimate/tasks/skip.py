"""Skipping a case, with a reason."""

from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.tasks import lease, places
from collimate.tasks.models import Read
from collimate.tasks.states import ReadState, move


def skip(
    session: Session, reader: User, read_id: UUID, *, fence: int, reason: str, active_ms: int
) -> Read:
    """Say why a case cannot be read. Its place is not given on by itself.

    A picture nobody can read would otherwise cost every reader's time in turn; a project admin
    sees the reason and can assign the case to someone else.

    Raises:
        ReadNotFound, LeaseLost
    """
    read, task = places.lock_own(session, reader, read_id)
    lease.check_held(read, fence)
    lease.spend(read, active_ms)
    move(read, ReadState.SKIPPED)
    read.skip_reason = reason
    places.set_aside(session, read, reopen=False)
    places.recount(session, task)
    places.announce(session, read)
    audit.record(session, reader.id, "read_skipped", "read", read.id, project_id=read.project_id)
    return read
