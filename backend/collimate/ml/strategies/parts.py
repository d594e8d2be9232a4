"""Parts of an item that a model has scored: regions of a mask, boxes of a detector."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int, Shaped


@dataclass(frozen=True)
class Regions:
    """One row per item of the pool, where an item is a slice, a patch or a cell of a grid.

    `doubt` is the predictive entropy pooled over the region's voxels, `class_doubt` the same
    weighed by the probability of each foreground class. At most `most_per_volume` regions of a
    volume are asked for in one batch.
    """

    doubt: Float[np.ndarray, " items"]
    class_doubt: Float[np.ndarray, "items foreground_classes"]
    volumes: Shaped[np.ndarray, " items"]
    most_per_volume: int = 3

    def __len__(self) -> int:
        return len(self.doubt) if len(self.doubt) == len(self.class_doubt) else -1


@dataclass(frozen=True)
class Boxes:
    """Everything a detector proposed on the pool, one row per box: its item, the probability of
    each class (independent, 0 to 1), and pooled features of the place.
    """

    items: Int[np.ndarray, " boxes"]
    probabilities: Float[np.ndarray, "boxes classes"]
    features: Float[np.ndarray, "boxes width"]
