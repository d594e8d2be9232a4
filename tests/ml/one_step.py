"""Take one step of two trainings and write down the gradients: run alone, or
as one of several ranks, `python tests/ml/one_step.py OUT`."""

import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist

from collimate.ml import device, fine_tuning, ranks
from collimate.ml.augment import random_view
from collimate.ml.checkpoints import Training, new_training
from collimate.ml.memory import BatchSize
from collimate.ml.self_supervised import Contrast, contrastive_loss
from tests.ml.toys import base, images, sizes

BATCH = 16


def gradients(training: Training) -> np.ndarray:
    """All in one row."""
    parts = [p.grad.flatten() for _, p in training.named_parameters() if p.grad is not None]
    return torch.cat(parts).numpy()


def contrast() -> tuple[np.ndarray, float, np.ndarray]:
    """In double precision: an untrained network makes thousandths of single precision's rounding.

    Gradients, loss, and the batch statistics of the first layer.
    """
    alone = new_training(5, device=torch.device("cpu"), learning_rate=1e-3, batch=BatchSize(BATCH))
    whole = ranks.joined(Contrast(alone.network, alone.projector).double()).train()
    own, draw = ranks.share(BATCH), torch.Generator().manual_seed(1)
    batch = torch.from_numpy(images(BATCH)[own])
    views = torch.cat([random_view(batch, draw, among=(own, BATCH)) for _ in range(2)]).double()
    loss = contrastive_loss(ranks.gathered(whole(views)), temperature=0.2)
    loss.backward()
    norm = alone.network.stem_norm
    return gradients(alone), float(loss), torch.cat([norm.running_mean, norm.running_var]).numpy()


def taught() -> np.ndarray:
    """In single precision, three images at once."""
    device.bfloat16_pays = lambda there: False
    table = np.eye(3, dtype=bool)[sizes(24)]
    tuned = fine_tuning.new_training(images(24), sizes(24), base(), 3, np.arange(24), 1, BATCH)
    fine_tuning.taught_step(tuned, images(24), table, 10, is_multi=False)(3)
    return gradients(tuned)


def take(out: Path) -> None:
    """One step of each; rank 0 writes."""
    contrasted, loss, statistics = contrast()
    tuned = taught()
    if ranks.own() == 0:
        np.savez(out, contrast=contrasted, loss=loss, statistics=statistics, taught=tuned)


if __name__ == "__main__":
    torch.set_num_threads(1)
    dist.init_process_group("gloo")
    take(Path(sys.argv[1]))
    dist.destroy_process_group()
