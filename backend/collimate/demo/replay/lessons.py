"""What a replay learns from the labels so far, how good that is, and what reading them costs."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from collimate.demo.replay.answers import Known
from collimate.ml.draws import dropout_draws
from collimate.ml.heads import Head, fit_head, probabilities
from collimate.ml.metrics import mean_recall
from collimate.ml.pixels import dice_by_group, fit_pixels, pixel_features, pooled_doubt
from collimate.ml.strategies import NEED_DRAWS, PoolView, QueryStrategy, Regions

SECONDS_PER_CASE = 10.0
SECONDS_PER_MASK = 15.0
SECONDS_PER_OUTLINE_SIDE = 30.0
GROWN_ENOUGH = 1.5


class Lessons(Protocol):
    """One way to learn; keeps what it knows between batches of one run."""

    metric: str

    def learn(self, labelled: NDArray[np.int64], view: PoolView) -> tuple[float, PoolView]:
        """Learn from these rows: the score on the hold-out, and what the strategy may know."""

    def minutes(self, rows: NDArray[np.int64]) -> float:
        """What reading these rows costs, by the cost model."""


def lessons_of(
    known: Known, strategy: QueryStrategy | None, seed: int, *, network_steps: int = 0
) -> Lessons:
    """How a folder of this kind is learned; masks by the product's network where it has steps."""
    if known.masks is not None and network_steps:
        # Only a replay that trains pays for loading torch.
        from collimate.demo.replay.network import Network

        return Network(known, seed, network_steps)
    if known.masks is not None:
        return Masks(known, pixel_features(known.small), seed)
    return Classes(known, strategy, seed)


@dataclass
class Classes:
    """A calibrated linear head; its penalty is chosen anew when labels grew by half."""

    known: Known
    strategy: QueryStrategy | None
    seed: int
    strength: float | None = None
    chosen_at: int = 0
    metric: str = "macro recall on the hold-out"

    def learn(self, labelled: NDArray[np.int64], view: PoolView) -> tuple[float, PoolView]:
        """See `Lessons`."""
        known, pool = self.known, self.known.pool
        head = self._head(labelled)
        said = probabilities(head, known.z)
        held = known.is_holdout
        score = mean_recall(known.labels[held], said[held])
        answers = np.full((len(known.z), len(known.class_names)), -1, np.int8)
        table = known.labels
        if table.ndim == 1:
            table = np.eye(len(known.class_names), dtype=bool)[table]
        answers[labelled] = table[labelled]
        counts = np.asarray(table[labelled].sum(axis=0), np.int64)
        view = replace(view, answers=answers[pool], progress=len(labelled) / len(pool))
        if np.count_nonzero(counts) >= 2 or known.multi_label:
            view = replace(
                view, probabilities=said[pool], class_counts=counts, draws=self._draws(head),
                multi_label=known.multi_label,
            )  # fmt: skip
        return score, view

    def _head(self, labelled: NDArray[np.int64]) -> Head:
        if len(labelled) >= GROWN_ENOUGH * self.chosen_at:
            self.strength, self.chosen_at = None, len(labelled)
        head = fit_head(
            self.known.z[labelled],
            self.known.labels[labelled],
            class_count=len(self.known.class_names),
            seed=self.seed,
            patients=self.known.patients[labelled],
            strength=self.strength,
        )
        self.strength = head.strength
        return head

    def _draws(self, head: Head) -> NDArray[np.float32] | None:
        if self.strategy not in NEED_DRAWS:
            return None
        return dropout_draws(head, self.known.z[self.known.pool], seed=self.seed)

    def minutes(self, rows: NDArray[np.int64]) -> float:
        """Ten seconds a case, whatever it shows."""
        return len(rows) * SECONDS_PER_CASE / 60


@dataclass
class Masks:
    """Trees over pixels; doubtful tenths of the picture speak for it."""

    known: Known
    features: NDArray[np.float32]
    seed: int
    metric: str = "Dice by patient on the hold-out"

    def learn(self, labelled: NDArray[np.int64], view: PoolView) -> tuple[float, PoolView]:
        """See `Lessons`."""
        known, pool, masks = self.known, self.known.pool, self.known.masks
        if masks is None:
            raise ValueError("There are no masks to learn from.")
        count = len(known.class_names)
        head = fit_pixels(
            self.features[labelled], masks[labelled], class_count=count, seed=self.seed
        )
        held = np.flatnonzero(known.is_holdout)
        predicted = head.probabilities(self.features[held]).argmax(axis=-1)
        score = dice_by_group(masks[held], predicted, known.patients[held], class_count=count)
        # Every second row and column is enough to rank the pool by, at a quarter of the cost.
        said = head.probabilities(self.features[pool][:, ::2, ::2])
        doubt, by_class = pooled_doubt(said)
        return score, replace(
            view,
            regions=Regions(doubt, by_class, known.patients[pool]),
            foreground=(said.argmax(axis=-1) > 0).any(axis=(1, 2)),
            probabilities=as_one_doubt(doubt, count),
            progress=len(labelled) / len(pool),
        )

    def minutes(self, rows: NDArray[np.int64]) -> float:
        """A look at each picture, and time along every outline drawn."""
        masks = self.known.masks
        return 0.0 if masks is None else outline_minutes(masks[rows])


def outline_minutes(own: NDArray[np.int64]) -> float:
    """What painting these masks costs: a look at each, and time along every outline."""
    edge = (own[:, 1:] != own[:, :-1]).sum() + (own[:, :, 1:] != own[:, :, :-1]).sum()
    sides = float(edge) / own.shape[-1]
    return (len(own) * SECONDS_PER_MASK + sides * SECONDS_PER_OUTLINE_SIDE) / 60


def as_one_doubt(doubt: NDArray[np.float64], class_count: int) -> NDArray[np.float64]:
    """Two-class probabilities whose margin is the doubt, for strategies that know no masks."""
    margin = np.clip(doubt / np.log(class_count), 0.0, 1.0)
    return np.stack([1.0 - margin / 2.0, margin / 2.0], axis=1)
