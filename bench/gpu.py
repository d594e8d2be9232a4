"""How quickly a GPU trains and looks, beside one thread of the CPU of the same machine.

    python bench/gpu.py [--quick] [--json FILE] [--markdown FILE]

Needs torch, numpy, jaxtyping, safetensors, scikit-learn and scipy; no database and no network.
Everything is measured through the functions the product calls. Without a CUDA device the CPU takes
its place (`--quick` makes that short). "Waiting for data" is what a step takes more with its own
fresh batch than with one that lies on the device already.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "backend"))
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch

from collimate.ml import dense_training, fine_tuning, self_supervised
from collimate.ml.checkpoints import new_training
from collimate.ml.dense_model import DenseModel
from collimate.ml.dense_recipes import RECIPES
from collimate.ml.device import available_device, bfloat16_pays, sent, threads_of
from collimate.ml.encoder import Encoder, Network, embed, load_encoder
from collimate.ml.intake import Intake
from collimate.ml.memory import BatchSize

# As `learning/gpu/learn.py` SIZES says; that module needs a database.
DENSE = {"cuda": (256, 32, 16), "cpu": (96, 16, 8)}
MARK = "gpu"


@dataclass
class Plan:
    """How much is measured."""

    batches: tuple[int, ...]
    images: int
    seconds: float
    looks: tuple[int, ...]
    looked_at: int
    taught: int
    cpu_seconds: float


FULL = Plan((128, 256, 512), 4096, 4.0, (256, 512, 1024), 8192, 256, 5.0)
QUICK = Plan((32,), 64, 1.0, (32,), 64, 32, 1.0)


@dataclass
class Busy:
    """Utilisation of the device in percent, sampled meanwhile; empty where nobody can say."""

    seen: list[int] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        """The mean of the samples."""
        return float(np.mean(self.seen)) if self.seen else None


def utilisation() -> Callable[[], int] | None:
    """A way to ask how busy the first device is: NVML, else nvidia-smi."""
    if not torch.cuda.is_available():
        return None
    try:
        import pynvml

        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(0)
        return lambda: int(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)
    except Exception as error:
        print(f"NVML cannot be asked ({type(error).__name__}); trying nvidia-smi", file=sys.stderr)
    ask = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-i", "0"]

    def smi() -> int:
        return int(subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip())

    try:
        smi()
    except Exception as error:
        print(f"nvidia-smi cannot be asked ({type(error).__name__})", file=sys.stderr)
        return None
    return smi


@contextmanager
def sampled(ask: Callable[[], int] | None) -> Iterator[Busy]:
    """Ask ten times a second."""
    busy, over = Busy(), threading.Event()

    def sample() -> None:
        while ask is not None and not over.wait(0.1):
            try:
                busy.seen.append(ask())
            except Exception:
                return

    thread = threading.Thread(target=sample, daemon=True)
    thread.start()
    try:
        yield busy
    finally:
        over.set()
        thread.join()


def wait() -> None:
    """Until the device has done all it was given."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()


@contextmanager
def on_cpu() -> Iterator[None]:
    """Let the product think that there is no device."""
    with mock.patch.object(torch.cuda, "is_available", return_value=False), threads_of(1):
        yield


def rate(work: Callable[[], Any], seconds: float, *, warm: int = 3, least: int = 2) -> float:
    """How often a second, the first few left out."""
    for _ in range(warm):
        work()
    wait()
    started, count = time.perf_counter(), 0
    while count < least or time.perf_counter() - started < seconds:
        work()
        count += 1
        if count % 10 == 0:
            wait()
    wait()
    return count / (time.perf_counter() - started)


def pictures(count: int, side: int = 96) -> np.ndarray:
    """Blobs of three sizes on noise."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[0:side, 0:side]
    kinds = []
    for number in range(24):
        row, column = rng.uniform(0.26, 0.73, 2) * side
        radius = (0.04, 0.1, 0.23)[number % 3] * side
        distance = (rows - row) ** 2 + (columns - column) ** 2
        kinds.append(60 + 140 * np.exp(-distance / (2 * radius**2)))
    found = np.stack(kinds)[np.arange(count) % 24]
    return (found + rng.integers(0, 20, (count, side, side))).clip(0, 255).astype(np.uint8)


@contextmanager
def batches_on_the_device(module: Any) -> Iterator[None]:
    """Every batch is the one that was sent first."""
    kept: dict[int, torch.Tensor] = {}

    def once(values: np.ndarray, device: torch.device, rows: np.ndarray) -> torch.Tensor:
        if id(values) not in kept:
            kept[id(values)] = sent(values, device, rows)
        return kept[id(values)]

    with mock.patch.object(module, "sent", once):
        yield


def stepper(make: Callable[[], Any]) -> Callable[[], None]:
    """Take steps of a training as the product's loop does."""
    training, step = make()

    def take() -> None:
        training.batch.that_fits(step)
        training.step += 1

    return take


def measured(module: Any, make: Callable[[], Any], batch: int, seconds: float, ask: Any) -> dict:
    """Steps and items a second, how busy the device is, and the share spent waiting for data."""
    take = stepper(make)
    with sampled(ask) as busy:
        fresh = rate(take, seconds)
    with batches_on_the_device(module):
        lying = rate(stepper(make), seconds / 2)
    return {
        "batch": batch, "steps_per_s": fresh, "images_per_s": fresh * batch,
        "busy_percent": busy.mean, "waiting_share": max(0.0, 1.0 - fresh / lying),
    }  # fmt: skip


def contrastive(images: np.ndarray, batch: int) -> Callable[[], Any]:
    """A self-supervised training."""

    def make() -> Any:
        training = new_training(
            0, device=available_device(), learning_rate=1e-3, batch=BatchSize(batch, 16)
        )
        return training, self_supervised.contrastive_step(training, images)

    return make


def dense(
    kind: str, at_once: int | None = None
) -> tuple[Callable[[], Any], DenseModel, np.ndarray, int]:
    """A training of masks at the product's size for such a device, and a model that draws."""
    side, width, batch = DENSE[kind]
    batch = at_once or batch
    images = pictures(4 * batch, side).astype(np.float16) / np.float16(255)
    masks = (images > 0.6).astype(np.float16)[:, None]
    samples = dense_training.Samples(
        np.repeat(images[:, None], 3, axis=1), masks, [np.arange(len(images))]
    )
    recipe = RECIPES["segmentation"]

    def make() -> Any:
        training = dense_training.new_training(samples, recipe, width, 0, batch)
        return training, dense_training.dense_step(training, samples, recipe)

    network = make()[0].network
    about = Intake(side, None, None, None)
    model = DenseModel(network, "segmentation", ("blob",), about, width, {})
    return make, model, samples.images, batch


def taught(count: int, base: Encoder) -> tuple[Callable[[], Any], int]:
    """A fine-tuning."""
    images, labels = pictures(count), np.arange(count) % 3
    table = np.eye(3, dtype=bool)[labels]

    def make() -> Any:
        training = fine_tuning.new_training(images, labels, base, 3, np.arange(count), 0)
        return training, fine_tuning.taught_step(training, images, table, 10_000, is_multi=False)

    return make, min(fine_tuning.BATCH, count)


def fresh_encoder() -> Encoder:
    """An encoder that nobody trained."""
    torch.manual_seed(0)
    return Encoder(Network().eval(), "", {})


def looking(plan: Plan, encoder: Encoder, seconds: float) -> list[dict[str, Any]]:
    """Images a second through an encoder, by batch and precision; from the host and back."""
    import collimate.ml.encoder as station

    images = pictures(plan.looked_at)
    found = []
    precisions = ["fp32"]
    if torch.cuda.is_available() and bfloat16_pays(available_device()):
        precisions.append("bf16")
    for precision in precisions:
        for batch in plan.looks:
            plain = torch.autocast(available_device().type, enabled=False)
            single = mock.patch.object(station, "half_precision_to_look", return_value=plain)
            with (
                mock.patch.object(station, "BATCH_OF_A_GPU", batch),
                mock.patch.object(station, "BATCH", batch),
                single if precision == "fp32" else mock.patch.object(station, "BATCH", batch),
            ):
                speed = rate(lambda: embed(encoder, images), seconds, warm=1)
            found.append(
                {"batch": batch, "precision": precision, "images_per_s": speed * len(images)}
            )
    return found


def survival(plan: Plan) -> dict[str, Any]:
    """Begin with an absurd batch and little memory; end with a trained encoder."""
    device = available_device()
    absurd = 64 if device.type == "cpu" else 16_384
    images = np.resize(pictures(min(absurd, 512)), (absurd, 96, 96))
    peak = {}
    if device.type == "cuda":
        torch.cuda.empty_cache()
        total = torch.cuda.get_device_properties(0).total_memory
        allowed = torch.cuda.memory_reserved() + 2**30
        torch.cuda.set_per_process_memory_fraction(allowed / total)
        peak = {"allowed_mib": round(allowed / 2**20)}
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "encoder.safetensors"
        started = time.perf_counter()
        try:
            done = self_supervised.train(images, out=out, seed=0, steps=3, batch=absurd)
        finally:
            if device.type == "cuda":
                torch.cuda.set_per_process_memory_fraction(1.0)
                torch.cuda.empty_cache()
        recipe = load_encoder(out).recipe
    return {
        "batch_wanted": absurd, "batch": recipe["batch"], "steps": done.steps, "loss": done.loss,
        "seconds": time.perf_counter() - started, "limited": device.type == "cuda", **peak,
    }  # fmt: skip


def peer(plan: Plan) -> dict[str, Any]:
    """One thread of the CPU on the same work, batches as the CPU takes them."""
    with on_cpu():
        batch = min(128, plan.images)
        images = pictures(plan.images)
        make, model, frames, dense_batch = dense("cuda" if plan is FULL else "cpu", 2)
        encoder = fresh_encoder()
        learn, taught_batch = taught(plan.taught, encoder)
        few = pictures(min(128, plan.looked_at))
        found = {
            "self_supervised": batch
            * rate(stepper(contrastive(images, batch)), plan.cpu_seconds, warm=1),
            "looking": len(few) * rate(lambda: embed(encoder, few), plan.cpu_seconds / 2, warm=1),
            "fine_tuning": taught_batch * rate(stepper(learn), plan.cpu_seconds / 2, warm=1),
            "dense": dense_batch * rate(stepper(make), plan.cpu_seconds, warm=0, least=1),
            "drawing": len(frames[:2])
            * rate(lambda: model.predict(frames[:2]), plan.cpu_seconds / 2, warm=1),
        }
    return {name: float(value) for name, value in found.items()}


def run(plan: Plan) -> dict[str, Any]:
    """Measure everything, the peer last."""
    started, ask, device = time.perf_counter(), utilisation(), available_device()
    cuda = device.type == "cuda"
    found: dict[str, Any] = {
        "device": torch.cuda.get_device_name(0) if cuda else "CPU, one thread",
        "torch": torch.__version__, "cuda": torch.version.cuda, "bf16": bfloat16_pays(device),
    }  # fmt: skip

    def tell(what: str) -> None:
        print(f"{time.perf_counter() - started:6.1f} s  {what}", file=sys.stderr, flush=True)

    kind = "cuda" if plan is FULL else "cpu"
    with threads_of(1):
        images = pictures(plan.images)
        found["self_supervised"] = [
            measured(self_supervised, contrastive(images, batch), batch, plan.seconds, ask)
            for batch in plan.batches
        ]
        tell("self-supervised")
        encoder = fresh_encoder()
        found["looking"] = looking(plan, encoder, plan.seconds / 4)
        tell("looking")
        make, model, frames, batch = dense(kind)
        found["dense"] = measured(dense_training, make, batch, plan.seconds, ask)
        speed = rate(lambda: model.predict(frames), plan.seconds / 2, warm=1)
        found["drawing"] = {"images_per_s": speed * len(frames)}
        tell("dense")
        learn, batch = taught(plan.taught, encoder)
        found["fine_tuning"] = measured(fine_tuning, learn, batch, plan.seconds, ask)
        tell("fine-tuning")
        found["out_of_memory"] = survival(plan)
        tell("out of memory")
    found["cpu"] = peer(plan)
    tell("one thread of the CPU")
    found["seconds"] = time.perf_counter() - started
    return found


def markdown(found: dict[str, Any]) -> str:
    """The section of docs/benchmarks.md."""
    cpu, lost = found["cpu"], found["out_of_memory"]
    lines = [
        f"<!-- {MARK}:start -->",
        "## Training and looking on a GPU",
        "",
        f"`bench/gpu.py` on {found['device']} (torch {found['torch']}, bfloat16 "
        f"{'used' if found['bf16'] else 'not used'}), {found['seconds']:.0f} s in all. The CPU is "
        "one thread of the same machine in the same run. Waiting for data is what a step takes "
        "more with its own batch than with one that lies on the device already.",
        "",
        "| work | batch | steps/s | images/s | device busy | waiting for data | × one CPU thread |",
        "|---|---|---|---|---|---|---|",
    ]
    trained = [
        ("self-supervised, 96 px", row, "self_supervised") for row in found["self_supervised"]
    ]
    trained += [
        ("masks, training", found["dense"], "dense"),
        ("teaching an encoder labels", found["fine_tuning"], "fine_tuning"),
    ]
    for name, row, peer_name in trained:
        busy = "–" if row["busy_percent"] is None else f"{row['busy_percent']:.0f} %"
        lines.append(
            f"| {name} | {row['batch']} | {row['steps_per_s']:.1f} | {row['images_per_s']:.0f} | "
            f"{busy} | {100 * row['waiting_share']:.0f} % | "
            f"{row['images_per_s'] / cpu[peer_name]:.0f} |"
        )
    for row in found["looking"]:
        lines.append(
            f"| looking with the encoder, {row['precision']} | {row['batch']} | – | "
            f"{row['images_per_s']:.0f} | – | – | {row['images_per_s'] / cpu['looking']:.0f} |"
        )
    drawn = found["drawing"]["images_per_s"]
    lines.append(
        f"| masks, drawing | 16 | – | {drawn:.0f} | – | – | {drawn / cpu['drawing']:.0f} |"
    )
    memory = f"with {lost['allowed_mib']} MiB allowed " if lost["limited"] else ""
    lines += [
        "",
        f"Out of memory: a self-supervised training {memory}that began with a batch of "
        f"{lost['batch_wanted']} ended with a trained encoder at a batch of {lost['batch']} "
        f"({lost['steps']} steps, {lost['seconds']:.0f} s).",
        f"<!-- {MARK}:end -->",
    ]
    return "\n".join(lines)


def main() -> None:
    """Run it, print JSON and Markdown."""
    said = argparse.ArgumentParser(description=__doc__)
    said.add_argument("--quick", action="store_true")
    said.add_argument("--json", type=Path)
    said.add_argument("--markdown", type=Path)
    asked = said.parse_args()
    found = run(QUICK if asked.quick else FULL)
    told = json.dumps(found, indent=1)
    section = markdown(found)
    if asked.json:
        asked.json.write_text(told + "\n")
    if asked.markdown:
        asked.markdown.write_text(section + "\n")
    print(told)
    print(section)


if __name__ == "__main__":
    main()
