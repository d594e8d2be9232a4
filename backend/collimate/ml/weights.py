"""What an encoder's file must hold, told from its header alone: no tensor is loaded, no code run.

A safetensors file begins with eight bytes, little-endian, that say how long the header is; the
header is JSON with the type, shape and place of every tensor.
"""

import json
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from collimate.ml.key_maps import BLOCKS, STAGE_WIDTHS, NotMapped, Tensors, mapped

SIDE = 96
WIDTHS = (24, 48, 96, 192)
MAX_FILE_BYTES = 512 * 2**20
MAX_HEADER_BYTES = 16 * 2**20
BYTES_OF = {
    "BOOL": 1, "U8": 1, "I8": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4, "I32": 4,
    "F32": 4, "U64": 8, "I64": 8, "F64": 8,
}  # fmt: skip
PICKLES = (b"PK\x03\x04", b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
COLLIMATE = "collimate-encoder-1"


@dataclass(frozen=True)
class Shape:
    """What an encoder reads and gives: the side of its square and the numbers of an image."""

    side: int
    features: int


SHAPES: dict[str, Shape] = {
    COLLIMATE: Shape(SIDE, WIDTHS[-1]),
    **{name: Shape(224, STAGE_WIDTHS[-1]) for name in BLOCKS},
}
"""By architecture."""


class UnreadableWeights(ValueError):
    """The file is not a safetensors file of exactly one known network's tensors."""


def check_weights(path: Path) -> str:
    """The architecture whose tensors these are; their values are not looked at.

    Raises:
        UnreadableWeights: says in words what the file is instead.
    """
    return recognised(read_header(path))


def read_header(path: Path) -> Tensors:
    """Type and shape of every tensor of a safetensors file.

    Raises:
        UnreadableWeights
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise UnreadableWeights(
            f"The file is larger than {MAX_FILE_BYTES // 2**20} MiB, the most an encoder may have."
        )
    with path.open("rb") as file:
        start = file.read(8)
        if start.startswith(PICKLES):
            raise UnreadableWeights(
                "The file is a Python pickle, whatever its name says. Opening one can run code, so "
                "it is never opened. Save the weights with safetensors.torch.save_file."
            )
        length = int.from_bytes(start, "little")
        if len(start) < 8 or length > min(MAX_HEADER_BYTES, size - 8):
            raise UnreadableWeights("The file is not a safetensors file, or it is cut short.")
        header = file.read(length)
    try:
        return _tensors(json.loads(header), size - 8 - length)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnreadableWeights("The header of the safetensors file is damaged.") from error


def _tensors(header: dict[str, Any], byte_count: int) -> Tensors:
    """The tensors of a parsed header, which must cover exactly the bytes that follow it."""
    found: Tensors = {}
    end = 0
    entries = [(name, entry) for name, entry in header.items() if name != "__metadata__"]
    for name, entry in sorted(entries, key=lambda pair: tuple(pair[1]["data_offsets"])):
        shape = tuple(int(length) for length in entry["shape"])
        first, last = entry["data_offsets"]
        if first != end or last - first != prod(shape) * BYTES_OF[entry["dtype"]]:
            raise ValueError("The tensors overlap or leave gaps.")
        found[name], end = (str(entry["dtype"]), shape), last
    if end != byte_count:
        raise ValueError("There are bytes that belong to no tensor, or some are missing.")
    return found


def recognised(tensors: Tensors) -> str:
    """The name of the architecture with exactly these tensors.

    Raises:
        UnreadableWeights: none has.
    """
    if tensors == OWN:
        return COLLIMATE
    if tensors.keys() == MODEL_OF_A_PROJECT:
        raise UnreadableWeights(
            "The file is the model of a project, not an encoder: it fits the images and classes of "
            "that project only."
        )
    try:
        return mapped(tensors).architecture
    except NotMapped as error:
        raise UnreadableWeights(_difference(tensors, str(error))) from error


def _difference(tensors: Tensors, otherwise: str) -> str:
    wanted = OWN
    missing = [name for name in wanted if name not in tensors]
    other = [name for name in tensors if tensors[name] != wanted.get(name)]
    if not any(name in wanted for name in tensors):
        return (
            "The file holds another network than the encoders this program knows: its own, "
            f"ResNet-18 and ResNet-34 of timm, torchvision or MONAI. {otherwise}"
        )
    parts = ["The file holds another network than the encoder this program knows."]
    if other:
        dtype, shape = tensors[other[0]]
        told = "×".join(map(str, shape)) or "a number"
        parts.append(
            f"{len(other)} tensors do not fit, such as “{other[0][:80]}” ({dtype}, {told})."
        )
    if missing:
        parts.append(f"{len(missing)} of {len(wanted)} are missing, such as “{missing[0]}”.")
    return " ".join(parts)


def collimate_tensors() -> Tensors:
    """The tensors of `ml/encoder.py`'s network."""
    found: Tensors = {"stem.weight": ("F32", (WIDTHS[0], 1, 5, 5)), **_norm("stem_norm", WIDTHS[0])}
    before = WIDTHS[0]
    for index, after in enumerate(WIDTHS):
        stage = f"stages.{index}"
        found[f"{stage}.first.weight"] = ("F32", (after, before, 3, 3))
        found[f"{stage}.second.weight"] = ("F32", (after, after, 3, 3))
        found[f"{stage}.shortcut.weight"] = ("F32", (after, before, 1, 1))
        found |= _norm(f"{stage}.first_norm", after) | _norm(f"{stage}.second_norm", after)
        before = after
    return found


def _norm(name: str, width: int) -> Tensors:
    parts = ("weight", "bias", "running_mean", "running_var")
    found: Tensors = {f"{name}.{part}": ("F32", (width,)) for part in parts}
    return {**found, f"{name}.num_batches_tracked": ("I64", ())}


OWN = collimate_tensors()
MODEL_OF_A_PROJECT = {"space", "head"}
"""The tensors of a stored model (`ml/model_file.py`)."""
