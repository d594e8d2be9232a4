"""Show where in an image the current head finds its evidence, exactly, block by block."""

import numpy as np
from jaxtyping import Float, Float32, Float64

from collimate.ml import descriptors
from collimate.ml.features import Space
from collimate.ml.heads import Head
from collimate.ml.images import content_box, resize

# The name says what a map means; stored maps carry it, so that old ones stay readable.
METHOD = "linear-evidence-1"


def encoder_evidence(
    maps: Float[np.ndarray, "channels rows columns"],
    space: Space,
    head: Head,
    class_index: int,
    *,
    block: str,
) -> Float64[np.ndarray, "rows columns"]:
    """Split an encoder block's share of a logit over the last stage's grid (HiResCAM).

    The path from the last stage to the logit is linear (mean, standardise, project, head), so
    gradient times activation is exact: the sum over the grid is the block's share of the logit
    relative to the average image of the pool. Source: Draelos and Carin, arXiv 2011.08891.
    """
    weights, mean = _raw_weights(space, head, class_index, block)
    cells = maps.shape[1] * maps.shape[2]
    return np.einsum("c,chw->hw", weights, maps - mean[:, None, None]) / cells


def descriptor_evidence(
    features: Float[np.ndarray, " features"],
    space: Space,
    head: Head,
    class_index: int,
    *,
    block: str,
) -> Float64[np.ndarray, "4 4"]:
    """Split the scattering block's share of a logit over its grid; the sum is exact."""
    weights, mean = _raw_weights(space, head, class_index, block)
    grid = (descriptors.CHANNELS, descriptors.GRID, descriptors.GRID)
    return (weights * (features - mean)).reshape(grid).sum(axis=0)


def class_activation(
    evidence: list[Float[np.ndarray, "_rows _columns"]], *, rows: int, columns: int
) -> Float32[np.ndarray, "rows columns"]:
    """Join evidence grids into one map in [0, 1] on the picture, without the square's padding.

    Only evidence for the class is kept; the strongest place is 1, and a picture without any
    is 0 everywhere. Call it model attention, never a lesion outline.

    Raises: ValueError where the evidence is not finite or there is none.
    """
    positive = np.maximum(joined(evidence, rows=rows, columns=columns), 0.0)
    highest = float(positive.max())
    return (positive / highest if highest > 0 else positive).astype(np.float32)


def joined(
    evidence: list[Float[np.ndarray, "_rows _columns"]], *, rows: int, columns: int
) -> Float32[np.ndarray, "rows columns"]:
    """Evidence for and against, per pixel of the picture, times the number of pixels.

    Raises: ValueError where the evidence is not finite or there is none.
    """
    if not evidence or not all(np.isfinite(part).all() for part in evidence):
        raise ValueError("Evidence must be given and finite.")
    size = max(rows, columns)
    # Evidence per pixel: grids of different fineness then add up with their true weights.
    square = sum(resize(np.asarray(part, np.float32) * part.size, size, size) for part in evidence)
    top, left, bottom, right = content_box(rows, columns, size=size)
    return np.asarray(square)[top:bottom, left:right].astype(np.float32)


def _raw_weights(
    space: Space, head: Head, class_index: int, block: str
) -> tuple[Float64[np.ndarray, " features"], Float64[np.ndarray, " features"]]:
    """Fold head, gain, projection and scale into one weight per raw feature."""
    own = space.blocks[block]
    in_space = head.coef[class_index, space.columns(block)]
    weights = own.components.astype(np.float64) @ in_space * own.gain / own.scale
    return weights, own.mean.astype(np.float64)
