"""Train an encoder on a project's own images, without labels and without a network (SimCLR)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml import ranks
from collimate.ml.augment import random_view
from collimate.ml.checkpoints import Training, load_checkpoint, new_training
from collimate.ml.device import available_device, draws_on, half_precision, sent, threads_of
from collimate.ml.encoder import SIDE, Network, normalised, save_encoder
from collimate.ml.memory import BatchSize
from collimate.ml.steps import take_steps
from collimate.ml.training import Budget, Progress, Watch, follow, mixed

BATCH = 128
SMALLEST_BATCH = 16
FEWEST_IMAGES = 16
TEMPERATURE = 0.2
LEARNING_RATE = 1e-3
WARM_UP_STEPS = 50
RECIPE = "simclr-1"


class TooFewImages(ValueError):
    """Contrast needs other images; below 16 there is nothing to learn from."""


@dataclass(frozen=True)
class EncoderResult:
    """What a run left: weights and their sha256, or only a checkpoint if it was stopped."""

    weights: Path | None
    sha256: str | None
    checkpoint: Path
    steps: int
    epochs: float
    loss: float | None
    seconds: float

    @property
    def finished(self) -> bool:
        """Whether the budget was used up and weights were written."""
        return self.weights is not None


def train(  # noqa: PLR0913 (all but the images are named)
    images: UInt8[np.ndarray, "images 96 96"],
    *,
    out: Path,
    seed: int,
    seconds: float | None = None,
    steps: int | None = None,
    on_progress: Progress = lambda fraction, text: None,
    should_stop: Callable[[], bool] = lambda: False,
    resume_from: Path | None = None,
    threads: int = 1,
    batch: int = BATCH,
) -> EncoderResult:
    """Train for a time budget or a number of steps; seconds already spent count after a resume.

    Weights go to `out`, a checkpoint beside it every 50 steps and when stopped. Each step's
    draws depend on seed and step number only, so a resumed run takes the same steps as an
    uninterrupted one. Runs on the CUDA device if there is one. Where memory runs out the batch is
    halved, which the recipe says: images are told apart from fewer others. Recipe: note on
    encoders, "SSL recipe"; about 0.8 s a step on one core.

    Raises: TooFewImages; TrainingDiverged; MemoryTooSmall; UnreadableCheckpoint; ValueError for
    no budget or another image shape.
    """
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"Training reads uint8 images of {SIDE} by {SIDE} pixels.")
    if len(images) < FEWEST_IMAGES:
        raise TooFewImages(f"At least {FEWEST_IMAGES} images are needed.")
    Budget(seconds, steps, 0.0)
    checkpoint = out.with_name(out.name + ".checkpoint")
    with threads_of(threads):
        size = BatchSize(min(batch, len(images)), SMALLEST_BATCH)
        training = new_training(
            seed, device=available_device(), learning_rate=LEARNING_RATE, batch=size
        )
        if resume_from is not None:
            load_checkpoint(training, resume_from)
        budget = Budget(seconds, steps, training.seconds)
        watch = Watch(on_progress, should_stop, checkpoint)
        step = contrastive_step(training, images)
        if not take_steps(training, step, budget, watch) or ranks.own() != 0:
            return _result(training, images, None, None, checkpoint)
        on_progress(1.0, "Settling the weights")
        _refresh_statistics(training, images)
        assert isinstance(training.average, Network)
        sha256 = save_encoder(training.average, out, recipe=_recipe(training, len(images)))
        return _result(training, images, out, sha256, checkpoint)


class Contrast(nn.Module):
    """Encoder and projector as one, so that ranks share one call."""

    def __init__(self, network: nn.Module, projector: nn.Module) -> None:
        super().__init__()
        self.network, self.projector = network, projector

    def forward(self, views: Tensor) -> Tensor:
        projected: Tensor = self.projector(self.network(views).mean(dim=(2, 3)))
        return projected


def contrastive_step(
    training: Training, images: UInt8[np.ndarray, "images side side"]
) -> Callable[[int], Tensor]:
    """What one step does, given the number of images in the batch of all ranks."""
    device = available_device()
    whole = ranks.joined(Contrast(training.network, training.projector))

    def step(size: int) -> Tensor:
        rows = _batch_rows(len(images), training.seed, training.step, ranks.whole(size))
        own = ranks.share(len(rows))
        draw = draws_on(device, mixed(training.seed, training.step, 1))
        batch = sent(images, device, rows[own])
        views = torch.cat([random_view(batch, draw, among=(own, len(rows))) for _ in range(2)])
        for group in training.optimizer.param_groups:
            group["lr"] = LEARNING_RATE * min(1.0, (training.step + 1) / WARM_UP_STEPS)
        whole.train()
        with half_precision(device):
            projected = whole(views.to(memory_format=torch.channels_last))
        loss = contrastive_loss(ranks.gathered(projected.float()), temperature=TEMPERATURE)
        training.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        training.optimizer.step()
        follow(training.average, training.network, training.step)
        return loss.detach()

    return step


def contrastive_loss(
    projected: Float[Tensor, "views width"], *, temperature: float
) -> Float[Tensor, ""]:
    """Return the NT-Xent loss; row i and row i + views/2 show the same image.

    Source: Chen et al., "A simple framework for contrastive learning", ICML 2020, equation 1.
    """
    unit = functional.normalize(projected, dim=1)
    similar = unit @ unit.T / temperature
    count = len(unit)
    itself = torch.eye(count, dtype=torch.bool, device=unit.device)
    partner = (torch.arange(count, device=unit.device) + count // 2) % count
    return functional.cross_entropy(similar.masked_fill(itself, float("-inf")), partner)


@torch.no_grad()
def _refresh_statistics(training: Training, images: np.ndarray) -> None:
    """Estimate batch-norm statistics of the averaged weights on clean images."""
    norms = [m for m in training.average.modules() if isinstance(m, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None
    training.average.train()
    rows = np.random.default_rng(training.seed).permutation(len(images))[: 20 * BATCH]
    size = min(BATCH, training.batch.now)
    for part in np.array_split(rows, max(1, round(len(rows) / size))):
        training.average(normalised(sent(images, available_device(), part)))
    training.average.eval()


def _batch_rows(count: int, seed: int, step: int, size: int) -> np.ndarray:
    """Deal whole epochs; images left over at an epoch's end wait for the next."""
    per_epoch = count // size
    order = np.random.default_rng((seed, step // per_epoch)).permutation(count)
    start = (step % per_epoch) * size
    return order[start : start + size]


def _recipe(training: Training, image_count: int) -> dict[str, object]:
    lowered = {"batch_wanted": training.batch.wanted} if training.batch.is_lowered else {}
    return {
        "recipe": RECIPE,
        "images": image_count,
        "steps": training.step,
        "seed": training.seed,
        "loss": training.loss,
        "batch": training.batch.now,
        **lowered,
    }


def _result(
    training: Training,
    images: np.ndarray,
    weights: Path | None,
    sha256: str | None,
    checkpoint: Path,
) -> EncoderResult:
    epochs = training.step * training.batch.now / len(images)
    return EncoderResult(
        weights, sha256, checkpoint, training.step, epochs, training.loss, training.seconds
    )
