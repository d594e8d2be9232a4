"""Small pictures in which there is something to learn."""

import numpy as np
import torch

from collimate.ml.dense_training import Samples
from collimate.ml.encoder import Encoder, Network, normalised


def images(count: int = 24, *, seed: int = 0, side: int = 96) -> np.ndarray:
    """Make blobs of three sizes on a ramp: enough structure to be told apart."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:side, 0:side]
    made = []
    for number in range(count):
        row, column = rng.uniform(0.26, 0.73, 2) * side
        radius = (4, 10, 22)[number % 3]
        blob = np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * radius**2))
        made.append(60 + 48 * columns / side + 140 * blob + rng.normal(0, 4, (side, side)))
    return np.clip(made, 0, 255).astype(np.uint8)


def base() -> Encoder:
    """An encoder that nobody trained, with batch statistics of such pictures."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Network().train()
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
    with torch.no_grad():
        network(normalised(torch.from_numpy(images(12))))
    return Encoder(network.eval(), "0" * 64, {})


def sizes(count: int) -> np.ndarray:
    """Which of the three sizes each blob has."""
    return np.arange(count) % 3


def lesions(count: int, seed: int, side: int = 32) -> tuple[np.ndarray, np.ndarray]:
    """Noisy pictures with a bright and a dark disc, a grey one in three of four: the lesion.

    What is brightest or darkest is never the lesion, so that no untrained network finds it.
    """
    rng = np.random.default_rng(seed)
    row, column = np.mgrid[0:side, 0:side]
    images = rng.normal(0.4, 0.03, (count, side, side))
    masks = np.zeros((count, side, side), dtype=bool)
    for number in range(count):
        for tone in (0.75, 0.1, 0.57)[: 2 if number % 4 == 3 else 3]:
            centre, radius = rng.uniform(6, side - 6, 2), rng.uniform(3.5, 5)
            inside = np.hypot(row - centre[0], column - centre[1]) < radius
            masks[number] = inside if tone == 0.57 else masks[number] & ~inside
            images[number][inside] += tone - images[number][inside].mean()
    return np.repeat(images.clip(0, 1)[:, None], 3, axis=1).astype(np.float16), masks


def samples(count: int = 16, seed: int = 0) -> Samples:
    """The same, to learn from."""
    images, masks = lesions(count, seed)
    return Samples(images, masks[:, None].astype(np.float16), [np.flatnonzero(masks.any((1, 2)))])
