"""Ribs, clavicles, shoulder blades and spine of an invented thorax, as path lengths of bone."""

import math

import numpy as np

from collimate.demo.anatomy import Body
from collimate.demo.plane import Grid, Plane, ellipsoid, step


def tube(distance: Grid, half_width: float | Grid) -> Grid:
    """Path length through a hollow bone: bright cortical edges, a paler middle."""
    r2 = (distance / half_width) ** 2
    outer = np.sqrt(np.clip(1 - r2, 0, None))
    return outer - 0.62 * np.sqrt(np.clip(1 - r2 / 0.60, 0, None))


def _rib(p: Plane, body: Body, number: int, side: int, bone: Grid) -> None:
    """Add one rib: an inclined loop from the spine around the side to its front end."""
    rng = np.random.default_rng((body.seed, number, side + 1))
    back_y = body.apex_y + 0.02 + body.rib_pitch * (number - 1) + rng.normal(0, 0.004)
    grown = 1 - math.exp(-number / 2.1)
    reach = (body.lung_width + 0.045) * (0.45 + 0.55 * grown)
    if number > 9:
        reach *= 1 - 0.06 * (number - 9)
    cx, b = 0.10, (0.15 + 0.115 * grown) * (1 + rng.normal(0, 0.02))
    a, slope = reach - cx, 0.10 + 0.25 * grown
    cy = back_y + b
    x0 = p.x[0] * side
    columns = np.flatnonzero((x0 > 0.055) & (x0 < reach + 0.05))
    drop = max(b + 0.05, slope * a + 0.1)
    rows = np.flatnonzero((p.y[:, 0] > cy - b - 0.06) & (p.y[:, 0] < cy + drop + b))
    if not len(columns) or not len(rows):
        return
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    x = (p.x[:, window[1]] * side - cx) / a
    y = (p.y[window[0]] - cy - slope * (x * a)) / b
    q = np.sqrt(x * x + y * y) + 1e-6
    gx, gy = x / a - slope * y / b, y / b
    distance = (q - 1) * q / np.sqrt(gx * gx + gy * gy + 1e-9)
    front = step(y, -0.15, 0.25)
    width = body.rib_width * (0.92 + 0.30 * front)
    strength = 1 - 0.42 * front
    if number <= 7:
        strength = strength * (1 - front * step(-x, -0.48, -0.30))
    else:
        strength = strength * (1 - front * step(-x, -0.95, -0.75))
    strength = strength * step(x * a + cx, 0.05, 0.12)
    bone[window] += tube(distance, width) * strength


def _clavicle(p: Plane, body: Body, side: int) -> Grid:
    x = p.x * side
    y = body.apex_y + 0.235 - 0.30 * np.clip(x, 0, 1) - 0.030 * np.sin((x - 0.08) * 7.0)
    slant = -0.30 - 0.210 * np.cos((x - 0.08) * 7.0)
    distance = (p.y - y) / np.sqrt(1 + slant**2)
    width = 0.026 + 0.012 * step(-x, -0.20, -0.09) + 0.006 * step(x, 0.5, 0.8)
    return 1.1 * tube(distance, width) * step(x, 0.055, 0.085) * step(-x, -0.86, -0.80)


def _shoulder(p: Plane, _body: Body, side: int) -> Grid:
    blade_x = 0.80 + 0.16 * np.clip(p.y + 0.55, -0.4, 0.9)
    border = tube(p.x * side - blade_x, 0.016) * step(p.y, -0.62, -0.45) * step(-p.y, -0.25, -0.02)
    sheet = step(p.x * side - blade_x, 0.0, 0.02) * step(p.y, -0.62, -0.4) * step(-p.y, -0.3, 0.1)
    head = ellipsoid(p, (side * 1.07, -0.66), (0.16, 0.15), 0)
    return 0.45 * border + 0.16 * sheet + 0.6 * head


def _spine(p: Plane, body: Body, bone: Grid) -> None:
    part = p.window((-0.22, 0.22), (-9, 9))
    p = p.cut(part)
    middle = body.spine_bend * np.sin(p.y * 3.0) * 2
    phase = (p.y + 1) / (0.118 + 0.016 * (p.y + 1))
    half = 0.072 + 0.010 * (p.y + 1)
    column = np.sqrt(np.clip(1 - ((p.x - middle) / half) ** 4, 0, None))
    disc = 0.5 + 0.5 * np.cos(2 * math.pi * phase)
    column = column * (0.52 - 0.30 * disc**4)
    for side in (-1, 1):
        dx = (p.x - middle - side * half * 0.60) / 0.014
        dy = (np.mod(phase + 0.30, 1) - 0.5) * 6.0
        column += 0.20 * np.exp(-(dx**2) - dy**2)
    spinous = np.exp(-(((p.x - middle) / 0.012) ** 2) - ((np.mod(phase, 1) - 0.55) * 5) ** 2)
    bone[part] += (column + 0.14 * spinous) * (1 - 0.35 * step(p.y, 0.30, 0.62))


def skeleton(p: Plane, body: Body) -> Grid:
    """Path length of bone; a rib is about 0.6 thick."""
    bone = np.zeros(p.shape, np.float32)
    for side in (-1, 1):
        for number in range(1, 12):
            _rib(p, body, number, side, bone)
    for side in (-1, 1):
        for draw, reach in ((_clavicle, (-0.85, -0.35)), (_shoulder, (-0.9, 0.12))):
            part = p.window((0.03, 1.3) if side > 0 else (-1.3, -0.03), reach)
            bone[part] += draw(p.cut(part), body, side)
    _spine(p, body, bone)
    return bone
