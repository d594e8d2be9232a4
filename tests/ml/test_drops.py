"""A drop is deep enough, not by chance, and counted by patient."""

import numpy as np
import pytest

from collimate.ml.drops import drops


def right(count: int, wrong: int) -> np.ndarray:
    """That many right answers, the last of them wrong."""
    return np.arange(count) < count - wrong


def everyone(count: int) -> np.ndarray:
    return np.arange(count)


def test_a_group_that_lost_six_of_twenty_is_named_with_its_numbers() -> None:
    groups = {("site", "north"): np.arange(40) < 20, ("site", "south"): np.arange(40) >= 20}
    after = np.r_[right(20, 6), right(20, 0)]
    (found,) = drops(np.ones(40, bool), after, everyone(40), groups, limit=0.1)
    assert (found.attribute, found.value) == ("site", "north")
    assert (found.before, found.after, found.count) == (1.0, 0.7, 20)
    assert (found.worse, found.better) == (6, 0)


@pytest.mark.parametrize(
    ("lost", "limit", "is_found"),
    [(4, 0.1, False), (5, 0.1, True), (5, 0.25, False), (0, 0.02, False)],
)
def test_four_patients_may_be_chance_five_are_not_unless_within_the_limit(
    lost: int, limit: float, is_found: bool
) -> None:
    groups = {("class", "viral"): np.ones(20, bool)}
    found = drops(np.ones(20, bool), right(20, lost), everyone(20), groups, limit=limit)
    assert bool(found) == is_found


def test_as_many_won_as_lost_is_no_drop() -> None:
    before, after = right(20, 10), ~right(20, 10)
    groups = {("class", "viral"): np.ones(20, bool)}
    assert drops(before, after, everyone(20), groups, limit=0.02) == []


def test_ten_images_of_one_patient_count_once() -> None:
    groups = {("age", "0-17"): np.ones(20, bool)}
    patients = np.r_[np.arange(10), np.full(10, 99)]
    assert drops(np.ones(20, bool), right(20, 10), patients, groups, limit=0.1) == []


def test_the_deepest_drop_comes_first_and_an_empty_group_is_passed_over() -> None:
    after = np.r_[right(20, 6), right(20, 12)]
    groups = {
        ("site", "north"): np.arange(40) < 20,
        ("site", "south"): np.arange(40) >= 20,
        ("sex", "F"): np.zeros(40, bool),
    }
    found = drops(np.ones(40, bool), after, everyone(40), groups, limit=0.1)
    assert [drop.value for drop in found] == ["south", "north"]


def test_arrays_of_different_items_are_refused() -> None:
    with pytest.raises(ValueError, match="same items"):
        drops(np.ones(3, bool), np.ones(3, bool), everyone(2), {}, limit=0.1)
