"""The labels decide between two feature spaces; ties keep the one that serves."""

import numpy as np
import pytest

from collimate.ml.comparison import compare


def world(items=90, per_patient=2, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    patients = np.repeat(np.arange(items // per_patient), per_patient)
    labels = np.repeat(rng.integers(classes, size=items // per_patient), per_patient)
    clear = np.eye(classes)[labels] + rng.normal(0, 0.35, (items, classes))
    vague = np.eye(classes)[labels] + rng.normal(0, 1.2, (items, classes))
    return labels, patients, clear, vague


def test_the_clearer_space_wins_and_the_vaguer_one_loses():
    labels, patients, clear, vague = world()
    found = compare(vague, clear, labels, patients, class_count=3, seed=1)
    assert found.is_better
    assert found.low > 0
    assert found.score_other > found.score_now + 0.1
    assert found.loss_other == pytest.approx(found.loss_now - found.difference)
    back = compare(clear, vague, labels, patients, class_count=3, seed=1)
    assert not back.is_better
    assert back.high < 0


@pytest.mark.parametrize("seed", range(2))
def test_noise_beside_what_is_known_changes_nothing_and_is_kept_out(seed):
    labels, patients, clear, _ = world(seed=seed)
    noise = np.random.default_rng(seed).normal(0, 0.05, (len(labels), 8))
    found = compare(clear, np.hstack([clear, noise]), labels, patients, class_count=3, seed=2)
    assert not found.is_better
    same = compare(clear, clear, labels, patients, class_count=3, seed=2)
    assert same.difference == 0
    assert not same.is_better


def test_a_space_that_only_knows_the_patient_does_not_win():
    labels, patients, _, vague = world(items=160, per_patient=8)
    knows = np.eye(patients.max() + 1)[patients] * 3
    found = compare(vague, np.hstack([vague, knows]), labels, patients, class_count=3, seed=3)
    assert not found.is_better


def test_several_answers_per_case_are_compared_as_yes_and_no():
    rng = np.random.default_rng(5)
    table = rng.random((100, 3)) < (0.5, 0.2, 0.05)
    clear = table + rng.normal(0, 0.3, table.shape)
    vague = rng.normal(0, 1, table.shape)
    found = compare(vague, clear, table, np.arange(100), class_count=3, seed=0)
    assert found.is_better
    assert 0.4 < found.score_now < 0.65 < found.score_other


def test_too_few_patients_are_refused():
    labels, _, clear, vague = world()
    with pytest.raises(ValueError, match="patients"):
        compare(clear, vague, labels, np.arange(120) % 3, class_count=3, seed=0)
