"""Ask for the item farthest from everything known, again and again."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.herding import BLOCK, squared_distances
from collimate.ml.strategies.pool import PoolView


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Greedy k-centre; without labels it starts at the item nearest the mean.

    Deterministic but for ties. Cost: O(items x (labelled + k) x width). Source: Sener and
    Savarese, "Active learning for convolutional neural networks", ICLR 2018.
    """
    z, pickable = pool.z, pool.pickable
    distance = np.full(len(pool), np.inf, dtype=np.float32)
    known = pool.z[pool.labelled]
    for start in range(0, len(known), BLOCK):
        block = squared_distances(z, known[start : start + BLOCK])
        np.minimum(distance, block.min(axis=1), out=distance)
    if len(known) == 0:
        centre = z.mean(axis=0, keepdims=True, dtype=np.float32)
        distance = -squared_distances(z, centre)[:, 0]
    picks: list[int] = []
    while len(picks) < k and pickable.any():
        farthest = np.where(pickable, distance, -np.inf)
        chosen = int(rng.choice(np.flatnonzero(farthest == farthest.max())))
        if not picks and len(known) == 0:
            distance = np.full(len(pool), np.inf, dtype=np.float32)
        picks.append(chosen)
        np.minimum(distance, squared_distances(z, z[[chosen]])[:, 0], out=distance)
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)
