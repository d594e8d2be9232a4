"""Synthetic chest radiographs: who is in the set, and the picture and exact findings of each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from collimate.demo.anatomy import Body, Lung, airways, draw_body, heart, lung, soft_tissue
from collimate.demo.bones import skeleton
from collimate.demo.detector import SITE_SHARES, SITES, Site, expose, mark, present
from collimate.demo.lesions import CLASSES, MAKERS, Finding
from collimate.demo.plane import Grid, Plane, cloud, enlarge, plane, soften, step
from collimate.demo.vessels import tree

CLASS_SHARES = (0.44, 0.26, 0.20, 0.06, 0.04)


@dataclass(frozen=True)
class Case:
    """One examination of one invented patient; everything else follows from the numbers here."""

    number: int
    patient_number: int
    study_number: int
    label_key: str
    site: Site
    body: Body
    seed: int


@dataclass(frozen=True)
class Radiograph:
    """A picture and what is in it. `box` is (x0, y0, x1, y1) in image coordinates, or None."""

    pixels: NDArray[np.uint16]
    label_key: str
    mask: NDArray[np.bool_] | None
    box: tuple[float, float, float, float] | None
    heart_line: tuple[tuple[float, float], tuple[float, float]]


def cohort(case_count: int, *, seed: int = 7) -> list[Case]:
    """A set of `case_count` examinations of patients with one to three each, the same every time.

    A longer set begins with the shorter one of the same seed.
    """
    cases: list[Case] = []
    patient = 0
    while len(cases) < case_count:
        patient += 1
        rng = np.random.default_rng((seed, patient))
        body = draw_body(rng)
        home = int(rng.choice(len(SITES), p=SITE_SHARES))
        label = str(rng.choice(CLASSES, p=CLASS_SHARES))
        for study in range(1, 1 + int(rng.choice(3, p=(0.66, 0.24, 0.10))) + 1):
            site = SITES[home if rng.random() < 0.85 else int(rng.integers(len(SITES)))]
            cases.append(
                Case(len(cases) + 1, patient, study, label, site, body, int(rng.integers(1 << 31)))
            )
            label = label if rng.random() < 0.6 else str(rng.choice(CLASSES, p=CLASS_SHARES))
    return cases[:case_count]


def draw(case: Case) -> Radiograph:
    """The radiograph of a case."""
    rng = np.random.default_rng(case.seed)
    site, body = case.site, case.body
    shift = (float(rng.normal(0, 0.015)), float(rng.normal(0.02, 0.02)))
    zoom = site.zoom * (1 + float(rng.normal(0, 0.02)))
    p = plane(site.rows, site.columns, zoom=zoom, shift=shift)
    lungs = (lung(p, body, -1), lung(p, body, 1))
    hearts = enlarge(heart(p.coarse(), body), 2, p.shape)
    finding = MAKERS[case.label_key](p, body, lungs, rng) if case.label_key in MAKERS else None
    depth = _depth(p, body, lungs, hearts, finding)
    depth += 0.020 * cloud(p.shape, rng, 0.030 / p.pixel)
    picture = mark(present(expose(np.maximum(depth, 0.02), site, rng), site), site, rng)
    return Radiograph(picture, case.label_key, *_region(finding), _heart_line(hearts))


def _depth(
    p: Plane, body: Body, lungs: tuple[Lung, Lung], hearts: Grid, finding: Finding | None
) -> Grid:
    """Optical depth of the whole chest."""
    air = np.clip(lungs[0].air + lungs[1].air, 0, 1) * (1 - 0.62 * np.clip(hearts, 0, 1))
    vessels = tree(p, lungs, np.random.default_rng((body.seed, 5)))
    vessels *= 1 - 0.8 * np.clip(hearts * 1.6, 0, 1)
    around = air
    if finding is not None:
        vessels *= finding.vessels_kept
        around = np.clip(air - 0.8 * np.clip(finding.tissue, 0, None), 0, 1)
    # the heart stands out only where lung lies around it: fluid and consolidation hide its edge
    small = np.ascontiguousarray(around[::4, ::4])
    near = np.clip(enlarge(soften(small, 0.030, p.coarse().coarse()), 4, p.shape) * 1.6, 0, 1)
    half = p.coarse()
    depth = enlarge(2.55 * soft_tissue(half, body) - 0.75 * airways(half, body), 2, p.shape)
    depth += 0.88 * hearts * (0.40 + 0.60 * near) - 1.72 * air
    depth += 0.62 * skeleton(p, body) * (1 - 0.4 * step(p.y, 0.34, 0.62)) + 0.34 * vessels
    if finding is not None:
        depth += 1.35 * finding.tissue
    return depth


def _region(
    finding: Finding | None,
) -> tuple[NDArray[np.bool_] | None, tuple[float, float, float, float] | None]:
    if finding is None or not finding.mask.any():
        return None, None
    rows = np.flatnonzero(finding.mask.any(axis=1))
    columns = np.flatnonzero(finding.mask.any(axis=0))
    box = (float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))
    return finding.mask, box


def _heart_line(
    hearts: NDArray[np.float32],
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The widest horizontal extent of the heart shadow, in image coordinates."""
    inside = hearts > 0.18
    first = np.argmax(inside, axis=1)
    last = inside.shape[1] - 1 - np.argmax(inside[:, ::-1], axis=1)
    width = np.where(inside.any(axis=1), last - first, -1)
    row = int(np.argmax(width))
    return (float(first[row]), row + 0.5), (float(last[row] + 1), row + 0.5)
