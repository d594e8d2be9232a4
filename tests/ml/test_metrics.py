"""Metrics agree with hand-counted answers and say when too little stands behind them."""

import numpy as np
import pytest

from collimate.ml.metrics import (
    area,
    confusion,
    expected_calibration_error,
    macro_auroc,
    macro_recall,
    per_class_recall,
    reliability_bins,
)

LABELS = np.array([0, 0, 0, 0, 1, 1, 2])
PREDICTED = np.array([0, 0, 0, 1, 1, 0, 2])


def test_hand_counted_confusion_and_recall() -> None:
    people = np.arange(7)
    assert confusion(LABELS, PREDICTED, class_count=3).tolist() == [[3, 1, 0], [1, 1, 0], [0, 0, 1]]
    recalls = per_class_recall(LABELS, PREDICTED, people, class_count=4)
    assert [r.value for r in recalls] == [0.75, 0.5, 1.0, None]
    assert [r.n for r in recalls] == [4, 2, 1, 0]
    assert macro_recall(LABELS, PREDICTED, people, class_count=4).value == pytest.approx(0.75)


def test_small_numbers_have_no_interval() -> None:
    for estimate in per_class_recall(LABELS, PREDICTED, np.arange(7), class_count=3):
        assert (estimate.low, estimate.high) == (None, None)
    nothing = macro_recall(LABELS[:0], PREDICTED[:0], np.arange(0), class_count=3)
    assert (nothing.value, nothing.low, nothing.n) == (None, None, 0)
    assert per_class_recall(LABELS[:0], PREDICTED[:0], np.arange(0), class_count=2)[0].value is None


def test_many_images_of_few_patients_have_no_interval() -> None:
    labels = np.zeros(500, dtype=int)
    estimate = macro_recall(labels, labels, np.arange(500) % 9, class_count=1)
    assert (estimate.value, estimate.low) == (1.0, None)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(100):
        correct = rng.random(120) < 0.8
        labels = np.zeros(120, dtype=int)
        found = macro_recall(
            labels, (~correct).astype(int), np.arange(120), class_count=2, seed=seed
        )
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.8 <= found.high
    assert 88 <= covered <= 100


def test_images_of_one_patient_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(0)
    correct = (rng.random(40) < 0.7).repeat(10)
    labels = np.zeros(400, dtype=int)

    def width(people: np.ndarray) -> float:
        found = macro_recall(labels, (~correct).astype(int), people, class_count=2)
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    assert width(np.arange(40).repeat(10)) > 2 * width(np.arange(400))


def test_area_counts_ordered_pairs() -> None:
    rng = np.random.default_rng(0)
    positive, scores = rng.random(60) < 0.4, rng.integers(0, 6, 60).astype(float)
    pairs = [
        (scores[i] > scores[j]) + 0.5 * (scores[i] == scores[j])
        for i in np.flatnonzero(positive)
        for j in np.flatnonzero(~positive)
    ]
    assert area(positive, scores) == pytest.approx(np.mean(pairs))
    assert area(np.ones(60, dtype=bool), scores) is None


def test_macro_area_leaves_out_classes_that_never_occur() -> None:
    labels = np.array([0, 0, 1, 1])
    p = np.array([[0.9, 0.1, 0.0], [0.8, 0.2, 0.0], [0.3, 0.7, 0.0], [0.2, 0.8, 0.0]])
    assert macro_auroc(labels, p) == 1.0
    assert macro_auroc(labels[:2], p[:2]) is None


def test_calibration_of_hand_made_bins() -> None:
    p = np.array([[0.95, 0.05]] * 10 + [[0.55, 0.45]] * 10)
    labels = np.array([0] * 9 + [1] + [0] * 5 + [1] * 5)
    bins = reliability_bins(labels, p)
    assert [(b.low, b.high, b.n) for b in bins] == [(0.5, 0.6, 10), (0.9, 1.0, 10)]
    assert [b.accuracy for b in bins] == [0.5, 0.9]
    assert expected_calibration_error(bins) == pytest.approx(0.05)
    assert reliability_bins(labels[:0], p[:0]) == []
    assert expected_calibration_error([]) is None


def test_certain_and_impossible_confidences_fall_into_a_bin() -> None:
    bins = reliability_bins(np.array([0, 1]), np.array([[1.0, 0.0], [1.0, 0.0]]))
    assert [(b.n, b.accuracy) for b in bins] == [(2, 0.5)]


def test_values_that_are_not_finite_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        area(np.array([True, False]), np.array([np.nan, 0.0]))
    with pytest.raises(ValueError, match="finite"):
        reliability_bins(np.array([0]), np.array([[np.nan, 1.0]]))
    with pytest.raises(ValueError, match="same items"):
        confusion(LABELS, PREDICTED[:3], class_count=3)
