"""Ask at random: the order every other strategy is measured against."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Pick k items, each with the same chance. Cost: O(items)."""
    return take_highest(pool, np.zeros(len(pool)), k, rng)
