"""A batch keeps to quotas, spreads over sites, asks nothing twice, and gives way in the end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.ml.batches import Arm, query_batch
from collimate.ml.limits import Limits, twins
from collimate.ml.reading_time import fit_reading_time
from collimate.ml.strategies import PoolView, QueryStrategy

PLAIN = [QueryStrategy.MARGIN, QueryStrategy.UNCERTAINTY_HERDING, QueryStrategy.BADGE]


def pool_of(items: int, *, sites: np.ndarray | None = None, seed: int = 0) -> PoolView:
    draw = np.random.default_rng(seed)
    return PoolView(
        draw.normal(size=(items, 12)),
        np.zeros(items, bool),
        draw.dirichlet(np.ones(3), items),
        sites=sites,
    )


def asked(
    pool: PoolView, k: int, limits: Limits, strategy: QueryStrategy = QueryStrategy.MARGIN
) -> np.ndarray:
    picks = query_batch(strategy, pool, k, rng=np.random.default_rng(1), limits=limits)
    return np.array([pick.index for pick in picks if pick.arm is Arm.STRATEGY])


@pytest.mark.parametrize("strategy", PLAIN)
def test_no_site_gets_more_than_an_eighth_of_what_the_strategy_asks_for(
    strategy: QueryStrategy,
) -> None:
    sites = np.random.default_rng(0).choice(list("abcdefghij"), 600, p=[0.55] + [0.05] * 9)
    picks = asked(pool_of(600, sites=sites), 80, Limits(), strategy)
    counts = np.unique(sites[picks], return_counts=True)[1]
    assert len(picks) == 72
    assert counts.max() == 72 // 8


def test_few_or_unknown_sites_are_not_spread() -> None:
    few = np.array(["a"] * 290 + ["b"] * 10)
    assert (few[asked(pool_of(300, sites=few), 40, Limits())] == "a").sum() > 18
    unknown = np.array([*"bcdefghi", *[""] * 292])
    assert (unknown[asked(pool_of(300, sites=unknown), 40, Limits())] == "").sum() > 18


def test_the_ceiling_gives_way_where_the_other_sites_are_exhausted() -> None:
    sites = np.array([*"bcdefghi", *["a"] * 92])
    picks = asked(pool_of(100, sites=sites), 40, Limits())
    assert len(picks) == 36
    # One of the eight may have gone to the control arm.
    assert (sites[picks] != "a").sum() >= 5


@pytest.mark.parametrize("strategy", PLAIN)
def test_quotas_are_met(strategy: QueryStrategy) -> None:
    draw = np.random.default_rng(2)
    sex = draw.choice(["F", "M"], 400, p=[0.1, 0.9])
    age = draw.choice(["0-17", "18-64", "65+"], 400, p=[0.05, 0.8, 0.15])
    limits = Limits({"sex": sex, "age": age}, {("sex", "F"): 0.4, ("age", "65+"): 0.3})
    picks = asked(pool_of(400), 50, limits, strategy)
    assert len(set(picks.tolist())) == 45
    assert (sex[picks] == "F").sum() >= 18
    assert (age[picks] == "65+").sum() >= 14


def test_a_quota_nobody_can_meet_does_not_shorten_the_batch() -> None:
    sex = np.array(["F"] * 3 + ["M"] * 97)
    picks = asked(pool_of(100), 50, Limits({"sex": sex}, {("sex", "F"): 0.5}))
    assert len(picks) == 45
    assert 1 <= (sex[picks] == "F").sum() <= 3


@pytest.mark.parametrize("strategy", PLAIN)
def test_twins_are_not_asked_for_together(strategy: QueryStrategy) -> None:
    z = np.repeat(np.random.default_rng(3).normal(size=(40, 12)), 5, axis=0)
    z += np.random.default_rng(4).normal(0, 1e-3, z.shape)
    p = np.repeat(np.random.default_rng(5).dirichlet(np.ones(3), 40), 5, axis=0)
    pool = PoolView(z, np.zeros(200, bool), p)
    picks = query_batch(strategy, pool, 20, rng=np.random.default_rng(0))
    groups = [pick.index // 5 for pick in picks]
    assert len(set(groups)) >= 19
    chosen = [pick.index // 5 for pick in picks if pick.arm is Arm.STRATEGY]
    assert len(set(chosen)) == len(chosen)


def test_what_is_being_read_has_no_twin_in_the_batch() -> None:
    z = np.repeat(np.eye(6), 10, axis=0)
    being_read = np.arange(60) == 3
    p = np.tile([0.9, 0.1], (60, 1))
    p[:10] = 0.5
    pool = PoolView(z, being_read, p)
    assert asked(pool, 4, Limits(no_twins=False)).max() < 10
    assert asked(pool, 4, Limits(being_read=being_read)).min() >= 10


def test_a_pool_of_duplicates_still_fills_a_batch() -> None:
    pool = PoolView(np.ones((30, 4)), np.zeros(30, bool), np.full((30, 2), 0.5))
    assert len(set(asked(pool, 10, Limits()).tolist())) == 9


def test_twins_are_those_of_brute_force() -> None:
    pool = pool_of(200)
    pool = PoolView(np.concatenate([pool.z, pool.z[:5] + 1e-4]), np.zeros(205, bool))
    marked = np.flatnonzero(twins(pool, np.array([0, 3]))).tolist()
    assert marked == [0, 3, 200, 203]


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(list(QueryStrategy)), st.integers(1, 30), st.integers(0, 500))
def test_limits_never_break_the_promises_of_a_batch(
    strategy: QueryStrategy, k: int, seed: int
) -> None:
    draw = np.random.default_rng(seed)
    patients = draw.integers(40, size=80)
    pool = PoolView(
        draw.normal(size=(80, 4)),
        draw.random(80) < 0.2,
        draw.dirichlet(np.ones(2), 80),
        patients=patients,
        sites=draw.choice(list("abcdefghijk"), 80),
    )
    limits = Limits({"sex": draw.choice(["F", "M"], 80)}, {("sex", "F"): 0.5})
    picks = query_batch(strategy, pool, k, rng=np.random.default_rng(seed), limits=limits)
    indices = [pick.index for pick in picks]
    assert len(set(indices)) == len(indices) <= k
    assert not pool.labelled[indices].any()
    own = patients[[pick.index for pick in picks if pick.arm is Arm.STRATEGY]].tolist()
    assert len(set(own)) == len(own)


def test_reading_time_learns_what_takes_long() -> None:
    draw = np.random.default_rng(0)
    slices = draw.uniform(1, 200, 300)
    minutes = 0.5 * slices**0.5 * np.exp(draw.normal(0, 0.2, 300))
    model = fit_reading_time(np.log(slices)[:, None], minutes)
    short, long = model.minutes(np.log([[4.0], [144.0]]))
    assert short == pytest.approx(1.0, rel=0.15)
    assert long == pytest.approx(6.0, rel=0.15)


def test_reading_time_falls_back_to_the_median() -> None:
    draw = np.random.default_rng(0)
    minutes = np.exp(draw.normal(0, 0.5, 200))
    noise = draw.normal(size=(200, 30))
    assert np.unique(fit_reading_time(noise, minutes).minutes(noise)).tolist() == [
        pytest.approx(np.median(minutes))
    ]
    few = fit_reading_time(noise[:5], np.array([1.0, 2.0, 3.0, 4.0, 500.0]))
    assert few.minutes(noise[:2]).tolist() == pytest.approx([3.0, 3.0])
    assert fit_reading_time(noise[:0], minutes[:0]).minutes(noise[:1]).tolist() == [1.0]
    with pytest.raises(ValueError, match="finite"):
        fit_reading_time(noise[:1], np.array([np.nan]))
