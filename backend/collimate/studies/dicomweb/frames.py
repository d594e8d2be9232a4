"""Frames (PS3.18 10.4.1.1.2): a route that knows everything, and a short way for what is warm."""

import re

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from collimate.kit.blobs import BlobMissing
from collimate.kit.errors import Problem
from collimate.studies.dicomweb.accept import CannotBeServedSo, choose_form
from collimate.studies.dicomweb.door import SeenInstance
from collimate.studies.dicomweb.frame_index import ImageInfo, InstanceNotFound, recall_instance
from collimate.studies.dicomweb.opened import recall_study
from collimate.studies.dicomweb.parts import OCTETS, PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE

router = APIRouter()
MOST_FRAMES = 1000
_ADDRESS = re.compile(
    r"/dicomweb/([0-9a-fA-F-]{36})/studies/([0-9.]+)/series/([0-9.]+)/instances/([0-9.]+)"
    r"/frames/([0-9,]+)"
)


class FrameNotFound(InstanceNotFound):
    """There is no such frame."""


class BadFrameList(Problem):
    """Frames are asked for as numbers from 1, separated by commas."""

    status = 400


@router.get(INSTANCE + "/frames/{frame_list}", response_class=Response)
def retrieve_frames(request: Request, instance: SeenInstance, frame_list: str) -> Response:
    return frames_response(request.url.path, request.headers, instance, frame_list)


class WarmFrames:
    """Answers for frames before any route is looked at, where nothing has to be asked.

    What this asker had open a moment ago and what is known of the series is enough; anything else,
    errors too, is left to the route above, which fills both memories. So it costs a third.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _warm_answer(scope)
        if answer is not None:
            try:
                await answer.open()
            except BlobMissing:
                answer = None
        await (answer or self.app)(scope, receive, send)


def _warm_answer(scope: Scope) -> PartsResponse | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    path = scope["path"]
    found = _ADDRESS.fullmatch(path)
    if found is None or scope["query_string"]:
        return None
    project_id, study_uid, series_uid, sop_instance_uid, frame_list = found.groups()
    opened = recall_study(scope, project_id, study_uid)
    if opened is None:
        return None
    instance = recall_instance(opened, series_uid, sop_instance_uid)
    if instance is None:
        return None
    try:
        answer = frames_response(path, Headers(scope=scope), instance, frame_list)
    except Problem:
        return None
    return answer if isinstance(answer, PartsResponse) else None


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
