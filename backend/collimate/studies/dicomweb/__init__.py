"""DICOMweb of one project: searching, retrieving, rendering and storing (PS3.18)."""

from fastapi import APIRouter

from collimate.studies.dicomweb import query, rendered, retrieve, stow

router = APIRouter(tags=["dicomweb"])
for part in (query, rendered, retrieve, stow):
    router.include_router(part.router)
