"""What a model may answer by itself: coverage by class, bounds on errors, and drift."""

from math import comb

import numpy as np
import pytest
from scipy import stats

from collimate.ml.conformal import (
    UNDECIDED,
    calibrate,
    checks_needed,
    fewest_per_class,
    prediction_sets,
    upper_bound,
)
from collimate.ml.drift import score_difference, share_difference

SHARES = np.array([0.7, 0.2, 0.1])


def drawn(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Exchangeable cases of an uneven world, and what a model of middling skill says of them."""
    labels = rng.choice(3, count, p=SHARES)
    logits = rng.normal(0, 1.5, (count, 3)) + 2.5 * np.eye(3)[labels]
    p = np.exp(logits)
    return p / p.sum(axis=1, keepdims=True), labels


def by_hand(known: np.ndarray, labels: np.ndarray, new: np.ndarray) -> np.ndarray:
    """The p-values again, one comparison at a time."""
    found = np.zeros(new.shape)
    for item in range(len(new)):
        for c in range(new.shape[1]):
            own = [known[i, c] for i in range(len(known)) if labels[i] == c]
            found[item, c] = (1 + sum(p <= new[item, c] for p in own)) / (1 + len(own))
    return found


@pytest.mark.parametrize("seed", range(5))
def test_p_values_are_those_counted_by_hand_ties_included(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, labels = drawn(rng, 60)
    new, _ = drawn(rng, 25)
    # Rounded to quarters, most are equal to some other.
    known, new = np.round(known * 4) / 4, np.round(new * 4) / 4
    assert np.allclose(calibrate(known, labels).p_values(new), by_hand(known, labels, new))


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.2])
def test_every_class_keeps_its_own_coverage_on_exchangeable_cases(alpha: float) -> None:
    rng = np.random.default_rng(7)
    missed, seen = np.zeros(3), np.zeros(3)
    for _ in range(300):
        known, labels = drawn(rng, 200)
        new, truth = drawn(rng, 40)
        sets = prediction_sets(calibrate(known, labels).p_values(new), alpha)
        missed += np.bincount(truth, ~sets[np.arange(40), truth], minlength=3)
        seen += np.bincount(truth, minlength=3)
    # One-sided: three standard errors above what is promised would be a broken promise.
    assert (missed / seen <= alpha + 3 * np.sqrt(alpha * (1 - alpha) / seen) + 0.005).all()
    assert (missed / seen >= alpha / 3).all(), "sets that hold everything promise nothing"


def test_a_class_that_is_hardly_known_keeps_everything_undecided() -> None:
    rng = np.random.default_rng(1)
    known, labels = drawn(rng, 400)
    new, _ = drawn(rng, 100)
    assert (calibrate(known, labels).single(new, 0.1) != UNDECIDED).any()
    kept = (labels != 2) | (np.cumsum(labels == 2) < fewest_per_class(0.1))
    few = calibrate(known[kept], labels[kept])
    assert (few.single(new, 0.1) == UNDECIDED).all()
    # The rare class could never be ruled out, so it alone would be what is left.
    sets = prediction_sets(few.p_values(new), 0.1)
    assert sets[:, 2].all()


@pytest.mark.parametrize(("alpha", "count"), [(0.05, 19), (0.01, 99), (0.1, 9), (0.02, 49)])
def test_how_many_of_a_class_it_takes_to_rule_it_out(alpha: float, count: int) -> None:
    assert fewest_per_class(alpha) == count
    likely = calibrate(np.tile([0.9, 0.1], (count, 1)), np.zeros(count, np.int64))
    strange = np.array([[0.1, 0.9]])
    assert not prediction_sets(likely.p_values(strange), alpha)[0, 0]
    fewer = calibrate(np.tile([0.9, 0.1], (count - 1, 1)), np.zeros(count - 1, np.int64))
    assert prediction_sets(fewer.p_values(strange), alpha)[0, 0]


@pytest.mark.parametrize("count", [1, 5, 59, 299])
def test_the_bound_is_that_of_clopper_and_pearson(count: int) -> None:
    for errors in range(min(count, 6)):
        bound = upper_bound(errors, count)
        assert bound == pytest.approx(stats.beta.ppf(0.95, errors + 1, count - errors), abs=1e-9)
        # By its definition: at the bound, so few errors have a chance of one in twenty.
        tail = sum(
            comb(count, k) * bound**k * (1 - bound) ** (count - k) for k in range(errors + 1)
        )
        assert tail == pytest.approx(0.05, abs=1e-6)


def test_the_bound_at_its_ends() -> None:
    assert upper_bound(0, 0) == upper_bound(3, 3) == 1.0
    assert upper_bound(0, 59) <= 0.05 < upper_bound(0, 58)
    assert upper_bound(0, 299) <= 0.01 < upper_bound(0, 298)
    with pytest.raises(ValueError, match="more errors"):
        upper_bound(2, 1)


def test_the_bound_holds_in_nineteen_samples_of_twenty() -> None:
    rng = np.random.default_rng(3)
    for rate in (0.01, 0.05, 0.2):
        errors = rng.binomial(150, rate, 4000)
        bounds = {k: upper_bound(int(k), 150) for k in np.unique(errors)}
        assert np.mean([bounds[k] >= rate for k in errors]) >= 0.94


@pytest.mark.parametrize(
    ("errors", "count", "target", "needed"),
    [(0, 0, 0.05, 59), (0, 0, 0.01, 299), (0, 40, 0.05, 59), (0, 80, 0.05, 80), (5, 50, 0.1, None)],
)
def test_how_many_checks_a_target_takes(
    errors: int, count: int, target: float, needed: int | None
) -> None:
    assert checks_needed(errors, count, target) == needed


def test_with_some_errors_it_takes_more_checks_and_no_fewer_suffice() -> None:
    needed = checks_needed(1, 50, 0.05)
    assert needed is not None
    assert needed > 93, "93 with one error suffice, but one in fifty of 93 are two"
    assert upper_bound(int(np.ceil(needed / 50)), needed) <= 0.05


def test_drift_is_found_and_chance_is_not() -> None:
    rng = np.random.default_rng(5)
    same = [score_difference(rng.beta(5, 1, 80), rng.beta(5, 1, 60)) for _ in range(100)]
    assert np.mean(np.array(same) < 0.05) < 0.12
    assert score_difference(rng.beta(5, 1, 80), rng.beta(2, 2, 60)) < 0.001
    north, mixed = np.array(["north"] * 60), np.array(["north"] * 20 + ["south"] * 20)
    assert share_difference(north, mixed, seed=1) <= 0.01
    assert share_difference(np.tile(["n", "s"], 40), np.tile(["n", "s"], 30), seed=1) > 0.5
    assert share_difference(north[:10], mixed, seed=1) == score_difference(
        np.zeros(5), np.ones(50)
    ) == 1.0  # fmt: skip
