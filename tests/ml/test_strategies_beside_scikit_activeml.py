"""The same input, the same answer as scikit-activeml where it has the method."""

from collections import Counter

import numpy as np
import pytest
from skactiveml.base import SkactivemlClassifier
from skactiveml.pool import Badge, CoreSet, GreedyBALD, MaxHerding, TypiClust
from skactiveml.pool._uncertainty_sampling import uncertainty_scores

from collimate.ml.strategies import STRATEGIES, PoolView, QueryStrategy
from collimate.ml.strategies.herding import cover
from collimate.ml.strategies.scores import (
    bald_scores,
    entropy_scores,
    least_confidence_scores,
    margin_scores,
)

ITEMS, KNOWN = 80, 6


class Knows(SkactivemlClassifier):
    """A classifier that has its answers by heart, found again by the first feature."""

    def __init__(self, table=None, classes=None, missing_label=np.nan, random_state=None):
        super().__init__(classes=classes, missing_label=missing_label, random_state=random_state)
        self.table = table

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.array(self.classes)
        return self

    def predict_proba(self, X):
        return np.array([self.table[round(float(row[0]), 6)] for row in X])


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def pool_and_answers(seed: int = 0) -> tuple[PoolView, np.ndarray, np.ndarray]:
    draw = rng(seed)
    p = draw.dirichlet(np.ones(3), ITEMS)
    pool = PoolView(draw.normal(size=(ITEMS, 5)), np.arange(ITEMS) < KNOWN, p)
    y = np.full(ITEMS, np.nan)
    y[:KNOWN] = np.arange(KNOWN) % 3
    return pool, p, y


def by_heart(pool: PoolView, p: np.ndarray) -> Knows:
    table = {round(float(row[0]), 6): own for row, own in zip(pool.z, p, strict=True)}
    return Knows(table=table, classes=[0, 1, 2])


@pytest.mark.parametrize(
    ("name", "score"),
    [
        ("margin_sampling", margin_scores),
        ("entropy", entropy_scores),
        ("least_confident", least_confidence_scores),
    ],
)
def test_scores_rank_alike(name: str, score) -> None:
    pool, p, _ = pool_and_answers()
    theirs = uncertainty_scores(p, method=name)
    assert np.argsort(score(pool)).tolist() == np.argsort(theirs).tolist()


@pytest.mark.parametrize("seed", range(3))
def test_core_set_picks_alike(seed: int) -> None:
    pool, _, y = pool_and_answers(seed)
    theirs = CoreSet(random_state=0).query(pool.z, y, batch_size=8)
    ours = STRATEGIES[QueryStrategy.CORE_SET](pool, 8, rng())
    assert ours.tolist() == np.asarray(theirs).tolist()


@pytest.mark.parametrize("seed", range(3))
def test_herding_picks_alike(seed: int) -> None:
    pool, _, y = pool_and_answers(seed)
    radius = 0.8
    peer = MaxHerding(metric="rbf", metric_dict={"gamma": radius**-2}, random_state=0)
    theirs = peer.query(pool.z.astype(np.float64), y, batch_size=8)
    ours = cover(pool, np.ones(ITEMS), radius, 8, rng())
    assert ours.tolist() == np.asarray(theirs).tolist()


def test_badge_draws_from_the_same_chances() -> None:
    pool, p, y = pool_and_answers()
    peer = Badge(random_state=0)
    theirs, utilities = peer.query(
        pool.z, y, by_heart(pool, p), fit_clf=False, batch_size=2, return_utilities=True
    )
    picks = [STRATEGIES[QueryStrategy.BADGE](pool, 2, rng(seed)) for seed in range(1200)]
    assert {int(two[0]) for two in picks} == {int(theirs[0])}
    second = Counter(int(two[1]) for two in picks)
    share = np.array([second[index] for index in range(ITEMS)]) / 1200
    assert np.abs(share - np.nan_to_num(utilities[1])).max() < 0.025


def test_bald_scores_rank_alike() -> None:
    pool, _, y = pool_and_answers()
    draws = rng(5).dirichlet(np.ones(3), (4, ITEMS))
    members = [by_heart(pool, draw).fit(pool.z, y) for draw in draws]
    _, utilities = GreedyBALD().query(
        pool.z, y, ensemble=members, fit_ensemble=False, return_utilities=True
    )
    free = np.flatnonzero(~pool.labelled)
    ours = bald_scores(PoolView(pool.z, pool.labelled, draws=draws))[free]
    np.testing.assert_allclose(ours, utilities[0][free], atol=1e-6)


def test_typiclust_visits_the_same_clusters() -> None:
    z = np.repeat(np.eye(5), 20, axis=0) + rng().normal(0, 0.03, (100, 5))
    pool = PoolView(z, np.zeros(100, dtype=bool))
    theirs = TypiClust(random_state=0).query(pool.z, np.full(100, np.nan), batch_size=5)
    ours = STRATEGIES[QueryStrategy.TYPICLUST](pool, 5, rng())
    assert sorted(i // 20 for i in ours) == sorted(i // 20 for i in theirs) == [0, 1, 2, 3, 4]
