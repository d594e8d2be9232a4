"""Ask for the items that stand for most of what the model is unsure of: the default."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.herding import cover, radius_of
from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.scores import margin_scores


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Cover the pool, each item weighing as much as its answer is uncertain.

    MaxHerding serves until there are two labels per class or three times as many labels as
    classes. The radius is that of MaxHerding throughout, unlike in the paper, where it is the
    smallest distance between labelled items: that shrinks to the distance of the closest pair,
    and then a pick stands for itself alone (docs/decisions/0016). Cost: O(items^2 x width),
    capped. Source: Bae et al., "Uncertainty herding", ICLR 2025, written from the objective.
    """
    if pool.probabilities is None or not enough_labels(pool):
        return select_by_max_herding(pool, k, rng)
    weights = np.where(pool.labelled, 0.0, margin_scores(pool))
    return cover(pool, weights, radius_of(pool, rng), k, rng)


def enough_labels(pool: PoolView) -> bool:
    """Say whether the head has seen enough for its doubts to mean something."""
    counts = pool.class_counts
    if counts is None:
        return True
    return bool(counts.min() >= 2 or counts.sum() >= 3 * len(counts))
