"""Ask for the item farthest from everything known, again and again."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float32, Int

from collimate.ml.strategies.herding import BLOCK, nearest_squared, squared_distances
from collimate.ml.strategies.pool import PoolView

KNOWN_AT_FIRST = 128
WATCHED = 16_384


def select(pool: PoolView, k: int, rng: np.random.Generator) -> Int[np.ndarray, " picks"]:
    """Greedy k-centre; without labels it starts at the item nearest the mean.

    Deterministic but for ties. Distances to what is known only shrink, so old ones are bounds and
    only items whose bound is highest are measured again (lazy greedy): the same picks, and cost
    O(items x 128 x width) where few come near, O(items x (labelled + k) x width) at worst. Source:
    Sener and Savarese, "Active learning for convolutional neural networks", ICLR 2018.
    """
    pickable = pool.pickable
    picks: list[int] = []
    known = pool.z[rng.permutation(np.flatnonzero(pool.labelled))]
    if len(known) == 0 and k > 0 and pickable.any():
        picks = [_in_the_middle(pool, pickable, rng)]
        pickable &= ~pool.same_patient(picks[0])
        known = pool.z[picks]
    race = _Race.among(pool.z, known)
    while len(picks) < k and pickable.any():
        chosen = race.farthest(pickable, rng)
        picks.append(chosen)
        race.known = np.concatenate([race.known, pool.z[[chosen]]])
        pickable &= ~pool.same_patient(chosen)
    return np.array(picks, dtype=np.int64)


def _in_the_middle(pool: PoolView, pickable: np.ndarray, rng: np.random.Generator) -> int:
    centre = pool.z.mean(axis=0, keepdims=True, dtype=np.float32)
    distance = np.where(pickable, squared_distances(pool.z, centre)[:, 0], np.inf)
    return int(rng.choice(np.flatnonzero(distance == distance.min())))


@dataclass
class _Race:
    """Squared distances to the nearest of the first `seen` known items: no less than the true.

    Those of highest bound are `watched`; no other item's bound is above `floor`.
    """

    z: Float32[np.ndarray, "items width"]
    known: Float32[np.ndarray, "known width"]
    bound: Float32[np.ndarray, " items"]
    seen: Int[np.ndarray, " items"]
    watched: Int[np.ndarray, " watched"]
    floor: float = np.inf

    @classmethod
    def among(cls, z: np.ndarray, known: np.ndarray) -> "_Race":
        # few items are measured whole: it takes less than finding out which need not be
        first = known[:KNOWN_AT_FIRST] if len(z) > WATCHED else known
        seen, none = np.full(len(z), len(first)), np.zeros(0, dtype=np.int64)
        return cls(z, known, nearest_squared(z, first), seen, none)

    def farthest(self, pickable: Bool[np.ndarray, " items"], rng: np.random.Generator) -> int:
        """Return the item farthest from all that is known, ties by chance."""
        while True:
            own = self.watched[pickable[self.watched]]
            best = self._measure(own[np.argsort(-self.bound[own], kind="stable")])
            if best >= self.floor:
                return int(rng.choice(own[self.bound[own] == best]))
            self._watch(np.flatnonzero(pickable))

    def _watch(self, free: Int[np.ndarray, " free"]) -> None:
        self.watched, self.floor = free, -np.inf
        if len(free) > WATCHED:
            order = np.argpartition(-self.bound[free], WATCHED)
            self.watched = free[order[:WATCHED]]
            self.floor = float(self.bound[free[order[WATCHED]]])

    def _measure(self, falling: Int[np.ndarray, " watched"]) -> float:
        """Return the greatest true distance among items in falling order of their bounds."""
        best = -np.inf
        for start in range(0, len(falling), BLOCK):
            block = falling[start : start + BLOCK]
            if self.bound[block[0]] < best:
                break
            unseen = self.known[self.seen[block].min() :]
            nearest = nearest_squared(self.z[block], unseen)
            self.bound[block] = np.minimum(self.bound[block], nearest)
            self.seen[block] = len(self.known)
            best = max(best, float(self.bound[block].max()))
        return best
