"""Ask for the items whose answers would steady the model most where it doubts."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int

from collimate.ml.strategies.herding import ROWS_AT_ONCE, heaviest_and_some
from collimate.ml.strategies.max_herding import select as select_by_max_herding
from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.scores import margin_scores
from collimate.ml.strategies.uncertainty_herding import enough_labels

RIDGE = 0.1
"""Precision of the prior of a weight, for features of unit length."""
LEAST_WORTH = 0.02
REFERENCES = 50_000


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Lower the variance of a linear head over the pool, each item weighing by its doubt.

    The head is taken for a Bayesian regression whose weights have the covariance S: a labelled
    item adds its Fisher information 1 - sum p^2 along its features. An answer at s lowers the
    variance at x by (x S s)^2 / (s S s + 1 / information of s); summed over the pool by margin
    this is the gain, and S shrinks with each pick, so picks of a batch do not repeat each other.
    MaxHerding serves until the head has seen enough. Candidates beyond 6,000 are half the most
    doubtful, half uniform; items whose variance counts beyond 50,000 a uniform sample. Cost:
    O(references x width^2 + picks x candidates x width), memory O(candidates x width). Source:
    Yu, Bi and Tresp, "Active learning via transductive experimental design", ICML 2006;
    information and weights as here are our own.
    """
    if pool.probabilities is None or not enough_labels(pool):
        return select_by_max_herding(pool, k, rng)
    doubt = np.where(pool.labelled, 0.0, margin_scores(pool))
    candidates = heaviest_and_some(pool, doubt, rng)
    doubtful = np.flatnonzero(doubt > 0)
    if len(doubtful) > REFERENCES:
        doubtful = rng.choice(doubtful, REFERENCES, replace=False)
    gain = _gain_of(pool, candidates, _squares(pool.z, doubtful, doubt))
    thrift = pool.thrift[candidates]
    free = np.ones(len(candidates), dtype=bool)
    picks: list[int] = []
    while len(picks) < k and free.any():
        chosen = int(np.where(free, gain.each() * thrift, -1.0).argmax())
        gain.know(chosen)
        picks.append(int(candidates[chosen]))
        free &= ~pool.same_patient(picks[-1])[candidates]
    return np.array(picks, dtype=np.int64)


@dataclass
class _Gain:
    """What each candidate's answer is worth; `spread` is x S x, `use` is x S M S x, where M sums
    the weighed squares of the pool.
    """

    z: Float64[np.ndarray, "candidates width"]
    noise: Float64[np.ndarray, " candidates"]
    covariance: Float64[np.ndarray, "width width"]
    pool_squares: Float64[np.ndarray, "width width"]
    spread: Float64[np.ndarray, " candidates"]
    use: Float64[np.ndarray, " candidates"]

    def each(self) -> Float64[np.ndarray, " candidates"]:
        return np.asarray(np.maximum(self.use, 0.0) / (np.maximum(self.spread, 0.0) + self.noise))

    def know(self, chosen: int) -> None:
        """Take one answer as given: S loses (S s)(S s)' / (s S s + noise)."""
        along = self.covariance @ self.z[chosen]
        whole = float(self.z[chosen] @ along + self.noise[chosen])
        seen = self.z @ along
        weighed = self.covariance @ (self.pool_squares @ along)
        self.use -= 2.0 * seen * (self.z @ weighed) / whole
        self.use += seen**2 * float(along @ self.pool_squares @ along) / whole**2
        self.spread -= seen**2 / whole
        self.covariance = self.covariance - np.outer(along, along) / whole


def _gain_of(pool: PoolView, candidates: np.ndarray, squares: np.ndarray) -> _Gain:
    worth = np.maximum(_information(pool), LEAST_WORTH)
    known = np.flatnonzero(pool.labelled)
    precision = RIDGE * np.eye(pool.z.shape[1]) + _squares(pool.z, known, worth)
    covariance = np.linalg.inv(precision)
    z = pool.z[candidates].astype(np.float64)
    across = z @ covariance
    return _Gain(
        z, 1.0 / worth[candidates], covariance, squares,
        np.einsum("nd,nd->n", across, z), np.einsum("nd,nd->n", across @ squares, across),
    )  # fmt: skip


def _information(pool: PoolView) -> Float64[np.ndarray, " items"]:
    """How much an answer tells: 1 - sum p^2, for multi-label its mean over labels."""
    p = np.asarray(pool.probabilities, dtype=np.float64)
    if pool.multi_label:
        return np.asarray((2.0 * p * (1.0 - p)).mean(axis=1))
    return np.asarray(1.0 - (p**2).sum(axis=1))


def _squares(
    z: np.ndarray, rows: np.ndarray, weights: np.ndarray
) -> Float64[np.ndarray, "width width"]:
    """Sum of w x x' over these rows."""
    total = np.zeros((z.shape[1], z.shape[1]))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        own = z[part].astype(np.float64)
        total += (own * weights[part][:, None]).T @ own
    return total
