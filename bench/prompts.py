"""How well segmenters answer prompts: Dice after each prompt and seconds, on synthetic structures.

    .venv/bin/python bench/prompts.py [point] [scribble] [box] [lasso]

Structures: lesions (bright, faint, ragged), a spleen-like organ beside a neighbour of nearly its
value, a vessel, a cavity, in noise of soft-tissue CT and worse; pixels 0.75 mm, slices 3 mm.
Prompts as a reader gives them: a point near the middle, then a point in the middle of the largest
mistake, and so on; or a box, or an outline drawn with an unsteady hand, at first.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from collimate.ml.prompts import seeded
from collimate.ml.prompts.appearance import likeness, noise_of
from collimate.ml.prompts.geodesic import geodesic_distance
from collimate.ml.prompts.kinds import PromptKind
from collimate.ml.prompts.prompt import Check, Mask, Prompt, Values
from collimate.ml.prompts.walk import random_walk

SPACING = (3.0, 0.75, 0.75)
SHAPE = (48, 256, 256)
CONTENT = 0.95
"""A reader leaves a mask as it is from this Dice on."""


@dataclass(frozen=True)
class Case:
    """A volume and the structure in it."""

    name: str
    volume: Values
    truth: Mask

    @property
    def shape(self) -> tuple[int, int, int]:
        return SHAPE

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        return SPACING

    def values(self, frame_index: int) -> Values:
        return self.volume[frame_index]


def ellipsoid(
    centre: tuple[float, float, float], radii: tuple[float, float, float], ragged: float, seed: int
) -> Mask:
    """In mm; `ragged` moves the border by about that share of the radius."""
    grid = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    square = sum(
        ((axis * step - middle) / radius) ** 2
        for axis, step, middle, radius in zip(grid, SPACING, centre, radii, strict=True)
    )
    wave = ndimage.gaussian_filter(
        np.random.default_rng(seed).normal(size=SHAPE), [5 / step for step in SPACING]
    )
    return np.sqrt(square) + ragged * wave / wave.std() < 1.0


def cases(seed: int) -> Iterator[Case]:
    """Six structures, placed and shaped by `seed`."""
    random = np.random.default_rng(seed)
    middle = np.array([72.0, 96.0, 96.0]) + random.uniform(-6, 6, 3)

    def made(name: str, parts: list[tuple[Mask, float]], noise: float, truth: Mask) -> Case:
        volume = np.full(SHAPE, 100.0, dtype=np.float32)
        for mask, value in parts:
            volume[mask] = value
        soft = ndimage.gaussian_filter(volume, (0.3, 0.7, 0.7))
        grain = ndimage.gaussian_filter(random.normal(size=SHAPE), (0, 0.6, 0.6))
        texture = ndimage.gaussian_filter(random.normal(size=SHAPE), (2, 8, 8))
        soft += noise * grain / grain.std() + 4 * texture / texture.std()
        return Case(name, soft.astype(np.float32), truth)

    lesion = ellipsoid(tuple(middle), tuple(random.uniform(9, 16, 3)), 0.08, seed)
    yield made("lesion, 60 HU brighter", [(lesion, 160)], 15, lesion)
    yield made("lesion, 30 HU darker", [(lesion, 70)], 15, lesion)
    ragged = ellipsoid(tuple(middle), tuple(random.uniform(12, 22, 3)), 0.22, seed + 1)
    yield made("ragged lesion, 40 HU, noisy", [(ragged, 140)], 25, ragged)
    organ = ellipsoid(tuple(middle), (28, 40, 22), 0.12, seed + 2)
    bite = ellipsoid(tuple(middle + np.array([0, 5, 18])), (30, 22, 16), 0.0, seed + 3)
    organ &= ~bite
    neighbour = (
        ellipsoid(tuple(middle + np.array([0, -30, -28])), (24, 16, 18), 0.1, seed + 4) & ~organ
    )
    yield made(
        "organ beside one alike (10 HU)", [(bite, -80), (organ, 150), (neighbour, 140)], 15, organ
    )
    cavity = ellipsoid(tuple(middle), (14, 14, 14), 0.1, seed + 5)
    heart = ellipsoid(tuple(middle), (7, 7, 7), 0.1, seed + 6)
    yield made("lesion with a dark middle", [(cavity, 160), (heart, 60)], 15, cavity)
    nodule = ellipsoid(tuple(middle), (6, 5, 5), 0.1, seed + 7)
    wall = ellipsoid(tuple(middle + np.array([0, 0, 24])), (60, 60, 20), 0.0, seed + 8)
    yield made(
        "nodule on a wall, in lung",
        [(~(nodule | wall), -800), (wall, 40), (nodule, 40)],
        30,
        nodule & ~wall,
    )


def dice(one: Mask, other: Mask) -> float:
    total = one.sum() + other.sum()
    return float(2 * (one & other).sum() / total) if total else 1.0


def centre_of(mask: Mask) -> tuple[float, float]:
    """The deepest pixel of a mask, as image coordinates."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1]
    row, column = np.unravel_index(int(depth.argmax()), mask.shape)
    return column + 0.5, row + 0.5


def correction(truth: Mask, mask: Mask) -> Prompt:
    """A point in the middle of the largest mistake."""
    wrong = truth != mask
    parts, count = ndimage.label(wrong)
    if count == 0:
        frame = int(truth.any(axis=(1, 2)).argmax())
        return Prompt(PromptKind.POINT, True, frame, (centre_of(truth[frame]),))
    largest = parts == 1 + int(np.argmax(np.bincount(parts.ravel())[1:]))
    frame = int(largest.sum(axis=(1, 2)).argmax())
    point = centre_of(largest[frame])
    return Prompt(
        PromptKind.POINT, bool(truth[frame][int(point[1]), int(point[0])]), frame, (point,)
    )


def first_prompts(case: Case, frame: int, seed: int) -> dict[str, Prompt]:
    """A point off the middle, a scribble, a box a little too large, an unsteady outline."""
    random = np.random.default_rng(seed)
    mask = case.truth[frame]
    rows, columns = np.nonzero(ndimage.binary_erosion(mask, iterations=2) | False)
    if rows.size == 0:
        rows, columns = np.nonzero(mask)
    pick = random.integers(rows.size)
    middle = np.array(centre_of(mask))
    off = middle + 0.3 * (np.array([columns[pick] + 0.5, rows[pick] + 0.5]) - middle)
    rows, columns = np.nonzero(mask)
    edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    slack = random.uniform(1, 3, 4)
    box = ((edges[0] - slack[0], edges[1] - slack[1]), (edges[2] + slack[2], edges[3] + slack[3]))
    angles = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    outline = []
    for angle in angles:
        ray = middle + np.outer(np.arange(0, 120, 0.5), [np.cos(angle), np.sin(angle)])
        inside = mask[
            np.clip(ray[:, 1].astype(int), 0, 255), np.clip(ray[:, 0].astype(int), 0, 255)
        ]
        last = ray[np.flatnonzero(inside)[-1]] if inside.any() else middle
        outline.append(
            tuple(last + random.uniform(0.5, 2.5) * np.array([np.cos(angle), np.sin(angle)]))
        )
    picks = random.integers(rows.size, size=3)
    line = [
        tuple(middle + 0.5 * (np.array([columns[p] + 0.5, rows[p] + 0.5]) - middle)) for p in picks
    ]
    return {
        "point": Prompt(PromptKind.POINT, True, frame, (tuple(off),)),
        "scribble": Prompt(PromptKind.SCRIBBLE, True, frame, tuple(line)),
        "box": Prompt(PromptKind.BOX, True, frame, box),
        "lasso": Prompt(PromptKind.LASSO, True, frame, tuple(outline)),
    }


def geodesic(values: Values, seeds: seeded.Seeds, spacing: Sequence[float], check: Check) -> Values:
    """Nearer to the structure than to the rest, along ways that change as little as can be."""
    smooth = ndimage.gaussian_filter(values, (0, 0.7, 0.7))
    inside = seeds.inside | (seeds.leaning if not seeds.inside.any() else False)
    outside = (seeds.outside | seeded._rim(values.shape)) & ~inside
    _, contrast = likeness(smooth, inside, outside, seeds.denied, noise_of(values))
    near = geodesic_distance(smooth, inside, spacing, weight=60.0 / contrast)
    far = geodesic_distance(smooth, outside, spacing, weight=60.0 / contrast)
    return (far / (near + far + 1e-6)).astype(np.float32)


def geodesic_likeness(
    values: Values, seeds: seeded.Seeds, spacing: Sequence[float], check: Check
) -> Values:
    """The same through how much each voxel looks like the structure (Bai and Sapiro 2007)."""
    smooth = ndimage.gaussian_filter(values, (0, 0.7, 0.7))
    inside = seeds.inside | (seeds.leaning if not seeds.inside.any() else False)
    outside = (seeds.outside | seeded._rim(values.shape)) & ~inside
    prior, _ = likeness(smooth, inside, outside, seeds.denied, noise_of(values))
    near = geodesic_distance(prior, inside, spacing, weight=80.0)
    far = geodesic_distance(prior, outside, spacing, weight=80.0)
    return (far / (near + far + 1e-6)).astype(np.float32)


def bare_walker(
    values: Values, seeds: seeded.Seeds, spacing: Sequence[float], check: Check
) -> Values:
    """The random walker that knows the seeds alone (Grady 2006)."""
    smooth = ndimage.gaussian_filter(values, (0, 0.7, 0.7))
    inside = seeds.inside | (seeds.leaning if not seeds.inside.any() else False)
    outside = (seeds.outside | seeded._rim(values.shape)) & ~inside
    _, contrast = likeness(smooth, inside, outside, seeds.denied, noise_of(values))
    return random_walk(
        smooth, inside=inside, outside=outside, prior=np.full(values.shape, 0.5, np.float32),
        trust=1e-5, spacing=spacing, sharpness=8.0 / contrast,
    )  # fmt: skip


def grow_cut(values: Values, seeds: seeded.Seeds, spacing: Sequence[float], check: Check) -> Values:
    """Vezhnevets and Konouchine 2005: the stronger neighbour takes the cell."""
    smooth = ndimage.gaussian_filter(values, (0, 0.7, 0.7))
    inside = seeds.inside | (seeds.leaning if not seeds.inside.any() else False)
    outside = (seeds.outside | seeded._rim(values.shape)) & ~inside
    span = float(smooth.max() - smooth.min()) or 1.0
    label = inside.astype(np.float32)
    strength = (inside | outside).astype(np.float32)
    for _ in range(120):
        changed = False
        for axis in range(3):
            keep = 1 - np.abs(np.diff(smooth, axis=axis)) / span
            for to, of in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
                at = (slice(None),) * axis + (to,)
                by = (slice(None),) * axis + (of,)
                attack = keep * strength[by]
                won = attack > strength[at] + 1e-4
                if won.any():
                    changed = True
                    label[at] = np.where(won, label[by], label[at])
                    strength[at] = np.where(won, attack, strength[at])
        if not changed:
            break
    return label


WAYS: dict[str, Callable] = {
    "walker with priors": seeded.decide,
    "walker": bare_walker,
    "geodesic": geodesic,
    "geodesic, likeness": geodesic_likeness,
    "grow-cut": grow_cut,
}


def course(
    way: Callable, case: Case, first: Prompt, count: int, through: bool
) -> tuple[list[float], float]:
    """Dice after each of `count` prompts, and the longest answer in seconds."""
    chosen, seeded.decide = seeded.decide, way
    segmenter, prompts, scores, slowest = seeded.Seeded(), [first], [], 0.0
    truth = case.truth if through else case.truth[[first.frame_index]]
    try:
        for _ in range(count):
            began = time.process_time()
            found = segmenter.segment(
                case, prompts, through_frames=through, check=lambda _share: None
            )
            slowest = max(slowest, time.process_time() - began)
            mask = np.stack([found.on_frame(at, SHAPE[1:]) for at in range(SHAPE[0])])
            mask = mask if through else mask[[first.frame_index]]
            scores.append(dice(mask, truth))
            if scores[-1] >= CONTENT:
                return scores + [scores[-1]] * (count - len(scores)), slowest
            more = correction(truth, mask)
            if not through:
                more = Prompt(more.kind, more.is_positive, first.frame_index, more.points)
            prompts.append(more)
    finally:
        seeded.decide = chosen
    return scores, slowest


def main(kinds: Sequence[str] = ("point", "scribble", "box", "lasso"), seeds: int = 1) -> None:
    """Print the table."""
    every = [(seed, case) for seed in range(seeds) for case in cases(20 * seed)]
    for through in (False, True):
        count = 3 if through else 5
        print(f"\n{'3D' if through else '2D'}: mean Dice after 1 … {count} prompts; longest, CPU s")
        for kind in kinds:
            for name, way in WAYS.items():
                done = [_course_of(way, case, kind, seed, count, through) for seed, case in every]
                mean = np.mean([scores for scores, _ in done], axis=0)
                numbers = " ".join(f"{one:.3f}" for one in mean)
                print(f"{kind:9s} {name:20s} {numbers}  {max(s for _, s in done):.2f}", flush=True)


def _course_of(
    way: Callable[..., Values], case: Case, kind: str, seed: int, count: int, through: bool
) -> tuple[list[float], float]:
    frame = int(case.truth.sum(axis=(1, 2)).argmax())
    return course(way, case, first_prompts(case, frame, seed)[kind], count, through)


if __name__ == "__main__":
    main(sys.argv[1:] or ("point", "scribble", "box", "lasso"))
