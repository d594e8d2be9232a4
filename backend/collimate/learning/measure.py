"""How good a model is on held-out patients that have been read, as the training run keeps it."""

from dataclasses import asdict
from typing import Any

import numpy as np

from collimate.ml import metrics

MULTI_THRESHOLD = 0.5


def measured(
    answers: np.ndarray,
    probabilities: np.ndarray,
    patients: np.ndarray,
    keys: tuple[str, ...],
) -> dict[str, Any]:
    """Score, recall per class, calibration and confusion; empty where nothing was read.

    `answers` are class indices, or a boolean table for several answers per case. Then every
    (case, class) pair counts as a yes-or-no question, and the macro recall is the mean over
    classes of balanced accuracy; there is no confusion matrix.
    """
    if len(answers) == 0:
        return {}
    if answers.ndim == 2:
        return _measured_multi(answers, probabilities, patients, keys)
    predicted = probabilities.argmax(axis=1)
    count = len(keys)
    recalls = metrics.per_class_recall(answers, predicted, patients, class_count=count)
    return {
        "score": score_of(answers, probabilities, patients, keys),
        "auroc": metrics.macro_auroc(answers, probabilities),
        "per_class": _per_class(recalls, keys),
        "calibration": _calibration(answers, probabilities),
        "confusion": {
            "keys": list(keys),
            "matrix": metrics.confusion(answers, predicted, class_count=count).tolist(),
        },
    }


def score_of(
    answers: np.ndarray,
    probabilities: np.ndarray,
    patients: np.ndarray,
    keys: tuple[str, ...],
) -> dict[str, Any]:
    """The macro recall alone, with its interval: `value`, `low`, `high`, `n`."""
    if answers.ndim == 2:
        labels, predicted = _yes_or_no(answers, probabilities)
        people = np.repeat(patients, len(keys))
        score = metrics.macro_recall(labels, predicted, people, class_count=2 * len(keys))
        return {**asdict(score), "n": len(answers)}
    predicted = probabilities.argmax(axis=1)
    return asdict(metrics.macro_recall(answers, predicted, patients, class_count=len(keys)))


def _yes_or_no(answers: np.ndarray, probabilities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Every (case, class) pair as a question of its own, answered yes or no."""
    offset = 2 * np.arange(answers.shape[1])[None, :]
    said = probabilities >= MULTI_THRESHOLD
    return (offset + answers).ravel(), (offset + said).ravel()


def _measured_multi(
    answers: np.ndarray,
    probabilities: np.ndarray,
    patients: np.ndarray,
    keys: tuple[str, ...],
) -> dict[str, Any]:
    count = len(keys)
    labels, predicted = _yes_or_no(answers, probabilities)
    people = np.repeat(patients, count)
    both = metrics.per_class_recall(labels, predicted, people, class_count=2 * count)
    yes = probabilities.ravel()
    return {
        "score": score_of(answers, probabilities, patients, keys),
        "auroc": _mean_area(answers, probabilities),
        "per_class": _per_class(both[1::2], keys),
        "calibration": _calibration(
            answers.ravel().astype(np.int64), np.stack([1 - yes, yes], axis=1)
        ),
        "confusion": None,
    }


def _mean_area(answers: np.ndarray, probabilities: np.ndarray) -> float | None:
    areas = [metrics.area(answers[:, c], probabilities[:, c]) for c in range(answers.shape[1])]
    known = [value for value in areas if value is not None]
    return float(np.mean(known)) if known else None


def _per_class(recalls: list[metrics.Estimate], keys: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"key": key, "score": r.value, "low": r.low, "high": r.high, "count": r.n}
        for key, r in zip(keys, recalls, strict=True)
    ]


def _calibration(labels: np.ndarray, probabilities: np.ndarray) -> dict[str, Any]:
    bins = metrics.reliability_bins(labels, probabilities)
    return {
        "bins": [
            {
                "low": b.low,
                "high": b.high,
                "count": b.n,
                "mean_probability": b.confidence,
                "observed": b.accuracy,
            }
            for b in bins
        ],
        "ece": metrics.expected_calibration_error(bins),
    }
