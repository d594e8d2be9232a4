"""How far the images of a series can be trusted as a volume: positions, spacing, orientation.

Slices are ordered by the projection of Image Position (Patient) on the normal of Image
Orientation (Patient), never by Instance Number or Slice Location. Lengths are millimetres in
the patient-based coordinate system (LPS). Source: PS3.3 C.7.6.2.1.1.
"""

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any

from collimate.dicom.planes import Plane, Vector, cross, dot

SAME_PLACE_MM = 0.01
SAME_DIRECTION = 0.005
SAME_SPACING = 0.01
EVEN_SHARE = 0.02
EVEN_MM = 0.05
TILT_DEGREES = 0.25
MOST_PLACES = 20
MOST_MISSING = 10_000
CROSS_SECTIONAL = frozenset({"CT", "MR", "PT"})


class Trust(StrEnum):
    """`sound`: nothing was found. `caution`: look before measuring. `unreliable`: what is
    measured through the slices will be wrong."""

    SOUND = "sound"
    CAUTION = "caution"
    UNRELIABLE = "unreliable"


class FindingCode(StrEnum):
    """What may be wrong with the geometry of a series; stored, so never reused."""

    missing_slices = "missing_slices"
    duplicate_slices = "duplicate_slices"
    uneven_spacing = "uneven_spacing"
    gantry_tilt = "gantry_tilt"
    mixed_orientation = "mixed_orientation"
    mixed_spacing = "mixed_spacing"
    mixed_size = "mixed_size"
    missing_position = "missing_position"
    missing_spacing = "missing_spacing"
    lossy = "lossy"


C = FindingCode
TRUST_OF: dict[FindingCode, Trust] = {
    C.missing_slices: Trust.UNRELIABLE,
    C.duplicate_slices: Trust.CAUTION,
    C.uneven_spacing: Trust.UNRELIABLE,
    C.gantry_tilt: Trust.CAUTION,
    C.mixed_orientation: Trust.CAUTION,
    C.mixed_spacing: Trust.UNRELIABLE,
    C.mixed_size: Trust.CAUTION,
    C.missing_position: Trust.UNRELIABLE,
    C.missing_spacing: Trust.CAUTION,
    C.lossy: Trust.CAUTION,
}
_ORDER = list(Trust)


@dataclass(frozen=True)
class Finding:
    """One thing found: how many images, gaps or groups it concerns, and where.

    `at_mm` are distances from the first slice along the normal, at most `MOST_PLACES` of them.
    """

    code: FindingCode
    count: int
    at_mm: tuple[float, ...] = ()


@dataclass(frozen=True)
class SeriesGeometry:
    """The report of one series.

    `is_volume`: parallel, evenly spaced, upright slices of one size, at three places or more.
    `images_per_place` is above 1 where every place was imaged equally often (phases, echoes).
    """

    image_count: int
    place_count: int
    images_per_place: int
    plane: str | None
    slice_spacing_mm: float | None
    tilt_degrees: float
    is_volume: bool
    findings: tuple[Finding, ...]

    @property
    def trust(self) -> Trust:
        """The worst that was found."""
        return worst([TRUST_OF[finding.code] for finding in self.findings])

    def to_json(self) -> dict[str, Any]:
        """The report as `json` reads it back: lists and strings, no tuples and no enumerations."""
        plain: dict[str, Any] = json.loads(json.dumps({**asdict(self), "trust": self.trust}))
        return plain


def worst(trusts: Sequence[Trust | str]) -> Trust:
    """The least trust of several; `sound` for none."""
    return max((Trust(one) for one in trusts), key=_ORDER.index, default=Trust.SOUND)


def assess_geometry(planes: Sequence[Plane], *, modality: str) -> SeriesGeometry:
    """Report on the images of one series, in any order; frames of one object count as images."""
    findings = _of_pixels(planes)
    placed = [plane for plane in planes if plane.position_mm and plane.directions]
    expects_places = bool(placed) or (modality in CROSS_SECTIONAL and len(planes) > 1)
    if expects_places and len(placed) < len(planes):
        findings.append(Finding(C.missing_position, len(planes) - len(placed)))
    groups = _orientation_groups(placed)
    if len(groups) > 1:
        findings.append(Finding(C.mixed_orientation, len(groups)))
    if len(groups) != 1:
        return _report(planes, findings)
    return _report_stack(planes, placed, findings)


def _of_pixels(planes: Sequence[Plane]) -> list[Finding]:
    """What can be said without knowing where the images are."""
    findings = []
    if without := sum(plane.spacing_mm is None for plane in planes):
        findings.append(Finding(C.missing_spacing, without))
    spacings = [plane.spacing_mm for plane in planes if plane.spacing_mm is not None]
    odd = sum(not _alike(spacings[0], spacing) for spacing in spacings)
    if odd:
        findings.append(Finding(C.mixed_spacing, odd))
    sizes = Counter((plane.rows, plane.columns) for plane in planes)
    if len(sizes) > 1:
        findings.append(Finding(C.mixed_size, len(sizes)))
    if lossy := sum(plane.is_lossy for plane in planes):
        findings.append(Finding(C.lossy, lossy))
    return findings


def _alike(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return all(abs(a - b) <= SAME_SPACING * a for a, b in zip(one, other, strict=True))


def _orientation_groups(placed: Sequence[Plane]) -> list[tuple[float, ...]]:
    """One representative for each direction that occurs (row cosines, then column cosines)."""
    groups: list[tuple[float, ...]] = []
    for plane in placed:
        assert plane.directions is not None
        wanted = (*plane.directions[0], *plane.directions[1])
        if not any(
            all(abs(a - b) < SAME_DIRECTION for a, b in zip(group, wanted, strict=True))
            for group in groups
        ):
            groups.append(wanted)
    return groups


def _report_stack(
    planes: Sequence[Plane], placed: Sequence[Plane], findings: list[Finding]
) -> SeriesGeometry:
    """Report on parallel images."""
    assert placed[0].directions is not None
    normal = cross(*placed[0].directions)
    ordered = sorted((dot(_position(plane), normal), _position(plane)) for plane in placed)
    first = ordered[0][0]
    places = _places([depth - first for depth, _ in ordered])
    per_place = _usual_count(places)
    doubled = [depth for depth, count in places if count > per_place]
    spacing, missing, uneven = _gaps([depth for depth, _ in places])
    missing = sorted(missing + [depth for depth, count in places if count < per_place])
    found = ((C.missing_slices, missing), (C.duplicate_slices, doubled), (C.uneven_spacing, uneven))
    findings.extend(Finding(code, len(at), _some(at)) for code, at in found if at)
    tilt = _tilt_degrees(ordered[0][1], ordered[-1][1], normal) if len(places) > 1 else 0.0
    if tilt > TILT_DEGREES:
        findings.append(Finding(C.gantry_tilt, len(places)))
    harmless = {C.lossy, C.missing_spacing}
    return _report(
        planes,
        findings,
        place_count=len(places),
        images_per_place=per_place,
        plane=_plane_name(normal),
        slice_spacing_mm=spacing,
        tilt_degrees=round(tilt, 3),
        is_volume=len(places) >= 3 and {finding.code for finding in findings} <= harmless,
    )


def _position(plane: Plane) -> Vector:
    assert plane.position_mm is not None
    return plane.position_mm


def _places(depths: Sequence[float]) -> list[tuple[float, int]]:
    """Distinct depths in ascending order, each with the number of images there."""
    places: list[tuple[float, int]] = []
    for depth in depths:
        if places and depth - places[-1][0] < SAME_PLACE_MM:
            places[-1] = (places[-1][0], places[-1][1] + 1)
        else:
            places.append((depth, 1))
    return places


def _usual_count(places: Sequence[tuple[float, int]]) -> int:
    """How many images a place has as a rule: more than one with phases, echoes or b-values.

    A single place with many images is a time series, not a pile of duplicates.
    """
    counts = Counter(count for _, count in places)
    return max(counts, key=lambda count: (counts[count], -count))


def _gaps(depths: Sequence[float]) -> tuple[float | None, list[float], list[float]]:
    """The usual distance between neighbours, the places missing, the starts of uneven steps.

    The lower median is the usual one, so a single gap among three slices does not hide itself.
    A step of a whole number of spacings is missing slices; any other is uneven spacing.
    """
    steps = [after - before for before, after in pairwise(depths)]
    missing: list[float] = []
    uneven: list[float] = []
    if not steps:
        return None, missing, uneven
    usual = sorted(steps)[(len(steps) - 1) // 2]
    tolerance = max(EVEN_MM, EVEN_SHARE * usual)
    for start, step in zip(depths, steps, strict=False):
        if abs(step - usual) <= tolerance:
            continue
        times = round(step / usual)
        if times >= 2 and abs(step - times * usual) <= tolerance * times:
            missing.extend(start + number * usual for number in range(1, min(times, MOST_MISSING)))
        else:
            uneven.append(start)
    return round(usual, 4), missing, uneven


def _some(places: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(place, 2) for place in places[:MOST_PLACES])


def _tilt_degrees(first: Vector, last: Vector, normal: Vector) -> float:
    """Angle between the way from slice to slice and the normal of the slices."""
    way = (last[0] - first[0], last[1] - first[1], last[2] - first[2])
    along = dot(way, normal)
    across = math.sqrt(max(0.0, dot(way, way) - along * along))
    return math.degrees(math.atan2(across, abs(along)))


def _plane_name(normal: Vector) -> str:
    """Axial, coronal or sagittal where the normal is within 15° of an axis, else oblique."""
    for name, part in zip(("sagittal", "coronal", "axial"), normal, strict=True):
        if abs(part) > math.cos(math.radians(15.0)):
            return name
    return "oblique"


def _report(
    planes: Sequence[Plane],
    findings: list[Finding],
    *,
    place_count: int = 0,
    images_per_place: int = 1,
    plane: str | None = None,
    slice_spacing_mm: float | None = None,
    tilt_degrees: float = 0.0,
    is_volume: bool = False,
) -> SeriesGeometry:
    order = list(FindingCode)
    return SeriesGeometry(
        image_count=len(planes),
        place_count=place_count,
        images_per_place=images_per_place,
        plane=plane,
        slice_spacing_mm=slice_spacing_mm,
        tilt_degrees=tilt_degrees,
        is_volume=is_volume,
        findings=tuple(sorted(findings, key=lambda finding: order.index(finding.code))),
    )
