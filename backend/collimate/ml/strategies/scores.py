"""Acquisition functions of probabilities; a higher score means ask sooner."""

import numpy as np
from jaxtyping import Float, Float64

from collimate.ml.strategies.pool import PoolUnusable, PoolView


def least_confidence_scores(pool: PoolView) -> Float64[np.ndarray, " items"]:
    """Return 1 minus the highest probability; for multi-label the mean over labels of the
    distance from certainty, 2 min(q, 1 - q). In [0, 1].
    """
    p = _known(pool)
    return margin_scores(pool) if pool.multi_label else 1.0 - p.max(axis=1)


def margin_scores(pool: PoolView) -> Float64[np.ndarray, " items"]:
    """Return 1 minus the gap between the two highest probabilities; for multi-label the mean of
    1 - |2q - 1|. In [0, 1].
    """
    return margins(_known(pool), pool.multi_label)


def margins(p: Float[np.ndarray, "items classes"], multi_label: bool) -> np.ndarray:
    """Return the same of any table of probabilities."""
    p = np.asarray(p, dtype=np.float64)
    if multi_label:
        return (1.0 - np.abs(2.0 * p - 1.0)).mean(axis=1)
    if p.shape[1] < 2:
        return np.zeros(len(p))
    highest = np.partition(p, -2, axis=1)[:, -2:]
    return 1.0 - (highest[:, 1] - highest[:, 0])


def entropy_scores(pool: PoolView) -> Float64[np.ndarray, " items"]:
    """Return the entropy in nats; for multi-label the mean of the binary entropies."""
    return entropies(_known(pool), pool.multi_label)


def bald_scores(pool: PoolView) -> Float64[np.ndarray, " items"]:
    """Return the mutual information between answer and model in nats: the entropy of the mean
    minus the mean entropy of the draws; for multi-label its mean over labels. Never below 0.
    """
    if pool.draws is None:
        raise PoolUnusable("This strategy needs several draws of the probabilities.")
    mean = np.zeros(pool.draws.shape[1:])
    own = np.zeros(len(pool))
    for draw in pool.draws:
        mean += np.asarray(draw, dtype=np.float64) / len(pool.draws)
        own += entropies(draw, pool.multi_label) / len(pool.draws)
    return np.maximum(entropies(mean, pool.multi_label) - own, 0.0)


def powered(
    scores: Float64[np.ndarray, " items"], rng: np.random.Generator, beta: float = 1.0
) -> Float64[np.ndarray, " items"]:
    """Return ln s + Gumbel(0, 1/beta): the highest k are a draw without replacement with chances
    in proportion to s to the power of beta. A score of 0 comes last.
    """
    return np.log(np.maximum(scores, 1e-30)) + rng.gumbel(0.0, 1.0 / beta, len(scores))


def entropies(p: Float[np.ndarray, "items classes"], multi_label: bool) -> np.ndarray:
    """Return the entropy of each row in nats; for multi-label the mean of its binary entropies."""
    yes = np.clip(np.asarray(p, dtype=np.float64), 1e-12, 1.0)
    own = -(yes * np.log(yes))
    if multi_label:
        no = np.clip(1.0 - yes, 1e-12, 1.0)
        return (own - no * np.log(no)).mean(axis=1)
    return own.sum(axis=1)


def _known(pool: PoolView) -> Float64[np.ndarray, "items classes"]:
    if pool.probabilities is None:
        raise PoolUnusable("This strategy needs a model's probabilities.")
    return np.asarray(pool.probabilities, dtype=np.float64)
