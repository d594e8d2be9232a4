"""Places that look alike: every image as a grid of patches, without training, and a search in it.

A patch is described by what filters of four scales find around it. What is usual at that place of
the grid over the whole pool is taken away, and what is left is measured in the pool's own
covariance: a rib where ribs are is then nothing, and a lesion is what remains. Source: exemplar
LDA, i.e. Hariharan, Malik and Ramanan, "Discriminative decorrelation for clustering and
classification", ECCV 2012; the mean per place is ours.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Float32, Int

from collimate.ml.images import content_box

SIDE = 192
GRID = 24
CELL = SIDE // GRID
REACH = 11
"""Pixels of the window around the middle of a cell, so that neighbours overlap."""
SCALES = (1.5, 3.0, 5.0, 8.0)
TURNS = 4
FEATURES = 3 * len(SCALES) + TURNS * 2 + 2
RECIPE = "patch-filters-1"
SHRINKAGE = 0.05

Grid = Float[np.ndarray, "24 24 features"]


def described(image: Float[np.ndarray, "192 192"]) -> Float32[np.ndarray, "24 24 features"]:
    """Describe every cell of an image in [0, 1]. About 40 ms on one core.

    Raises: ValueError for another shape or values that are not finite.
    """
    middles = CELL // 2 + CELL * np.arange(GRID)
    return _maps(image)[:, middles[:, None], middles[None, :]].transpose(1, 2, 0)


def _maps(image: Float[np.ndarray, "192 192"]) -> Float32[np.ndarray, "features 192 192"]:
    """Each filter's answer pooled over the window around every pixel.

    Blobs are pooled by their strongest answer, so that a lesion half a cell aside is the same.
    """
    from scipy import ndimage

    image = np.asarray(image, dtype=np.float32)
    if image.shape != (SIDE, SIDE) or not np.isfinite(image).all():
        raise ValueError(f"Patches are described on finite images of {SIDE} by {SIDE} pixels.")
    found: list[np.ndarray] = []
    for scale in SCALES:
        blob = -(scale**2) * ndimage.gaussian_laplace(image, scale, mode="nearest")
        found.append(ndimage.maximum_filter(blob, REACH, mode="nearest"))
        found.append(ndimage.minimum_filter(blob, REACH, mode="nearest"))
        edge = scale * ndimage.gaussian_gradient_magnitude(image, scale, mode="nearest")
        found.append(ndimage.uniform_filter(edge, REACH, mode="nearest"))
    for scale in SCALES[:2]:
        found += _turned(image, scale)
    found.append(ndimage.gaussian_filter(image, 4.0, mode="nearest"))
    square = ndimage.uniform_filter(image**2, REACH, mode="nearest")
    mean = ndimage.uniform_filter(image, REACH, mode="nearest")
    found.append(np.sqrt(np.maximum(square - mean**2, 0.0)))
    return np.stack(found).astype(np.float32)


def _turned(image: Float32[np.ndarray, "192 192"], scale: float) -> list[np.ndarray]:
    """Mean strength of lines in each direction (second derivatives, steered)."""
    from scipy import ndimage

    orders = {"rr": (2, 0), "cc": (0, 2), "rc": (1, 1)}
    second = {
        name: scale**2 * ndimage.gaussian_filter(image, scale, order=order, mode="nearest")
        for name, order in orders.items()
    }
    found = []
    for turn in range(TURNS):
        cosine, sine = np.cos(np.pi * turn / TURNS), np.sin(np.pi * turn / TURNS)
        steered = (
            cosine**2 * second["cc"] + sine**2 * second["rr"] + 2 * cosine * sine * second["rc"]
        )
        found.append(ndimage.uniform_filter(np.abs(steered), REACH, mode="nearest"))
    return found


def inside(rows: int, columns: int) -> Bool[np.ndarray, "24 24"]:
    """Which cells lie on the picture rather than on the square's padding."""
    top, left, bottom, right = content_box(rows, columns, size=SIDE)
    middles = CELL // 2 + CELL * np.arange(GRID)
    return ((middles >= top) & (middles < bottom))[:, None] & (
        (middles >= left) & (middles < right)
    )[None, :]


def to_square(x: float, y: float, *, rows: int, columns: int) -> tuple[int, int]:
    """The (row, column) of the square that shows a place of the picture, in image coordinates."""
    top, left, bottom, right = content_box(rows, columns, size=SIDE)
    row = top + y / rows * (bottom - top)
    column = left + x / columns * (right - left)
    return int(np.clip(row, top, bottom - 1)), int(np.clip(column, left, right - 1))


def to_picture(cell_row: int, cell_column: int, *, rows: int, columns: int) -> tuple[float, float]:
    """The middle of a cell as (x, y) in image coordinates of the picture."""
    top, left, bottom, right = content_box(rows, columns, size=SIDE)
    x = (cell_column * CELL + CELL / 2 - left) / (right - left) * columns
    y = (cell_row * CELL + CELL / 2 - top) / (bottom - top) * rows
    return float(np.clip(x, 0, columns)), float(np.clip(y, 0, rows))


@dataclass(frozen=True)
class Usual:
    """What a pool looks like: the mean of each cell, and what makes deviations comparable."""

    mean: Float32[np.ndarray, "24 24 features"]
    whiten: Float32[np.ndarray, "features features"]

    def unusual(
        self, grids: Float[np.ndarray, "images 24 24 features"]
    ) -> Float32[np.ndarray, "images 24 24 features"]:
        """How each cell differs from what is usual there, in units of the pool's spread."""
        return (np.asarray(grids, np.float32) - self.mean) @ self.whiten


def usual_of(grids: Float[np.ndarray, "images 24 24 features"]) -> Usual:
    """Learn what is usual from some images of the pool; no label is used.

    Raises: ValueError for no image.
    """
    if len(grids) == 0:
        raise ValueError("At least one image is needed.")
    grids = np.asarray(grids, dtype=np.float64)
    mean = grids.mean(axis=0)
    left = (grids - mean).reshape(-1, grids.shape[-1])
    covariance = left.T @ left / len(left)
    # Where one image is all there is, nothing deviates: plain differences then serve.
    spread = np.trace(covariance) / len(covariance) or 1.0
    covariance = (1 - SHRINKAGE) * covariance + SHRINKAGE * np.diag(
        np.maximum(np.diag(covariance), 1e-6 * spread)
    )
    values, axes = np.linalg.eigh(covariance)
    whiten = axes * (1.0 / np.sqrt(np.maximum(values, 1e-9 * spread)))
    return Usual(mean.astype(np.float32), whiten.astype(np.float32))


def wanted_at(
    grid: Float[np.ndarray, "24 24 features"], row: int, column: int, usual: Usual
) -> Float32[np.ndarray, " features"]:
    """The place at one pixel of the square, as it differs from what is usual there.

    The cell stands for its pixels, so that it is described as every place it is compared with.
    """
    cell = (min(row // CELL, GRID - 1), min(column // CELL, GRID - 1))
    return usual.unusual(grid[None])[0][cell]


def likest(
    wanted: Float[np.ndarray, " features"],
    unusual: Float[np.ndarray, "images 24 24 features"],
    allowed: Bool[np.ndarray, "images 24 24"],
) -> tuple[Float32[np.ndarray, " images"], Int[np.ndarray, "images 2"]]:
    """The best cell of every image and how like the wanted place it is; 1 is the same.

    The likeness is the cosine of the deviations, times the share of the wanted one's length that
    a fainter place reaches: the direction has to agree, and a faint place is no find. Chosen among
    five on one set of radiographs, published on another. Cost: images x 576 x features.
    """
    length = float(np.linalg.norm(wanted))
    longer = np.maximum(np.linalg.norm(unusual, axis=-1), length)
    like = np.where(allowed, (unusual @ wanted) / np.maximum(longer * length, 1e-12), -np.inf)
    flat = like.reshape(len(like), -1)
    best = flat.argmax(axis=1)
    cells = np.stack(np.unravel_index(best, like.shape[1:]), axis=1)
    return flat[np.arange(len(flat)), best].astype(np.float32), cells
