"""The part of a stack that is looked at: around the prompts, and bounded."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from collimate.ml.prompts.prompt import Mask, Prompt, Stack, Values

REACH_PIXELS = 32
"""How far around a touched place is looked at first; it grows while the answer runs over it."""
AROUND = 0.35
"""How far around an outline is looked at, as a share of its longer side; and through frames, of
which it says nothing, twice as far."""
MOST_VOXELS = 600_000
MOST_PIXELS = 400_000
"""Larger parts are looked at with every second, third … row and column."""
MOST_GROWTHS = 5


@dataclass(frozen=True)
class Region:
    """`low` to `high` (exclusive) in (frame, row, column), every `stride`-th row and column."""

    low: tuple[int, int, int]
    high: tuple[int, int, int]
    stride: int

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels of the part as it is looked at."""
        (f0, r0, c0), (f1, r1, c1), step = self.low, self.high, self.stride
        return f1 - f0, -(-(r1 - r0) // step), -(-(c1 - c0) // step)

    @property
    def widened_shape(self) -> tuple[int, int, int]:
        """Voxels of the part, every pixel counted."""
        sizes = [high - low for low, high in zip(self.low, self.high, strict=True)]
        return sizes[0], sizes[1], sizes[2]

    def values(self, stack: Stack) -> Values:
        """Modality values (frame, row, column); where rows are left out, of their mean."""
        (f0, r0, c0), (f1, r1, c1), step = self.low, self.high, self.stride
        parts = []
        for frame_index in range(f0, f1):
            part = stack.values(frame_index)[r0:r1, c0:c1].astype(np.float32)
            if step > 1:
                part = ndimage.uniform_filter(part, step, origin=-((step - 1) // 2))[::step, ::step]
            parts.append(part)
        return np.stack(parts)

    def spacing_mm(self, stack: Stack) -> tuple[float, float, float]:
        """(frame, row, column) between the voxels looked at."""
        frame, row, column = stack.spacing_mm
        return frame, row * self.stride, column * self.stride

    def thinned(self, mask: Mask) -> Mask:
        """A mask of the part, of every pixel, as it is looked at."""
        step = self.stride
        if step == 1:
            return mask
        rows, columns = (-(-side // step) * step for side in mask.shape)
        full = np.zeros((rows, columns), dtype=bool)
        full[: mask.shape[0], : mask.shape[1]] = mask
        blocks = full.reshape(rows // step, step, columns // step, step)
        return np.asarray(blocks.any(axis=(1, 3)))

    def widened(self, chance: Values) -> Values:
        """A field over the part as it is looked at, for every pixel."""
        if self.stride == 1:
            return chance
        rows, columns = (self.high[axis] - self.low[axis] for axis in (1, 2))
        centre = (self.stride - 1) / 2
        row = (np.arange(rows) - centre) / self.stride
        column = (np.arange(columns) - centre) / self.stride
        places = np.stack(np.meshgrid(row, column, indexing="ij"))
        return np.stack(
            [ndimage.map_coordinates(one, places, order=1, mode="nearest") for one in chance]
        )

    def runs_over(self, mask: Mask, stack: Stack, *, through_frames: bool) -> bool:
        """Whether a mask of the part reaches a side that what is looked at goes on behind."""
        for axis in range(0 if through_frames else 1, 3):
            first, last = np.take(mask, 0, axis=axis), np.take(mask, -1, axis=axis)
            if self.low[axis] > 0 and first.any():
                return True
            if self.high[axis] < stack.shape[axis] and last.any():
                return True
        return False


def region_around(
    stack: Stack, prompts: Sequence[Prompt], *, through_frames: bool, growth: int
) -> Region:
    """The part to look at; each `growth` doubles how far around touched places it goes."""
    spacing = stack.spacing_mm
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    for prompt in prompts:
        points = np.asarray(prompt.points, dtype=np.float64)[:, ::-1]
        near, far = points.min(axis=0), points.max(axis=0)
        if prompt.is_around and prompt.is_positive:
            margin = np.maximum(AROUND * (far - near).max(), 6.0) * np.ones(2)
            side_mm = float(((far - near) * spacing[1:]).max())
            frames = max(1.0, 2 * AROUND * side_mm / spacing[0]) * 1.5**growth
        else:
            reach = REACH_PIXELS * 2**growth if prompt.is_positive else 4
            margin = reach * min(spacing[1:]) / np.array(spacing[1:])
            frames = reach * min(spacing[1:]) / spacing[0]
        frames = max(1.0, frames) if through_frames else 0.0
        low = np.minimum(low, [prompt.frame_index - frames, *(near - margin)])
        high = np.maximum(high, [prompt.frame_index + frames + 1, *(far + margin + 1)])
    begins = [max(0, int(np.floor(one))) for one in low]
    ends = [min(size, int(np.ceil(one))) for one, size in zip(high, stack.shape, strict=True)]
    ends = [max(end, begin + 1) for end, begin in zip(ends, begins, strict=True)]
    voxels = float(np.prod([end - begin for end, begin in zip(ends, begins, strict=True)]))
    most = MOST_VOXELS if through_frames else MOST_PIXELS
    stride = max(1, int(np.ceil(np.sqrt(voxels / most))))
    return Region((begins[0], begins[1], begins[2]), (ends[0], ends[1], ends[2]), stride)
