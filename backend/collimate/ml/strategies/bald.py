"""Ask where several models are each sure and do not agree."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest
from collimate.ml.strategies.random import select as select_at_random
from collimate.ml.strategies.scores import bald_scores


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Pick the k highest mutual informations; at random without draws.

    Cost: O(draws x items x classes). Source: Houlsby et al., "Bayesian active learning for
    classification and preference learning", 2011, arXiv 1112.5745.
    """
    if pool.draws is None:
        return select_at_random(pool, k, rng)
    return take_highest(pool, bald_scores(pool) * pool.thrift, k, rng)
