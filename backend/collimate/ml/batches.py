"""Put a query batch together: the strategy's picks beside a random control arm, with reasons."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.limits import Limits, select_within
from collimate.ml.strategies import STRATEGIES, PoolView, QueryStrategy
from collimate.ml.strategies.herding import gaussian_kernel, nearest_kernel, radius_of
from collimate.ml.strategies.rare_aware_herding import TYPICAL_FIRST
from collimate.ml.strategies.scores import entropies, margin_scores

SMALLEST_WITH_CONTROL = 5
COMPARED_WITH = 10_000
CROWD = 1_000
FAR_OUT = 0.2
"""Typicality below which a pick is unlike the pool rather than typical of it."""
BY_CHANCE = (
    QueryStrategy.RANDOM,
    QueryStrategy.RANDOM_BY_SITE,
    QueryStrategy.FOREGROUND_RANDOM,
)
BY_REGION = (QueryStrategy.CLASP_PE, QueryStrategy.CLASS_BALANCED_DETECTION)


class Arm(StrEnum):
    """Why an item is in a batch: the strategy asked, or chance did."""

    STRATEGY = "strategy"
    CONTROL = "control"


class Reason(StrEnum):
    """What is said to a reader about a pick."""

    CONTROL = "control"
    UNCERTAIN = "uncertain"
    UNFAMILIAR = "unfamiliar"
    TYPICAL = "typical"
    RARE_CLASS = "rare_class"
    RANDOM = "random"
    DOUBTFUL_REGION = "doubtful_region"


@dataclass(frozen=True)
class Pick:
    """One item of a batch, in the order to be read.

    `parts` holds numbers that explain it: `uncertainty` (margin, 0-1), `entropy` (nats),
    `novelty` (0 = twin of a known item, 1 = like nothing known), their ranks in the pool as
    `uncertainty_rank` and `novelty_rank` (0-1, 1 = highest), before there is a model
    `typicality` (0-1, 1 = like most of the pool), `first_class`, `second_class` and
    their probabilities, `minutes` (predicted reading time); what is not known is left out. Of
    regions `uncertainty` is their doubt, `first_class` the class it is strongest in.
    """

    index: int
    arm: Arm
    parts: dict[str, float]
    reason: Reason


def query_batch(
    strategy: QueryStrategy,
    pool: PoolView,
    k: int,
    *,
    rng: np.random.Generator,
    control_share: float = 0.1,
    per_patient_once: bool = True,
    limits: Limits | None = None,
) -> list[Pick]:
    """Draw the control arm uniformly from all pickable items, then let the strategy choose.

    The control arm is drawn first and ignores patients, so that it stays an unbiased sample; the
    strategy treats it as known and leaves its patients alone. Control picks stand at random
    places in the order. Quotas, the ceiling per site and the rule against twins bind the
    strategy's picks only. Fewer than k picks come back only where the pool (or its patients) ends.

    Raises: ValueError for a negative k or a share outside [0, 1]; PoolUnusable.
    """
    if k < 0 or not 0.0 <= control_share <= 1.0:
        raise ValueError("A batch needs k >= 0 and a control share between 0 and 1.")
    pool = replace(pool, once_per_patient=per_patient_once)
    control = _control_arm(pool, k, control_share, rng)
    rest = pool.barring(control).knowing(control)
    chosen = select_within(
        lambda view, count: STRATEGIES[strategy](view, count, rng),
        rest,
        k - len(control),
        limits or Limits(),
        control,
    )
    places = np.zeros(len(control) + len(chosen), dtype=bool)
    places[rng.choice(len(places), len(control), replace=False)] = True
    order = np.zeros(len(places), dtype=np.int64)
    order[places], order[~places] = control, chosen
    parts = _score_parts(pool, order, rng)
    arms = [Arm.CONTROL if is_control else Arm.STRATEGY for is_control in places]
    picks = []
    for place, (index, arm) in enumerate(zip(order.tolist(), arms, strict=True)):
        own = {name: float(values[place]) for name, values in parts.items()}
        picks.append(Pick(index, arm, own, _reason(arm, strategy, own, pool)))
    return picks


def _control_arm(
    pool: PoolView, k: int, share: float, rng: np.random.Generator
) -> Int[np.ndarray, " control"]:
    wanted = round(k * share)
    if share > 0 and k >= SMALLEST_WITH_CONTROL:
        wanted = max(1, wanted)
    pickable = np.flatnonzero(pool.pickable)
    return rng.choice(pickable, min(wanted, len(pickable)), replace=False)


def _score_parts(
    pool: PoolView, order: Int[np.ndarray, " picks"], rng: np.random.Generator
) -> dict[str, Float64[np.ndarray, " picks"]]:
    """Numbers behind each pick; its ranks are among the picks and up to 10,000 items by chance."""
    compared = np.arange(len(pool))
    if len(pool) > COMPARED_WITH:
        compared = rng.choice(len(pool), COMPARED_WITH, replace=False)
    seen = np.concatenate([order, compared])
    nearest = nearest_kernel(pool.z[seen], pool.z[pool.labelled], radius_of(pool, rng))
    novelty = 1.0 - nearest.astype(np.float64)
    count = len(order)
    parts = {"novelty": novelty[:count], "novelty_rank": _ranks(novelty, count)}
    if pool.minutes is not None:
        parts["minutes"] = np.asarray(pool.minutes[order], dtype=np.float64)
    if pool.probabilities is None and pool.regions is not None:
        doubt = np.asarray(pool.regions.doubt, dtype=np.float64)
        return parts | {
            "uncertainty": doubt[order],
            "uncertainty_rank": _ranks(doubt[seen], count),
            "first_class": pool.regions.class_doubt[order].argmax(axis=1).astype(np.float64),
        }
    if pool.probabilities is None:
        # Smaller batches hold only what is typical.
        return parts | (
            {"typicality": _typicality(pool, order, rng)} if count > TYPICAL_FIRST else {}
        )
    uncertainty = margin_scores(pool)
    p = np.asarray(pool.probabilities[order], dtype=np.float64)
    parts |= {
        "uncertainty": uncertainty[order],
        "uncertainty_rank": _ranks(uncertainty[seen], count),
        "entropy": entropies(p, pool.multi_label),
    }
    likeliest = np.argsort(-p, axis=1, kind="stable")
    for place, name in enumerate(("first", "second")[: p.shape[1]]):
        parts[f"{name}_class"] = likeliest[:, place].astype(np.float64)
        parts[f"{name}_probability"] = np.take_along_axis(p, likeliest, axis=1)[:, place]
    return parts


def _typicality(
    pool: PoolView, order: Int[np.ndarray, " picks"], rng: np.random.Generator
) -> Float64[np.ndarray, " picks"]:
    """Where the picks stand among up to 1,000 items by chance by how many items are like them."""
    compared = rng.choice(len(pool), min(len(pool), CROWD), replace=False)
    seen = pool.z[np.concatenate([order, compared])]
    alike = gaussian_kernel(seen, pool.z[compared], radius_of(pool, rng)).mean(axis=1)
    return _ranks(alike.astype(np.float64), len(order))


def _reason(arm: Arm, strategy: QueryStrategy, parts: dict[str, float], pool: PoolView) -> Reason:
    """Name the strongest cause; random strategies claim none."""
    if arm is Arm.CONTROL or strategy in BY_CHANCE:
        return Reason.CONTROL if arm is Arm.CONTROL else Reason.RANDOM
    if "uncertainty" not in parts:
        is_far = strategy is QueryStrategy.CORE_SET
        if strategy is QueryStrategy.RARE_AWARE_HERDING:
            is_far = parts.get("typicality", 1.0) < FAR_OUT
        return Reason.UNFAMILIAR if is_far else Reason.TYPICAL
    if strategy in BY_REGION and pool.regions is not None:
        return Reason.DOUBTFUL_REGION
    if _leads_to_rare_class(parts, pool):
        return Reason.RARE_CLASS
    novelty = parts["novelty_rank"]
    if parts["uncertainty_rank"] < max(0.5, novelty):
        return Reason.UNFAMILIAR if novelty >= 0.8 else Reason.TYPICAL
    return Reason.UNCERTAIN


def _leads_to_rare_class(parts: dict[str, float], pool: PoolView) -> bool:
    """Say whether the likeliest class has less than half of an even share of the labels."""
    counts = pool.class_counts
    if counts is None or pool.multi_label or counts.sum() < 2 * len(counts):
        return False
    return bool(counts[int(parts["first_class"])] < 0.5 * counts.mean())


def _ranks(values: Float64[np.ndarray, " seen"], count: int) -> Float64[np.ndarray, " picks"]:
    """Return where the first `count` values stand among the others, 0 to 1, ties halfway."""
    others = np.sort(values[count:])
    below = np.searchsorted(others, values[:count], side="left")
    up_to = np.searchsorted(others, values[:count], side="right")
    return (below + up_to) / (2.0 * max(1, len(others)))
