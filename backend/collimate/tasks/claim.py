"""Claiming: which case a reader gets next, and holding it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.kit.database import found_or_let_go
from collimate.kit.errors import Conflict, NotFound
from collimate.projects import schema
from collimate.projects.models import LabelSchema, Project
from collimate.projects.rules import learning_rules, reading_rules
from collimate.studies.models import Study
from collimate.tasks import lease, places, queue, search
from collimate.tasks.models import Read, Task
from collimate.tasks.search import HELD_AND_GIVEN, Place
from collimate.tasks.states import HELD, ReadState, move


class WorklistEmpty(NotFound):
    """There is no case for you right now."""


class TaskAlreadyClaimed(Conflict):
    """Every place of this case is taken."""


def claim_next(session: Session, project: Project, reader: User) -> Read:
    """Hold the reader's next case: own work first, then the top of the pool.

    Own work is looked for, and waited for, before any task is locked: it is never passed over.
    Studies without a task are looked for only where nothing else is left: that reads all studies.

    Raises:
        WorklistEmpty: nothing is left for this reader.
        SchemaMissing: the project has no label schema.
    """
    places.lock_reader(session, project.id, reader.id)
    seen = _glance(session, project, reader)
    place: Place | None = None
    lapsed: list[Read] = []
    if seen.has_own:
        own = search.own_work(HELD_AND_GIVEN)
        place = search.waiting(session, own, search.asked(project, reader))
    if place is None:
        place, lapsed = _from_pool(session, project, reader, seen)
    read = None if place is None else hold(session, reader, place)
    lease.record_lapsed(session, lapsed)
    if read is None:
        raise WorklistEmpty("New cases appear here as they arrive or are asked for.")
    record_claim(session, reader, read)
    return read


@dataclass(frozen=True)
class Glance:
    """What there is to do before a case is searched for; in most claims nothing."""

    has_own: bool
    is_rule_due: bool
    has_lapsed: bool


def _glance(session: Session, project: Project, reader: User) -> Glance:
    found = session.execute(_questions(), search.asked(project, reader)).one()
    counts = {found.fewest_places, found.most_places} - {None}
    is_rule_due = bool(counts - {reading_rules(project).wanted_reads})
    return Glance(found.has_own, is_rule_due, found.has_lapsed)


@lru_cache
def _questions() -> Select[bool, bool, int | None, int | None]:
    own = search.own_work(HELD_AND_GIVEN).with_only_columns(Read.id)
    # The ends of an index. Whether a task with another number exists may be answered by reading
    # all of them, where the server expects to meet one soon.
    counts = Task.wanted_reads
    of_open = and_(Task.project_id == search.PROJECT_ID, queue.IS_OPEN)
    return select(
        own.exists().label("has_own"),
        lease.lapsed().exists().label("has_lapsed"),
        select(func.min(counts)).where(of_open).scalar_subquery().label("fewest_places"),
        select(func.max(counts)).where(of_open).scalar_subquery().label("most_places"),
    )


def _from_pool(
    session: Session, project: Project, reader: User, seen: Glance
) -> tuple[Place | None, list[Read]]:
    """The most wanted free place, and the reads that were set aside because their time ran out.

    Who holds a task already must not wait for another one: where the rule was followed or places
    were freed, what is locked at this moment is passed over.
    """
    followed: int | None = None
    lapsed: list[Read] = []
    if seen.is_rule_due:
        followed = found_or_let_go(session, lambda: queue.follow_rule(session, project))
    if seen.has_lapsed:
        lapsed = found_or_let_go(session, lambda: lease.release_lapsed(session, project.id)) or []
    place = search.free_place(session, project, reader, search.passing)
    if place is None and not followed and not lapsed:
        place = search.free_place(session, project, reader, search.waiting)
    if place is None:
        queue.open_missing(session, project.id)
        place = search.free_place(session, project, reader, search.passing)
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
        beside = {**search.asked(project, reader), "task_id": read.task_id}
        following = session.scalar(search.other_own_work(), beside)
    read, task = places.lock_own(session, reader, read_id, following)
    return InHand(project, read, task, following is not None)


def take_next(session: Session, reader: User, hand: InHand) -> Read | None:
    """Hold the next case while one is in hand, without an audit row.

    Nobody is waited for: of the pool, what is locked at this moment is passed over.
    """
    place = None
    if hand.has_more:
        own = search.own_work(HELD_AND_GIVEN)
        place = search.passing(session, own, search.asked(hand.project, reader))
    if place is None:
        place = search.free_place(session, hand.project, reader, search.passing)
    return None if place is None else hold(session, reader, place)


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
    in_reach = queue.in_reach(is_learning=learning_rules(project).is_on)
    reachable = session.scalar(
        select(Task.id).join(Study, Study.id == Task.study_id).where(Task.id == task.id, in_reach)
    )
    return Place(free, task, own) if reachable else None


def hold(session: Session, reader: User, place: Place) -> Read:
    """Start or go on reading at a locked place: lease, and a new fence unless already in hand."""
    read, task = place.read, place.task
    if place.own is not None:
        places.take_over(session, place.own, place.read)
        read = place.own
    now, newest_schema_id = _now_and_schema(session, read.project_id)
    if read.state not in HELD:
        has_work = read.reader_id is not None and places.has_work(session, read.id)
        is_begun = has_work or read.state == ReadState.RETURNED
        if read.label_schema_id is None or not is_begun:
            if newest_schema_id is None:
                raise schema.SchemaMissing("Ask a project admin to design one.")
            read.label_schema_id = newest_schema_id
        move(read, ReadState.DRAFT if is_begun else ReadState.CLAIMED)
        read.reader_id = reader.id
        read.fence += 1
        read.claimed_at = now
    read.lease_until = lease.lease_end(now)
    places.recount(session, task)
    places.announce(session, read)
    return read


def _now_and_schema(session: Session, project_id: UUID) -> tuple[datetime, UUID | None]:
    """The database's time, and the label schema a read that starts now is held to.

    The foreign key locks the schema against change. A stronger lock, taken after the one that a
    second update of a read takes on its schema, would let two submits wait for each other.
    """
    now, schema_id = session.execute(_NOW_AND_SCHEMA, {"project_id": project_id}).one()
    return now, schema_id


_NOW_AND_SCHEMA = select(
    lease.database_now(),
    schema.newest(search.PROJECT_ID)
    .limit(search.ONE)
    .with_only_columns(LabelSchema.id)
    .scalar_subquery(),
)


def claim_note(reader: User, read: Read) -> audit.Note:
    """What the audit chain says of a reader opening a case."""
    said = {"task_id": read.task_id, "fence": read.fence}
    return audit.Note(reader.id, "read_claimed", "read", read.id, said)


def record_claim(session: Session, reader: User, read: Read) -> None:
    """The audit row of a reader opening a case."""
    audit.record_all(session, read.project_id, [claim_note(reader, read)])
