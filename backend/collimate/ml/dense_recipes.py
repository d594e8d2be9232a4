"""What differs between learning masks and learning boxes: targets and loss. One row per kind."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float32
from torch import Tensor
from torch.nn import functional

SIZE_WEIGHT = 0.1
SMALLEST_SPREAD = 1.0
SPREAD_SHARE = 1 / 6
SMALLEST_SHARE = 1e-3
PRIOR = 0.01
"""How likely a centre is anywhere, before anything was learned."""

Boxes = list[list[tuple[float, float, float, float]]]
"""Per class, boxes as left, top, right, bottom in pixels of the model's grid."""


@dataclass(frozen=True)
class Recipe:
    """One kind of target. Channels beyond the classes come out of the network and go in as
    targets; `turns` says that a turned and stretched target is still the target of the image.
    `first` gives the biases the network starts with, from all targets.
    """

    extra_out: int
    extra_in: int
    turns: bool
    first: Callable[[np.ndarray], np.ndarray] | None
    loss: Callable[[Tensor, Tensor], Tensor]


def mask_loss(logits: Tensor, target: Tensor) -> Tensor:
    """Binary cross-entropy plus soft Dice over the batch, each class by itself.

    Source: Isensee et al., nnU-Net, Nature Methods 2021. Classes may overlap.
    """
    p = torch.sigmoid(logits)
    both = (p * target).sum(dim=(0, 2, 3))
    sizes = p.sum(dim=(0, 2, 3)) + target.sum(dim=(0, 2, 3))
    dice = (2.0 * both + 1.0) / (sizes + 1.0)
    return functional.binary_cross_entropy_with_logits(logits, target) + 1.0 - dice.mean()


def box_loss(output: Tensor, target: Tensor) -> Tensor:
    """Focal loss of the centre maps, and the error of log sizes at the centres.

    Source: Zhou et al., "Objects as points", 2019, equations 1 and 3 (alpha 2, beta 4).
    """
    heat, at = target[:, :-3], target[:, -1:]
    logits = output[:, :-2]
    p = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    is_centre = heat > 0.999
    there = ((1 - p) ** 2 * p.log())[is_centre].sum()
    elsewhere = ((1 - heat) ** 4 * p**2 * (1 - p).log())[~is_centre].sum()
    count = is_centre.sum().clamp(min=1)
    wrong = ((output[:, -2:] - target[:, -3:-1]).abs() * at).sum() / at.sum().clamp(min=1)
    return -(there + elsewhere) / count + SIZE_WEIGHT * wrong


def mask_biases(
    targets: Float[np.ndarray, "frames classes height width"],
) -> Float32[np.ndarray, " out"]:
    """Half the log odds of each class's share: small classes are not drowned by the first steps,
    large ones are not held back.
    """
    share = np.array([float(targets[:, c].mean(dtype=np.float64)) for c in range(targets.shape[1])])
    share = np.clip(share, SMALLEST_SHARE, 0.5)
    return (0.5 * np.log(share / (1 - share))).astype(np.float32)


def box_biases(
    targets: Float[np.ndarray, "frames channels height width"],
) -> Float32[np.ndarray, " out"]:
    """Centres are rare, and sizes as large as the mean."""
    at = targets[:, -1] > 0.5
    sizes = [float(targets[:, channel][at].astype(np.float32).mean()) for channel in (-3, -2)]
    rare = np.log(PRIOR / (1 - PRIOR))
    return np.array([rare] * (targets.shape[1] - 3) + sizes, dtype=np.float32)


RECIPES: dict[str, Recipe] = {
    "segmentation": Recipe(0, 0, True, mask_biases, mask_loss),
    "detection": Recipe(2, 3, False, box_biases, box_loss),
}


def box_target(boxes: Boxes, height: int, width: int) -> Float32[np.ndarray, "channels h w"]:
    """Centre maps of every class, then log height and log width, then where the centres are.

    A centre is a Gaussian of a sixth of the box, at least one pixel, with 1 at its peak. Of a box
    that reaches over the edge the part on the image counts; one beside the image is none.
    """
    target = np.zeros((len(boxes) + 3, height, width), dtype=np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    for label, own in enumerate(boxes):
        for box in own:
            left, top, right, bottom = np.clip(box, 0, [width, height, width, height]).tolist()
            if right <= left or bottom <= top:
                continue
            row = int(np.clip((top + bottom) / 2, 0, height - 1))
            column = int(np.clip((left + right) / 2, 0, width - 1))
            tall, wide = max(bottom - top, 1.0), max(right - left, 1.0)
            spread_y = max(SMALLEST_SPREAD, tall * SPREAD_SHARE)
            spread_x = max(SMALLEST_SPREAD, wide * SPREAD_SHARE)
            bump = np.exp(
                -(((rows - row) / spread_y) ** 2 + ((columns - column) / spread_x) ** 2) / 2
            )
            target[label] = np.maximum(target[label], bump)
            target[-3:, row, column] = np.log(tall), np.log(wide), 1.0
    return target


@dataclass(frozen=True)
class Found:
    """Boxes on one image's grid: left, top, right, bottom; class and score of each."""

    boxes: Float32[np.ndarray, "boxes 4"]
    labels: np.ndarray
    scores: np.ndarray


def boxes_of(
    output: Float[np.ndarray, "channels height width"], *, least: float, most: int
) -> Found:
    """Read boxes off the maps: peaks of three by three pixels of at least `least`, the highest
    first, at most `most`. `output` has probabilities, then log height and log width.
    """
    from scipy import ndimage

    heat = np.asarray(output[:-2], dtype=np.float32)
    peak = heat == ndimage.maximum_filter(heat, size=(1, 3, 3))
    labels, rows, columns = np.nonzero(peak & (heat >= least))
    scores = heat[labels, rows, columns]
    order = np.argsort(-scores, kind="stable")[:most]
    labels, rows, columns, scores = labels[order], rows[order], columns[order], scores[order]
    limit = np.log(2.0 * max(heat.shape[1:]))
    tall = np.exp(np.clip(output[-2][rows, columns], 0.0, limit))
    wide = np.exp(np.clip(output[-1][rows, columns], 0.0, limit))
    y, x = rows + 0.5, columns + 0.5
    boxes = np.stack([x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2], axis=1)
    return Found(boxes.astype(np.float32).reshape(-1, 4), labels, scores)
