"""BALD with chance mixed in: batches as varied as BatchBALD's, at the price of BALD."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest
from collimate.ml.strategies.random import select as select_at_random
from collimate.ml.strategies.scores import bald_scores, powered


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Draw without replacement with chances in proportion to the mutual information.

    At random without draws. Cost: O(draws x items x classes). Source: Kirsch et al.,
    "Stochastic batch acquisition", TMLR 2023, arXiv 2106.12059 (PowerBALD, beta = 1).
    """
    if pool.draws is None:
        return select_at_random(pool, k, rng)
    return take_highest(pool, powered(bald_scores(pool) * pool.thrift, rng), k, rng)
