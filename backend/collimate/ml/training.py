"""What every training here has in common: a budget, a watch, and draws that can be repeated."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import nn

AVERAGE_DECAY = 0.99
STEPS_BETWEEN_CHECKPOINTS = 50

Progress = Callable[[float, str], None]


class TrainingDiverged(RuntimeError):
    """The loss is no longer a finite number."""


@dataclass
class Budget:
    """Seconds or a number of steps; seconds `spent` before a stop count."""

    seconds: float | None
    steps: int | None
    spent: float

    def __post_init__(self) -> None:
        """Raises: ValueError unless exactly one of both is given."""
        if (self.seconds is None) == (self.steps is None):
            raise ValueError("Give either seconds or steps.")
        self.started = time.monotonic() - self.spent

    def elapsed(self) -> float:
        """Seconds spent in training, stops left out."""
        return time.monotonic() - self.started

    def fraction(self, step: int) -> float:
        """The share of the budget that is used, 0 to 1."""
        if self.steps is not None:
            return min(1.0, step / max(1, self.steps))
        return min(1.0, self.elapsed() / max(1e-9, self.seconds or 0.0))


@dataclass(frozen=True)
class Watch:
    """Who is told of progress, who may ask to stop, and where a checkpoint goes."""

    on_progress: Progress
    should_stop: Callable[[], bool]
    checkpoint: Path


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, step: int) -> None:
    """Move a running average of weights towards the network's."""
    decay = min(AVERAGE_DECAY, (1 + step) / (10 + step))
    torch._foreach_lerp_(list(average.parameters()), list(network.parameters()), 1.0 - decay)


def mixed(*numbers: int) -> int:
    """One seed from several numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)
