"""Predict how long a reader will take, from how long readers took so far."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

FEWEST_READS = 30
PENALTY = 1.0
FOLDS = 5
# Nobody reads a case in a second, and a coffee break is not reading.
SHORTEST_MINUTES, LONGEST_MINUTES = 1 / 60, 60.0


@dataclass(frozen=True)
class ReadingTime:
    """A log-linear model; without coefficients it answers the median."""

    median_minutes: float
    mean: Float64[np.ndarray, " features"]
    scale: Float64[np.ndarray, " features"]
    coef: Float64[np.ndarray, " features"]
    intercept: float

    def minutes(self, facts: Float[np.ndarray, "items features"]) -> Float64[np.ndarray, " items"]:
        """Return the predicted minutes of each item, always positive."""
        standard = (np.asarray(facts, np.float64) - self.mean) / self.scale
        predicted = np.exp(np.clip(standard @ self.coef + self.intercept, -10.0, 10.0))
        return predicted.clip(SHORTEST_MINUTES, LONGEST_MINUTES)


def fit_reading_time(
    facts: Float[np.ndarray, "reads features"],
    minutes: Float[np.ndarray, " reads"],
    *,
    seed: int = 0,
) -> ReadingTime:
    """Fit a ridge regression of log minutes on what is known of a case before it is read.

    The median serves below 30 reads, and wherever the regression is no better than it on reads
    left out. Raises: ValueError for reads and facts that do not match or are not finite.
    """
    facts = np.asarray(facts, np.float64)
    if facts.ndim != 2 or len(facts) != len(minutes) or not np.isfinite(facts).all():
        raise ValueError("Every read needs one row of finite facts.")
    if not np.isfinite(minutes).all():
        raise ValueError("Reading times must be finite.")
    logs = np.log(np.asarray(minutes, np.float64).clip(SHORTEST_MINUTES, LONGEST_MINUTES))
    middle = float(np.median(logs)) if len(logs) else 0.0
    mean = facts.mean(axis=0) if len(facts) else np.zeros(facts.shape[1])
    scale = facts.std(axis=0) if len(facts) else np.ones(facts.shape[1])
    scale = np.where(scale > 1e-9, scale, np.inf)
    plain = ReadingTime(float(np.exp(middle)), mean, scale, np.zeros(facts.shape[1]), middle)
    if len(logs) < FEWEST_READS:
        return plain
    standard = (facts - mean) / scale
    fold = np.random.default_rng(seed).permutation(len(logs)) % FOLDS
    missed_by_model = missed_by_median = 0.0
    for number in range(FOLDS):
        inside, outside = fold != number, fold == number
        coef, intercept = _ridge(standard[inside], logs[inside])
        missed_by_model += float(np.abs(standard[outside] @ coef + intercept - logs[outside]).sum())
        missed_by_median += float(np.abs(np.median(logs[inside]) - logs[outside]).sum())
    if missed_by_model >= missed_by_median:
        return plain
    coef, intercept = _ridge(standard, logs)
    return ReadingTime(plain.median_minutes, mean, scale, coef, intercept)


def _ridge(
    standard: Float64[np.ndarray, "reads features"], logs: Float64[np.ndarray, " reads"]
) -> tuple[Float64[np.ndarray, " features"], float]:
    middle = float(logs.mean())
    square = standard.T @ standard + PENALTY * np.eye(standard.shape[1])
    return np.linalg.solve(square, standard.T @ (logs - middle)), middle
