"""What became of cases: how many were excluded, why, and how good their images are."""

from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from collimate.annotations.models import Submission
from collimate.projects.models import Project
from collimate.reviews.accepted import excluded_studies, is_newest
from collimate.studies.models import Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE


def outcomes(session: Session, project: Project) -> dict[str, Any]:
    """Excluded cases, reads by reason for excluding, and reads by verdict on image quality."""
    excluded = select(func.count()).select_from(Study).where(
        Study.id.in_(excluded_studies(project.id)), Study.deleted_at.is_(None)
    )  # fmt: skip
    return {
        "excluded_count": session.scalar(excluded) or 0,
        "by_reason": _counts(session, project, Submission.exclusion),
        "by_quality": _counts(session, project, Submission.quality),
    }


def _counts(
    session: Session, project: Project, column: ColumnElement[str | None] | Any
) -> dict[str, int]:
    rows = session.execute(
        select(column, func.count())
        .join(Read, Read.id == Submission.read_id)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .where(Submission.project_id == project.id, column.is_not(None), is_newest())
        .where(Read.state.in_(DONE), Study.deleted_at.is_(None))
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return dict(rows.all())
