"""The list of a project's studies: filters, counts for them, keyset pages."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, column, func, or_, select, table
from sqlalchemy.orm import Session

from collimate.kit.errors import NotFound
from collimate.kit.pagination import BadCursor, cursor, read_cursor
from collimate.studies.models import Patient, Study

# The table of the next station, by name only: its module must not be imported from here.
_TASK = table("task", column("study_id"), column("state"))
FACETS = ("modality", "body_part", "site", "manufacturer")


class StudyNotFound(NotFound):
    """There is no such study."""


@dataclass(frozen=True)
class StudyFilter:
    """What a list is narrowed to; None leaves it open."""

    search: str | None = None
    modality: str | None = None
    body_part: str | None = None
    site: str | None = None
    manufacturer: str | None = None
    read_state: str | None = None
    holdout: bool | None = None


def thumbnail_url(study_id: UUID) -> str:
    """Where the picture of a study is."""
    return f"/api/studies/{study_id}/thumbnail"


def escape_like(text: str) -> str:
    """The text with the wildcards of LIKE taken literally (escape character: backslash)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _criteria(project_id: UUID, chosen: StudyFilter) -> ColumnElement[bool]:
    criteria: list[ColumnElement[bool]] = [
        Study.project_id == project_id,
        Study.deleted_at.is_(None),
    ]
    for name in FACETS:
        wanted = getattr(chosen, name)
        if wanted is not None:
            criteria.append(getattr(Study, name) == wanted)
    if chosen.read_state is not None:
        criteria.append(_TASK.c.state == chosen.read_state)
    if chosen.holdout is not None:
        criteria.append(Patient.is_holdout == chosen.holdout)
    if chosen.search:
        pattern = f"%{escape_like(chosen.search.strip())}%"
        criteria.append(
            or_(Patient.pseudonym.ilike(pattern), Study.study_uid == chosen.search.strip())
        )
    return and_(*criteria)


def _rows() -> Select[Any]:
    return (
        select(Study, Patient.pseudonym, Patient.is_holdout, _TASK.c.state)
        .join(Patient, Patient.id == Study.patient_id)
        .outerjoin(_TASK, _TASK.c.study_id == Study.id)
    )


NAMES = ("id", "study_uid", "study_date", "modality", "body_part", "site", "manufacturer",
         "series_count", "instance_count", "quality", "trust", "created_at")  # fmt: skip


def _plain(
    study: Study, pseudonym: str, is_holdout: bool, task_state: str | None
) -> dict[str, Any]:
    return {
        **{name: getattr(study, name) for name in NAMES},
        "pseudonym": pseudonym,
        "is_holdout": is_holdout,
        "task_state": task_state,
        "thumbnail_url": thumbnail_url(study.id),
    }


def study_page(
    session: Session, project_id: UUID, chosen: StudyFilter, *, limit: int, after: str | None
) -> dict[str, Any]:
    """One page, the newest first, with the number of all that match."""
    criteria = _criteria(project_id, chosen)
    total = session.scalar(_rows().where(criteria).with_only_columns(func.count(Study.id)))
    query = _rows().where(criteria).order_by(Study.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(Study.id < _cursor_id(after))
    found = session.execute(query).all()
    items = [_plain(*row) for row in found[:limit]]
    more = len(found) > limit
    return {"items": items, "next": cursor([items[-1]["id"]]) if more else None, "total": total}


def _cursor_id(text: str) -> UUID:
    try:
        return UUID(read_cursor(text, 1)[0])
    except (ValueError, AttributeError, TypeError) as error:
        raise BadCursor("Start again from the first page.") from error


def study_row(session: Session, study_id: UUID) -> dict[str, Any]:
    """One study as the list shows it.

    Raises:
        StudyNotFound
    """
    found = session.execute(_rows().where(Study.id == study_id)).one_or_none()
    if found is None:
        raise StudyNotFound()
    return _plain(*found)


def facets(session: Session, project_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """How many studies have which modality, body part, site and manufacturer."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in FACETS:
        value = getattr(Study, name)
        rows = session.execute(
            select(value, func.count())
            .where(Study.project_id == project_id, Study.deleted_at.is_(None), value.is_not(None))
            .group_by(value)
            .order_by(func.count().desc(), value)
            .limit(200)
        )
        found[name] = [{"value": text, "count": count} for text, count in rows]
    return found
