"""Ask for the most typical item of every cluster not yet known."""

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.strategies.herding import squared_distances
from collimate.ml.strategies.pool import PoolView

MAX_CLUSTERS = 500
NEIGHBOURS = 20
SMALLEST_CLUSTER = 5
LARGEST_COMPARED = 2_000
EXACT_UP_TO = 5_000
FITTED_ON = 50_000


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Visit clusters with fewest labels, then the largest, and pick the densest item of each.

    As many clusters as labels plus picks, at most 500, whose centres are found on 50,000 items at
    most; those below 5 items come last. Cost: O(items x clusters x width). Source: Hacohen et al.,
    "Active learning on a budget", ICML 2022.
    """
    if len(pool) == 0 or k == 0:
        return np.zeros(0, dtype=np.int64)
    cluster = _clusters(pool, k, rng)
    sizes = np.bincount(cluster)
    known = np.bincount(cluster[pool.labelled], minlength=len(sizes))
    typicality = np.full(len(pool), np.nan)
    pickable = pool.pickable
    picks: list[int] = []
    while len(picks) < k and pickable.any():
        left = np.bincount(cluster[pickable], minlength=len(sizes))
        usable = np.flatnonzero(left > 0)
        number = min(
            usable.tolist(), key=lambda c: (sizes[c] < SMALLEST_CLUSTER, known[c], -sizes[c])
        )
        members = np.flatnonzero(cluster == number)
        if np.isnan(typicality[members[0]]):
            typicality[members] = _typicality(pool.z[members], rng)
        members = members[pickable[members]]
        chosen = int(members[typicality[members].argmax()])
        picks.append(chosen)
        known[number] += 1
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)


def _clusters(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " items"]:
    from sklearn.cluster import KMeans, MiniBatchKMeans

    count = min(int(pool.labelled.sum()) + k, MAX_CLUSTERS)
    seed = int(rng.integers(2**31))
    if len(pool) > EXACT_UP_TO:
        method, some = MiniBatchKMeans, rng.permutation(len(pool))[:FITTED_ON]
    else:
        method, some = KMeans, np.arange(len(pool))
        count = min(count, len(np.unique(pool.z, axis=0)))
    fitted = method(count, n_init=1, random_state=seed).fit(pool.z[some])
    return fitted.predict(pool.z).astype(np.int64)


def _typicality(z: np.ndarray, rng: np.random.Generator) -> Float64[np.ndarray, " members"]:
    """Return 1 over the mean distance to the 20 nearest members (of a sample when many)."""
    if len(z) < 2:
        return np.zeros(len(z))
    others = z
    if len(z) > LARGEST_COMPARED:
        others = z[rng.choice(len(z), LARGEST_COMPARED, replace=False)]
    near = min(NEIGHBOURS, len(others) - 1)
    distance = np.sqrt(np.partition(squared_distances(z, others), near, axis=1)[:, : near + 1])
    return 1.0 / (distance.sum(axis=1) / near + 1e-6)
