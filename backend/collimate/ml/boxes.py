"""Judge boxes: which were found, average precision, and sensitivity at false marks per image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int, Shaped

from collimate.ml.metrics import DRAWS, Estimate, bounded

HIT = 0.3
"""Intersection over union from which a box counts as found: readers' boxes of a finding seldom
agree better."""
FALSE_MARKS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Mean false marks per image at which FROC is read. Source: LUNA16, van Ginneken et al., 2010."""

Corners = Sequence[Sequence[float]]
"""Smallest and largest corner, (x, y) each."""


def iou(one: Corners, other: Corners) -> float:
    """Shared area over joint area."""
    width = min(one[1][0], other[1][0]) - max(one[0][0], other[0][0])
    height = min(one[1][1], other[1][1]) - max(one[0][1], other[0][1])
    shared = max(0.0, width) * max(0.0, height)
    joint = _area(one) + _area(other) - shared
    return shared / joint if joint > 0 else 0.0


def _area(box: Corners) -> float:
    return max(0.0, box[1][0] - box[0][0]) * max(0.0, box[1][1] - box[0][1])


def matched(reference: Sequence[Corners], said: Sequence[Corners]) -> dict[int, int]:
    """Which said box (key, in the given order: best first) found which reference box, each once."""
    free = set(range(len(reference)))
    found = {}
    for number, box in enumerate(said):
        best = max(free, key=lambda at: iou(reference[at], box), default=None)
        if best is not None and iou(reference[best], box) >= HIT:
            found[number] = best
            free.discard(best)
    return found


def f1_of(hits: int, drawn: int, wanted: int) -> float | None:
    """Twice the hits over all boxes of both sides; None where there is none."""
    return 2.0 * hits / (drawn + wanted) if drawn + wanted else None


@dataclass(frozen=True)
class Findings:
    """All said boxes of one class on some cases: score, hit or not, and the case (row) of each;
    per case how many boxes were to be found, and on how many images.
    """

    scores: Float64[np.ndarray, " boxes"]
    hits: Float64[np.ndarray, " boxes"]
    cases: Int[np.ndarray, " boxes"]
    wanted: Int[np.ndarray, " cases"]
    images: Int[np.ndarray, " cases"]

    @property
    def ordered(self) -> Int[np.ndarray, " boxes"]:
        """The boxes, the likeliest first."""
        return np.argsort(-self.scores, kind="stable")


def average_precision(
    own: Findings, patients: Shaped[np.ndarray, " cases"], *, seed: int = 0
) -> Estimate:
    """The area under the precision envelope over recall, resampling whole patients.

    Not defined where nothing was to be found; n counts boxes to be found. Source: Everingham et
    al., "The PASCAL VOC challenge: a retrospective", IJCV 2015.
    """
    people, person_of = np.unique(patients, return_inverse=True)
    total = int(own.wanted.sum())
    if total == 0:
        return Estimate(None, None, None, 0)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), size=DRAWS)
    weights = times[:, person_of].astype(np.float64)
    return bounded(
        float(_areas(own, np.ones((1, len(patients))))[0]),
        _areas(own, weights),
        n=total,
        patients=len(np.unique(patients[own.wanted > 0])),
    )


def _areas(
    own: Findings, weights: Float64[np.ndarray, "draws cases"]
) -> Float64[np.ndarray, " draws"]:
    """The area where each case counts so many times; NaN where nothing is to be found."""
    order = own.ordered
    times = weights[:, own.cases[order]]
    found = np.cumsum(times * own.hits[order], axis=1)
    drawn = np.cumsum(times, axis=1)
    wanted = weights @ own.wanted
    precision = np.divide(found, drawn, out=np.zeros_like(found), where=drawn > 0)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    gained = np.diff(found, axis=1, prepend=0.0)
    area = (gained * envelope).sum(axis=1)
    return np.divide(area, wanted, out=np.full(len(area), np.nan), where=wanted > 0)


def froc(own: Findings) -> list[float] | None:
    """The share found at each number of false marks per image in `FALSE_MARKS`."""
    wanted, images = int(own.wanted.sum()), int(own.images.sum())
    if wanted == 0 or images == 0:
        return None
    hits = own.hits[own.ordered]
    found, false = np.cumsum(hits), np.cumsum(1.0 - hits)
    return [float(found[false <= rate * images].max(initial=0.0) / wanted) for rate in FALSE_MARKS]
