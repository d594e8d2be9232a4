"""Pictures of images: stored thumbnails, and frames rendered by the sandbox."""

import hashlib

from fastapi import Request
from fastapi.responses import Response
from starlette.datastructures import Headers

from collimate.kit.blobs import blobs
from collimate.kit.recent import Recent

KEPT = {"cache-control": "private, no-cache", "vary": "accept, accept-encoding"}
"""Clients keep an answer and ask whether they may still use it."""
_stored: Recent[str, bytes] = Recent(16 << 20, len)


def not_modified(headers: Headers, etag: str) -> Response | None:
    """304 where the client has this very representation."""
    asked = headers.get("if-none-match")
    if asked is None:
        return None
    names = {name.strip().removeprefix("W/") for name in asked.split(",")}
    if etag in names or asked.strip() == "*":
        return Response(status_code=304, headers={"etag": etag, **KEPT})
    return None


def picture(content: bytes, media_type: str, etag: str) -> Response:
    """An image answer that browsers keep but ask about."""
    return Response(
        content,
        media_type=media_type,
        headers={"etag": etag, **KEPT},
    )


def stored_picture(request: Request, sha256: str) -> Response:
    """A stored JPEG."""
    recalled = recall_stored_picture(request.headers, sha256)
    if recalled is not None:
        return recalled
    content = blobs().read(sha256)
    _stored.put(sha256, content)
    return picture(content, "image/jpeg", _stored_etag(sha256))


def recall_stored_picture(headers: Headers, sha256: str) -> Response | None:
    """The same, if it is in memory or the client has it."""
    etag = _stored_etag(sha256)
    content = _stored.get(sha256)
    unchanged = not_modified(headers, etag)
    if unchanged is not None or content is None:
        return unchanged
    return picture(content, "image/jpeg", etag)


def _stored_etag(sha256: str) -> str:
    return f'"{sha256[:40]}"'


def etag_of(*parts: object) -> str:
    """An entity tag for a representation that follows from these parts alone."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:40]}"'
