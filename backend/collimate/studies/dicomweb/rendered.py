"""Rendered frames and thumbnails (PS3.18 10.4.1.1.3 and 10.4.1.1.4), drawn in the sandbox."""

import math
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select
from starlette.datastructures import Headers

from collimate.dicom.prepared import frame_facts
from collimate.dicom.rejection import Rejected
from collimate.kit import database
from collimate.kit.blobs import blobs
from collimate.kit.errors import Problem
from collimate.kit.http import SessionDep
from collimate.kit.recent import Recent
from collimate.studies.dicomweb.accept import choose_picture
from collimate.studies.dicomweb.door import SeenInstance, SeenSeries, SeenStudy
from collimate.studies.dicomweb.frame_index import ImageInfo, InstanceNotFound
from collimate.studies.dicomweb.frames import read_frame_list
from collimate.studies.dicomweb.pictures import etag_of, not_modified, picture, stored_picture
from collimate.studies.dicomweb.retrieve import INSTANCE, SERIES, STUDY
from collimate.studies.models import Instance, Study
from collimate.studies.sandbox import sandbox
from collimate.studies.show import thumbnail_of

router = APIRouter()
Viewport = Annotated[str | None, Query(max_length=100)]
Window = Annotated[str | None, Query(max_length=100)]
_drawn: Recent[str, bytes] = Recent(32 << 20, len)
"""In memory only: nothing of an erased study stays behind on a disk."""


class BadRenderQuery(Problem):
    """viewport is width,height and window is center,width,function."""

    status = 400


class CannotBeRendered(Problem):
    """This frame cannot be turned into a picture."""

    status = 409


@router.get(INSTANCE + "/rendered", response_class=Response)
def rendered_instance(
    request: Request,
    instance: SeenInstance,
    viewport: Viewport = None,
    window: Window = None,
) -> Response:
    return _render(request, instance, 1, viewport, window)


@router.get(INSTANCE + "/frames/{frame_list}/rendered", response_class=Response)
def rendered_frame(
    request: Request,
    instance: SeenInstance,
    frame_list: str,
    viewport: Viewport = None,
    window: Window = None,
) -> Response:
    number = read_frame_list(frame_list, instance.frame_count)[0]
    return _render(request, instance, number, viewport, window)


def _render(
    request: Request,
    instance: ImageInfo,
    number: int,
    viewport: str | None,
    window: str | None,
) -> Response:
    drawing = _asked(request.headers, instance, number, viewport, window)
    recalled = _recall(request.headers, drawing)
    if recalled is not None:
        return recalled
    drawn = _draw(instance, number, drawing.kind, drawing.size, drawing.window)
    _drawn.put(drawing.etag, drawn)
    return picture(drawn, f"image/{drawing.kind}", drawing.etag)


@dataclass(frozen=True)
class _Drawing:
    """What a picture depends on."""

    kind: Literal["jpeg", "png"]
    size: int | None
    window: tuple[float, float] | None
    etag: str


def _asked(
    headers: Headers, instance: ImageInfo, number: int, viewport: str | None, window: str | None
) -> _Drawing:
    kind = choose_picture(headers.get("accept"))
    size, chosen = read_viewport(viewport), read_window(window)
    etag = etag_of("rendered", kind, instance.frames_sha256, number, size, chosen)
    return _Drawing(kind, size, chosen, etag)


def _recall(headers: Headers, drawing: _Drawing) -> Response | None:
    unchanged = not_modified(headers, drawing.etag)
    drawn = _drawn.get(drawing.etag)
    if unchanged is not None or drawn is None:
        return unchanged
    return picture(drawn, f"image/{drawing.kind}", drawing.etag)


def recall_rendered(
    headers: Headers, instance: ImageInfo, viewport: str | None, window: str | None
) -> Response | None:
    """The picture of the first frame, if it was drawn before or the client has it.

    Raises:
        BadRenderQuery, CannotBeServedSo
    """
    return _recall(headers, _asked(headers, instance, 1, viewport, window))


def _draw(
    instance: ImageInfo,
    number: int,
    kind: Literal["jpeg", "png"],
    size: int | None,
    window: tuple[float, float] | None,
) -> bytes:
    """Have the sandbox draw a frame.

    Raises:
        CannotBeRendered
    """
    offset, length = instance.frame(number)
    with database.open_session() as session:
        dicom_json = session.scalars(
            select(Instance.dicom_json).where(Instance.id == instance.id)
        ).one()
    frame = blobs().read(instance.frames_sha256, offset, length)
    facts = frame_facts(dicom_json, number - 1)
    try:
        return sandbox().render(frame, facts, size=size, kind=kind, window=window)
    except Rejected as rejected:
        raise CannotBeRendered(rejected.text) from None


def read_viewport(text: str | None) -> int | None:
    """The longer side of the wanted picture in pixels. Source: PS3.18 8.3.5.1.3.

    Raises:
        BadRenderQuery
    """
    if text is None:
        return None
    parts = text.split(",")[:2]
    if len(parts) != 2 or not all(p.isascii() and p.isdigit() and 0 < len(p) < 6 for p in parts):
        raise BadRenderQuery()
    return max(1, *(int(part) for part in parts))


def read_window(text: str | None) -> tuple[float, float] | None:
    """Centre and width in modality values. Source: PS3.18 8.3.5.1.4.

    Raises:
        BadRenderQuery
    """
    if text is None:
        return None
    parts = text.split(",")
    if len(parts) == 3 and parts[2].strip().lower() not in ("linear", "linear-exact"):
        raise BadRenderQuery("Only the linear window function is served.")
    try:
        centre, width = (float(part) for part in parts[:2])
    except ValueError as error:
        raise BadRenderQuery() from error
    if not (math.isfinite(centre) and math.isfinite(width) and width >= 1):
        raise BadRenderQuery()
    return centre, width


@router.get(STUDY + "/thumbnail", response_class=Response)
def study_thumbnail(request: Request, session: SessionDep, study: SeenStudy) -> Response:
    return stored_picture(request, thumbnail_of(session, session.get_one(Study, study.study_id)))


@router.get(SERIES + "/thumbnail", response_class=Response)
def series_thumbnail(request: Request, series: SeenSeries) -> Response:
    instances = list(series.instances.values())
    if not instances:
        raise InstanceNotFound()
    return stored_picture(request, instances[len(instances) // 2].thumbnail_sha256)


@router.get(INSTANCE + "/thumbnail", response_class=Response)
def instance_thumbnail(request: Request, instance: SeenInstance) -> Response:
    return stored_picture(request, instance.thumbnail_sha256)
