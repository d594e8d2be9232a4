"""Reading any picture of a folder as numbers, and describing it as the learner would."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from collimate.kit.settings import settings
from collimate.ml.descriptors import SIDE, scattering
from collimate.ml.features import Blocks
from collimate.ml.images import UnusableImage, model_image, to_bytes
from collimate.studies.imports.label_table import KnownImage

Tell = Callable[[str], None]
DEEP_MODES = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")
COLOUR_GRID = 4
CHUNK = 100
FEWEST_TO_TRAIN = 64
ENCODER_SIDE = 96


@dataclass(frozen=True)
class Seen:
    """Pictures that could be read (`rows` into what was asked for), at the learner's two sizes,
    with colour where any has it; and how many could not, by reason.
    """

    rows: list[int]
    small: NDArray[np.float32]
    large: NDArray[np.uint8]
    colour: NDArray[np.float32] | None
    refused: dict[str, int]


def look(images: list[KnownImage], tell: Tell) -> Seen:
    """Read pictures; what cannot be used is counted, never fatal."""
    rows, small, large, colours = [], [], [], []
    refused: dict[str, int] = {}
    for number, image in enumerate(images):
        if number % CHUNK == 0:
            tell(f"reading pictures: {number} of {len(images)}")
        try:
            grey, colour = read_picture(image.path)
            views = model_image(grey, size=SIDE), model_image(grey, size=ENCODER_SIDE)
        except UnusableImage as unusable:
            refused[str(unusable)] = refused.get(str(unusable), 0) + 1
            continue
        rows.append(number)
        small.append(views[0])
        large.append(to_bytes(views[1]))
        colours.append(colour)
    shape = (0, SIDE, SIDE)
    return Seen(
        rows,
        np.stack(small) if small else np.zeros(shape, np.float32),
        np.stack(large) if large else np.zeros((0, ENCODER_SIDE, ENCODER_SIDE), np.uint8),
        np.stack(colours) if colours and np.any(colours) else None,
        refused,
    )


def read_picture(path: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Brightness as it is stored, at any depth, and colour on a coarse grid (zeros if grey).

    Raises: UnusableImage.
    """
    try:
        with Image.open(path) as opened:
            opened.load()
            if opened.mode in DEEP_MODES:
                grey = np.asarray(opened).astype(np.float32)
                return grey, np.zeros(6 * COLOUR_GRID**2, np.float32)
            rgb = np.asarray(opened.convert("RGB")).astype(np.float32)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusableImage("The file is not a readable picture.") from error
    grey = rgb @ np.array([0.299, 0.587, 0.114], np.float32)
    return grey, _colour(rgb)


def _colour(rgb: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean and spread of three colour differences in each cell of a 4 by 4 grid."""
    red, green, blue = (rgb[..., channel] for channel in range(3))
    differences = np.stack([red - green, green - blue, blue - red])
    if not differences.any():
        return np.zeros(6 * COLOUR_GRID**2, np.float32)
    found = []
    for band in np.array_split(differences, COLOUR_GRID, axis=1):
        for cell in np.array_split(band, COLOUR_GRID, axis=2):
            if cell.size:
                found += [*cell.mean(axis=(1, 2)), *cell.std(axis=(1, 2))]
            else:
                found += [0.0] * 6
    return np.array(found, np.float32)


def describe(
    seen: Seen, is_holdout: NDArray[np.bool_], *, encoder_steps: int, tell: Tell
) -> Blocks:
    """Features of every picture: scattering, an encoder trained on the pool alone, colour."""
    tell("describing pictures")
    blocks: Blocks = {"scattering": scattering(seen.small)}
    if seen.colour is not None:
        blocks["colour"] = seen.colour
    pool = seen.large[~is_holdout]
    if encoder_steps > 0 and len(pool) >= FEWEST_TO_TRAIN:
        # Only a replay that trains pays for loading torch.
        from collimate.ml.encoder import embed

        weights = _trained(pool, encoder_steps, tell)
        if weights is not None:
            blocks["simclr"] = embed(weights, seen.large)
    return blocks


def _trained(pool: NDArray[np.uint8], steps: int, tell: Tell) -> Path | None:
    """The encoder of these pictures, from an earlier replay if there was one."""
    from collimate.ml.encoder import UnreadableWeights, embed
    from collimate.ml.self_supervised import train
    from collimate.ml.training import TrainingDiverged

    digest = hashlib.sha256(pool.tobytes()).hexdigest()[:32]
    path = settings().home_path / "work" / "replay" / f"{digest}-{steps}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.exists():
            embed(path, pool[:1])
            return path
    except UnreadableWeights:
        path.unlink()
    try:
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        train(
            pool,
            out=draft,
            seed=0,
            steps=steps,
            threads=os.cpu_count() or 1,
            on_progress=lambda fraction, text: tell(f"training an encoder: {fraction:.0%}"),
        )
        draft.replace(path)
    except TrainingDiverged:
        return None
    finally:
        for left in path.parent.glob(f"{path.name}.{os.getpid()}*"):
            left.unlink()
    return path
