"""Follow known positives of rare classes to their neighbours; herd with the rest of the batch."""

import numpy as np
from jaxtyping import Int

from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.uncertainty_herding import select as select_by_herding

LANE_SHARE = 0.3
MOST_PER_ANCHOR = 5
MOST_ANCHORS = 64
NEIGHBOURS = 50
BLOCK = 65_536


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Fill up to 30 % of the batch from neighbours of positives, the rest by uncertainty herding.

    Anchors are labelled positives of classes with less than an even share of labels. Of the 50
    neighbours of each the one likeliest to be of its class comes first, the anchors take turns,
    none more than 5 times. Cost: O(items x anchors x width), 64 anchors at most. Source: Coleman
    et al., "Similarity search for efficient active learning and search of rare concepts", AAAI
    2022, arXiv 2007.00077 (SEALS).
    """
    lane = lane_picks(pool, round(LANE_SHARE * k), rng)
    rest = pool.barring(lane).knowing(lane)
    return np.concatenate([lane, select_by_herding(rest, k - len(lane), rng)])


def lane_picks(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Return at most k picks of the lane; none while no rare class has a positive."""
    anchors, classes = _anchors(pool, rng)
    if k == 0 or len(anchors) == 0:
        return np.zeros(0, dtype=np.int64)
    near = neighbours(pool.z, anchors, pool.pickable)
    queues = [
        row[np.argsort(-_likely(pool, row, label), kind="stable")]
        for row, label in zip(near, classes, strict=True)
    ]
    pickable = pool.pickable
    picks: list[int] = []
    for _ in range(MOST_PER_ANCHOR):
        for queue in queues:
            free = queue[pickable[queue]]
            if len(free) == 0 or len(picks) == k:
                continue
            picks.append(int(free[0]))
            pickable &= ~pool.same_patient(int(free[0]))
    return np.array(picks, dtype=np.int64)


def neighbours(
    z: np.ndarray, anchors: Int[np.ndarray, " anchors"], usable: np.ndarray
) -> list[np.ndarray]:
    """Return the usable items nearest to each anchor, nearest first, at most 50 each."""
    best_items = np.zeros((len(anchors), 0), dtype=np.int64)
    best_scores = np.zeros((len(anchors), 0), dtype=np.float32)
    places = np.flatnonzero(usable)
    for start in range(0, len(places), BLOCK):
        block = places[start : start + BLOCK]
        scores = np.concatenate([best_scores, z[anchors] @ z[block].T], axis=1)
        items = np.concatenate([best_items, np.tile(block, (len(anchors), 1))], axis=1)
        top = np.argsort(-scores, axis=1, kind="stable")[:, :NEIGHBOURS]
        best_scores = np.take_along_axis(scores, top, axis=1)
        best_items = np.take_along_axis(items, top, axis=1)
    return list(best_items)


def _anchors(
    pool: PoolView, rng: np.random.Generator
) -> tuple[Int[np.ndarray, " anchors"], Int[np.ndarray, " anchors"]]:
    empty = np.zeros(0, dtype=np.int64)
    if pool.answers is None:
        return empty, empty
    yes = (pool.answers == 1) & pool.labelled[:, None]
    counts = yes.sum(axis=0)
    rare = np.flatnonzero((counts > 0) & (counts <= counts.mean()))
    items, classes = np.nonzero(yes[:, rare])
    if len(items) > MOST_ANCHORS:
        kept = rng.choice(len(items), MOST_ANCHORS, replace=False)
        items, classes = items[kept], classes[kept]
    order = rng.permutation(len(items))
    return items[order], rare[classes[order]]


def _likely(pool: PoolView, items: np.ndarray, label: int) -> np.ndarray:
    if pool.probabilities is None:
        return np.zeros(len(items))
    return np.asarray(pool.probabilities[items, label])
