"""Folding: a case stands where its most doubtful image stands, and is as doubtful."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from collimate.ml.folding import Fold, fold
from collimate.ml.strategies.scores import margins


@given(
    sizes=st.lists(st.integers(1, 5), min_size=1, max_size=8),
    seed=st.integers(0, 10_000),
    multi_label=st.booleans(),
)
def test_a_case_is_as_doubtful_as_its_most_doubtful_item(sizes, seed, multi_label):
    rng = np.random.default_rng(seed)
    cases = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    z = rng.normal(size=(len(cases), 3))
    said = rng.dirichlet(np.ones(4), len(cases))
    rows, folded = fold(cases, z, said, multi_label=multi_label)
    assert rows.shape == (len(sizes), 3)
    for case in range(len(sizes)):
        own = np.flatnonzero(cases == case)
        worst = own[np.argmax(margins(said[own], multi_label))]
        assert np.array_equal(rows[case], z[worst])
        assert np.array_equal(folded[case], said[worst])


@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=8), seed=st.integers(0, 10_000))
def test_before_a_model_speaks_the_most_unusual_item_stands_for_a_case(sizes, seed):
    rng = np.random.default_rng(seed)
    cases = np.repeat(np.arange(len(sizes)), sizes)
    z = rng.normal(size=(len(cases), 3))
    rows, said = fold(cases, z, None, multi_label=False)
    apart = np.linalg.norm(z - z.mean(axis=0), axis=1)
    assert said is None
    for case, row in enumerate(rows):
        own = np.flatnonzero(cases == case)
        assert np.array_equal(row, z[own[np.argmax(apart[own])]])
    means, _ = fold(cases, z, None, multi_label=False, how=Fold.MEAN)
    assert np.allclose(means[0], z[cases == 0].mean(axis=0))
