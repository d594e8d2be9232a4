"""Acquisition functions of probabilities; a higher score means ask sooner."""

import numpy as np
from jaxtyping import Float64

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
    p = _known(pool)
    if pool.multi_label:
        return (1.0 - np.abs(2.0 * p - 1.0)).mean(axis=1)
    if p.shape[1] < 2:
        return np.zeros(len(p))
    highest = np.partition(p, -2, axis=1)[:, -2:]
    return 1.0 - (highest[:, 1] - highest[:, 0])


def entropy_scores(pool: PoolView) -> Float64[np.ndarray, " items"]:
    """Return the entropy in nats; for multi-label the mean of the binary entropies."""
    p = np.clip(_known(pool), 1e-12, 1.0)
    own = -(p * np.log(p))
    if pool.multi_label:
        no = np.clip(1.0 - p, 1e-12, 1.0)
        return (own - no * np.log(no)).mean(axis=1)
    return own.sum(axis=1)


def _known(pool: PoolView) -> Float64[np.ndarray, "items classes"]:
    if pool.probabilities is None:
        raise PoolUnusable("This strategy needs a model's probabilities.")
    return np.asarray(pool.probabilities, dtype=np.float64)
