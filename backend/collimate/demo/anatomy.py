"""The chest of an invented person: who they are, and how thick lung, heart and soft tissue lie.

Thicknesses are path lengths relative to the depth of the chest, on a `Plane`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collimate.demo.plane import Grid, Plane, ellipsoid, soften, step


@dataclass(frozen=True)
class Body:
    """What makes one chest unlike another; drawn once per patient."""

    sex: str
    age_years: int
    lung_width: float
    apex_y: float
    dome_right_y: float
    dome_left_y: float
    heart_scale: float
    fat: float
    spine_bend: float
    rib_pitch: float
    rib_width: float
    breast: float
    aorta: float
    seed: int


def draw_body(rng: np.random.Generator) -> Body:
    """An adult chest; sex, age and build pull the shapes where they pull them in people."""
    sex = "F" if rng.random() < 0.48 else "M"
    age = int(np.clip(rng.normal(56, 17), 19, 92))
    old = (age - 50) / 40
    fat = float(np.clip(rng.normal(0.5, 0.22), 0.08, 1.1))
    dome = 0.43 - 0.08 * fat + rng.normal(0, 0.04)
    return Body(
        sex=sex,
        age_years=age,
        lung_width=float(np.clip(rng.normal(0.78 if sex == "M" else 0.74, 0.03), 0.66, 0.85)),
        apex_y=float(rng.normal(-0.76, 0.03)),
        dome_right_y=float(dome),
        dome_left_y=float(dome + rng.normal(0.065, 0.02)),
        heart_scale=float(np.clip(rng.normal(0.98 + 0.08 * old, 0.08), 0.82, 1.32)),
        fat=fat,
        spine_bend=float(rng.normal(0, 0.012)),
        rib_pitch=float(rng.normal(0.138, 0.006)),
        rib_width=float(rng.normal(0.0265, 0.002)),
        breast=float(rng.uniform(0.35, 1.0)) if sex == "F" else 0.0,
        aorta=float(np.clip(0.5 + 0.6 * old + rng.normal(0, 0.15), 0.1, 1.4)),
        seed=int(rng.integers(1 << 31)),
    )


@dataclass(frozen=True)
class Lung:
    """One lung field: air path length, 0..1 across (medial to lateral) and down, dome height."""

    side: int
    air: Grid
    across: Grid
    down: Grid
    dome_y: Grid
    mask: NDArray[np.bool_]


def lung(p: Plane, body: Body, side: int) -> Lung:
    """The lung on one `side` (-1 the patient's right, at image left; 1 the left)."""
    bottom_y = 0.74
    down = np.clip((p.y - body.apex_y) / (bottom_y - body.apex_y), 0, 1)
    rise = 1 - down
    apex_x, medial_x = 0.33, 0.115
    lateral = apex_x + (body.lung_width - apex_x) * (1 - rise**2.3) ** 0.42
    medial = apex_x - (apex_x - medial_x) * np.sqrt(1 - rise**5)
    across = (p.x * side - medial) / np.maximum(lateral - medial, 1e-3)
    inside = (across > 0) & (across < 1) & (down > 0) & (down < 1)
    u = np.clip(across, 0, 1)
    top_y = body.dome_right_y if side < 0 else body.dome_left_y
    dome_y = top_y + 0.31 * np.clip((u - 0.42) / 0.58, 0, None) ** 2.1
    dome_y = dome_y + 0.10 * np.clip((0.42 - u) / 0.42, 0, None) ** 2
    below = np.clip(p.y - dome_y, 0, None)
    over = np.where(below <= 0, 1.0, 0.15 * np.exp(-below / 0.07))
    depth = np.clip(down / 0.30, 0, 1) ** 0.5 * step(rise, 0.0, 0.10)
    air = np.where(inside, (4 * u * (1 - u) + 1e-6) ** 0.40 * depth * over, 0)
    return Lung(side, air.astype(np.float32), u, down, dome_y, inside & (below <= 0))


def heart(p: Plane, body: Body) -> Grid:
    """Path length through heart, great vessels and hila."""
    k, a = body.heart_scale, body.aorta
    y0 = min(body.dome_right_y, body.dome_left_y) - 0.15
    parts = (
        (0.95, (0.155 * k, y0 + 0.02), (0.385 * k, 0.270 * k), 0.52),
        (0.80, (-0.085, y0 - 0.01), (0.145 * k, 0.250 * k), 0.05),
        (0.66, (-0.035, -0.22), (0.115 + 0.025 * a, 0.40), 0.03),
        (0.66, (0.085 + 0.03 * a, -0.33), (0.085 + 0.02 * a, 0.095), 0.3),
        (0.58, (0.115, -0.14), (0.105, 0.15), 0.25),
        (0.34, (0.075 + 0.02 * a, 0.05), (0.06, 0.55), 0.02),
        (0.40, (-0.180, -0.05), (0.060, 0.130), -0.40),
        (0.40, (0.200, -0.09), (0.062, 0.105), 0.5),
    )
    whole = np.zeros(p.shape, np.float32)
    for weight, centre, axes, turn in parts:
        part = weight * ellipsoid(p, centre, axes, turn)
        whole = np.sqrt(whole**2 + part**2 * (1 - 0.55 * np.clip(whole, 0, 1)))
    return soften(whole, 0.007, p)


def soft_tissue(p: Plane, body: Body) -> Grid:
    """Path length through chest wall, shoulders, neck, breasts and belly, lungs not taken out."""
    ax = np.abs(p.x)
    wide = body.lung_width + 0.12 + 0.12 * body.fat
    trunk = np.sqrt(np.clip(1 - (ax / (wide + 0.04 * p.y)) ** 2.6, 0, None))
    chest = trunk * step(p.y, -1.15, -0.55)
    slope_y = -1.00 - 0.10 * body.fat + 0.30 * np.clip(ax - 0.20, 0, None) ** 1.1
    over = step(p.y - slope_y, 0.0, 0.30)
    arm = step(0.75 * (ax - 0.50) - p.y, -0.10, 0.42)
    girdle = over * arm * (0.50 + 0.22 * np.clip(ax - 0.2, 0, 0.7)) * (0.85 + 0.3 * body.fat)
    neck = np.sqrt(np.clip(1 - (ax / (0.30 + 0.06 * body.fat)) ** 2, 0, None))
    neck = 0.80 * neck * step(-p.y, 0.50, 0.80)
    tissue = (chest**4 + neck**4 + girdle**4) ** 0.25
    tissue = tissue * (1 + 0.25 * step(p.y, 0.35, 0.95)) * (0.92 + 0.22 * body.fat)
    for side in (-1, 1):
        if body.breast:
            disc = ellipsoid(p, (side * 0.46, 0.33), (0.34, 0.26 + 0.06 * body.breast), 0.0)
            tissue = tissue + 0.22 * body.breast * disc * (0.35 + 0.65 * step(p.y, 0.05, 0.52))
        else:
            tissue = tissue + 0.09 * ellipsoid(p, (side * 0.5, -0.12), (0.36, 0.3), side * 0.5)
    return tissue.astype(np.float32)


def airways(p: Plane, body: Body) -> Grid:
    """Air in the trachea, the two main bronchi, and the stomach."""
    drift = 0.012 + body.spine_bend
    tube = np.sqrt(np.clip(1 - ((p.x - drift) / 0.050) ** 2, 0, None))
    air = 0.36 * tube * step(-p.y, 0.20, 0.30)
    for side, slope in ((-1, 0.95), (1, 1.45)):
        centre = drift + side * np.clip(p.y + 0.26, 0, None) * slope
        branch = np.sqrt(np.clip(1 - ((p.x - centre) / 0.042) ** 2, 0, None))
        air = np.maximum(air, 0.24 * branch * step(p.y, -0.27, -0.2) * step(-p.y, 0.04, 0.16))
    bubble = ellipsoid(p, (0.36, body.dome_left_y + 0.16), (0.16, 0.085), -0.15)
    return (air + 0.55 * bubble * step(p.y - body.dome_left_y, 0.05, 0.09)).astype(np.float32)
