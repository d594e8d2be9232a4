"""The head learns, is calibrated, and never fails for having too few labels."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.ml.folds import stratified_folds
from collimate.ml.heads import Head, UnreadableHead, fit_head, probabilities


def blobs(
    items: int, classes: int = 3, *, width: int = 20, spread: float = 1.0, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    centres = np.zeros((classes, width))
    centres[np.arange(classes), np.arange(classes)] = 3.0
    labels = rng.integers(classes, size=items)
    return centres[labels] + rng.normal(0, spread, (items, width)), labels


def test_separate_classes_are_learned() -> None:
    z, labels = blobs(120)
    unseen, answers = blobs(500, seed=1)
    head = fit_head(z, labels, class_count=3, seed=0)
    assert (probabilities(head, unseen).argmax(axis=1) == answers).mean() > 0.93


def test_confidence_matches_accuracy_on_unseen_items() -> None:
    z, labels = blobs(400, spread=2.5)
    unseen, answers = blobs(4000, spread=2.5, seed=1)
    p = probabilities(fit_head(z, labels, class_count=3, seed=0), unseen)
    accuracy = (p.argmax(axis=1) == answers).mean()
    assert accuracy < 0.9
    assert p.max(axis=1).mean() == pytest.approx(accuracy, abs=0.05)


def test_a_head_of_noise_is_not_confident() -> None:
    rng = np.random.default_rng(0)
    z, labels = rng.normal(size=(90, 64)), rng.integers(3, size=90)
    p = probabilities(fit_head(z, labels, class_count=3, seed=0), rng.normal(size=(500, 64)))
    assert p.max(axis=1).mean() < 0.6


def test_a_rare_class_is_still_found() -> None:
    z, labels = blobs(600, classes=2, spread=1.2)
    keep = np.flatnonzero((labels == 0) | (np.cumsum(labels) <= 25))
    head = fit_head(z[keep], labels[keep], class_count=2, seed=0)
    unseen, answers = blobs(2000, classes=2, spread=1.2, seed=1)
    found = probabilities(head, unseen).argmax(axis=1)[answers == 1]
    assert (found == 1).mean() > 0.8


@pytest.mark.parametrize("count", [0, 1, 5])
def test_one_class_only_gives_smoothed_priors(count: int) -> None:
    z = np.random.default_rng(0).normal(size=(count, 4))
    head = fit_head(z, np.full(count, 2), class_count=3, seed=0)
    p = probabilities(head, np.ones((7, 4)))
    expected = (np.array([0, 0, count]) + 1) / (count + 3)
    np.testing.assert_allclose(p, np.tile(expected, (7, 1)))


def test_one_item_per_class_is_enough_to_start() -> None:
    z = np.eye(3) * 5
    head = fit_head(z, np.arange(3), class_count=3, seed=0)
    assert (probabilities(head, z).argmax(axis=1) == np.arange(3)).all()


def test_a_class_never_seen_stays_possible_but_unlikely() -> None:
    z, labels = blobs(60, classes=2)
    p = probabilities(fit_head(z, labels, class_count=4, seed=0), z)
    assert (p[:, 2:] > 0).all()
    assert p[:, 2:].max() < 0.2
    assert (p[:, :2].argmax(axis=1) == labels).mean() > 0.9


def test_fewer_items_than_features_gives_the_same_fit_as_all_columns() -> None:
    z, labels = blobs(40, width=30)
    wide = np.concatenate([z, np.zeros((40, 200))], axis=1)
    narrow = fit_head(z, labels, class_count=3, seed=0, strength=0.1)
    padded = fit_head(wide, labels, class_count=3, seed=0, strength=0.1)
    np.testing.assert_allclose(padded.coef[:, :30], narrow.coef, atol=0.02)
    np.testing.assert_allclose(padded.coef[:, 30:], 0.0, atol=1e-9)


def test_multi_label_answers_each_class_alone() -> None:
    rng = np.random.default_rng(0)
    labels = rng.random((200, 3)) < [0.5, 0.3, 0.2]
    labels[:, 2] = False
    z = labels.astype(float) @ (4 * np.eye(3, 12)) + rng.normal(size=(200, 12))
    head = fit_head(z, labels, class_count=3, seed=0)
    p = probabilities(head, z)
    assert head.multi_label
    assert ((p[:, :2] > 0.5) == labels[:, :2]).mean() > 0.9
    assert (p[:, 2] < 0.05).all()
    assert p.sum(axis=1).max() > 1.2


def test_storing_keeps_every_number() -> None:
    z, labels = blobs(60)
    head = fit_head(z, labels, class_count=3, seed=0)
    again = Head.from_bytes(head.to_bytes())
    np.testing.assert_array_equal(probabilities(head, z), probabilities(again, z))
    assert (again.strength, again.multi_label) == (head.strength, False)


@pytest.mark.parametrize("content", [b"", b"\x80\x04N.", b"\xff" * 64, b"{}" * 40])
def test_foreign_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(UnreadableHead):
        Head.from_bytes(content)


def test_bad_input_is_refused() -> None:
    z, labels = blobs(20)
    with pytest.raises(ValueError, match="finite"):
        fit_head(np.full((20, 3), np.nan), labels, class_count=3, seed=0)
    with pytest.raises(ValueError, match="outside"):
        fit_head(z, labels + 1, class_count=3, seed=0)
    with pytest.raises(ValueError, match="same items"):
        fit_head(z[:5], labels, class_count=3, seed=0)
    with pytest.raises(ValueError, match="boolean"):
        fit_head(z, np.zeros((20, 3)), class_count=3, seed=0)
    head = fit_head(z, labels, class_count=3, seed=0)
    with pytest.raises(ValueError, match="wide"):
        probabilities(head, z[:, :3])


def test_the_same_seed_gives_the_same_head() -> None:
    z, labels = blobs(80, spread=2.0)
    first, second = (fit_head(z, labels, class_count=3, seed=4) for _ in range(2))
    np.testing.assert_array_equal(first.coef, second.coef)


def test_four_hundred_labels_take_less_than_two_seconds_of_one_core() -> None:
    z, labels = blobs(400, width=320, spread=3.0)
    started = time.process_time()
    fit_head(z, labels, class_count=3, seed=0)
    assert time.process_time() - started < 2.0


@settings(max_examples=40, deadline=None)
@given(st.integers(4, 60), st.integers(2, 4), st.integers(2, 4), st.integers(0, 999))
def test_folds_keep_patients_whole_and_classes_spread(
    items: int, classes: int, folds: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    labels, patients = rng.integers(classes, size=items), rng.integers(items, size=items)
    fold = stratified_folds(labels, patients, folds=folds, seed=seed)
    assert set(fold) <= set(range(folds))
    for patient in np.unique(patients):
        assert len(set(fold[patients == patient])) == 1
    alone = stratified_folds(labels, np.arange(items), folds=folds, seed=seed)
    for label in np.unique(labels):
        spread = np.bincount(alone[labels == label], minlength=folds)
        assert spread.max() - spread.min() <= 1
