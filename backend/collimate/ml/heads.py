"""Fit, calibrate and apply the linear head that turns features into probabilities."""

import json
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64, Int, Shaped

from collimate.ml.features import stored_about
from collimate.ml.folds import stratified_folds
from collimate.ml.logistic import balanced_logistic

STRENGTHS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
FEW_STRENGTHS = (0.01, 0.1, 1.0)
DEFAULT_STRENGTH = 0.03
FEWEST_JUDGED = 20
MAX_FOLDS = 4
SCORED_AT_ONCE = 16_384
TEMPERATURES = (0.25, 20.0)
FORMAT = "collimate-head-1"

Logits = Float64[np.ndarray, "items classes"]
Labels = Shaped[np.ndarray, "items *classes"]


class UnreadableHead(ValueError):
    """The bytes are not a stored head."""


@dataclass(frozen=True)
class Head:
    """Logits are `z @ coef.T + intercept`, divided by the temperature (one per class if
    `multi_label`). `strength` is the inverse penalty C. A class never labelled has `counts` 0
    and a constant logit; with no way to tell classes apart the head returns smoothed priors.
    """

    coef: Float64[np.ndarray, "classes width"]
    intercept: Float64[np.ndarray, " classes"]
    temperature: Float64[np.ndarray, " classes"]
    counts: Int[np.ndarray, " classes"]
    strength: float
    multi_label: bool

    def to_bytes(self) -> bytes:
        """Store the head as safetensors."""
        from safetensors.numpy import save

        tensors = {
            "coef": np.ascontiguousarray(self.coef),
            "intercept": self.intercept,
            "temperature": self.temperature,
            "counts": self.counts,
        }
        about = {
            "format": FORMAT,
            "strength": self.strength,
            "multi_label": self.multi_label,
        }
        return save(tensors, {"about": json.dumps(about)})

    @staticmethod
    def from_bytes(content: bytes) -> "Head":
        """Read a stored head. Raises: UnreadableHead."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            tensors = load(content)
            about = stored_about(content, FORMAT)
            return Head(
                tensors["coef"],
                tensors["intercept"],
                tensors["temperature"],
                tensors["counts"],
                float(about["strength"]),
                bool(about["multi_label"]),
            )
        except (SafetensorError, KeyError, ValueError, TypeError) as error:
            raise UnreadableHead("The bytes are not a stored head.") from error


def fit_head(
    z: Float[np.ndarray, "items width"],
    labels: Labels,
    *,
    class_count: int,
    seed: int,
    patients: Shaped[np.ndarray, " items"] | None = None,
    strength: float | None = None,
    judged: Bool[np.ndarray, " items"] | None = None,
) -> Head:
    """Fit a class-balanced logistic regression whose penalty and temperature are cross-validated.

    `labels` are class indices, or a boolean table (items, classes) for multi-label. Folds never
    split a patient. With `strength` given, the penalty is taken as known (it changes slowly, so
    a caller may choose it anew only every few rounds) and only the temperature is estimated.
    Where features have seen the labels of some items, `judged` says which others both are chosen
    by; all are where those are fewer than 20, or all alike.
    Works from no label at all onwards. About 1 s for 400 items of 256 features, 3 classes.

    Raises: ValueError for shapes that do not fit, labels out of range, values not finite.
    """
    z = np.asarray(z, dtype=np.float64)
    labels = np.asarray(labels)
    multi_label = labels.ndim == 2
    _check(z, labels, class_count)
    groups = np.arange(len(z)) if patients is None else np.asarray(patients)
    how = _Fitting(seed, groups, strength, multi_label, judged)
    if multi_label:
        single = [_fit(z, labels[:, c].astype(np.int64), 2, how) for c in range(class_count)]
        return _joined([_as_binary(head) for head in single])
    return _fit(z, labels.astype(np.int64), class_count, how)


def probabilities(
    head: Head, z: Float[np.ndarray, "items width"]
) -> Float64[np.ndarray, "items classes"]:
    """Return calibrated probabilities: rows sum to 1, or stand alone if the head is multi-label.

    Raises: ValueError where z is not finite or not as wide as the head.
    """
    if z.ndim != 2 or z.shape[1] != head.coef.shape[1]:
        raise ValueError("Features must be as wide as the head.")
    said = np.empty((len(z), len(head.coef)))
    for start in range(0, len(z), SCORED_AT_ONCE):
        part = np.asarray(z[start : start + SCORED_AT_ONCE], np.float64)
        scaled = (part @ head.coef.T + head.intercept) / head.temperature
        if not np.isfinite(scaled).all():
            raise ValueError("Features must be finite.")
        if head.multi_label:
            rows = 1.0 / (1.0 + np.exp(-np.clip(scaled, -500, 500)))
        else:
            rows = np.exp(_log_softmax(scaled))
        said[start : start + SCORED_AT_ONCE] = rows
    return said


@dataclass(frozen=True)
class _Fitting:
    seed: int
    patients: Shaped[np.ndarray, " items"]
    strength: float | None
    quick: bool
    judged: Bool[np.ndarray, " items"] | None

    def rows(self, labels: np.ndarray) -> np.ndarray:
        """The items that choose penalty and temperature."""
        if self.judged is not None and self.judged.sum() >= FEWEST_JUDGED:
            rows = np.flatnonzero(self.judged)
            if len(np.unique(labels[rows])) >= 2:
                return rows
        return np.arange(len(labels))


def _fit(z: np.ndarray, labels: np.ndarray, class_count: int, how: _Fitting) -> Head:
    counts = np.bincount(labels, minlength=class_count)
    if np.count_nonzero(counts) < 2:
        prior = np.log((counts + 1.0) / (counts.sum() + class_count))
        flat = np.zeros((class_count, z.shape[1]))
        return Head(flat, prior, np.ones(class_count), counts, DEFAULT_STRENGTH, False)
    rows = _row_space(z)
    compact = z @ rows
    strength, temperature = _cross_validate(compact, labels, class_count, how)
    coef, intercept = _regress(compact, labels, class_count, strength)
    return Head(
        coef @ rows.T, intercept, np.full(class_count, temperature), counts, strength, False
    )


def _cross_validate(
    z: np.ndarray, labels: np.ndarray, class_count: int, how: _Fitting
) -> tuple[float, float]:
    """Choose the penalty by class-balanced log-loss and the temperature by plain log-loss."""
    counts = np.bincount(labels, minlength=class_count)
    folds_wanted = min(MAX_FOLDS, int(counts[counts > 0].min()))
    if folds_wanted < 2:
        return how.strength or DEFAULT_STRENGTH, 1.0
    folds = stratified_folds(labels, how.patients, folds=folds_wanted, seed=how.seed)
    if how.strength is not None:
        candidates: tuple[float, ...] = (how.strength,)
    else:
        candidates = FEW_STRENGTHS if how.quick else STRENGTHS
    rows = how.rows(labels)
    counted = np.bincount(labels[rows], minlength=class_count)
    weights = (1.0 / np.maximum(counted, 1))[labels[rows]]
    best: tuple[float, float, np.ndarray] | None = None
    for strength in candidates:
        held_out = _held_out_logits(z, labels, class_count, folds, strength)
        losses = -_log_softmax(held_out)[rows, labels[rows]]
        loss = float(np.average(losses, weights=weights))
        # A tie goes to the stronger penalty, which comes first.
        if best is None or loss < best[0] - 1e-9:
            best = (loss, strength, held_out)
    if best is None:
        raise AssertionError("There is always a candidate strength.")
    return best[1], _temperature(best[2][rows], labels[rows])


def _held_out_logits(
    z: np.ndarray, labels: np.ndarray, class_count: int, folds: np.ndarray, strength: float
) -> Logits:
    logits = np.zeros((len(z), class_count))
    for fold in np.unique(folds):
        inside, outside = folds != fold, folds == fold
        if len(np.unique(labels[inside])) < 2:
            continue
        coef, intercept = _regress(z[inside], labels[inside], class_count, strength)
        logits[outside] = z[outside] @ coef.T + intercept
    return logits


def _regress(
    z: np.ndarray, labels: np.ndarray, class_count: int, strength: float
) -> tuple[Float64[np.ndarray, "classes width"], Float64[np.ndarray, " classes"]]:
    """Fit on the classes present; an absent class gets the logit of less than one item."""
    rows, offsets = balanced_logistic(z, labels, strength)
    present = np.unique(labels)
    coef, intercept = np.zeros((class_count, z.shape[1])), np.zeros(class_count)
    if len(present) == 2:
        # Two classes have one row; halves make the symmetric form.
        coef[present] = np.array([-0.5, 0.5])[:, None] * rows
        intercept[present] = np.array([-0.5, 0.5]) * offsets
    else:
        coef[present], intercept[present] = rows, offsets
    absent = np.setdiff1d(np.arange(class_count), present)
    intercept[absent] = intercept[present].mean() - np.log1p(len(labels))
    return coef, intercept


def _temperature(logits: Logits, labels: Int[np.ndarray, " items"]) -> float:
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        scaled = _log_softmax(logits / np.exp(log_temperature))
        return -float(scaled[np.arange(len(labels)), labels].mean())

    low, high = np.log(TEMPERATURES)
    return float(np.exp(minimize_scalar(loss, bounds=(low, high), method="bounded").x))


def _row_space(z: np.ndarray) -> Float64[np.ndarray, "width rank"]:
    """Return axes that span the rows: with fewer items than features the fit is exact there
    (the penalty keeps coefficients in that span) and much quicker.
    """
    if len(z) >= z.shape[1]:
        return np.eye(z.shape[1])
    return np.linalg.svd(z, full_matrices=False)[2].T


def _log_softmax(logits: Logits) -> Logits:
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _as_binary(head: Head) -> Head:
    """Express a two-class head as one logit: yes minus no."""
    return Head(
        head.coef[1:] - head.coef[:1],
        head.intercept[1:] - head.intercept[:1],
        head.temperature[1:],
        head.counts[1:],
        head.strength,
        True,
    )


def _joined(heads: list[Head]) -> Head:
    return Head(
        np.concatenate([head.coef for head in heads]),
        np.concatenate([head.intercept for head in heads]),
        np.concatenate([head.temperature for head in heads]),
        np.concatenate([head.counts for head in heads]),
        float(np.exp(np.mean([np.log(head.strength) for head in heads]))),
        True,
    )


def _check(z: np.ndarray, labels: np.ndarray, class_count: int) -> None:
    if z.ndim != 2 or len(z) != len(labels) or class_count < 1:
        raise ValueError("Features and labels must describe the same items.")
    if not np.isfinite(z).all():
        raise ValueError("Features must be finite.")
    if labels.ndim == 2 and (labels.shape[1] != class_count or labels.dtype != np.bool_):
        raise ValueError("Multi-label labels are a boolean table with a column per class.")
    if labels.ndim == 1 and len(labels) and (labels.min() < 0 or labels.max() >= class_count):
        raise ValueError("A label lies outside the classes.")
