"""What a reader sees before reading: what comes next, own reads, today's count."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.projects import members
from collimate.projects.models import Project
from collimate.projects.rules import ReadingRules, learning_rules, reading_rules
from collimate.studies.models import Instance, Patient, Series, Study
from collimate.tasks import lease, queue, search
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, HELD, ReadState, is_one_of

MINE_SHOWN = 100
MOST_COUNTED = 500
GIVEN = frozenset({ReadState.RETURNED, ReadState.ASSIGNED})


def thumbnail_url(study_id: object) -> str:
    """Where the browser finds a study's thumbnail."""
    return f"/api/studies/{study_id}/thumbnail"


def sees_machine(rules: ReadingRules, task: Task) -> bool:
    """Whether a reader of this task may see what a model says of it.

    Where several read the same case unseen by each other, the model has learned from the others.
    """
    return not (rules.is_blinded and task.wanted_reads > 1)


def may_still_read(session: Session, viewer: User, project_id: UUID) -> bool:
    """Whether this person reads cases of the project and does not run its learner."""
    reads = members.may(session, viewer, project_id, Permission.READ_CASES)
    return reads and not members.may(session, viewer, project_id, Permission.MANAGE_LEARNING)


def is_to_read(viewer: User, task_id: Any) -> ColumnElement[bool]:
    """Whether the case is the viewer's to read, or may become so; `task_id` may be a column."""
    own = select(Read.id).where(Read.task_id == task_id, Read.reader_id == viewer.id)
    place = select(Read.id).where(Read.task_id == task_id, Read.state == ReadState.OPEN)
    is_done = own.where(Read.state.in_(DONE)).exists()
    return and_(not_(is_done), or_(own.exists(), place.exists()))


def reason_for_reader(rules: ReadingRules, task: Task) -> str | None:
    """Why this case comes now, where the project shows it before the case is opened.

    Where reading is staged it is shown with the suggestion, and not in lists.
    """
    return None if rules.is_staged else shown_reason(rules, task)


def shown_reason(rules: ReadingRules, task: Task) -> str | None:
    """Why this case comes now, where the project shows it."""
    return task.reason if rules.show_reason and sees_machine(rules, task) else None


def read_rows() -> Select[*tuple[Any, ...]]:
    """Reads with what a list shows of their study."""
    return (
        select(Read, Task, Study.modality, Patient.pseudonym)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
    )


def row(rules: ReadingRules, found: Any) -> dict[str, Any]:
    """One read as its own reader's list shows it; the arm stays hidden."""
    read, task, modality, pseudonym = found
    names = ("id", "task_id", "state", "lease_until", "submitted_at", "active_ms", "skip_reason")
    return {
        **{name: getattr(read, name) for name in names},
        "study_id": task.study_id,
        "thumbnail_url": thumbnail_url(task.study_id),
        "pseudonym": pseudonym,
        "modality": modality,
        "reason": reason_for_reader(rules, task),
        "arm": None,
    }


def worklist(session: Session, project: Project, reader: User) -> dict[str, Any]:
    """The reader's page: next case, own reads newest first, what was sent back, today's work."""
    lease.record_lapsed(session, lease.release_lapsed(session, project.id))
    rules, is_learning = reading_rules(project), learning_rules(project).is_on
    who = search.asked(project, reader)
    following = _next(session, project, reader)
    if following is None:
        # Reading all studies for those without a task is for who has nothing else to read.
        queue.open_missing(session, project.id)
        following = _next(session, project, reader)
    mine = session.execute(
        read_rows()
        .where(Read.project_id == project.id, Read.reader_id == reader.id)
        .order_by(Read.submitted_at.desc().nulls_first(), Read.claimed_at.desc().nulls_last())
        .limit(MINE_SHOWN)
    ).all()
    rows = [row(rules, found) for found in mine]
    return {
        "next": following,
        **counted(session.execute(select(remaining(is_learning)), who).scalar_one()),
        "mine": rows,
        "returned": [item for item in rows if item["state"] == ReadState.RETURNED],
        "today": _today(session, project, reader),
    }


def _next(session: Session, project: Project, reader: User) -> dict[str, Any] | None:
    who = search.asked(project, reader)
    own = session.execute(search.own_work(HELD | GIVEN), who).first()
    found = own or session.execute(search.free_in(project).limit(1), who).first()
    if found is None:
        return None
    read, task = found
    return {
        "task_id": task.id if own else None,
        "reason": reason_for_reader(reading_rules(project), task),
        "is_available": True,
        "state": read.state,
    }


@lru_cache
def remaining(is_learning: bool) -> ScalarSelect[int]:
    """How many cases the reader could still read, own unfinished ones and the pool's.

    Of the pool no more than MOST_COUNTED and one are counted: to count a million takes seconds,
    and every case that is opened says how many are left.
    """
    pool = search.free_tasks(is_learning=is_learning).limit(literal_column(str(MOST_COUNTED + 1)))
    own = (
        select(func.count())
        .where(Read.project_id == search.PROJECT_ID, Read.reader_id == search.READER_ID)
        .where(is_one_of(Read.state, *(HELD | GIVEN)))
    )
    free = select(func.count()).select_from(pool.subquery())
    return select(free.scalar_subquery() + own.scalar_subquery()).scalar_subquery()


def counted(found: int) -> dict[str, Any]:
    """How many cases are left, and whether that is only as far as they were counted."""
    return {"open_count": min(found, MOST_COUNTED), "has_more": found > MOST_COUNTED}


@lru_cache
def finished() -> Select[int]:
    """The count of cases `reader_id` has submitted in `project_id`."""
    return (
        select(func.count())
        .where(Read.project_id == search.PROJECT_ID, Read.reader_id == search.READER_ID)
        .where(is_one_of(Read.state, *DONE))
    )


def _today(session: Session, project: Project, reader: User) -> dict[str, int]:
    midnight = func.date_trunc("day", lease.database_now(), "UTC")
    count, spent = session.execute(
        select(func.count(), func.coalesce(func.sum(Read.active_ms), 0)).where(
            Read.project_id == project.id,
            Read.reader_id == reader.id,
            Read.state.in_(DONE),
            Read.submitted_at >= midnight,
        )
    ).one()
    return {"submitted_count": count, "active_ms": int(spent)}


def peek_next(session: Session, project: Project, reader: User) -> dict[str, Any] | None:
    """What would come after the case in hand, for prefetching; nothing is held."""
    who = search.asked(project, reader)
    found = session.execute(search.own_work(GIVEN), who).first()
    found = found or session.execute(search.free_in(project).limit(1), who).first()
    if found is None:
        return None
    study = session.get_one(Study, found[1].study_id)
    first = session.execute(
        select(Series.series_uid, Instance.sop_instance_uid)
        .join(Instance, Instance.series_id == Series.id)
        .where(Series.study_id == study.id)
        .order_by(
            Series.series_number.nulls_last(), Series.id,
            Instance.instance_number.nulls_last(), Instance.id,
        )
        .limit(1)
    ).first()  # fmt: skip
    if first is None:
        return None
    return {
        "study_id": study.id,
        "study_uid": study.study_uid,
        "first": {"series_uid": first[0], "sop_instance_uid": first[1]},
    }
