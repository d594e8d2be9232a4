"""Ask in every foreground class by turns where the mask is doubtful: the default for masks."""

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.parts import Regions
from collimate.ml.strategies.pool import PoolUnusable, PoolView
from collimate.ml.strategies.scores import entropy_scores, powered

CLASS_SHARE = 0.66
FIRST_BETA, LAST_BETA = 10.0, 100.0
FURTHER_REGION = 0.5
"""What the next region of a volume counts for beside the one before."""


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Spend 66 % of the batch evenly over classes by doubt x p(class), the rest by plain doubt.

    Scores s become ln s + Gumbel(0, 1/beta) before ranking; beta grows from 10 to 100 with the
    share of the pool that is known, so that early batches are more varied than late ones. Each
    further region of a volume counts for half of the one before, and three are asked for at most.
    Without regions every item is one, its doubt the entropy of its answer; without a model
    MaxHerding serves. Cost: O(items x (classes + k)). Source: "ClaSP PE", TMLR 2026, arXiv
    2601.13677, which starts at a beta of 1 and halves nothing; decision 31 says why.
    """
    regions = pool.regions if pool.regions is not None else _whole_items(pool)
    if regions is None:
        return select_by_max_herding(pool, k, rng)
    if not (np.isfinite(regions.doubt).all() and np.isfinite(regions.class_doubt).all()):
        raise PoolUnusable("A doubt is not a finite number.")
    progress = float(np.clip(pool.progress, 0.0, 1.0))
    beta = FIRST_BETA * (LAST_BETA / FIRST_BETA) ** progress
    count = regions.class_doubt.shape[1]
    columns = [*regions.class_doubt.T, regions.doubt]
    thrift = pool.thrift
    ranks = [powered(column * thrift, rng, beta) for column in columns]
    return _dealt(pool, regions, ranks, _turns(k, count))


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
    pool: PoolView, regions: Regions, ranks: list[np.ndarray], turns: list[int]
) -> Int[np.ndarray, " picks"]:
    free = pool.pickable
    volumes, volume_of = np.unique(regions.volumes, return_inverse=True)
    asked = np.zeros(len(volumes), dtype=np.int64)
    picks: list[int] = []
    for turn in turns:
        is_open = free & (asked < regions.most_per_volume)[volume_of]
        if not is_open.any():
            break
        worth = ranks[turn] + (asked * np.log(FURTHER_REGION))[volume_of]
        chosen = int(np.where(is_open, worth, -np.inf).argmax())
        picks.append(chosen)
        asked[volume_of[chosen]] += 1
        free &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)
