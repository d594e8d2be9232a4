"""Agreement beyond chance, against a second implementation and a published example."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from collimate.reviews.agreement import cohen_kappa, fleiss_kappa, raw_agreement

labels = st.sampled_from(["normal", "bacterial", "viral"])
pairs = st.lists(st.tuples(labels, labels), min_size=2, max_size=40)


@given(pairs)
def test_cohens_kappa_agrees_with_scikit_learn(said):
    first, second = [a for a, _ in said], [b for _, b in said]
    if len({*first, *second}) < 2:
        assert cohen_kappa(first, second) is None
        return
    expected = cohen_kappa_score(first, second)
    ours = cohen_kappa(first, second)
    assert ours is not None
    assert math.isclose(ours, expected, abs_tol=1e-9)
    assert ours == pytest.approx(cohen_kappa(second, first))


def test_fleiss_kappa_of_the_published_example():
    """Fleiss 1971 as worked through in textbooks: ten cases, fourteen reads, kappa 0.210."""
    table = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    cases = [[str(label) for label, count in enumerate(row) for _ in range(count)] for row in table]
    assert fleiss_kappa(cases) == pytest.approx(0.210, abs=5e-4)


@given(pairs)
def test_two_who_always_agree_agree_fully(said):
    first = [a for a, _ in said]
    assert raw_agreement([[a, a] for a in first]) == 1.0
    if len(set(first)) > 1:
        assert cohen_kappa(first, first) == pytest.approx(1.0)
        assert fleiss_kappa([[a, a] for a in first]) == pytest.approx(1.0)


def test_what_is_undefined_is_none_and_what_is_wrong_is_refused():
    assert cohen_kappa([], []) is None
    assert fleiss_kappa([]) is None
    assert fleiss_kappa([["normal"]]) is None
    assert raw_agreement([["normal"]]) is None
    with pytest.raises(ValueError, match="same cases"):
        cohen_kappa(["normal"], [])
    with pytest.raises(ValueError, match="same number"):
        fleiss_kappa([["a"], ["a", "b"]])
