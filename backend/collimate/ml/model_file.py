"""One file for everything a prediction needs: feature space, head and the names of the classes."""

import json
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Float64

from collimate.ml.features import Space, UnreadableSpace, stored_about
from collimate.ml.heads import Head, UnreadableHead, probabilities

FORMAT = "collimate-model-1"


class UnreadableModel(ValueError):
    """The bytes are not a stored model."""


@dataclass(frozen=True)
class Model:
    """A head in its feature space; `keys` name the classes in the head's order."""

    space: Space
    head: Head
    keys: tuple[str, ...]

    def predict(
        self, blocks: dict[str, Float[np.ndarray, "items features"]]
    ) -> Float64[np.ndarray, "items classes"]:
        """Return calibrated probabilities from raw features."""
        return probabilities(self.head, self.space.transform(blocks))

    def to_bytes(self) -> bytes:
        """Store the model as safetensors; equal models give equal bytes."""
        from safetensors.numpy import save

        parts = {"space": self.space.to_bytes(), "head": self.head.to_bytes()}
        tensors = {name: np.frombuffer(content, np.uint8) for name, content in parts.items()}
        return save(tensors, {"about": json.dumps({"format": FORMAT, "keys": self.keys})})

    @staticmethod
    def from_bytes(content: bytes) -> "Model":
        """Read a stored model. Raises: UnreadableModel."""
        from safetensors import SafetensorError
        from safetensors.numpy import load

        try:
            tensors = load(content)
            return Model(
                Space.from_bytes(tensors["space"].tobytes()),
                Head.from_bytes(tensors["head"].tobytes()),
                tuple(stored_about(content, FORMAT)["keys"]),
            )
        except (
            SafetensorError,
            UnreadableSpace,
            UnreadableHead,
            KeyError,
            ValueError,
            TypeError,
        ) as error:
            raise UnreadableModel("The bytes are not a stored model.") from error
