"""One file for a trained mask or box model: weights, classes, intake, and how it was made."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Float32
from safetensors import SafetensorError
from safetensors.torch import load, save

from collimate.ml.dense_network import UNet, normalised
from collimate.ml.dense_recipes import RECIPES
from collimate.ml.device import available_device, half_precision, placed, sent
from collimate.ml.intake import Intake
from collimate.ml.memory import BatchSize, in_parts
from collimate.ml.model_file import UnreadableModel

FORMAT = "collimate-dense-1"
PREDICTED_AT_ONCE = 16


@dataclass(frozen=True)
class DenseModel:
    """A network with the classes (`keys`, in its order) it draws and the intake it reads by."""

    network: UNet
    kind: str
    keys: tuple[str, ...]
    intake: Intake
    width: int
    about: dict[str, Any]

    def predict(
        self, images: Float[np.ndarray, "frames 3 height width"]
    ) -> Float32[np.ndarray, "frames channels height width"]:
        """Probabilities of each class (each by itself), then what else the kind's recipe has."""
        device = available_device()
        network = placed(self.network, device).eval()

        def predicted(part: np.ndarray) -> np.ndarray:
            with torch.inference_mode(), half_precision(device):
                output = network(normalised(sent(part, device).float())).float()
                output[:, : len(self.keys)] = torch.sigmoid(output[:, : len(self.keys)])
            return output.cpu().numpy()

        parts = in_parts(images, BatchSize(PREDICTED_AT_ONCE), predicted)
        channels = len(self.keys) + RECIPES[self.kind].extra_out
        empty = np.zeros((0, channels, *images.shape[-2:]), dtype=np.float32)
        return np.concatenate(parts) if parts else empty

    def to_bytes(self) -> bytes:
        """Store the model as safetensors; equal models give equal bytes."""
        tensors = {
            name: value.detach().to("cpu").contiguous()
            for name, value in self.network.state_dict().items()
        }
        about = {
            "format": FORMAT,
            "kind": self.kind,
            "keys": self.keys,
            "intake": self.intake.to_json(),
            "width": self.width,
            "about": self.about,
        }
        return save(tensors, {"about": json.dumps(about, sort_keys=True)})

    @staticmethod
    def from_bytes(content: bytes) -> "DenseModel":
        """Read a stored model; nothing in it is executed. Raises: UnreadableModel."""
        try:
            tensors = load(content)
            length = int.from_bytes(content[:8], "little")
            header = json.loads(content[8 : 8 + length])
            about = json.loads(header["__metadata__"]["about"])
            if about["format"] != FORMAT:
                raise UnreadableModel("The bytes are not a stored mask or box model.")
            keys, kind, width = tuple(about["keys"]), str(about["kind"]), int(about["width"])
            network = UNet(len(keys) + RECIPES[kind].extra_out, width)
            network.load_state_dict(tensors)
            intake = Intake(**about["intake"])
        except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
            raise UnreadableModel("The bytes are not a stored mask or box model.") from error
        if any(not torch.isfinite(value).all() for value in tensors.values()):
            raise UnreadableModel("The weights hold values that are not finite numbers.")
        return DenseModel(network.eval(), kind, keys, intake, width, about["about"])
