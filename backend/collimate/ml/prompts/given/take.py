"""Take published weights in: read without running anything of theirs, checked, written anew.

Runs in a process of its own (`prompts/take.py`), because the command line does not load torch;
`main` prints one line of JSON, `{"file": …}` or `{"problem": …}`.
"""

import hashlib
import json
import sys
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from collimate.ml.prompts.given.published import Published, opened
from collimate.ml.prompts.given.recipe import NotASegmenter, Recipe, recipe_of
from collimate.ml.prompts.given.unet import Network

WEIGHTS = "network_weights"
NUMPY = (
    "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar",
    "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct",
    "numpy.ndarray", "numpy.dtype", "numpy.dtypes.Float64DType", "numpy.dtypes.Float32DType",
    "numpy.dtypes.Int64DType", "numpy.dtypes.Int32DType", "numpy.dtypes.BoolDType",
)  # fmt: skip
"""What nnU-Net's diary of a training is written with; nothing here needs it, see `_LeftOut`."""
WRAPPERS = ("_orig_mod.", "module.")
TWICE = (".all_modules.", "decoder.encoder.")
"""Names under which the same tensors are written a second time."""


class _LeftOut:
    """Stands where a pickle names something of numpy: takes what it is given and does nothing."""

    def __init__(self, *_given: object) -> None:
        pass

    def __setstate__(self, _state: object) -> None:
        pass


def take(path: Path, work: Path) -> tuple[Path, dict[str, Any]]:
    """Write the weights as safetensors with their recipe into `work`; answers file and facts.

    Raises:
        NotASegmenter: says in words why they cannot be used.
    """
    published = opened(path, work)
    tensors, configuration = _tensors(published)
    recipe = recipe_of(published.plans, published.dataset, published.session, configuration)
    kept = _fitting(tensors, recipe)
    with published.weights.open("rb") as file:
        source = hashlib.file_digest(file, "sha256").hexdigest()
    made = work / "segmenter.safetensors"
    save_file(kept, made, {"recipe": recipe.to_json()})
    count = sum(one.numel() for one in kept.values())
    facts = {"file": str(made), "source_sha256": source, "parameters": count}
    return made, {**facts, "patch": recipe.patch, "tensors": len(kept)}


def _tensors(published: Published) -> tuple[dict[str, Tensor], str | None]:
    """The tensors by the names of `unet.py`, and the configuration the file names, if any."""
    if published.weights.suffix == ".safetensors":
        try:
            found: Any = load_file(published.weights)
        except (SafetensorError, OSError) as error:
            raise NotASegmenter("The safetensors file is damaged or cut short.") from error
        configuration = None
    else:
        found, configuration = _from_checkpoint(published.weights)
    return {_plain(name): one for name, one in found.items() if _is_wanted(name)}, configuration


def _is_wanted(name: object) -> bool:
    return isinstance(name, str) and not any(part in name for part in TWICE)


def _plain(name: str) -> str:
    for wrapper in WRAPPERS:
        name = name.removeprefix(wrapper)
    return name


def _from_checkpoint(path: Path) -> tuple[dict[Any, Any], str | None]:
    said = unpickled(path)
    if not isinstance(said, dict) or not isinstance(said.get(WEIGHTS), dict):
        raise NotASegmenter(f"{path.name} has no “{WEIGHTS}”: it is no checkpoint of nnU-Net.")
    begun = said.get("init_args")
    named = begun.get("configuration") if isinstance(begun, dict) else None
    if named is not None and not isinstance(named, str):
        raise NotASegmenter(f"{path.name} does not say its configuration by name.")
    return said[WEIGHTS], named


def unpickled(path: Path) -> Any:
    """What a .pth holds, by torch's reader that makes tensors and plain values and nothing else.

    Raises:
        NotASegmenter: it names anything beyond; nothing of that has run.
    """
    inert: list[Any] = [(_LeftOut, name) for name in NUMPY]
    try:
        with torch.serialization.safe_globals(inert):
            return torch.load(path, map_location="cpu", weights_only=True)
    except UnpicklingError as error:
        raise NotASegmenter(
            f"{path.name} asks for more than tensors and plain values{_asked(str(error))}. "
            "Reading that could run code, so it was not read."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, TypeError,
            AttributeError, IndexError) as error:  # fmt: skip
        raise NotASegmenter(f"{path.name} is damaged or cut short.") from error


def _asked(told: str) -> str:
    """What the pickle named, from torch's sentence about it."""
    words = told.replace("`", " ").replace('"', " ").split()
    after = [words[at + 1] for at, word in enumerate(words[:-1]) if word in ("GLOBAL", "class")]
    return f" (“{after[0][:80]}”)" if after else ""


def _fitting(tensors: dict[str, Any], recipe: Recipe) -> dict[str, Tensor]:
    """Exactly the network's tensors, in single precision.

    Raises: NotASegmenter.
    """
    with torch.device("meta"):
        wanted = Network(recipe).state_dict()
    missing = [name for name in wanted if not isinstance(tensors.get(name), Tensor)]
    more = [name for name in tensors if name not in wanted]
    if missing:
        raise NotASegmenter(
            f"{len(missing)} of {len(wanted)} tensors of the network that plans.json describes "
            f"are missing, such as “{missing[0]}”."
        )
    if more:
        raise NotASegmenter(
            f"There are {len(more)} tensors more than the network that plans.json describes has, "
            f"such as “{more[0][:80]}”."
        )
    for name, other in wanted.items():
        one = tensors[name]
        if one.shape != other.shape or not one.is_floating_point():
            told, hoped = ("×".join(map(str, size.shape)) for size in (one, other))
            raise NotASegmenter(f"“{name}” is {told} instead of {hoped} numbers.")
        if not bool(torch.isfinite(one).all()):
            raise NotASegmenter(f"“{name}” holds numbers that are not finite.")
    return {name: tensors[name].float().contiguous().clone() for name in wanted}


def main() -> None:
    """See the module."""
    try:
        _, told = take(Path(sys.argv[1]), Path(sys.argv[2]))
    except NotASegmenter as error:
        told = {"problem": str(error)}
    except OSError as error:
        told = {"problem": f"The files cannot be read ({error.strerror})."}
    sys.stdout.write(json.dumps(told) + "\n")
