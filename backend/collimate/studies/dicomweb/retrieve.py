"""WADO-RS: whole objects (PS3.18 10.4.1.1.1)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from collimate.kit import database
from collimate.studies.dicomweb.accept import CannotBeServedSo, choose_objects
from collimate.studies.dicomweb.door import SeenInstance, SeenSeries, SeenStudy
from collimate.studies.dicomweb.frame_index import (
    ImageInfo,
    InstanceNotFound,
    instances_of_study,
)
from collimate.studies.dicomweb.parts import DICOM, PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.models import Instance
from collimate.studies.sandbox import sandbox

router = APIRouter()
STUDY = "/dicomweb/{project_id}/studies/{study_uid}"
SERIES = STUDY + "/series/{series_uid}"
INSTANCE = SERIES + "/instances/{sop_instance_uid}"


@router.get(STUDY, response_class=Response)
def retrieve_study(request: Request, study: SeenStudy) -> Response:
    return _objects(request, instances_of_study(study))


@router.get(SERIES, response_class=Response)
def retrieve_series(request: Request, series: SeenSeries) -> Response:
    return _objects(request, list(series.instances.values()))


@router.get(INSTANCE, response_class=Response)
def retrieve_instance(request: Request, instance: SeenInstance) -> Response:
    return _objects(request, [instance])


def _objects(request: Request, instances: list[ImageInfo]) -> Response:
    if not instances:
        raise InstanceNotFound()
    held = frozenset(_stored_syntax(one) for one in instances)
    form, syntax = choose_objects(request.headers.get("accept"), held)
    if form == "single" and len(instances) > 1:
        raise CannotBeServedSo("Several objects are served as multipart/related only.")
    etag = etag_of("objects", form, syntax, *(one.file_sha256 for one in instances))
    unchanged = not_modified(request.headers, etag)
    if unchanged is not None:
        return unchanged
    pieces = [_piece(one, syntax) for one in instances]
    return PartsResponse(pieces, form=form, etag=etag)


def _piece(info: ImageInfo, syntax: str) -> Piece:
    """The stored file, or its served frames with a head written for them."""
    stored = _stored_syntax(info)
    if syntax in ("*", stored):
        return Piece(
            info.file_sha256, 0, info.file_bytes, media_type=DICOM, transfer_syntax_uid=stored
        )
    with database.open_session() as session:
        described = session.scalars(select(Instance.dicom_json).where(Instance.id == info.id)).one()
    start, length = info.pixels
    return Piece(
        info.frames_sha256, start, length, media_type=DICOM, transfer_syntax_uid=syntax,
        start=sandbox().native_head(described, length), end=b"\0" * (length % 2),
    )  # fmt: skip


def _stored_syntax(info: ImageInfo) -> str:
    """Native images are stored as Explicit VR Little Endian, compressed ones as they came."""
    native = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")
    original = info.original_transfer_syntax_uid
    return info.served_transfer_syntax_uid if original in native else original
