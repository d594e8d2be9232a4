"""Prompts as the network was taught to see them: marks in channels beside the image.

Everything is in voxels, whatever their size in millimetres. Source of shapes, channels and fading:
nnInteractive's inference session.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from collimate.ml.prompts.given.recipe import Recipe, Triple
from collimate.ml.prompts.kinds import PromptKind
from collimate.ml.prompts.prompt import Prompt, Values, drawn

CHANNEL_OF = {
    PromptKind.POINT: "points", PromptKind.SCRIBBLE: "scribble", PromptKind.BOX: "bbox2d",
    PromptKind.LASSO: "lasso",
}  # fmt: skip
THIN = ("points", "scribble")
"""Kinds that are thickened before they are drawn smaller, or they would be lost."""
CONTEXT = 3
"""Around what is outlined, one patch in so many more is looked at."""


@dataclass(frozen=True)
class Mark:
    """A prompt, drawn: its channel after the image, where its first voxel lies, its strength."""

    channel: int
    low: Triple
    strength: Values
    centre: Triple
    zoom: float


def mark_of(prompt: Prompt, shape: Triple, recipe: Recipe) -> Mark:
    """Draw a prompt in a stack of `shape` (frame, row, column).

    `centre` and `zoom` say where the network looks after this prompt, and at how much more than a
    patch.
    """
    positive, negative = recipe.channels[CHANNEL_OF[prompt.kind]]
    channel = positive if prompt.is_positive else negative
    if prompt.kind == PromptKind.POINT:
        x, y = prompt.points[0]
        centre = (prompt.frame_index, _within(y, shape[1]), _within(x, shape[2]))
        radius = recipe.point_radius
        low = (centre[0] - radius, centre[1] - radius, centre[2] - radius)
        return Mark(channel, low, ball(radius), centre, 1.0)
    mask = drawn(prompt, (0, 0), shape[1:])
    if not mask.any():
        x, y = np.mean(prompt.points, axis=0)
        mask[_within(y, shape[1]), _within(x, shape[2])] = True
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    low = (prompt.frame_index, int(rows[0]), int(columns[0]))
    size = (1, *part.shape)
    centre = _triple(round((2 * at + side) / 2) for at, side in zip(low, size, strict=True))
    wanted = [(side + of // CONTEXT) / of for side, of in zip(size, recipe.patch, strict=True)]
    return Mark(channel, low, part[None].astype(np.float32), centre, max(1.0, *wanted))


def _within(place: float, size: int) -> int:
    return min(max(int(place), 0), size - 1)


def _triple(numbers: Iterable[int]) -> Triple:
    first, second, third = numbers
    return first, second, third


@lru_cache(maxsize=8)
def ball(radius: int) -> NDArray[np.float32]:
    """A ball of voxels that is 1 in its middle and fades towards its border."""
    at = np.arange(-radius, radius + 1)
    inside = at[:, None, None] ** 2 + at[:, None] ** 2 + at**2 <= radius**2
    depth = ndimage.distance_transform_edt(inside)
    return (depth / depth.max()).astype(np.float32)


def drawn_in(
    marks: Sequence[Mark], channel: int, low: Triple, size: Triple, decay: float
) -> Values | None:
    """One channel of the part of a stack that begins at `low`; None where nothing is in it.

    The newest mark is full strength, each older one has faded once more; where two meet the
    stronger holds.
    """
    values: Values | None = None
    for age, mark in enumerate(reversed(marks)):
        if mark.channel != channel:
            continue
        shape = mark.strength.shape
        begins = [max(a, b) for a, b in zip(low, mark.low, strict=True)]
        ends = [min(a + n, b + m) for a, n, b, m in zip(low, size, mark.low, shape, strict=True)]
        if any(end <= begin for begin, end in zip(begins, ends, strict=True)):
            continue
        if values is None:
            values = np.zeros(size, dtype=np.float32)
        here = tuple(slice(b - a, e - a) for a, b, e in zip(low, begins, ends, strict=True))
        there = tuple(slice(b - a, e - a) for a, b, e in zip(mark.low, begins, ends, strict=True))
        faded = mark.strength[there] * np.float32(decay**age)
        np.maximum(values[here], faded, out=values[here])
    return values
