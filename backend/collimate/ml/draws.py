"""Several opinions from one head: what it would say with half of its features gone."""

from dataclasses import replace

import numpy as np
from jaxtyping import Float, Float32

from collimate.ml.heads import Head, probabilities

DRAWS = 8
DROPPED_SHARE = 0.5


def dropout_draws(
    head: Head, z: Float[np.ndarray, "items width"], *, seed: int, draws: int = DRAWS
) -> Float32[np.ndarray, "draws items classes"]:
    """Return calibrated probabilities under dropout on the features.

    A draw leaves out the same half of the features for every item, so that it is one model asked
    of the whole pool. Cost: O(draws x items x width x classes). Source: Gal and Ghahramani,
    "Dropout as a Bayesian approximation", ICML 2016.

    Raises: ValueError where z is not finite or not as wide as the head.
    """
    rng = np.random.default_rng(seed)
    said = np.empty((draws, len(z), len(head.coef)), dtype=np.float32)
    for number in range(draws):
        kept = rng.random(head.coef.shape[1]) >= DROPPED_SHARE
        said[number] = probabilities(
            replace(head, coef=head.coef * kept / (1.0 - DROPPED_SHARE)), z
        )
    return said
