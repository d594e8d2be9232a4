"""What a hand says about a structure, what a segmenter is given, and what it answers."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from collimate.ml.prompts.kinds import PromptKind

Mask = NDArray[np.bool_]
Values = NDArray[np.float32]
Check = Callable[[float], None]
"""Called between steps with the share that is done, 0 to 1; raises `GivenUp` where the work is not
wanted any more."""

POINT_PIXELS = 0.8
SCRIBBLE_PIXELS = 1.0


@dataclass(frozen=True)
class Prompt:
    """One prompt on one frame.

    `is_positive`: it shows the structure, else what does not belong to it. `frame_index` counts
    the frames of the stack from 0. `points` are image coordinates (column, row), (0, 0) at the
    corner of the first pixel: a place, a line, two opposite corners, or an outline.
    """

    kind: PromptKind
    is_positive: bool
    frame_index: int
    points: tuple[tuple[float, float], ...]

    @property
    def is_around(self) -> bool:
        """Whether it encloses the structure rather than touching it."""
        return self.kind in (PromptKind.BOX, PromptKind.LASSO)


class GivenUp(Exception):
    """Nobody wants the answer any more."""


class NoMemory(RuntimeError):
    """A segmenter needs more memory than there is."""


class Stack(Protocol):
    """Frames of one size in the order in which they lie; `spacing_mm` is (frame, row, column).

    `values` answers modality values (row, column) of a frame; it may be asked often. Stacks with
    equal keys have equal values.
    """

    @property
    def key(self) -> Hashable: ...

    @property
    def shape(self) -> tuple[int, int, int]: ...

    @property
    def spacing_mm(self) -> tuple[float, float, float]: ...

    def values(self, frame_index: int) -> Values: ...


@dataclass(frozen=True)
class Found:
    """A mask (frame, row, column) over part of a stack; `first` is where its first voxel lies.

    Everything outside is outside.
    """

    first: tuple[int, int, int]
    mask: Mask

    def on_frame(self, frame_index: int, shape: tuple[int, int]) -> Mask:
        """The mask (row, column) of a whole frame."""
        whole = np.zeros(shape, dtype=bool)
        at = frame_index - self.first[0]
        if 0 <= at < self.mask.shape[0]:
            rows, columns = self.mask.shape[1:]
            _, row, column = self.first
            whole[row : row + rows, column : column + columns] = self.mask[at]
        return whole

    @property
    def frame_indices(self) -> range:
        """The frames the mask may have something on."""
        return range(self.first[0], self.first[0] + self.mask.shape[0])


class Segmenter(Protocol):
    """Turns prompts into a mask; `name` and `version` are kept with what a reader accepts."""

    name: str
    version: str

    def segment(
        self, stack: Stack, prompts: Sequence[Prompt], *, through_frames: bool, check: Check
    ) -> Found:
        """The structure all prompts together show.

        `through_frames`: in the whole stack, else on the frame of the last prompt, by the prompts
        on it alone. The answer depends on nothing but what is given.
        """


def drawn(prompt: Prompt, first: tuple[int, int], shape: tuple[int, int]) -> Mask:
    """The pixels a prompt covers, as (row, column) of the part of a frame that begins at `first`.

    A pixel counts where its centre does; a point and a line are a little thick.
    """
    rows = np.arange(shape[0], dtype=np.float64)[:, None] + first[0] + 0.5
    columns = np.arange(shape[1], dtype=np.float64)[None, :] + first[1] + 0.5
    points = np.asarray(prompt.points, dtype=np.float64)
    if prompt.kind == PromptKind.BOX:
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        return (rows >= top) & (rows <= bottom) & (columns >= left) & (columns <= right)
    if prompt.kind == PromptKind.LASSO:
        return _inside(points, rows, columns)
    reach = POINT_PIXELS if prompt.kind == PromptKind.POINT else SCRIBBLE_PIXELS
    return _near(points, rows, columns, reach)


def _inside(
    points: NDArray[np.float64], rows: NDArray[np.float64], columns: NDArray[np.float64]
) -> Mask:
    """Even-odd rule."""
    inside = np.zeros((rows.shape[0], columns.shape[1]), dtype=bool)
    for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True):
        crosses = (y1 <= rows) != (y2 <= rows)
        if crosses.any():
            at = x1 + (rows - y1) / (y2 - y1) * (x2 - x1)
            inside ^= crosses & (columns > at)
    return inside


def _near(
    points: NDArray[np.float64],
    rows: NDArray[np.float64],
    columns: NDArray[np.float64],
    reach: float,
) -> Mask:
    near = np.zeros((rows.shape[0], columns.shape[1]), dtype=bool)
    ends = points[1:] if len(points) > 1 else points
    for (x1, y1), (x2, y2) in zip(points, ends, strict=False):
        low_row, high_row = sorted((y1, y2))
        low_column, high_column = sorted((x1, x2))
        row_at = np.flatnonzero((rows[:, 0] >= low_row - reach) & (rows[:, 0] <= high_row + reach))
        column_at = np.flatnonzero(
            (columns[0] >= low_column - reach) & (columns[0] <= high_column + reach)
        )
        if not row_at.size or not column_at.size:
            continue
        part = np.s_[row_at[0] : row_at[-1] + 1, column_at[0] : column_at[-1] + 1]
        dy, dx = y2 - y1, x2 - x1
        length = dx * dx + dy * dy
        y, x = rows[part[0]] - y1, columns[:, part[1]] - x1
        along = np.clip((x * dx + y * dy) / length, 0, 1) if length > 0 else 0.0
        near[part] |= (x - along * dx) ** 2 + (y - along * dy) ** 2 <= reach**2
    return near
