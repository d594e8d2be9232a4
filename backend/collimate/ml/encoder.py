"""A small residual network that turns an image into 192 numbers; weights live in safetensors."""

import hashlib
import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float32, UInt8
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml.device import available_device, half_precision_to_look, placed, sent
from collimate.ml.key_maps import mapped
from collimate.ml.memory import BatchSize, in_parts
from collimate.ml.resnet import ResNet
from collimate.ml.weights import (
    COLLIMATE,
    SHAPES,
    SIDE,
    WIDTHS,
    Shape,
    UnreadableWeights,
    check_weights,
    read_header,
)

FEATURES = WIDTHS[-1]
# The last stage keeps its 6 by 6 grid, so that an explanation is finer than thirds of the image.
STRIDES = (1, 2, 2, 1)
BATCH = 128
BATCH_OF_A_GPU = 1024


class Block(nn.Module):
    """Two 3 by 3 convolutions with a shortcut."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.shortcut = nn.Conv2d(before, after, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu(self.first_norm(self.first(x)))
        return functional.relu(self.second_norm(self.second(inner)) + self.shortcut(x))


class Network(nn.Module):
    """Stem and four one-block stages; `forward` gives the last stage's map, 1/16 of the side."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(1, WIDTHS[0], 5, 2, 2, bias=False)
        self.stem_norm = nn.BatchNorm2d(WIDTHS[0])
        before = (WIDTHS[0], *WIDTHS[:-1])
        self.stages = nn.ModuleList(
            Block(narrow, wide, stride)
            for narrow, wide, stride in zip(before, WIDTHS, STRIDES, strict=True)
        )

    def forward(self, images: Float[Tensor, "batch 1 side side"]) -> Tensor:
        x = functional.relu(self.stem_norm(self.stem(images)))
        x = functional.max_pool2d(x, 3, 2, 1)
        for stage in self.stages:
            x = stage(x)
        return x

    def prepared(self, images: UInt8[Tensor, "batch side side"]) -> Tensor:
        """Bytes as the network was trained on them."""
        return normalised(images)

    def as_read(self, views: Float[Tensor, "batch 1 side side"]) -> Tensor:
        """Normalised views as the network reads them."""
        return views


@dataclass(frozen=True)
class Encoder:
    """A network ready to embed, with the hash of the file it came from and how it was made."""

    network: Network | ResNet
    sha256: str
    recipe: dict[str, object]
    architecture: str = COLLIMATE

    @property
    def shape(self) -> Shape:
        """What it reads and gives."""
        return SHAPES[self.architecture]


def randomised(encoder: Encoder, *, seed: int) -> Encoder:
    """The same architecture with weights drawn anew."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _empty(encoder.architecture, getattr(encoder.network, "channels", 1))
    return Encoder(network.eval(), "", {}, encoder.architecture)


def _empty(architecture: str, channels: int) -> Network | ResNet:
    return Network() if architecture == COLLIMATE else ResNet(architecture, channels)


def save_encoder(
    network: nn.Module, path: Path, *, recipe: dict[str, object], architecture: str = COLLIMATE
) -> str:
    """Write weights and recipe as safetensors and return the sha256 of the file."""
    tensors = {
        name: value.detach().to("cpu").contiguous() for name, value in network.state_dict().items()
    }
    # One metadata entry only: several are written in an order that changes from run to run.
    about = json.dumps({"format": architecture, "recipe": recipe}, sort_keys=True)
    content = save(tensors, {"about": about})
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def load_encoder(path: Path) -> Encoder:
    """Read weights; nothing in the file is executed.

    Raises: UnreadableWeights.
    """
    try:
        architecture = check_weights(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        about = json.loads(metadata.get("about", "{}"))
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise UnreadableWeights("The file is not a readable safetensors file.") from error
    if any(not torch.isfinite(value).all() for value in tensors.values()):
        raise UnreadableWeights("The weights hold values that are not finite numbers.")
    channels = 1
    if architecture != COLLIMATE:
        found = mapped(read_header(path))
        channels = found.channels
        tensors = {name: tensors[there].float() for name, there in found.names.items()}
    network = _empty(architecture, channels)
    # What other libraries leave out is the number of steps, which nothing reads.
    network.load_state_dict(tensors, strict=architecture == COLLIMATE)
    recipe = about.get("recipe", {}) if isinstance(about, dict) else {}
    known = dict(recipe) if isinstance(recipe, dict) else {}
    return Encoder(network.eval(), digest, known, architecture)


def embed(
    weights: Path | Encoder, images: UInt8[np.ndarray, "images side side"]
) -> Float32[np.ndarray, "images features"]:
    """Return the mean of the last stage for every image (about 2 ms each on one core; a ResNet-18
    needs a hundred times as much).

    Raises: UnreadableWeights; ValueError for another image shape or type.
    """
    return stage_maps(weights, images, pooled=True)


def stage_maps(
    weights: Path | Encoder, images: UInt8[np.ndarray, "images side side"], *, pooled: bool = False
) -> Float32[np.ndarray, "images ..."]:
    """Return the last stage, (images, features, cells, cells), or its spatial mean (`pooled`)."""
    encoder = weights if isinstance(weights, Encoder) else load_encoder(weights)
    side = encoder.shape.side
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (side, side):
        raise ValueError(f"The encoder reads uint8 images of {side} by {side} pixels.")
    device = available_device()
    network = encoder.network
    placed(network, device)

    def looked_at(part: np.ndarray) -> np.ndarray:
        # maps are to add up to a score, vectors are only compared
        precision = half_precision_to_look(device) if pooled else nullcontext()
        with torch.inference_mode(), precision:
            maps = network(network.prepared(sent(part.copy(), device))).float()
        return (maps.mean(dim=(2, 3)) if pooled else maps).cpu().numpy()

    at_once = BATCH if device.type == "cpu" else BATCH_OF_A_GPU
    parts = in_parts(images, BatchSize(max(1, at_once * SIDE**2 // side**2)), looked_at)
    if parts:
        return np.concatenate(parts)
    cells = side // (16 if encoder.architecture == COLLIMATE else 32)
    wide = encoder.shape.features
    return np.zeros((0, wide) if pooled else (0, wide, cells, cells), dtype=np.float32)


def normalised(images: UInt8[Tensor, "batch side side"]) -> Float[Tensor, "batch 1 side side"]:
    """Bring bytes to about zero mean and unit spread, the same for every image."""
    return (images[:, None].float() / 255.0 - 0.5) / 0.25
