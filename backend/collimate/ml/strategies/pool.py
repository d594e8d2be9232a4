"""What a query strategy may look at, and what it may not pick."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from collimate.ml.features import unit
from collimate.ml.strategies.parts import Boxes, Regions

MINUTES_POWER = 0.5
CHECKED_AT_ONCE = 65_536


class PoolUnusable(ValueError):
    """The pool's arrays disagree in length or hold values that are not finite."""


@dataclass(frozen=True)
class PoolView:
    """One row per item of a project's pool (hold-out items are never in it).

    `z` is brought to unit length here. `labelled` items are read or being read: they count as
    known and cannot be picked. `barred` items cannot be picked but are not known either.
    `probabilities` are calibrated; None before the first head. `class_counts` are labels so far.
    `answers` says per item and class what readers said: 1 yes, 0 no, -1 unknown. `draws` are
    probabilities of several models (or of one under dropout). `minutes` is the predicted reading
    time; where given, gains are divided by its square root. `foreground` marks items that are
    thought to show something. `progress` is the share of the label budget used, 0 to 1.
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
    answers: Int[np.ndarray, "items classes"] | None = None
    draws: Float[np.ndarray, "draws items classes"] | None = None
    minutes: Float[np.ndarray, " items"] | None = None
    foreground: Bool[np.ndarray, " items"] | None = None
    regions: Regions | None = None
    boxes: Boxes | None = None
    progress: float = 0.0
    is_checked: bool = False

    def __post_init__(self) -> None:
        """Raises: PoolUnusable."""
        if self.is_checked and self.z.dtype == np.float32:
            return
        per_item = (
            self.labelled, self.probabilities, self.patients, self.sites, self.barred,
            self.answers, self.minutes, self.foreground, self.regions,
            None if self.draws is None else self.draws[0],
        )  # fmt: skip
        if self.z.ndim != 2 or any(a is not None and len(a) != len(self.z) for a in per_item):
            raise PoolUnusable("All arrays of a pool must describe the same items.")
        for values in (
            self.z,
            self.probabilities,
            self.minutes,
            *([] if self.draws is None else self.draws),
        ):
            _require_finite(values)
        if self.minutes is not None and (self.minutes <= 0).any():
            raise PoolUnusable("Reading times must be positive.")
        object.__setattr__(self, "z", unit(self.z))
        # A million rows need not be checked and scaled again by every `replace`.
        object.__setattr__(self, "is_checked", True)

    def __len__(self) -> int:
        return len(self.z)

    @property
    def pickable(self) -> Bool[np.ndarray, " items"]:
        """Items that a batch may ask for."""
        free = ~np.asarray(self.labelled, dtype=bool)
        return free if self.barred is None else free & ~np.asarray(self.barred, dtype=bool)

    @property
    def thrift(self) -> Float[np.ndarray, " items"]:
        """What a gain is multiplied by to count what it costs: 1 where time plays no part.

        The full ratio of gain to minutes would starve the hard cases; hence the square root.
        """
        if self.minutes is None:
            return np.ones(len(self))
        return (np.median(self.minutes) / self.minutes) ** MINUTES_POWER

    def barring(self, indices: Int[np.ndarray, " picks"]) -> "PoolView":
        """Return the pool with these items (and, where asked, their patients) out of reach."""
        barred = np.zeros(len(self), dtype=bool) if self.barred is None else self.barred.copy()
        for index in indices:
            barred |= self.same_patient(int(index))
        return replace(self, barred=barred)

    def knowing(self, indices: Int[np.ndarray, " picks"]) -> "PoolView":
        """Return the pool with these items as known, like those being read."""
        labelled = np.asarray(self.labelled, dtype=bool).copy()
        labelled[indices] = True
        return replace(self, labelled=labelled)

    def without(self, out: Bool[np.ndarray, " items"]) -> "PoolView":
        """Return the pool with these items out of reach."""
        barred = out if self.barred is None else out | np.asarray(self.barred, dtype=bool)
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


def _require_finite(values: Float[np.ndarray, "items columns"] | None) -> None:
    if values is None:
        return
    for start in range(0, len(values), CHECKED_AT_ONCE):
        if not np.isfinite(values[start : start + CHECKED_AT_ONCE]).all():
            raise PoolUnusable("A pool holds finite values only.")
