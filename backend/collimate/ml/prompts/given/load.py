"""Put a segmenter that was taken in on the device it will answer on."""

from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file

from collimate.ml.device import available_device
from collimate.ml.prompts.given.recipe import NotASegmenter, Recipe, Triple
from collimate.ml.prompts.given.segmenter import GivenSegmenter
from collimate.ml.prompts.given.unet import Network

VERSION_LENGTH = 12
SIDE_ON_A_CPU = 64
"""Longest side of a patch without a GPU, where one of 192 takes minutes."""


def load(path: Path, sha256: str) -> GivenSegmenter:
    """The segmenter in a file that `take` wrote; its version is how its SHA-256 begins.

    Raises:
        NotASegmenter: the file is not one.
    """
    try:
        with safe_open(path, "pt") as file:
            said = file.metadata()
        recipe = Recipe.from_json(said["recipe"])
        network = Network(recipe)
        network.load_state_dict(load_file(path))
    except (SafetensorError, OSError, LookupError, TypeError, ValueError, RuntimeError) as error:
        raise NotASegmenter("The file of the segmenter is damaged.") from error
    device = available_device()
    return GivenSegmenter(
        network, recipe, sha256[:VERSION_LENGTH], device=device, patch=patch_on(device, recipe)
    )


def patch_on(device: torch.device, recipe: Recipe) -> Triple:
    """The published patch on a GPU; without one a smaller one, as the network allows."""
    if device.type == "cuda":
        return recipe.patch
    first, second, third = (
        max(step, min(side, SIDE_ON_A_CPU) // step * step)
        for side, step in zip(recipe.patch, recipe.architecture.steps, strict=True)
    )
    return first, second, third
