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

from collimate.ml import ranks
from collimate.ml.checkpoints import Training, adamw, load_checkpoint
from collimate.ml.dense_network import UNet, normalised
from collimate.ml.dense_recipes import RECIPES, Recipe
from collimate.ml.device import (
    available_device,
    draws_on,
    half_precision,
    placed,
    sent,
    threads_of,
)
from collimate.ml.memory import BatchSize
from collimate.ml.steps import take_steps
from collimate.ml.training import Budget, Progress, Watch, follow, mixed

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

    Raises: NothingToLearn; TrainingDiverged; UnreadableCheckpoint; MemoryTooSmall where one image
    is too many; ValueError for no budget.
    """
    if len(samples.images) == 0 or not any(len(rows) for rows in samples.shows):
        raise NothingToLearn("No image that was read shows anything to learn.")
    recipe = RECIPES[kind]
    with threads_of(threads):
        training = new_training(samples, recipe, width, seed, batch)
        if checkpoint.exists():
            load_checkpoint(training, checkpoint)
        budget = Budget(seconds, steps, training.seconds)
        watch = Watch(on_progress, should_stop, checkpoint)
        step = dense_step(training, samples, recipe)
        finished = take_steps(training, step, budget, watch, most=MOST_STEPS)
    network = training.average if finished else None
    assert network is None or isinstance(network, UNet)
    return DenseRun(network, training.step, training.seconds, training.loss, training.batch.now)


def new_training(samples: Samples, recipe: Recipe, width: int, seed: int, batch: int) -> Training:
    """Start a run whose first weights depend on the seed and the targets."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = UNet(len(samples.shows) + recipe.extra_out, width)
    if recipe.first is not None and network.out.bias is not None:
        with torch.no_grad():
            network.out.bias.copy_(torch.from_numpy(recipe.first(samples.targets)))
    unet = placed(network, available_device())
    optimizer = adamw(unet.parameters(), LEARNING_RATE)
    return Training(unet, nn.Identity(), deepcopy(unet), optimizer, seed, BatchSize(batch))


def dense_step(training: Training, samples: Samples, recipe: Recipe) -> Callable[[int], Tensor]:
    """What one step does, given the number of frames in the batch of all ranks."""
    device = available_device()
    network = ranks.joined(training.network)

    def step(size: int) -> Tensor:
        size = ranks.whole(size)
        rows = _drawn(samples, size, np.random.default_rng((training.seed, training.step)))
        own = ranks.share(size)
        images = sent(samples.images, device, rows[own]).float()
        target = sent(samples.targets, device, rows[own]).float()
        draw = draws_on(device, mixed(training.seed, training.step, 1))
        images, target = _varied(images, target, draw, turns=recipe.turns, among=(own, size))
        for group in training.optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, (training.step + 1) / WARM_UP_STEPS)
        network.train()
        with half_precision(device):
            output = network(normalised(images).to(memory_format=torch.channels_last))
        loss = recipe.loss(output.float(), target)
        training.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(training.network.parameters(), 5.0)
        training.optimizer.step()
        follow(training.average, training.network, training.step)
        return loss.detach()

    return step


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
    among: tuple[slice, int],
) -> tuple[Tensor, Tensor]:
    """Other contrast and brightness, a little noise; where allowed turned, stretched and moved.

    Nothing is mirrored: left and right may be different classes. The images are those of a larger
    batch that `among` says.
    """
    own, count = among

    def between(low: float, high: float) -> Tensor:
        drawn = torch.empty(count, device=draw.device).uniform_(low, high, generator=draw)
        return drawn[own].to(images.device)

    gamma, gain, shift = between(0.7, 1.4), between(0.85, 1.15), between(-0.08, 0.08)
    shaped = (-1, 1, 1, 1)
    images = images.clamp(0, 1) ** gamma.view(shaped) * gain.view(shaped) + shift.view(shaped)
    noise = torch.empty((count, *images.shape[1:]), device=draw.device).normal_(generator=draw)
    images = images + 0.02 * noise[own].to(images.device)
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
