"""How much each grey value looks like the shown places rather than like what surrounds them."""

import numpy as np
from scipy import ndimage

from collimate.ml.prompts.prompt import Mask, Values

BINS = 128
UNSEEN = 0.1
"""Share of what surrounds that may have any value at all: what nobody has shown is outside."""


def noise_of(values: Values) -> float:
    """The standard deviation of the noise, from differences between neighbours in a row."""
    change = np.diff(values, axis=-1)
    if change.size == 0:
        return 1.0
    return max(float(np.median(np.abs(change))) / (0.6745 * 2**0.5), 1e-3)


EDGE = 0.1
"""How far values at a border lie from those inside, as a share of the contrast: pixels there are
partly of both."""
DENIED = 0.3
"""Weight of the touched places among what surrounds."""


def likeness(
    values: Values, inside: Mask, outside: Mask, denied: Mask, noise: float
) -> tuple[Values, float]:
    """The chance in (0, 1) that a value is of the structure, by value alone; and the contrast.

    `denied`: the places outside that were touched. `contrast` is how far apart the middle values
    of inside and outside are, at least the noise.
    """
    within, around = values[inside], values[outside]
    if around.size == 0:
        around = values.ravel()
    low, high = np.percentile(values, (0.1, 99.9))
    low, high = min(low, within.min()), max(high, within.max())
    width = max((high - low) / BINS, 1e-6)
    middle = np.median(within)
    spread = 1.4826 * float(np.median(np.abs(within - middle)))
    contrast = max(abs(float(middle) - float(np.median(around))), noise)
    blur = max(noise / 2, spread / 2, EDGE * contrast) / width

    def density(sample: Values) -> Values:
        counts = np.bincount(_bin(sample, low, width), minlength=BINS)
        smooth = ndimage.gaussian_filter1d(counts.astype(np.float32), blur, mode="nearest")
        return smooth / max(float(smooth.sum()), 1e-6)

    inner = density(within) + 1e-5
    surrounding = density(around)
    if denied.any():
        surrounding = (1 - DENIED) * surrounding + DENIED * density(values[denied])
    outer = (1 - UNSEEN) * surrounding + UNSEEN / BINS
    table = np.clip(inner / (inner + outer), 0.02, 0.98).astype(np.float32)
    return table[_bin(values, low, width)], contrast


def _bin(values: Values, low: float, width: float) -> np.ndarray:
    return np.clip((values - low) / width, 0, BINS - 1).astype(np.int64)
