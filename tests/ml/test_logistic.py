"""The regression of heads answers as scikit-learn's does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from collimate.ml.logistic import balanced_logistic


@settings(max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    items=st.integers(12, 50),
    width=st.integers(1, 12),
    classes=st.integers(2, 5),
    strength=st.sampled_from([0.003, 0.1, 1.0, 10.0]),
    size=st.sampled_from([0.05, 1.0]),
)
def test_it_is_the_balanced_regression_of_scikit_learn(
    seed: int, items: int, width: int, classes: int, strength: float, size: float
) -> None:
    """Both are led close to the one optimum: where they stop early, rounding leads them apart."""
    rng = np.random.default_rng(seed)
    labels = 3 * rng.permutation(np.arange(items) % classes)
    z = size * (rng.normal(0, 1, (items, width)) + (labels / 3)[:, None] * rng.normal(0, 1, width))
    theirs = LogisticRegression(C=strength, class_weight="balanced", max_iter=20_000, tol=1e-7)
    theirs.fit(z, labels)
    coef, intercept = balanced_logistic(z, labels, strength, tolerance=1e-7, most_steps=20_000)
    assert coef.shape == theirs.coef_.shape
    said = theirs.decision_function(z)
    ours = (z @ coef.T + intercept).squeeze()
    np.testing.assert_allclose(ours, said, atol=1e-3 * max(np.abs(said).max(), 1))


@pytest.mark.parametrize("classes", [2, 4])
def test_a_rare_class_weighs_as_much_as_a_frequent_one(classes: int) -> None:
    labels = np.repeat(np.arange(classes), [60, *[3] * (classes - 1)])
    z = np.eye(classes)[labels] + np.random.default_rng(0).normal(0, 0.2, (len(labels), classes))
    coef, intercept = balanced_logistic(z, labels, 1.0)
    said = z @ coef.T + intercept
    found = (said[:, 0] > 0).astype(int) if classes == 2 else said.argmax(axis=1)
    for own in range(classes):
        assert (found[labels == own] == own).mean() > 0.9


def test_numbers_far_out_of_range_give_certainty_not_a_warning() -> None:
    z = np.array([[-1e6], [-2e6], [1e6], [3e6]])
    with np.errstate(all="raise", under="ignore"):
        coef, intercept = balanced_logistic(z, np.array([0, 0, 1, 1]), 1e6)
    assert ((z @ coef.T + intercept)[:, 0] > 0).tolist() == [False, False, True, True]
