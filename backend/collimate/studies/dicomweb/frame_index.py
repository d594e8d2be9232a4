"""Where the frames of a series lie, kept in memory for as long as the study does not change."""

from array import array
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.errors import NotFound
from collimate.kit.recent import Recent
from collimate.studies.dicomweb.opened import Opened
from collimate.studies.models import Instance, Series
from collimate.studies.packed_metadata import READING_ORDER


class SeriesNotFound(NotFound):
    """There is no such series."""


class InstanceNotFound(NotFound):
    """There is no such instance."""


@dataclass(frozen=True, slots=True)
class ImageInfo:
    """What serving an instance needs.

    `ranges` holds offset and length of frame after frame; `progressive_ranges` the same of the
    HTJ2K copy, and nothing where there is none.
    """

    id: UUID
    series_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    frame_count: int
    file_sha256: str
    file_bytes: int
    original_transfer_syntax_uid: str
    served_transfer_syntax_uid: str
    frames_sha256: str
    thumbnail_sha256: str
    progressive_sha256: str | None
    ranges: "array[int]"
    progressive_ranges: "array[int]"

    @property
    def path(self) -> str:
        """Where it is below its study."""
        return f"/series/{self.series_uid}/instances/{self.sop_instance_uid}"

    @property
    def pixels(self) -> tuple[int, int]:
        """Offset and length of all frames, which lie one behind the other."""
        start, (last, length) = self.ranges[0], self.frame(self.frame_count)
        return start, last + length - start

    def frame(self, number: int) -> tuple[int, int]:
        """Offset and length in bytes of a frame, counted from 1."""
        return self.ranges[2 * number - 2], self.ranges[2 * number - 1]

    def progressive_frame(self, number: int) -> tuple[int, int]:
        """The same in the HTJ2K copy."""
        return self.progressive_ranges[2 * number - 2], self.progressive_ranges[2 * number - 1]


_PLAIN = tuple(
    getattr(Instance, name)
    for name in ImageInfo.__dataclass_fields__
    if name not in ("series_uid", "ranges", "progressive_ranges")
)


@dataclass(frozen=True, slots=True)
class SeriesIndex:
    """The instances of a series by SOP Instance UID, in reading order."""

    revision: int
    series_id: UUID
    instances: dict[str, ImageInfo]


def _cost(index: SeriesIndex) -> int:
    return 500 + sum(
        1000 + 8 * (len(one.ranges) + len(one.progressive_ranges))
        for one in index.instances.values()
    )


_indexes: Recent[tuple[UUID, str], SeriesIndex] = Recent(48 << 20, _cost)
"""In bytes, about."""


def recall_instance(opened: Opened, series_uid: str, sop_instance_uid: str) -> ImageInfo | None:
    """The instance, if its series is in memory and has not changed."""
    index = _indexes.get((opened.study_id, series_uid))
    if index is None or index.revision < opened.revision:
        return None
    return index.instances.get(sop_instance_uid)


def find_instance(opened: Opened, series_uid: str, sop_instance_uid: str) -> ImageInfo:
    """The instance with this UID in the series.

    Raises:
        SeriesNotFound, InstanceNotFound
    """
    found = find_series(opened, series_uid).instances.get(sop_instance_uid)
    # the series may have grown since it was read
    found = found or load_series(opened, series_uid).instances.get(sop_instance_uid)
    if found is None:
        raise InstanceNotFound()
    return found


def find_series(opened: Opened, series_uid: str) -> SeriesIndex:
    """The series with this UID in the study.

    Raises:
        SeriesNotFound
    """
    index = _indexes.get((opened.study_id, series_uid))
    if index is not None and index.revision >= opened.revision:
        return index
    return load_series(opened, series_uid)


def load_series(opened: Opened, series_uid: str) -> SeriesIndex:
    """Read a series from the database and remember it.

    Raises:
        SeriesNotFound
    """
    with database.open_session() as session:
        series_id = session.scalar(
            select(Series.id).where(
                Series.study_id == opened.study_id, Series.series_uid == series_uid
            )
        )
        if series_id is None:
            raise SeriesNotFound()
        found = _read(session, Instance.series_id == series_id)
    index = SeriesIndex(opened.revision, series_id, {one.sop_instance_uid: one for one in found})
    _indexes.put((opened.study_id, series_uid), index)
    return index


def instances_of_study(opened: Opened) -> list[ImageInfo]:
    """All instances of a study, in reading order."""
    with database.open_session() as session:
        return _read(session, Instance.study_id == opened.study_id)


def _read(session: Session, chosen: ColumnElement[bool]) -> list[ImageInfo]:
    rows = session.execute(
        select(Series.series_uid, *_PLAIN, Instance.frame_ranges, Instance.progressive_ranges)
        .join(Series, Series.id == Instance.series_id)
        .where(chosen)
        .order_by(*READING_ORDER)
    )
    return [_info(dict(row._mapping)) for row in rows]


def _info(values: dict[str, Any]) -> ImageInfo:
    plain, progressive = values.pop("frame_ranges"), values.pop("progressive_ranges")
    return ImageInfo(**values, ranges=_flat(plain), progressive_ranges=_flat(progressive or []))


def _flat(pairs: list[list[int]]) -> "array[int]":
    return array("Q", [number for pair in pairs for number in pair])
