"""Masks as run lengths: how a segment on one frame is sent, stored and hashed.

A mask is a list `[gap, run, gap, run, …]` of pixel counts in row-major order from the first pixel:
so many outside, so many inside. Only the first gap may be 0, every run is at least 1, and pixels
after the last run are outside and not written. Equal masks therefore have equal lists, and an
empty mask is `[]`.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from collimate.annotations.geometry import ImageGrid
from collimate.kit.errors import Unprocessable

MAX_RUNS = 400_000
"""Numbers in one list; a checkerboard of 632 × 632 pixels, far beyond any finding."""


class MaskMalformed(Unprocessable):
    """The run lengths are not a mask."""


class MaskOutsideImage(Unprocessable):
    """The mask reaches over the end of the image."""


def checked_runs(runs: Sequence[int], grid: ImageGrid) -> list[int]:
    """The runs as given, if they are the one way to write a mask of this image.

    Raises:
        MaskMalformed: a gap without its run, a zero inside, a negative number, or too many.
        MaskOutsideImage
    """
    if len(runs) % 2 or len(runs) > MAX_RUNS:
        raise MaskMalformed(f"A mask is pairs of a gap and a run, at most {MAX_RUNS} numbers.")
    if any(count < (0 if index == 0 else 1) for index, count in enumerate(runs)):
        raise MaskMalformed("Every run and every gap but the first is at least one pixel long.")
    if sum(runs) > grid.rows * grid.columns:
        raise MaskOutsideImage(f"The image is {grid.columns} wide and {grid.rows} high.")
    return [int(count) for count in runs]


def area_pixels(runs: Sequence[int]) -> int:
    """How many pixels are inside."""
    return int(sum(runs[1::2]))


def to_mask(runs: Sequence[int], rows: int, columns: int) -> NDArray[np.bool_]:
    """The mask as an array (row, column)."""
    edges = np.cumsum(np.asarray(runs, dtype=np.int64))
    change = np.zeros(rows * columns + 1, dtype=np.int8)
    change[edges[0::2]] += 1
    change[edges[1::2]] -= 1
    return np.cumsum(change[:-1]).astype(bool).reshape(rows, columns)


def from_mask(mask: NDArray[np.bool_]) -> list[int]:
    """The runs of a mask (row, column)."""
    flat = np.concatenate([[False], np.asarray(mask, dtype=bool).ravel(), [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1])
    counts: list[int] = np.diff(np.concatenate([[0], edges])).tolist()
    return counts
