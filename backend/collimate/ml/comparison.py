"""Ask the labels whether one feature space serves better than another."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64, Int, Shaped

from collimate.ml.folds import stratified_folds
from collimate.ml.heads import Labels, fit_head, probabilities

FOLDS = 4
REPEATS = 2
LEAST_PROBABILITY = 1e-4
Z_95 = 1.96


@dataclass(frozen=True)
class Comparison:
    """Held-out log-loss and macro recall in the present space and in the other.

    `difference` is the loss saved by the other space, with its 95 % interval by patient; the
    other is better where the difference exceeds its standard error: a tie keeps the present.
    """

    loss_now: float
    loss_other: float
    score_now: float
    score_other: float
    difference: float
    low: float
    high: float
    is_better: bool


def compare(
    now: Float[np.ndarray, "items width"],
    other: Float[np.ndarray, "items other_width"],
    labels: Labels,
    patients: Shaped[np.ndarray, " items"],
    *,
    class_count: int,
    seed: int,
    judged: Bool[np.ndarray, " items"] | None = None,
) -> Comparison:
    """Fit the same head in both spaces on the same folds, which never split a patient.

    Every class weighs the same, like in the head. Where a space has seen the labels of some
    items, only the `judged` others count. Cost: `FOLDS * REPEATS` fits per space.

    Raises: ValueError as `fit_head` does, and for fewer patients than folds.
    """
    _, people = np.unique(patients, return_inverse=True)
    if people.max(initial=-1) + 1 < FOLDS:
        raise ValueError("There must be at least as many patients as folds.")
    table = labels if labels.ndim == 2 else np.eye(class_count, dtype=bool)[labels]
    own = np.arange(len(table)) if judged is None else np.flatnonzero(judged)
    weights = np.zeros(table.shape)
    weights[own] = _weights(table[own], multi_label=labels.ndim == 2)
    losses, scores = np.zeros((2, len(table))), np.zeros(2)
    for repeat in range(REPEATS):
        folds = stratified_folds(_kinds(table), people, folds=FOLDS, seed=seed + repeat)
        for which, z in enumerate((now, other)):
            said = held_out(
                z, labels, people, folds, class_count=class_count, seed=seed, judged=judged
            )
            losses[which] += (weights * _loss(table, said, labels.ndim == 2)).sum(axis=1) / REPEATS
            scores[which] += _score(table[own], said[own], labels.ndim == 2) / REPEATS
    saved = np.bincount(people, weights=losses[0] - losses[1])[np.unique(people[own])]
    difference = float(saved.sum())
    error = float(np.sqrt(len(saved) * saved.var(ddof=1)))
    return Comparison(
        float(losses[0].sum()), float(losses[1].sum()), float(scores[0]), float(scores[1]),
        difference, difference - Z_95 * error, difference + Z_95 * error, difference > error,
    )  # fmt: skip


def held_out(
    z: Float[np.ndarray, "items width"],
    labels: Labels,
    people: Shaped[np.ndarray, " items"],
    folds: Int[np.ndarray, " items"],
    *,
    class_count: int,
    seed: int,
    strength: float | None = None,
    judged: Bool[np.ndarray, " items"] | None = None,
) -> Float64[np.ndarray, "items classes"]:
    """Return what heads say of items they did not learn from: one head per fold."""
    said = np.zeros((len(z), class_count))
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        head = fit_head(
            z[inside], labels[inside], class_count=class_count, seed=seed,
            patients=people[inside], strength=strength,
            judged=None if judged is None else judged[inside],
        )  # fmt: skip
        said[outside] = probabilities(head, z[outside])
    return said


def _kinds(table: np.ndarray) -> Int[np.ndarray, " items"]:
    """Items with the same answer have the same number."""
    return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)


def _weights(table: np.ndarray, *, multi_label: bool) -> Float64[np.ndarray, "items classes"]:
    """Weights that sum to 1 and give every class the same (and its presence and absence)."""
    yes = table / np.maximum(table.sum(axis=0), 1)
    no = ~table / np.maximum((~table).sum(axis=0), 1)
    each = yes + no if multi_label else yes
    return np.asarray(each / each.sum(), dtype=np.float64)


def _loss(table: np.ndarray, said: np.ndarray, multi_label: bool) -> np.ndarray:
    """Log-loss of each (item, class): of the class that is there, or of each yes and no."""
    right = np.where(table, said, 1.0 - said) if multi_label else said
    return -np.log(np.clip(right, LEAST_PROBABILITY, 1.0))


def _score(table: np.ndarray, said: np.ndarray, multi_label: bool) -> float:
    """Macro recall."""
    if multi_label:
        right = (said >= 0.5) == table
    else:
        right = np.eye(table.shape[1], dtype=bool)[said.argmax(axis=1)]
    return float((_weights(table, multi_label=multi_label) * right).sum())
