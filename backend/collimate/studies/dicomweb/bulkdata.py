"""Bulk data (PS3.18 10.4.1.1.5): all pixels of an instance, as they are served."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from collimate.kit.errors import NotFound
from collimate.studies.dicomweb.accept import OCTETS, accept_of, both, choose
from collimate.studies.dicomweb.door import SeenInstance
from collimate.studies.dicomweb.frame_index import ImageInfo
from collimate.studies.dicomweb.parts import PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE
from collimate.studies.packed_metadata import PIXEL_DATA

router = APIRouter()


class BulkdataNotFound(NotFound):
    """There is no such bulk data; all but the pixels is part of the metadata."""


@router.get(INSTANCE + "/bulkdata", response_class=Response)
def retrieve_all_bulkdata(request: Request, instance: SeenInstance) -> Response:
    return _pixels(request, instance, f"{request.url.path}/{PIXEL_DATA}")


@router.get(INSTANCE + "/bulkdata/{tag}", response_class=Response)
def retrieve_bulkdata(request: Request, instance: SeenInstance, tag: str) -> Response:
    if tag.upper() != PIXEL_DATA:
        raise BulkdataNotFound()
    return _pixels(request, instance, request.url.path)


def _pixels(request: Request, instance: ImageInfo, location: str) -> Response:
    served = instance.served_transfer_syntax_uid
    form = choose(accept_of(request), both(OCTETS, served, "", "*")).form
    etag = etag_of("bulkdata", form, instance.frames_sha256)
    piece = Piece(instance.frames_sha256, *instance.pixels, location, OCTETS, served)
    asked = request.headers.get("range")
    if request.headers.get("if-range") not in (None, etag):
        asked = None
    return not_modified(request.headers, etag) or PartsResponse(
        [piece], form=form, etag=etag, byte_range=asked
    )
