"""Show where in an image the current head finds its evidence, block by block, in three ways."""

from collections.abc import Callable
from enum import StrEnum
from math import isqrt

import numpy as np
from jaxtyping import Float, Float32, Float64, Shaped

from collimate.ml.features import Space
from collimate.ml.heads import Head
from collimate.ml.images import content_box, resize

CELLS = 12
"""Places along a side where occlusion hides something; a patch covers two by two of them."""

# squares of every block (items, side, side) -> the logit of a class for each item
Logit = Callable[[dict[str, np.ndarray]], np.ndarray]


class Method(StrEnum):
    """A way to make a map; HiResCAM where none is named."""

    HIRESCAM = "hirescam"
    GRAD_CAM_PLUS_PLUS = "grad-cam-plus-plus"
    OCCLUSION = "occlusion"

    @property
    def stored_name(self) -> str:
        """What a stored map is called: another name once its values mean something else."""
        return _STORED_NAMES[self]

    @property
    def needs_network(self) -> bool:
        """Whether it explains the last stage of a network; descriptors have none."""
        return self is Method.GRAD_CAM_PLUS_PLUS


_STORED_NAMES = {
    Method.HIRESCAM: "linear-evidence-2",
    Method.GRAD_CAM_PLUS_PLUS: "grad-cam-plus-plus-1",
    Method.OCCLUSION: "occlusion-1",
}


def linear_evidence(
    maps: Float[np.ndarray, "channels rows columns"],
    space: Space,
    head: Head,
    class_index: int,
    *,
    block: str,
) -> Float64[np.ndarray, "rows columns"]:
    """Split a block's share of a logit over the places of its maps (HiResCAM).

    The path from the maps to the logit is linear (mean over each cell of the block's grid,
    standardise, project, head), so gradient times activation is exact: the sum over all places is
    the block's share of the logit relative to the average image of the pool. Source: Draelos and
    Carin, arXiv 2011.08891.
    """
    gradient, average = _gradient(maps.shape, space, head, class_index, block)
    found: Float64[np.ndarray, "rows columns"] = (gradient * (maps - average)).sum(axis=0)
    return found


def linear_map(
    maps: Float[np.ndarray, "channels rows columns"],
    space: Space,
    head: Head,
    class_index: int,
    *,
    block: str,
) -> Float64[np.ndarray, "rows columns"]:
    """The same evidence as it is shown: of descriptors spread over the places around it.

    Their places are finer than the cells that the head weighs and than what their filters see, so
    that single ones say little. What goes over the edge is not shown: half of what filters see
    there is a mirror image. Measured in `docs/benchmarks.md`, "Heat maps".
    """
    evidence = linear_evidence(maps, space, head, class_index, block=block)
    return _spread(evidence) if _grid_of(maps.shape, space, block) > 1 else evidence


def grad_cam_plus_plus(
    maps: Float[np.ndarray, "channels rows columns"],
    space: Space,
    head: Head,
    class_index: int,
    *,
    block: str,
) -> Float64[np.ndarray, "rows columns"]:
    """Weigh whole channels of a network by where they speak for the class (Grad-CAM++).

    Equations 10, 19 and 20 of Chattopadhay et al., WACV 2018, arXiv 1710.11063, whose higher
    derivatives are powers of the gradient because the path to the logit is linear. Channels that
    speak against the class are left out and nothing is compared with the average image: where
    channels cancel, the map shows more than moved the score. Descriptors have a weight for every
    cell and no channel that stands for something: there such a map points nowhere (benchmarks).
    """
    gradient, _ = _gradient(maps.shape, space, head, class_index, block)
    total = maps.sum(axis=(1, 2), keepdims=True)
    below = 2 * gradient**2 + total * gradient**3
    share = np.divide(gradient**2, below, out=np.zeros_like(below), where=below > 0)
    weights = (share * np.maximum(gradient, 0.0)).sum(axis=(1, 2))
    return np.maximum(np.einsum("c,chw->hw", weights, maps), 0.0)


def occlusion(
    squares: dict[str, Shaped[np.ndarray, "_side _side"]], logit: Logit, *, rows: int, columns: int
) -> Float64[np.ndarray, "12 12"]:
    """How much of a logit goes when a patch of the picture is blurred away.

    `squares` is the picture of (rows, columns) as each block's encoder reads it. Patches cover two
    by two cells, every second one of them all; a cell is the mean over the patches that cover it.
    Nothing is assumed of the model. Blurred and not grey, because a grey patch has edges of its
    own that the model sees. Sources: Zeiler and Fergus, ECCV 2014, section 4.2; Fong and Vedaldi,
    ICCV 2017, section 4.1. Cost: 61 images through every encoder.
    """
    top, left, bottom, right = content_box(rows, columns, size=CELLS * 8)
    corners = [
        (row, column)
        for row in range(CELLS - 1)
        for column in range(row % 2, CELLS - 1, 2)
        if (row + 2) * 8 > top and row * 8 < bottom
        if (column + 2) * 8 > left and column * 8 < right
    ]
    hidden = {
        block: _with_patches(square, content_box(rows, columns, size=square.shape[0]), corners)
        for block, square in squares.items()
    }
    said = np.asarray(logit(hidden), dtype=np.float64)
    summed, count = np.zeros((CELLS, CELLS)), np.zeros((CELLS, CELLS))
    for (row, column), left_over in zip(corners, said[1:], strict=True):
        summed[row : row + 2, column : column + 2] += said[0] - left_over
        count[row : row + 2, column : column + 2] += 1
    return summed / np.maximum(count, 1)


def _with_patches(
    square: np.ndarray, content: tuple[int, int, int, int], corners: list[tuple[int, int]]
) -> np.ndarray:
    """The square as it is, then once for every patch that is blurred in it."""
    from scipy import ndimage

    side = square.shape[0]
    top, left, bottom, right = content
    inner = square[top:bottom, left:right].astype(np.float32)
    blurred = square.copy()
    blurred[top:bottom, left:right] = ndimage.gaussian_filter(inner, side / 8, mode="nearest")
    edges = [round(cell * side / CELLS) for cell in range(CELLS + 1)]
    found = np.repeat(square[None], len(corners) + 1, axis=0)
    for own, (row, column) in zip(found[1:], corners, strict=True):
        patch = slice(edges[row], edges[row + 2]), slice(edges[column], edges[column + 2])
        own[patch] = blurred[patch]
    return found


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


def _spread(
    evidence: Float64[np.ndarray, "rows columns"],
) -> Float64[np.ndarray, "rows columns"]:
    """Spread by 1 4 6 4 1 along rows and columns."""
    for _ in range(4):
        wider = np.pad(evidence, ((1, 1), (0, 0)))
        evidence = ((wider[:-2] + 2 * wider[1:-1] + wider[2:]) / 4).T
    return evidence


def _gradient(
    shape: tuple[int, ...], space: Space, head: Head, class_index: int, block: str
) -> tuple[np.ndarray, np.ndarray]:
    """Of a logit by the maps of a block, and the average image there: (channels, rows, columns).

    Features are means over the cells of a grid: one by one for encoders, finer for descriptors.
    """
    weights, mean = _raw_weights(space, head, class_index, block)
    channels, grid = shape[0], _grid_of(shape, space, block)
    within = shape[1] // grid
    spread = np.ones((1, within, within))
    gradient = np.kron(weights.reshape(channels, grid, grid), spread) / within**2
    return gradient, np.kron(mean.reshape(channels, grid, grid), spread)


def _grid_of(shape: tuple[int, ...], space: Space, block: str) -> int:
    """Cells along a side, over each of which the maps of a block are averaged."""
    return isqrt(len(space.blocks[block].mean) // shape[0])


def _raw_weights(
    space: Space, head: Head, class_index: int, block: str
) -> tuple[Float64[np.ndarray, " features"], Float64[np.ndarray, " features"]]:
    """Fold head, gain, projection and scale into one weight per raw feature."""
    own = space.blocks[block]
    in_space = head.coef[class_index, space.columns(block)]
    weights = own.components.astype(np.float64) @ in_space * own.gain / own.scale
    return weights, own.mean.astype(np.float64)
