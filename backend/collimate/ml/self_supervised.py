"""Train an encoder on a project's own images, without labels and without a network (SimCLR)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml.augment import random_view
from collimate.ml.checkpoints import Training, load_checkpoint, new_training, save_checkpoint
from collimate.ml.encoder import SIDE, Network, available_device, normalised, save_encoder
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

BATCH = 128
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
) -> EncoderResult:
    """Train for a time budget or a number of steps; seconds already spent count after a resume.

    Weights go to `out`, a checkpoint beside it every 50 steps and when stopped. Each step's
    draws depend on seed and step number only, so a resumed run takes the same steps as an
    uninterrupted one. Runs on the first CUDA device if there is one. Recipe: note on encoders,
    "SSL recipe"; about 0.8 s a step on one core.

    Raises: TooFewImages; TrainingDiverged; UnreadableCheckpoint; ValueError for no budget or
    another image shape.
    """
    if images.dtype != np.uint8 or images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise ValueError(f"Training reads uint8 images of {SIDE} by {SIDE} pixels.")
    if len(images) < FEWEST_IMAGES:
        raise TooFewImages(f"At least {FEWEST_IMAGES} images are needed.")
    Budget(seconds, steps, 0.0)
    checkpoint = out.with_name(out.name + ".checkpoint")
    with threads_of(threads):
        training = new_training(seed, device=available_device(), learning_rate=LEARNING_RATE)
        if resume_from is not None:
            load_checkpoint(training, resume_from)
        budget = Budget(seconds, steps, training.seconds)
        stopped = _run(training, images, budget, Watch(on_progress, should_stop, checkpoint))
        if stopped:
            return _result(training, images, None, None, checkpoint)
        on_progress(1.0, "Settling the weights")
        _refresh_statistics(training, images)
        assert isinstance(training.average, Network)
        sha256 = save_encoder(training.average, out, recipe=_recipe(training, len(images)))
        return _result(training, images, out, sha256, checkpoint)


def _run(training: Training, images: np.ndarray, budget: Budget, watch: Watch) -> bool:
    """Take steps until the budget is used; return True where somebody asked to stop."""
    device = available_device()
    while budget.fraction(training.step) < 1.0:
        if watch.should_stop():
            training.seconds = budget.elapsed()
            save_checkpoint(training, watch.checkpoint)
            return True
        rows = _batch_rows(len(images), training.seed, training.step)
        batch = torch.from_numpy(images[rows]).to(device)
        training.loss = _step(training, batch)
        if not np.isfinite(training.loss):
            raise TrainingDiverged("The loss is no longer a finite number.")
        training.step += 1
        training.seconds = budget.elapsed()
        watch.on_progress(budget.fraction(training.step), f"Step {training.step}")
        if training.step % STEPS_BETWEEN_CHECKPOINTS == 0:
            save_checkpoint(training, watch.checkpoint)
    save_checkpoint(training, watch.checkpoint)
    return False


def _step(training: Training, batch: UInt8[Tensor, "batch side side"]) -> float:
    draw = torch.Generator().manual_seed(mixed(training.seed, training.step, 1))
    views = torch.cat([random_view(batch, draw), random_view(batch, draw)])
    views = views.to(memory_format=torch.channels_last)
    for group in training.optimizer.param_groups:
        group["lr"] = LEARNING_RATE * min(1.0, (training.step + 1) / WARM_UP_STEPS)
    training.network.train()
    with torch.autocast(views.device.type, torch.bfloat16, enabled=bfloat16_pays(views.device)):
        projected = training.projector(training.network(views).mean(dim=(2, 3)))
    loss = contrastive_loss(projected.float(), temperature=TEMPERATURE)
    training.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    training.optimizer.step()
    follow(training.average, training.network, training.step)
    return float(loss.detach())


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
    for part in np.array_split(rows, max(1, round(len(rows) / BATCH))):
        training.average(normalised(torch.from_numpy(images[part]).to(available_device())))
    training.average.eval()


def _batch_rows(count: int, seed: int, step: int) -> np.ndarray:
    """Deal whole epochs; images left over at an epoch's end wait for the next."""
    size = min(BATCH, count)
    per_epoch = count // size
    order = np.random.default_rng((seed, step // per_epoch)).permutation(count)
    start = (step % per_epoch) * size
    return order[start : start + size]


def _recipe(training: Training, image_count: int) -> dict[str, object]:
    return {
        "recipe": RECIPE,
        "images": image_count,
        "steps": training.step,
        "seed": training.seed,
        "loss": training.loss,
    }


def _result(
    training: Training,
    images: np.ndarray,
    weights: Path | None,
    sha256: str | None,
    checkpoint: Path,
) -> EncoderResult:
    epochs = training.step * min(BATCH, len(images)) / len(images)
    return EncoderResult(
        weights, sha256, checkpoint, training.step, epochs, training.loss, training.seconds
    )
