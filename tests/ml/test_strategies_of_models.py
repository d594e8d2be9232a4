"""Strategies that listen to a model: toy pools whose answer is obvious, and brute force."""

from collections import Counter

import numpy as np
import pytest

from collimate.ml.draws import dropout_draws
from collimate.ml.heads import Head
from collimate.ml.strategies import (
    STRATEGIES,
    PoolView,
    QueryStrategy,
    badge,
    drop_query,
    v_optimal,
)
from collimate.ml.strategies.badge import pushes
from collimate.ml.strategies.direct import class_scores, split
from collimate.ml.strategies.rare_aware_herding import FARTHER_OUT, TYPICAL_FIRST, unevenness
from collimate.ml.strategies.scores import bald_scores, margin_scores, powered


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def choose(strategy: QueryStrategy, pool: PoolView, k: int, seed: int = 0) -> list[int]:
    return STRATEGIES[strategy](pool, k, rng(seed)).tolist()


def unread(z: np.ndarray, **known: object) -> PoolView:
    return PoolView(z, np.zeros(len(z), dtype=bool), **known)  # type: ignore[arg-type]


def test_power_scores_are_drawn_in_proportion_to_the_score() -> None:
    scores, draw = np.array([0.0, 1.0, 2.0, 5.0]), rng()
    first = Counter(int(powered(scores, draw).argmax()) for _ in range(4000))
    assert first[0] == 0
    assert [first[i] / 4000 for i in (1, 2, 3)] == pytest.approx([0.125, 0.25, 0.625], abs=0.03)
    exact = Counter(int(powered(scores, draw, 100.0).argmax()) for _ in range(200))
    assert exact == {3: 200}


def test_power_margin_asks_more_widely_than_margin() -> None:
    doubt = np.linspace(0.05, 0.5, 100)
    pool = unread(rng().normal(size=(100, 4)), probabilities=np.stack([doubt, 1 - doubt], axis=1))
    strict = set(choose(QueryStrategy.MARGIN, pool, 10))
    loose = [set(choose(QueryStrategy.POWER_MARGIN, pool, 10, seed)) for seed in range(30)]
    assert strict == set(range(90, 100))
    assert len(set.union(*loose)) > 50
    assert np.mean([index for picks in loose for index in picks]) > 55


def test_bald_is_where_sure_models_disagree_not_where_all_are_unsure() -> None:
    draws = np.array(
        [
            [[1.0, 0.0], [0.5, 0.5], [0.9, 0.1]],
            [[0.0, 1.0], [0.5, 0.5], [0.9, 0.1]],
        ]
    )
    pool = unread(np.eye(3), draws=draws, probabilities=draws.mean(axis=0))
    np.testing.assert_allclose(bald_scores(pool), [np.log(2), 0.0, 0.0], atol=1e-9)
    assert choose(QueryStrategy.BALD, pool, 1) == [0]
    assert choose(QueryStrategy.POWER_BALD, pool, 1) == [0]
    single = unread(np.eye(3), draws=draws, multi_label=True)
    np.testing.assert_allclose(bald_scores(single), [np.log(2), 0.0, 0.0], atol=1e-9)


def test_badge_distances_equal_those_of_the_gradients_themselves() -> None:
    p, z = rng().dirichlet(np.ones(4), 30), rng(1).normal(size=(30, 6))
    pool = unread(z, probabilities=p)
    push = pushes(pool).astype(np.float64)
    gradients = (push[:, :, None] * pool.z[:, None, :]).reshape(30, -1)
    assert np.abs(push.sum(axis=1)).max() < 1e-6
    picks = choose(QueryStrategy.BADGE, pool, 2)
    assert picks[0] == int((gradients**2).sum(axis=1).argmax())
    expected = ((gradients - gradients[picks[0]]) ** 2).sum(axis=1)
    second = Counter(choose(QueryStrategy.BADGE, pool, 2, seed)[1] for seed in range(1500))
    share = np.array([second[index] for index in range(30)]) / 1500
    assert np.abs(share - expected / expected.sum()).max() < 0.03


@pytest.mark.parametrize("tries", [0, 4])
def test_badge_draws_its_third_item_as_if_all_distances_were_new(
    tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(badge, "TRIES", tries)
    z = np.repeat(np.eye(4)[:3], 6, axis=0) + rng(1).normal(0, 0.2, (18, 4))
    pool = unread(z, probabilities=rng().dirichlet(np.ones(3) * 9, 18))
    gradients = (pushes(pool)[:, :, None] * pool.z[:, None, :]).reshape(18, -1)
    apart = ((gradients[:, None] - gradients[None]) ** 2).sum(axis=2)
    first = int((gradients**2).sum(axis=1).argmax())
    expected = np.zeros(18)
    for second, chance in enumerate(apart[first] / apart[first].sum()):
        left = np.minimum(apart[first], apart[second])
        expected += chance * left / left.sum()
    third = Counter(choose(QueryStrategy.BADGE, pool, 3, seed)[2] for seed in range(3000))
    share = np.array([third[index] for index in range(18)]) / 3000
    assert np.abs(share - expected).max() < 0.025


def test_badge_starts_among_those_that_may_be_picked() -> None:
    pool = unread(rng().normal(size=(20, 3)), probabilities=rng(1).dirichlet(np.ones(2), 20))
    longest = choose(QueryStrategy.BADGE, pool, 1)
    assert choose(QueryStrategy.BADGE, pool.barring(np.array(longest)), 1) != longest


def test_badge_picks_every_twin_once_there_is_nothing_else() -> None:
    pool = unread(np.ones((50, 3)), probabilities=np.tile([0.5, 0.5], (50, 1)))
    assert sorted(choose(QueryStrategy.BADGE, pool, 60)) == list(range(50))


def test_badge_spreads_over_gradient_directions() -> None:
    z = np.repeat(np.eye(4), 25, axis=0)
    p = np.tile([0.5, 0.5], (100, 1))
    for seed in range(10):
        picks = choose(QueryStrategy.BADGE, unread(z, probabilities=p), 4, seed)
        assert sorted(index // 25 for index in picks) == [0, 1, 2, 3]


@pytest.mark.parametrize("fitted_on", [10_000, 40])
def test_drop_query_asks_one_of_each_cluster_that_wavers(
    fitted_on: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drop_query, "FITTED_ON", fitted_on)
    z = np.repeat(np.eye(4), 60, axis=0) + rng().normal(0, 0.01, (240, 4))
    p = np.tile([0.9, 0.1], (240, 1))
    draws = np.repeat(p[None], 3, axis=0)
    draws[:2, 60:180] = [0.1, 0.9]
    pool = unread(z, probabilities=p, draws=draws)
    picks = choose(QueryStrategy.DROP_QUERY, pool, 2)
    assert sorted(index // 60 for index in picks) == [1, 2]


def test_the_split_has_fewest_errors_whatever_the_half() -> None:
    scores = np.array([0.01, 0.02, 0.03, 0.1, 0.12])
    assert split(scores, np.array([False, False, False, True, True])) == pytest.approx(0.065)
    assert split(scores, np.array([False] * 5)) == pytest.approx(0.12)
    for seed in range(20):
        values, yes = rng(seed).random(12), rng(seed + 1).random(12) < 0.4
        cut = split(values, yes)
        errors = [int(((values >= c) != yes).sum()) for c in [-1.0, *values, 2.0]]
        assert int(((values > cut) != yes).sum()) == min(errors)


def test_class_scores_are_leads() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
    np.testing.assert_allclose(class_scores(p, False), [[0.5, -0.5, -0.6], [-0.1, -0.1, 0.1]])
    np.testing.assert_allclose(class_scores(p, True), p)


def test_direct_asks_around_the_split_of_a_rare_class() -> None:
    score = np.linspace(0.0, 0.4, 100)
    p = np.stack([1 - score, score], axis=1)
    labelled = np.isin(np.arange(100), [10, 30, 50, 78, 82, 95])
    answers = np.full((100, 2), -1)
    answers[labelled] = [[1, 0]] * 4 + [[0, 1]] * 2
    pool = PoolView(rng().normal(size=(100, 3)), labelled, p, answers=answers)
    picks = choose(QueryStrategy.DIRECT, pool, 6)
    assert set(picks) <= set(range(75, 86))


def test_direct_finds_more_of_a_rare_class_than_chance() -> None:
    draw = rng(4)
    truth = draw.random(2000) < 0.03
    score = np.clip(np.where(truth, 0.3, 0.1) + draw.normal(0, 0.08, 2000), 0.001, 0.999)
    labelled = draw.random(2000) < 0.05
    answers = np.full((2000, 2), -1)
    answers[labelled] = np.stack([~truth, truth], axis=1)[labelled]
    pool = PoolView(
        draw.normal(size=(2000, 4)), labelled, np.stack([1 - score, score], 1), answers=answers
    )
    picks = choose(QueryStrategy.DIRECT, pool, 50)
    assert truth[picks].mean() > 3 * truth.mean()


def test_reading_time_counts_by_its_square_root() -> None:
    p = np.tile([0.6, 0.4], (4, 1))
    pool = unread(np.eye(4), probabilities=p, minutes=np.array([4.0, 1.0, 2.0, 8.0]))
    assert choose(QueryStrategy.MARGIN, pool, 4) == [1, 2, 0, 3]
    assert choose(QueryStrategy.UNCERTAINTY_HERDING, pool, 4) == [1, 2, 0, 3]
    close = unread(
        np.eye(2), probabilities=np.array([[0.5, 0.5], [0.6, 0.4]]), minutes=np.array([1.4, 1.0])
    )
    assert choose(QueryStrategy.MARGIN, close, 1) == [0]


def test_draws_of_a_head_keep_its_opinion_on_average_and_differ_where_it_leans_on_little() -> None:
    z = np.concatenate([np.full((1, 40), 0.5), np.zeros((1, 40))])
    z[1, 0] = 20.0
    head = Head(
        np.stack([np.zeros(40), np.full(40, 0.1)]), np.zeros(2), np.ones(2), np.ones(2, int), 1.0,
        False,
    )  # fmt: skip
    draws = dropout_draws(head, z, seed=0, draws=200)
    assert draws.shape == (200, 2, 2)
    np.testing.assert_allclose(draws.sum(axis=2), 1.0, atol=1e-5)
    spread = draws[:, :, 1].std(axis=0)
    assert spread[1] > 3 * spread[0]
    np.testing.assert_array_equal(draws, dropout_draws(head, z, seed=0, draws=200))


@pytest.mark.parametrize("multi_label", [False, True])
def test_v_optimal_picks_lower_the_variance_of_the_head_most(multi_label: bool) -> None:
    for seed in range(4):
        p = rng(seed).random((40, 3)) if multi_label else rng(seed).dirichlet(np.ones(3), 40)
        labelled = rng(seed).random(40) < 0.25
        pool = PoolView(rng(seed + 9).normal(size=(40, 5)), labelled, p, multi_label=multi_label)
        p_no = 1.0 - p
        told = 1 - (p**2).sum(axis=1) if not multi_label else (2 * p * p_no).mean(axis=1)
        worth, z = np.maximum(told, v_optimal.LEAST_WORTH), pool.z.astype(np.float64)
        doubt = np.where(labelled, 0.0, margin_scores(pool))
        known = list(np.flatnonzero(labelled))

        def left(items: list[int], worth=worth, z=z, doubt=doubt) -> float:
            own = z[items]
            precision = v_optimal.RIDGE * np.eye(5) + (own * worth[items][:, None]).T @ own
            return float(doubt @ np.einsum("nd,de,ne->n", z, np.linalg.inv(precision), z))

        for index in choose(QueryStrategy.V_OPTIMAL, pool, 5, seed):
            free = [one for one in range(40) if one not in known]
            best = min(free, key=lambda one: left([*known, one]))
            assert index == best
            known.append(index)


def answered(counts: list[int], items: int = 60, seed: int = 0) -> PoolView:
    """A pool whose model doubts everything a little, with that many answers of each class."""
    p = rng(seed).dirichlet(np.ones(len(counts)), items)
    labelled = np.arange(items) < 12
    z = rng(seed + 5).normal(size=(items, 6))
    return PoolView(z, labelled, p, class_counts=np.array(counts))


def test_answers_are_uneven_only_as_far_as_chance_does_not_explain_it() -> None:
    assert unevenness(answered([40, 40, 40])) == 0.0
    assert unevenness(answered([0, 0, 0])) == 0.0
    assert unevenness(answered([3, 1, 2])) < 0.03, "six answers may well look like that"
    assert 0.1 < unevenness(answered([30, 25, 2])) < unevenness(answered([50, 6, 1])) < 1.0
    drawn = [rng(seed).multinomial(60, np.full(6, 1 / 6)).tolist() for seed in range(200)]
    assert np.mean([unevenness(answered(counts)) for counts in drawn]) < 0.03


def test_rare_aware_herding_looks_for_the_doubtful_and_far_as_far_as_classes_are_uneven() -> None:
    """Against the same greedy search written as loops over every item."""
    pool = answered([30, 25, 12])
    share = min(1.0, FARTHER_OUT * unevenness(pool))
    far = round(10 * share)
    assert 0 < far < 10
    picks = choose(QueryStrategy.RARE_AWARE_HERDING, pool, 10)
    known, doubt = list(range(12)), margin_scores(pool)
    for pick in picks[:far]:
        away = [min(float(((one - pool.z[k]) ** 2).sum()) for k in known) for one in pool.z]
        assert pick == max(
            (item for item in range(60) if item not in known), key=lambda i: away[i] * doubt[i]
        )
        known.append(pick)
    rest = pool.barring(np.array(picks[:far])).knowing(np.array(picks[:far]))
    assert picks[far:] == choose(QueryStrategy.UNCERTAINTY_HERDING, rest, 10 - far)


def test_the_first_batch_is_typical_for_ten_items_and_then_far_from_all_that_is_known() -> None:
    """Against the same search written as loops over every item."""
    pool = PoolView(rng(7).normal(size=(60, 6)), np.arange(60) == 3)
    picks = choose(QueryStrategy.RARE_AWARE_HERDING, pool, 14)
    typical = TYPICAL_FIRST - 1
    assert picks[:typical] == choose(QueryStrategy.MAX_HERDING, pool, typical)
    known = [3, *picks[:typical]]
    for pick in picks[typical:]:
        away = [min(float(((one - pool.z[k]) ** 2).sum()) for k in known) for one in pool.z]
        assert pick == int(np.argmax(away))
        known.append(pick)
    assert len(set(picks)) == 14
    assert 3 not in picks


@pytest.mark.parametrize(
    ("known", "wanted", "multi_label"), [(0, 10, False), (12, 20, False), (0, 20, True)]
)
def test_nothing_but_the_rest_of_a_first_batch_goes_far_out_before_there_is_a_model(
    known: int, wanted: int, multi_label: bool
) -> None:
    pool = PoolView(rng(8).normal(size=(60, 6)), np.arange(60) < known, multi_label=multi_label)
    assert choose(QueryStrategy.RARE_AWARE_HERDING, pool, wanted) == choose(
        QueryStrategy.MAX_HERDING, pool, wanted
    )


def test_rare_aware_herding_is_uncertainty_herding_where_classes_are_even() -> None:
    pool = answered([30, 31, 29])
    assert choose(QueryStrategy.RARE_AWARE_HERDING, pool, 8) == choose(
        QueryStrategy.UNCERTAINTY_HERDING, pool, 8
    )
