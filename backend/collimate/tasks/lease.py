"""Leases: how long a claimed case is kept, in the database's time, with a fencing number.

A lease that ran out does not by itself take anything away. A place that was only looked at is
given to others (`release_lapsed`), a place with saved work stays its reader's until a project
admin hands the case to someone else. Nobody's saved work is ever removed.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, func, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.kit.errors import Conflict
from collimate.kit.settings import settings
from collimate.tasks import places
from collimate.tasks.models import Read, Task
from collimate.tasks.states import HELD, ReadState, is_one_of, move

LONGEST_ACTIVE_MS = 24 * 3600 * 1000


class LeaseLost(Conflict):
    """This case is no longer held by this window."""


def database_now() -> ColumnElement[Any]:
    """The database's clock, which goes on within a transaction."""
    return func.clock_timestamp()


def moment(session: Session) -> datetime:
    """What the database's clock says."""
    now: datetime = session.execute(select(database_now())).scalar_one()
    return now


def lease_end(given_at: datetime) -> datetime:
    """When a lease ends."""
    return given_at + timedelta(minutes=settings().lease_minutes)


def is_held(read: Read, fence: int) -> bool:
    """Whether this fence is the newest of a read that its reader is at work on.

    The time does not matter here: as long as nobody took the place, a late hand still holds it.
    """
    return read.state in HELD and read.fence == fence


def check_held(read: Read, fence: int) -> None:
    """Refuse a hand that no longer holds the read.

    Raises:
        LeaseLost
    """
    if not is_held(read, fence):
        raise LeaseLost(
            "It was given back, handed on or opened again meanwhile. What you saved is kept.",
            task_id=str(read.task_id),
            state=read.state,
        )


def spend(read: Read, active_ms: int) -> None:
    """Note the time a reader was active on a read, in total; it never goes back."""
    read.active_ms = max(read.active_ms, min(active_ms, LONGEST_ACTIVE_MS))


def renew(session: Session, reader: User, read_id: UUID, fence: int) -> Read:
    """Keep a case for longer.

    Raises:
        ReadNotFound, LeaseLost
    """
    read, _task = places.lock_own(session, reader, read_id)
    check_held(read, fence)
    read.lease_until = lease_end(moment(session))
    return read


def take_up(session: Session, read: Read) -> None:
    """Go on with a read that waited for an answer; what held it then holds it again."""
    move(read, ReadState.DRAFT)
    read.lease_until = lease_end(moment(session))


def release(session: Session, reader: User, read_id: UUID, fence: int) -> Read:
    """Give a case back; what was saved on it is kept. A case assigned by name stays assigned.

    Raises:
        ReadNotFound, LeaseLost
    """
    read, task = places.lock_own(session, reader, read_id)
    check_held(read, fence)
    give_back(session, read)
    places.recount(session, task)
    places.announce(session, read)
    audit.record(session, reader.id, "read_released", "read", read.id, project_id=read.project_id)
    return read


def give_back(session: Session, read: Read) -> None:
    """Free the place of a read; its task must be locked."""
    if read.is_assigned and read.state == ReadState.CLAIMED:
        move(read, ReadState.ASSIGNED)
        read.lease_until = None
        return
    move(read, ReadState.RELEASED)
    places.set_aside(session, read, reopen=True)


@lru_cache
def lapsed() -> Select[Read, Task]:
    """Reads of `project_id` whose lease ran out before anything was saved on them."""
    return (
        select(Read, Task)
        .join(Task, Task.id == Read.task_id)
        .where(Read.project_id == bindparam("project_id", type_=Uuid()))
        .where(is_one_of(Read.state, ReadState.CLAIMED), Read.lease_until < database_now())
    )


def release_lapsed(session: Session, project_id: UUID) -> list[Read]:
    """Free every place whose lease ran out before anything was saved on it.

    The caller records them (`record_lapsed`) once it holds every other lock it needs.
    """
    found = session.execute(
        lapsed()
        .with_for_update(of=[Task, Read], key_share=True, skip_locked=True)
        .execution_options(populate_existing=True),
        {"project_id": project_id},
    ).all()
    for read, task in found:
        give_back(session, read)
        places.recount(session, task)
        places.announce(session, read)
    return [read for read, _task in found]


def record_lapsed(session: Session, freed: list[Read]) -> None:
    """The audit rows of places that were freed because their time ran out."""
    for read in freed:
        audit.record(session, None, "read_lapsed", "read", read.id, project_id=read.project_id)
