"""Giving cases to a reader by name, and setting their priority by hand."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.jobs import events
from collimate.kit.errors import Conflict
from collimate.projects import members
from collimate.projects.models import Project
from collimate.studies.cohorts import keep as cohorts
from collimate.studies.models import Cohort, Study
from collimate.tasks import lease, places, queue, search
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ASIDE, HELD, ReadState, move

WAITING = (ReadState.ASSIGNED, ReadState.RETURNED, ReadState.ISSUE)


class NotAReader(Conflict):
    """This person does not read in this project."""


def assign(
    session: Session,
    by: UUID,
    project: Project,
    reader: User,
    *,
    task_ids: list[UUID] | None = None,
    count: int = 0,
    cohort_id: UUID | None = None,
) -> int:
    """Give named tasks, or the `count` most wanted of the pool or a cohort, to one reader.

    A task he has a part in already, or with no place to give, is left out. A place whose lease
    ran out, or that was skipped, is given on; work saved there stays on its own row.

    Raises:
        NotAReader, CohortNotFound
    """
    if not members.may(session, reader, project.id, Permission.READ_CASES):
        raise NotAReader("Make this person a reader of the project first.")
    queue.open_missing(session, project.id)
    if task_ids is None:
        cohort = None if cohort_id is None else cohorts.of_project(session, project, cohort_id)
        task_ids = _most_wanted(session, project, reader, count, cohort)
    assigned = [
        task_id
        for task_id in sorted(set(task_ids))
        if _assign_one(session, project, reader, task_id)
    ]
    events.publish(session, "task", project.id, count=len(assigned))
    audit.record(
        session, by, "tasks_assigned", "user", reader.id,
        project_id=project.id, count=len(assigned), task_ids=assigned,
    )  # fmt: skip
    return len(assigned)


def _most_wanted(
    session: Session, project: Project, reader: User, count: int, cohort: Cohort | None
) -> list[UUID]:
    query = search.free_in(project)
    if cohort is not None:
        query = query.where(Study.id.in_(cohorts.studies_of(cohort)))
    found: dict[UUID, None] = {}
    for _, task in session.execute(query.limit(count * 10), search.asked(project, reader)):
        found.setdefault(task.id)
    return list(found)[:count]


def tasks_of(session: Session, project: Project, study_ids: Sequence[UUID]) -> list[UUID]:
    """The tasks of these studies, opened where there is none yet."""
    queue.open_missing(session, project.id)
    mine = select(Task.id).where(Task.project_id == project.id, Task.study_id.in_(study_ids))
    return list(session.scalars(mine))


def _assign_one(session: Session, project: Project, reader: User, task_id: UUID) -> bool:
    task = session.scalars(
        select(Task)
        .join(Study, Study.id == Task.study_id)
        .where(Task.id == task_id, Task.project_id == project.id, Study.deleted_at.is_(None))
        .with_for_update(of=Task, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if task is None:
        return False
    reads = places.reads_of(session, task.id)
    own = next((read for read in reads if read.reader_id == reader.id), None)
    if own is not None and own.state not in ASIDE:
        return False
    place = _place_to_give(session, task, reads)
    if place is None:
        return False
    read = place
    if own is not None:
        places.take_over(session, own, place)
        read = own
    move(read, ReadState.ASSIGNED)
    read.reader_id, read.is_assigned, read.skip_reason = reader.id, True, None
    if task.arm == "arrival":
        task.arm = queue.HOLDOUT_ARM if task.is_holdout else "person"
    places.recount(session, task)
    places.announce(session, read)
    return True


def _place_to_give(session: Session, task: Task, reads: list[Read]) -> Read | None:
    """A free place, else one whose reader is not at it now, else a skipped one.

    Not at it: a lapsed lease, an assignment not begun, a returned case not taken up again, one that
    waits for an answer. A skipped read left its slot number unused.
    """
    free = next((read for read in reads if read.state == ReadState.OPEN), None)
    if free is not None:
        return free
    now = session.execute(select(lease.database_now())).scalar_one()
    for read in reads:
        lapsed = read.state in HELD and read.lease_until is not None and read.lease_until < now
        if lapsed or read.state in WAITING:
            slot = read.slot
            move(read, ReadState.RELEASED)
            read.is_assigned = False
            places.set_aside(session, read, reopen=True)
            return session.scalars(
                select(Read).where(Read.task_id == task.id, Read.slot == slot)
            ).one()
    used = {read.slot for read in reads}
    for slot in range(1, task.wanted_reads + 1):
        if slot not in used:
            place = Read(project_id=task.project_id, task_id=task.id, slot=slot)
            session.add(place)
            session.flush()
            return place
    return None


def set_priority(session: Session, by: UUID, task_id: UUID, priority: float) -> Task:
    """Move a task in the queue by hand.

    Raises:
        TaskNotFound
    """
    task = places.lock_task(session, task_id)
    task.priority = priority
    events.publish(session, "task", task.project_id, task_id=task.id)
    audit.record(
        session, by, "task_prioritised", "task", task.id,
        project_id=task.project_id, priority=priority,
    )  # fmt: skip
    return task


FIRST_REASON = "put at the front by a person"


def put_first(session: Session, by: UUID, project: Project, task_ids: Sequence[UUID]) -> int:
    """Have open cases of the pool read before all others, in this order; answers how many.

    Rounds leave them where they are. Hold-out cases, control draws (early because of their looks
    they would be no random draw) and cases somebody has in hand are left out.
    """
    free = set(
        session.scalars(
            select(Task.id)
            .join(Study, Study.id == Task.study_id)
            .where(Task.id.in_(task_ids), Task.project_id == project.id)
            .where(Task.state == ReadState.OPEN, Task.arm.not_in(queue.UNAIDED_ARMS))
            .where(~Task.is_holdout, Study.deleted_at.is_(None))
        )
    )
    highest = session.scalar(select(func.max(Task.priority)).where(Task.project_id == project.id))
    chosen = [task_id for task_id in dict.fromkeys(task_ids) if task_id in free]
    top = (highest or 0.0) + len(chosen)
    order = {task_id: (top - at, "person", FIRST_REASON) for at, task_id in enumerate(chosen)}
    count = queue.reprioritise(session, project.id, order)
    audit.record(
        session, by, "tasks_put_first", "project", project.id, project_id=project.id, count=count
    )  # fmt: skip
    return count
