"""Several processes train as one would, and one that dies takes the training with it, in words."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from collimate.ml import device, together
from collimate.ml.checkpoints import load_checkpoint, new_training
from collimate.ml.encoder import load_encoder
from collimate.ml.memory import BatchSize
from collimate.ml.together import RanksFailed
from tests.live import free_port
from tests.ml import one_step
from tests.ml.toys import images, samples

ROOT = Path(__file__).parents[2]


def start_rank(number: int, port: str, out: Path) -> subprocess.Popen[bytes]:
    """One of two that take a step together, told what torchrun tells its own."""
    told = {
        "RANK": str(number), "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'backend'}",
    }  # fmt: skip
    command = [sys.executable, str(ROOT / "tests" / "ml" / "one_step.py"), str(out)]
    return subprocess.Popen(command, env={**os.environ, **told})


def test_two_ranks_of_half_a_batch_take_the_step_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "bfloat16_pays", device.bfloat16_pays)  # put back afterwards
    one_step.take(tmp_path / "one.npz")
    port = str(free_port())
    both = [start_rank(number, port, tmp_path / "two.npz") for number in range(2)]
    try:
        assert [one.wait(300) for one in both] == [0, 0]
    finally:
        for one in both:
            one.kill()
    one, two = np.load(tmp_path / "one.npz"), np.load(tmp_path / "two.npz")
    for name in ("contrast", "taught"):
        largest = np.abs(one[name]).max()
        assert largest > 0
        np.testing.assert_allclose(two[name] / largest, one[name] / largest, atol=1e-5)
    np.testing.assert_allclose(two["loss"], one["loss"], rtol=1e-6)
    np.testing.assert_allclose(two["statistics"], one["statistics"], rtol=1e-5, atol=1e-7)


def test_torchrun_is_started_followed_and_leaves_an_encoder(tmp_path: Path) -> None:
    words: list[str] = []
    done = together.train_encoder(
        images(32), count=2, out=tmp_path / "e", seed=0, steps=6, threads=1, batch=16,
        on_progress=lambda fraction, text: words.append(text), should_stop=lambda: False,
    )  # fmt: skip
    assert (done.steps, done.finished, done.sha256) == (
        6,
        True,
        load_encoder(tmp_path / "e").sha256,
    )
    assert any(text.startswith("Step") for text in words)
    again = new_training(9, device=torch.device("cpu"), learning_rate=1e-3, batch=BatchSize(16))
    load_checkpoint(again, done.checkpoint)
    assert (again.step, again.seed) == (6, 0), "one process can go on from what several left"


def test_a_killed_rank_fails_the_training_with_a_reason_and_leaves_nobody_behind(
    tmp_path: Path,
) -> None:
    def is_rank(one: psutil.Process) -> bool:
        try:
            said = one.cmdline()
        except psutil.Error:  # just gone
            return False
        return "collimate.ml.rank" in said and "torch.distributed.run" not in said

    def ranks() -> list[psutil.Process]:
        return [one for one in psutil.Process().children(recursive=True) if is_rank(one)]

    def kill_one(fraction: float, text: str) -> None:
        # told again before the first kill is noticed, it may find somebody who is just going
        with contextlib.suppress(psutil.NoSuchProcess):
            if len(found := ranks()) == 2:
                found[1].kill()

    with pytest.raises(RanksFailed, match="One of the 2 processes"):
        together.train_dense(
            samples(), count=2, kind="segmentation", width=8, checkpoint=tmp_path / "c", seed=0,
            steps=100_000, batch=4, on_progress=kill_one, should_stop=lambda: False,
        )  # fmt: skip
    assert ranks() == []


def test_one_device_needs_no_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    assert [together.ranks_for(gpus) for gpus in (0, 1, 2, 8)] == [4, 1, 2, 4]
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert together.ranks_for(0) == 1
