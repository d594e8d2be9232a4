"""Rendered studies, series, images and frames (PS3.18 10.4.1.1.3), drawn in the sandbox."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy import select
from starlette.datastructures import Headers

from collimate.dicom.prepared import frame_facts
from collimate.dicom.rejection import Rejected
from collimate.kit import database
from collimate.kit.blobs import blobs
from collimate.kit.errors import Problem
from collimate.kit.recent import Recent
from collimate.studies.dicomweb.accept import (
    JPEG,
    PNG,
    CannotBeServedSo,
    Offer,
    accept_of,
    choose,
)
from collimate.studies.dicomweb.asked_picture import Asked, AskedDep, BadRenderQuery
from collimate.studies.dicomweb.door import SeenInstance, SeenSeries, SeenStudy
from collimate.studies.dicomweb.frame_index import (
    ImageInfo,
    InstanceNotFound,
    instances_of_study,
)
from collimate.studies.dicomweb.frames import read_frame_list
from collimate.studies.dicomweb.parts import TAIL, multipart_type, part_head
from collimate.studies.dicomweb.pictures import KEPT, etag_of, not_modified, picture
from collimate.studies.dicomweb.retrieve import INSTANCE, SERIES, STUDY
from collimate.studies.models import Instance
from collimate.studies.sandbox import sandbox

router = APIRouter()
PICTURES = tuple(Offer(form, kind) for form in ("single", "multipart") for kind in (JPEG, PNG))
MOST_PICTURES = 100
_drawn: Recent[str, bytes] = Recent(32 << 20, len)
"""In memory only: nothing of an erased study stays behind on a disk."""


class TooManyPictures(Problem):
    """These are too many pictures for one answer."""

    status = 413


class CannotBeRendered(Problem):
    """This frame cannot be turned into a picture."""

    status = 409


@router.get(STUDY + "/rendered", response_class=Response)
def rendered_study(request: Request, study: SeenStudy, asked: AskedDep) -> Response:
    return _render_images(request, instances_of_study(study), asked)


@router.get(SERIES + "/rendered", response_class=Response)
def rendered_series(request: Request, series: SeenSeries, asked: AskedDep) -> Response:
    return _render_images(request, list(series.instances.values()), asked)


@router.get(INSTANCE + "/rendered", response_class=Response)
def rendered_instance(request: Request, instance: SeenInstance, asked: AskedDep) -> Response:
    frames = [(instance, number) for number in range(1, instance.frame_count + 1)]
    return _render(request, frames, frames[0], asked)


@router.get(INSTANCE + "/frames/{frame_list}/rendered", response_class=Response)
def rendered_frame(
    request: Request, instance: SeenInstance, frame_list: str, asked: AskedDep
) -> Response:
    numbers = read_frame_list(frame_list, instance.frame_count)
    frames = [(instance, number) for number in numbers]
    alone = frames[0] if len(frames) == 1 else None
    return _render(request, frames, alone, asked)


def _render_images(request: Request, instances: list[ImageInfo], asked: Asked) -> Response:
    """In parts, the first frame of every image; alone, the image in the middle."""
    if not instances:
        raise InstanceNotFound()
    frames = [(one, 1) for one in instances]
    return _render(request, frames, frames[len(frames) // 2], asked)


def _render(
    request: Request,
    frames: list[tuple[ImageInfo, int]],
    alone: tuple[ImageInfo, int] | None,
    asked: Asked,
) -> Response:
    """All frames in parts, or the one that stands for them."""
    offer = choose(accept_of(request), PICTURES)
    if offer.form == "single":
        if alone is None:
            raise CannotBeServedSo("Several frames are rendered as multipart/related only.")
        drawing = _drawing(offer.media_type, *alone, asked)
        recalled = _recall(request.headers, drawing)
        return recalled or picture(drawing.draw(), offer.media_type, drawing.etag)
    if len(frames) > MOST_PICTURES:
        raise TooManyPictures(f"At most {MOST_PICTURES} are drawn at once; here are {len(frames)}.")
    drawings = [_drawing(offer.media_type, *one, asked) for one in frames]
    etag = etag_of("rendered", *(one.etag for one in drawings))
    unchanged = not_modified(request.headers, etag)
    if unchanged is not None:
        return unchanged
    drawings[0].draw()  # what fails at all mostly fails here, while it can still be said
    study_address = request.url.path.split("/series/")[0].removesuffix("/rendered")
    return StreamingResponse(
        _parts(drawings, offer.media_type, study_address),
        media_type=multipart_type(offer.media_type),
        headers={"etag": etag, **KEPT},
    )


def _parts(drawings: list["_Drawing"], media_type: str, study_address: str) -> Iterator[bytes]:
    """Drawn one after the other, as they are taken."""
    for index, one in enumerate(drawings):
        location = f"{study_address}{one.instance.path}/frames/{one.number}/rendered"
        yield part_head(media_type, location, is_first=index == 0)
        yield one.draw()
    yield TAIL


@dataclass(frozen=True)
class _Drawing:
    """A picture and what it depends on."""

    kind: Literal["jpeg", "png"]
    instance: ImageInfo
    number: int
    asked: Asked
    etag: str

    def draw(self) -> bytes:
        """The picture, from memory where it was drawn before.

        Raises:
            CannotBeRendered
        """
        drawn = _drawn.get(self.etag)
        if drawn is None:
            drawn = _draw(self)
            _drawn.put(self.etag, drawn)
        return drawn


def _drawing(media_type: str, instance: ImageInfo, number: int, asked: Asked) -> _Drawing:
    kind: Literal["jpeg", "png"] = "jpeg"
    if media_type == PNG:  # which loses nothing, whatever quality is asked for
        kind, asked = "png", replace(asked, quality=None)
    etag = etag_of("rendered", kind, instance.frames_sha256, number, asked)
    return _Drawing(kind, instance, number, asked, etag)


def _recall(headers: Headers, drawing: _Drawing) -> Response | None:
    unchanged = not_modified(headers, drawing.etag)
    drawn = _drawn.get(drawing.etag)
    if unchanged is not None or drawn is None:
        return unchanged
    return picture(drawn, f"image/{drawing.kind}", drawing.etag)


def recall_rendered(headers: Headers, instance: ImageInfo, asked: Asked) -> Response | None:
    """The picture of the first frame, if it was drawn before or the client has it.

    Raises:
        CannotBeServedSo
    """
    offer = choose(headers.get("accept"), PICTURES)
    if offer.form != "single":
        return None
    return _recall(headers, _drawing(offer.media_type, instance, 1, asked))


def _draw(drawing: _Drawing) -> bytes:
    """Have the sandbox draw a frame.

    Raises:
        BadRenderQuery, CannotBeRendered
    """
    instance, asked = drawing.instance, drawing.asked
    offset, length = instance.frame(drawing.number)
    with database.open_session() as session:
        dicom_json = session.scalars(
            select(Instance.dicom_json).where(Instance.id == instance.id)
        ).one()
    frame = blobs().read(instance.frames_sha256, offset, length)
    facts = frame_facts(dicom_json, drawing.number - 1)
    if asked.region and (asked.region[0] >= facts.columns or asked.region[1] >= facts.rows):
        raise BadRenderQuery("This part lies outside the image.")
    try:
        return sandbox().render(
            frame, facts, size=asked.size, kind=drawing.kind, window=asked.window,
            region=asked.region, quality=asked.quality,
        )  # fmt: skip
    except Rejected as rejected:
        raise CannotBeRendered(rejected.text) from None
