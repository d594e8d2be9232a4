"""Plain numbers about how good a picture is, cheap enough to take at ingest."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_MOST_PIXELS = 512


def measure_quality(values: NDArray[Any], grey: NDArray[np.uint8]) -> dict[str, float]:
    """Measure one frame.

    Args:
        values: modality values, (row, column).
        grey: the same frame as shown, 0…255.

    Returns:
        `contrast`: spread of the shown picture, 0…1; `noise`: robust standard deviation of the
        second difference relative to the value range; `clipped_fraction`: share of pixels at the
        extreme values; `sharpness`: mean gradient of the shown picture, 0…1;
        `inverted_suspicion`: 0…1, high where the border is brighter than the middle.
    """
    step = max(1, -(-max(values.shape) // _MOST_PIXELS))
    fine = np.asarray(values[:_MOST_PIXELS, :_MOST_PIXELS], dtype=np.float32)
    coarse = grey[::step, ::step].astype(np.float32) / 255.0
    low, high = np.percentile(coarse, (5, 95))
    span = float(values.max()) - float(values.min())
    return {
        "contrast": _plain(high - low),
        "noise": _plain(_noise(fine) / span if span > 0 else 0.0),
        "clipped_fraction": _plain(_clipped(values[::step, ::step])),
        "sharpness": _plain(_sharpness(coarse)),
        "inverted_suspicion": _plain(_border_excess(coarse)),
    }


def _plain(value: float) -> float:
    return round(float(value), 6) if np.isfinite(value) else 0.0


def _noise(values: NDArray[np.float32]) -> float:
    """Median absolute second difference along rows, scaled to a standard deviation."""
    if values.shape[1] < 3:
        return 0.0
    second = values[:, 2:] - 2.0 * values[:, 1:-1] + values[:, :-2]
    return float(np.median(np.abs(second))) / 0.6745 / np.sqrt(6.0)


def _clipped(values: NDArray[Any]) -> float:
    low, high = values.min(), values.max()
    return 0.0 if low == high else float(np.mean((values == low) | (values == high)))


def _sharpness(grey: NDArray[np.float32]) -> float:
    if min(grey.shape) < 2:
        return 0.0
    across, down = np.diff(grey, axis=1), np.diff(grey, axis=0)
    return float(np.abs(across).mean() + np.abs(down).mean()) / 2.0


def _border_excess(grey: NDArray[np.float32]) -> float:
    rows, columns = grey.shape
    edge_rows, edge_columns = max(1, rows // 16), max(1, columns // 16)
    middle = grey[rows // 4 : rows - rows // 4, columns // 4 : columns - columns // 4]
    border = np.concatenate(
        [
            grey[:edge_rows].ravel(),
            grey[-edge_rows:].ravel(),
            grey[:, :edge_columns].ravel(),
            grey[:, -edge_columns:].ravel(),
        ]
    )
    if middle.size == 0:
        return 0.0
    return float(np.clip(0.5 + border.mean() - middle.mean(), 0.0, 1.0))
