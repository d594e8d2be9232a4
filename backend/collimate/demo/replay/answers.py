"""What a folder's pictures are, as arrays: classes or masks, patients, hold-out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collimate.demo.replay.pictures import Seen, describe, look
from collimate.ml.features import fit_space
from collimate.ml.folds import stratified_folds
from collimate.ml.images import content_box
from collimate.ml.pixels import SIDE
from collimate.studies.imports.label_table import KnownImage, TableUnusable

Tell = Callable[[str], None]
HOLDOUT_FOLDS = 5
MOST_MASK_VALUES = 16


@dataclass(frozen=True)
class Known:
    """A folder as arrays, one row per usable picture.

    `labels` are class indices, or a boolean table where pictures have several; `masks` are class
    indices per pixel, 0 the background, None where the folder is one of classes.
    """

    z: NDArray[np.float32]
    small: NDArray[np.float32]
    labels: NDArray[np.int64] | NDArray[np.bool_]
    class_names: tuple[str, ...]
    patients: NDArray[np.str_]
    is_holdout: NDArray[np.bool_]
    refused: dict[str, int]
    masks: NDArray[np.int64] | None = None

    @property
    def pool(self) -> NDArray[np.int64]:
        """Rows that may be asked for."""
        return np.flatnonzero(~self.is_holdout)

    @property
    def multi_label(self) -> bool:
        """Whether pictures have several labels."""
        return self.labels.ndim == 2


def load(images: list[KnownImage], *, encoder_steps: int, tell: Tell) -> Known:
    """Read pictures and what is known of them; the feature space is fitted on the pool alone.

    Raises:
        TableUnusable: nothing to tell apart, or nobody to hold out.
    """
    with_masks = any(image.mask is not None for image in images)
    told = [image for image in images if (image.mask if with_masks else image.label)]
    seen = look(told, tell)
    kept = [told[row] for row in seen.rows]
    masks = None
    if with_masks:
        masks, usable = _masks(kept)
        seen = _only(seen, usable)
        kept = [image for image, is_usable in zip(kept, usable, strict=True) if is_usable]
        masks = masks[usable]
    labels, names = _labels(kept) if masks is None else _shown(masks)
    if len(names) < 2:
        raise TableUnusable("A replay needs pictures of at least two classes.")
    patients = np.array([image.patient for image in kept])
    is_holdout = holdout(kept, labels, patients)
    blocks = describe(seen, is_holdout, encoder_steps=encoder_steps, tell=tell)
    space = fit_space({name: values[~is_holdout] for name, values in blocks.items()})
    z = space.transform(blocks)
    return Known(z, seen.small, labels, names, patients, is_holdout, seen.refused, masks)


def _only(seen: Seen, usable: NDArray[np.bool_]) -> Seen:
    rows = [row for row, is_usable in zip(seen.rows, usable, strict=True) if is_usable]
    colour = None if seen.colour is None else seen.colour[usable]
    refused = dict(seen.refused)
    if not usable.all():
        refused["The mask is not a readable picture."] = int((~usable).sum())
    return Seen(rows, seen.small[usable], seen.large[usable], colour, refused)


def _shown(masks: NDArray[np.int64]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Whether a picture shows anything, and the names of the classes of the masks."""
    names = tuple(f"class {value}" for value in range(int(masks.max(initial=0)) + 1))
    return np.asarray((masks > 0).any(axis=(1, 2)), np.int64), names


def _labels(
    images: list[KnownImage],
) -> tuple[NDArray[np.int64] | NDArray[np.bool_], tuple[str, ...]]:
    sets = [[part.strip() for part in (image.label or "").split("|")] for image in images]
    names = tuple(sorted({part for parts in sets for part in parts if part}))
    if all(len(parts) == 1 for parts in sets):
        return np.array([names.index(parts[0]) for parts in sets], np.int64), names
    return np.array([[name in parts for name in names] for parts in sets], dtype=bool), names


def holdout(
    images: list[KnownImage],
    labels: NDArray[np.int64] | NDArray[np.bool_],
    patients: NDArray[np.str_],
) -> NDArray[np.bool_]:
    """The table's own split; without one a fifth of the patients, classes in equal shares.

    Raises: TableUnusable where nobody would be left on one side.
    """
    named = np.array([bool(image.is_holdout) for image in images])
    if named.any() and not named.all():
        return named
    rarest = labels if labels.ndim == 1 else labels.argmax(axis=1)
    if len(np.unique(patients)) < HOLDOUT_FOLDS:
        raise TableUnusable("A replay needs at least five patients, or a column that splits them.")
    fold = stratified_folds(rarest, patients, folds=HOLDOUT_FOLDS, seed=0)
    return np.asarray(fold == 0)


def _masks(images: list[KnownImage]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Masks at the size the learner sees, padded like the picture, and which could be read."""
    raw = [_mask(image.mask) for image in images]
    values = np.unique([value for mask in raw if mask is not None for value in np.unique(mask)])
    masks = np.zeros((len(images), SIDE, SIDE), np.int64)
    for number, mask in enumerate(raw):
        if mask is not None:
            named = mask > 127 if len(values) > MOST_MASK_VALUES else np.searchsorted(values, mask)
            masks[number] = _square(named.astype(np.int64))
    return masks, np.array([mask is not None for mask in raw], dtype=bool)


def _mask(path: Path | None) -> NDArray[np.int64] | None:
    try:
        if path is not None:
            with Image.open(path) as opened:
                return np.asarray(opened if opened.mode in ("L", "P", "I;16") else
                                  opened.convert("L")).astype(np.int64)  # fmt: skip
    except (OSError, ValueError, SyntaxError):
        pass
    return None


def _square(mask: NDArray[np.int64]) -> NDArray[np.int64]:
    top, left, bottom, right = content_box(*mask.shape, size=SIDE)
    rows = ((np.arange(bottom - top) + 0.5) * mask.shape[0] / (bottom - top)).astype(int)
    columns = ((np.arange(right - left) + 0.5) * mask.shape[1] / (right - left)).astype(int)
    square = np.zeros((SIDE, SIDE), np.int64)
    square[top:bottom, left:right] = mask[rows][:, columns]
    return square
