"""WADO-RS metadata (PS3.18 10.4.1.1.3): stored DICOM JSON, compressed once and sent as it lies."""

import gzip
import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.recent import Recent
from collimate.studies.dicomweb.accept import JSON, accept_json, takes_gzip
from collimate.studies.dicomweb.door import SeenInstance, SeenStudy
from collimate.studies.dicomweb.frame_index import SeriesNotFound
from collimate.studies.dicomweb.pictures import KEPT, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE, SERIES, STUDY
from collimate.studies.models import Instance, MetadataCopy, Series, Study
from collimate.studies.packed_metadata import (
    LEVEL,
    Owner,
    described,
    is_current,
    pack,
    with_bulkdata,
)

router = APIRouter()
_recent: Recent[str, bytes] = Recent(24 << 20, len)


@router.get(STUDY + "/metadata", response_class=Response)
def study_metadata(request: Request, study: SeenStudy) -> Response:
    accept_json(request)
    with database.open_session() as session:
        found = session.execute(
            select(Study.id, Study.revision, MetadataCopy.sha256)
            .outerjoin(MetadataCopy, is_current(MetadataCopy.owner_id == Study.id))
            .where(Study.id == study.study_id)
        ).one()
        owner = Owner(found[0], found[0], found[1], Instance.study_id == found[0])
        packed = _packed(session, request, owner, found[2])
    return _answer(request, packed)


@router.get(SERIES + "/metadata", response_class=Response)
def series_metadata(request: Request, study: SeenStudy, series_uid: str) -> Response:
    accept_json(request)
    with database.open_session() as session:
        found = session.execute(
            select(Series.id, Study.revision, MetadataCopy.sha256)
            .join(Study, Study.id == Series.study_id)
            .outerjoin(MetadataCopy, is_current(MetadataCopy.owner_id == Series.id))
            .where(Series.study_id == study.study_id, Series.series_uid == series_uid)
        ).one_or_none()
        if found is None:
            raise SeriesNotFound()
        owner = Owner(found[0], study.study_id, found[1], Instance.series_id == found[0])
        packed = _packed(session, request, owner, found[2])
    return _answer(request, packed)


@router.get(INSTANCE + "/metadata", response_class=Response)
def instance_metadata(request: Request, instance: SeenInstance) -> Response:
    accept_json(request)
    with database.open_session() as session:
        row = session.execute(described().where(Instance.id == instance.id)).one()
    text = "[" + with_bulkdata(row.text, row.bits_allocated, _instance_address(request.url.path))
    return _answer(request, gzip.compress(f"{text}]".encode(), LEVEL, mtime=0))


def _instance_address(path: str) -> str:
    return path.removesuffix("/metadata")


def _packed(session: Session, request: Request, owner: Owner, sha256: str | None) -> bytes:
    """The gzipped array, made and stored where there is none of this revision yet."""
    packed = _recent.get(sha256) if sha256 else None
    if packed is None and sha256:
        packed = session.scalar(
            select(MetadataCopy.packed).where(
                MetadataCopy.owner_id == owner.id, MetadataCopy.sha256 == sha256
            )
        )
    if packed is None:
        address = request.url.path.split("/series/")[0].removesuffix("/metadata")
        packed = pack(session, owner, address)
    _recent.put(hashlib.sha256(packed).hexdigest(), packed)
    return packed


def _answer(request: Request, packed: bytes) -> Response:
    is_packed = takes_gzip(request)
    etag = f'"{hashlib.sha256(packed).hexdigest()[:40]}{"" if is_packed else "-plain"}"'
    unchanged = not_modified(request.headers, etag)
    if unchanged is not None:
        return unchanged
    headers = {"etag": etag, **KEPT}
    if is_packed:
        headers["content-encoding"] = "gzip"
    body = packed if is_packed else gzip.decompress(packed)
    return Response(body, media_type=JSON, headers=headers)
