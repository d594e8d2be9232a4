"""Encoders of other libraries, recognised by the names and shapes of their tensors.

timm, torchvision and MONAI call the tensors of a ResNet alike (`conv1`, `bn1`, `layer1.0.conv1`, …,
`downsample.0`), under whatever prefix a training put before them and with a classifier that is not
needed. ResNet-18 and ResNet-34 of two dimensions are read; their widths are told from the file.
"""

from dataclasses import dataclass

Tensors = dict[str, tuple[str, tuple[int, ...]]]
"""Type and shape by name."""

BLOCKS = {"resnet18": (2, 2, 2, 2), "resnet34": (3, 4, 6, 3)}
STAGE_WIDTHS = (64, 128, 256, 512)
FLOATS = frozenset({"F16", "BF16", "F32", "F64"})
FIRST = "conv1.weight"
STEPS = "num_batches_tracked"
# what belongs to a classifier or to the training, and may stand beside an encoder
ASIDE = ("fc.", "head.", "classifier.", "projector.", "projection_head.", "predictor.", "linear.")


@dataclass(frozen=True)
class Mapped:
    """`names` leads from the tensors of our network to those of the file."""

    architecture: str
    channels: int
    names: dict[str, str]


class NotMapped(ValueError):
    """No known encoder has these tensors; the message says in words what is different."""


def resnet_tensors(architecture: str, channels: int) -> dict[str, tuple[int, ...]]:
    """Shape by name of everything a ResNet encoder needs."""
    found: dict[str, tuple[int, ...]] = {FIRST: (64, channels, 7, 7), **_norm("bn1", 64)}
    before = 64
    for stage, (depth, width) in enumerate(
        zip(BLOCKS[architecture], STAGE_WIDTHS, strict=True), start=1
    ):
        for block in range(depth):
            name = f"layer{stage}.{block}"
            found[f"{name}.conv1.weight"] = (width, before, 3, 3)
            found |= _norm(f"{name}.bn1", width)
            found[f"{name}.conv2.weight"] = (width, width, 3, 3)
            found |= _norm(f"{name}.bn2", width)
            if before != width:
                found[f"{name}.downsample.0.weight"] = (width, before, 1, 1)
                found |= _norm(f"{name}.downsample.1", width)
            before = width
    return found


def _norm(name: str, width: int) -> dict[str, tuple[int, ...]]:
    return {
        f"{name}.{part}": (width,) for part in ("weight", "bias", "running_mean", "running_var")
    }


def mapped(tensors: Tensors) -> Mapped:
    """The encoder these tensors are of.

    Raises: NotMapped.
    """
    prefix, channels = _stem(tensors)
    own = {name[len(prefix) :]: name for name in tensors if name.startswith(prefix)}
    architecture = "resnet34" if "layer1.2.conv1.weight" in own else "resnet18"
    wanted = resnet_tensors(architecture, channels)
    missing = [name for name in wanted if name not in own]
    if missing:
        raise NotMapped(
            f"It looks like a ResNet, but {len(missing)} of {len(wanted)} tensors of a "
            f"{architecture} are missing, such as “{missing[0]}”."
        )
    for name, shape in wanted.items():
        dtype, found = tensors[own[name]]
        if found != shape or dtype not in FLOATS:
            told, hoped = ("×".join(map(str, one)) for one in (found, shape))
            raise NotMapped(
                f"It looks like a {architecture}, but “{own[name][:80]}” is {dtype} of {told} "
                f"instead of {hoped}."
            )
    more = [
        name for name in own
        if name not in wanted and not name.endswith(STEPS) and not name.startswith(ASIDE)
    ]  # fmt: skip
    if more:
        raise NotMapped(
            f"It looks like a {architecture} with {len(more)} tensors more, such as "
            f"“{more[0][:80]}”: another network."
        )
    return Mapped(architecture, channels, {name: own[name] for name in wanted})


def _stem(tensors: Tensors) -> tuple[str, int]:
    """What stands before the names, and the channels of the images the network reads."""
    for name, (_, shape) in sorted(tensors.items(), key=lambda pair: len(pair[0])):
        if name == FIRST or name.endswith("." + FIRST):
            if len(shape) == 5:
                raise NotMapped("Its filters are of three dimensions; images here are slices.")
            if len(shape) == 4 and shape[0] == 64 and shape[2:] == (7, 7) and shape[1] in (1, 3):
                return name[: -len(FIRST)], shape[1]
    raise NotMapped("None of the encoders of other libraries begins like this one.")
