"""The vessels of invented lungs: two branching trees that thin out from the hila."""

import math

import numpy as np
from scipy import ndimage

from collimate.demo.anatomy import Lung
from collimate.demo.plane import Grid, Plane, enlarge

GENERATIONS = 6
POINTS = 14
LEVELS = (0.0030, 0.0052, 0.0095, 0.0165)


def _grow(rng: np.random.Generator, side: int) -> tuple[Grid, Grid, Grid]:
    """Points (x, y) along every branch of one lung and the vessel's half width there."""
    angle = np.linspace(-1.35, 1.45, 9) + rng.normal(0, 0.12, 9)
    x, y = np.full(9, 0.165), -0.07 + 0.05 * np.sin(angle) + rng.normal(0, 0.01, 9)
    length, width = rng.uniform(0.13, 0.22, 9), rng.uniform(0.013, 0.019, 9)
    xs, ys, ws = [], [], []
    t = np.linspace(0, 1, POINTS)[None, :]
    for _ in range(GENERATIONS):
        bend = rng.normal(0, 0.35, len(x))[:, None]
        heading = angle[:, None] + bend * t
        reach = length[:, None] / (POINTS - 1)
        px = x[:, None] + np.cumsum(np.cos(heading) * reach, axis=1)
        py = y[:, None] + np.cumsum(np.sin(heading) * reach, axis=1)
        xs.append(px.ravel())
        ys.append(py.ravel())
        ws.append((width[:, None] * (1 - 0.22 * t)).ravel())
        fork = rng.uniform(0.22, 0.55, (2, len(x))) * np.array([[1], [-1]])
        angle = (heading[:, -1] + fork).ravel()
        x, y = np.tile(px[:, -1], 2), np.tile(py[:, -1], 2)
        length = np.tile(length, 2) * rng.uniform(0.62, 0.95, len(x))
        width = np.tile(width, 2) * rng.uniform(0.58, 0.80, len(x))
    return np.concatenate(xs) * side, np.concatenate(ys), np.concatenate(ws)


def _lines(p: Plane, x: Grid, y: Grid, half: float) -> Grid:
    """Vessels of one half width through points about one step apart."""
    rows, columns = p.shape
    column = np.round((x - p.x[0, 0]) / p.pixel).astype(int)
    row = np.round((y - p.y[0, 0]) / p.pixel).astype(int)
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    index = row[inside] * columns + column[inside]
    sigma = max(half * 0.62 / p.pixel, 0.45)
    # points one step apart, blurred, must end up as deep as the vessel is wide
    gap = 0.0115 * (0.55 + half / LEVELS[-1]) / p.pixel
    weight = half / LEVELS[-1] * math.sqrt(2 * math.pi) * sigma * gap
    splat = np.bincount(index, minlength=rows * columns).reshape(p.shape)
    return ndimage.gaussian_filter(splat.astype(np.float32) * weight, sigma, truncate=2.5)


def tree(p: Plane, lungs: tuple[Lung, Lung], rng: np.random.Generator) -> Grid:
    """Path length through lung vessels, 1 about as much as a hilar artery."""
    parts = [_grow(rng, item.side) for item in lungs]
    x, y, width = (np.concatenate(values) for values in zip(*parts, strict=True))
    level = np.argmin(np.abs(np.log(width[:, None] / np.array(LEVELS))), axis=1)
    total = np.zeros(p.shape, np.float32)
    for number, half in enumerate(LEVELS):
        chosen = level == number
        if number < 2:
            total += _lines(p, x[chosen], y[chosen], half)
        else:
            total += enlarge(_lines(p.coarse(), x[chosen], y[chosen], half), 2, p.shape)
    cover = np.clip(lungs[0].air + lungs[1].air, 0, 1)
    return np.clip(total, 0, 1.1) * np.sqrt(cover)
