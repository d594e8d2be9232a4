"""The web process: every route, the built frontend, and nothing that decodes or learns."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from mimetypes import guess_type
from pathlib import Path
from typing import Any

import anyio.to_thread
import uvicorn
from fastapi import FastAPI
from fastapi.responses import FileResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import Scope

import collimate.access.api
import collimate.annotations.api
import collimate.datasets.api
import collimate.learning.api
import collimate.learning.auto_accept.api
import collimate.learning.hunts.api
import collimate.projects.api
import collimate.prompts.api
import collimate.removal.api
import collimate.reviews.api
import collimate.studies.api
import collimate.studies.dicomweb
import collimate.tasks.api
from collimate.jobs import reap
from collimate.kit import http, logging
from collimate.kit.database import engine
from collimate.kit.errors import NotFound
from collimate.kit.settings import settings
from collimate.projects.api import events
from collimate.removal import purge
from collimate.studies.dicomweb.large_bodies import LargeBodies
from collimate.studies.dicomweb.warm import WarmAnswers
from collimate.studies.forgotten import ask_where_forgotten
from collimate.studies.sandbox import close_sandbox

VERSION = "0.1.0"
STATIONS = (
    collimate.access,
    collimate.projects,
    collimate.studies,
    collimate.tasks,
    collimate.annotations,
    collimate.prompts,
    collimate.reviews,
    collimate.datasets,
    collimate.learning,
    collimate.learning.auto_accept,
    collimate.learning.hunts,
    collimate.removal,
)


@asynccontextmanager
async def _lifespan(_app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = 40
    reaping = reap.start([ask_where_forgotten], [purge.ask_where_due])
    yield
    reaping.set()
    events.bell.close()
    close_sandbox()
    engine().dispose()


def make_app() -> FastAPI:
    """The ASGI application."""
    app = FastAPI(
        title="Collimate",
        version=VERSION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=lambda route: route.name,
    )
    app.add_middleware(WarmAnswers)
    http.install(app)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=settings().host_names)
    app.include_router(collimate.studies.dicomweb.router)  # first: who loads images asks often
    for station in STATIONS:
        app.include_router(station.api.router)
    app.add_api_route("/healthz", healthz, tags=["health"])
    _serve_frontend(app, settings().frontend)
    return app


def healthz() -> dict[str, Any]:
    """Whether this process can do its work."""
    with engine().connect() as connection:
        connection.execute(text("SELECT 1"))
    return {
        "status": "ok",
        "version": VERSION,
        "database": "ok",
        "frontend": "built" if (settings().frontend / "index.html").exists() else "missing",
    }


class PageNotFound(NotFound):
    """There is no such page."""


def _serve_frontend(app: FastAPI, folder: Path) -> None:
    if not (folder / "index.html").exists():
        return
    app.mount("/assets", _Immutable(directory=folder / "assets"), name="assets")

    def page(path: str) -> Response:
        if path.startswith(("api/", "dicomweb/")):
            raise PageNotFound()
        wanted = (folder / path).resolve()
        if path and wanted.is_relative_to(folder.resolve()) and wanted.is_file():
            return FileResponse(wanted)
        return FileResponse(folder / "index.html", headers={"cache-control": "no-cache"})

    app.add_api_route("/{path:path}", page, include_in_schema=False)


class _Immutable(StaticFiles):
    """Built assets carry their hash in their name, so browsers may keep them for ever.

    Where the build left a compressed copy beside a file, browsers that take it get that one.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        accepted = Headers(scope=scope).get("accept-encoding", "")
        small = self.lookup_path(f"{path}.gz")[1] if "gzip" in accepted else None
        if small is None:
            response = await super().get_response(path, scope)
        else:
            response = await super().get_response(f"{path}.gz", scope)
            response.headers["content-encoding"] = "gzip"
            response.headers["content-type"] = guess_type(path)[0] or "application/octet-stream"
        response.headers["vary"] = "accept-encoding"
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def main() -> None:
    """Serve until told to stop."""
    logging.configure("web")
    uvicorn.run(
        make_app(),
        host=settings().host,
        port=settings().port,
        loop="uvloop",
        http=LargeBodies,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=75,  # longer than a client or proxy keeps one, so that it closes first
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()
