"""Keep a half-done training run as safetensors, so that it can go on after a stop or a crash."""

import json
import os
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from collimate.ml.device import placed
from collimate.ml.encoder import FEATURES, Network
from collimate.ml.memory import BatchSize

FORMAT = "collimate-checkpoint-1"
MOMENTS = ("exp_avg", "exp_avg_sq", "step")


class UnreadableCheckpoint(ValueError):
    """The file is not a checkpoint of this training."""


@dataclass
class Training:
    """Everything a run carries from one step to the next."""

    network: nn.Module
    projector: nn.Module
    average: nn.Module
    optimizer: torch.optim.AdamW
    seed: int
    batch: BatchSize
    step: int = 0
    seconds: float = 0.0
    loss: float | None = None

    def named_parameters(self) -> list[tuple[str, nn.Parameter]]:
        """Return what the optimizer moves, in the optimizer's order."""
        named = [(f"network.{n}", p) for n, p in self.network.named_parameters()]
        return named + [(f"projector.{n}", p) for n, p in self.projector.named_parameters()]


def adamw(
    parameters: Iterable[nn.Parameter] | list[dict[str, Any]], learning_rate: float
) -> torch.optim.AdamW:
    """The optimizer of every training here; on a GPU all its arithmetic is one kernel."""
    is_fused = torch.cuda.is_available() or None
    return torch.optim.AdamW(parameters, lr=learning_rate, weight_decay=1e-4, fused=is_fused)


def new_training(
    seed: int, *, device: torch.device, learning_rate: float, batch: BatchSize
) -> Training:
    """Start a run whose first weights depend on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Network()
        projector = nn.Sequential(
            nn.Linear(FEATURES, 512), nn.BatchNorm1d(512), nn.ReLU(), nn.Linear(512, 128)
        )
    network = placed(network, device)
    projector = projector.to(device)
    optimizer = adamw([*network.parameters(), *projector.parameters()], learning_rate)
    return Training(network, projector, deepcopy(network), optimizer, seed, batch)


def save_checkpoint(training: Training, path: Path) -> None:
    """Write the run beside the old checkpoint, then replace it in one step."""
    tensors = _state(training)
    for name, parameter in training.named_parameters():
        for moment, value in training.optimizer.state.get(parameter, {}).items():
            tensors[f"optimizer.{moment}.{name}"] = value
    content = save(
        {name: value.detach().cpu().contiguous() for name, value in tensors.items()},
        {
            "format": FORMAT,
            "seed": str(training.seed),
            "step": str(training.step),
            "seconds": repr(training.seconds),
            "loss": json.dumps(training.loss),
            "batch": str(training.batch.now),
        },
    )
    draft = path.with_name(path.name + ".draft")
    draft.write_bytes(content)
    os.replace(draft, path)


def load_checkpoint(training: Training, path: Path) -> None:
    """Bring a new run to where the checkpoint was written; the seed is the checkpoint's.

    Raises: UnreadableCheckpoint.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        if metadata.get("format") != FORMAT:
            raise UnreadableCheckpoint("The file is not a checkpoint of this program.")
        for prefix, module in _modules(training).items():
            module.load_state_dict(_under(tensors, prefix))
        _load_optimizer(training, tensors)
        training.seed, training.step = int(metadata["seed"]), int(metadata["step"])
        training.seconds = float(metadata["seconds"])
        training.loss = json.loads(metadata["loss"])
        training.batch.now = min(training.batch.now, int(metadata.get("batch", training.batch.now)))
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError) as error:
        raise UnreadableCheckpoint("The file is not a checkpoint of this training.") from error


def _modules(training: Training) -> dict[str, nn.Module]:
    return {
        "network": training.network,
        "projector": training.projector,
        "average": training.average,
    }


def _state(training: Training) -> dict[str, Tensor]:
    return {
        f"{prefix}.{name}": value
        for prefix, module in _modules(training).items()
        for name, value in module.state_dict().items()
    }


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    start = len(prefix) + 1
    return {name[start:]: t for name, t in tensors.items() if name.startswith(prefix + ".")}


def _load_optimizer(training: Training, tensors: dict[str, Tensor]) -> None:
    state = training.optimizer.state_dict()
    for index, (name, parameter) in enumerate(training.named_parameters()):
        if f"optimizer.step.{name}" in tensors:
            found = {m: tensors[f"optimizer.{m}.{name}"] for m in MOMENTS}
            # laid out in memory as the parameter is, which one kernel for all asks for
            state["state"][index] = {
                m: torch.empty_like(parameter).copy_(value) if value.dim() else value
                for m, value in found.items()
            }
    training.optimizer.load_state_dict(state)
