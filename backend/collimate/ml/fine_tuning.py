"""Teach an encoder the labels that readers gave: encoder and linear head together, few steps.

It begins with weights that saw no label of the project, not with an earlier taught encoder: plain
warm starts generalise worse (Ash and Adams, NeurIPS 2020). The head begins as the linear head on
the frozen encoder, so that its first steps do not spoil what was learned before (Kumar et al.,
ICLR 2022). Batch statistics stay those of the weights it began with, so that items are
independent of each other: a batch can be split without changing the step.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool, Float, Shaped, UInt8
from torch import Tensor, nn
from torch.nn import functional

from collimate.ml import ranks
from collimate.ml.augment import random_view
from collimate.ml.checkpoints import Training, adamw, load_checkpoint
from collimate.ml.device import (
    available_device,
    draws_on,
    half_precision,
    placed,
    sent,
    threads_of,
)
from collimate.ml.encoder import Encoder, embed, save_encoder
from collimate.ml.heads import Labels, fit_head
from collimate.ml.memory import BatchSize
from collimate.ml.resnet import ResNet
from collimate.ml.steps import take_steps
from collimate.ml.training import Budget, Progress, Watch, follow, mixed

BATCH = 32
STEPS = 100
STEPS_OF_A_RESNET = 60
"""On a CPU each of its steps takes as long as a hundred of the small network."""
FEWEST_ITEMS = 16
LEARNING_RATE = 3e-4
HEAD_RATE = 1e-3
WARM_UP_STEPS = 10
RECIPE = "fine-tuning-1"


class TooFewLabels(ValueError):
    """Nothing to tell apart, or too few items to learn it from."""


@dataclass(frozen=True)
class TunedEncoder:
    """What a run left: weights and their sha256, or only a checkpoint if it was stopped."""

    weights: Path | None
    sha256: str | None
    steps: int
    loss: float | None
    seconds: float


def train(  # noqa: PLR0913 (all but the images and labels are named)
    images: UInt8[np.ndarray, "images side side"],
    labels: Labels,
    *,
    base: Encoder,
    class_count: int,
    patients: Shaped[np.ndarray, " images"],
    out: Path,
    seed: int,
    steps: int | None = None,
    on_progress: Progress = lambda fraction, text: None,
    should_stop: Callable[[], bool] = lambda: False,
    threads: int = 1,
    batch: int = BATCH,
) -> TunedEncoder:
    """Train a number of steps; goes on from the checkpoint beside `out` where there is one.

    `labels` are class indices, or a boolean table for multi-label. Each step's draws depend on
    seed and step number only. Nothing is mirrored: left and right may be different labels. The
    result is a running average of the weights, under the names of the base. Where memory runs out
    a batch is worked on in parts, and the steps stay the same.

    Raises: TooFewLabels; TrainingDiverged; MemoryTooSmall; UnreadableCheckpoint; ValueError for
    another image shape.
    """
    table = labels if labels.ndim == 2 else np.eye(class_count, dtype=bool)[labels]
    if len(images) < FEWEST_ITEMS or not _can_teach(table, is_multi=labels.ndim == 2):
        raise TooFewLabels("There is too little to tell apart to teach an encoder.")
    wanted = steps or (STEPS_OF_A_RESNET if isinstance(base.network, ResNet) else STEPS)
    checkpoint = out.with_name(out.name + ".checkpoint")
    with threads_of(threads):
        training = new_training(images, labels, base, class_count, patients, seed, batch)
        if checkpoint.exists():
            load_checkpoint(training, checkpoint)
        watch = Watch(on_progress, should_stop, checkpoint)
        budget = Budget(None, wanted, training.seconds)
        step = taught_step(training, images, table, wanted, is_multi=labels.ndim == 2)
        sha256, weights = None, None
        if take_steps(training, step, budget, watch) and ranks.own() == 0:
            recipe = {
                "recipe": RECIPE, "labels": len(images), "steps": training.step,
                "seed": training.seed, "loss": training.loss, "base_sha256": base.sha256,
            }  # fmt: skip
            sha256 = save_encoder(
                training.average, out, recipe=recipe, architecture=base.architecture
            )
            weights = out
    return TunedEncoder(weights, sha256, training.step, training.loss, training.seconds)


def new_training(
    images: UInt8[np.ndarray, "images side side"],
    labels: Labels,
    base: Encoder,
    class_count: int,
    patients: Shaped[np.ndarray, " images"],
    seed: int,
    batch: int = BATCH,
) -> Training:
    """Begin with the weights of the base and the head that is best on them as they are."""
    device = available_device()
    network = placed(deepcopy(base.network), device)
    frozen = embed(base, images)
    middle, spread = frozen.mean(axis=0), frozen.std(axis=0) + 1e-6
    fitted = fit_head(
        (frozen - middle) / spread, labels, class_count=class_count, seed=seed, patients=patients
    )
    head = nn.Linear(frozen.shape[1], class_count)
    coef = fitted.coef / spread
    with torch.no_grad():
        head.weight.copy_(torch.from_numpy(coef))
        head.bias.copy_(torch.from_numpy(fitted.intercept - coef @ middle))
    head.to(device)
    optimizer = adamw(
        [
            {"params": list(network.parameters()), "most": LEARNING_RATE},
            {"params": list(head.parameters()), "most": HEAD_RATE},
        ],
        LEARNING_RATE,
    )
    size = BatchSize(min(batch, len(images)))
    return Training(network, head, deepcopy(network), optimizer, seed, size)


class _Taught(nn.Module):
    """Encoder and head as one, so that ranks share one call."""

    def __init__(self, network: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.network, self.head = network, head

    def forward(self, views: Tensor) -> Tensor:
        said: Tensor = self.head(self.network(views).mean(dim=(2, 3)))
        return said


def taught_step(
    training: Training,
    images: UInt8[np.ndarray, "images side side"],
    table: Bool[np.ndarray, "images classes"],
    steps: int,
    *,
    is_multi: bool,
) -> Callable[[int], Tensor]:
    """What one of so many steps does, given how many items fit into memory at once."""
    device = available_device()
    whole = ranks.joined(_Taught(training.network, training.projector))
    targets = table.astype(np.float32)
    weights = balancing(table, is_multi=is_multi).astype(np.float32)

    def step(at_once: int) -> Tensor:
        size = ranks.whole(training.batch.wanted)
        rows = _rows(len(images), training.seed, training.step, size)
        own = ranks.share(size)
        draw = draws_on(device, mixed(training.seed, training.step, 1))
        views = random_view(sent(images, device, rows[own]), draw, among=(own, size), flips=False)
        target = sent(targets, device, rows[own])
        weight = sent(weights, device, rows[own])
        _set_rates(training, steps)
        _set_mode(whole)
        training.optimizer.zero_grad(set_to_none=True)
        total = torch.zeros((), device=device)
        for start in range(0, len(views), at_once):
            part = slice(start, start + at_once)
            seen = training.network.as_read(views[part])  # type: ignore[operator]
            with half_precision(device):
                logits = whole(seen.to(memory_format=torch.channels_last))
            losses = _losses(logits.float(), target[part], is_multi=is_multi)
            loss = (weight[part] * losses).sum() / len(views)
            loss.backward()
            total += loss.detach()
        training.optimizer.step()
        follow(training.average, training.network, training.step)
        return total

    return step


def balancing(
    table: Bool[np.ndarray, "images classes"], *, is_multi: bool
) -> Float[np.ndarray, "images classes"]:
    """Weights with which every class counts the same (and its presence and absence), mean 1."""
    each = table / np.maximum(table.sum(axis=0), 1)
    if is_multi:
        each = each + ~table / np.maximum((~table).sum(axis=0), 1)
    return np.asarray(each * len(table) / each.sum())


def _losses(logits: Tensor, target: Tensor, *, is_multi: bool) -> Tensor:
    """The loss of every item and class; where one answer is allowed, of the one that is given."""
    if is_multi:
        return functional.binary_cross_entropy_with_logits(logits, target, reduction="none")
    return -functional.log_softmax(logits, dim=1) * target


def _set_rates(training: Training, steps: int) -> None:
    """Up within ten steps, then down to nothing along a cosine."""
    at = (training.step + 0.5) / steps
    share = min(1.0, (training.step + 1) / WARM_UP_STEPS) * 0.5 * (1.0 + np.cos(np.pi * at))
    for group in training.optimizer.param_groups:
        group["lr"] = group["most"] * float(share)


def _set_mode(whole: nn.Module) -> None:
    """Training, but for batch statistics."""
    whole.train()
    for module in whole.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()


def _rows(count: int, seed: int, step: int, size: int) -> np.ndarray:
    """Deal whole epochs, one after the other without a gap."""
    start = step * size
    first, last = start // count, (start + size - 1) // count
    dealt = [
        np.random.default_rng((seed, epoch)).permutation(count) for epoch in range(first, last + 1)
    ]
    return np.concatenate(dealt)[start - first * count :][:size]


def _can_teach(table: np.ndarray, *, is_multi: bool) -> bool:
    counts = table.sum(axis=0)
    if is_multi:
        return bool(((counts > 0) & (counts < len(table))).any())
    return int(np.count_nonzero(counts)) >= 2
