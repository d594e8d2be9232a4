"""Choose items whose neighbourhoods together cover a weighted pool: the core of herding."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from collimate.ml.strategies.pool import PoolUnusable, PoolView

MAX_ITEMS = 6_000
RADIUS_SAMPLE = 2_000
BLOCK = 256
ROWS_AT_ONCE = 8_192
ASSUMED_CLASSES = 5

Rows = Float32[np.ndarray, "rows width"]


def cover(
    pool: PoolView,
    weights: Float[np.ndarray, " items"],
    radius: float,
    k: int,
    rng: np.random.Generator,
) -> Int[np.ndarray, " picks"]:
    """Pick greedily what raises sum_x w_x max_{s in labelled + picks} exp(-|x-s|^2 / radius^2).

    The objective is monotone submodular, so greedy reaches 1 - 1/e of the best. Beyond
    `MAX_ITEMS`, references are a uniform sample and candidates half the heaviest, half uniform:
    the kernel then takes 144 MB. Gains only shrink, so stale ones are bounds and only blocks of
    the highest are evaluated again (lazy greedy). Source: Bae et al., "Generalized coverage for
    more robust low-budget active learning", ECCV 2024.

    Raises: PoolUnusable where a weight is not finite or is negative.
    """
    if not np.isfinite(weights).all() or (weights < 0).any():
        raise PoolUnusable("Weights must be finite and not negative.")
    references = _sample(np.arange(len(pool)), MAX_ITEMS, rng)
    candidates = heaviest_and_some(pool, weights, rng)
    z = pool.z
    share = weights[references].astype(np.float32)
    covered = nearest_kernel(z[references], z[pool.labelled], radius)
    kernel = gaussian_kernel(z[candidates], z[references], radius)
    thrift = pool.thrift[candidates].astype(np.float32)
    bounds = _gains(kernel, covered, share) * thrift
    free = np.ones(len(candidates), dtype=bool)
    picks: list[int] = []
    while len(picks) < k and free.any():
        chosen = _best(_Race(kernel, covered, share, thrift), bounds, free)
        picks.append(int(candidates[chosen]))
        np.maximum(covered, kernel[chosen], out=covered)
        free &= ~pool.same_patient(int(candidates[chosen]))[candidates]
    return np.array(picks, dtype=np.int64)


def radius_of(pool: PoolView, rng: np.random.Generator) -> float:
    """Return how far an item stands for others: the median distance to the items/(2 classes)-th
    neighbour, on a sample of 2,000; 1 where no two items differ.
    """
    sample = pool.z[_sample(np.arange(len(pool)), RADIUS_SAMPLE, rng)]
    if len(sample) < 2:
        return 1.0
    classes = ASSUMED_CLASSES if pool.class_counts is None else len(pool.class_counts)
    rank = min(max(1, round(len(sample) / (2 * classes))), len(sample) - 1)
    squared = np.partition(squared_distances(sample, sample), rank, axis=1)[:, rank]
    return float(np.sqrt(np.median(squared))) or 1.0


def gaussian_kernel(
    left: Rows, right: Rows, radius: float
) -> Float32[np.ndarray, "left_rows right_rows"]:
    """Return exp(-|x-s|^2 / radius^2) for every pair."""
    squared = squared_distances(left, right)
    squared *= np.float32(-1.0 / radius**2)
    return np.exp(squared, out=squared)


def nearest_kernel(z: Rows, labelled: Rows, radius: float) -> Float32[np.ndarray, " rows"]:
    """Return every row's highest kernel value to a labelled item; 0 where none is labelled."""
    if len(labelled) == 0:
        return np.zeros(len(z), dtype=np.float32)
    return np.exp(-nearest_squared(z, labelled) / np.float32(radius**2))


def nearest_squared(z: Rows, known: Rows) -> Float32[np.ndarray, " rows"]:
    """Return every row's squared distance to the nearest known item; infinite without any.

    Memory: O(rows + ROWS_AT_ONCE x BLOCK).
    """
    closest = np.full(len(z), np.inf, dtype=np.float32)
    for start in range(0, len(z), ROWS_AT_ONCE):
        own = closest[start : start + ROWS_AT_ONCE]
        for first in range(0, len(known), BLOCK):
            rows = squared_distances(z[start : start + ROWS_AT_ONCE], known[first : first + BLOCK])
            np.minimum(own, rows.min(axis=1), out=own)
    return closest


def squared_distances(left: Rows, right: Rows) -> Float32[np.ndarray, "left_rows right_rows"]:
    """Return squared Euclidean distances, never below 0."""
    product = left @ right.T
    product *= -2.0
    product += np.einsum("nd,nd->n", left, left)[:, None]
    product += np.einsum("nd,nd->n", right, right)[None, :]
    return np.maximum(product, 0.0, out=product)


@dataclass(frozen=True)
class _Race:
    """What a candidate's gain is made of; `thrift` weighs it by what its reading costs."""

    kernel: np.ndarray
    covered: np.ndarray
    share: np.ndarray
    thrift: np.ndarray

    def gains(self, candidates: np.ndarray | slice) -> np.ndarray:
        return _gains(self.kernel[candidates], self.covered, self.share) * self.thrift[candidates]


def _best(race: _Race, bounds: np.ndarray, free: Bool[np.ndarray, " candidates"]) -> int:
    """Return the free candidate of highest gain, refreshing `bounds` block by block."""
    order = np.flatnonzero(free)
    order = order[np.argsort(-bounds[order], kind="stable")]
    best, best_gain = int(order[0]), -1.0
    for start in range(0, len(order), BLOCK):
        block = order[start : start + BLOCK]
        if bounds[block[0]] <= best_gain:
            break
        gains = race.gains(block)
        bounds[block] = gains
        top = int(gains.argmax())
        if gains[top] > best_gain:
            best, best_gain = int(block[top]), float(gains[top])
    return best


def _gains(
    kernel: np.ndarray, covered: np.ndarray, share: np.ndarray
) -> Float32[np.ndarray, " candidates"]:
    gains = np.empty(len(kernel), dtype=np.float32)
    for start in range(0, len(kernel), BLOCK):
        rise = kernel[start : start + BLOCK] - covered
        gains[start : start + BLOCK] = np.maximum(rise, 0.0, out=rise) @ share
    return gains


def heaviest_and_some(
    pool: PoolView, weights: np.ndarray, rng: np.random.Generator
) -> Int[np.ndarray, " candidates"]:
    """All that may be picked; beyond `MAX_ITEMS` half the heaviest, half by chance."""
    pickable = rng.permutation(np.flatnonzero(pool.pickable))
    if len(pickable) <= MAX_ITEMS:
        return pickable
    heaviest = pickable[np.argsort(-weights[pickable], kind="stable")][: MAX_ITEMS // 2]
    rest = np.setdiff1d(pickable, heaviest)
    return np.concatenate([heaviest, rng.choice(rest, MAX_ITEMS - len(heaviest), replace=False)])


def _sample(
    indices: Int[np.ndarray, " items"], most: int, rng: np.random.Generator
) -> Int[np.ndarray, " sample"]:
    if len(indices) <= most:
        return indices
    return np.sort(rng.choice(indices, most, replace=False))
