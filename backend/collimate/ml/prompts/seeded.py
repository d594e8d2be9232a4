"""Segmenting that needs no model: what looks like the shown places and hangs together with them.

Grey values inside and outside are learned from the prompts alone. A random walker that knows only
the places says how near each voxel is to what was shown rather than to what was denied; a second
one, with both as its priors, decides where the border runs. Chosen by measurement over either
alone, geodesic distances and grow-cut (docs/decisions/0018).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage

from collimate.ml.prompts.appearance import likeness, noise_of
from collimate.ml.prompts.geodesic import geodesic_distance
from collimate.ml.prompts.prompt import Check, Found, Mask, Prompt, Stack, Values, drawn
from collimate.ml.prompts.region import MOST_GROWTHS, Region, region_around
from collimate.ml.prompts.walk import random_walk

TRUST = 0.1
BORDER = 0.15
NOISY = 1.2
"""The deciding walker half stops where values change by these shares of contrast or noise."""
NEAR_SHARPNESS = 6.0
NEAR_STEPS = 100
EDGE_MM = 40.0
"""How many millimetres of way a border of full contrast counts as, to begin with."""
PULL = 6.0
"""What nearness is worth in the logarithm of the odds."""
LEANS = (0.8, 3.0, 6.0)
"""What the inner part of an outline is worth; more where nothing was found: it is not empty."""
FEW = 9
"""Fewer pixels than these say too little of grey values; their neighbours are asked as well."""
PASSES = 2
NOTHING = Found((0, 0, 0), np.zeros((0, 0, 0), dtype=bool))


@dataclass(frozen=True)
class Seeds:
    """Voxels (frame, row, column) that are settled, and those that outlines lean towards.

    `denied` is the part of `outside` that was touched itself; `lean` is how much leaning counts.
    """

    inside: Mask
    outside: Mask
    leaning: Mask
    denied: Mask
    lean: float = LEANS[0]


class Seeded:
    """Prompts to mask by the random walker; see the module."""

    name = "seeded-walker"
    version = "1"

    def segment(
        self, stack: Stack, prompts: Sequence[Prompt], *, through_frames: bool, check: Check
    ) -> Found:
        """See `Segmenter`. Nothing is found without a positive prompt."""
        if not through_frames and prompts:
            frame_index = prompts[-1].frame_index
            prompts = [one for one in prompts if one.frame_index == frame_index]
        if not any(prompt.is_positive for prompt in prompts):
            return NOTHING
        for growth in range(MOST_GROWTHS + 1):
            region = region_around(stack, prompts, through_frames=through_frames, growth=growth)
            found = _within(region, stack, prompts, check)
            if not region.runs_over(found, stack, through_frames=through_frames):
                break
        return Found(region.low, found)


def _within(region: Region, stack: Stack, prompts: Sequence[Prompt], check: Check) -> Mask:
    check(0.0)
    seeds = seeds_in(region, prompts)
    if not (seeds.inside | seeds.leaning).any():
        return np.zeros(region.widened_shape, dtype=bool)
    values = region.values(stack)
    spacing = region.spacing_mm(stack)
    mask = np.zeros(region.widened_shape, dtype=bool)
    for lean in LEANS:
        chance = decide(values, replace(seeds, lean=lean), spacing, check)
        mask = _held_together(region.widened(chance) > 0.5, region, prompts)
        if mask.any():
            break
    return mask


def decide(values: Values, seeds: Seeds, spacing: Sequence[float], check: Check) -> Values:
    """The chance that each voxel belongs to the structure."""
    noise = noise_of(values)
    smooth = ndimage.gaussian_filter(values, (0, 0.7, 0.7))
    inside, outside = seeds.inside | seeds.leaning, seeds.outside | _rim(values.shape)
    if inside.sum() < FEW:
        inside = ndimage.binary_dilation(inside, np.ones((1, 3, 3), dtype=bool))
    pull: Values | None = None
    for turn in range(PASSES):
        prior, contrast = likeness(smooth, inside, outside & ~inside, seeds.denied, noise)
        if pull is None:
            near = _nearness(smooth / contrast, seeds, spacing, check)
            pull = seeds.lean * seeds.leaning + PULL * near
        odds = np.log(prior / (1 - prior)) + pull
        chance = random_walk(
            smooth / max(BORDER * contrast, NOISY * noise),
            inside=seeds.inside,
            outside=seeds.outside & ~seeds.inside,
            prior=(1 / (1 + np.exp(-odds))).astype(np.float32),
            trust=TRUST,
            spacing=spacing,
            sharpness=1.0,
            check=check,
        )
        mask = chance > 0.5
        if turn + 1 < PASSES and mask.any():
            inside, outside = mask, ~mask
    return chance


def _nearness(values: Values, seeds: Seeds, spacing: Sequence[float], check: Check) -> Values:
    """From -1 at what was denied to 1 at what was shown; 0 where nothing was denied."""
    shown = seeds.inside if seeds.inside.any() else seeds.leaning
    if not seeds.denied.any() or not shown.any():
        return np.zeros(values.shape, dtype=np.float32)
    near, far = (
        geodesic_distance(values, touched, spacing, weight=EDGE_MM, rounds=2)
        for touched in (shown, seeds.denied)
    )
    chance = random_walk(
        values,
        inside=shown,
        outside=seeds.denied,
        prior=far / (near + far + np.float32(1e-6)),
        trust=1e-4,
        spacing=spacing,
        sharpness=NEAR_SHARPNESS,
        most_steps=NEAR_STEPS,
        check=check,
    )
    return 2 * chance - 1


def seeds_in(region: Region, prompts: Sequence[Prompt]) -> Seeds:
    """What the prompts settle; where two speak of one voxel, the later one holds."""
    inside, outside, leaning, denied = (np.zeros(region.shape, dtype=bool) for _ in range(4))
    first = region.low[1], region.low[2]
    size = region.high[1] - region.low[1], region.high[2] - region.low[2]
    for prompt in prompts:
        at = prompt.frame_index - region.low[0]
        if not 0 <= at < region.shape[0]:
            continue
        covered = region.thinned(drawn(prompt, first, size))
        if prompt.is_around and prompt.is_positive:
            outside[at] |= ~covered
            leaning[at] |= _heart(covered)
            wide = ndimage.binary_dilation(covered, iterations=3)
            for other in range(region.shape[0]):
                if other != at:
                    outside[other] |= ~wide
        elif prompt.is_positive:
            inside[at] |= covered
            outside[at] &= ~covered
            denied[at] &= ~covered
        else:
            outside[at] |= covered
            denied[at] |= covered
            inside[at] &= ~covered
    return Seeds(inside, outside, leaning & ~outside, denied)


def _heart(covered: Mask) -> Mask:
    """The inner part of an outline."""
    depth = ndimage.distance_transform_edt(covered)
    return depth > 0.4 * depth.max() if covered.any() else covered


def _rim(shape: tuple[int, ...]) -> Mask:
    """The outermost rows and columns."""
    rim = np.ones(shape, dtype=bool)
    rim[:, 2:-2, 2:-2] = False
    return rim


def _held_together(mask: Mask, region: Region, prompts: Sequence[Prompt]) -> Mask:
    """Only the parts positive prompts touch, without holes; an outline keeps its largest part."""
    parts, count = ndimage.label(mask)
    if count == 0:
        return mask
    first, size = (region.low[1], region.low[2]), mask.shape[1:]
    kept: set[int] = set()
    for prompt in prompts:
        at = prompt.frame_index - region.low[0]
        if not prompt.is_positive or not 0 <= at < mask.shape[0]:
            continue
        met = np.bincount(parts[at][drawn(prompt, first, (size[0], size[1]))], minlength=count + 1)
        met[0] = 0
        if prompt.is_around and met.any():
            kept.add(int(met.argmax()))
        elif not prompt.is_around:
            kept.update(np.flatnonzero(met).tolist())
    held = np.isin(parts, list(kept))
    return np.stack([ndimage.binary_fill_holes(one) for one in held])
