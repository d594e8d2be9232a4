"""From a stored study to the small images encoders see: the middle frame of its first image, or
of each series or image where they are asked about.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.dicom.frames import frame_array, modality_values
from collimate.dicom.prepared import frame_facts
from collimate.kit.blobs import BlobMissing, blobs
from collimate.learning.labels import Labelled
from collimate.ml.images import UnusableImage, model_image
from collimate.studies.models import Instance, Series

UNREADABLE = "its pixels could not be read"


class StudyUnusable(ValueError):
    """No encoder can use the study's image; the message says why, without DICOM values."""


@dataclass(frozen=True)
class Picture:
    """One frame in modality values, (row, column); `is_inverted` where low values are bright."""

    sop_instance_uid: str
    frame_number: int
    values: np.ndarray
    is_inverted: bool

    def square(self, size: int) -> np.ndarray:
        """The frame as encoders see it, in [0, 1]. The file's own window is ignored.

        Raises: StudyUnusable.
        """
        try:
            return model_image(self.values, size=size, invert=self.is_inverted)
        except UnusableImage as error:
            raise StudyUnusable(str(error)) from error


@dataclass(frozen=True)
class FramePlace:
    """One frame of a study; `index` counts from 0 within its image."""

    instance: Instance
    index: int

    @property
    def key(self) -> tuple[str, int]:
        """SOP Instance UID and frame number, as what is drawn names its frame."""
        return self.instance.sop_instance_uid, self.index + 1

    @property
    def spacing(self) -> tuple[float, float] | None:
        """Millimetres between rows and between columns, where the image says it."""
        said = self.instance.pixel_spacing_mm
        return None if not said else (float(said[0]), float(said[1]))

    def values(self) -> tuple[np.ndarray, bool]:
        """Modality values (row, column), and whether low values are bright.

        Raises: StudyUnusable.
        """
        try:
            return _values(self.instance, self.index)
        except (BlobMissing, OSError, ValueError, LookupError) as error:
            raise StudyUnusable(UNREADABLE) from error


def frames_of(session: Session, study_id: UUID) -> list[FramePlace]:
    """Every frame of a study in reading order."""
    rows = session.scalars(
        select(Instance)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_id == study_id)
        .order_by(
            Series.series_number.nulls_last(), Series.id,
            Instance.instance_number.nulls_last(), Instance.id,
        )
    )  # fmt: skip
    return [
        FramePlace(instance, index) for instance in rows for index in range(instance.frame_count)
    ]


def beside(frames: list[FramePlace], number: int) -> tuple[FramePlace, FramePlace, FramePlace]:
    """A frame between the one before and the one after of its series; ends stand for themselves."""
    own = frames[number]
    near = [frames[at] if 0 <= at < len(frames) else own for at in (number - 1, number + 1)]
    before, after = (
        one
        if (one.instance.series_id, one.instance.rows, one.instance.columns)
        == (own.instance.series_id, own.instance.rows, own.instance.columns)
        else own
        for one in near
    )
    return before, own, after


def picture_of(session: Session, study_id: UUID) -> Picture:
    """Read the frame that stands for a study.

    Raises: StudyUnusable.
    """
    instance = _series_first(session, study_id)
    index = instance.frame_count // 2
    try:
        values, is_inverted = _values(instance, index)
    except (BlobMissing, OSError, ValueError, LookupError) as error:
        raise StudyUnusable(UNREADABLE) from error
    return Picture(instance.sop_instance_uid, index + 1, values, is_inverted)


def picture_for(session: Session, item: Labelled) -> Picture:
    """Read the frame that stands for what was answered.

    Raises: StudyUnusable.
    """
    if item.unit_id == item.study_id:
        return picture_of(session, item.study_id)
    return picture_of_unit(session, item.unit_id)


def picture_of_unit(session: Session, unit_id: UUID) -> Picture:
    """Read the frame that stands for an image, or for a series: the middle one.

    Raises: StudyUnusable.
    """
    image = session.get(Instance, unit_id)
    if image is not None:
        frames = [FramePlace(image, image.frame_count // 2)]
    else:
        every = select(Instance).where(Instance.series_id == unit_id)
        rows = session.scalars(
            every.order_by(Instance.instance_number.nulls_last(), Instance.id)
        ).all()
        frames = [FramePlace(one, index) for one in rows for index in range(one.frame_count)]
    if not frames:
        raise StudyUnusable("It has no image.")
    place = frames[len(frames) // 2]
    values, is_inverted = place.values()
    return Picture(*place.key, values, is_inverted)


def picture_at(
    session: Session, study_id: UUID, sop_instance_uid: str, frame_number: int
) -> Picture:
    """Read one frame of a study; `frame_number` counts from 1.

    Raises: StudyUnusable.
    """
    instance = session.scalars(
        select(Instance).where(
            Instance.study_id == study_id, Instance.sop_instance_uid == sop_instance_uid
        )
    ).one_or_none()
    if instance is None:
        raise StudyUnusable("It has no such image.")
    values, is_inverted = FramePlace(instance, frame_number - 1).values()
    return Picture(sop_instance_uid, frame_number, values, is_inverted)


def _series_first(session: Session, study_id: UUID) -> Instance:
    """The first image of the first series."""
    instance = session.scalars(
        select(Instance)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_id == study_id)
        .order_by(
            Series.series_number.nulls_last(), Series.id,
            Instance.instance_number.nulls_last(), Instance.id,
        )
        .limit(1)
    ).one_or_none()  # fmt: skip
    if instance is None:
        raise StudyUnusable("It has no image.")
    return instance


def pictures_of(session: Session, study_id: UUID, *, most: int) -> list[Picture]:
    """Frames of the series that `picture_of` looks at, in their order, evenly thinned to `most`.

    Those that cannot be read are left out.

    Raises: StudyUnusable where there is none.
    """
    first = _series_first(session, study_id)
    instances = session.scalars(
        select(Instance)
        .where(Instance.series_id == first.series_id)
        .order_by(Instance.instance_number.nulls_last(), Instance.id)
    ).all()
    frames = [(one, index) for one in instances for index in range(one.frame_count)]
    chosen = sorted({round(at) for at in np.linspace(0, len(frames) - 1, min(most, len(frames)))})
    found = []
    for instance, index in (frames[at] for at in chosen):
        try:
            values, is_inverted = _values(instance, index)
        except (BlobMissing, OSError, ValueError, LookupError):
            continue
        found.append(Picture(instance.sop_instance_uid, index + 1, values, is_inverted))
    if not found:
        raise StudyUnusable(UNREADABLE)
    return found


def _values(instance: Instance, index: int) -> tuple[np.ndarray, bool]:
    facts = frame_facts(instance.dicom_json, index)
    offset, length = instance.frame_ranges[index]
    raw: Any = frame_array(
        blobs().read(instance.frames_sha256, offset, length)[: facts.frame_bytes],
        rows=facts.rows,
        columns=facts.columns,
        samples=facts.samples_per_pixel,
        bits_allocated=facts.bits_allocated,
        signed=facts.signed,
    )
    if facts.samples_per_pixel > 1:
        return raw.astype(np.float32).mean(axis=-1), False
    values = modality_values(raw, facts.slope, facts.intercept)
    return values, facts.photometric_interpretation == "MONOCHROME1"
