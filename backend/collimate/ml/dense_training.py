"""Train a U-Net on masks or boxes within a budget; a stop or a crash costs fifty steps."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Float16, Int
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml.checkpoints import Training, load_checkpoint, save_checkpoint
from collimate.ml.dense_network import UNet, normalised
from collimate.ml.dense_recipes import RECIPES, Recipe
from collimate.ml.encoder import available_device
from collimate.ml.training import (
    STEPS_BETWEEN_CHECKPOINTS,
    Budget,
    Progress,
    TrainingDiverged,
    Watch,
    bfloat16_pays,
    follow,
    mixed,
    threads_of,
)

LEARNING_RATE = 2e-3
WARM_UP_STEPS = 20
MOST_STEPS = 4_000
MOST_TURN = 0.26
MOST_STRETCH = 0.15
MOST_SHIFT = 0.08


class NothingToLearn(ValueError):
    """No image was given, or none of them shows anything."""


@dataclass(frozen=True)
class Samples:
    """Frames with neighbours in [0, 1], and targets as the recipe makes them.

    `shows` lists, per class, the frames that show it: half of every batch comes from them, so
    that rare classes are seen.
    """

    images: Float16[np.ndarray, "frames 3 side side"]
    targets: Float16[np.ndarray, "frames channels side side"]
    shows: list[Int[np.ndarray, " frames"]]


@dataclass(frozen=True)
class DenseRun:
    """What a training left: a network if its budget was used up, else only a checkpoint."""

    network: UNet | None
    steps: int
    seconds: float
    loss: float | None
    batch: int


def train(  # noqa: PLR0913 (all but the samples are named)
    samples: Samples,
    *,
    kind: str,
    width: int,
    checkpoint: Path,
    seed: int,
    batch: int = 8,
    seconds: float | None = None,
    steps: int | None = None,
    on_progress: Progress = lambda fraction, text: None,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int = 1,
) -> DenseRun:
    """Train from the first weights, or from `checkpoint` where there is one.

    Each step's draws depend on seed and step number only, so that a resumed run takes the steps
    of an uninterrupted one. Where memory runs out the batch is halved and the step repeated. The
    result is a running average of the weights.

    Raises: NothingToLearn; TrainingDiverged; UnreadableCheckpoint; torch.OutOfMemoryError where
    one image is too many; ValueError for no budget.
    """
    if len(samples.images) == 0 or not any(len(rows) for rows in samples.shows):
        raise NothingToLearn("No image that was read shows anything to learn.")
    recipe = RECIPES[kind]
    with threads_of(threads):
        training = _new(samples, recipe, width, seed)
        if checkpoint.exists():
            load_checkpoint(training, checkpoint)
        budget = Budget(seconds, steps, training.seconds)
        watch = Watch(on_progress, should_stop, checkpoint)
        run = _Steps(training, samples, recipe, batch)
        finished = run.until(budget, watch)
    network = training.average if finished else None
    assert network is None or isinstance(network, UNet)
    return DenseRun(network, training.step, training.seconds, training.loss, run.batch)


def _new(samples: Samples, recipe: Recipe, width: int, seed: int) -> Training:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = UNet(len(samples.shows) + recipe.extra_out, width)
    if recipe.first is not None and network.out.bias is not None:
        with torch.no_grad():
            network.out.bias.copy_(torch.from_numpy(recipe.first(samples.targets)))
    network = network.to(available_device())
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=1e-4)
    return Training(network, nn.Identity(), deepcopy(network), optimizer, seed)


class _Steps:
    """The steps of one run; the batch shrinks for good where memory does not suffice."""

    def __init__(self, training: Training, samples: Samples, recipe: Recipe, batch: int) -> None:
        self.training, self.samples, self.recipe, self.batch = training, samples, recipe, batch

    def until(self, budget: Budget, watch: Watch) -> bool:
        """Take steps until the budget is used; False where somebody asked to stop."""
        training = self.training
        while budget.fraction(training.step) < 1.0 and training.step < MOST_STEPS:
            if watch.should_stop():
                training.seconds = budget.elapsed()
                save_checkpoint(training, watch.checkpoint)
                return False
            training.loss = self._step_that_fits()
            if not np.isfinite(training.loss):
                raise TrainingDiverged("The loss is no longer a finite number.")
            training.step += 1
            training.seconds = budget.elapsed()
            watch.on_progress(budget.fraction(training.step), f"Step {training.step}")
            if training.step % STEPS_BETWEEN_CHECKPOINTS == 0:
                save_checkpoint(training, watch.checkpoint)
        save_checkpoint(training, watch.checkpoint)
        return True

    def _step_that_fits(self) -> float:
        while True:
            try:
                return take_step(self.training, self.samples, self.recipe, self.batch)
            except torch.OutOfMemoryError:
                if self.batch == 1:
                    raise
                self.batch //= 2
            torch.cuda.empty_cache()


def take_step(training: Training, samples: Samples, recipe: Recipe, batch: int) -> float:
    """One step on frames drawn by seed and step number; returns the loss.

    Raises: torch.OutOfMemoryError.
    """
    device = available_device()
    rows = _drawn(samples, batch, np.random.default_rng((training.seed, training.step)))
    images = torch.from_numpy(samples.images[rows]).to(device).float()
    target = torch.from_numpy(samples.targets[rows]).to(device).float()
    draw = torch.Generator().manual_seed(mixed(training.seed, training.step, 1))
    images, target = _varied(images, target, draw, turns=recipe.turns)
    for group in training.optimizer.param_groups:
        group["lr"] = LEARNING_RATE * min(1.0, (training.step + 1) / WARM_UP_STEPS)
    training.network.train()
    with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16_pays(device)):
        output = training.network(normalised(images).to(memory_format=torch.channels_last))
    loss = recipe.loss(output.float(), target)
    training.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(training.network.parameters(), 5.0)
    training.optimizer.step()
    follow(training.average, training.network, training.step)
    return float(loss.detach())


def _drawn(samples: Samples, batch: int, rng: np.random.Generator) -> np.ndarray:
    """Every second frame shows a class, the classes by turns; the others are any."""
    kinds = [rows for rows in samples.shows if len(rows)]
    first = int(rng.integers(len(kinds)))
    chosen = []
    for place in range(batch):
        own = kinds[(first + place // 2) % len(kinds)]
        chosen.append(rng.choice(own) if place % 2 == 0 else rng.integers(len(samples.images)))
    return np.array(chosen, dtype=np.int64)


def _varied(
    images: Float[Tensor, "batch 3 side side"],
    target: Float[Tensor, "batch channels side side"],
    draw: torch.Generator,
    *,
    turns: bool,
) -> tuple[Tensor, Tensor]:
    """Other contrast and brightness, a little noise; where allowed turned, stretched and moved.

    Nothing is mirrored: left and right may be different classes.
    """
    count = len(images)

    def between(low: float, high: float) -> Tensor:
        return torch.empty(count).uniform_(low, high, generator=draw).to(images.device)

    gamma, gain, shift = between(0.7, 1.4), between(0.85, 1.15), between(-0.08, 0.08)
    shaped = (-1, 1, 1, 1)
    images = images.clamp(0, 1) ** gamma.view(shaped) * gain.view(shaped) + shift.view(shaped)
    noise = torch.empty(images.shape).normal_(generator=draw).to(images.device)
    images = images + 0.02 * noise
    if not turns:
        return images, target
    angle = between(-MOST_TURN, MOST_TURN)
    scale = between(1 - MOST_STRETCH, 1 + MOST_STRETCH)
    cosine, sine = angle.cos() * scale, angle.sin() * scale
    moved = [between(-MOST_SHIFT, MOST_SHIFT), between(-MOST_SHIFT, MOST_SHIFT)]
    rows = [
        torch.stack([cosine, -sine, moved[0]], 1), torch.stack([sine, cosine, moved[1]], 1),
    ]  # fmt: skip
    grid = functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    images = functional.grid_sample(images, grid, padding_mode="border", align_corners=False)
    target = functional.grid_sample(target, grid, mode="nearest", align_corners=False)
    return images, target
