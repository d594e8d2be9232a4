"""Plain numbers about how good a picture is, cheap enough to take of every image at ingest.

All are measured on one frame, from at most 256 x 256 pixels of it, and mean the same for every
modality; what is normal differs between scanners, so they are shown as distributions per site.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MEASURES = ("contrast", "noise", "clipped_fraction", "blur", "resolution", "inverted_suspicion")
_MOST_PIXELS = 256
_HASH_SIDE, _HASH_KEPT = 32, 8


def measure_quality(
    values: NDArray[Any],
    grey: NDArray[np.uint8],
    *,
    padding: tuple[float, float] | None = None,
) -> dict[str, float]:
    """Measure one frame.

    Args:
        values: modality values, (row, column).
        grey: the same frame as shown, 0…255, (row, column).
        padding: modality values from … to that stand for "not imaged" (PS3.3 C.7.5.1.1.2).

    Returns:
        One number for each of `MEASURES`:
        `contrast`: 5th to 95th percentile of the shown picture, 0…1;
        `noise`: standard deviation of the noise over the range of values, 0…1;
        `clipped_fraction`: share of imaged pixels at the lowest or highest value, 0…1;
        `blur`: 0 (sharp) … 1, see `blur`;
        `resolution`: share of the sampled resolution that is filled, 0…1, see `resolution`;
        `inverted_suspicion`: 0…1, high where the border is brighter than the middle.
    """
    step = max(1, -(-max(values.shape) // _MOST_PIXELS))
    fine = np.asarray(_middle(values), dtype=np.float32)
    coarse = grey[::step, ::step].astype(np.float32) / 255.0
    low, high = np.percentile(coarse, (5, 95))
    span = float(values.max()) - float(values.min())
    return {
        "contrast": _plain(high - low),
        "noise": _plain(noise(fine) / span if span > 0 else 0.0),
        "clipped_fraction": _plain(clipped_fraction(values[::step, ::step], padding)),
        "blur": _plain(blur(_middle(grey).astype(np.float32))),
        "resolution": _plain(resolution(fine)),
        "inverted_suspicion": _plain(inverted_suspicion(coarse)),
    }


def _middle(array: NDArray[Any]) -> NDArray[Any]:
    """The middle of a picture at full resolution."""
    rows, columns = array.shape
    top, left = max(0, (rows - _MOST_PIXELS) // 2), max(0, (columns - _MOST_PIXELS) // 2)
    return array[top : top + _MOST_PIXELS, left : left + _MOST_PIXELS]


def _plain(value: float) -> float:
    return round(float(value), 6) if np.isfinite(value) else 0.0


def noise(values: NDArray[np.float32]) -> float:
    """Standard deviation of the noise: the median absolute second difference along rows.

    A second difference cancels everything that is straight over three pixels; the median leaves
    out the edges. Source: after Immerkaer, Computer Vision and Image Understanding 64(2), 1996.
    """
    if values.shape[1] < 3:
        return 0.0
    second = values[:, 2:] - 2.0 * values[:, 1:-1] + values[:, :-2]
    return float(np.median(np.abs(second))) / 0.6745 / np.sqrt(6.0)


def clipped_fraction(values: NDArray[Any], padding: tuple[float, float] | None = None) -> float:
    """Share of pixels at the lowest or the highest value, padding left out."""
    if padding is not None:
        values = values[(values < padding[0]) | (values > padding[1])]
    if values.size == 0:
        return 0.0
    low, high = values.min(), values.max()
    return 0.0 if low == high else float(np.mean((values == low) | (values == high)))


def blur(grey: NDArray[np.float32]) -> float:
    """How little a picture changes when it is blurred again: 0 sharp, 1 blurred already.

    Source: Crete et al., The blur effect, SPIE 6492, 2007: along each axis the variation between
    neighbours that a nine-pixel mean takes away, as a share of all variation.
    """
    worst = 0.0
    for picture in (grey, grey.T):
        if picture.shape[0] <= 9:
            continue
        sums = np.cumsum(np.pad(picture, ((1, 0), (0, 0))), axis=0, dtype=np.float64)
        smooth = (sums[9:] - sums[:-9]) / 9.0
        before = np.abs(np.diff(picture[4:-4], axis=0))
        after = np.abs(np.diff(smooth, axis=0))
        variation = float(before.sum())
        if variation > 0:
            worst = max(worst, 1.0 - float(np.maximum(before - after, 0).sum()) / variation)
    return worst


def resolution(values: NDArray[np.float32]) -> float:
    """Share of the sampled resolution that is filled with detail or noise, 0…1.

    Enlarged or strongly smoothed pictures have nothing near the Nyquist frequency. Images fall
    off as one over the frequency, so power is weighted with its square; the radius that holds
    80 % of it counts, so rounding does not.
    """
    side = min(values.shape)
    if side < 16:
        return 1.0
    square = values[:side, :side] - float(values[:side, :side].mean())
    window = np.hanning(side).astype(np.float32)
    power = np.abs(np.fft.rfft2(square * window[:, None] * window[None, :])) ** 2
    down = np.fft.fftfreq(side)[:, None]
    across = np.fft.rfftfreq(side)[None, :]
    radius = np.minimum(np.hypot(down, across), 0.5)
    bins = np.minimum((radius * side).astype(int), side // 2)
    share = np.bincount(bins.ravel(), weights=(power * radius**2).ravel())
    total = float(share.sum())
    if total <= 0:
        return 0.0
    reached = int(np.searchsorted(np.cumsum(share), 0.8 * total))
    return min(1.0, reached / (side // 2))


def inverted_suspicion(grey: NDArray[np.float32]) -> float:
    """High where the border is brighter than the middle: air should be dark. `grey` is 0…1."""
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


def picture_hash(grey: NDArray[np.uint8]) -> int | None:
    """A 64 bit hash that nearly the same pictures share but for a few bits (pHash).

    The shown picture is averaged to 32 x 32; of its cosine transform the lowest 8 x 8 but the
    mean say with one bit each whether they are above their median. Survives scaling, recompression
    and small changes of window; not turning or cropping. Source: Zauner, Implementation and
    benchmarking of perceptual image hash functions, 2010.

    Returns:
        A signed 64 bit number, as databases hold it; None for a picture of one shade.
    """
    rows, columns = (_shares(size) for size in grey.shape)
    small = rows @ grey.astype(np.float64) @ columns.T
    frequency = np.arange(_HASH_KEPT + 1)[:, None]
    cosines = np.cos(np.pi * frequency * (2 * np.arange(_HASH_SIDE) + 1) / (2 * _HASH_SIDE))
    low = (cosines @ small @ cosines.T)[:_HASH_KEPT, :_HASH_KEPT].ravel()
    if np.ptp(small) < 1e-9:
        return None
    bits = low > np.median(low[1:])
    bits[0] = False
    number = int("".join("1" if bit else "0" for bit in bits), 2)
    return number - (1 << 64) if number >> 63 else number


def _shares(size: int) -> NDArray[np.float64]:
    """(part, pixel): the share of each pixel in the mean of each of 32 equal parts of an axis."""
    edges = np.linspace(0, size, _HASH_SIDE + 1)
    pixel = np.arange(size)
    overlap = np.minimum(edges[1:, None], pixel + 1) - np.maximum(edges[:-1, None], pixel)
    return np.asarray(np.clip(overlap, 0, 1) * _HASH_SIDE / size)
