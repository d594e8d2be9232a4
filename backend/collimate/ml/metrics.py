"""Judge a model on items it never learned from, with intervals that respect patients."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64, Int, Shaped

FEWEST_ITEMS = 5
FEWEST_PATIENTS = 10
DRAWS = 1_000

Labels = Shaped[np.ndarray, "items *classes"]


@dataclass(frozen=True)
class Estimate:
    """A value with its bootstrap 95 % interval; `value` is None where it is undefined, the
    interval is None where too few items or patients stand behind it (n counts items).
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Bin:
    """Items whose confidence lies in (low, high]: mean confidence against share correct."""

    low: float
    high: float
    confidence: float
    accuracy: float
    n: int


def confusion(
    labels: Int[np.ndarray, " items"], predicted: Int[np.ndarray, " items"], *, class_count: int
) -> Int[np.ndarray, "classes classes"]:
    """Count items by reference class (rows) and predicted class (columns)."""
    if len(labels) != len(predicted):
        raise ValueError("Labels and predictions must describe the same items.")
    table = np.zeros((class_count, class_count), dtype=np.int64)
    np.add.at(table, (labels, predicted), 1)
    return table


def per_class_recall(
    labels: Int[np.ndarray, " items"],
    predicted: Int[np.ndarray, " items"],
    patients: Shaped[np.ndarray, " items"],
    *,
    class_count: int,
    seed: int = 0,
) -> list[Estimate]:
    """Return each class's share of items found, resampling whole patients."""
    table = confusion(labels, predicted, class_count=class_count)
    totals = table.sum(axis=1)
    drawn = _drawn_recalls(labels, predicted, patients, class_count, seed)
    own_patients = [len(np.unique(patients[labels == c])) for c in range(class_count)]
    return [
        bounded(
            float(table[c, c] / totals[c]) if totals[c] else None,
            drawn[:, c],
            n=int(totals[c]),
            patients=own_patients[c],
        )
        for c in range(class_count)
    ]


def macro_recall(
    labels: Int[np.ndarray, " items"],
    predicted: Int[np.ndarray, " items"],
    patients: Shaped[np.ndarray, " items"],
    *,
    class_count: int,
    seed: int = 0,
) -> Estimate:
    """Return the mean recall over the classes that occur (balanced accuracy)."""
    table = confusion(labels, predicted, class_count=class_count)
    present = table.sum(axis=1) > 0
    if not present.any():
        return Estimate(None, None, None, 0)
    recalls = np.diag(table)[present] / table.sum(axis=1)[present]
    drawn = _drawn_recalls(labels, predicted, patients, class_count, seed)[:, present]
    counted = np.isfinite(drawn).sum(axis=1)
    means = np.where(counted > 0, np.nansum(drawn, axis=1) / np.maximum(counted, 1), np.nan)
    people = len(np.unique(patients))
    return bounded(float(recalls.mean()), means, n=len(labels), patients=people)


def mean_recall(labels: Labels, probabilities: Float[np.ndarray, "items classes"]) -> float:
    """Return the macro recall alone, without an interval; 0 where there is no item.

    For a boolean table of labels, the mean over classes of the balanced accuracy of yes and no.
    """
    answers, said = np.asarray(labels), np.asarray(probabilities)
    if answers.ndim == 1:
        right = answers == said.argmax(axis=1)
        return float(np.mean([right[answers == c].mean() for c in np.unique(answers)] or [0.0]))
    found = []
    for c in range(answers.shape[1]):
        right = (said[:, c] >= 0.5) == answers[:, c]
        kinds = [right[answers[:, c] == kind] for kind in (True, False)]
        found.append(np.mean([kind.mean() for kind in kinds if len(kind)] or [0.0]))
    return float(np.mean(found or [0.0]))


def macro_auroc(
    labels: Int[np.ndarray, " items"], probabilities: Float[np.ndarray, "items classes"]
) -> float | None:
    """Return the mean one-against-rest area; None unless some class is present and absent."""
    areas = [area(labels == c, probabilities[:, c]) for c in range(probabilities.shape[1])]
    known = [value for value in areas if value is not None]
    return float(np.mean(known)) if known else None


def area(
    positive: Shaped[np.ndarray, " items"], scores: Float[np.ndarray, " items"]
) -> float | None:
    """Return the area under the ROC curve (ties count half); None with one kind only."""
    from scipy.stats import rankdata

    _require_finite(scores)
    yes = np.asarray(positive, dtype=bool)
    count = int(yes.sum())
    if count == 0 or count == len(yes):
        return None
    ranks = rankdata(scores)[yes].sum()
    return float((ranks - count * (count + 1) / 2) / (count * (len(yes) - count)))


def reliability_bins(
    labels: Int[np.ndarray, " items"],
    probabilities: Float[np.ndarray, "items classes"],
    *,
    bins: int = 10,
) -> list[Bin]:
    """Group items by the confidence of their likeliest class; empty groups are left out."""
    _require_finite(probabilities)
    if len(labels) == 0:
        return []
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return [
        Bin(
            b / bins,
            (b + 1) / bins,
            float(confidence[place == b].mean()),
            float(correct[place == b].mean()),
            int((place == b).sum()),
        )
        for b in np.unique(place)
    ]


def expected_calibration_error(bins: list[Bin]) -> float | None:
    """Return the mean gap between confidence and accuracy, weighed by items; None if empty."""
    n = sum(b.n for b in bins)
    if n == 0:
        return None
    return float(sum(b.n * abs(b.confidence - b.accuracy) for b in bins) / n)


def _drawn_recalls(
    labels: np.ndarray,
    predicted: np.ndarray,
    patients: np.ndarray,
    class_count: int,
    seed: int,
) -> Float64[np.ndarray, "draws classes"]:
    """Resample patients with replacement; NaN where a class is missing from a draw."""
    people, person_of = np.unique(patients, return_inverse=True)
    found = np.zeros((len(people), class_count))
    total = np.zeros((len(people), class_count))
    np.add.at(total, (person_of, labels), 1.0)
    np.add.at(found, (person_of, labels), (labels == predicted).astype(np.float64))
    if len(people) == 0:
        return np.full((DRAWS, class_count), np.nan)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(len(people), np.full(len(people), 1 / len(people)), size=DRAWS)
    totals = times @ total
    return np.divide(times @ found, totals, out=np.full(totals.shape, np.nan), where=totals > 0)


def bounded(
    value: float | None, drawn: Float64[np.ndarray, " draws"], *, n: int, patients: int
) -> Estimate:
    """A value with the interval of its bootstrap draws; none below five items or ten patients."""
    usable = drawn[np.isfinite(drawn)]
    if value is None or n < FEWEST_ITEMS or patients < FEWEST_PATIENTS or len(usable) == 0:
        return Estimate(value, None, None, n)
    low, high = np.percentile(usable, (2.5, 97.5))
    return Estimate(value, float(low), float(high), n)


def _require_finite(values: np.ndarray) -> None:
    if not np.isfinite(values).all():
        raise ValueError("Scores and probabilities must be finite.")
