"""The pixels of a series as a segmenter looks at them: read once, kept while there is room."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from collimate.dicom.frames import frame_array, modality_values
from collimate.dicom.geometry import assess_geometry
from collimate.dicom.planes import Plane, cross, dot, planes_of
from collimate.dicom.prepared import FrameFacts, frame_facts
from collimate.kit.blobs import blobs
from collimate.ml.prompts.prompt import Values
from collimate.studies.models import Instance, Series

NEEDED = ("sop_instance_uid", "frame_count", "frame_ranges", "frames_sha256", "dicom_json")
FrameKey = tuple[str, int]


@dataclass(frozen=True)
class SeriesFrame:
    """One frame: which, where its bytes lie, and where it lies in the patient."""

    key: FrameKey
    facts: FrameFacts
    blob_sha256: str
    offset: int
    plane: Plane


class FramesInMemory:
    """Modality values of frames, the longest unused dropped beyond `most_bytes`; for threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[tuple[str, int], Values] = OrderedDict()
        self._lock = Lock()

    def values(self, frame: SeriesFrame) -> Values:
        """The frame (row, column), from memory or from its blob.

        Raises:
            BlobMissing, OSError, ValueError: it cannot be read.
        """
        at = (frame.blob_sha256, frame.offset)
        with self._lock:
            if at in self._kept:
                self._kept.move_to_end(at)
                return self._kept[at]
        values = _read(frame)
        with self._lock:
            if at not in self._kept:
                self._kept[at] = values
                self._bytes += values.nbytes
            while self._bytes > self._most and len(self._kept) > 1:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return values

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


def _read(frame: SeriesFrame) -> Values:
    facts = frame.facts
    raw: Any = frame_array(
        blobs().read(frame.blob_sha256, frame.offset, facts.frame_bytes),
        rows=facts.rows,
        columns=facts.columns,
        samples=facts.samples_per_pixel,
        bits_allocated=facts.bits_allocated,
        signed=facts.signed,
    )
    if facts.samples_per_pixel > 1:
        return np.asarray(raw.astype(np.float32).mean(axis=-1))
    return modality_values(raw, facts.slope, facts.intercept)


@dataclass(frozen=True)
class SeriesStack:
    """Frames of one size in the order in which they lie; a `Stack` of `ml/prompts`.

    `is_volume`: parallel, evenly spaced, upright: prompts may go through the frames.
    """

    frames: tuple[SeriesFrame, ...]
    is_volume: bool
    spacing_mm: tuple[float, float, float]
    memory: FramesInMemory

    @property
    def key(self) -> tuple[tuple[str, int], ...]:
        """Where the bytes of the frames lie, which never change."""
        return tuple((frame.blob_sha256, frame.offset) for frame in self.frames)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Frames, rows, columns."""
        facts = self.frames[0].facts
        return len(self.frames), facts.rows, facts.columns

    def values(self, frame_index: int) -> Values:
        """Modality values (row, column) of a frame."""
        return self.memory.values(self.frames[frame_index])

    def index_of(self, key: FrameKey) -> int | None:
        """Where a frame lies in the stack."""
        return next((at for at, frame in enumerate(self.frames) if frame.key == key), None)


def frames_of(session: Session, series_id: UUID) -> list[SeriesFrame]:
    """Every frame of a series, in no particular order."""
    instances = session.scalars(
        select(Instance)
        .where(Instance.series_id == series_id)
        .options(load_only(*(getattr(Instance, name) for name in NEEDED)))
    )
    found = []
    for instance in instances:
        planes = planes_of(instance.dicom_json)
        for index in range(instance.frame_count):
            plane = planes[index] if index < len(planes) else planes[0]
            found.append(
                SeriesFrame(
                    (instance.sop_instance_uid, index + 1),
                    frame_facts(instance.dicom_json, index),
                    instance.frames_sha256,
                    instance.frame_ranges[index][0],
                    plane,
                )
            )
    return found


def stack_of(
    frames: list[SeriesFrame], of: FrameKey, *, modality: str, memory: FramesInMemory
) -> SeriesStack:
    """The stack a frame belongs to: the frames of its size, by position along their normal.

    Where the frames make no volume the stack is that frame alone.

    Raises:
        LookupError: there is no such frame.
    """
    wanted = next(frame for frame in frames if frame.key == of)
    size = (wanted.facts.rows, wanted.facts.columns)
    alike = [frame for frame in frames if (frame.facts.rows, frame.facts.columns) == size]
    row, column = wanted.plane.spacing_mm or (1.0, 1.0)
    report = assess_geometry([frame.plane for frame in alike], modality=modality)
    directions = wanted.plane.directions
    if not report.is_volume or directions is None or not report.slice_spacing_mm:
        return SeriesStack((wanted,), False, (1.0, row, column), memory)
    normal = cross(*directions)

    def place(frame: SeriesFrame) -> float:
        return dot(frame.plane.position_mm or (0.0, 0.0, 0.0), normal)

    if report.images_per_place > 1:
        return SeriesStack((wanted,), False, (1.0, row, column), memory)
    ordered = tuple(sorted(alike, key=place))
    return SeriesStack(ordered, True, (report.slice_spacing_mm, row, column), memory)


def modality_of(session: Session, series_id: UUID) -> str:
    """The modality of a series."""
    return session.get_one(Series, series_id).modality
