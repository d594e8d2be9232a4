"""Whether maps follow the weights they claim to explain: the same maps of randomised weights.

Source: Adebayo et al., "Sanity checks for saliency maps", NeurIPS 2018: a map that stays the same
when the weights are drawn anew shows the image, not the model.
"""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float

from collimate.ml.heads import Head

DRAWS = 4
RESAMPLES = 500
ALIKE = 0.5
"""Maps that correlate more than this with those of random weights show the image."""


@dataclass(frozen=True)
class Correlation:
    """Mean over images with a bootstrapped 95 % interval."""

    mean: float
    low: float
    high: float


def randomised(head: Head, rng: np.random.Generator) -> Head:
    """A head whose weights are drawn anew, each class keeping the spread of its own."""
    spread = head.coef.std(axis=1, keepdims=True)
    return replace(head, coef=rng.normal(0.0, 1.0, head.coef.shape) * spread)


def correlation(one: Float[np.ndarray, "rows columns"], other: np.ndarray) -> float:
    """Pearson's correlation of two maps; 0 where one of them is even."""
    first, second = one.ravel() - one.mean(), other.ravel() - other.mean()
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length > 1e-12 else 0.0


def over_images(values: Float[np.ndarray, " images"], *, seed: int) -> Correlation:
    """The mean of one value per image, with its interval. Raises: ValueError for none."""
    if len(values) == 0:
        raise ValueError("At least one image is needed.")
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.percentile(values[drawn].mean(axis=1), (2.5, 97.5))
    return Correlation(float(values.mean()), float(low), float(high))


def hits(
    maps: Float[np.ndarray, "images rows columns"], regions: Bool[np.ndarray, "images rows columns"]
) -> tuple[float, float, float]:
    """The pointing game: how often a map's highest place lies in its image's region.

    Answers (own, shuffled, area): of each map in its own region; of each map in the regions of
    all other images, which is chance for maps and findings that both like the middle; and the
    mean share of the image a region covers, which is chance for places without any preference.
    Source: Zhang et al., "Top-down neural attention by excitation backprop", IJCV 2018.

    Raises: ValueError for fewer than two images.
    """
    if len(maps) < 2:
        raise ValueError("Shuffling maps needs two images.")
    places = maps.reshape(len(maps), -1).argmax(axis=1)
    inside = regions.reshape(len(maps), -1)[:, places]
    own = float(np.diag(inside).mean())
    others = ~np.eye(len(maps), dtype=bool)
    return own, float(inside[others].mean()), float(regions.mean())
