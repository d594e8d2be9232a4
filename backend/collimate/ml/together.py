"""Train on all GPUs of a machine: start `torchrun`, speak for its ranks to whoever waits.

Where there is one device, or memory runs out on several, the training runs in this process, which
knows how to go on with less; checkpoints are the same.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file

from collimate.ml import dense_training, fine_tuning, self_supervised
from collimate.ml.dense_network import UNet
from collimate.ml.dense_recipes import RECIPES
from collimate.ml.encoder import Encoder, save_encoder
from collimate.ml.heads import Labels
from collimate.ml.memory import MemoryTooSmall
from collimate.ml.training import Progress, TrainingDiverged

SECONDS_BETWEEN_LOOKS = 0.2
SECONDS_TO_STOP = 60.0
PR_SET_PDEATHSIG = 1


class RanksFailed(RuntimeError):
    """One of the processes that trained together ended before the others."""


def ranks_for(gpus: int) -> int:
    """How many processes to train with: a process for each visible GPU, at most `gpus` (0: all)."""
    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return max(1, min(there, gpus or there))


def train_encoder(
    images: np.ndarray, *, count: int, on_progress: Progress, should_stop: Callable[[], bool],
    **named: Any,
) -> self_supervised.EncoderResult:  # fmt: skip
    """`self_supervised.train` with `count` processes."""
    watch: dict[str, Any] = {"on_progress": on_progress, "should_stop": should_stop}
    checkpoint = named["out"].with_name(named["out"].name + ".checkpoint")
    if count > 1:
        try:
            found = _run("encoder", {"images": images}, named, count, watch)
            for name in ("weights", "checkpoint"):
                found[name] = Path(found[name]) if found[name] else None
            return self_supervised.EncoderResult(**found)
        except MemoryTooSmall:
            named["resume_from"] = checkpoint if checkpoint.exists() else None
    return self_supervised.train(images, **named, **watch)


def teach_encoder(
    images: np.ndarray, labels: Labels, *, base: Encoder, patients: np.ndarray, count: int,
    on_progress: Progress, should_stop: Callable[[], bool], **named: Any,
) -> fine_tuning.TunedEncoder:  # fmt: skip
    """`fine_tuning.train` with `count` processes."""
    watch: dict[str, Any] = {"on_progress": on_progress, "should_stop": should_stop}
    if count > 1:
        weights = named["out"].with_name("base.safetensors")
        save_encoder(base.network, weights, recipe={}, architecture=base.architecture)
        arrays = {"images": images, "labels": labels, "patients": patients.astype(str)}
        try:
            found = _run("taught", arrays, {**named, "base": weights}, count, watch)
            found["weights"] = Path(found["weights"]) if found["weights"] else None
            return fine_tuning.TunedEncoder(**found)
        except MemoryTooSmall:
            pass
    return fine_tuning.train(images, labels, base=base, patients=patients, **named, **watch)


def train_dense(
    samples: dense_training.Samples, *, count: int, on_progress: Progress,
    should_stop: Callable[[], bool], **named: Any,
) -> dense_training.DenseRun:  # fmt: skip
    """`dense_training.train` with `count` processes."""
    watch: dict[str, Any] = {"on_progress": on_progress, "should_stop": should_stop}
    if count > 1:
        shows = {f"shows_{number}": rows for number, rows in enumerate(samples.shows)}
        arrays = {"images": samples.images, "targets": samples.targets, **shows}
        weights = named["checkpoint"].with_name("network.safetensors")
        asked = {**named, "classes": len(shows), "network": weights}
        try:
            found = _run("dense", arrays, asked, count, watch)
        except MemoryTooSmall:
            return dense_training.train(samples, **named, **watch)
        network = None
        if found.pop("finished"):
            network = UNet(len(shows) + RECIPES[named["kind"]].extra_out, named["width"])
            network.load_state_dict(load_file(weights))
        return dense_training.DenseRun(network, **found)
    return dense_training.train(samples, **named, **watch)


def _run(
    task: str, arrays: dict[str, np.ndarray], named: dict[str, Any], count: int,
    watch: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Start the ranks, wait, and answer what rank 0 found.

    Raises: RanksFailed; MemoryTooSmall; TrainingDiverged; what `on_progress` raises.
    """
    with tempfile.TemporaryDirectory(prefix="ranks-") as name:
        folder = Path(name)
        np.savez(folder / "arrays.npz", **arrays)  # type: ignore[arg-type]
        plan = folder / "plan.json"
        plan.write_text(json.dumps({"task": task, "named": named}, default=str))
        started = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node",
             str(count), "-m", "collimate.ml.rank", str(plan)],
            stdin=subprocess.DEVNULL,
            preexec_fn=partial(_end_with, os.getpid()),  # noqa: PLW1509
        )  # fmt: skip
        try:
            _follow(started, folder, watch)
        finally:
            _end(started, folder)
        return _answer(started, folder, count)


def _end_with(parent: int) -> None:
    # ranks of a killed worker must not train on beside the next one's
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _follow(started: subprocess.Popen[bytes], folder: Path, watch: dict[str, Any]) -> None:
    told = ""
    while started.poll() is None:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        if watch["should_stop"]():
            (folder / "stop").touch()
        progress = folder / "progress"
        if progress.exists() and (said := progress.read_text()) != told:
            told = said
            watch["on_progress"](*json.loads(said))


def _end(started: subprocess.Popen[bytes], folder: Path) -> None:
    """Whatever happened, leave no rank behind; a checkpoint is still written if there is time."""
    (folder / "stop").touch()
    try:
        started.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        started.terminate()
        started.wait()


def _answer(started: subprocess.Popen[bytes], folder: Path, count: int) -> dict[str, Any]:
    if started.returncode == 0:
        found: dict[str, Any] = json.loads((folder / "result").read_text())
        return found
    failure = folder / "failure"
    said = json.loads(failure.read_text()) if failure.exists() else {"kind": "", "text": ""}
    if said["kind"] == "memory":
        raise MemoryTooSmall(said["text"])
    if said["kind"] == "TrainingDiverged":
        raise TrainingDiverged(said["text"])
    raise RanksFailed(
        f"One of the {count} processes that trained together ended before the others; the worker's "
        "log says more. Tried again, training goes on from its last checkpoint."
    )
