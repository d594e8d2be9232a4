"""From a frame's modality values to what a mask or box model reads, the same whenever it looks.

After Isensee et al., nnU-Net, Nature Methods 2021: where values have a meaning of their own (CT),
one window for all images from the values inside what was painted; elsewhere each image's own
percentiles; all images on one pixel spacing where it is known.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Bool, Float, Float32, Shaped

from collimate.ml.images import HIGH_PERCENTILE, LOW_PERCENTILE, UnusableImage, resize

ABSOLUTE = frozenset({"CT"})
"""Modalities whose values mean the same in every image."""
SMALLEST_SIDE = 16
LARGEST_STRETCH = 2.0

Spacing = tuple[float, float]
"""Millimetres between the centres of two rows, and of two columns."""


@dataclass(frozen=True)
class Intake:
    """How images are brought to one form; kept with the model that learned from them.

    `side`: pixels of the longest side of a typical image. `spacing_mm`: of one pixel after
    resampling, None where the images do not say. `low` and `high`: the window in modality values,
    None for each image's own 0.5th and 99.5th percentile.
    """

    side: int
    spacing_mm: float | None
    low: float | None
    high: float | None

    def shape_of(self, rows: int, columns: int, spacing: Spacing | None) -> tuple[int, int]:
        """Rows and columns after resampling; never more than twice `side`."""
        if self.spacing_mm is None or spacing is None:
            height, width = float(rows), float(columns)
            scale = self.side / max(height, width)
        else:
            height, width = rows * spacing[0], columns * spacing[1]
            most = LARGEST_STRETCH * self.side / max(height, width)
            scale = min(1.0 / self.spacing_mm, most)
        return max(SMALLEST_SIDE, round(height * scale)), max(SMALLEST_SIDE, round(width * scale))

    def read(
        self,
        values: Shaped[np.ndarray, "rows columns"],
        spacing: Spacing | None,
        *,
        invert: bool = False,
    ) -> Float32[np.ndarray, "height width"]:
        """Window and resample one frame; the result lies in [0, 1].

        Raises: UnusableImage where the frame is constant or holds values that are not finite.
        """
        pixels = np.asarray(values, dtype=np.float32)
        if not np.isfinite(pixels).all():
            raise UnusableImage("The picture holds values that are not finite numbers.")
        low, high = self._window(pixels)
        scaled = (pixels.clip(low, high) - low) / (high - low)
        if invert:
            scaled = 1.0 - scaled
        rows, columns = pixels.shape
        return resize(scaled, *self.shape_of(rows, columns, spacing)).clip(0.0, 1.0)

    def _window(self, pixels: np.ndarray) -> tuple[np.float32, np.float32]:
        if self.low is not None and self.high is not None:
            return np.float32(self.low), np.float32(self.high)
        low, high = np.percentile(pixels, (LOW_PERCENTILE, HIGH_PERCENTILE))
        if high <= low:
            low, high = pixels.min(), pixels.max()
        if high <= low:
            raise UnusableImage("Every pixel of the picture has the same value.")
        return np.float32(low), np.float32(high)

    def to_json(self) -> dict[str, Any]:
        """Plain values, as the model's record keeps them."""
        return asdict(self)


def fit_intake(
    modality: str,
    extents: Sequence[tuple[int, int, Spacing | None]],
    inside: Float[np.ndarray, " values"],
    *,
    side: int,
) -> Intake:
    """Choose window and spacing from the training images.

    `extents` are rows, columns and spacing of each image; `inside` are modality values of painted
    pixels. The spacing makes the median image `side` pixels long.
    """
    known = [max(rows * s[0], columns * s[1]) for rows, columns, s in extents if s is not None]
    spacing = None
    if known and len(known) == len(extents):
        spacing = round(float(np.median(known)) / side, 6)
    low = high = None
    if modality in ABSOLUTE and len(inside):
        first, last = np.percentile(inside, (LOW_PERCENTILE, HIGH_PERCENTILE))
        if last > first:
            low, high = float(first), float(last)
    return Intake(side, spacing, low, high)


def shrink_mask(
    mask: Bool[np.ndarray, "rows columns"], height: int, width: int
) -> Bool[np.ndarray, "height width"]:
    """A mask on the model's grid: inside where at least half of a cell is."""
    return resize(mask.astype(np.float32), height, width) >= 0.5


def grow_map(
    values: Float[np.ndarray, "height width"], rows: int, columns: int
) -> Float32[np.ndarray, "rows columns"]:
    """Bring a map back to the image's own grid, between samples in straight lines."""
    return resize(values, rows, columns)
