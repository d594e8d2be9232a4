"""How far a project is: counts by state, each reader's pace, and the list of tasks."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.kit.pagination import cursor, read_cursor
from collimate.projects.models import Member, Project
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import AUTO_ACCEPTED, DONE, ReadState
from collimate.tasks.worklist import thumbnail_url

COUNTED = (*(state for state in ReadState if state != ReadState.RELEASED), AUTO_ACCEPTED)


def progress(session: Session, project: Project) -> dict[str, Any]:
    """Tasks by state, and per reader what was done and how long a case takes."""
    counts = dict(
        session.execute(
            select(Task.state, func.count())
            .join(Study, Study.id == Task.study_id)
            .where(Task.project_id == project.id, Study.deleted_at.is_(None))
            .group_by(Task.state)
        ).all()
    )
    return {
        "counts": {state: counts.get(state, 0) for state in COUNTED},
        "readers": _readers(session, project),
    }


def _readers(session: Session, project: Project) -> list[dict[str, Any]]:
    is_done, is_skipped = Read.state.in_(DONE), Read.state == ReadState.SKIPPED
    rows = session.execute(
        select(
            User.id.label("user_id"),
            User.name,
            func.count().filter(is_done).label("submitted_count"),
            func.count().filter(is_skipped).label("skipped_count"),
            func.coalesce(func.sum(Read.active_ms), 0).label("active_ms_total"),
            func.percentile_cont(0.5)
            .within_group(Read.active_ms)
            .filter(is_done)
            .label("active_ms_median"),
            func.max(Read.submitted_at).label("last_submitted_at"),
        )
        .join(Read, (Read.reader_id == User.id) & (Read.project_id == project.id))
        .group_by(User.id, User.name)
        .order_by(User.name, User.id)
    ).mappings()
    found: list[dict[str, Any]] = [
        {
            **row,
            "active_ms_total": int(row["active_ms_total"]),
            "active_ms_median": None
            if row["active_ms_median"] is None
            else round(row["active_ms_median"]),
        }
        for row in rows
    ]
    return found + _idle_readers(session, project, {row["user_id"] for row in found})


def _idle_readers(session: Session, project: Project, known: set[UUID]) -> list[dict[str, Any]]:
    """Members who may read and have not begun."""
    rows = session.execute(
        select(User.id, User.name)
        .join(Member, Member.user_id == User.id)
        .where(Member.project_id == project.id, Member.role.in_(("reader", "reviewer")))
        .order_by(User.name, User.id)
    )
    nothing = {
        "submitted_count": 0, "skipped_count": 0, "active_ms_total": 0,
        "active_ms_median": None, "last_submitted_at": None,
    }  # fmt: skip
    return [
        {"user_id": user_id, "name": name, **nothing}
        for user_id, name in rows
        if user_id not in known
    ]


def task_page(
    session: Session, project: Project, *, state: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """Tasks by priority, with who reads them: what a project admin assigns from."""
    query = (
        select(Task, Patient.pseudonym)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Task.project_id == project.id, Study.deleted_at.is_(None))
        .order_by(Task.priority.desc(), Task.id)
        .limit(limit + 1)
    )
    if state is not None:
        query = query.where(Task.state == state)
    if after is not None:
        priority, task_id = read_cursor(after, 2)
        is_lower = Task.priority < float(priority)
        is_same = (Task.priority == float(priority)) & (Task.id > UUID(str(task_id)))
        query = query.where(is_lower | is_same)
    rows = session.execute(query).all()
    page = rows[:limit]
    reads = _reads_by_task(session, [task.id for task, _ in page])
    last = page[-1][0] if len(rows) > limit else None
    return {
        "items": [_task_row(task, pseudonym, reads.get(task.id, [])) for task, pseudonym in page],
        "next": cursor([last.priority, last.id]) if last else None,
    }


def _task_row(task: Task, pseudonym: str, reads: list[dict[str, Any]]) -> dict[str, Any]:
    names = ("id", "study_id", "state", "priority", "arm", "reason", "wanted_reads")
    return {
        **{name: getattr(task, name) for name in names},
        "pseudonym": pseudonym,
        "thumbnail_url": thumbnail_url(task.study_id),
        "reads": reads,
    }


def _reads_by_task(session: Session, task_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = session.execute(
        select(Read, User.name)
        .outerjoin(User, User.id == Read.reader_id)
        .where(Read.task_id.in_(task_ids))
        .order_by(Read.slot)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for read, name in rows:
        fields = ("id", "state", "is_assigned", "submitted_at", "active_ms", "skip_reason")
        item = {**{field: getattr(read, field) for field in fields}, "reader_name": name}
        found.setdefault(read.task_id, []).append(item)
    return found
