"""Look at series as a whole once their images are in: their geometry and their quality.

Taking in an image marks its series; a report is made once for many images, and a process that
dies in between leaves the mark for the next.
"""

from collections.abc import Collection, Iterable
from statistics import median
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, String, func, literal, select
from sqlalchemy.orm import Session

from collimate.dicom.geometry import SeriesGeometry, assess_geometry, worst
from collimate.dicom.geometry_words import in_words
from collimate.dicom.planes import PLANE_TAGS, planes_of
from collimate.jobs import events
from collimate.kit import database
from collimate.studies.attribute_index import searchable
from collimate.studies.models import Instance, Series, Study


def assess_waiting(project_id: UUID) -> set[UUID]:
    """Assess every series of a project that changed, each in a transaction of its own."""
    assessed: set[UUID] = set()
    while (series_id := _assess_next(project_id)) is not None:
        assessed.add(series_id)
    return assessed


def _assess_next(project_id: UUID) -> UUID | None:
    with database.open_session() as session:
        waiting = session.execute(
            select(Series.id, Series.study_id)
            .where(Series.project_id == project_id, ~Series.is_assessed)
            .order_by(Series.id)
            .limit(1)
        ).one_or_none()
        if waiting is None:
            return None
        assess(session, session.get_one(Series, waiting.id))
        events.publish(session, "study", project_id, study_id=waiting.study_id)
        return UUID(str(waiting.id))


def assess(session: Session, series: Series) -> None:
    """Make and keep the report of a series; its study takes over the least trust."""
    # study before series, as taking in an image does
    study = session.get_one(Study, series.study_id, with_for_update=True)
    session.refresh(series, with_for_update=True)
    report = geometry_of(session, series)
    series.quality = quality_of(session, Instance.series_id == series.id)
    study.quality = quality_of(session, Instance.study_id == study.id)
    series.attributes = searchable(_headers(session, series))
    series.geometry, series.trust, series.is_assessed = report.to_json(), report.trust, True
    session.flush()
    trusts = session.scalars(select(Series.trust).where(Series.study_id == study.id))
    study.trust = worst([trust for trust in trusts if trust])
    session.flush()


def geometry_of(session: Session, series: Series) -> SeriesGeometry:
    """The report of a series as its images are now."""
    pairs = [
        part for tag in PLANE_TAGS for part in (literal(tag, String), Instance.dicom_json[tag])
    ]
    rows = session.execute(
        select(func.jsonb_build_object(*pairs), Instance.is_lossy)
        .where(Instance.series_id == series.id)
        .order_by(Instance.id)
    )
    planes = [plane for stored, is_lossy in rows for plane in planes_of(stored, is_lossy=is_lossy)]
    return assess_geometry(planes, modality=series.modality)


def _headers(session: Session, series: Series) -> Iterable[dict[str, Any]]:
    return session.scalars(
        select(Instance.dicom_json)
        .where(Instance.series_id == series.id)
        .execution_options(yield_per=20)
    )


def quality_of(session: Session, whose: ColumnElement[bool]) -> dict[str, float]:
    """The median of every measure over some images, with their size and pixel spacing."""
    rows = session.execute(
        select(Instance.quality, Instance.rows, Instance.columns, Instance.pixel_spacing_mm).where(
            whose
        )
    )
    found: dict[str, list[float]] = {}
    for quality, *size, spacing in rows:
        sizes = {"rows": size[0], "columns": size[1]}
        spacings = {} if spacing is None else {"pixel_spacing_mm": max(spacing)}
        for name, value in {**quality, **sizes, **spacings}.items():
            found.setdefault(name, []).append(float(value))
    return {name: round(median(values), 6) for name, values in sorted(found.items())}


def study_geometry(session: Session, study: Study) -> dict[str, Any]:
    """The reports of a study, series by series."""
    rows = session.scalars(
        select(Series)
        .where(Series.study_id == study.id)
        .order_by(Series.series_number.asc().nulls_last(), Series.id)
    )
    names = ("series_uid", "modality", "series_number")
    return {
        "trust": study.trust,
        "series": [
            {**{name: getattr(one, name) for name in names}, "geometry": _in_words(one)}
            for one in rows
        ],
    }


def _in_words(series: Series) -> dict[str, Any] | None:
    if series.geometry is None:
        return None
    tilt = series.geometry["tilt_degrees"]
    return {
        **series.geometry,
        "findings": [
            {**finding, "text": in_words(finding, tilt_degrees=tilt)}
            for finding in series.geometry["findings"]
        ],
    }


def reports_of(session: Session, study_ids: Collection[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """For a manifest: per study what each series says of itself, made now where it waits."""
    found: dict[UUID, list[dict[str, Any]]] = {study_id: [] for study_id in study_ids}
    rows = session.scalars(
        select(Series).where(Series.study_id.in_(study_ids)).order_by(Series.series_uid)
    )
    for series in rows:
        if not series.is_assessed:
            assess(session, series)
        assert series.geometry is not None
        stated = ("trust", "is_volume", "plane", "slice_spacing_mm", "findings")
        found[series.study_id].append(
            {"series_uid": series.series_uid, **{name: series.geometry[name] for name in stated}}
        )
    return found
