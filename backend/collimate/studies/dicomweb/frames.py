"""Frames (PS3.18 10.4.1.1.2)."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import Headers

from collimate.kit.errors import Problem
from collimate.studies.dicomweb.accept import CannotBeServedSo, choose_form
from collimate.studies.dicomweb.door import SeenInstance
from collimate.studies.dicomweb.frame_index import ImageInfo, InstanceNotFound
from collimate.studies.dicomweb.parts import OCTETS, PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE

router = APIRouter()
MOST_FRAMES = 1000


class FrameNotFound(InstanceNotFound):
    """There is no such frame."""


class BadFrameList(Problem):
    """Frames are asked for as numbers from 1, separated by commas."""

    status = 400


@router.get(INSTANCE + "/frames/{frame_list}", response_class=Response)
def retrieve_frames(request: Request, instance: SeenInstance, frame_list: str) -> Response:
    return frames_response(request.url.path, request.headers, instance, frame_list)


def frames_response(
    path: str, headers: Headers, instance: ImageInfo, frame_list: str
) -> PartsResponse | Response:
    """Frames as the client can take them, or 304 where it has them.

    Raises:
        BadFrameList, FrameNotFound, CannotBeServedSo
    """
    numbers = read_frame_list(frame_list, instance.frame_count)
    served = instance.served_transfer_syntax_uid
    form = choose_form(headers.get("accept"), OCTETS, frozenset({served}))
    if form == "single" and len(numbers) > 1:
        raise CannotBeServedSo("Several frames are served as multipart/related only.")
    etag = etag_of("frames", form, instance.frames_sha256, numbers)
    unchanged = not_modified(headers, etag)
    if unchanged is not None:
        return unchanged
    address = path.rsplit("/", 1)[0]
    pieces = [
        Piece(instance.frames_sha256, *instance.frame(one), f"{address}/{one}", OCTETS, served)
        for one in numbers
    ]
    asked = headers.get("range")
    if headers.get("if-range") not in (None, etag):
        asked = None
    return PartsResponse(pieces, form=form, etag=etag, byte_range=asked)


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
