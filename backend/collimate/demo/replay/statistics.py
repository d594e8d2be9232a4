"""What a set of replayed curves says: labels to a target, area under the curve, differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from collimate.demo.replay.curves import Curve

TARGETS = (0.90, 0.95)
DRAWS = 4000


@dataclass(frozen=True)
class Reached:
    """Labels needed to reach a share of the full-data score.

    `median` is None where half of the seeds or more never got there; `low` and `high` are the
    smallest and largest count, None for a seed that missed it.
    """

    share: float
    target: float
    counts: tuple[int | None, ...]
    median: float | None
    low: int | None
    high: int | None
    missed: int


@dataclass(frozen=True)
class Difference:
    """Area under the curve minus the baseline's, paired by seed, with a 95 % interval."""

    mean: float
    low: float
    high: float
    better: int
    pair_count: int


def labels_to_reach(curve: Curve, target: float) -> int | None:
    """The first label count whose score, and the next one's, are at the target or above.

    A last score that nothing confirms does not count.
    """
    pairs = pairwise(curve.scores)
    for count, (score, later) in zip(curve.label_counts, pairs, strict=False):
        if score >= target and later >= target:
            return count
    return None


def reached(curves: Sequence[Curve], share: float, full: float) -> Reached:
    """Labels needed over all seeds of one strategy."""
    target = share * full
    counts = tuple(labels_to_reach(curve, target) for curve in curves)
    values = np.array([np.inf if count is None else count for count in counts])
    middle = float(np.median(values)) if len(values) else float("inf")
    found = [count for count in counts if count is not None]
    missed = len(counts) - len(found)
    return Reached(
        share,
        target,
        counts,
        middle if np.isfinite(middle) else None,
        min(found, default=None),
        max(found, default=None) if not missed else None,
        missed,
    )


def area(curve: Curve) -> float:
    """Mean score over the range of label counts (AUBC): area under the curve over its width."""
    if len(curve.scores) < 2:
        return curve.scores[0] if curve.scores else float("nan")
    x = np.array(curve.label_counts, float)
    return float(np.trapezoid(curve.scores, x) / (x[-1] - x[0]))


def difference(curves: Sequence[Curve], baseline: Sequence[Curve]) -> Difference | None:
    """Paired difference of areas; the interval comes from resampling seeds."""
    others = {curve.seed: area(curve) for curve in baseline}
    gains = np.array([area(c) - others[c.seed] for c in curves if c.seed in others])
    if len(gains) == 0:
        return None
    rng = np.random.default_rng(0)
    means = gains[rng.integers(0, len(gains), (DRAWS, len(gains)))].mean(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return Difference(
        float(gains.mean()), float(low), float(high), int((gains > 0).sum()), len(gains)
    )


def band(curves: Sequence[Curve]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Label counts all curves share, and a (3, counts) table of lowest, median, highest score."""
    shared = sorted(set.intersection(*(set(curve.label_counts) for curve in curves)))
    table = np.array(
        [[dict(zip(c.label_counts, c.scores, strict=True))[n] for n in shared] for c in curves]
    )
    return np.array(shared), np.stack([table.min(0), np.median(table, axis=0), table.max(0)])
