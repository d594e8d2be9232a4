"""Frames (PS3.18 10.4.1.1.2)."""

from functools import cache

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import Headers

from collimate.kit.errors import Problem
from collimate.studies.dicomweb.accept import (
    OCTETS,
    CannotBeServedSo,
    Offer,
    accept_of,
    both,
    choose,
)
from collimate.studies.dicomweb.door import SeenInstance
from collimate.studies.dicomweb.frame_index import ImageInfo, InstanceNotFound
from collimate.studies.dicomweb.parts import PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE
from collimate.studies.dicomweb.syntaxes import HTJ2K

router = APIRouter()
MOST_FRAMES = 1000
JPHC = "image/jphc"


class FrameNotFound(InstanceNotFound):
    """There is no such frame."""


class BadFrameList(Problem):
    """Frames are asked for as numbers from 1, separated by commas."""

    status = 400


@router.get(INSTANCE + "/frames/{frame_list}", response_class=Response)
def retrieve_frames(request: Request, instance: SeenInstance, frame_list: str) -> Response:
    accept = accept_of(request)
    return frames_response(request.url.path, request.headers, accept, instance, frame_list)


def frames_response(
    path: str, headers: Headers, accept: str | None, instance: ImageInfo, frame_list: str
) -> PartsResponse | Response:
    """Frames as the client can take them, or 304 where it has them.

    Raises:
        BadFrameList, FrameNotFound, CannotBeServedSo
    """
    numbers = read_frame_list(frame_list, instance.frame_count)
    served = instance.served_transfer_syntax_uid
    offer = choose(accept, _offers(served, instance.progressive_sha256 is not None))
    if offer.form == "single" and len(numbers) > 1:
        raise CannotBeServedSo("Several frames are served as multipart/related only.")
    if offer.transfer_syntax == served:
        sha256, where = instance.frames_sha256, instance.frame
    else:
        sha256, where = instance.progressive_sha256 or "", instance.progressive_frame
    etag = etag_of("frames", offer.form, offer.media_type, offer.transfer_syntax, sha256, numbers)
    unchanged = not_modified(headers, etag)
    if unchanged is not None:
        return unchanged
    address = path.rsplit("/", 1)[0]
    pieces = [
        Piece(sha256, *where(one), f"{address}/{one}", offer.media_type, offer.transfer_syntax)
        for one in numbers
    ]
    asked = headers.get("range")
    if headers.get("if-range") not in (None, etag):
        asked = None
    return PartsResponse(pieces, form=offer.form, etag=etag, byte_range=asked)


@cache
def _offers(served: str, has_progressive: bool) -> tuple[Offer, ...]:
    """Plain frames, and HTJ2K where it is kept. Source: PS3.18 8.7.3.3."""
    offers = [*both(OCTETS, served, "", "*")]
    if has_progressive:
        first, *others = HTJ2K
        offers += both(JPHC, first, "", "*")
        for syntax in others:
            offers += both(JPHC, syntax)
        for syntax in HTJ2K:
            offers += both(OCTETS, syntax)
    return tuple(offers)


def read_frame_list(text: str, frame_count: int) -> tuple[int, ...]:
    """Frame numbers, from 1.

    Raises:
        BadFrameList
        FrameNotFound: a number above the frame count.
    """
    parts = text.split(",")
    if len(parts) > MOST_FRAMES or not all(
        p.isascii() and p.isdigit() and len(p) < 8 for p in parts
    ):
        raise BadFrameList()
    numbers = tuple(int(part) for part in parts)
    if min(numbers) < 1:
        raise BadFrameList()
    if max(numbers) > frame_count:
        raise FrameNotFound(f"It has frames 1 to {frame_count}.")
    return numbers
