"""Searching: the place a reader would go on with, found and locked.

Readers wait for this, so its queries are put together once and take `project_id`, `reader_id`
and `task_id` when they are run: putting one together costs as much as asking it. States and the
limit stand in the text, so that the server need not plan them anew for values it cannot foresee.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Uuid,
    all_,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from collimate.access.models import User
from collimate.kit.database import found_or_let_go
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.studies.models import Study
from collimate.tasks import lease, places, queue
from collimate.tasks.models import Read, Task
from collimate.tasks.states import HELD, ReadState, is_one_of

HELD_AND_GIVEN = HELD | {ReadState.RETURNED, ReadState.ASSIGNED}
IS_HELD = is_one_of(Read.state, *HELD)
IS_FREE = is_one_of(Read.state, ReadState.OPEN)
OWN_ORDER = case((IS_HELD, 0), (Read.state == ReadState.RETURNED, 1), else_=2)
"""Work in hand first, then what a reviewer sent back, then what was assigned by name."""
MOST_WAITS = 8
"""Someone who finds a case gone so often after waiting for it comes back by himself."""
ONE = literal_column("1", Integer)
PROJECT_ID = bindparam("project_id", type_=Uuid())
READER_ID = bindparam("reader_id", type_=Uuid())
TASK_ID = bindparam("task_id", type_=Uuid())
Query = Select[Any] | Select[Read, Task]


@dataclass(frozen=True)
class Place:
    """Where a reader would go on: the read to hold, and a set-aside read of his to revive."""

    read: Read
    task: Task
    own: Read | None = None


def asked(project: Project, reader: User) -> dict[str, UUID]:
    """Who asks and where, as the queries here want it said."""
    return {"project_id": project.id, "reader_id": reader.id}


@lru_cache
def own_work(states: frozenset[ReadState]) -> Select[Read, Task]:
    """The reader's own reads in these states, the first to go on with first."""
    return (
        select(Read, Task)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .where(Read.project_id == PROJECT_ID, Read.reader_id == READER_ID, Read.slot >= 1)
        .where(is_one_of(Read.state, *states), Study.deleted_at.is_(None))
        .order_by(OWN_ORDER, Read.claimed_at.desc().nulls_last(), Task.priority.desc(), Read.id)
        .limit(ONE)
    )


@lru_cache
def other_own_work() -> Select[UUID]:
    """The task of the reader's own work that is not `task_id`, the first to go on with."""
    return own_work(HELD_AND_GIVEN).where(Task.id != TASK_ID).with_only_columns(Task.id)


@lru_cache
def free_places(*, is_learning: bool) -> Select[Read, Task]:
    """The first free place of each task the reader has no say on yet, the most wanted first.

    Named by its slot: ordered by it, a batch of tasks would be gathered to be sorted.
    """
    free = aliased(Read)
    lowest = select(func.min(free.slot)).where(free.task_id == Task.id)
    first = lowest.where(is_one_of(free.state, ReadState.OPEN)).scalar_subquery()
    places_of = select(Read, Task).join(Task, Task.id == Read.task_id)
    found: Select[Read, Task] = _without_the_reader(
        places_of.where(IS_FREE, Read.slot == first), is_learning
    )
    return found


@lru_cache
def free_tasks(*, is_learning: bool) -> Select[UUID]:
    """The tasks of those places, each once, in the same order.

    Also who only counts the first of them wants the order: without it the server may join whole
    tables where it expects to need a small part of them.
    """
    free = aliased(Read)
    is_free = select(free.id).where(free.task_id == Task.id, is_one_of(free.state, ReadState.OPEN))
    found: Select[UUID] = _without_the_reader(select(Task.id), is_learning).where(is_free.exists())
    return found


def _without_the_reader(tasks: Any, is_learning: bool) -> Any:
    """Of a query of tasks the open ones in reach of which the reader has no part, in order."""
    mine = aliased(Read)
    has_part = (
        select(mine.id)
        .where(mine.task_id == Task.id, mine.reader_id == READER_ID)
        .where(~is_one_of(mine.state, ReadState.RELEASED))
        # Asked of one task after the other by their index: as a join it would begin with
        # everything the reader has ever read.
        .offset(literal_column("0", Integer))
        .exists()
    )
    return (
        tasks.join(Study, Study.id == Task.study_id)
        .where(Task.project_id == PROJECT_ID, queue.IS_OPEN)
        .where(queue.in_reach(is_learning=is_learning), ~has_part)
        .order_by(Task.priority.desc(), Task.id)
    )


def free_in(project: Project) -> Select[Read, Task]:
    """The free places of a project, for a reader yet to be named."""
    return free_places(is_learning=learning_rules(project).is_on)


Who = dict[str, UUID]
Search = Callable[[Session, Query, Who], Place | None]


def passing(session: Session, query: Query, who: Who) -> Place | None:
    """The first place that nobody has locked."""
    return found_or_let_go(session, lambda: _first(session, _passing(query), who))


def waiting(session: Session, query: Query, who: Who) -> Place | None:
    """The first place, waited for where somebody has it locked.

    One task is waited for at a time and let go when its place is gone: a query that locks as it
    searches would wait for one task while it keeps another, and two of them for ever.
    """
    for _ in range(MOST_WAITS):
        task_id = session.scalar(query.with_only_columns(Task.id).limit(1), who)
        if task_id is None:
            return None
        there = {**who, "task_id": task_id}
        place = found_or_let_go(session, partial(_place_of, session, query, there))
        if place is not None:
            return place
    return None


def _place_of(session: Session, query: Query, there: Who) -> Place | None:
    """The first place on one task, once nobody else holds that."""
    try:
        places.lock_task(session, there["task_id"])
    except places.TaskNotFound:
        return None
    return _first(session, _locking(query.where(Task.id == TASK_ID), skip=False), there)


@lru_cache
def _passing(query: Query) -> Query:
    return _locking(query, skip=True)


def _locking(query: Query, *, skip: bool) -> Query:
    return (
        query.limit(ONE)
        .with_for_update(of=[Task, Read], key_share=True, skip_locked=skip)
        .execution_options(populate_existing=True)
    )


def _first(session: Session, query: Query, who: Who) -> Place | None:
    found = session.execute(query, who).first()
    if found is None:
        return None
    read, task, *own = found
    return Place(read, task, session.get_one(Read, own[0]) if any(own) else None)


def free_place(session: Session, project: Project, reader: User, search: Search) -> Place | None:
    """The most wanted free place, of a patient whom nobody else is at work on if there is one."""
    is_learning, who = learning_rules(project).is_on, asked(project, reader)
    for patient_is_free in (True, False):
        place = search(session, _wanted(is_learning, patient_is_free), who)
        if place is not None:
            return place
    return None


@lru_cache
def _wanted(is_learning: bool, patient_is_free: bool) -> Query:
    own = aliased(Read)
    set_aside = select(own.id).where(own.task_id == Task.id, own.reader_id == READER_ID)
    query = free_places(is_learning=is_learning).add_columns(set_aside.scalar_subquery())
    return query.where(_patient_is_free()) if patient_is_free else query


def _patient_is_free() -> ColumnElement[bool]:
    """Whether nobody else is at work on another study of the same patient.

    The few cases that others hold are gathered once, as arrays: asked about for every free place,
    they cost a query of its own each, as long as the server has yet to count the rows of its
    tables.
    """
    held = (
        select(Study.patient_id.label("patient_id"), Study.id.label("study_id"))
        .join(Task, Task.study_id == Study.id)
        .join(Read, Read.task_id == Task.id)
        .where(Read.project_id == PROJECT_ID, Read.reader_id != READER_ID, IS_HELD)
        .where(Read.lease_until > lease.database_now())
        .cte("held")
    )
    several = func.count(held.c.study_id.distinct()) > 1
    first = func.array_agg(held.c.study_id, type_=ARRAY(Uuid))[1]
    alone = select(first).group_by(held.c.patient_id).having(~several)
    # Where others hold one study of a patient alone, that one may be read beside them.
    return or_(
        Study.patient_id != all_(_gathered(select(held.c.patient_id))),
        Study.id == any_(_gathered(alone)),
    )


def _gathered(rows: Select[UUID]) -> ColumnElement[Any]:
    return func.array(rows.scalar_subquery(), type_=ARRAY(Uuid))
