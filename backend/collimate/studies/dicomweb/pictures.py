"""Pictures of images: stored thumbnails, and frames rendered by the sandbox."""

import hashlib

from fastapi import Request
from fastapi.responses import Response

from collimate.kit.blobs import blobs


def not_modified(request: Request, etag: str) -> Response | None:
    """304 where the client has this very representation."""
    asked = request.headers.get("if-none-match", "")
    names = {name.strip().removeprefix("W/") for name in asked.split(",")}
    if etag in names or asked.strip() == "*":
        return Response(
            status_code=304, headers={"etag": etag, "cache-control": "private, no-cache"}
        )
    return None


def picture(content: bytes, media_type: str, etag: str) -> Response:
    """An image answer that browsers keep but ask about."""
    return Response(
        content,
        media_type=media_type,
        headers={"etag": etag, "cache-control": "private, no-cache"},
    )


def stored_picture(request: Request, sha256: str) -> Response:
    """A stored JPEG."""
    etag = f'"{sha256[:40]}"'
    return not_modified(request, etag) or picture(blobs().read(sha256), "image/jpeg", etag)


def etag_of(*parts: object) -> str:
    """An entity tag for a representation that follows from these parts alone."""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:40]}"'
