"""Ask, spread over the pool, where the answer changes when features go missing."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.herding import squared_distances
from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.random import select as select_at_random

CANDIDATES_PER_PICK = 25
BLOCK = 4_096
FITTED_ON = 10_000


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Cluster the items whose answer differs in more than half of the draws; nearest to a centre.

    `pool.draws` hold the head's answers under dropout. Where fewer than 25 items a pick waver,
    fewer changes suffice. At random without draws. Centres are found on 10,000 candidates at most.
    Cost: O(candidates x k x width). Source: Gupte et al., "Revisiting active learning in the era
    of vision foundation models", TMLR 2024.
    """
    if pool.draws is None or pool.probabilities is None or k == 0:
        return select_at_random(pool, k, rng)
    candidates = _wavering(pool, CANDIDATES_PER_PICK * k, rng)
    pickable = pool.pickable
    picks: list[int] = []
    while len(picks) < k and pickable.any():
        left = candidates[pickable[candidates]]
        if len(left) == 0:
            left = np.flatnonzero(pickable)
        for chosen in _central(pool.z[left], k - len(picks), rng):
            index = int(left[chosen])
            if pickable[index] and len(picks) < k:
                picks.append(index)
                pickable &= ~pool.same_patient(index)
    return np.array(picks, dtype=np.int64)


def _wavering(
    pool: PoolView, wanted: int, rng: np.random.Generator
) -> Int[np.ndarray, " candidates"]:
    changes = np.zeros(len(pool), dtype=np.int64)
    usual = _answer(np.asarray(pool.probabilities), pool.multi_label)
    draws = [] if pool.draws is None else list(pool.draws)
    for draw in draws:
        changes += (_answer(draw, pool.multi_label) != usual).any(axis=1)
    for least in range(len(draws) // 2 + 1, 0, -1):
        found = np.flatnonzero(pool.pickable & (changes >= least))
        if len(found) >= wanted:
            return found
    pickable = np.flatnonzero(pool.pickable)
    chance = rng.random(len(pickable))
    return pickable[np.lexsort((chance, -changes[pickable]))[:wanted]]


def _answer(p: np.ndarray, multi_label: bool) -> np.ndarray:
    return p >= 0.5 if multi_label else p.argmax(axis=1)[:, None]


def _central(z: np.ndarray, k: int, rng: np.random.Generator) -> Int[np.ndarray, " chosen"]:
    """Return the item nearest to each of k centres, largest cluster first."""
    from sklearn.cluster import KMeans

    some = z if len(z) <= FITTED_ON else z[rng.choice(len(z), FITTED_ON, replace=False)]
    distinct = len(np.unique(some, axis=0))
    model = KMeans(min(k, distinct), n_init=1, random_state=int(rng.integers(2**31))).fit(some)
    centres = model.cluster_centers_.astype(np.float32)
    nearest = np.full(len(centres), -1)
    closest = np.full(len(centres), np.inf)
    for start in range(0, len(z), BLOCK):
        squared = squared_distances(z[start : start + BLOCK], centres)
        best = squared.min(axis=0)
        better = best < closest
        nearest[better] = start + squared.argmin(axis=0)[better]
        closest[better] = best[better]
    sizes = np.bincount(model.labels_, minlength=len(centres))
    return nearest[np.argsort(-sizes, kind="stable")]
