"""Who chooses: our strategies, the rule of MONAI Label, and two libraries, behind one interface.

An arm gets the same pool view, the same labelled items and the probabilities of the same model;
it answers with indices. The harness owns training, scoring and seeds.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from collimate.ml.batches import query_batch
from collimate.ml.strategies import (
    DEFAULT_STRATEGY,
    NEED_DRAWS,
    STRATEGIES,
    PoolView,
    QueryStrategy,
)
from collimate.ml.strategies.pool import take_highest
from collimate.ml.strategies.scores import entropies

Ask = Callable[[PoolView, int, np.random.Generator], np.ndarray]
MONAI_DRAWS = 5


@dataclass(frozen=True)
class Arm:
    """A way to choose; with `own_start` it also chooses the first batch. `needs_draws`: it looks
    at several draws of the probabilities, which take time.
    """

    name: str
    ask: Ask
    own_start: bool = False
    needs_draws: bool = False


def ours(strategy: QueryStrategy, *, own_start: bool = False) -> Arm:
    """One of our strategies, bare."""
    name = f"{strategy.value} (own start)" if own_start else strategy.value
    return Arm(name, STRATEGIES[strategy], own_start, strategy in NEED_DRAWS)


def product(strategy: QueryStrategy = DEFAULT_STRATEGY) -> Arm:
    """What a project does: its own start, a tenth of every batch by chance, no twins."""

    def ask(pool: PoolView, k: int, rng: np.random.Generator) -> np.ndarray:
        picks = query_batch(strategy, pool, k, rng=rng, per_patient_once=pool.once_per_patient)
        return np.array([pick.index for pick in picks])

    return Arm(f"Collimate ({strategy.value}, 10 % control)", ask, own_start=True)


def _monai(pool: PoolView, k: int, rng: np.random.Generator) -> np.ndarray:
    """The entropy of the mean of five dropout passes, highest first (its epistemic strategy)."""
    if pool.regions is not None:
        return take_highest(pool, pool.regions.doubt, k, rng)
    if pool.draws is None:
        return STRATEGIES[QueryStrategy.RANDOM](pool, k, rng)
    mean = pool.draws[:MONAI_DRAWS].mean(axis=0)
    return take_highest(pool, entropies(mean, pool.multi_label), k, rng)


MONAI_RULE = Arm("rule of MONAI Label (epistemic)", _monai, needs_draws=True)


PACKAGES = {
    "scikit-activeml": "skactiveml.pool",
    "modAL": "modAL.batch",
    "typiclust": "sklearn.cluster",
    "drop_query": "sklearn.cluster",
}


def load(arm: Arm) -> None:
    """Import what a way to choose needs, so that this is not measured as choosing."""
    for name, package in PACKAGES.items():
        if arm.name.startswith(name):
            importlib.import_module(package)


def scikit_activeml(name: str, *, own_start: bool = False) -> Arm:
    """A strategy of scikit-activeml on our embeddings and our model's probabilities."""

    def ask(pool: PoolView, k: int, rng: np.random.Generator) -> np.ndarray:
        import skactiveml.pool as peers

        y = np.where(pool.labelled, 0.0, np.nan)
        if pool.answers is not None:
            y[pool.labelled] = pool.answers[pool.labelled].argmax(axis=1)
        known = {row.tobytes(): place for place, row in enumerate(pool.z)}
        kind = getattr(peers, name)
        seed = int(rng.integers(2**31))
        if name == "UncertaintySampling":
            query = kind(method="margin_sampling", random_state=seed).query
        else:
            query = kind(random_state=seed).query
        extra = {}
        if name in ("UncertaintySampling", "Badge"):
            if pool.probabilities is None:
                return STRATEGIES[QueryStrategy.RANDOM](pool, k, rng)
            extra = {"clf": _by_heart(pool, known), "fit_clf": False}
        return np.asarray(query(pool.z, y, batch_size=k, **extra))

    return Arm(f"scikit-activeml {name}{' (own start)' if own_start else ''}", ask, own_start)


def _by_heart(pool: PoolView, known: dict[bytes, int]):
    from skactiveml.base import SkactivemlClassifier

    class Knows(SkactivemlClassifier):
        def fit(self, X, y, sample_weight=None):
            return self

        def predict_proba(self, X):
            rows = np.ascontiguousarray(X, dtype=np.float32)
            return np.asarray(pool.probabilities)[[known[row.tobytes()] for row in rows]]

    return Knows(classes=list(range(pool.probabilities.shape[1])))


def modal(name: str) -> Arm:
    """A query function of modAL with our model's probabilities."""

    def ask(pool: PoolView, k: int, rng: np.random.Generator) -> np.ndarray:
        if pool.probabilities is None:
            return STRATEGIES[QueryStrategy.RANDOM](pool, k, rng)
        import modAL.batch
        import modAL.uncertainty

        free = np.flatnonzero(pool.pickable)

        class Knows:
            on_transformed = False
            X_training = pool.z[pool.labelled]

            def predict_proba(self, X, **_):
                return np.asarray(pool.probabilities)[free]

        if name == "ranked batch":
            doubt = modAL.uncertainty.classifier_uncertainty(Knows(), pool.z[free])
            found = modAL.batch.ranked_batch(Knows(), pool.z[free], doubt, k, "euclidean", 1)
        else:
            found = modAL.uncertainty.entropy_sampling(Knows(), pool.z[free], n_instances=k)
        indices = found[0] if isinstance(found, tuple) else found
        return free[np.asarray(indices)[:k]]

    return Arm(f"modAL {name}", ask)


S = QueryStrategy
QUICK = [
    ours(S.RANDOM),
    product(),
    ours(S.RARE_AWARE_HERDING, own_start=True),
    MONAI_RULE,
    scikit_activeml("Badge"),
    scikit_activeml("UncertaintySampling"),
    modal("ranked batch"),
]
FULL = [
    *QUICK,
    ours(S.UNCERTAINTY_HERDING, own_start=True),
    ours(S.V_OPTIMAL, own_start=True),
    *(
        ours(s)
        for s in (
            S.UNCERTAINTY_HERDING, S.MARGIN, S.BADGE, S.ENTROPY, S.LEAST_CONFIDENCE,
            S.POWER_MARGIN, S.BALD, S.POWER_BALD, S.CORE_SET,
            S.TYPICLUST, S.MAX_HERDING, S.DROP_QUERY, S.DIRECT, S.RETRIEVAL, S.CLASP_PE,
        )
    ),
    scikit_activeml("MaxHerding", own_start=True),
    scikit_activeml("CoreSet"),
    scikit_activeml("TypiClust"),
    scikit_activeml("MaxHerding"),
    modal("entropy"),
]  # fmt: skip
MASKS = [
    ours(S.RANDOM),
    ours(S.FOREGROUND_RANDOM),
    product(S.CLASP_PE),
    MONAI_RULE,
]
MASKS_FULL = [*MASKS, *(ours(s) for s in (S.CLASP_PE, S.MAX_HERDING, S.UNCERTAINTY_HERDING))]
