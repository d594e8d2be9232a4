"""Ask around the split between yes and no of every class: finds rare classes and their border."""

import numpy as np
from jaxtyping import Float, Float64, Int

from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.pool import PoolView


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Give each class in turn the item nearest, by rank, to the split of its sorted scores.

    A class's scores are sorted once; the split is the cut that puts fewest labelled items on the
    wrong side, not 0.5, which is far off where a class is rare. Classes with fewest labels come
    first. MaxHerding serves without model or answers. Cost: O(classes x items log items). Source:
    Nuggehalli et al., "DIRECT", 2023, arXiv 2312.09196, simplified to one cut a batch.
    """
    if pool.probabilities is None or pool.answers is None or not (pool.answers >= 0).any():
        return select_by_max_herding(pool, k, rng)
    scores = class_scores(np.asarray(pool.probabilities, np.float64), pool.multi_label)
    found = (pool.answers == 1).sum(axis=0)
    order = sorted(range(scores.shape[1]), key=lambda c: int(found[c]))
    queues = [_around_the_split(pool, scores[:, c], pool.answers[:, c], rng) for c in order]
    heads = [0] * len(queues)
    pickable = pool.pickable
    picks: list[int] = []
    while len(picks) < k and pickable.any():
        turn = len(picks) % len(queues)
        queue = queues[turn]
        while not pickable[queue[heads[turn]]]:
            heads[turn] += 1
        chosen = int(queue[heads[turn]])
        picks.append(chosen)
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)


def class_scores(
    p: Float64[np.ndarray, "items classes"], multi_label: bool
) -> Float64[np.ndarray, "items classes"]:
    """Return the lead of each class over the best other one; the probability if multi-label."""
    if multi_label or p.shape[1] < 2:
        return p
    highest = np.sort(p, axis=1)[:, -2:]
    best, second = highest[:, 1:], highest[:, :1]
    return np.where(p >= best, p - second, p - best)


def split(scores: Float[np.ndarray, " labelled"], is_yes: np.ndarray) -> float:
    """Return the cut that puts fewest labelled items on the wrong side, midway between two scores.

    Of equally good cuts the middle one counts; without any yes the cut lies at the top, without
    any no at the bottom.
    """
    order = np.argsort(scores, kind="stable")
    ranked, yes = scores[order], is_yes[order]
    wrong = np.concatenate([[0], np.cumsum(yes)]) + np.concatenate(
        [np.cumsum((~yes)[::-1])[::-1], [0]]
    )
    best = np.flatnonzero(wrong == wrong.min())
    cut = int(best[len(best) // 2])
    edges = np.concatenate([[ranked[0]], ranked, [ranked[-1]]])
    return float((edges[cut] + edges[cut + 1]) / 2)


def _around_the_split(
    pool: PoolView, scores: np.ndarray, answers: np.ndarray, rng: np.random.Generator
) -> Int[np.ndarray, " pickable"]:
    """Return the pickable items by their distance in rank from the split."""
    pickable = np.flatnonzero(pool.pickable)
    known = answers >= 0
    cut = split(scores[known], answers[known] == 1) if known.any() else 0.5
    ranks = np.empty(len(pickable))
    by_score = np.lexsort((rng.random(len(pickable)), scores[pickable]))
    ranks[by_score] = np.arange(len(pickable))
    place = float((scores[pickable] < cut).sum()) - 0.5
    return pickable[np.argsort(np.abs(ranks - place), kind="stable")]
