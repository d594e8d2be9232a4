"""Replay of masks with the network that a project trains; imported only where it is asked for."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from collimate.demo.replay.answers import Known
from collimate.demo.replay.lessons import as_one_doubt, outline_minutes
from collimate.ml.dense_model import DenseModel
from collimate.ml.dense_training import NothingToLearn, Samples, train
from collimate.ml.intake import Intake
from collimate.ml.overlap import pooled_doubt
from collimate.ml.pixels import SIDE, dice_by_group
from collimate.ml.strategies import PoolView, Regions

WIDTH = 16


@dataclass
class Network:
    """The U-Net of `ml/dense_network.py`, trained from its first weights after every batch."""

    known: Known
    seed: int
    steps: int
    metric: str = "Dice by patient on the hold-out"

    def learn(self, labelled: NDArray[np.int64], view: PoolView) -> tuple[float, PoolView]:
        """See `Lessons`. Where nothing was painted yet nothing is learned."""
        known, pool, masks = self.known, self.known.pool, self.known.masks
        assert masks is not None
        try:
            model = self._trained(labelled, masks)
        except NothingToLearn:
            return 0.0, replace(view, progress=len(labelled) / len(pool))
        held = np.flatnonzero(known.is_holdout)
        score = dice_by_group(
            masks[held], _as_classes(model.predict(self._images(held))), known.patients[held],
            class_count=len(known.class_names),
        )  # fmt: skip
        said = model.predict(self._images(pool))
        doubt, by_class = pooled_doubt(said)
        return score, replace(
            view,
            regions=Regions(doubt, by_class, known.patients[pool]),
            foreground=np.asarray((said > 0.5).any(axis=(1, 2, 3))),
            probabilities=as_one_doubt(doubt, 2 ** said.shape[1]),
            progress=len(labelled) / len(pool),
        )

    def minutes(self, rows: NDArray[np.int64]) -> float:
        """A look at each picture, and time along every outline drawn."""
        assert self.known.masks is not None
        return outline_minutes(self.known.masks[rows])

    def _images(self, rows: NDArray[np.int64]) -> NDArray[np.float16]:
        """Pictures stand alone: each is its own neighbour."""
        return np.repeat(self.known.small[rows][:, None], 3, axis=1).astype(np.float16)

    def _trained(self, rows: NDArray[np.int64], masks: NDArray[np.int64]) -> DenseModel:
        keys = self.known.class_names[1:]
        drawn = np.stack([masks[rows] == label for label in range(1, len(keys) + 1)], axis=1)
        samples = Samples(
            self._images(rows),
            drawn.astype(np.float16),
            [np.flatnonzero(drawn[:, label].any(axis=(1, 2))) for label in range(len(keys))],
        )
        with tempfile.TemporaryDirectory() as folder:
            done = train(
                samples, kind="segmentation", width=WIDTH, checkpoint=Path(folder) / "checkpoint",
                seed=self.seed, steps=self.steps,
            )  # fmt: skip
        assert done.network is not None
        return DenseModel(
            done.network, "segmentation", keys, Intake(SIDE, None, None, None), WIDTH, {}
        )


def _as_classes(said: NDArray[np.float32]) -> NDArray[np.int64]:
    """The likeliest class of each pixel, 0 where none is likelier than not."""
    return np.where(said.max(axis=1) > 0.5, said.argmax(axis=1) + 1, 0)
