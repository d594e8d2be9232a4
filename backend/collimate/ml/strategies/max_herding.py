"""Ask for the items that stand for most others: the best start while nothing is known."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.herding import cover, radius_of
from collimate.ml.strategies.pool import PoolView


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Cover the pool evenly; looks at features only. Cost: O(items^2 x width), capped.

    Source: Bae et al., ECCV 2024 (MaxHerding), written from the objective.
    """
    return cover(pool, np.ones(len(pool)), radius_of(pool, rng), k, rng)
