"""Margin with chance mixed in, so that a large batch does not ask the same thing again."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest
from collimate.ml.strategies.random import select as select_at_random
from collimate.ml.strategies.scores import margin_scores, powered


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Draw without replacement with chances in proportion to the margin score.

    At random while there is no model. Cost: O(items x classes). Source: Kirsch et al.,
    "Stochastic batch acquisition", TMLR 2023, arXiv 2106.12059 (PowerMargin, beta = 1).
    """
    if pool.probabilities is None:
        return select_at_random(pool, k, rng)
    return take_highest(pool, powered(margin_scores(pool) * pool.thrift, rng), k, rng)
