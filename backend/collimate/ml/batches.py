"""Put a query batch together: the strategy's picks beside a random control arm, with reasons."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.strategies import STRATEGIES, PoolView, QueryStrategy
from collimate.ml.strategies.herding import nearest_kernel, radius_without_labels
from collimate.ml.strategies.scores import entropy_scores, margin_scores

SMALLEST_WITH_CONTROL = 5


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


@dataclass(frozen=True)
class Pick:
    """One item of a batch, in the order to be read.

    `parts` holds numbers that explain it: `uncertainty` (margin, 0-1), `entropy` (nats),
    `novelty` (0 = twin of a known item, 1 = like nothing known), their ranks in the pool as
    `uncertainty_rank` and `novelty_rank` (0-1, 1 = highest), `first_class`, `second_class` and
    their probabilities; those of a model are left out while there is none.
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
) -> list[Pick]:
    """Draw the control arm uniformly from all pickable items, then let the strategy choose.

    The control arm is drawn first and ignores patients, so that it stays an unbiased sample; the
    strategy treats it as known and leaves its patients alone. Control picks stand at random
    places in the order. Fewer than k picks come back only where the pool (or its patients) ends.

    Raises: ValueError for a negative k or a share outside [0, 1]; PoolUnusable.
    """
    if k < 0 or not 0.0 <= control_share <= 1.0:
        raise ValueError("A batch needs k >= 0 and a control share between 0 and 1.")
    pool = replace(pool, once_per_patient=per_patient_once)
    control = _control_arm(pool, k, control_share, rng)
    known = pool.labelled.copy()
    known[control] = True
    rest = replace(pool.barring(control), labelled=known)
    chosen = STRATEGIES[strategy](rest, k - len(control), rng)
    places = np.zeros(len(control) + len(chosen), dtype=bool)
    places[rng.choice(len(places), len(control), replace=False)] = True
    parts = _score_parts(pool, rng)
    control_next, chosen_next = iter(control), iter(chosen)
    return [
        _pick(int(next(control_next)), Arm.CONTROL, strategy, parts, pool)
        if is_control
        else _pick(int(next(chosen_next)), Arm.STRATEGY, strategy, parts, pool)
        for is_control in places
    ]


def _control_arm(
    pool: PoolView, k: int, share: float, rng: np.random.Generator
) -> Int[np.ndarray, " control"]:
    wanted = round(k * share)
    if share > 0 and k >= SMALLEST_WITH_CONTROL:
        wanted = max(1, wanted)
    pickable = np.flatnonzero(pool.pickable)
    return rng.choice(pickable, min(wanted, len(pickable)), replace=False)


def _score_parts(
    pool: PoolView, rng: np.random.Generator
) -> dict[str, Float64[np.ndarray, " items"]]:
    classes = None if pool.class_counts is None else len(pool.class_counts)
    radius = radius_without_labels(pool.z, rng, class_count=classes)
    novelty = 1.0 - nearest_kernel(pool.z, pool.z[pool.labelled], radius).astype(np.float64)
    parts = {"novelty": novelty, "novelty_rank": _ranks(novelty)}
    if pool.probabilities is None:
        return parts
    uncertainty = margin_scores(pool)
    parts |= {
        "uncertainty": uncertainty,
        "uncertainty_rank": _ranks(uncertainty),
        "entropy": entropy_scores(pool),
    }
    p = np.asarray(pool.probabilities, dtype=np.float64)
    order = np.argsort(-p, axis=1, kind="stable")
    for place, name in enumerate(("first", "second")[: p.shape[1]]):
        parts[f"{name}_class"] = order[:, place].astype(np.float64)
        parts[f"{name}_probability"] = np.take_along_axis(p, order, axis=1)[:, place]
    return parts


def _pick(
    index: int,
    arm: Arm,
    strategy: QueryStrategy,
    parts: dict[str, Float64[np.ndarray, " items"]],
    pool: PoolView,
) -> Pick:
    own = {name: float(values[index]) for name, values in parts.items()}
    return Pick(index, arm, own, _reason(arm, strategy, own, pool))


def _reason(arm: Arm, strategy: QueryStrategy, parts: dict[str, float], pool: PoolView) -> Reason:
    """Name the strongest cause; random strategies claim none."""
    if arm is Arm.CONTROL:
        return Reason.CONTROL
    if strategy in (QueryStrategy.RANDOM, QueryStrategy.RANDOM_BY_SITE):
        return Reason.RANDOM
    if "uncertainty" not in parts:
        return Reason.TYPICAL if strategy is not QueryStrategy.CORE_SET else Reason.UNFAMILIAR
    if _leads_to_rare_class(parts, pool):
        return Reason.RARE_CLASS
    if parts["uncertainty_rank"] >= max(0.5, parts["novelty_rank"]):
        return Reason.UNCERTAIN
    return Reason.UNFAMILIAR if parts["novelty_rank"] >= 0.8 else Reason.TYPICAL


def _leads_to_rare_class(parts: dict[str, float], pool: PoolView) -> bool:
    """Say whether the likeliest class has less than half of an even share of the labels."""
    counts = pool.class_counts
    if counts is None or pool.multi_label or counts.sum() < 2 * len(counts):
        return False
    return bool(counts[int(parts["first_class"])] < 0.5 * counts.mean())


def _ranks(values: Float64[np.ndarray, " items"]) -> Float64[np.ndarray, " items"]:
    from scipy.stats import rankdata

    return (rankdata(values) - 0.5) / max(1, len(values))
