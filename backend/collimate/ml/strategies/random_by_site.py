"""Ask at random, the same number from every site as far as each site reaches."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView, take_highest


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Deal picks to the sites in turn, at random within each. Cost: O(items log items)."""
    sites = np.zeros(len(pool)) if pool.sites is None else np.asarray(pool.sites)
    shuffled = rng.permutation(len(pool))
    shuffled = shuffled[pool.pickable[shuffled]]
    turn = np.zeros(len(pool))
    for site in np.unique(sites):
        members = shuffled[sites[shuffled] == site]
        turn[members] = np.arange(len(members))
    return take_highest(pool, -turn, k, rng)
