"""DICOMweb of one project: searching, retrieving, rendering and storing (PS3.18)."""

from fastapi import APIRouter

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

router = APIRouter(tags=["dicomweb"])
for part in (query, rendered, thumbnails, retrieve, metadata, frames, bulkdata, stow, delete):
    router.include_router(part.router)
