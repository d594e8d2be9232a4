"""Ask first where the two likeliest answers are close."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest
from collimate.ml.strategies.random import select as select_at_random
from collimate.ml.strategies.scores import margin_scores


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Pick the k highest scores; at random while there is no model. Cost: O(items x classes)."""
    if pool.probabilities is None:
        return select_at_random(pool, k, rng)
    return take_highest(pool, margin_scores(pool) * pool.thrift, k, rng)
