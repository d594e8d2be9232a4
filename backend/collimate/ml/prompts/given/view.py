"""What the network is shown of a stack: a part around a place, at a scale, with its marks.

Grey values are brought to mean 0 and deviation 1 over the part of the stack that is not zero;
beyond the stack everything is 0. Larger parts are drawn smaller, never resampled to millimetres.
Source: nnInteractive's inference session.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from collimate.ml.prompts.given.marks import THIN, Mark, drawn_in
from collimate.ml.prompts.given.recipe import Recipe, Triple
from collimate.ml.prompts.prompt import Check, Mask, Stack, Values

LEAST_DEVIATION = 1e-8
Step = Callable[[], None]
"""Called before each part of the work; may raise to give it up."""


@dataclass(frozen=True)
class Box:
    """A part of a stack (frame, row, column); it may reach beyond it."""

    low: Triple
    size: Triple

    @staticmethod
    def around(centre: Triple, patch: Triple, zoom: float) -> "Box":
        """A patch, enlarged, about its centre."""
        sides = [round(side * zoom) for side in patch]
        low = [at - side // 2 for at, side in zip(centre, sides, strict=True)]
        return Box((low[0], low[1], low[2]), (sides[0], sides[1], sides[2]))

    def inside(self, shape: Triple) -> tuple[slice, slice, slice]:
        """What of it lies in a stack of that shape."""
        first, second, third = (
            slice(min(max(0, low), most), max(0, min(most, low + side)))
            for low, side, most in zip(self.low, self.size, shape, strict=True)
        )
        return first, second, third

    def within(self, shape: Triple) -> tuple[slice, slice, slice]:
        """The same, counted from where the box begins."""
        first, second, third = (
            slice(there.start - low, max(there.start, there.stop) - low)
            for there, low in zip(self.inside(shape), self.low, strict=True)
        )
        return first, second, third


def grey_of(stack: Stack, check: Check) -> tuple[float, float]:
    """Mean and deviation over the smallest box that holds every voxel that is not zero."""
    total = square = 0.0
    sides = [np.zeros(size, dtype=bool) for size in stack.shape]
    for at in range(stack.shape[0]):
        check(0.0)
        values = stack.values(at).astype(np.float64)
        total, square = total + values.sum(), square + np.square(values).sum()
        some = values != 0
        sides[0][at] = some.any()
        sides[1] |= some.any(axis=1)
        sides[2] |= some.any(axis=0)
    extents = [np.flatnonzero(side) for side in sides]
    if not all(one.size for one in extents):
        return 0.0, 1.0
    count = float(np.prod([one[-1] - one[0] + 1 for one in extents]))
    mean = total / count
    deviation = np.sqrt(max(square / count - mean * mean, 0.0))
    return float(mean), float(max(deviation, LEAST_DEVIATION))


@dataclass(frozen=True)
class View:
    """A stack, its grey values and the network's device; makes what the network is shown."""

    stack: Stack
    recipe: Recipe
    patch: Triple
    device: torch.device
    grey: tuple[float, float]

    def shown(
        self, box: Box, marks: Sequence[Mark], before: Mask, step: Step
    ) -> tuple[Tensor, Tensor]:
        """Image and prompts (channel, frame, row, column) of a patch, and the mask before in it."""
        zoom = max(a / b for a, b in zip(box.size, self.patch, strict=True))
        whole = torch.zeros((1 + self.recipe.channel_count, *self.patch), device=self.device)
        whole[0] = self._smaller(self._padded(self._image(box, step), box), "trilinear")
        mask = self._padded(before[box.inside(self.stack.shape)].astype(np.float32), box)
        whole[1 + self.recipe.previous] = self._smaller(mask, "area")
        thin = {one for kind in THIN for one in self.recipe.channels[kind]}
        inside = box.inside(self.stack.shape)
        low = (inside[0].start, inside[1].start, inside[2].start)
        size = tuple(max(0, one.stop - one.start) for one in inside)
        for channel in sorted({mark.channel for mark in marks}):
            drawn = drawn_in(marks, channel, low, (size[0], size[1], size[2]), self.recipe.decay)
            if drawn is None:
                continue
            field = self._padded(drawn, box)
            if channel in thin:
                field = thickened(field, 2 * int((2 * zoom - 1) / 2) + 1)
            whole[1 + channel] = self._smaller(field, "area")
        return whole, self._smaller(mask, "nearest")

    def _image(self, box: Box, step: Step) -> Values:
        frames, rows, columns = box.inside(self.stack.shape)
        mean, deviation = self.grey
        sides = tuple(max(0, one.stop - one.start) for one in (frames, rows, columns))
        values = np.zeros(sides, dtype=np.float32)
        for at in range(sides[0]):
            step()
            values[at] = self.stack.values(frames.start + at)[rows, columns]
        return (values - np.float32(mean)) / np.float32(deviation)

    def _padded(self, values: Values, box: Box) -> Tensor:
        """The whole of a box, from what of it lies in the stack."""
        field = torch.from_numpy(np.ascontiguousarray(values)).to(self.device)
        if tuple(field.shape) == box.size:
            return field
        whole = torch.zeros(box.size, device=self.device)
        whole[box.within(self.stack.shape)] = field
        return whole

    def _smaller(self, field: Tensor, mode: str) -> Tensor:
        """A field of a box as large as a patch."""
        if tuple(field.shape) == self.patch:
            return field
        return functional.interpolate(field[None, None], self.patch, mode=mode)[0, 0]


def thickened(field: Tensor, side: int) -> Tensor:
    """The largest value in a cube of so many voxels (odd) around each.

    By shifting, because pooling keeps eight bytes more for every voxel on a GPU.
    """
    for axis in range(field.ndim):
        wide, most = field.clone(), field.shape[axis]
        for step in range(1, min(side // 2, most - 1) + 1):
            for at, other in ((0, step), (step, 0)):
                here = wide.narrow(axis, at, most - step)
                torch.maximum(here, field.narrow(axis, other, most - step), out=here)
        field = wide
    return field


def opened(field: Tensor, side: int) -> Tensor:
    """Without what is thinner than a cube of so many voxels."""
    return thickened(1 - thickened(1 - field, side), side)
