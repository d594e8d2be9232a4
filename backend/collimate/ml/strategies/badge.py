"""Ask for items whose answers would move the model far and in different directions."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from collimate.ml.strategies.pool import PoolView
from collimate.ml.strategies.random import select as select_at_random

TRIES = 4
DRAWN_AT_ONCE = 32


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Seed k-means++ among the gradients (p - onehot of the likeliest) x z, longest first.

    At random while there is no model. The gradients are never built: their products are products
    of their two factors, so memory is O(items x (classes + width)). Distances to the picks only
    shrink: an item drawn by an old one is taken with the chance true / old, which draws as if all
    were new, at O(items x (classes + width)) in all where they shrink little and k times that at
    worst. Sources: Ash et al., "Deep batch active learning by diverse, uncertain gradient lower
    bounds", ICLR 2020, arXiv 1906.03671; Cohen-Addad et al., "Fast and accurate k-means++ via
    rejection sampling", NeurIPS 2020.
    """
    if pool.probabilities is None:
        return select_at_random(pool, k, rng)
    pickable = pool.pickable
    gradients = _Gradients.of(pool)
    picks: list[int] = []
    while len(picks) < k and pickable.any():
        if picks:
            chosen = gradients.drawn(picks, pickable, rng)
        else:
            chosen = _longest(gradients.chances(pickable), pickable, rng)
            gradients.measure([chosen], pickable)
        picks.append(chosen)
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)


@dataclass
class _Gradients:
    """Gradients by their factors; `apart` are squared distances to the nearest of the first
    `measured` picks, `ladder` their sums up to each item.
    """

    z: Float32[np.ndarray, "items width"]
    push: Float32[np.ndarray, "items classes"]
    thrift: Float[np.ndarray, " items"]
    length: Float32[np.ndarray, " items"]
    apart: Float[np.ndarray, " items"]
    measured: int = 0
    ladder: Float[np.ndarray, " items"] = field(default_factory=lambda: np.zeros(0))

    @classmethod
    def of(cls, pool: PoolView) -> "_Gradients":
        push = pushes(pool)
        length = np.einsum("nc,nc->n", push, push) * np.einsum("nd,nd->n", pool.z, pool.z)
        return cls(pool.z, push, pool.thrift, length, length.astype(np.float64))

    def measure(self, picks: list[int], pickable: Bool[np.ndarray, " items"]) -> None:
        """Bring the distances of all items to the truth."""
        for chosen in picks[self.measured :]:
            product = (self.push @ self.push[chosen]) * (self.z @ self.z[chosen])
            distance = np.maximum(self.length + self.length[chosen] - 2.0 * product, 0.0)
            np.minimum(self.apart, distance, out=self.apart)
        self.measured = len(picks)
        self.ladder = np.cumsum(self.chances(pickable))

    def chances(self, pickable: Bool[np.ndarray, " items"]) -> Float[np.ndarray, " items"]:
        """Return what an item is drawn in proportion to."""
        return np.where(pickable, self.apart * self.thrift, 0.0)

    def drawn(
        self, picks: list[int], pickable: Bool[np.ndarray, " items"], rng: np.random.Generator
    ) -> int:
        """Draw the next pick; where old distances are refused too often, all are measured."""
        for _ in range(TRIES if self.ladder[-1] > 0 else 0):
            at = rng.random(DRAWN_AT_ONCE) * self.ladder[-1]
            tried = np.minimum(np.searchsorted(self.ladder, at, "right"), len(self.ladder) - 1)
            is_kept = rng.random(DRAWN_AT_ONCE) * self.apart[tried] < self._true(tried, picks)
            is_kept &= pickable[tried]
            if is_kept.any():
                return int(tried[is_kept.argmax()])
        self.measure(picks, pickable)
        return _drawn(self.chances(pickable), pickable, rng)

    def _true(self, tried: Int[np.ndarray, " tried"], picks: list[int]) -> np.ndarray:
        unseen = np.array(picks[self.measured :], dtype=np.int64)
        product = (self.push[tried] @ self.push[unseen].T) * (self.z[tried] @ self.z[unseen].T)
        distance = self.length[tried][:, None] + self.length[unseen] - 2.0 * product
        nearest = distance.min(axis=1, initial=np.inf)
        return np.minimum(self.apart[tried], np.maximum(nearest, 0.0))


def pushes(pool: PoolView) -> Float32[np.ndarray, "items classes"]:
    """Return how far the likeliest answer would move each logit, with its sign."""
    p = np.asarray(pool.probabilities, dtype=np.float32)
    if pool.multi_label:
        return p - (p >= 0.5)
    push = p.copy()
    push[np.arange(len(p)), p.argmax(axis=1)] -= 1.0
    return push


def _longest(
    chance: Float[np.ndarray, " items"], pickable: np.ndarray, rng: np.random.Generator
) -> int:
    best = np.flatnonzero(pickable & (chance >= chance.max()))
    return int(rng.choice(best))


def _drawn(
    chance: Float[np.ndarray, " items"], pickable: np.ndarray, rng: np.random.Generator
) -> int:
    total = chance.sum()
    # What single precision leaves of equal gradients is not a difference.
    if total <= 1e-6 * max(1.0, float(pickable.sum())) * 1e-3:
        return int(rng.choice(np.flatnonzero(pickable)))
    return int(rng.choice(len(chance), p=chance / total))
