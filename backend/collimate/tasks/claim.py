"""Claiming: which case a reader gets next, and holding it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.orm import Session, aliased

from collimate.access import audit
from collimate.access.models import User
from collimate.kit.database import found_or_let_go
from collimate.kit.errors import Conflict, NotFound
from collimate.projects import schema
from collimate.projects.models import LabelSchema, Project
from collimate.studies.models import Patient, Study
from collimate.tasks import lease, places, queue
from collimate.tasks.models import Read, Task
from collimate.tasks.states import HELD, ReadState, move


class WorklistEmpty(NotFound):
    """There is no case for you right now."""


class TaskAlreadyClaimed(Conflict):
    """Every place of this case is taken."""


OWN_ORDER = case((Read.state.in_(HELD), 0), (Read.state == ReadState.RETURNED, 1), else_=2)
"""Work in hand first, then what a reviewer sent back, then what was assigned by name."""


@dataclass(frozen=True)
class Place:
    """Where a reader would go on: the read to hold, and a set-aside read of his to revive."""

    read: Read
    task: Task
    own: Read | None = None


def claim_next(session: Session, project: Project, reader: User) -> Read:
    """Hold the reader's next case: own work first, then the top of the pool.

    Own work is looked for, and waited for, before any task is locked: it is never passed over.
    Studies without a task are looked for only where nothing else is left: that reads all studies.

    Raises:
        WorklistEmpty: nothing is left for this reader.
        SchemaMissing: the project has no label schema.
    """
    places.lock_reader(session, project.id, reader.id)
    place = _waiting(session, own_work(project, reader, HELD_AND_GIVEN))
    lapsed: list[Read] = []
    if place is None:
        place, lapsed = _from_pool(session, project, reader)
    read = None if place is None else hold(session, reader, place)
    lease.record_lapsed(session, lapsed)
    if read is None:
        raise WorklistEmpty("New cases appear here as they arrive or are asked for.")
    record_claim(session, reader, read)
    return read


def _from_pool(session: Session, project: Project, reader: User) -> tuple[Place | None, list[Read]]:
    """The most wanted free place, and the reads that were set aside because their time ran out.

    Who holds a task already must not wait for another one: where the rule was followed or places
    were freed, what is locked at this moment is passed over.
    """
    followed = found_or_let_go(session, lambda: queue.follow_rule(session, project))
    lapsed = found_or_let_go(session, lambda: lease.release_lapsed(session, project.id)) or []
    place = _free_place(session, project, reader, _passing)
    if place is None and not followed and not lapsed:
        place = _free_place(session, project, reader, _waiting)
    if place is None:
        queue.open_missing(session, project.id)
        place = _free_place(session, project, reader, _passing)
    return place, lapsed


@dataclass(frozen=True)
class InHand:
    """A case its reader is about to let go of, locked; `has_more`: own work waits after it."""

    project: Project
    read: Read
    task: Task
    has_more: bool


def lock_in_hand(session: Session, reader: User, read_id: UUID, *, wants_next: bool) -> InHand:
    """Lock the case in hand; for who wants the next one, with the own work he goes on with.

    Both in the order of everyone who locks several tasks, so that `take_next` need not pass over
    own work that is being saved.

    Raises:
        ReadNotFound, TaskNotFound
    """
    read = session.get(Read, read_id)
    if read is None:
        raise places.ReadNotFound()
    project = session.get_one(Project, read.project_id)
    places.lock_reader(session, project.id, reader.id)
    following = None
    if wants_next:
        own = own_work(project, reader, HELD_AND_GIVEN).where(Task.id != read.task_id)
        following = session.scalar(own.with_only_columns(Task.id))
    read, task = places.lock_own(session, reader, read_id, following)
    return InHand(project, read, task, following is not None)


def take_next(session: Session, reader: User, hand: InHand) -> Read | None:
    """Hold the next case while one is in hand, without an audit row.

    Nobody is waited for: of the pool, what is locked at this moment is passed over.
    """
    place = None
    if hand.has_more:
        place = _passing(session, own_work(hand.project, reader, HELD_AND_GIVEN))
    if place is None:
        place = _free_place(session, hand.project, reader, _passing)
    return None if place is None else hold(session, reader, place)


def tidy(session: Session, project: Project) -> None:
    """Open tasks for new studies and free places whose lease ran out."""
    queue.open_missing(session, project.id)
    lease.record_lapsed(session, lease.release_lapsed(session, project.id))


def claim_task(session: Session, reader: User, task_id: UUID) -> Read:
    """Hold a place on a chosen task: the reader's own, one assigned to him, or a free one.

    Raises:
        TaskNotFound, TaskAlreadyClaimed
    """
    task = session.get(Task, task_id)
    if task is None:
        raise places.TaskNotFound()
    places.lock_reader(session, task.project_id, reader.id)
    task = places.lock_task(session, task_id)
    place = _place_on(session, task, reader)
    if place is None:
        raise TaskAlreadyClaimed("Take the next case of the worklist instead.")
    read = hold(session, reader, place)
    record_claim(session, reader, read)
    return read


def _place_on(session: Session, task: Task, reader: User) -> Place | None:
    reads = places.reads_of(session, task.id)
    own = next((read for read in reads if read.reader_id == reader.id), None)
    if own is not None and own.state in HELD_AND_GIVEN:
        return Place(own, task)
    free = next((read for read in reads if read.state == ReadState.OPEN), None)
    if free is None or (own is not None and own.state != ReadState.RELEASED):
        return None
    project = session.get_one(Project, task.project_id)
    reachable = session.scalar(
        _joined(select(Task.id)).where(Task.id == task.id).where(queue.in_reach(project))
    )
    return Place(free, task, own) if reachable else None


HELD_AND_GIVEN = HELD | {ReadState.RETURNED, ReadState.ASSIGNED}


def own_work(project: Project, reader: User, states: frozenset[ReadState]) -> Select[Read, Task]:
    """The reader's own reads in these states, the first to go on with first."""
    return (
        select(Read, Task)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .where(Read.project_id == project.id, Read.reader_id == reader.id, Read.slot >= 1)
        .where(Read.state.in_(states), Study.deleted_at.is_(None))
        .order_by(OWN_ORDER, Read.claimed_at.desc().nulls_last(), Task.priority.desc(), Read.id)
        .limit(1)
    )


def free_places(project: Project, reader: User) -> Select[Read, Task]:
    """Free places on tasks the reader has no say on yet, the most wanted first."""
    mine = aliased(Read)
    has_part = (
        select(mine.id)
        .where(mine.task_id == Task.id, mine.reader_id == reader.id)
        .where(mine.state != ReadState.RELEASED)
        .exists()
    )
    return (
        _joined(select(Read, Task).join(Task, Task.id == Read.task_id))
        .where(Task.project_id == project.id, Task.state == ReadState.OPEN)
        .where(Read.state == ReadState.OPEN, queue.in_reach(project), ~has_part)
        .order_by(Task.priority.desc(), Task.id, Read.slot)
    )


def _joined(query: Any) -> Any:
    return query.join(Study, Study.id == Task.study_id).join(
        Patient, Patient.id == Study.patient_id
    )


Search = Callable[[Session, Select[Read, Task]], Place | None]

MOST_WAITS = 8
"""Someone who finds a case gone so often after waiting for it comes back by himself."""


def _passing(session: Session, query: Select[Read, Task]) -> Place | None:
    """The first place that nobody has locked."""
    return found_or_let_go(session, lambda: _first(session, query, skip=True))


def _waiting(session: Session, query: Select[Read, Task]) -> Place | None:
    """The first place, waited for where somebody has it locked.

    One task is waited for at a time and let go when its place is gone: a query that locks as it
    searches would wait for one task while it keeps another, and two of them for ever.
    """
    for _ in range(MOST_WAITS):
        task_id = session.scalar(query.with_only_columns(Task.id).limit(1))
        if task_id is None:
            return None
        place = found_or_let_go(session, partial(_place_of, session, query, task_id))
        if place is not None:
            return place
    return None


def _place_of(session: Session, query: Select[Read, Task], task_id: UUID) -> Place | None:
    """The first place on one task, once nobody else holds that."""
    try:
        places.lock_task(session, task_id)
    except places.TaskNotFound:
        return None
    return _first(session, query.where(Task.id == task_id), skip=False)


def _first(session: Session, query: Select[Read, Task], *, skip: bool) -> Place | None:
    found = session.execute(
        query.limit(1)
        .with_for_update(of=[Task, Read], key_share=True, skip_locked=skip)
        .execution_options(populate_existing=True)
    ).first()
    return Place(found[0], found[1]) if found else None


def _free_place(session: Session, project: Project, reader: User, search: Search) -> Place | None:
    query = free_places(project, reader)
    place = search(session, query.where(_patient_is_free(session, project, reader)))
    if place is None:
        place = search(session, query)
    if place is None:
        return None
    own = session.scalars(
        select(Read).where(Read.task_id == place.task.id, Read.reader_id == reader.id)
    ).one_or_none()
    return Place(place.read, place.task, own)


def _patient_is_free(session: Session, project: Project, reader: User) -> ColumnElement[bool]:
    """Whether nobody else is at work on another study of the same patient.

    The few cases that others hold are looked up first: asked about for every free place, they
    cost a query of its own each, as long as the server has yet to count the rows of its tables.
    """
    held = session.execute(
        select(Study.patient_id, Study.id)
        .join(Task, Task.study_id == Study.id)
        .join(Read, Read.task_id == Task.id)
        .where(Read.project_id == project.id, Read.reader_id != reader.id, Read.state.in_(HELD))
        .where(Read.lease_until > lease.database_now())
    ).all()
    studies_of = defaultdict(set)
    for patient_id, study_id in held:
        studies_of[patient_id].add(study_id)
    only_ones = [next(iter(studies)) for studies in studies_of.values() if len(studies) == 1]
    return Study.patient_id.not_in(studies_of) | Study.id.in_(only_ones)


def hold(session: Session, reader: User, place: Place) -> Read:
    """Start or go on reading at a locked place: lease, and a new fence unless already in hand."""
    read, task = place.read, place.task
    if place.own is not None:
        places.take_over(session, place.own, place.read)
        read = place.own
    now = lease.moment(session)
    if read.state not in HELD:
        has_work = read.reader_id is not None and places.has_work(session, read.id)
        is_begun = has_work or read.state == ReadState.RETURNED
        if read.label_schema_id is None or not is_begun:
            read.label_schema_id = _newest_schema_id(session, read.project_id)
        move(read, ReadState.DRAFT if is_begun else ReadState.CLAIMED)
        read.reader_id = reader.id
        read.fence += 1
        read.claimed_at = now
    read.lease_until = lease.lease_end(now)
    places.recount(session, task)
    places.announce(session, read)
    return read


def _newest_schema_id(session: Session, project_id: UUID) -> UUID:
    """The label schema a read that starts now is held to.

    The foreign key locks it against change. A stronger lock, taken after the one that a second
    update of a read takes on its schema, would let two submits wait for each other.
    """
    found = session.scalar(schema.newest(project_id).with_only_columns(LabelSchema.id))
    if found is None:
        raise schema.SchemaMissing("Ask a project admin to design one.")
    return found


def claim_note(reader: User, read: Read) -> audit.Note:
    """What the audit chain says of a reader opening a case."""
    said = {"task_id": read.task_id, "fence": read.fence}
    return audit.Note(reader.id, "read_claimed", "read", read.id, said)


def record_claim(session: Session, reader: User, read: Read) -> None:
    """The audit row of a reader opening a case."""
    audit.record_all(session, read.project_id, [claim_note(reader, read)])
