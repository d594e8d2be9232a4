"""Query strategies give the obvious answer on toy pools and keep their promises on any pool."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.ml.strategies import (
    STRATEGIES,
    PoolUnusable,
    PoolView,
    QueryStrategy,
    core_set,
    herding,
    typiclust,
)
from collimate.ml.strategies.herding import (
    cover,
    gaussian_kernel,
    nearest_kernel,
    radius_of,
)
from collimate.ml.strategies.pool import take_highest
from collimate.ml.strategies.scores import entropy_scores, least_confidence_scores, margin_scores
from collimate.ml.strategies.uncertainty_herding import enough_labels


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def directions(sizes: list[int], *, spread: float = 0.05, width: int = 8) -> np.ndarray:
    """Make one tight cluster of the given size around each axis."""
    axes = np.eye(width)[: len(sizes)].repeat(sizes, axis=0)
    return axes + rng().normal(0, spread, axes.shape)


def cluster_of(z: np.ndarray, indices: np.ndarray) -> list[int]:
    return np.abs(z[indices]).argmax(axis=1).tolist()


def unread(z: np.ndarray, **known: object) -> PoolView:
    return PoolView(z, np.zeros(len(z), dtype=bool), **known)  # type: ignore[arg-type]


def test_the_registry_is_complete() -> None:
    assert set(STRATEGIES) == set(QueryStrategy)


@pytest.mark.parametrize(
    "strategy",
    [QueryStrategy.MAX_HERDING, QueryStrategy.UNCERTAINTY_HERDING, QueryStrategy.TYPICLUST],
)
def test_a_first_batch_visits_every_cluster_once(strategy: QueryStrategy) -> None:
    z = directions([40, 30, 20, 10])
    picks = STRATEGIES[strategy](unread(z), 4, rng())
    assert sorted(cluster_of(z, picks)) == [0, 1, 2, 3]


@pytest.mark.parametrize("strategy", [QueryStrategy.MAX_HERDING, QueryStrategy.TYPICLUST])
def test_the_largest_cluster_comes_first(strategy: QueryStrategy) -> None:
    z = directions([10, 60, 20])
    picks = STRATEGIES[strategy](unread(z), 3, rng())
    assert cluster_of(z, picks)[0] == 1


@pytest.mark.parametrize(
    "strategy",
    [QueryStrategy.MAX_HERDING, QueryStrategy.CORE_SET, QueryStrategy.TYPICLUST],
)
def test_a_cluster_already_read_is_not_asked_for_again(strategy: QueryStrategy) -> None:
    z = directions([40, 40, 40])
    labelled = np.arange(120) == 5
    picks = STRATEGIES[strategy](PoolView(z, labelled), 2, rng())
    assert sorted(cluster_of(z, picks)) == [1, 2]


def test_uncertainty_herding_asks_where_the_model_doubts() -> None:
    z = directions([60, 20, 20])
    p = np.tile([0.98, 0.01, 0.01], (100, 1))
    p[80:] = [0.35, 0.33, 0.32]
    labelled = np.isin(np.arange(100), [0, 61, 81])
    picks = STRATEGIES[QueryStrategy.UNCERTAINTY_HERDING](PoolView(z, labelled, p), 2, rng())
    assert cluster_of(z, picks) == [2, 2]


def test_uncertainty_herding_does_not_ask_for_twins() -> None:
    z = directions([20, 20], spread=1e-4)
    p = np.tile([0.5, 0.5], (40, 1))
    labelled = np.arange(40) < 0
    picks = STRATEGIES[QueryStrategy.UNCERTAINTY_HERDING](PoolView(z, labelled, p), 2, rng())
    assert sorted(cluster_of(z, picks)) == [0, 1]


def test_uncertainty_herding_waits_for_labels_before_it_believes_the_model() -> None:
    z = directions([60, 20])
    p = np.tile([0.5, 0.5], (80, 1))
    p[:60] = [1.0, 0.0]
    few = unread(z, probabilities=p, class_counts=np.array([3, 0]))
    many = replace(few, class_counts=np.array([3, 3]))
    assert not enough_labels(few)
    assert enough_labels(many)
    choose = STRATEGIES[QueryStrategy.UNCERTAINTY_HERDING]
    assert cluster_of(z, choose(few, 1, rng())) == [0]
    assert cluster_of(z, choose(many, 1, rng())) == [1]


def brute_force_objective(
    z: np.ndarray, weights: np.ndarray, known: list[int], radius: float
) -> float:
    squared = ((z[:, None] - z[None, known]) ** 2).sum(axis=2)
    return float((weights * np.exp(-squared / radius**2).max(axis=1)).sum())


@settings(max_examples=25, deadline=None)
@given(st.integers(6, 14), st.integers(0, 3), st.integers(0, 10_000))
def test_cover_is_greedy_and_near_the_best_of_all_subsets(
    items: int, labelled_count: int, seed: int
) -> None:
    draw = rng(seed)
    labelled = np.arange(items) < labelled_count
    pool = PoolView(draw.normal(size=(items, 3)), labelled)
    weights, radius = draw.random(items), 0.7
    picks = cover(pool, weights, radius, 3, rng())
    z, known = pool.z.astype(np.float64), np.flatnonzero(labelled).tolist()
    at_first = brute_force_objective(z, weights, known, radius) if known else 0.0
    free = np.flatnonzero(~labelled).tolist()
    for pick in picks.tolist():
        rest = [i for i in free if i not in known]
        best = max(brute_force_objective(z, weights, [*known, i], radius) for i in rest)
        known.append(pick)
        assert brute_force_objective(z, weights, known, radius) == pytest.approx(best, rel=1e-4)
    start = np.flatnonzero(labelled).tolist()
    optimum = max(
        brute_force_objective(z, weights, [*start, *subset], radius)
        for subset in itertools.combinations(free, min(3, len(free)))
    )
    reached = brute_force_objective(z, weights, known, radius)
    assert reached - at_first >= (1 - 1 / np.e) * (optimum - at_first) - 1e-4


def test_cover_over_many_blocks_is_still_greedy(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = unread(rng().normal(size=(700, 4)))
    weights = rng(1).random(700)
    lazy = cover(pool, weights, 0.5, 25, rng())
    monkeypatch.setattr(herding, "BLOCK", 10_000)
    np.testing.assert_array_equal(lazy, cover(pool, weights, 0.5, 25, rng()))


def test_a_pool_beyond_the_cap_is_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(herding, "MAX_ITEMS", 60)
    z = directions([150, 100, 50])
    picks = STRATEGIES[QueryStrategy.MAX_HERDING](unread(z), 3, rng())
    assert sorted(cluster_of(z, picks)) == [0, 1, 2]


def test_typiclust_finds_its_centres_on_some_of_many_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typiclust, "EXACT_UP_TO", 100)
    monkeypatch.setattr(typiclust, "FITTED_ON", 120)
    z = directions([150, 100, 50])
    picks = STRATEGIES[QueryStrategy.TYPICLUST](unread(z), 3, rng())
    assert sorted(cluster_of(z, picks)) == [0, 1, 2]


def test_core_set_takes_the_farthest_point_each_time() -> None:
    angles = np.deg2rad([0, 10, 80, 90, 45])
    z = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    labelled = np.array([True, False, False, False, False])
    picks = STRATEGIES[QueryStrategy.CORE_SET](PoolView(z, labelled), 2, rng())
    assert picks.tolist() == [3, 4]


def test_core_set_without_labels_starts_in_the_middle() -> None:
    angles = np.deg2rad([0, 30, 44, 60, 90])
    z = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert STRATEGIES[QueryStrategy.CORE_SET](unread(z), 1, rng()).tolist() == [2]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("items", "known_count"), [(40, 4), (400, 90)])
def test_core_set_agrees_with_brute_force(
    items: int, known_count: int, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core_set, "KNOWN_AT_FIRST", 16)
    monkeypatch.setattr(core_set, "WATCHED", 30)
    monkeypatch.setattr(core_set, "BLOCK", 8)
    pool = PoolView(rng(seed).normal(size=(items, 5)), np.arange(items) < known_count)
    known = list(range(known_count))
    for pick in STRATEGIES[QueryStrategy.CORE_SET](pool, 6, rng()).tolist():
        gap = np.linalg.norm(pool.z[:, None] - pool.z[None, known], axis=2).min(axis=1)
        assert gap[pick] == pytest.approx(gap.max(), rel=1e-4)
        known.append(pick)


def test_core_set_picks_every_twin_once_there_is_nothing_else() -> None:
    picks = STRATEGIES[QueryStrategy.CORE_SET](unread(np.ones((50, 3))), 60, rng())
    assert sorted(picks.tolist()) == list(range(50))


def test_scores_of_known_probabilities() -> None:
    p = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.6, 0.3, 0.1]])
    pool = unread(np.ones((4, 2)), probabilities=p)
    np.testing.assert_allclose(margin_scores(pool), [0.0, 1.0, 1.0, 0.7], atol=1e-9)
    np.testing.assert_allclose(least_confidence_scores(pool), [0, 0.5, 2 / 3, 0.4])
    np.testing.assert_allclose(entropy_scores(pool)[:3], [0.0, np.log(2), np.log(3)], atol=1e-6)


def test_multi_label_scores_are_binary_margins() -> None:
    p = np.array([[0.5, 0.5], [0.0, 1.0], [0.5, 1.0]])
    pool = unread(np.ones((3, 2)), probabilities=p, multi_label=True)
    np.testing.assert_allclose(margin_scores(pool), [1.0, 0.0, 0.5])
    np.testing.assert_allclose(entropy_scores(pool), [np.log(2), 0, np.log(2) / 2], atol=1e-6)


@pytest.mark.parametrize(
    "strategy", [QueryStrategy.MARGIN, QueryStrategy.ENTROPY, QueryStrategy.LEAST_CONFIDENCE]
)
def test_score_strategies_pick_the_highest_in_order(strategy: QueryStrategy) -> None:
    sure = np.array([0.9, 0.55, 0.7, 0.51, 0.99])
    pool = unread(rng().normal(size=(5, 2)), probabilities=np.stack([sure, 1 - sure], axis=1))
    assert STRATEGIES[strategy](pool, 3, rng()).tolist() == [3, 1, 2]


def test_random_by_site_deals_evenly() -> None:
    sites = np.array(["a"] * 90 + ["b"] * 8 + ["c"] * 2)
    pool = unread(rng().normal(size=(100, 2)), sites=sites)
    picks = STRATEGIES[QueryStrategy.RANDOM_BY_SITE](pool, 12, rng())
    assert [int((sites[picks] == s).sum()) for s in "abc"] == [5, 5, 2]


def test_random_gives_every_item_the_same_chance() -> None:
    pool = unread(np.ones((10, 2)))
    draw = rng()
    times = np.zeros(10)
    for _ in range(3000):
        times[STRATEGIES[QueryStrategy.RANDOM](pool, 3, draw)] += 1
    assert np.abs(times / 3000 - 0.3).max() < 0.04


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(QueryStrategy)),
    st.integers(1, 40),
    st.integers(0, 12),
    st.booleans(),
    st.integers(0, 10_000),
)
def test_picks_are_unique_free_repeatable_and_as_many_as_there_are(
    strategy: QueryStrategy, items: int, k: int, with_model: bool, seed: int
) -> None:
    draw = rng(seed)
    pool = PoolView(
        draw.normal(size=(items, 3)),
        draw.random(items) < 0.3,
        draw.dirichlet(np.ones(3), size=items) if with_model else None,
        patients=draw.integers(items, size=items),
        sites=draw.integers(3, size=items),
        barred=draw.random(items) < 0.2,
    )
    picks = STRATEGIES[strategy](pool, k, rng(seed))
    again = STRATEGIES[strategy](pool, k, rng(seed))
    assert picks.tolist() == again.tolist()
    assert pool.pickable[picks].all()
    assert pool.patients is not None
    people = set(pool.patients[pool.pickable].tolist())
    assert len(picks) == min(k, len(people))
    assert len(set(pool.patients[picks].tolist())) == len(picks)


@pytest.mark.parametrize("strategy", list(QueryStrategy))
def test_identical_items_do_not_fail(strategy: QueryStrategy) -> None:
    pool = PoolView(np.ones((12, 3)), np.arange(12) < 4, np.full((12, 2), 0.5))
    assert len(set(STRATEGIES[strategy](pool, 5, rng()).tolist())) == 5


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(PoolUnusable):
        unread(np.array([[1.0, np.nan]]))
    with pytest.raises(PoolUnusable):
        unread(np.ones((1, 2)), probabilities=np.array([[np.inf, 0.0]]))
    with pytest.raises(PoolUnusable):
        PoolView(np.ones((3, 2)), np.zeros(2, dtype=bool))
    with pytest.raises(PoolUnusable):
        take_highest(unread(np.ones((2, 2))), np.array([0.0, np.nan]), 1, rng())
    with pytest.raises(PoolUnusable):
        cover(unread(np.ones((2, 2))), np.array([1.0, -1.0]), 1.0, 1, rng())
    with pytest.raises(PoolUnusable):
        margin_scores(unread(np.ones((2, 2))))


def test_the_radius_does_not_shrink_with_labels_or_twins() -> None:
    z = rng().normal(size=(300, 6))
    twins = np.concatenate([z, z[:1]])
    labelled = np.arange(301) % 2 == 0
    without = radius_of(PoolView(twins, np.zeros(301, bool)), rng())
    assert radius_of(PoolView(twins, labelled), rng()) == without
    assert without == pytest.approx(radius_of(PoolView(z, np.zeros(300, bool)), rng()), rel=0.02)


def test_uncertainty_herding_asks_beyond_a_close_pair_of_labels() -> None:
    """Two labels beside each other once made every pick stand for itself alone."""
    z = directions([2, 30, 30])
    z[1] = z[0] + 0.002
    labelled = np.arange(62) < 2
    # A doubtful outlier between the clusters against clusters of middling doubt.
    z = np.concatenate([z, np.ones((1, 8))])
    probabilities = np.full((63, 3), [0.6, 0.3, 0.1])
    probabilities[62] = [0.4, 0.38, 0.22]
    pool = PoolView(
        z, np.append(labelled, False), probabilities, class_counts=np.array([2, 2, 2])
    )  # fmt: skip
    picks = STRATEGIES[QueryStrategy.UNCERTAINTY_HERDING](pool, 2, rng())
    assert {2 <= pick < 32 for pick in picks} == {True, False}
    assert 62 not in picks


def test_the_radius_reaches_within_clusters() -> None:
    four = np.zeros(4, dtype=np.int64)
    z = directions([50, 50, 50, 50])
    assert radius_of(PoolView(z, np.zeros(200, bool), class_counts=four), rng()) < 0.5
    assert radius_of(PoolView(z[:1], np.zeros(1, bool)), rng()) == 1.0
    assert radius_of(PoolView(np.repeat(z[:1], 5, axis=0), np.zeros(5, bool)), rng()) == 1.0


def test_kernels_agree_with_their_formula() -> None:
    z = unread(rng().normal(size=(300, 4))).z
    expected = np.exp(-((z[:, None] - z[None]) ** 2).sum(axis=2) / 0.49)
    np.testing.assert_allclose(gaussian_kernel(z, z, 0.7), expected, atol=1e-5)
    np.testing.assert_allclose(
        nearest_kernel(z, z[:20], 0.7), expected[:, :20].max(axis=1), atol=1e-5
    )
    assert (nearest_kernel(z, z[:0], 0.7) == 0).all()
