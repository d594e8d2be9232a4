"""WADO-RS: objects, metadata and frames (PS3.18 10.4)."""

from collections.abc import Iterable
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.errors import Problem
from collimate.kit.http import SessionDep
from collimate.studies.dicomweb.accept import CannotBeServedSo, choose_form
from collimate.studies.dicomweb.door import (
    READING_ORDER,
    ImageInfo,
    InstanceNotFound,
    SeenInstance,
    SeenSeries,
    SeenStudy,
    instances_of,
)
from collimate.studies.dicomweb.parts import DICOM, OCTETS, PartsResponse, Piece
from collimate.studies.dicomweb.pictures import etag_of, not_modified
from collimate.studies.models import Instance, Series, Study

router = APIRouter()
STUDY = "/dicomweb/{project_id}/studies/{study_uid}"
SERIES = STUDY + "/series/{series_uid}"
INSTANCE = SERIES + "/instances/{sop_instance_uid}"
JSON = "application/dicom+json"
MOST_FRAMES = 1000


class FrameNotFound(InstanceNotFound):
    """There is no such frame."""


class BadFrameList(Problem):
    """Frames are asked for as numbers from 1, separated by commas."""

    status = 400


@router.get(STUDY, response_class=Response)
def retrieve_study(request: Request, session: SessionDep, study: SeenStudy) -> Response:
    return _objects(request, instances_of(session, study))


@router.get(SERIES, response_class=Response)
def retrieve_series(request: Request, session: SessionDep, series: SeenSeries) -> Response:
    return _objects(request, instances_of(session, series))


@router.get(INSTANCE, response_class=Response)
def retrieve_instance(request: Request, instance: SeenInstance) -> Response:
    return _objects(request, [instance])


def _objects(request: Request, instances: list[ImageInfo]) -> Response:
    if not instances:
        raise InstanceNotFound()
    etag = etag_of("objects", *(one.file_sha256 for one in instances))
    held = {_stored_syntax(one) for one in instances}
    form = choose_form(request.headers.get("accept"), DICOM, held)
    if form == "single" and len(instances) > 1:
        raise CannotBeServedSo("Several objects are served as multipart/related only.")
    pieces = [
        Piece(
            one.file_sha256, 0, one.file_bytes,
            media_type=DICOM, transfer_syntax_uid=_stored_syntax(one),
        )
        for one in instances
    ]  # fmt: skip
    return not_modified(request, etag) or PartsResponse(pieces, form=form, etag=etag)


def _stored_syntax(info: ImageInfo) -> str:
    """Native images are stored as Explicit VR Little Endian, compressed ones as they came."""
    native = ("1.2.840.10008.1.2", "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99")
    original = info.original_transfer_syntax_uid
    return info.served_transfer_syntax_uid if original in native else original


@router.get(STUDY + "/metadata", response_class=Response)
def study_metadata(session: SessionDep, study: SeenStudy) -> Response:
    return _metadata(session, study)


@router.get(SERIES + "/metadata", response_class=Response)
def series_metadata(session: SessionDep, series: SeenSeries) -> Response:
    return _metadata(session, series)


@router.get(INSTANCE + "/metadata", response_class=Response)
def instance_metadata(instance: SeenInstance) -> Response:
    with database.open_session() as session:
        text = session.scalars(
            select(cast(Instance.dicom_json, Text)).where(Instance.id == instance.id)
        ).one()
    return json_list([text])


def _metadata(session: Session, owner: Study | Series) -> Response:
    mine = Instance.study_id if isinstance(owner, Study) else Instance.series_id
    return json_list(
        session.scalars(
            select(cast(Instance.dicom_json, Text))
            .join(Series, Series.id == Instance.series_id)
            .where(mine == owner.id)
            .order_by(*READING_ORDER)
        ).all()
    )


def json_list(texts: Iterable[str], headers: dict[str, str] | None = None) -> Response:
    """Stored JSON objects as one array, never parsed on the way."""
    return Response("[" + ",".join(texts) + "]", media_type=JSON, headers=headers)


@router.get(INSTANCE + "/frames/{frame_list}", response_class=Response)
def retrieve_frames(request: Request, instance: SeenInstance, frame_list: str) -> Response:
    numbers = read_frame_list(frame_list, instance.frame_count)
    served = instance.served_transfer_syntax_uid
    form = choose_form(request.headers.get("accept"), OCTETS, {served})
    if form == "single" and len(numbers) > 1:
        raise CannotBeServedSo("Several frames are served as multipart/related only.")
    etag = etag_of("frames", form, instance.frames_sha256, numbers)
    unchanged = not_modified(request, etag)
    if unchanged is not None:
        return unchanged
    address = request.url.path.rsplit("/", 1)[0]
    ranges = frame_ranges(instance.id, numbers)
    pieces = [
        Piece(instance.frames_sha256, offset, length, f"{address}/{number}", OCTETS, served)
        for number, (offset, length) in zip(numbers, ranges, strict=True)
    ]
    return PartsResponse(pieces, form=form, etag=etag, whole_pieces=True)


def read_frame_list(text: str, frame_count: int) -> list[int]:
    """Frame numbers, from 1.

    Raises:
        BadFrameList
        FrameNotFound: a number above the frame count.
    """
    parts = text.split(",")
    if len(parts) > MOST_FRAMES or not all(
        p.isascii() and p.isdigit() and len(p) < 8 for p in parts
    ):
        raise BadFrameList()
    numbers = [int(part) for part in parts]
    if min(numbers) < 1:
        raise BadFrameList()
    if max(numbers) > frame_count:
        raise FrameNotFound(f"It has frames 1 to {frame_count}.")
    return numbers


def frame_ranges(instance_id: UUID, numbers: list[int]) -> list[tuple[int, int]]:
    """Offset and length of frames; the table of a long cine is not loaded for one of them."""
    wanted = (Instance.frame_ranges[number - 1] for number in numbers)
    with database.open_session() as session:
        row = session.execute(select(*wanted).where(Instance.id == instance_id)).one()
    return [(int(offset), int(length)) for offset, length in row]
