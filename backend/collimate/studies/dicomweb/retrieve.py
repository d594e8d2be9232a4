"""WADO-RS: whole objects (PS3.18 10.4.1.1.1)."""

import struct

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select

from collimate.dicom.prepared import EXPLICIT_VR_LITTLE_ENDIAN
from collimate.kit import database
from collimate.studies.dicomweb.accept import (
    DICOM,
    CannotBeServedSo,
    Offer,
    accept_of,
    both,
    choose,
)
from collimate.studies.dicomweb.door import SeenInstance, SeenSeries, SeenStudy
from collimate.studies.dicomweb.frame_index import (
    ImageInfo,
    InstanceNotFound,
    instances_of_study,
)
from collimate.studies.dicomweb.parts import PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.dicomweb.syntaxes import HTJ2K, list_syntaxes, stored_syntax
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
    offer = choose(accept_of(request), _offers(instances))
    form, syntax = offer.form, offer.transfer_syntax
    if form == "single" and len(instances) > 1:
        raise CannotBeServedSo("Several objects are served as multipart/related only.")
    etag = etag_of("objects", form, syntax, *(one.file_sha256 for one in instances))
    unchanged = not_modified(request.headers, etag)
    if unchanged is not None:
        return unchanged
    pieces = [piece for one in instances for piece in _pieces(one, syntax)]
    return PartsResponse(pieces, form=form, etag=etag)


def _available(info: ImageInfo) -> set[str]:
    return set(
        list_syntaxes(
            info.original_transfer_syntax_uid,
            info.served_transfer_syntax_uid,
            has_progressive=info.progressive_sha256 is not None,
        )
    )


def _offers(instances: list[ImageInfo]) -> tuple[Offer, ...]:
    """What all of them can be had in; who names no transfer syntax gets Explicit VR Little Endian.

    Source: PS3.18 8.7.3.5.2. `*` means each as it is kept.
    """
    common = set.intersection(*(_available(one) for one in instances))
    offers = [*both(DICOM, EXPLICIT_VR_LITTLE_ENDIAN, ""), *both(DICOM, "*")]
    for syntax in sorted(common - {EXPLICIT_VR_LITTLE_ENDIAN}):
        offers += both(DICOM, syntax)
    return tuple(offers)


def _pieces(info: ImageInfo, syntax: str) -> list[Piece]:
    """The stored file, or its frames with a head written for them."""
    stored = stored_syntax(info.original_transfer_syntax_uid, info.served_transfer_syntax_uid)
    if syntax in ("*", stored):
        return [
            Piece(
                info.file_sha256, 0, info.file_bytes, media_type=DICOM, transfer_syntax_uid=stored
            )
        ]
    with database.open_session() as session:
        described = session.scalars(select(Instance.dicom_json).where(Instance.id == info.id)).one()
    if syntax in HTJ2K:
        return _fragments(info, syntax, sandbox().object_head(described, syntax, None))
    start, length = info.pixels
    head = sandbox().object_head(described, syntax, length)
    return [
        Piece(
            info.frames_sha256, start, length, media_type=DICOM, transfer_syntax_uid=syntax,
            start=head, end=b"\0" * (length % 2),
        )
    ]  # fmt: skip


def _fragments(info: ImageInfo, syntax: str, head: bytes) -> list[Piece]:
    """The HTJ2K copy, a fragment for each frame. Source: PS3.5 A.4."""
    pieces = []
    for number in range(1, info.frame_count + 1):
        offset, length = info.progressive_frame(number)
        item = struct.pack("<HHL", 0xFFFE, 0xE000, length + length % 2)
        end = b"\0" * (length % 2)
        if number == info.frame_count:
            end += struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)
        pieces.append(
            Piece(
                info.progressive_sha256 or "", offset, length, media_type=DICOM,
                transfer_syntax_uid=syntax, start=head + item if number == 1 else item,
                end=end, continues=number > 1,
            )
        )  # fmt: skip
    return pieces
