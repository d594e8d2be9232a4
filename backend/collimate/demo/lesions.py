"""What can be wrong in an invented chest, with the exact region it covers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from collimate.demo.anatomy import Body, Lung
from collimate.demo.plane import Grid, Plane, cloud, soften, step

CLASSES = ("normal", "pneumonia", "effusion", "nodule", "pneumothorax")


@dataclass(frozen=True)
class Finding:
    """A finding: path length it adds (soft tissue) or takes, vessels it hides, region it covers."""

    key: str
    tissue: Grid
    vessels_kept: Grid
    mask: NDArray[np.bool_]


def _somewhere(lung: Lung, rng: np.random.Generator, low: float, high: float) -> tuple[int, int]:
    """A pixel well inside a lung, between two heights (0 apex, 1 base)."""
    height = low + (high - low) * rng.random()
    weight = lung.mask * np.exp(-(((lung.down - height) / 0.05) ** 2))
    weight = weight * ((lung.across > 0.22) & (lung.across < 0.85))
    flat = weight.ravel().cumsum()
    return divmod(int(np.searchsorted(flat, rng.random() * flat[-1])), lung.mask.shape[1])


def pneumonia(p: Plane, _body: Body, lungs: tuple[Lung, Lung], rng: np.random.Generator) -> Finding:
    """Patchy consolidation of one lobe, sometimes with a smaller patch elsewhere."""
    texture = cloud(p.shape, rng, 0.17 / p.pixel)
    field = np.zeros(p.shape, np.float32)
    patches = 1 + int(rng.random() < 0.45) + int(rng.random() < 0.15)
    main = int(rng.random() < 0.42)
    for number in range(patches):
        item = lungs[main if number == 0 or rng.random() < 0.5 else 1 - main]
        row, column = _somewhere(item, rng, 0.32, 0.86)
        spread = rng.uniform(0.21, 0.33) * (1.0 if number == 0 else 0.62)
        squash = rng.uniform(0.75, 1.3)
        dx, dy = p.x - p.x[0, column], (p.y - p.y[row, 0]) * squash
        hump = np.exp(-(((dx**2 + dy**2) / spread**2) ** 1.2)) * (item.air > 0)
        field = np.maximum(field, hump * (1.0 if number == 0 else 0.75))
    dense = step(field * (1.08 + 0.28 * texture), 0.24, 0.92)
    air = np.clip(lungs[0].air + lungs[1].air, 0, 1)
    strength = rng.uniform(0.50, 0.85)
    tissue = strength * dense * air**0.7
    covered = (dense > 0.28) & (lungs[0].mask | lungs[1].mask)
    opened = ndimage.binary_opening(covered, iterations=max(1, round(0.008 / p.pixel)))
    mask = _largest(opened if opened.any() else covered, keep=0.18)
    return Finding("pneumonia", tissue, 1 - 0.75 * dense, mask)


def effusion(p: Plane, _body: Body, lungs: tuple[Lung, Lung], rng: np.random.Generator) -> Finding:
    """Fluid at one base: blunted angle, a level that climbs towards the chest wall."""
    item = lungs[int(rng.random() < 0.5)]
    amount = float(np.clip(rng.gamma(5.0, 0.055), 0.12, 0.55))
    u = item.across
    level = 0.56 - amount - (0.10 + 0.35 * amount) * u**3.2 - 0.05 * (1 - u) ** 4
    inside = item.air > 0
    depth = step(p.y - level, -0.030, 0.055 + 0.10 * amount) * inside
    fill = np.clip(item.air, 0, 1) ** 0.4
    tissue = depth * (0.68 + 0.32 * step(p.y - level, 0.0, 0.34)) * fill
    tissue = soften(tissue.astype(np.float32), 0.006, p)
    mask = (p.y > level + 0.012) & inside & (p.y < np.maximum(item.dome_y + 0.09, level + 0.05))
    return Finding("effusion", tissue, 1 - 0.9 * depth, _largest(mask, keep=0.5))


def nodule(p: Plane, _body: Body, lungs: tuple[Lung, Lung], rng: np.random.Generator) -> Finding:
    """One round nodule, slightly lobulated, 15 to 30 mm on a chest 330 mm wide."""
    item = lungs[int(rng.random() < 0.46)]
    row, column = _somewhere(item, rng, 0.15, 0.80)
    dx, dy = p.x - p.x[0, column], p.y - p.y[row, 0]
    radius = rng.uniform(0.045, 0.095)
    turn, waves = rng.uniform(0, 2 * np.pi), int(rng.integers(3, 7))
    edge = radius * (1 + 0.07 * np.sin(waves * np.arctan2(dy, dx) + turn))
    q = (dx**2 + dy**2) / edge**2
    ball = np.sqrt(np.clip(1 - q, 0, None))
    tissue = soften(ball * rng.uniform(0.36, 0.55), 0.005, p)
    return Finding("nodule", tissue, np.ones(p.shape, np.float32), q < 1)


def pneumothorax(
    p: Plane, _body: Body, lungs: tuple[Lung, Lung], rng: np.random.Generator
) -> Finding:
    """Air between chest wall and lung: a fine pleural line with no vessels beyond it."""
    item = lungs[int(rng.random() < 0.48)]
    gap = rng.uniform(0.16, 0.36)
    edge = 1 - gap * (1.35 - 0.9 * item.down) - 0.02 * np.sin(item.down * 9)
    apex = 0.22 + 2.6 * (item.down - 0.50 * gap)
    # the smaller of the two, with a rounded corner where the lung's edge turns over its top
    edge = -0.07 * np.logaddexp(-edge / 0.07, -apex / 0.07)
    beyond = step(item.across - edge, -0.004, 0.012) * (item.air > 0)
    line = np.exp(-(((item.across - edge) / 0.0095) ** 2)) * (item.air > 0.05)
    retracted = (1 - beyond) * item.mask
    tissue = 0.115 * line - 0.20 * beyond * item.air + 0.13 * gap / 0.2 * retracted
    tissue = soften(tissue.astype(np.float32), 0.0015, p)
    mask = _largest((item.across > edge) & item.mask & (item.air > 0.1), keep=0.5)
    return Finding("pneumothorax", tissue, 1 - beyond, mask)


def _largest(mask: NDArray[np.bool_], *, keep: float) -> NDArray[np.bool_]:
    """The largest connected piece and every piece at least `keep` times as large."""
    pieces, count = ndimage.label(mask)
    if count == 0:
        return mask
    areas = np.bincount(pieces.ravel())
    areas[0] = 0
    return np.isin(pieces, np.flatnonzero(areas >= keep * areas.max()))


MAKERS = {
    "pneumonia": pneumonia,
    "effusion": effusion,
    "nodule": nodule,
    "pneumothorax": pneumothorax,
}
