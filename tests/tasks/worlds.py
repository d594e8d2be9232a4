"""Worlds for the tests of tasks: a project with cases and readers, and looks at what is stored."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.access.models import User
from collimate.kit import ids
from collimate.projects.models import Project
from collimate.tasks import lease
from collimate.tasks.models import Read, Task
from tests import factories


@dataclass
class Room:
    """A project with a label schema, tasks and readers."""

    session: Session
    project: Project
    readers: list[User]
    tasks: list[Task] = field(default_factory=list)

    def actor(self, index: int = 0) -> Actor:
        return Actor(self.readers[index], ids.new_id())


def make_room(
    session: Session,
    *,
    tasks: int = 3,
    readers: int = 2,
    wanted: int = 1,
    learning: bool = True,
    **rules: object,
) -> Room:
    project = factories.make_project(
        session,
        reading_rules={"wanted_reads": wanted, **rules},
        learning_rules={"is_on": learning},
    )
    factories.make_schema(session, project=project)
    room = Room(
        session, project, [factories.make_member(session, project=project) for _ in range(readers)]
    )
    for index in range(tasks):
        room.tasks.append(
            factories.make_task(
                session, project=project, wanted_reads=wanted, priority=float(tasks - index)
            )
        )
    return room


def let_lapse(session: Session, read_id: UUID) -> None:
    """Move the end of a lease into the past, as if its time had gone by."""
    session.flush()
    session.execute(
        update(Read)
        .where(Read.id == read_id)
        .values(lease_until=lease.database_now() - timedelta(minutes=1))
    )
    session.expire_all()


def broken_promises(session: Session) -> list[str]:
    """Tasks with more held or finished reads than wanted, a reader twice, or a wrong state."""
    from collimate.tasks.states import DONE, HELD, task_state

    problems = []
    session.expire_all()
    for task in session.scalars(select(Task)):
        reads = session.scalars(select(Read).where(Read.task_id == task.id)).all()
        places = [read for read in reads if read.slot >= 1]
        busy = [read for read in reads if read.state in HELD | DONE]
        readers = [read.reader_id for read in reads if read.reader_id is not None]
        if len(busy) > task.wanted_reads:
            problems.append(f"{task.id}: {len(busy)} of {task.wanted_reads}")
        if len(readers) != len(set(readers)):
            problems.append(f"{task.id}: a reader twice")
        if any(read.slot > task.wanted_reads for read in places):
            problems.append(f"{task.id}: slot beyond wanted")
        if task.state != task_state([read.state for read in places]):
            problems.append(f"{task.id}: says {task.state}")
    return problems
