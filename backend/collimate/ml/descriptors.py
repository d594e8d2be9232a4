"""Describe images without any training, by a two-dimensional Morlet scattering transform."""

from functools import cache

import numpy as np
from jaxtyping import Complex, Float, Float32, Float64

SIDE = 64
SCALES = 3
ANGLES = 8
GRID = 4
MARGIN = 2**SCALES
PADDED = SIDE + 2 * MARGIN
CHANNELS = 1 + SCALES * ANGLES + ANGLES**2 * SCALES * (SCALES - 1) // 2
BATCH = 16
CELLS = PADDED // MARGIN - 2
"""Places along a side at the coarsest scale; the grid's cells are means of several."""

Spectrum = Complex[np.ndarray, "batch rows columns"]


def scattering(
    images: Float[np.ndarray, "images 64 64"],
) -> Float32[np.ndarray, "images features"]:
    """Return scattering coefficients of order 0 to 2, averaged over a 4 by 4 grid.

    Features are laid out (channel, grid row, grid column), flattened: `CHANNELS * GRID**2` of
    them. Three scales, eight angles; reflected borders. Source: Bruna and Mallat, "Invariant
    scattering convolution networks", 2013. About 12 ms an image on one core.

    Raises: ValueError for another shape or values that are not finite.
    """
    maps = scattering_maps(images)
    cell = CELLS // GRID
    pooled = maps.reshape(len(maps), CHANNELS, GRID, cell, GRID, cell).mean(axis=(3, 5))
    return pooled.reshape(len(maps), CHANNELS * GRID**2)


def scattering_maps(
    images: Float[np.ndarray, "images 64 64"],
) -> Float32[np.ndarray, "images channels cells cells"]:
    """Return the same coefficients before they are averaged over the grid, on 8 by 8 places.

    Raises: ValueError for another shape or values that are not finite.
    """
    images = np.asarray(images, dtype=np.float32)
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"Scattering reads images of {SIDE} by {SIDE} pixels.")
    if not np.isfinite(images).all():
        raise ValueError("Scattering reads finite values only.")
    if len(images) == 0:
        return np.zeros((0, CHANNELS, CELLS, CELLS), dtype=np.float32)
    parts = [_scatter(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
    return np.concatenate(parts)


def _scatter(images: Float32[np.ndarray, "batch 64 64"]) -> Float32[np.ndarray, "batch ..."]:
    from scipy import fft

    margins = ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN))
    spectrum = fft.fft2(np.pad(images, margins, mode="reflect"))
    channels = [_pooled(spectrum, 0)]
    second: list[Float[np.ndarray, ...]] = []
    for scale in range(SCALES):
        for angle in range(ANGLES):
            envelope = _envelope(spectrum, _wavelet(scale, angle, 0), shrink=scale)
            first = fft.fft2(envelope)
            channels.append(_pooled(first, scale))
            for coarser in range(scale + 1, SCALES):
                for turn in range(ANGLES):
                    wavelet = _wavelet(coarser, turn, scale)
                    ripple = _envelope(first, wavelet, shrink=coarser - scale)
                    second.append(_pooled(fft.fft2(ripple), coarser))
    return np.stack(channels + second, axis=1).astype(np.float32)


def _envelope(
    spectrum: Spectrum, wavelet: Float32[np.ndarray, "side side"], *, shrink: int
) -> Float[np.ndarray, "batch rows columns"]:
    """Filter, keep every 2**shrink-th sample, take the modulus."""
    from scipy import fft

    factor = 2**shrink
    return np.abs(fft.ifft2(_aliased(spectrum * wavelet, factor) / factor**2))


def _pooled(spectrum: Spectrum, halvings: int) -> Float[np.ndarray, "batch 8 8"]:
    """Smooth to the coarsest scale and drop the margin."""
    from scipy import fft

    factor = 2 ** (SCALES - halvings)
    smooth = fft.ifft2(_aliased(spectrum * _low_pass(halvings), factor) / factor**2).real
    return smooth[..., 1:-1, 1:-1]


def _aliased(spectrum: np.ndarray, factor: int) -> np.ndarray:
    """Add up the frequencies that a grid `factor` times coarser cannot tell apart."""
    if factor == 1:
        return spectrum
    side = spectrum.shape[-1] // factor
    shape = (*spectrum.shape[:-2], factor, side, factor, side)
    return spectrum.reshape(shape).sum(axis=(-4, -2))


@cache
def _wavelet(scale: int, angle: int, halvings: int) -> Float32[np.ndarray, "side side"]:
    """Return a Morlet wavelet's spectrum for a signal already halved `halvings` times."""
    return _aliased(_morlet(scale, np.pi * angle / ANGLES), 2**halvings).astype(np.float32)


@cache
def _low_pass(halvings: int) -> Float32[np.ndarray, "side side"]:
    whole = _gaussian(0.8 * 2 ** (SCALES - 1), 1.0, 0.0, 0.0)
    return _aliased(whole / whole[0, 0], 2**halvings).astype(np.float32)


def _morlet(scale: int, theta: float) -> Float64[np.ndarray, "80 80"]:
    width, centre = 0.8 * 2**scale, 0.75 * np.pi / 2**scale
    slant = 4.0 / ANGLES
    wave = _gaussian(width, slant, theta, centre)
    envelope = _gaussian(width, slant, theta, 0.0)
    # Without this the wavelet would answer to the mean brightness.
    return wave - envelope * (wave[0, 0] / envelope[0, 0])


def _gaussian(
    width: float, slant: float, theta: float, centre: float
) -> Float64[np.ndarray, "80 80"]:
    """Return the spectrum of a slanted Gaussian, moved to `centre` (radians per pixel)."""
    steps = 2 * np.pi * np.fft.fftfreq(PADDED)
    total = np.zeros((PADDED, PADDED))
    for row_alias in (-1, 0, 1):
        for column_alias in (-1, 0, 1):
            rows = (steps + 2 * np.pi * row_alias)[:, None]
            columns = (steps + 2 * np.pi * column_alias)[None, :]
            along = np.cos(theta) * columns + np.sin(theta) * rows - centre
            across = -np.sin(theta) * columns + np.cos(theta) * rows
            total += np.exp(-0.5 * width**2 * (along**2 + (across / slant) ** 2))
    return total
