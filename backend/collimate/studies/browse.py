"""The list of a project's studies: filters, counts for them, keyset pages."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    and_,
    column,
    func,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.orm import Session

from collimate.kit.errors import NotFound, Unprocessable
from collimate.kit.pagination import BadCursor, cursor, read_cursor
from collimate.studies.attributes import Condition, bounded, fulfilled, read_condition
from collimate.studies.models import CohortStudy, Patient, Study

# The table of the next station, by name only: its module must not be imported from here.
_TASK = table("task", column("study_id"), column("state"))
FACETS: dict[str, ColumnElement[Any]] = {
    "modality": Study.modality.expression,
    "body_part": Study.body_part.expression,
    "site": Study.site.expression,
    "manufacturer": Study.manufacturer.expression,
    "scanner": Study.manufacturer_model_name.expression,
    "trust": Study.trust.expression,
    "read_state": _TASK.c.state,
}
MEASURES = (
    "contrast", "noise", "clipped_fraction", "blur", "resolution", "inverted_suspicion", "rows",
    "columns", "pixel_spacing_mm",
)  # fmt: skip
"""What `assess.quality_of` sums up of a study, by name: the codec side is not imported here."""
UID = re.compile(r"[0-9.]*\.[0-9.]*")
NOT_GIVEN = ""
GRAM = 3
MOST_VALUES = 200


class StudyNotFound(NotFound):
    """There is no such study."""


class BadQualityRange(Unprocessable):
    """A range of image quality is written `measure:least:most`; either end may be left out."""


@dataclass(frozen=True)
class QualityRange:
    """Studies whose measure is at least `least` and below `most`."""

    measure: str
    least: float | None
    most: float | None


@dataclass(frozen=True)
class StudyFilter:
    """What a list is narrowed to; None leaves it open, an empty text means: not given."""

    search: str | None = None
    modality: str | None = None
    body_part: str | None = None
    site: str | None = None
    manufacturer: str | None = None
    scanner: str | None = None
    trust: str | None = None
    read_state: str | None = None
    holdout: bool | None = None
    quality: tuple[QualityRange, ...] = ()
    attributes: tuple[Condition, ...] = ()
    cohort_id: UUID | None = None
    """A frozen cohort; one that is asked anew is its own filter."""


PLAIN = ("search", "modality", "body_part", "site", "manufacturer", "scanner", "trust",
         "read_state", "holdout")  # fmt: skip


def read_filter(said: Mapping[str, Any]) -> StudyFilter:
    """A filter as the query string or a cohort holds it, by name.

    Raises:
        BadQualityRange, BadAttributeCondition
    """
    cohort = said.get("cohort")
    return StudyFilter(
        **{name: said.get(name) for name in PLAIN},
        quality=tuple(read_range(text) for text in said.get("quality") or ()),
        attributes=tuple(read_condition(text) for text in said.get("attribute") or ()),
        cohort_id=None if cohort is None else UUID(str(cohort)),
    )


def read_range(text: str) -> QualityRange:
    """A range as the query string holds it.

    Raises:
        BadQualityRange
    """
    measure, *ends = text.split(":")
    if measure not in MEASURES or len(ends) != 2:
        raise BadQualityRange(f"Measures are {', '.join(MEASURES)}.")
    try:
        least, most = (float(end) if end else None for end in ends)
    except ValueError as error:
        raise BadQualityRange("The ends must be numbers.") from error
    return QualityRange(measure, least, most)


def measured(measure: str) -> ColumnElement[float]:
    """A measure of image quality as a number; null where it was not taken."""
    return Study.quality[measure].astext.cast(Float)


def thumbnail_url(study_id: UUID) -> str:
    """Where the picture of a study is."""
    return f"/api/studies/{study_id}/thumbnail"


def escape_like(text: str) -> str:
    """The text with the wildcards of LIKE taken literally (escape character: backslash)."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def criteria(
    project_id: UUID, chosen: StudyFilter, *, without: str | None = None
) -> ColumnElement[bool]:
    """What a row of `rows()` must fulfil; `without` leaves one facet open."""
    found: list[ColumnElement[bool]] = [Study.project_id == project_id, Study.deleted_at.is_(None)]
    for name, value in FACETS.items():
        wanted = getattr(chosen, name)
        if wanted is not None and name != without:
            found.append(value.is_(None) if wanted == NOT_GIVEN else value == wanted)
    if chosen.holdout is not None:
        found.append(Patient.is_holdout == chosen.holdout)
    if chosen.search:
        found.append(_is_meant(project_id, chosen.search.strip()))
    for one in chosen.quality:
        if one.least is not None:
            found.append(measured(one.measure) >= one.least)
        if one.most is not None:
            found.append(measured(one.measure) < one.most)
    found += fulfilled(project_id, chosen.attributes)
    if chosen.cohort_id is not None:
        listed = select(CohortStudy.study_id).where(CohortStudy.cohort_id == chosen.cohort_id)
        found.append(Study.id.in_(listed))
    return and_(*found)


def _is_meant(project_id: UUID, words: str) -> ColumnElement[bool]:
    """A whole study UID, or a part of a pseudonym; asked apart, so that each has its index.

    Fewer than three letters are looked for at the start only, or behind it.
    """
    if UID.fullmatch(words):
        return Study.study_uid == words
    patients = select(Patient.id).where(Patient.project_id == project_id)
    if len(words) < GRAM:
        starts = [f"{escape_like(start + words.upper())}%" for start in ("", "P-")]
        patients = patients.where(or_(*(Patient.pseudonym.like(start) for start in starts)))
    else:
        patients = patients.where(
            func.text_grams(Patient.pseudonym).op("@>")(func.text_grams(words)),
            Patient.pseudonym.ilike(f"%{escape_like(words)}%"),
        )
    return Study.patient_id.in_(patients)


def matching(*columns: Any) -> Select[Any]:
    """A query over studies with patient and task; the database drops the joins it does not need."""
    return (
        select(*columns)
        .select_from(Study)
        .outerjoin(Patient, Patient.id == Study.patient_id)
        .outerjoin(_TASK, _TASK.c.study_id == Study.id)
    )


def _rows() -> Select[Any]:
    return matching(Study, Patient.pseudonym, Patient.is_holdout, _TASK.c.state)


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
    """One page, the newest first; the first one with the number of all that match."""
    where = criteria(project_id, chosen)
    query = _rows().where(where).order_by(Study.id.desc()).limit(limit + 1)
    if after is not None:
        query = query.where(Study.id < _cursor_id(after))
    total: int | None = None
    found: Sequence[Any]
    with bounded(session, chosen.attributes):
        if after is not None:
            found = session.execute(query).all()
        elif chosen.attributes:
            # what is not found by index alone is looked at once, for page and count
            counted = session.execute(query.add_columns(func.count().over())).all()
            total, found = counted[0][-1] if counted else 0, [row[:-1] for row in counted]
        else:
            total = session.scalar(matching(func.count()).where(where))
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


def facets(
    session: Session, project_id: UUID, chosen: StudyFilter
) -> dict[str, list[dict[str, Any]]]:
    """How many studies have which value, under all that is chosen in the other facets.

    What is not chosen is counted in one pass; every chosen facet needs one of its own.
    """
    narrowed = [name for name in FACETS if getattr(chosen, name) is not None]
    with bounded(session, chosen.attributes):
        found = _counted(session, project_id, chosen, [n for n in FACETS if n not in narrowed])
        for name in narrowed:
            found |= _counted(session, project_id, chosen, [name], without=name)
    return found


def _counted(
    session: Session,
    project_id: UUID,
    chosen: StudyFilter,
    names: list[str],
    *,
    without: str | None = None,
) -> dict[str, list[dict[str, Any]]]:
    if not names:
        return {}
    values = [FACETS[name] for name in names]
    # One bit per value, the first the highest; it is 0 in the rows that are grouped by it.
    rows = session.execute(
        matching(func.grouping(*values), func.count(), *values)
        .where(criteria(project_id, chosen, without=without))
        .group_by(func.grouping_sets(*(tuple_(value) for value in values)))
    )
    all_bits = (1 << len(names)) - 1
    place_of = {all_bits ^ (1 << (len(names) - 1 - place)): place for place in range(len(names))}
    counts: dict[str, list[dict[str, Any]]] = {name: [] for name in names}
    for bits, count, *row in rows:
        place = place_of[bits]
        counts[names[place]].append({"value": row[place] or NOT_GIVEN, "count": count})
    return {name: _ranked(found) for name, found in counts.items()}


def _ranked(values: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    known = sorted(values, key=lambda one: (-one["count"], one["value"]))
    is_told = any(one["value"] != NOT_GIVEN for one in known)
    return known[:MOST_VALUES] if is_told else []
