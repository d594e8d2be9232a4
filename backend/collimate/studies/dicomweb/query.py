"""QIDO-RS: searching studies, series and instances (PS3.18 10.6)."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Select, Text, cast, select
from sqlalchemy.orm import Session

from collimate.kit.http import SessionDep
from collimate.projects.models import Project
from collimate.studies.dicomweb.door import READING_ORDER, SeenProject, SeenSeries, SeenStudy
from collimate.studies.dicomweb.matching import INSTANCE_KEYS, SERIES_KEYS, STUDY_KEYS, criteria
from collimate.studies.dicomweb.retrieve import JSON, SERIES, STUDY, json_list
from collimate.studies.models import Instance, Patient, Series, Study

router = APIRouter()
PROJECT = "/dicomweb/{project_id}"
MOST = 1000
Limit = Annotated[int, Query(ge=0, le=10**6)]
Offset = Annotated[int, Query(ge=0, le=10**9)]
NEWEST_FIRST = (Study.study_date.desc().nulls_last(), Study.id.desc())


@router.get(PROJECT + "/studies", response_class=Response)
def search_studies(
    request: Request,
    session: SessionDep,
    project: SeenProject,
    limit: Limit = MOST,
    offset: Offset = 0,
) -> Response:
    query = _in(select(cast(Study.dicom_json, Text)), project)
    query = query.where(*criteria(request.query_params.multi_items(), STUDY_KEYS))
    return _answer(_page(session, query.order_by(*NEWEST_FIRST), limit, offset), limit)


@router.get(PROJECT + "/series", response_class=Response)
def search_all_series(
    request: Request,
    session: SessionDep,
    project: SeenProject,
    limit: Limit = MOST,
    offset: Offset = 0,
) -> Response:
    return _series(request, session, _in(_series_rows(), project), limit, offset)


@router.get(STUDY + "/series", response_class=Response)
def search_series(
    request: Request,
    session: SessionDep,
    study: SeenStudy,
    limit: Limit = MOST,
    offset: Offset = 0,
) -> Response:
    mine = _series_rows().join(Patient, Patient.id == Study.patient_id)
    return _series(request, session, mine.where(Study.id == study.id), limit, offset)


@router.get(PROJECT + "/instances", response_class=Response)
def search_all_instances(
    request: Request,
    session: SessionDep,
    project: SeenProject,
    limit: Limit = MOST,
    offset: Offset = 0,
) -> Response:
    return _instances(request, session, _in(_instance_rows(), project), limit, offset)


@router.get(STUDY + "/instances", response_class=Response)
def search_study_instances(
    request: Request,
    session: SessionDep,
    study: SeenStudy,
    limit: Limit = MOST,
    offset: Offset = 0,
) -> Response:
    mine = _instance_rows().join(Patient, Patient.id == Study.patient_id)
    return _instances(request, session, mine.where(Study.id == study.id), limit, offset)


@router.get(SERIES + "/instances", response_class=Response)
def search_series_instances(
    request: Request,
    session: SessionDep,
    series: SeenSeries,
    limit: Limit = MOST,
    offset: Offset = 0,
) -> Response:
    mine = _instance_rows().join(Patient, Patient.id == Study.patient_id)
    return _instances(request, session, mine.where(Series.id == series.id), limit, offset)


def _in(query: Select[Any], project: Project) -> Select[Any]:
    joined = query.join(Patient, Patient.id == Study.patient_id)
    return joined.where(Study.project_id == project.id, Study.deleted_at.is_(None))


def _series_rows() -> Select[Any]:
    return select(cast(Series.dicom_json, Text)).join(Study, Study.id == Series.study_id)


def _series(
    request: Request, session: Session, rows: Select[Any], limit: int, offset: int
) -> Response:
    asked = criteria(request.query_params.multi_items(), {**STUDY_KEYS, **SERIES_KEYS})
    ordered = rows.where(*asked).order_by(*NEWEST_FIRST, *READING_ORDER[:2])
    return _answer(_page(session, ordered, limit, offset), limit)


SHOWN = ("sop_class_uid", "sop_instance_uid", "instance_number", "rows", "columns",
         "bits_allocated", "frame_count", "served_transfer_syntax_uid")  # fmt: skip


def _instance_rows() -> Select[Any]:
    columns = [getattr(Instance, name) for name in SHOWN]
    return (
        select(Study.study_uid, Series.series_uid, Series.modality, *columns)
        .select_from(Instance)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Instance.study_id)
    )


def _instances(
    request: Request, session: Session, rows: Select[Any], limit: int, offset: int
) -> Response:
    keys = {**STUDY_KEYS, **SERIES_KEYS, **INSTANCE_KEYS}
    asked = criteria(request.query_params.multi_items(), keys)
    ordered = rows.where(*asked).order_by(*NEWEST_FIRST, *READING_ORDER)
    found = _page(session, ordered, limit, offset)
    return _answer([orjson.dumps(_instance_json(row)).decode() for row in found], limit)


def _instance_json(row: Any) -> dict[str, Any]:
    """The instance level. Source: PS3.18 table 10.6.3-5."""
    elements = {
        "00080016": ("UI", row.sop_class_uid),
        "00080018": ("UI", row.sop_instance_uid),
        "00080056": ("CS", "ONLINE"),
        "00080060": ("CS", row.modality),
        "00083002": ("UI", row.served_transfer_syntax_uid),
        "0020000D": ("UI", row.study_uid),
        "0020000E": ("UI", row.series_uid),
        "00200013": ("IS", row.instance_number),
        "00280008": ("IS", row.frame_count),
        "00280010": ("US", row.rows),
        "00280011": ("US", row.columns),
        "00280100": ("US", row.bits_allocated),
    }
    return {
        tag: {"vr": vr} if value is None else {"vr": vr, "Value": [value]}
        for tag, (vr, value) in elements.items()
    }


def _page(session: Session, query: Select[Any], limit: int, offset: int) -> list[Any]:
    paged = query.limit(min(limit, MOST) + 1).offset(offset)
    rows = session.execute(paged).all()
    return [row[0] if len(row) == 1 else row for row in rows]


def _answer(texts: list[str], limit: int) -> Response:
    """One page; that there is more is said as PS3.18 8.3.4.4 asks.

    Raises nothing: an empty page is an empty array.
    """
    most = min(limit, MOST)
    headers = None
    if len(texts) > most:
        headers = {"warning": '299 collimate "There are additional results that can be requested"'}
    if not texts[:most]:
        return Response("[]", media_type=JSON)
    return json_list(texts[:most], headers)
