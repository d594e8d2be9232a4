"""Ask in every foreground class by turns where the mask is doubtful: the default for masks."""

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.parts import Regions
from collimate.ml.strategies.pool import PoolUnusable, PoolView
from collimate.ml.strategies.scores import entropy_scores, powered

CLASS_SHARE = 0.66
LAST_BETA = 100.0


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Spend 66 % of the batch evenly over classes by doubt x p(class), the rest by plain doubt.

    Scores s become ln s + Gumbel(0, 1/beta) before ranking; beta grows from 1 to 100 with the
    budget used, so that early batches are varied and late ones exact. At most three regions of a
    volume. Without regions every item is one, its doubt the entropy of its answer; without a
    model MaxHerding serves. Cost: O(items x classes). Source: "ClaSP PE", TMLR 2026, arXiv
    2601.13677.
    """
    regions = pool.regions if pool.regions is not None else _whole_items(pool)
    if regions is None:
        return select_by_max_herding(pool, k, rng)
    if not (np.isfinite(regions.doubt).all() and np.isfinite(regions.class_doubt).all()):
        raise PoolUnusable("A doubt is not a finite number.")
    beta = LAST_BETA ** float(np.clip(pool.progress, 0.0, 1.0))
    count = regions.class_doubt.shape[1]
    columns = [*regions.class_doubt.T, regions.doubt]
    thrift = pool.thrift
    orders = [np.argsort(-powered(column * thrift, rng, beta), kind="stable") for column in columns]
    return _dealt(pool, regions, orders, _turns(k, count), k)


def _whole_items(pool: PoolView) -> Regions | None:
    if pool.probabilities is None:
        return None
    doubt: Float64[np.ndarray, " items"] = entropy_scores(pool)
    weighed = doubt[:, None] * np.asarray(pool.probabilities, np.float64)
    return Regions(doubt, weighed, np.arange(len(pool)))


def _turns(k: int, class_count: int) -> list[int]:
    """Say which order each pick comes from: classes by turns, the plain one (last) between."""
    by_class = round(CLASS_SHARE * k) if class_count else 0
    spread = [((i + 0.5) / max(1, by_class), i % max(1, class_count)) for i in range(by_class)]
    spread += [((i + 0.5) / max(1, k - by_class), class_count) for i in range(k - by_class)]
    return [turn for _, turn in sorted(spread)]


def _dealt(
    pool: PoolView, regions: Regions, orders: list[np.ndarray], turns: list[int], k: int
) -> Int[np.ndarray, " picks"]:
    pickable = pool.pickable
    volumes, volume_of = np.unique(regions.volumes, return_inverse=True)
    asked = np.zeros(len(volumes), dtype=np.int64)
    heads = [0] * len(orders)
    picks: list[int] = []
    for turn in turns[:k]:
        order = orders[turn]
        while heads[turn] < len(order) and not pickable[order[heads[turn]]]:
            heads[turn] += 1
        if heads[turn] == len(order):
            break
        chosen = int(order[heads[turn]])
        picks.append(chosen)
        asked[volume_of[chosen]] += 1
        pickable &= ~pool.same_patient(chosen)
        if asked[volume_of[chosen]] >= regions.most_per_volume:
            pickable &= volume_of != volume_of[chosen]
    return np.array(picks, dtype=np.int64)
