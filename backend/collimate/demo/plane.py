"""The pixel grid of a synthetic radiograph and the few operations on it that everything shares.

Coordinates run from -1 to 1 in x (image left to right, so the patient's right is negative) and
downwards in y; one unit is half the image width at zoom 1.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Grid = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Plane:
    """Pixel centres as a row `x` and a column `y`; `pixel` is the distance between two."""

    x: Grid
    y: Grid
    pixel: float

    @property
    def shape(self) -> tuple[int, int]:
        return (self.y.shape[0], self.x.shape[1])

    def coarse(self) -> "Plane":
        """The same plane at half the resolution, for what has no sharp edge."""
        rows, columns = (math.ceil(n / 2) for n in self.shape)
        x = self.x[0, 0] + self.pixel * (0.5 + 2 * np.arange(columns, dtype=np.float32))
        y = self.y[0, 0] + self.pixel * (0.5 + 2 * np.arange(rows, dtype=np.float32))
        return Plane(x[None, :], y[:, None], self.pixel * 2)

    def window(self, x: tuple[float, float], y: tuple[float, float]) -> tuple[slice, slice]:
        """The rows and columns between two x and two y."""
        columns = np.searchsorted(self.x[0], x)
        rows = np.searchsorted(self.y[:, 0], y)
        return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))

    def cut(self, part: tuple[slice, slice]) -> "Plane":
        """The plane restricted to a window."""
        return Plane(self.x[:, part[1]], self.y[part[0]], self.pixel)


def plane(rows: int, columns: int, *, zoom: float, shift: tuple[float, float]) -> Plane:
    """Pixel centres of an image `columns` wide, magnified by `zoom` and moved by `shift`."""
    pixel = 2.0 / (columns * zoom)
    x = (np.arange(columns) + 0.5 - columns / 2) * pixel - shift[0]
    y = (np.arange(rows) + 0.5 - rows / 2) * pixel - shift[1]
    return Plane(x[None, :].astype(np.float32), y[:, None].astype(np.float32), pixel)


def step(value: Grid, low: float, high: float) -> Grid:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((value - low) * (1 / (high - low)), 0, 1)
    return t * t * (3 - 2 * t)


def ellipsoid(
    p: Plane, centre: tuple[float, float], axes: tuple[float, float], turn: float
) -> Grid:
    """Path length through an ellipsoid of depth 1, axes in plane units, `turn` in radians."""
    c, s = math.cos(turn), math.sin(turn)
    wide, high = math.hypot(axes[0] * c, axes[1] * s), math.hypot(axes[0] * s, axes[1] * c)
    part = p.window((centre[0] - wide, centre[0] + wide), (centre[1] - high, centre[1] + high))
    q = p.cut(part)
    dx, dy = q.x - centre[0], q.y - centre[1]
    u = (c / axes[0]) * dx + (s / axes[0]) * dy
    v = (c / axes[1]) * dy - (s / axes[1]) * dx
    whole = np.zeros(p.shape, np.float32)
    whole[part] = np.sqrt(np.clip(1 - u * u - v * v, 0, None))
    return whole


def soften(values: Grid, width: float, p: Plane) -> Grid:
    """Gaussian blur by `width` plane units."""
    return ndimage.gaussian_filter(values, width / p.pixel, truncate=2.5)


@lru_cache(maxsize=256)
def _weights(count: int, small: int, scale: float) -> Grid:
    at = np.clip((np.arange(count) + 0.5) / scale - 0.5, 0, small - 1)
    low = np.minimum(at.astype(int), max(small - 2, 0))
    weights = np.zeros((count, small), np.float32)
    weights[np.arange(count), low] = 1 - (at - low)
    weights[np.arange(count), np.minimum(low + 1, small - 1)] += at - low
    return weights


def _double(values: Grid) -> Grid:
    padded = np.pad(values, ((1, 1), (0, 0)), mode="edge")
    out = np.empty((2 * values.shape[0], values.shape[1]), np.float32)
    middle = 0.75 * values
    np.add(middle, 0.25 * padded[:-2], out=out[0::2])
    np.add(middle, 0.25 * padded[2:], out=out[1::2])
    return out


def enlarge(values: Grid, scale: float, shape: tuple[int, int]) -> Grid:
    """Bilinear enlargement by `scale`, cut to `shape`."""
    if scale == 2:
        return _double(_double(values).T).T[: shape[0], : shape[1]]
    down = _weights(shape[0], values.shape[0], scale)
    across = _weights(shape[1], values.shape[1], scale)
    return (down @ values) @ across.T


def cloud(shape: tuple[int, int], rng: np.random.Generator, coarsest: float) -> Grid:
    """Smooth random texture of unit spread; `coarsest` is its largest grain in pixels."""
    total = np.zeros(shape, np.float32)
    for octave in range(4):
        grain = max(coarsest / 2**octave, 2.0)
        small = (math.ceil(shape[0] / grain) + 1, math.ceil(shape[1] / grain) + 1)
        total += enlarge(rng.standard_normal(small, dtype=np.float32), grain, shape) * 0.62**octave
    return total / float(total.std())
