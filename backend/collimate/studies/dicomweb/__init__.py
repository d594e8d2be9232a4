"""DICOMweb of one project: searching, retrieving, rendering and storing (PS3.18)."""

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope

from collimate.studies.dicomweb import (
    bulkdata,
    delete,
    frames,
    metadata,
    query,
    rendered,
    retrieve,
    stow,
    thumbnails,
)


class _OnlyDicomweb(APIRouter):
    """Looks at addresses of its own only, so that it can be asked first."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if not scope["path"].startswith("/dicomweb/"):
            return Match.NONE, {}
        return super().matches(scope)


router = _OnlyDicomweb(tags=["dicomweb"])
for part in (query, stow, rendered, thumbnails, retrieve, metadata, frames, bulkdata, delete):
    router.include_router(part.router)
