"""A mask model that learns in seconds: a classifier of pixels by what surrounds them.

It serves where a network would take too long to train anew after every few masks: in a replay,
and as the first model of a project. Source: the pixel classification of ilastik (Berg et al.,
Nature Methods 2019), with gradient-boosted trees.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float32, Int

SIDE = 64
SCALES = (1.0, 2.0, 4.0, 8.0)
LOOK_AROUND = 8
PIXELS_PER_IMAGE = 400
BINS = 63
"""Of each feature: finding 255 takes longer than the trees and marks nothing better."""
TREES = 80
PREDICTED_AT_ONCE = 64
FEATURES = 1 + 3 * len(SCALES) + 8 + 3

Images = Float[np.ndarray, "images 64 64"]


def pixel_features(images: Images) -> Float32[np.ndarray, "images 64 64 features"]:
    """Describe every pixel: brightness, blur, edge and blob at four scales, what lies eight pixels
    away in eight directions, and where it is.
    """
    from scipy import ndimage

    maps = [images]
    for scale in SCALES:
        sigma = (0, scale, scale)
        maps.append(ndimage.gaussian_filter(images, sigma))
        maps.append(ndimage.gaussian_gradient_magnitude(images, sigma))
        maps.append(ndimage.gaussian_laplace(images, sigma))
    soft = np.pad(maps[4], ((0, 0), (LOOK_AROUND,) * 2, (LOOK_AROUND,) * 2), mode="reflect")
    steps = (0, LOOK_AROUND, 2 * LOOK_AROUND)
    for row in steps:
        for column in steps:
            if (row, column) != (LOOK_AROUND, LOOK_AROUND):
                maps.append(soft[:, row : row + SIDE, column : column + SIDE])
    place = (np.arange(SIDE) + 0.5) / SIDE - 0.5
    rows = np.broadcast_to(place[None, :, None], images.shape)
    columns = np.broadcast_to(place[None, None, :], images.shape)
    maps += [rows, columns, np.hypot(rows, columns)]
    return np.stack(maps, axis=-1).astype(np.float32)


@dataclass(frozen=True)
class PixelHead:
    """Trees over pixels; `classes` are those seen in training, of `class_count` (0 background)."""

    trees: Any
    classes: Int[np.ndarray, " seen"]
    class_count: int

    def probabilities(
        self, features: Float32[np.ndarray, "images 64 64 features"]
    ) -> Float32[np.ndarray, "images 64 64 classes"]:
        """Return the probability of every class at every pixel; rows sum to 1."""
        said = np.zeros((*features.shape[:3], self.class_count), dtype=np.float32)
        for start in range(0, len(features), PREDICTED_AT_ONCE):
            part = features[start : start + PREDICTED_AT_ONCE]
            if self.trees is None:
                said[start : start + len(part), ..., self.classes] = 1.0
                continue
            flat = self.trees.predict_proba(part.reshape(-1, features.shape[-1]))
            shape = (*part.shape[:3], len(self.classes))
            said[start : start + len(part), ..., self.classes] = flat.reshape(shape)
        return said


def fit_pixels(
    features: Float32[np.ndarray, "images 64 64 features"],
    masks: Int[np.ndarray, "images 64 64"],
    *,
    class_count: int,
    seed: int,
) -> PixelHead:
    """Fit on 400 pixels of each image, the classes of an image in equal parts, weighed back to
    their true shares so that probabilities stay honest.

    Raises: ValueError for shapes that do not fit or values that are not finite.
    """
    if features.shape[:3] != masks.shape or len(masks) == 0:
        raise ValueError("Every image needs a mask of its own size.")
    if not np.isfinite(features).all() or masks.min() < 0 or masks.max() >= class_count:
        raise ValueError("Features must be finite and classes known.")
    rng = np.random.default_rng(seed)
    rows, labels, weights = [], [], []
    for own, mask in zip(features.reshape(len(masks), -1, features.shape[-1]),
                         masks.reshape(len(masks), -1), strict=True):  # fmt: skip
        chosen, weight = _sampled(mask, rng)
        rows.append(own[chosen])
        labels.append(mask[chosen])
        weights.append(weight)
    y = np.concatenate(labels)
    seen = np.unique(y)
    if len(seen) < 2:
        return PixelHead(None, seen, class_count)
    from sklearn.ensemble import HistGradientBoostingClassifier

    trees = HistGradientBoostingClassifier(
        max_iter=TREES, early_stopping=False, random_state=seed, min_samples_leaf=40, max_bins=BINS
    )
    trees.fit(np.concatenate(rows), y, sample_weight=np.concatenate(weights))
    return PixelHead(trees, seen, class_count)


def _sampled(
    mask: Int[np.ndarray, " pixels"], rng: np.random.Generator
) -> tuple[Int[np.ndarray, " chosen"], Float[np.ndarray, " chosen"]]:
    present = np.unique(mask)
    each = PIXELS_PER_IMAGE // len(present)
    chosen, weights = [], []
    for label in present:
        members = np.flatnonzero(mask == label)
        count = min(each, len(members))
        chosen.append(rng.choice(members, count, replace=False))
        weights.append(np.full(count, len(members) / count / len(mask)))
    return np.concatenate(chosen), np.concatenate(weights)


def pooled_doubt(
    probabilities: Float[np.ndarray, "images 64 64 classes"], *, share: float = 0.1
) -> tuple[Float[np.ndarray, " images"], Float[np.ndarray, "images foreground"]]:
    """Return the predictive entropy of each image, and it weighed by each foreground class.

    Pooled over the most doubtful tenth of the pixels: the plain mean would measure how much
    background there is.
    """
    p = np.clip(np.asarray(probabilities, dtype=np.float64), 1e-9, 1.0)
    entropy = -(p * np.log(p)).sum(axis=-1).reshape(len(p), -1)
    weighed = entropy[:, :, None] * p.reshape(len(p), -1, p.shape[-1])[:, :, 1:]
    most = max(1, round(share * entropy.shape[1]))
    doubt = np.partition(entropy, -most, axis=1)[:, -most:].mean(axis=1)
    by_class = np.partition(weighed, -most, axis=1)[:, -most:].mean(axis=1)
    return doubt, by_class


def dice_by_group(
    masks: Int[np.ndarray, "images 64 64"],
    predicted: Int[np.ndarray, "images 64 64"],
    groups: np.ndarray,
    *,
    class_count: int,
) -> float:
    """Return the mean Dice over patients and foreground classes, pixels of a patient pooled.

    A class that a patient neither has nor is said to have does not count for that patient.
    """
    scores = []
    for group in np.unique(groups):
        own, said = masks[groups == group], predicted[groups == group]
        for label in range(1, class_count):
            size = int((own == label).sum()) + int((said == label).sum())
            if size:
                both = int(((own == label) & (said == label)).sum())
                scores.append(2.0 * both / size)
    return float(np.mean(scores)) if scores else 0.0
