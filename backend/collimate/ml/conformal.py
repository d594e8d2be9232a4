"""Split-conformal prediction by class, and bounds on errors: when a model may answer by itself.

Nothing here holds unless the cases it is calibrated and checked on were drawn at random from those
it is used on, and the model did not learn from them.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float64, Int

CONFIDENCE = 0.95
UNDECIDED = -1
MOST_CHECKS = 1_000_000
_TIE = 1e-12


@dataclass(frozen=True)
class Mondrian:
    """Per class the sorted strangeness (1 - its probability) of calibration cases of that class.

    Class-wise, or Mondrian, conformal prediction (Vovk 2005, chapter 4): each class keeps its own
    error rate, whatever its share.
    """

    scores: tuple[Float64[np.ndarray, " own"], ...]

    @property
    def counts(self) -> Int[np.ndarray, " classes"]:
        """How many calibration cases each class has."""
        return np.array([len(own) for own in self.scores], dtype=np.int64)

    def p_values(
        self, probabilities: Float[np.ndarray, "items classes"]
    ) -> Float64[np.ndarray, "items classes"]:
        """Return (1 + calibration cases of the class at least as strange) / (1 + all of them).

        Of an exchangeable case of a class, its p-value is at most a with probability at most a.
        """
        found = np.empty(probabilities.shape, dtype=np.float64)
        for column, own in enumerate(self.scores):
            strangeness = 1.0 - probabilities[:, column].astype(np.float64)
            as_strange = len(own) - np.searchsorted(own, strangeness - _TIE, side="left")
            found[:, column] = (1.0 + as_strange) / (1.0 + len(own))
        return found

    def single(
        self, probabilities: Float[np.ndarray, "items classes"], alpha: float
    ) -> Int[np.ndarray, " items"]:
        """Return the class of every case whose prediction set holds one class only, else -1.

        A class with fewer calibration cases than `fewest_per_class` can never be ruled out, so as
        long as there is one, nothing is decided: the last class left is not thereby the answer.
        """
        if (self.counts < fewest_per_class(alpha)).any():
            return np.full(len(probabilities), UNDECIDED, dtype=np.int64)
        sets = prediction_sets(self.p_values(probabilities), alpha)
        return np.where(sets.sum(axis=1) == 1, sets.argmax(axis=1), UNDECIDED).astype(np.int64)


def calibrate(
    probabilities: Float[np.ndarray, "items classes"], labels: Int[np.ndarray, " items"]
) -> Mondrian:
    """Keep how strange the model finds the true class of every calibration case.

    Raises: ValueError for shapes that do not fit or labels out of range.
    """
    count = probabilities.shape[1]
    if len(labels) != len(probabilities):
        raise ValueError("Every calibration case needs one label.")
    if len(labels) and (labels.min() < 0 or labels.max() >= count):
        raise ValueError("A label is out of range.")
    return Mondrian(
        tuple(np.sort(1.0 - probabilities[labels == c, c].astype(np.float64)) for c in range(count))
    )


def prediction_sets(
    p_values: Float[np.ndarray, "items classes"], alpha: float
) -> Bool[np.ndarray, "items classes"]:
    """Return which classes cannot be ruled out at level `alpha`: those with a larger p-value."""
    return np.asarray(p_values > alpha + _TIE)


def fewest_per_class(alpha: float) -> int:
    """Return how many calibration cases a class needs before it can be ruled out: 19 at 5 %."""
    return int(np.ceil(1.0 / alpha - _TIE / alpha)) - 1


def upper_bound(errors: int, count: int, confidence: float = CONFIDENCE) -> float:
    """Return the one-sided Clopper-Pearson upper bound of an error rate; 1 where nothing is known.

    The true rate lies above it with probability 1 - `confidence` at most (Clopper, Pearson 1934).
    No error among 59 gives just below 5 %, among 299 just below 1 %.

    Raises: ValueError unless 0 <= errors <= count.
    """
    from scipy.special import betaincinv

    if not 0 <= errors <= count:
        raise ValueError("There cannot be more errors than cases.")
    if errors == count:
        return 1.0
    return float(betaincinv(errors + 1, count - errors, confidence))


def checks_needed(errors: int, count: int, target: float) -> int | None:
    """Return how many cases it takes to bound the error rate by `target`, errors keeping their
    share (none stays none); None where that share is too large for any number.
    """
    share = errors / count if count else 0.0
    if share >= target:
        return None

    def holds(cases: int) -> bool:
        return upper_bound(min(cases, int(np.ceil(share * cases))), cases) <= target

    high = max(1, count)
    while not holds(high):
        high *= 2
        if high > MOST_CHECKS:
            return None
    low = max(0, count - 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


@dataclass(frozen=True)
class Decider:
    """Answers cases that leave no doubt: one question of all classes or, where several answers are
    allowed, one per label, of its absence and its presence.
    """

    questions: tuple[Mondrian, ...]
    is_multi: bool

    def decide(
        self, probabilities: Float[np.ndarray, "items classes"], alpha: float
    ) -> tuple[Bool[np.ndarray, "items classes"], Bool[np.ndarray, " items"]]:
        """Return what is answered, and which cases are: those with every question decided."""
        tables = _tables(probabilities, self.is_multi)
        single = np.stack(
            [one.single(table, alpha) for one, table in zip(self.questions, tables, strict=True)],
            axis=1,
        )
        is_decided = (single != UNDECIDED).all(axis=1)
        if self.is_multi:
            return (single == 1) & is_decided[:, None], is_decided
        known = np.arange(probabilities.shape[1])[None, :] == single
        return known & is_decided[:, None], is_decided

    def p_values(
        self, probabilities: Float[np.ndarray, "items classes"]
    ) -> list[Float64[np.ndarray, "items answers"]]:
        """Return one table per question."""
        tables = _tables(probabilities, self.is_multi)
        return [one.p_values(table) for one, table in zip(self.questions, tables, strict=True)]


def calibrate_decider(
    probabilities: Float[np.ndarray, "items classes"],
    answers: Bool[np.ndarray, "items classes"],
    *,
    is_multi: bool,
) -> Decider:
    """Calibrate on what readers answered."""
    tables = _tables(probabilities, is_multi)
    labels = answers.T.astype(np.int64) if is_multi else [answers.argmax(axis=1)]
    pairs = zip(tables, labels, strict=True)
    return Decider(tuple(calibrate(table, own) for table, own in pairs), is_multi)


def sureness(
    probabilities: Float[np.ndarray, "items classes"], *, is_multi: bool
) -> Float64[np.ndarray, " items"]:
    """Return one number per case, to compare samples by: of its least sure question, the
    probability of the likelier answer.
    """
    tables = _tables(probabilities, is_multi)
    return np.min([table.max(axis=1) for table in tables], axis=0).astype(np.float64)


def _tables(probabilities: np.ndarray, is_multi: bool) -> list[np.ndarray]:
    if not is_multi:
        return [probabilities]
    return [np.stack([1.0 - column, column], axis=1) for column in probabilities.T]
