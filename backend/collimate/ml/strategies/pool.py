"""What a query strategy may look at, and what it may not pick."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from collimate.ml.features import unit


class PoolUnusable(ValueError):
    """The pool's arrays disagree in length or hold values that are not finite."""


@dataclass(frozen=True)
class PoolView:
    """One row per item of a project's pool (hold-out items are never in it).

    `z` is brought to unit length here. `labelled` items are read or being read: they count as
    known and cannot be picked. `barred` items cannot be picked but are not known either.
    `probabilities` are calibrated; None before the first head. `class_counts` are labels so far.
    """

    z: Float[np.ndarray, "items width"]
    labelled: Bool[np.ndarray, " items"]
    probabilities: Float[np.ndarray, "items classes"] | None = None
    multi_label: bool = False
    class_counts: Int[np.ndarray, " classes"] | None = None
    patients: Shaped[np.ndarray, " items"] | None = None
    sites: Shaped[np.ndarray, " items"] | None = None
    barred: Bool[np.ndarray, " items"] | None = None
    once_per_patient: bool = True

    def __post_init__(self) -> None:
        """Raises: PoolUnusable."""
        arrays = (self.labelled, self.probabilities, self.patients, self.sites, self.barred)
        if self.z.ndim != 2 or any(a is not None and len(a) != len(self.z) for a in arrays):
            raise PoolUnusable("All arrays of a pool must describe the same items.")
        for values in (self.z, self.probabilities):
            if values is not None and not np.isfinite(values).all():
                raise PoolUnusable("A pool holds finite values only.")
        object.__setattr__(self, "z", unit(self.z))

    def __len__(self) -> int:
        return len(self.z)

    @property
    def pickable(self) -> Bool[np.ndarray, " items"]:
        """Items that a batch may ask for."""
        free = ~np.asarray(self.labelled, dtype=bool)
        return free if self.barred is None else free & ~np.asarray(self.barred, dtype=bool)

    def barring(self, indices: Int[np.ndarray, " picks"]) -> "PoolView":
        """Return the pool with these items (and, where asked, their patients) out of reach."""
        barred = np.zeros(len(self), dtype=bool) if self.barred is None else self.barred.copy()
        for index in indices:
            barred |= self.same_patient(int(index))
        return replace(self, barred=barred)

    def same_patient(self, index: int) -> Bool[np.ndarray, " items"]:
        """Mark what one pick rules out for the rest of its batch; always the pick itself."""
        if self.once_per_patient and self.patients is not None:
            return np.asarray(self.patients == self.patients[index])
        alone = np.zeros(len(self), dtype=bool)
        alone[index] = True
        return alone


def take_highest(
    pool: PoolView, scores: Float[np.ndarray, " items"], k: int, rng: np.random.Generator
) -> Int[np.ndarray, " picks"]:
    """Pick the k highest scores in falling order, ties by chance, patients once where asked.

    Raises: PoolUnusable where a score is not finite.
    """
    if not np.isfinite(scores).all():
        raise PoolUnusable("A score is not a finite number.")
    pickable = pool.pickable
    chance = rng.random(len(pool))
    picks: list[int] = []
    for index in np.lexsort((chance, -scores)):
        if len(picks) == k:
            break
        if pickable[index]:
            picks.append(int(index))
            pickable &= ~pool.same_patient(int(index))
    return np.array(picks, dtype=np.int64)
