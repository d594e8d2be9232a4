"""The places of a task: slot rows 1 to wanted, which the database keeps from being exceeded.

The task row is the lock of everything on it: whoever changes a place holds it first. Locks are
taken in one order (reader, task, label schema, job, audit chain; several tasks by their ids), so
nobody waits in a circle.
"""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.jobs import events
from collimate.kit.errors import NotFound
from collimate.projects import members, rules
from collimate.projects.models import Member, Project
from collimate.tasks.models import Read, Task
from collimate.tasks.states import (
    AUTO_ACCEPTED,
    TASK_ALLOWED,
    MoveNotAllowed,
    ReadState,
    task_state,
)


class ReadNotFound(NotFound):
    """There is no such case of yours."""


class TaskNotFound(NotFound):
    """There is no such task."""


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 2))")


def lock_reader(session: Session, project_id: UUID, user_id: UUID) -> None:
    """Put the claims of one reader in line, so that a double click takes one case."""
    session.execute(_LOCK, {"key": f"reader:{project_id}:{user_id}"})


def lock_task(session: Session, task_id: UUID) -> Task:
    """The task, locked.

    Raises:
        TaskNotFound
    """
    query = select(Task).where(Task.id == task_id).with_for_update(key_share=True)
    task = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if task is None:
        raise TaskNotFound()
    return task


def lock_own(
    session: Session, reader: User, read_id: UUID, other_task_id: UUID | None = None
) -> tuple[Read, Task]:
    """The reader's own read and its task, locked; another task is locked in turn with it.

    Raises:
        ReadNotFound: unknown, or someone else's: both look the same.
    """
    read = session.get(Read, read_id)
    if read is None:
        raise ReadNotFound()
    wanted = {read.task_id, other_task_id or read.task_id}
    locked = {task_id: lock_task(session, task_id) for task_id in sorted(wanted)}
    read = session.get_one(Read, read_id, populate_existing=True)
    if read.reader_id != reader.id:
        raise ReadNotFound()
    return read, locked[read.task_id]


def own_read(session: Session, reader: User, read_id: UUID) -> Read:
    """The reader's own read, if still a member who may read.

    Raises:
        ReadNotFound: unknown, someone else's, or of a project the reader has left.
        RoleForbids: the role no longer allows reading.
    """
    read = session.get(Read, read_id)
    if read is None or read.reader_id != reader.id:
        raise ReadNotFound()
    members.require(session, reader, read.project_id, Permission.READ_CASES)
    return read


def reads_of(session: Session, task_id: UUID) -> list[Read]:
    """All reads of a task, set-aside ones included, by slot."""
    query = select(Read).where(Read.task_id == task_id).order_by(Read.slot)
    return list(session.scalars(query.execution_options(populate_existing=True)))


_STATES = select(Read.state).where(
    Read.task_id == bindparam("task_id", type_=Uuid()), Read.slot >= 1
)


def recount(session: Session, task: Task) -> None:
    """Set the task's state from its places, after one of them changed.

    Raises:
        MoveNotAllowed: the step is none a task may take.
    """
    session.flush()
    state = task_state(session.scalars(_STATES, {"task_id": task.id}).all())
    if state != task.state:
        before = ReadState.OPEN if task.state == AUTO_ACCEPTED else ReadState(task.state)
        if state not in TASK_ALLOWED[before] | {before}:
            raise MoveNotAllowed(f"A task that is {task.state} cannot become {state}.")
        task.state = state


def set_aside(session: Session, read: Read, *, reopen: bool) -> None:
    """Take a read off its slot; with `reopen` the slot is free for someone else at once."""
    slot = read.slot
    lowest = session.scalar(select(func.min(Read.slot)).where(Read.task_id == read.task_id))
    read.slot = min(lowest or 0, 0) - 1
    read.lease_until = None
    session.flush()
    if reopen:
        session.add(Read(project_id=read.project_id, task_id=read.task_id, slot=slot))
        session.flush()


def take_over(session: Session, own: Read, place: Read) -> None:
    """Give a set-aside read the empty slot of `place`."""
    slot = place.slot
    session.delete(place)
    session.flush()
    own.slot = slot
    session.flush()


def has_work(session: Session, read_id: UUID) -> bool:
    """Whether anything was ever saved on a read."""
    # Annotations stand later in the data flow; the table is asked by name, not by import.
    query = text("SELECT EXISTS (SELECT 1 FROM annotation WHERE read_id = :id)")
    return bool(session.scalar(query, {"id": read_id}))


def announce(session: Session, read: Read, **ids: Any) -> None:
    """Tell browsers that a read changed.

    Where reading is blinded only its reader and those who run the project hear of it: another
    reader must not see the pace.
    """
    project = session.get_one(Project, read.project_id)
    payload = {"read_id": read.id, "task_id": read.task_id, **ids}
    if not rules.reading_rules(project).is_blinded:
        events.publish(session, "read", project.id, **payload)
        return
    events.publish_to(
        session, _told_blindly(), {"reader_id": read.reader_id}, "read", project.id, **payload
    )


@lru_cache
def _told_blindly() -> Select[UUID]:
    """Who may hear of a read of `reader_id` in `project_id` where readers are blinded."""
    reader = Member.user_id == bindparam("reader_id", type_=Uuid())
    return select(Member.user_id).where(
        Member.project_id == bindparam("project_id", type_=Uuid()),
        or_(Member.role == "project_admin", reader),
    )
