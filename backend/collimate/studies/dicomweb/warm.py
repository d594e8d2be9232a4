"""A short way to what is in memory, before any route is looked at.

What this asker had open a moment ago and what is known of the series is enough for frames, pictures
that were drawn before and thumbnails; a search for studies needs one statement more. Anything else,
errors too, is left to the routes, which fill these memories. So an answer costs a third.
"""

import re
from uuid import UUID

from anyio import to_thread
from fastapi.responses import Response
from starlette.datastructures import Headers, QueryParams
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collimate.kit.blobs import BlobMissing
from collimate.kit.errors import Problem
from collimate.studies.dicomweb.accept import choose
from collimate.studies.dicomweb.asked_picture import read_query
from collimate.studies.dicomweb.frame_index import ImageInfo, recall_instance
from collimate.studies.dicomweb.frames import frames_response
from collimate.studies.dicomweb.opened import recall_project, recall_study
from collimate.studies.dicomweb.parts import PartsResponse
from collimate.studies.dicomweb.pictures import recall_stored_picture
from collimate.studies.dicomweb.query import search_known
from collimate.studies.dicomweb.rendered import recall_rendered
from collimate.studies.dicomweb.thumbnails import THUMBNAIL

_ADDRESS = re.compile(
    r"/dicomweb/([0-9a-fA-F-]{36})/studies/([0-9.]+)/series/([0-9.]+)/instances/([0-9.]+)"
    r"/(thumbnail|rendered|frames/[0-9,]+)"
)
_SEARCH = re.compile(r"/dicomweb/([0-9a-fA-F-]{36})/studies")


class WarmAnswers:
    """Answers from memory, or passes the request on; HEAD is answered like GET, without a body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _is_head(scope):
            scope = {**scope, "method": "GET", "collimate.head": True}
            send = _without_body(send)
        answer = _warm_answer(scope) or await _warm_search(scope)
        if isinstance(answer, PartsResponse):
            try:
                await answer.open()
            except BlobMissing:
                answer = None
        await (answer or self.app)(scope, receive, send)


def _is_head(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "HEAD":
        return False
    return bool(scope["path"].startswith("/dicomweb/"))


def _without_body(send: Send) -> Send:
    """Passes the status and the headers on (RFC 9110 9.3.2)."""

    async def pass_on(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return pass_on


def _warm_answer(scope: Scope) -> Response | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    found = _ADDRESS.fullmatch(scope["path"])
    if found is None:
        return None
    project_id, study_uid, series_uid, sop_instance_uid, resource = found.groups()
    opened = recall_study(scope, project_id, study_uid)
    if opened is None:
        return None
    instance = recall_instance(opened, series_uid, sop_instance_uid)
    if instance is None:
        return None
    try:
        return _answer(scope, instance, resource)
    except Problem:
        return None


async def _warm_search(scope: Scope) -> Response | None:
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    found = _SEARCH.fullmatch(scope["path"])
    if found is None or not recall_project(scope, found[1]):
        return None
    try:
        return await to_thread.run_sync(search_known, scope, UUID(found[1]))
    except (Problem, ValueError):
        return None


def _answer(scope: Scope, instance: ImageInfo, resource: str) -> Response | None:
    headers = Headers(scope=scope)
    if resource == "rendered":
        asked = read_query(QueryParams(scope["query_string"]))
        return None if asked is None else recall_rendered(headers, instance, asked)
    if scope["query_string"]:
        return None
    if resource == "thumbnail":
        choose(headers.get("accept"), THUMBNAIL)
        return recall_stored_picture(headers, instance.thumbnail_sha256)
    numbers = resource.removeprefix("frames/")
    return frames_response(
        scope["path"], headers, headers.get("accept"), instance, numbers, may_wait=False
    )
