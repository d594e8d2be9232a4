"""Where each image of an object lies in the patient, read from stored DICOM JSON.

Source: PS3.3 C.7.6.2 (image plane), C.7.6.16.2 (functional groups).
"""

import math
from dataclasses import dataclass
from typing import Any

Vector = tuple[float, float, float]

POSITION, ORIENTATION, SPACING = "00200032", "00200037", "00280030"
DETECTOR_SPACING, SCANNED_SPACING = "00181164", "00182010"
REGIONS, SHARED, PER_FRAME = "00186011", "52009229", "52009230"
_PLANE_POSITION, _PLANE_ORIENTATION, _PIXEL_MEASURES = "00209113", "00209116", "00289110"
_ROWS, _COLUMNS = "00280010", "00280011"
# what a query has to fetch of the DICOM JSON of an image
PLANE_TAGS = (POSITION, ORIENTATION, SPACING, DETECTOR_SPACING, SCANNED_SPACING, REGIONS, SHARED,
              PER_FRAME, _ROWS, _COLUMNS)  # fmt: skip
_UNIT_TOLERANCE = 0.01


@dataclass(frozen=True)
class Plane:
    """One image: position of the centre of its first pixel, direction of rows and of columns.

    `spacing_mm` is (between rows, between columns), in the patient or at the detector.
    """

    rows: int
    columns: int
    position_mm: Vector | None
    directions: tuple[Vector, Vector] | None
    spacing_mm: tuple[float, float] | None
    is_lossy: bool = False


def planes_of(dicom_json: dict[str, Any], *, is_lossy: bool = False) -> list[Plane]:
    """The planes of an object: one a frame where functional groups place each, else one."""
    shared = _item(dicom_json, SHARED)
    frames = dicom_json.get(PER_FRAME) or {}
    groups: list[dict[str, Any]] = frames.get("Value") or [{}]
    return [_plane([group, shared, dicom_json], is_lossy=is_lossy) for group in groups]


def _plane(places: list[dict[str, Any]], *, is_lossy: bool) -> Plane:
    whole = places[-1]
    return Plane(
        rows=_count(whole, _ROWS),
        columns=_count(whole, _COLUMNS),
        position_mm=_vector(_find(places, _PLANE_POSITION, POSITION, 3)),
        directions=_directions(_find(places, _PLANE_ORIENTATION, ORIENTATION, 6)),
        spacing_mm=_spacing(places),
        is_lossy=is_lossy,
    )


def _find(places: list[dict[str, Any]], macro: str, tag: str, count: int) -> list[float]:
    """The numbers of an attribute, from the nearest place that has them."""
    for place in places:
        for dataset in (_item(place, macro), place):
            if numbers := _numbers(dataset, tag, count):
                return numbers
    return []


def _spacing(places: list[dict[str, Any]]) -> tuple[float, float] | None:
    pair = _find(places, _PIXEL_MEASURES, SPACING, 2)
    whole = places[-1]
    pair = pair or _numbers(whole, DETECTOR_SPACING, 2) or _numbers(whole, SCANNED_SPACING, 2)
    if pair and min(pair) > 0:
        return (pair[0], pair[1])
    return _region_spacing(whole)


def _region_spacing(dataset: dict[str, Any]) -> tuple[float, float] | None:
    """Of an ultrasound image whose regions all measure in centimetres (PS3.3 C.8.5.5.1.15)."""
    regions = (dataset.get(REGIONS) or {}).get("Value") or []
    for region in regions:
        units = _numbers(region, "00186024", 1) + _numbers(region, "00186026", 1)
        deltas = _numbers(region, "0018602E", 1) + _numbers(region, "0018602C", 1)
        if units == [3.0, 3.0] and len(deltas) == 2 and min(map(abs, deltas)) > 0:
            return (10.0 * abs(deltas[0]), 10.0 * abs(deltas[1]))
    return None


def _item(dataset: dict[str, Any], tag: str) -> dict[str, Any]:
    items = (dataset.get(tag) or {}).get("Value") or []
    return items[0] if items and isinstance(items[0], dict) else {}


def _numbers(dataset: dict[str, Any], tag: str, count: int) -> list[float]:
    """Exactly `count` finite numbers, or none."""
    values = (dataset.get(tag) or {}).get("Value") or []
    if len(values) < count or not all(isinstance(value, int | float) for value in values[:count]):
        return []
    numbers = [float(value) for value in values[:count]]
    return numbers if all(map(math.isfinite, numbers)) else []


def _count(dataset: dict[str, Any], tag: str) -> int:
    numbers = _numbers(dataset, tag, 1)
    return int(numbers[0]) if numbers else 0


def _vector(numbers: list[float]) -> Vector | None:
    return (numbers[0], numbers[1], numbers[2]) if numbers else None


def _directions(numbers: list[float]) -> tuple[Vector, Vector] | None:
    """Row and column cosines; None unless both are unit vectors at right angles."""
    if not numbers:
        return None
    along_row: Vector = (numbers[0], numbers[1], numbers[2])
    along_column: Vector = (numbers[3], numbers[4], numbers[5])
    lengths = (dot(along_row, along_row), dot(along_column, along_column))
    is_sound = all(abs(length - 1.0) <= 2 * _UNIT_TOLERANCE for length in lengths)
    if not is_sound or abs(dot(along_row, along_column)) > _UNIT_TOLERANCE:
        return None
    return along_row, along_column


def dot(one: Vector, other: Vector) -> float:
    """Inner product."""
    return one[0] * other[0] + one[1] * other[1] + one[2] * other[2]


def cross(one: Vector, other: Vector) -> Vector:
    """Outer product: for row and column cosines, the direction out of the slice."""
    return (
        one[1] * other[2] - one[2] * other[1],
        one[2] * other[0] - one[0] * other[2],
        one[0] * other[1] - one[1] * other[0],
    )
