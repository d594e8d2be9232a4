"""A query batch mixes the strategy's picks with an unbiased control arm and says why."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.ml.batches import Arm, Pick, Reason, query_batch
from collimate.ml.strategies import PoolView, QueryStrategy


def pool_of(items: int, *, seed: int = 0, model: bool = True, patients: int = 0) -> PoolView:
    draw = np.random.default_rng(seed)
    return PoolView(
        draw.normal(size=(items, 6)),
        np.arange(items) < items // 10,
        draw.dirichlet(np.ones(3), size=items) if model else None,
        class_counts=np.array([10, 10, 10]) if model else None,
        patients=draw.integers(patients, size=items) if patients else None,
    )


def batch(pool: PoolView, k: int, seed: int = 0, **settings: object) -> list[Pick]:
    strategy = settings.pop("strategy", QueryStrategy.UNCERTAINTY_HERDING)
    rng = np.random.default_rng(seed)
    return query_batch(strategy, pool, k, rng=rng, **settings)  # type: ignore[arg-type]


def of_arm(picks: list[Pick], arm: Arm) -> list[int]:
    return [pick.index for pick in picks if pick.arm is arm]


@pytest.mark.parametrize(
    ("k", "share", "expected"), [(20, 0.1, 2), (5, 0.1, 1), (4, 0.1, 0), (20, 0.0, 0), (8, 1.0, 8)]
)
def test_the_control_arm_has_its_share(k: int, share: float, expected: int) -> None:
    picks = batch(pool_of(200), k, control_share=share)
    assert len(picks) == k
    assert len(of_arm(picks, Arm.CONTROL)) == expected


def test_the_control_arm_does_not_depend_on_the_strategy() -> None:
    pool = pool_of(300)
    arms = [sorted(of_arm(batch(pool, 20, seed=3, strategy=s), Arm.CONTROL)) for s in QueryStrategy]
    assert all(arm == arms[0] for arm in arms)


def test_every_pickable_item_is_equally_likely_to_be_a_control() -> None:
    pool = pool_of(30, patients=4)
    times = np.zeros(30)
    for seed in range(2000):
        times[of_arm(batch(pool, 5, seed=seed), Arm.CONTROL)] += 1
    assert (times[:3] == 0).all()
    assert np.abs(times[3:] / 2000 - 1 / 27).max() < 0.02


def test_controls_stand_anywhere_in_the_order() -> None:
    places = {
        place
        for seed in range(60)
        for place, pick in enumerate(batch(pool_of(60), 5, seed=seed))
        if pick.arm is Arm.CONTROL
    }
    assert places == {0, 1, 2, 3, 4}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(list(QueryStrategy)), st.integers(0, 25), st.integers(0, 1000))
def test_a_batch_is_unique_unread_repeatable_and_asks_each_patient_once(
    strategy: QueryStrategy, k: int, seed: int
) -> None:
    pool = pool_of(60, seed=seed, patients=25, model=seed % 2 == 0)
    picks = batch(pool, k, seed=seed, strategy=strategy)
    assert picks == batch(pool, k, seed=seed, strategy=strategy)
    indices = [pick.index for pick in picks]
    assert len(set(indices)) == len(indices) <= k
    assert not pool.labelled[indices].any()
    assert pool.patients is not None
    asked = pool.patients[of_arm(picks, Arm.STRATEGY)].tolist()
    assert len(set(asked)) == len(asked)
    assert not set(asked) & set(pool.patients[of_arm(picks, Arm.CONTROL)].tolist())


def test_patients_may_come_twice_where_that_is_allowed() -> None:
    pool = pool_of(60, patients=3)
    assert len(batch(pool, 20)) < 20
    assert len(batch(pool, 20, per_patient_once=False)) == 20


def test_numbers_behind_a_pick_are_the_pools_own() -> None:
    pool = pool_of(100)
    assert pool.probabilities is not None
    for pick in batch(pool, 20):
        p = np.sort(pool.probabilities[pick.index])[::-1]
        assert pick.parts["first_probability"] == pytest.approx(p[0])
        assert pick.parts["second_probability"] == pytest.approx(p[1])
        assert pick.parts["uncertainty"] == pytest.approx(1 - (p[0] - p[1]))
        assert 0.0 <= pick.parts["novelty"] <= 1.0


def test_reasons_fit_the_arm_and_what_is_known() -> None:
    for pick in batch(pool_of(200), 20):
        assert (pick.reason is Reason.CONTROL) == (pick.arm is Arm.CONTROL)
    cold = batch(pool_of(200, model=False), 20)
    assert {p.reason for p in cold if p.arm is Arm.STRATEGY} == {Reason.TYPICAL}
    assert all("uncertainty" not in pick.parts for pick in cold)
    chance = batch(pool_of(200), 20, strategy=QueryStrategy.RANDOM)
    assert {p.reason for p in chance if p.arm is Arm.STRATEGY} == {Reason.RANDOM}


def test_doubt_and_strangeness_are_told_apart() -> None:
    z = np.concatenate([np.tile([1.0, 0.0, 0.0], (50, 1)), [[0.0, 0.0, 1.0]]])
    z[:50] += np.random.default_rng(0).normal(0, 0.05, (50, 3))
    p = np.tile([0.99, 0.01], (51, 1))
    p[25] = [0.5, 0.5]
    pool = PoolView(z, np.arange(51) < 20, p, class_counts=np.array([10, 10]))
    first = batch(pool, 1, strategy=QueryStrategy.MARGIN)[0]
    assert (first.index, first.reason) == (25, Reason.UNCERTAIN)
    strange = batch(pool, 1, strategy=QueryStrategy.CORE_SET)[0]
    assert (strange.index, strange.reason) == (50, Reason.UNFAMILIAR)


def test_a_first_batch_says_which_cases_are_typical_and_which_lie_far_out() -> None:
    draw = np.random.default_rng(1)
    crowds = np.repeat(np.eye(12)[:2], 150, axis=0) + draw.normal(0, 0.1, (300, 12))
    odd = np.eye(12)[2:] + draw.normal(0, 0.1, (10, 12))
    pool = PoolView(np.concatenate([crowds, odd]), np.zeros(310, bool))
    picks = batch(pool, 20, strategy=QueryStrategy.RARE_AWARE_HERDING, control_share=0.0)
    said = {pick.index: pick.reason for pick in picks}
    assert set(range(300, 310)) <= set(said), "every odd one is asked for at once"
    assert {said[index] for index in range(300, 310)} == {Reason.UNFAMILIAR}
    assert Reason.TYPICAL in said.values()


def test_a_lead_to_a_rare_class_is_named() -> None:
    pool = pool_of(60)
    p = np.tile([0.45, 0.4, 0.15], (60, 1))
    p[30] = [0.0, 0.49, 0.51]
    rare = PoolView(pool.z, pool.labelled, p, class_counts=np.array([20, 20, 1]))
    pick = batch(rare, 1, strategy=QueryStrategy.MARGIN)[0]
    assert (pick.index, pick.reason) == (30, Reason.RARE_CLASS)


def test_an_exhausted_or_empty_pool_gives_what_is_left() -> None:
    pool = pool_of(12)
    assert len(batch(pool, 50)) == 11
    empty = PoolView(np.zeros((0, 3)), np.zeros(0, dtype=bool))
    assert batch(empty, 5) == []


def test_senseless_requests_are_refused() -> None:
    with pytest.raises(ValueError, match="share"):
        batch(pool_of(20), 5, control_share=1.5)
    with pytest.raises(ValueError, match="k"):
        batch(pool_of(20), -1)
