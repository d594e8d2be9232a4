"""WADO-RS: whole objects (PS3.18 10.4.1.1.1)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from collimate.studies.dicomweb.accept import CannotBeServedSo, choose_form
from collimate.studies.dicomweb.door import SeenInstance, SeenSeries, SeenStudy
from collimate.studies.dicomweb.frame_index import (
    ImageInfo,
    InstanceNotFound,
    instances_of_study,
)
from collimate.studies.dicomweb.parts import DICOM, PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified

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
    etag = etag_of("objects", *(one.file_sha256 for one in instances))
    held = frozenset(_stored_syntax(one) for one in instances)
    form = choose_form(request.headers.get("accept"), DICOM, held)
    if form == "single" and len(instances) > 1:
        raise CannotBeServedSo("Several objects are served as multipart/related only.")
    pieces = [
        Piece(
            one.file_sha256, 0, one.file_bytes,
            media_type=DICOM, transfer_syntax_uid=_stored_syntax(one),
        )
        for one in instances
    ]  # fmt: skip
    return not_modified(request.headers, etag) or PartsResponse(pieces, form=form, etag=etag)


def _stored_syntax(info: ImageInfo) -> str:
    """Native images are stored as Explicit VR Little Endian, compressed ones as they came."""
    native = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")
    original = info.original_transfer_syntax_uid
    return info.served_transfer_syntax_uid if original in native else original
