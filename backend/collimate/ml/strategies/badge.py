"""Ask for items whose answers would move the model far and in different directions."""

import numpy as np
from jaxtyping import Float, Float32, Int

from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.random import select as select_at_random


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Seed k-means++ among the gradients (p - onehot of the likeliest) x z, longest first.

    At random while there is no model. The gradients are never built: their products are products
    of their two factors, so memory is O(items x (classes + width)). Cost: O(items x k x (classes +
    width)). Source: Ash et al., "Deep batch active learning by diverse, uncertain gradient lower
    bounds", ICLR 2020, arXiv 1906.03671.
    """
    if pool.probabilities is None:
        return select_at_random(pool, k, rng)
    push = pushes(pool)
    length = np.einsum("nc,nc->n", push, push) * np.einsum("nd,nd->n", pool.z, pool.z)
    apart = length.astype(np.float64)
    pickable = pool.pickable
    picks: list[int] = []
    while len(picks) < k and pickable.any():
        chance = np.where(pickable, apart * pool.thrift, 0.0)
        chosen = _drawn(chance, pickable, rng) if picks else _longest(chance, pickable, rng)
        picks.append(chosen)
        product = (push @ push[chosen]) * (pool.z @ pool.z[chosen])
        distance = np.maximum(length + length[chosen] - 2.0 * product, 0.0)
        np.minimum(apart, distance, out=apart)
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)


def pushes(pool: PoolView) -> Float32[np.ndarray, "items classes"]:
    """Return how far the likeliest answer would move each logit, with its sign."""
    p = np.asarray(pool.probabilities, dtype=np.float32)
    if pool.multi_label:
        return p - (p >= 0.5)
    push = p.copy()
    push[np.arange(len(p)), p.argmax(axis=1)] -= 1.0
    return push


def _longest(
    chance: Float[np.ndarray, " items"], pickable: np.ndarray, rng: np.random.Generator
) -> int:
    best = np.flatnonzero(pickable & (chance >= chance.max()))
    return int(rng.choice(best))


def _drawn(
    chance: Float[np.ndarray, " items"], pickable: np.ndarray, rng: np.random.Generator
) -> int:
    total = chance.sum()
    # What single precision leaves of equal gradients is not a difference.
    if total <= 1e-6 * max(1.0, float(pickable.sum())) * 1e-3:
        return int(rng.choice(np.flatnonzero(pickable)))
    return int(rng.choice(len(chance), p=chance / total))
