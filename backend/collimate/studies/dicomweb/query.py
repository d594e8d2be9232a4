"""QIDO-RS: searching studies, series and instances (PS3.18 10.6)."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import ColumnElement, Select, bindparam, select
from starlette.types import Scope

from collimate.kit import database
from collimate.studies.dicomweb.accept import JSON, accept_json, takes_gzip
from collimate.studies.dicomweb.door import SeenProject, SeenSeries, SeenStudy
from collimate.studies.dicomweb.matching import (
    INSTANCE_KEYS,
    OF_PATIENT,
    SERIES_KEYS,
    STUDY_KEYS,
    Matcher,
    SearchNotSupported,
    criteria,
    keyword_of,
    read_flag,
)
from collimate.studies.dicomweb.pictures import KEPT, etag_of, not_modified
from collimate.studies.dicomweb.retrieve import SERIES, STUDY
from collimate.studies.dicomweb.shown import (
    INSTANCE_COLUMNS,
    asked_fields,
    instance_json,
    packed,
    retrieve_url,
    unknown_fields,
    widened,
)
from collimate.studies.models import Instance, Patient, Series, Study
from collimate.studies.packed_metadata import READING_ORDER

router = APIRouter()
PROJECT = "/dicomweb/{project_id}"
MOST = 1000
_PACKED_BYTES = 128 << 10
"""Packing a smaller answer costs more than it saves."""
NEWEST_FIRST = (Study.study_date.desc().nulls_last(), Study.id.desc())
PAGING = frozenset({"limit", "offset"})
MORE_TEXT = "There are additional results that can be requested"


@dataclass(frozen=True)
class Level:
    """One of the three levels: what can be asked of it and how it is ordered."""

    name: str
    keys: dict[str, Matcher]
    order: tuple[Any, ...]


STUDIES = Level("studies", STUDY_KEYS, NEWEST_FIRST)
ALL_SERIES = Level("series", STUDY_KEYS | SERIES_KEYS, (*NEWEST_FIRST, *READING_ORDER[:2]))
INSTANCES = Level(
    "instances", STUDY_KEYS | SERIES_KEYS | INSTANCE_KEYS, (*NEWEST_FIRST, *READING_ORDER)
)


@dataclass(frozen=True)
class Page:
    """Which part of what was found; there are never more than `MOST` in one answer."""

    limit: int
    offset: int


def asked_page(
    limit: Annotated[str, Query(max_length=100)] = str(MOST),
    offset: Annotated[str, Query(max_length=100)] = "0",
) -> Page:
    """The page of the query string.

    Raises:
        SearchNotSupported: one of them is no whole number from 0.
    """
    if not all(re.fullmatch(r"[0-9]{1,9}", text) for text in (limit, offset)):
        raise SearchNotSupported("limit and offset are whole numbers from 0.")
    return Page(min(int(limit), MOST), int(offset))


PageDep = Annotated[Page, Depends(asked_page)]


@router.get(PROJECT + "/studies", response_class=Response)
def search_studies(request: Request, project: SeenProject, page: PageDep) -> Response:
    return _search(request, STUDIES, page, project)


def search_known(scope: Scope, project_id: UUID) -> Response:
    """The same for an asker who is known already, without the way through the routes.

    Raises:
        SearchNotSupported, CannotBeServedSo
    """
    request = Request(scope)
    asked = {name: request.query_params[name] for name in PAGING & set(request.query_params)}
    return _search(request, STUDIES, asked_page(**asked), project_id)


@router.get(PROJECT + "/series", response_class=Response)
def search_all_series(request: Request, project: SeenProject, page: PageDep) -> Response:
    return _search(request, ALL_SERIES, page, project)


@router.get(STUDY + "/series", response_class=Response)
def search_series(request: Request, project_id: UUID, study: SeenStudy, page: PageDep) -> Response:
    return _search(request, ALL_SERIES, page, project_id, Study.id == study.study_id)


@router.get(PROJECT + "/instances", response_class=Response)
def search_all_instances(request: Request, project: SeenProject, page: PageDep) -> Response:
    return _search(request, INSTANCES, page, project)


@router.get(STUDY + "/instances", response_class=Response)
def search_study_instances(
    request: Request, project_id: UUID, study: SeenStudy, page: PageDep
) -> Response:
    return _search(request, INSTANCES, page, project_id, Study.id == study.study_id)


@router.get(SERIES + "/instances", response_class=Response)
def search_series_instances(
    request: Request, project_id: UUID, series: SeenSeries, page: PageDep
) -> Response:
    return _search(request, INSTANCES, page, project_id, Series.id == series.series_id)


def _search(
    request: Request,
    level: Level,
    page: Page,
    project_id: UUID,
    within: ColumnElement[bool] | None = None,
) -> Response:
    accept_json(request)
    asked = request.query_params.multi_items()
    fuzzy = read_flag(request.query_params.get("fuzzymatching", "false"))
    fields = asked_fields(asked)
    if level is STUDIES and {name for name, _ in asked} <= PAGING:
        texts = [row[0] for row in database.read(_NEWEST, _values(project_id, page))]
        headers = _headers(page, len(texts), [])
        return _answer(request, [text.encode() for text in texts[: page.limit]], headers)
    address = f"/dicomweb/{project_id}/studies"
    query = _rows(level, bool(fields))
    if any(keyword_of(name) in OF_PATIENT for name, _ in asked):
        query = query.join(Patient, Patient.id == Study.patient_id)
    query = query.where(
        Study.project_id == project_id,
        Study.deleted_at.is_(None),
        *([] if within is None else [within]),
        *criteria(asked, level.keys, fuzzy=fuzzy),
    )
    query = query.order_by(*level.order).limit(page.limit + 1).offset(page.offset)
    with database.open_session() as session:
        rows = session.execute(query).all()
    shown = rows[: page.limit]
    if level is STUDIES and not fields:
        objects = [row[0].encode() for row in shown]
    else:
        is_whole = within is None
        objects = [packed(_object(level, row, address, fields, is_whole)) for row in shown]
    return _answer(request, objects, _headers(page, len(rows), unknown_fields(fields)))


def _rows(level: Level, with_sample: bool) -> Select[Any]:
    """The columns of a level; a study alone is one text that is passed on as it is."""
    if level is STUDIES and not with_sample:
        return select(Study.found_json)
    columns: list[Any] = [Study.study_uid, Study.dicom_json.label("study_json")]
    if level is not STUDIES:
        columns += [Series.series_uid, Series.dicom_json.label("series_json")]
    if level is INSTANCES:
        columns += [getattr(Instance, name) for name in INSTANCE_COLUMNS]
    if with_sample:
        columns.append(_sample(level).label("sample"))
    query: Select[Any] = select(*columns)
    if level is STUDIES:
        return query
    if level is ALL_SERIES:
        return query.select_from(Series).join(Study, Study.id == Series.study_id)
    query = query.select_from(Instance).join(Series, Series.id == Instance.series_id)
    return query.join(Study, Study.id == Series.study_id)


def _sample(level: Level) -> Any:
    """The DICOM JSON of an instance that stands for its study or series in `includefield`."""
    if level is INSTANCES:
        return Instance.dicom_json
    owner = Study if level is STUDIES else Series
    mine = Instance.study_id == Study.id if level is STUDIES else Instance.series_id == Series.id
    first = select(Instance.dicom_json).where(mine).order_by(Instance.id).limit(1)
    return first.correlate(owner).scalar_subquery()


def _object(
    level: Level, row: Any, address: str, fields: frozenset[str], is_whole: bool
) -> dict[str, Any]:
    """One match. Levels above its own are shown where the path does not name them."""
    url = f"{address}/{row.study_uid}"
    shown: dict[str, Any] = dict(row.study_json) if is_whole or level is STUDIES else {}
    if level is not STUDIES:
        url += f"/series/{row.series_uid}"
        shown |= row.series_json
    if level is INSTANCES:
        url += f"/instances/{row.sop_instance_uid}"
        shown |= instance_json(row, row.study_uid, row.series_uid)
    shown["00081190"] = retrieve_url(url)
    return widened(level.name, shown, row.sample, fields) if fields else shown


_NEWEST = (
    select(Study.found_json)
    .where(Study.project_id == bindparam("project_id"), Study.deleted_at.is_(None))
    .order_by(*NEWEST_FIRST)
    .limit(bindparam("most"))
    .offset(bindparam("skipped"))
)
"""A page of studies that nothing narrows, made once: most searches are this one."""


def _values(project_id: UUID, page: Page) -> dict[str, Any]:
    return {"project_id": project_id, "most": page.limit + 1, "skipped": page.offset}


def _headers(page: Page, found_count: int, unknown: list[str]) -> dict[str, str]:
    """What PS3.18 8.3.4.4 asks to be said, and the number of all where it is known anyway."""
    warnings = []
    headers = dict(KEPT)
    if found_count > page.limit:
        warnings.append(MORE_TEXT)
    elif found_count or not page.offset:
        headers["x-total-count"] = str(page.offset + found_count)
    if unknown:
        warnings.append("Some fields of includefield are not supported")
    if warnings:
        headers["warning"] = ", ".join(f'299 collimate "{text}"' for text in warnings)
    return headers


def _answer(request: Request, objects: list[bytes], headers: dict[str, str]) -> Response:
    body = b"[" + b",".join(objects) + b"]"
    is_packed = len(body) >= _PACKED_BYTES and takes_gzip(request)
    headers["etag"] = etag_of("found", hashlib.sha256(body).digest(), headers, is_packed)
    unchanged = not_modified(request.headers, headers["etag"])
    if unchanged is not None:
        return unchanged
    if is_packed:
        body = gzip.compress(body, 1)
        headers["content-encoding"] = "gzip"
    return Response(body, media_type=JSON, headers=headers)
