"""Labels that a model which never saw them contradicts with confidence are found, no others."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from collimate.ml.comparison import held_out
from collimate.ml.confident_learning import estimated_joint, find_doubts
from collimate.ml.folds import stratified_folds


def test_the_joint_of_a_toy_table_is_counted_by_hand() -> None:
    # Thresholds: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, class 1 (0.7 + 0.3 + 0.8) / 3 = 0.6.
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7], [0.7, 0.3], [0.2, 0.8]])
    labels = np.array([0, 0, 0, 1, 1, 1])
    assert estimated_joint(labels, p).tolist() == [[2.0, 1.0], [1.0, 2.0]]
    found = find_doubts(labels, p)
    assert np.flatnonzero(found.is_error).tolist() == [2, 4]
    assert found.likely.tolist() == [0, 0, 1, 1, 0, 1]
    assert found.margins == pytest.approx([0, 0, 0.8, 0, 0.4, 0])


def test_an_unsure_model_marks_nothing_where_a_plain_vote_would() -> None:
    # The model leans to class 0 for everything: leaning alone is no evidence against a label 1.
    p = np.array([[0.9, 0.1]] * 4 + [[0.55, 0.45]] * 4)
    found = find_doubts(np.array([0] * 4 + [1] * 4), p)
    assert found.likely.tolist() == [0] * 8
    assert not found.is_error.any()


def test_a_class_nobody_was_given_and_right_labels_raise_no_doubt() -> None:
    p = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.0, 0.3, 0.7]])
    found = find_doubts(np.array([0, 1, 1]), p)
    assert found.joint.sum() == pytest.approx(3)
    assert not found.is_error.any()


def test_nothing_is_found_among_no_labels() -> None:
    assert find_doubts(np.zeros(0, int), np.zeros((0, 3))).is_error.tolist() == []


@pytest.mark.parametrize(
    ("labels", "p", "words"),
    [
        ([0, 1], [[0.5, 0.5]], "same items"),
        ([2], [[0.5, 0.5]], "outside the classes"),
        ([0], [[np.nan, 1.0]], "between 0 and 1"),
        ([0], [[1.5, -0.5]], "between 0 and 1"),
    ],
)
def test_tables_that_do_not_fit_are_refused(
    labels: list[int], p: list[list[float]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        find_doubts(np.array(labels), np.array(p))


def test_most_of_ten_percent_flipped_digits_are_found_and_most_found_are_flipped() -> None:
    images, truth = load_digits(n_class=4, return_X_y=True)
    rng = np.random.default_rng(0)
    rows = rng.permutation(len(images))[:300]
    z, given = images[rows] / 16.0, truth[rows].copy()
    flipped = np.arange(300) < 30
    given[flipped] = (given[flipped] + rng.integers(1, 4, 30)) % 4
    people = np.arange(300)
    folds = stratified_folds(given, people, folds=4, seed=0)
    said = held_out(z, given, people, folds, class_count=4, seed=0, strength=0.1)
    found = find_doubts(given, said).is_error
    assert (found & flipped).sum() / flipped.sum() > 0.8
    assert (found & flipped).sum() / found.sum() > 0.8
