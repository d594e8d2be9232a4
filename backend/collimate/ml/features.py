"""Join blocks of features into one space in which distances and linear heads make sense."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Float32

COMPONENTS = 128
FIT_ROWS = 6_000
FORMAT = "collimate-space-1"

Blocks = dict[str, Float[np.ndarray, "items features"]]


class BlocksDiffer(ValueError):
    """The blocks given are not those, or not as wide as those, that the space was fitted on."""


class UnreadableSpace(ValueError):
    """The bytes are not a stored feature space."""


@dataclass(frozen=True)
class BlockSpace:
    """One block: standardise with mean and scale, project, weigh by `gain`."""

    mean: Float32[np.ndarray, " features"]
    scale: Float32[np.ndarray, " features"]
    components: Float32[np.ndarray, "features components"]
    gain: float

    def project(
        self, values: Float[np.ndarray, "items features"]
    ) -> Float32[np.ndarray, "items components"]:
        """Return this block's share of z."""
        standard = (np.asarray(values, np.float32) - self.mean) / self.scale
        return (standard @ self.components) * np.float32(self.gain)


@dataclass(frozen=True)
class Space:
    """A fitted space; blocks are joined in the order of their names."""

    blocks: dict[str, BlockSpace]

    @property
    def width(self) -> int:
        """Number of columns of z."""
        return sum(block.components.shape[1] for block in self.blocks.values())

    def columns(self, name: str) -> slice:
        """Say which columns of z belong to a block."""
        start = 0
        for key in sorted(self.blocks):
            wide = self.blocks[key].components.shape[1]
            if key == name:
                return slice(start, start + wide)
            start += wide
        raise BlocksDiffer(f"This space has no block named {name!r}.")

    def transform(self, blocks: Blocks) -> Float32[np.ndarray, "items width"]:
        """Map raw features into the space.

        Raises: BlocksDiffer; ValueError where a feature is not finite.
        """
        _check(blocks)
        if set(blocks) != set(self.blocks):
            raise BlocksDiffer(f"This space needs the blocks {sorted(self.blocks)}.")
        for name, values in blocks.items():
            if values.shape[1] != len(self.blocks[name].mean):
                raise BlocksDiffer(f"Block {name!r} has another width than it was fitted with.")
        return np.concatenate(
            [self.blocks[name].project(blocks[name]) for name in sorted(blocks)], axis=1
        )

    def to_bytes(self) -> bytes:
        """Store the space as safetensors."""
        from safetensors.numpy import save

        tensors = {}
        for name, block in self.blocks.items():
            tensors[f"{name}/mean"] = block.mean
            tensors[f"{name}/scale"] = block.scale
            tensors[f"{name}/components"] = np.ascontiguousarray(block.components)
        gains = {name: block.gain for name, block in self.blocks.items()}
        return save(tensors, {"about": json.dumps({"format": FORMAT, "gains": gains})})

    @staticmethod
    def from_bytes(content: bytes) -> "Space":
        """Read a stored space. Raises: UnreadableSpace."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            tensors = load(content)
            gains = stored_about(content, FORMAT)["gains"]
            blocks = {
                name: BlockSpace(
                    tensors[f"{name}/mean"],
                    tensors[f"{name}/scale"],
                    tensors[f"{name}/components"],
                    float(gain),
                )
                for name, gain in gains.items()
            }
        except (SafetensorError, KeyError, ValueError, TypeError, AttributeError) as error:
            raise UnreadableSpace("The bytes are not a stored feature space.") from error
        return Space(blocks)


def fit_space(blocks: Blocks, *, components: int = COMPONENTS, seed: int = 0) -> Space:
    """Fit on a pool: standardise, principal components without whitening, equal energy, join.

    No labels are used. Each block's mean squared length becomes its number of components, so
    that one block does not drown another and the head's penalties keep their meaning. Pools
    beyond `FIT_ROWS` are fitted on an even random sample. Source: note on encoders, "Head".

    Raises: ValueError for no block, no row, unequal rows or values that are not finite.
    """
    _check(blocks)
    rows = len(next(iter(blocks.values())))
    if rows == 0:
        raise ValueError("A feature space needs at least one item.")
    chosen = np.arange(rows)
    if rows > FIT_ROWS:
        chosen = np.sort(np.random.default_rng(seed).choice(rows, FIT_ROWS, replace=False))
    return Space({name: _fit_block(blocks[name][chosen], components) for name in sorted(blocks)})


def unit(z: Float[np.ndarray, "items width"]) -> Float32[np.ndarray, "items width"]:
    """Scale every row to length 1 (rows of zeros stay); kernels between items use this form."""
    length = np.linalg.norm(z, axis=1, keepdims=True)
    return (z / np.where(length > 0, length, 1.0)).astype(np.float32)


def _fit_block(values: Float[np.ndarray, "items features"], components: int) -> BlockSpace:
    values = np.asarray(values, dtype=np.float64)
    mean, scale = values.mean(axis=0), values.std(axis=0)
    # A feature that never changes on the pool says nothing; dividing by its noise would shout.
    scale = np.where(scale > 1e-8 * np.maximum(1.0, np.abs(mean)), scale, np.inf)
    standard = (values - mean) / scale
    axes = _principal_axes(standard, min(components, *values.shape))
    energy = float(np.mean(np.sum((standard @ axes) ** 2, axis=1)))
    gain = float(np.sqrt(axes.shape[1] / energy)) if energy > 0 else 0.0
    return BlockSpace(
        mean.astype(np.float32), scale.astype(np.float32), axes.astype(np.float32), gain
    )


def _principal_axes(
    standard: Float[np.ndarray, "items features"], count: int
) -> Float[np.ndarray, "features components"]:
    if min(standard.shape) <= 400:
        axes = np.linalg.svd(standard, full_matrices=False)[2][:count].T
    else:
        from sklearn.utils.extmath import randomized_svd

        axes = randomized_svd(standard, count, n_iter=4, random_state=0)[2].T
    largest = np.abs(axes).argmax(axis=0)
    signs = np.sign(axes[largest, np.arange(axes.shape[1])])
    return axes * np.where(signs == 0, 1.0, signs)


def _check(blocks: Blocks) -> None:
    if not blocks:
        raise ValueError("At least one block of features is needed.")
    if len({len(values) for values in blocks.values()}) != 1:
        raise ValueError("All blocks must describe the same items.")
    for name, values in blocks.items():
        if values.ndim != 2 or not np.isfinite(values).all():
            raise ValueError(f"Block {name!r} is not a table of finite numbers.")


def stored_about(content: bytes, wanted_format: str) -> dict[str, Any]:
    """Read what a safetensors header says of its content.

    Raises: ValueError, KeyError or TypeError where it is not of the wanted format.
    """
    length = int.from_bytes(content[:8], "little")
    about = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["about"])
    if about["format"] != wanted_format:
        raise ValueError("The bytes are of another format.")
    return dict(about)
