"""Herding that looks farther out as long as some classes have few answers."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.herding import heaviest_and_some, nearest_squared, squared_distances
from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.scores import margin_scores
from collimate.ml.strategies.uncertainty_herding import enough_labels
from collimate.ml.strategies.uncertainty_herding import select as select_by_uncertainty_herding

FARTHER_OUT = 8.0
"""Share of a batch that looks farther out, per unit of unevenness; at most all of it."""
TYPICAL_FIRST = 10
"""So many items of the first batch are to be typical; the others lie as far out as can be."""


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Pick what is doubtful and unlike anything known, as far as classes are uneven; cover the
    doubt of the pool (Uncertainty Herding) with the rest.

    Coverage asks for what is typical of many; a rare class is typical of few, and lies where
    nothing is known yet. Until the head has seen enough MaxHerding serves, and the first batch
    goes far out as well. Cost as Uncertainty Herding. Measured in docs/decisions/0026 and 0030.
    """
    if pool.probabilities is None or not enough_labels(pool):
        return _begin(pool, k, rng)
    doubt = margin_scores(pool)
    out = _farthest(pool, doubt, round(k * min(1.0, FARTHER_OUT * unevenness(pool))), rng)
    rest = pool.barring(out).knowing(out)
    return np.concatenate([out, select_by_uncertainty_herding(rest, k - len(out), rng)])


def unevenness(pool: PoolView) -> float:
    """Return the share of classes that the answers so far do as good as without: 0 where they
    come equally often, towards 1 where they are nearly all of one class. 0 where an item may have
    several answers, of which this was not measured.

    It is 1 - exp(H) / classes with H the entropy of the answers, corrected for their number:
    few answers always look uneven. Source: Miller, "Note on the bias of information estimates",
    1955.
    """
    counts = pool.class_counts
    if counts is None or pool.multi_label or counts.sum() == 0:
        return 0.0
    shares = counts[counts > 0] / counts.sum()
    entropy = -(shares * np.log(shares)).sum() + (len(counts) - 1) / (2.0 * counts.sum())
    return float(np.clip(1.0 - np.exp(entropy) / len(counts), 0.0, 1.0))


def _begin(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Pick before the head can be asked. The first batch goes far out once ten items are known
    that are not: what is typical alone is mostly of the common class.

    Where items may have several answers MaxHerding serves; there this was not measured.
    """
    still = TYPICAL_FIRST - int(np.count_nonzero(pool.labelled))
    if still <= 0 or k <= still or pool.multi_label:
        return select_by_max_herding(pool, k, rng)
    typical = select_by_max_herding(pool, still, rng)
    rest = pool.barring(typical).knowing(typical)
    return np.concatenate([typical, _farthest(rest, np.ones(len(pool)), k - still, rng)])


def _farthest(
    pool: PoolView, doubt: np.ndarray, k: int, rng: np.random.Generator
) -> Int[np.ndarray, " picks"]:
    """Pick one by one the highest squared distance to what is known, times doubt (margin)."""
    doubt = np.where(pool.labelled, 0.0, doubt)
    candidates = heaviest_and_some(pool, doubt, rng)
    z = pool.z[candidates]
    away = nearest_squared(z, pool.z[pool.labelled])
    worth = doubt[candidates] * pool.thrift[candidates]
    free = np.ones(len(candidates), dtype=bool)
    picks: list[int] = []
    while len(picks) < k and free.any():
        chosen = int(np.where(free, away * worth, -1.0).argmax())
        picks.append(int(candidates[chosen]))
        np.minimum(away, squared_distances(z, z[[chosen]])[:, 0], out=away)
        free &= ~pool.same_patient(picks[-1])[candidates]
    return np.array(picks, dtype=np.int64)
