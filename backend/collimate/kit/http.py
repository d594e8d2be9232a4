"""Where HTTP meets verbs: one session per request, problem+json answers, safe headers."""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collimate.kit import database
from collimate.kit.errors import Problem
from collimate.kit.logging import logger

REQUESTS_AT_ONCE = 30
"""Below the connections of the pool (kit/database.py): some requests open a second one."""
PROBLEM_TYPE = "application/problem+json"
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
        "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Body(BaseModel):
    """A request body: unknown members are refused, so nothing can be smuggled in."""

    model_config = ConfigDict(extra="forbid")


class Answer(BaseModel):
    """A response body, read from rows or dictionaries."""

    model_config = ConfigDict(from_attributes=True)


def _session() -> Iterator[Session]:
    with database.open_session() as session:
        yield session


SessionDep = Annotated[Session, Depends(_session, scope="function")]
"""One transaction per request, committed before the answer leaves."""


def problem_response(content: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    """A problem+json answer (RFC 9457)."""
    return JSONResponse(content, content["status"], headers, media_type=PROBLEM_TYPE)


def _answer_problem(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    headers = {"retry-after": "5"} if error.status in (429, 503) else None
    return problem_response(error.answer(), headers)


def _answer_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    fields = [
        {"where": ".".join(str(part) for part in item["loc"]), "what": item["msg"]}
        for item in error.errors()
    ]
    return problem_response(
        {
            "type": "/problems/invalid-request",
            "title": "The request is not well formed.",
            "status": 422,
            "detail": "; ".join(f"{field['where']}: {field['what']}" for field in fields[:5]),
            "fields": fields,
        }
    )


def _answer_http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)
    title = {404: "There is nothing here.", 405: "This address does not take that method."}.get(
        error.status_code, "The request was refused."
    )
    slug = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code, "refused")
    content = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": error.status_code,
        "detail": title,
    }
    return problem_response(content, dict(error.headers or {}))


def _answer_unexpected(request: Request, error: Exception) -> Response:
    request_id = str(uuid4())
    logger().error(
        "unexpected_error",
        request_id=request_id,
        route=getattr(request.scope.get("route"), "path", "?"),
        error_class=type(error).__name__,
        where=_innermost(error),
    )
    return problem_response(
        {
            "type": "/problems/unexpected",
            "title": "Something went wrong on our side.",
            "status": 500,
            "detail": f"Nothing was saved by this request. Reference {request_id}.",
        }
    )


def _innermost(error: BaseException) -> str:
    trace = error.__traceback__
    place = "?"
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


class SecurityHeaders:
    """Adds the safety headers to every answer; pure ASGI, so bodies stream untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        private = not scope["path"].startswith("/assets/")

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                headers = list(message["headers"])
                headers += [(k.encode(), v.encode()) for k, v in SECURITY_HEADERS.items()]
                if private and b"cache-control" not in present:
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, send_with_headers)


class InFlight:
    """Lets `limit` requests work at once; the others wait their turn, first come first served.

    A request holds a database connection while it waits for a thread. Without this cap more
    requests than connections could wait for each other until all of them time out. A turn ends
    when the answer begins: by then the transaction is over, and a reader who is slow to take the
    bytes holds up nobody.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.turns = asyncio.Semaphore(limit)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.turns.acquire()
        is_held = True

        def give_back() -> None:
            nonlocal is_held
            if is_held:
                is_held = False
                self.turns.release()

        async def send_and_give_back(message: Message) -> None:
            if message["type"] == "http.response.start":
                give_back()
            await send(message)

        try:
            await self.app(scope, receive, send_and_give_back)
        finally:
            give_back()


def install(app: FastAPI) -> None:
    """Give `app` our error answers and safety headers."""
    app.add_exception_handler(Problem, _answer_problem)
    app.add_exception_handler(RequestValidationError, _answer_validation)
    app.add_exception_handler(StarletteHTTPException, _answer_http)
    app.add_exception_handler(Exception, _answer_unexpected)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(InFlight, limit=REQUESTS_AT_ONCE)
