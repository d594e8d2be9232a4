"""How a given network is built and prompted, told from its published JSON files."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import Any

Triple = tuple[int, int, int]
NETWORK = "ResidualEncoderUNet"
SESSION = "nnInteractiveInferenceSession"
MOST_STAGES, MOST_FEATURES, MOST_SIDE = 10, 2048, 512
CHANNELS: Mapping[str, Any] = {
    "prev_seg": 0, "bbox2d": (1, 2), "lasso": (1, 2), "points": (3, 4), "scribble": (5, 6),
}  # fmt: skip
"""Which prompts go where, positive and negative, after the image; newer files may say otherwise."""
KINDS = ("bbox2d", "lasso", "points", "scribble")


class NotASegmenter(ValueError):
    """The files are not those of a segmenter this program can run; the message says why."""


@dataclass(frozen=True)
class Architecture:
    """A residual U-Net in three dimensions; one entry of each per stage, the finest first."""

    features: tuple[int, ...]
    kernels: tuple[Triple, ...]
    strides: tuple[Triple, ...]
    blocks: tuple[int, ...]
    decoder_convs: tuple[int, ...]
    has_bias: bool
    eps: float
    is_affine: bool
    slope: float

    @property
    def steps(self) -> Triple:
        """By how much the coarsest stage is smaller: sides must be multiples of it."""
        first, second, third = (prod(one[axis] for one in self.strides) for axis in range(3))
        return first, second, third


@dataclass(frozen=True)
class Recipe:
    """The network and how it is asked.

    `patch` is the side (frame, row, column) of what it looks at, in voxels. `previous` and the
    pairs (positive, negative) of `channels` count the channels after the image. A point is a ball
    of `point_radius` voxels. With every further prompt the earlier ones fade by `decay`.
    """

    architecture: Architecture
    patch: Triple
    previous: int
    channels: dict[str, tuple[int, int]]
    channel_count: int
    point_radius: int
    decay: float

    def to_json(self) -> str:
        """Text that `from_json` reads."""
        return json.dumps(asdict(self), sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Recipe":
        """What `to_json` wrote."""
        said = json.loads(text)
        net = said.pop("architecture")
        for name in ("kernels", "strides"):
            net[name] = tuple(tuple(one) for one in net[name])
        for name in ("features", "blocks", "decoder_convs"):
            net[name] = tuple(net[name])
        said["patch"] = tuple(said["patch"])
        said["channels"] = {kind: tuple(pair) for kind, pair in said["channels"].items()}
        return Recipe(architecture=Architecture(**net), **said)


def recipe_of(
    plans: dict[str, Any], dataset: dict[str, Any], session: Any, configuration: str | None
) -> Recipe:
    """Put together what the three files say; `configuration` is the one the weights name.

    Raises:
        NotASegmenter
    """
    try:
        images = dataset.get("channel_names") or {"0": ""}
        if len(images) != 1:
            raise NotASegmenter(f"It reads {len(images)} images at once; here it is given one.")
        prompted = _prompting(session)
        named = _configurations(plans, configuration)
        found = {Recipe(_architecture(one), _patch(one), **prompted).to_json() for one in named}
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise NotASegmenter(
            f"plans.json or the files beside it lack something ({type(error).__name__}: {error})."
        ) from error
    if len(found) != 1:
        raise NotASegmenter(
            "plans.json has several configurations that differ, and the weights do not say which "
            "is theirs. Leave the one they were trained with."
        )
    recipe = Recipe.from_json(found.pop())
    steps = recipe.architecture.steps
    if any(side % step or side > MOST_SIDE for side, step in zip(recipe.patch, steps, strict=True)):
        raise NotASegmenter(f"A patch of {recipe.patch} does not fit the network's {steps}.")
    return recipe


def _configurations(plans: dict[str, Any], wanted: str | None) -> list[dict[str, Any]]:
    known: dict[str, dict[str, Any]] = plans["configurations"]
    if wanted is not None and wanted not in known:
        raise NotASegmenter(f"plans.json has no configuration “{wanted}”, which the weights name.")

    def whole(name: str, depth: int = 0) -> dict[str, Any]:
        if depth > len(known):
            raise NotASegmenter("The configurations of plans.json inherit from one another.")
        parent = known[name].get("inherits_from")
        return {**(whole(parent, depth + 1) if parent else {}), **known[name]}

    return [whole(name) for name in ([wanted] if wanted else known)]


def _architecture(configuration: dict[str, Any]) -> Architecture:
    said = configuration.get("architecture")
    if not isinstance(said, dict):
        raise NotASegmenter("plans.json says no architecture, as it did before nnU-Net 2.4.")
    if str(said["network_class_name"]).rsplit(".", 1)[-1] != NETWORK:
        raise NotASegmenter(f"The network is a {said['network_class_name']}, not a {NETWORK}.")
    given = said["arch_kwargs"]
    fixed = {"conv_op": "Conv3d", "norm_op": "InstanceNorm3d", "nonlin": "LeakyReLU"}
    for name, wanted in fixed.items():
        if str(given[name]).rsplit(".", 1)[-1] != wanted:
            raise NotASegmenter(f"The network has {name} {given[name]}; {wanted} is known.")
    if given.get("dropout_op") or given.get("stem_channels") or given.get("bottleneck_channels"):
        raise NotASegmenter("The network has dropout, a stem of its own or bottlenecks.")
    count = int(given["n_stages"])
    if not 2 <= count <= MOST_STAGES:
        raise NotASegmenter(f"A network of {count} stages is not known.")
    norm = {"eps": 1e-5, "affine": False} | (given.get("norm_op_kwargs") or {})
    return Architecture(
        features=_numbers(given["features_per_stage"], count, MOST_FEATURES),
        kernels=_triples(given["kernel_sizes"], count),
        strides=_triples(given["strides"], count),
        blocks=_numbers(given["n_blocks_per_stage"], count, 64),
        decoder_convs=_numbers(given["n_conv_per_stage_decoder"], count - 1, 64),
        has_bias=bool(given.get("conv_bias", False)),
        eps=float(norm["eps"]),
        is_affine=bool(norm["affine"]),
        slope=float((given.get("nonlin_kwargs") or {}).get("negative_slope", 0.01)),
    )


def _numbers(said: Any, count: int, most: int) -> tuple[int, ...]:
    found = tuple(int(one) for one in (said if isinstance(said, list) else [said] * count))
    if len(found) != count or not all(1 <= one <= most for one in found):
        raise NotASegmenter("The stages of plans.json do not agree with one another.")
    return found


def _triples(said: Any, count: int) -> tuple[Triple, ...]:
    each = said if isinstance(said, list) else [said] * count
    found = tuple(_triple(one) for one in each)
    if len(found) != count:
        raise NotASegmenter("The stages of plans.json do not agree with one another.")
    return found


def _triple(said: Any) -> Triple:
    first, second, third = (int(one) for one in (said if isinstance(said, list) else [said] * 3))
    if not all(1 <= one <= MOST_SIDE for one in (first, second, third)):
        raise NotASegmenter(f"A size of {said} is not possible.")
    return first, second, third


def _patch(configuration: dict[str, Any]) -> Triple:
    if len(configuration["patch_size"]) != 3:
        raise NotASegmenter("The network looks at slices, not at volumes.")
    return _triple(configuration["patch_size"])


def _prompting(session: Any) -> dict[str, Any]:
    """What the session's file says; a bare name was written before there were settings."""
    said: dict[str, Any] = {"interaction_decay": 0.9} if isinstance(session, str) else session
    name = session if isinstance(session, str) else str(said.get("inference_class", SESSION))
    if not name.startswith(SESSION):
        raise NotASegmenter(f"It is made for “{name[:80]}”, not for {SESSION}.")
    if said.get("pad_mode_image", "constant") != "constant":
        raise NotASegmenter(f"It continues images by “{said['pad_mode_image']}”, not by zeros.")
    mapping = {**CHANNELS, **said.get("channel_mapping", {})}
    used = [int(mapping["prev_seg"]), *(int(one) for kind in KINDS for one in mapping[kind])]
    count = int(said.get("interaction_channels", max(used))) + 1
    places = [one + count if one < 0 else one for one in used]
    if not 1 < count <= 64 or not all(0 <= one < count for one in places):
        raise NotASegmenter("The channels of the prompts do not agree with one another.")
    radius, decay = int(said.get("point_radius", 4)), float(said.get("interaction_decay", 0.98))
    if not 1 <= radius <= 64 or not 0 < decay <= 1:
        raise NotASegmenter("The radius of points or the decay of prompts is not possible.")
    pairs: Sequence[tuple[int, int]] = list(zip(places[1::2], places[2::2], strict=True))
    return {
        "previous": places[0],
        "channels": dict(zip(KINDS, pairs, strict=True)),
        "channel_count": count,
        "point_radius": radius,
        "decay": decay,
    }
