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
from collimate.studies.dicomweb.originals import JPHC, offers_of, original_pieces, original_syntax
from collimate.studies.dicomweb.parts import PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE
from collimate.studies.dicomweb.syntaxes import HTJ2K

router = APIRouter()
MOST_FRAMES = 1000


class FrameNotFound(InstanceNotFound):
    """There is no such frame."""


class BadFrameList(Problem):
    """Frames are asked for as numbers from 1, separated by commas."""

    status = 400


@router.get(INSTANCE + "/frames/{frame_list}", response_class=Response)
def retrieve_frames(request: Request, instance: SeenInstance, frame_list: str) -> Response:
    accept = accept_of(request)
    found = frames_response(request.url.path, request.headers, accept, instance, frame_list)
    assert found is not None
    return found


def frames_response(
    path: str,
    headers: Headers,
    accept: str | None,
    instance: ImageInfo,
    frame_list: str,
    *,
    may_wait: bool = True,
) -> PartsResponse | Response | None:
    """Frames as the client can take them, or 304 where it has them.

    None where somebody has to be waited for first, which `may_wait` allows.

    Raises:
        BadFrameList, FrameNotFound, CannotBeServedSo
    """
    numbers = read_frame_list(frame_list, instance.frame_count)
    served = instance.served_transfer_syntax_uid
    has_progressive = instance.progressive_sha256 is not None
    offer = choose(accept, _offers(served, original_syntax(instance), has_progressive))
    if offer.form == "single" and len(numbers) > 1:
        raise CannotBeServedSo("Several frames are served as multipart/related only.")
    etag = etag_of(
        "frames", offer.form, offer.media_type, offer.transfer_syntax,
        *(instance.frames_sha256, instance.progressive_sha256, instance.file_sha256), numbers,
    )  # fmt: skip
    unchanged = not_modified(headers, etag)
    if unchanged is not None:
        return unchanged
    pieces: list[Piece] = []
    for number in numbers:
        location = f"{path.rsplit('/', 1)[0]}/{number}"
        found = _pieces(instance, number, location, offer, may_wait=may_wait)
        if found is None:
            return None
        pieces += found
    asked = headers.get("range")
    if headers.get("if-range") not in (None, etag):
        asked = None
    return PartsResponse(pieces, form=offer.form, etag=etag, byte_range=asked)


def _pieces(
    instance: ImageInfo, number: int, location: str, offer: Offer, *, may_wait: bool
) -> list[Piece] | None:
    """Where a frame lies in the offered form."""
    syntax = offer.transfer_syntax
    if syntax == instance.served_transfer_syntax_uid:
        sha256, place = instance.frames_sha256, instance.frame(number)
    elif instance.progressive_sha256 is not None and syntax in HTJ2K:
        sha256, place = instance.progressive_sha256, instance.progressive_frame(number)
    else:
        return original_pieces(instance, number, location, offer, may_wait=may_wait)
    return [Piece(sha256, *place, location, offer.media_type, syntax)]


@cache
def _offers(served: str, original: str | None, has_progressive: bool) -> tuple[Offer, ...]:
    """Plain frames, HTJ2K where it is kept, and the frames that came. Source: PS3.18 8.7.3.3."""
    offers = [*both(OCTETS, served, "", "*")]
    if has_progressive:
        first, *others = HTJ2K
        offers += both(JPHC, first, "", "*")
        for syntax in others:
            offers += both(JPHC, syntax)
        for syntax in HTJ2K:
            offers += both(OCTETS, syntax)
    if original is not None and not (has_progressive and original in HTJ2K):
        offers += offers_of(original)
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
