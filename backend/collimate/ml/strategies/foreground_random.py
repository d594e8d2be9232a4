"""Ask at random, but a part of it where something is to be seen: the fair baseline for masks."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest
from collimate.ml.strategies.random import select as select_at_random

FOREGROUND_SHARE = 1 / 3


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Take a third of the picks, at random, from items thought to show foreground; the rest from
    all items. Cost: O(items). Source: Luth et al., "nnActive", TMLR 2025, arXiv 2511.19183.
    """
    if pool.foreground is None:
        return select_at_random(pool, k, rng)
    inside = take_highest(
        pool.without(~pool.foreground), np.zeros(len(pool)), round(FOREGROUND_SHARE * k), rng
    )
    rest = select_at_random(pool.barring(inside), k - len(inside), rng)
    return np.concatenate([inside, rest])
