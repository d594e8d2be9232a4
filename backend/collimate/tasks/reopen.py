"""Taking a submitted read back, to correct it."""

from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.tasks import lease, places
from collimate.tasks.models import Read
from collimate.tasks.states import MoveNotAllowed, ReadState, move


class ReadReviewed(MoveNotAllowed):
    """A reviewer has accepted this read: ask for it to be returned."""


def reopen(session: Session, reader: User, read_id: UUID) -> Read:
    """Return a read that was submitted, or waits for an answer, at its reader's own wish.

    What was submitted stays in the history; it counts for nothing until the read is submitted
    again.

    Raises:
        ReadNotFound: unknown, or someone else's.
        ReadReviewed: a reviewer has accepted it.
        MoveNotAllowed: it was neither.
    """
    read, task = places.lock_own(session, reader, read_id)
    if read.state == ReadState.ACCEPTED:
        raise ReadReviewed()
    if read.state == ReadState.ISSUE:
        lease.take_up(session, read)
    else:
        move(read, ReadState.RETURNED)
    places.recount(session, task)
    places.announce(session, read)
    audit.record(session, reader.id, "read_reopened", "read", read.id, project_id=read.project_id)
    return read
