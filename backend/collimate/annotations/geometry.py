"""Whether points make a mark of their kind inside an image.

Points are image coordinates (x, y): (0, 0) is the corner of the first pixel, (columns, rows) the
far corner of the last.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from collimate.kit.errors import Unprocessable

MARK_KINDS = ("box", "polygon", "length")
MAX_POINTS = 10_000
MARGIN = 0.5
"""A mark may reach half a pixel over the edge; beyond that it is on another picture."""
DECIMALS = 4


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


def _check_count(kind: str, count: int) -> None:
    if kind not in MARK_KINDS:
        raise MarkMalformed("A mark is a box, a polygon or a length.")
    if kind == "polygon":
        if not 3 <= count <= MAX_POINTS:
            raise MarkMalformed(f"A polygon has 3 to {MAX_POINTS} points.")
    elif count != 2:
        raise MarkMalformed(f"A {kind} has two points.")


def _check_extent(kind: str, points: list[list[float]]) -> None:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width, height = max(xs) - min(xs), max(ys) - min(ys)
    if kind == "length" and width == 0 and height == 0:
        raise MarkMalformed("A length needs two different points.")
    if kind != "length" and (width == 0 or height == 0):
        raise MarkMalformed("The mark encloses nothing.")


def polygon_area(points: Sequence[Sequence[float]]) -> float:
    """Area in square pixels by the shoelace formula, never negative."""
    turned = zip(points, [*points[1:], points[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in turned)) / 2
