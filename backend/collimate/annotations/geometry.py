"""Whether points make a mark of their kind inside an image.

Points are image coordinates (x, y): (0, 0) is the corner of the first pixel, (columns, rows) the
far corner of the last.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from collimate.kit.errors import Unprocessable

EXACT_COUNTS = {
    "point": 1,
    "length": 2,
    "box": 2,
    "angle": 3,
    "cobb": 4,
    "bidirectional": 4,
    "circle": 4,
    "ellipse": 4,
}
"""Points of the kinds that have a fixed number.

Box: smallest and largest corner. Angle: arm, vertex, arm. Cobb: the ends of two lines.
Bidirectional: the ends of the long axis, then of the short one. Circle and ellipse: the ends of
two diameters that are square to each other in the patient, the longer first.
"""
LEAST_COUNTS = {"polyline": 2, "polygon": 3, "freehand": 3, "spline": 3}
"""Fewest points of the kinds that have any number; all but the polyline are closed."""
MARK_KINDS = (*EXACT_COUNTS, *LEAST_COUNTS)
CLOSED_KINDS = ("box", "circle", "ellipse", "polygon", "freehand", "spline")
MAX_POINTS = 10_000
MARGIN = 0.5
"""A mark may reach half a pixel over the edge; beyond that it is on another picture."""
DECIMALS = 4
DIRECTION_DECIMALS = 6
FARTHEST_MM = 10_000
"""No place in a patient lies farther from the origin of its frame of reference."""
OFF_PLANE_MM = 0.01
"""How far places of one mark may lie off their plane through rounding."""
OFF_SQUARE = 1e-3
"""How far directions may be off unit length and a right angle."""
SHARED_CENTRE = 0.01
"""Pixels the middles of two diameters may lie apart through rounding."""
ELLIPSE_SIDES = 72
SPLINE_STEPS = 12


class MarkMalformed(Unprocessable):
    """The points do not make a mark of this kind."""


class MarkOutsideImage(Unprocessable):
    """The mark lies outside the image."""


@dataclass(frozen=True)
class ImageGrid:
    """Size of an image in pixels, and how many frames it has."""

    rows: int
    columns: int
    frame_count: int


def checked_points(
    kind: str, points: Sequence[Sequence[float]], grid: ImageGrid
) -> list[list[float]]:
    """The points, rounded to 1/10,000 pixel; a box becomes its smallest and largest corner.

    Raises:
        MarkMalformed: wrong number of points, not finite, or nothing enclosed.
        MarkOutsideImage
    """
    _check_count(kind, len(points))
    if any(len(point) != 2 or not all(map(math.isfinite, point)) for point in points):
        raise MarkMalformed("Each point is a pair of finite numbers.")
    for x, y in points:
        if not (-MARGIN <= x <= grid.columns + MARGIN and -MARGIN <= y <= grid.rows + MARGIN):
            raise MarkOutsideImage(f"The image is {grid.columns} wide and {grid.rows} high.")
    # Adding zero turns -0.0 into 0.0, which the database does not tell apart.
    rounded = [
        [round(float(x), DECIMALS) + 0.0, round(float(y), DECIMALS) + 0.0] for x, y in points
    ]
    if kind == "box":
        (x1, y1), (x2, y2) = rounded
        rounded = [[min(x1, x2), min(y1, y2)], [max(x1, x2), max(y1, y2)]]
    _check_extent(kind, rounded)
    return rounded


def checked_places(
    kind: str,
    places: Sequence[Sequence[float]],
    row_direction: Sequence[float],
    column_direction: Sequence[float],
) -> tuple[list[list[float]], list[float], list[float]]:
    """Places (LPS, mm) and the directions of the plane they were drawn on, rounded.

    They mean what points mean on an image; a box lies along the directions of its plane.

    Source: PS3.3 C.7.6.2.1.1 for the directions, PS3.3 C.18.9 for places in a frame of reference.

    Raises:
        MarkMalformed: wrong number of places, not finite or not on one plane, nothing enclosed, or
            directions that are not two unit vectors at a right angle.
    """
    _check_count(kind, len(places))
    row, column = (
        [round(float(part), DIRECTION_DECIMALS) + 0.0 for part in direction]
        for direction in (row_direction, column_direction)
    )
    square = (_dot(row, row) - 1, _dot(column, column) - 1, _dot(row, column))
    if not all(math.isfinite(off) and abs(off) < OFF_SQUARE for off in square):
        raise MarkMalformed("A plane has two directions of length 1 at a right angle.")
    if any(not abs(part) <= FARTHEST_MM for place in places for part in place):
        raise MarkMalformed("Each place is three finite numbers within 10 m.")
    rounded = [[round(float(part), DECIMALS) + 0.0 for part in place] for place in places]
    normal = _cross(row, column)
    heights = [_dot(place, normal) for place in rounded]
    if max(heights) - min(heights) > OFF_PLANE_MM:
        raise MarkMalformed("The places of a mark lie on one plane.")
    _check_extent(kind, [[_dot(place, row), _dot(place, column)] for place in rounded])
    return rounded, row, column


def _dot(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def _cross(one: Sequence[float], other: Sequence[float]) -> list[float]:
    (ax, ay, az), (bx, by, bz) = one, other
    return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx]


def _check_count(kind: str, count: int) -> None:
    if kind not in MARK_KINDS:
        raise MarkMalformed(f"A mark is one of: {', '.join(MARK_KINDS)}.")
    if kind in LEAST_COUNTS and not LEAST_COUNTS[kind] <= count <= MAX_POINTS:
        raise MarkMalformed(f"A {kind} has {LEAST_COUNTS[kind]} to {MAX_POINTS} points.")
    if kind in EXACT_COUNTS and count != EXACT_COUNTS[kind]:
        raise MarkMalformed(f"A {kind} has {EXACT_COUNTS[kind]} points.")


def _check_extent(kind: str, points: list[list[float]]) -> None:
    if kind in CLOSED_KINDS:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        if max(xs) == min(xs) or max(ys) == min(ys):
            raise MarkMalformed("The mark encloses nothing.")
    for first, last in _lines(kind, points):
        if first == last:
            raise MarkMalformed(f"Each line of a {kind} needs two different ends.")
    if kind in ("circle", "ellipse") and math.dist(*_middles(points)) > SHARED_CENTRE:
        raise MarkMalformed(f"The two diameters of a {kind} share their middle.")


def _lines(kind: str, points: list[list[float]]) -> list[tuple[list[float], list[float]]]:
    """The straight lines a mark is made of, where it must not be a single place."""
    if kind in ("cobb", "bidirectional", "circle", "ellipse"):
        return [(points[0], points[1]), (points[2], points[3])]
    if kind in ("length", "angle"):
        return list(itertools.pairwise(points))
    return [(points[0], points[-1])] if kind == "polyline" and len(points) == 2 else []


def _middles(points: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    """The middles of the first two and of the last two of four points."""
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    return [(ax + bx) / 2, (ay + by) / 2], [(cx + dx) / 2, (cy + dy) / 2]


def ring_of(kind: str, points: Sequence[Sequence[float]]) -> list[list[float]]:
    """The closed line of a mark of `CLOSED_KINDS`, the first point not repeated.

    Ellipses and splines are sampled as the viewer draws them: 72 sides, 12 steps per node.
    """
    if kind == "box":
        (x1, y1), (x2, y2) = points
        return [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
    if kind in ("circle", "ellipse"):
        return _ellipse(points)
    if kind == "spline":
        return _spline(points)
    return [[x, y] for x, y in points]


def _ellipse(points: Sequence[Sequence[float]]) -> list[list[float]]:
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = points
    middle_x, middle_y = (ax + bx) / 2, (ay + by) / 2
    ring = []
    for side in range(ELLIPSE_SIDES):
        angle = 2 * math.pi * side / ELLIPSE_SIDES
        along, across = math.cos(angle) / 2, math.sin(angle) / 2
        ring.append(
            [
                middle_x + along * (bx - ax) + across * (dx - cx),
                middle_y + along * (by - ay) + across * (dy - cy),
            ]
        )
    return ring


def _spline(nodes: Sequence[Sequence[float]]) -> list[list[float]]:
    """The closed uniform spline through the nodes. Source: Catmull and Rom 1974."""
    count = len(nodes)
    ring = []
    for index in range(count):
        before, start, end, after = (nodes[(index + step) % count] for step in (-1, 0, 1, 2))
        for step in range(SPLINE_STEPS):
            t = step / SPLINE_STEPS
            axes = zip(before, start, end, after, strict=True)
            ring.append([_catmull_rom(*places, t) for places in axes])
    return ring


def _catmull_rom(before: float, start: float, end: float, after: float, t: float) -> float:
    return 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )


def polygon_area(points: Sequence[Sequence[float]]) -> float:
    """Area in square pixels by the shoelace formula, never negative."""
    turned = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in turned)) / 2
