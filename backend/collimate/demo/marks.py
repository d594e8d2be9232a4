"""The marks a careful reader would draw on a synthetic radiograph, in image coordinates."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import ConvexHull

from collimate.demo.radiographs import Case, Radiograph

Point = tuple[float, float]


def known_marks(case: Case, picture: Radiograph) -> list[dict[str, Any]]:
    """Box of every finding, outline of free air, width of the heart for each tenth patient."""
    marks: list[dict[str, Any]] = []
    if picture.mask is not None and picture.box is not None:
        if picture.label_key == "pneumothorax":
            marks.append(_mark("polygon", "lesion_outline", outline(picture.mask)))
        else:
            for x0, y0, x1, y1 in boxes(picture.mask):
                marks.append(_mark("box", "opacity", [(x0, y0), (x1, y1)]))
    if case.patient_number % 10 == 0:
        marks.append(_mark("length", "heart_width", list(picture.heart_line)))
    return marks


def _mark(kind: str, label_key: str, points: list[Point]) -> dict[str, Any]:
    return {
        "kind": kind,
        "label_key": label_key,
        "frame_number": 1,
        "points": [[round(float(x), 1), round(float(y), 1)] for x, y in points],
    }


def boxes(mask: NDArray[np.bool_]) -> list[tuple[float, float, float, float]]:
    """(x0, y0, x1, y1) around each connected piece, the largest first, three at most."""
    pieces, _count = ndimage.label(mask)
    areas = np.bincount(pieces.ravel())[1:]
    slices = ndimage.find_objects(pieces)
    order = np.argsort(-areas)[:3]
    return [
        (
            float(slices[i][1].start),
            float(slices[i][0].start),
            float(slices[i][1].stop),
            float(slices[i][0].stop),
        )
        for i in order
    ]


def outline(mask: NDArray[np.bool_]) -> list[Point]:
    """The convex outline of a region."""
    edge = mask & ~ndimage.binary_erosion(mask)
    rows, columns = np.nonzero(edge)
    corners = np.concatenate(
        [np.stack([columns + dx, rows + dy], axis=1) for dx in (0, 1) for dy in (0, 1)]
    )
    hull = ConvexHull(corners)
    return [(float(x), float(y)) for x, y in corners[hull.vertices]]


def unsteady(
    mark: dict[str, Any], rng: np.random.Generator, *, columns: int, rows: int
) -> dict[str, Any]:
    """The mark as a hand draws it: a few pixels off, still inside the image."""
    points = np.array(mark["points"]) + rng.normal(0, 1.5, (len(mark["points"]), 2))
    points = np.clip(points, 0, [columns, rows]).round(1)
    return {**mark, "points": points.tolist()}
