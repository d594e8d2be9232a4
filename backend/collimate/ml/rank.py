"""One of the processes that train together (`python -m collimate.ml.rank PLAN`, by torchrun).

The plan names the training, the file of its arrays and its other arguments. Rank 0 alone writes
the result; whoever started the ranks reads it, and a file beside it for the fraction done.
"""

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import save_file

from collimate.ml import dense_training, fine_tuning, ranks, self_supervised
from collimate.ml.encoder import load_encoder
from collimate.ml.memory import MemoryTooSmall, is_out_of_memory

SMALL = "memory"
"""What a rank says that ran out of memory."""

Arrays = dict[str, np.ndarray]


def _encoder(arrays: Arrays, named: dict[str, Any]) -> dict[str, Any]:
    resume_from = Path(named.pop("resume_from")) if named.get("resume_from") else None
    named.pop("resume_from", None)
    done = self_supervised.train(
        arrays["images"], out=Path(named.pop("out")), resume_from=resume_from, **named
    )
    return asdict(done)


def _taught(arrays: Arrays, named: dict[str, Any]) -> dict[str, Any]:
    base = load_encoder(Path(named.pop("base")))
    done = fine_tuning.train(
        arrays["images"], arrays["labels"], patients=arrays["patients"], base=base,
        out=Path(named.pop("out")), **named,
    )  # fmt: skip
    return asdict(done)


def _dense(arrays: Arrays, named: dict[str, Any]) -> dict[str, Any]:
    shows = [arrays[f"shows_{number}"] for number in range(named.pop("classes"))]
    samples = dense_training.Samples(arrays["images"], arrays["targets"], shows)
    network = Path(named.pop("network"))
    done = dense_training.train(samples, checkpoint=Path(named.pop("checkpoint")), **named)
    if done.network is not None and ranks.own() == 0:
        tensors = done.network.state_dict().items()
        save_file({name: value.cpu().contiguous() for name, value in tensors}, network)
    return {
        "finished": done.network is not None, "steps": done.steps, "seconds": done.seconds,
        "loss": done.loss, "batch": done.batch,
    }  # fmt: skip


TASKS = {"encoder": _encoder, "taught": _taught, "dense": _dense}


def main(plan: Path) -> int:
    """Train as one rank; answers the exit code."""
    asked = json.loads(plan.read_text())
    has_gpus = torch.cuda.is_available()
    if has_gpus:
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    dist.init_process_group("nccl" if has_gpus else "gloo")
    (plan.parent / f"rank-{ranks.own()}.pid").write_text(str(os.getpid()))
    stop, progress = plan.with_name("stop"), plan.with_name("progress")

    def tell(fraction: float, text: str) -> None:
        draft = progress.with_name("progress.draft")
        draft.write_text(json.dumps([fraction, text]))
        draft.replace(progress)

    with np.load(plan.with_name("arrays.npz"), allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    try:
        found = TASKS[asked["task"]](
            arrays, {**asked["named"], "on_progress": tell, "should_stop": stop.exists}
        )
    except (RuntimeError, MemoryError, ValueError) as error:
        small = isinstance(error, MemoryTooSmall) or is_out_of_memory(error)
        said = {"kind": SMALL if small else type(error).__name__, "text": str(error)[:500]}
        plan.with_name("failure").write_text(json.dumps(said))
        return 1
    if ranks.own() == 0:
        plan.with_name("result").write_text(json.dumps(found, default=str))
    dist.destroy_process_group()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
