"""Invented hospitals' X-ray rooms: size, sharpness, noise, scatter, tone, borders and marker."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from collimate.demo.plane import Grid, enlarge

TOP = 4095
GLYPHS = {
    "R": ("11110", "10001", "10001", "11110", "10100", "10010", "10001"),
    "L": ("10000", "10000", "10000", "10000", "10000", "10000", "11111"),
}


@dataclass(frozen=True)
class Site:
    """One room. `photons` sets the noise, `blur` is in pixels, `edge` is an unsharp mask."""

    key: str
    name: str
    manufacturer: str
    model: str
    modality: str
    view: str
    rows: int
    columns: int
    pixel_spacing_mm: float
    photons: float
    blur: float
    edge: float
    scatter: float
    gamma: float
    contrast: float
    border: str
    marker: str
    zoom: float


SITES: tuple[Site, ...] = (
    Site("north", "North", "Lumenor", "Clarity DX 2", "DX", "PA", 512, 512, 0.69, 9000, 0.45, 0.35,
         0.22, 1.00, 1.00, "none", "R", 1.10),
    Site("harbour", "Harbour", "Castellan", "CR Reader 40", "CR", "PA", 440, 440, 0.80, 1500, 0.95,
         0.0, 0.34, 0.86, 1.16, "white", "L", 1.06),
    Site("hill", "Hill", "Lumenor", "Clarity DX 5", "DX", "PA", 600, 560, 0.63, 12000, 0.40, 0.9,
         0.18, 1.12, 0.92, "black", "R", 1.07),
    Site("mobile", "Mobile unit", "Ferrand", "Rover P", "DX", "AP", 448, 480, 0.73, 1100, 0.85,
         0.15, 0.62, 0.94, 0.86, "none", "L", 1.04),
)  # fmt: skip
SITE_SHARES = (0.42, 0.27, 0.19, 0.12)


def expose(depth: Grid, site: Site, rng: np.random.Generator) -> Grid:
    """Optical depth as the detector sees it: scatter, blur, quantum noise, logarithm."""
    primary = np.exp(-depth)
    small = primary[::8, ::8]
    veil = ndimage.gaussian_filter(small, 0.11 * small.shape[1], mode="nearest", truncate=2)
    light = primary + site.scatter * enlarge(veil, 8, (depth.shape[0], depth.shape[1]))
    light = ndimage.gaussian_filter(light, site.blur, truncate=3)
    noise = rng.standard_normal(depth.shape, dtype=np.float32)
    light = light + noise * np.sqrt(light / site.photons)
    return -np.log(np.maximum(light, 1e-4)).astype(np.float32)


def present(seen: Grid, site: Site) -> NDArray[np.uint16]:
    """The picture a radiographer sends: edge enhanced, toned, 12 bits, bone white."""
    if site.edge:
        small = ndimage.gaussian_filter(seen[::2, ::2], 1.1, truncate=2.5)
        broad = enlarge(small, 2, (seen.shape[0], seen.shape[1]))
        seen = seen + site.edge * (seen - broad)
    low, high = (float(v) for v in np.percentile(seen[::4, ::4], (1.0, 99.2)))
    tone = np.clip((seen - low) / (high - low), -0.2, 1.25)
    curve = 1 / (1 + np.exp(-4.3 * site.contrast * (tone - 0.52)))
    black, white = (1 / (1 + math.exp(-4.3 * site.contrast * (t - 0.52))) for t in (-0.06, 1.08))
    curve = np.clip((curve - black) / (white - black), 0, 1)
    return (curve**site.gamma * (TOP * 0.97)).astype(np.uint16)


def mark(pixels: NDArray[np.uint16], site: Site, rng: np.random.Generator) -> NDArray[np.uint16]:
    """Collimation border and the lead letter of the patient's side."""
    rows, columns = pixels.shape
    picture = pixels.copy()
    letter = np.array([[int(c) for c in line] for line in GLYPHS[site.marker]], float)
    size = round(columns / 165)
    stamp = np.kron(letter, np.ones((size, size)))
    stamp = ndimage.rotate(np.pad(stamp, size * 2), float(rng.normal(0, 7)), reshape=False, order=1)
    stamp = ndimage.gaussian_filter(stamp, 0.6)
    top = int(rows * rng.uniform(0.045, 0.09))
    left = int(columns * rng.uniform(0.05, 0.08))
    if site.marker == "L":
        left = columns - left - stamp.shape[1]
    spot = picture[top : top + stamp.shape[0], left : left + stamp.shape[1]]
    spot[...] = np.maximum(spot, spot + stamp * (TOP * 0.985 - spot)).astype(np.uint16)
    if site.border == "none":
        return picture
    edge = rng.uniform(0.008, 0.045, 4) * np.array([rows, rows, columns, columns])
    y, x = np.ogrid[:rows, :columns]
    lean = rng.normal(0, 0.006)
    outside = (y < edge[0] + lean * x) | (y > rows - edge[1] + lean * x)
    outside = outside | (x < edge[2] - lean * y) | (x > columns - edge[3] - lean * y)
    picture[outside] = 0 if site.border == "black" else round(TOP * 0.96)
    return picture
