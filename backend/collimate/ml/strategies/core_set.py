"""Ask for the item farthest from everything known, again and again."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.herding import nearest_squared, squared_distances
from collimate.ml.strategies.pool import PoolView


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Greedy k-centre; without labels it starts at the item nearest the mean.

    Deterministic but for ties. Cost: O(items x (labelled + k) x width). Source: Sener and
    Savarese, "Active learning for convolutional neural networks", ICLR 2018.
    """
    z, pickable = pool.z, pool.pickable
    known = pool.z[pool.labelled]
    distance = nearest_squared(z, known)
    length = np.einsum("nd,nd->n", z, z)
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
        # One product per pick: the lengths do not change.
        apart = length + (length[chosen] - 2.0 * (z @ z[chosen]))
        np.minimum(distance, np.maximum(apart, 0.0, out=apart), out=distance)
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)
