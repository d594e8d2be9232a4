"""WADO-RS metadata (PS3.18 10.4.1.1.3): stored DICOM JSON, compressed once and sent as it lies."""

import gzip
import hashlib
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import ColumnElement, Text, and_, cast, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.recent import Recent
from collimate.studies.dicomweb.accept import JSON, accept_json, takes_gzip
from collimate.studies.dicomweb.door import SeenInstance, SeenStudy
from collimate.studies.dicomweb.frame_index import READING_ORDER, SeriesNotFound
from collimate.studies.dicomweb.pictures import KEPT, not_modified
from collimate.studies.dicomweb.retrieve import INSTANCE, SERIES, STUDY
from collimate.studies.models import Instance, MetadataCopy, Series, Study

router = APIRouter()
PIXEL_DATA = "7FE00010"
_LEVEL = 5
_recent: Recent[str, bytes] = Recent(24 << 20, len)


@dataclass(frozen=True)
class _Owner:
    """Whose metadata: a study or one of its series, in this revision of the study."""

    id: UUID
    study_id: UUID
    revision: int
    instances: ColumnElement[bool]


@router.get(STUDY + "/metadata", response_class=Response)
def study_metadata(request: Request, study: SeenStudy) -> Response:
    accept_json(request)
    with database.open_session() as session:
        found = session.execute(
            select(Study.id, Study.revision, MetadataCopy.sha256)
            .outerjoin(MetadataCopy, _is_current(MetadataCopy.owner_id == Study.id))
            .where(Study.id == study.study_id)
        ).one()
        owner = _Owner(found[0], found[0], found[1], Instance.study_id == found[0])
        packed = _packed(session, request, owner, found[2])
    return _answer(request, packed)


@router.get(SERIES + "/metadata", response_class=Response)
def series_metadata(request: Request, study: SeenStudy, series_uid: str) -> Response:
    accept_json(request)
    with database.open_session() as session:
        found = session.execute(
            select(Series.id, Study.revision, MetadataCopy.sha256)
            .join(Study, Study.id == Series.study_id)
            .outerjoin(MetadataCopy, _is_current(MetadataCopy.owner_id == Series.id))
            .where(Series.study_id == study.study_id, Series.series_uid == series_uid)
        ).one_or_none()
        if found is None:
            raise SeriesNotFound()
        owner = _Owner(found[0], study.study_id, found[1], Instance.series_id == found[0])
        packed = _packed(session, request, owner, found[2])
    return _answer(request, packed)


@router.get(INSTANCE + "/metadata", response_class=Response)
def instance_metadata(request: Request, instance: SeenInstance) -> Response:
    accept_json(request)
    with database.open_session() as session:
        row = session.execute(_described().where(Instance.id == instance.id)).one()
    text = "[" + with_bulkdata(row.text, row.bits_allocated, _instance_address(request.url.path))
    return _answer(request, gzip.compress(f"{text}]".encode(), _LEVEL, mtime=0))


def _instance_address(path: str) -> str:
    return path.removesuffix("/metadata")


def _is_current(joined: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(joined, MetadataCopy.revision == Study.revision)


def _described():  # type: ignore[no-untyped-def]
    return select(
        cast(Instance.dicom_json, Text).label("text"),
        Instance.bits_allocated,
        Series.series_uid,
        Instance.sop_instance_uid,
    ).join(Series, Series.id == Instance.series_id)


def with_bulkdata(text: str, bits_allocated: int, address: str) -> str:
    """The JSON object with a link to its pixels, which sort behind everything else in it."""
    vr = "OW" if bits_allocated > 8 else "OB"
    comma = "" if text == "{}" else ", "
    return (
        f'{text[:-1]}{comma}"{PIXEL_DATA}": {{"vr": "{vr}", '
        f'"BulkDataURI": "{address}/bulkdata/{PIXEL_DATA}"}}}}'
    )


def _packed(session: Session, request: Request, owner: _Owner, sha256: str | None) -> bytes:
    """The gzipped array, made and stored where there is none of this revision yet."""
    packed = _recent.get(sha256) if sha256 else None
    if packed is None and sha256:
        packed = session.scalar(
            select(MetadataCopy.packed).where(
                MetadataCopy.owner_id == owner.id, MetadataCopy.sha256 == sha256
            )
        )
    if packed is None:
        packed = gzip.compress(_read(session, request, owner), _LEVEL, mtime=0)
        _keep(session, owner, packed)
    _recent.put(hashlib.sha256(packed).hexdigest(), packed)
    return packed


def _read(session: Session, request: Request, owner: _Owner) -> bytes:
    study_address = request.url.path.split("/series/")[0].removesuffix("/metadata")
    rows = session.execute(_described().where(owner.instances).order_by(*READING_ORDER))
    texts = [
        with_bulkdata(
            text, bits, f"{study_address}/series/{series_uid}/instances/{sop_instance_uid}"
        )
        for text, bits, series_uid, sop_instance_uid in rows
    ]
    return ("[" + ",".join(texts) + "]").encode()


def _keep(session: Session, owner: _Owner, packed: bytes) -> None:
    values = {
        "study_id": owner.study_id,
        "revision": owner.revision,
        "sha256": hashlib.sha256(packed).hexdigest(),
        "packed": packed,
    }
    session.execute(
        insert(MetadataCopy)
        .values(owner_id=owner.id, **values)
        .on_conflict_do_update(index_elements=["owner_id"], set_=values)
    )


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
