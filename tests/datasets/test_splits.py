"""Splits: no patient on two sides, the hold-out always test, the same for ever."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.datasets.splits import SplitShares, SplitSharesWrong, fraction, split_of

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
shares = st.tuples(st.integers(0, 100), st.integers(0, 100)).map(
    lambda pair: SplitShares(
        train=1 - min(pair) / 100 - (max(pair) - min(pair)) / 100,
        validation=(max(pair) - min(pair)) / 100,
        test=min(pair) / 100,
    )
)


@given(hashes, shares)
def test_the_hold_out_is_always_test(keyed_hash, given_shares):
    assert split_of(keyed_hash, True, given_shares) == "test"


@given(hashes, shares)
def test_a_split_depends_on_the_patient_alone(keyed_hash, given_shares):
    assert 0 <= fraction(keyed_hash) < 1
    first = split_of(keyed_hash, False, given_shares)
    assert first in ("train", "validation", "test")
    assert split_of(keyed_hash, False, given_shares) == first


def test_shares_are_met_over_many_patients():
    given_shares = SplitShares(0.6, 0.15, 0.25)
    patients = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(20_000)]
    found = [split_of(patient, False, given_shares) for patient in patients]
    for split, share in (("train", 0.6), ("validation", 0.15), ("test", 0.25)):
        assert abs(found.count(split) / len(found) - share) < 0.015


@pytest.mark.parametrize("wrong", [(0.5, 0.5, 0.5), (1.2, -0.2, 0.0), (0, 0, 0)])
def test_shares_must_add_up(wrong):
    with pytest.raises(SplitSharesWrong):
        SplitShares(*wrong).check()
