"""What a CUDA device learns and says is what a CPU does; runs on a bare machine (--noconftest)."""

from pathlib import Path

import numpy as np
import pytest
import torch

from collimate.ml import dense_training, fine_tuning, self_supervised
from collimate.ml.dense_model import DenseModel
from collimate.ml.device import bfloat16_pays
from collimate.ml.encoder import embed, load_encoder, stage_maps
from collimate.ml.intake import Intake
from tests.ml.toys import base, images, lesions, samples, sizes

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
ROOM_BYTES = 300 * 2**20
"""Memory that a test may take beyond what is taken already."""


@pytest.fixture
def cramped():
    """Little memory on the device, whoever else uses it."""
    torch.cuda.empty_cache()
    total = torch.cuda.get_device_properties(0).total_memory
    allowed = torch.cuda.memory_reserved() + ROOM_BYTES
    torch.cuda.set_per_process_memory_fraction(allowed / total)
    yield
    torch.cuda.set_per_process_memory_fraction(1.0)
    torch.cuda.empty_cache()


@pytest.fixture
def without_gpu(monkeypatch: pytest.MonkeyPatch):
    """The same code on the CPU of the same machine."""

    def switch() -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)

    return switch


def test_views_of_one_image_become_recognisable(tmp_path: Path) -> None:
    done = self_supervised.train(images(32), out=tmp_path / "e", seed=0, steps=40)
    assert done.loss is not None
    assert done.loss < 0.8 * np.log(63)
    assert load_encoder(tmp_path / "e").recipe["batch"] == 32


def test_a_stopped_training_goes_on_where_it_was(tmp_path: Path) -> None:
    asked = iter(range(100))
    half = self_supervised.train(
        images(32), out=tmp_path / "e", seed=0, steps=8, should_stop=lambda: next(asked) >= 3
    )
    assert (half.finished, half.steps) == (False, 3)
    rest = self_supervised.train(
        images(32), out=tmp_path / "e", seed=0, steps=8, resume_from=half.checkpoint
    )
    whole = self_supervised.train(images(32), out=tmp_path / "w", seed=0, steps=8)
    assert (rest.steps, whole.steps) == (8, 8)
    ours, theirs = embed(tmp_path / "e", images(9)), embed(tmp_path / "w", images(9))
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.98


def test_vectors_in_half_precision_are_those_of_the_cpu(tmp_path: Path, without_gpu) -> None:
    self_supervised.train(images(32), out=tmp_path / "e", seed=0, steps=10)
    on_gpu, maps = embed(tmp_path / "e", images(40)), stage_maps(tmp_path / "e", images(3))
    assert bfloat16_pays(torch.device("cuda"))
    without_gpu()
    on_cpu = embed(tmp_path / "e", images(40))
    lengths = np.linalg.norm(on_gpu, axis=1) * np.linalg.norm(on_cpu, axis=1)
    assert ((on_gpu * on_cpu).sum(axis=1) / lengths).min() > 0.999
    difference = np.linalg.norm(on_gpu - on_cpu) / np.linalg.norm(on_cpu)
    assert difference < 0.02
    np.testing.assert_allclose(maps, stage_maps(tmp_path / "e", images(3)), rtol=0.02, atol=0.02)


def test_lesions_are_learned_as_on_a_cpu(tmp_path: Path, without_gpu) -> None:
    pictures, masks = lesions(40, 9)

    def overlap(name: str) -> float:
        done = dense_training.train(
            samples(), kind="segmentation", width=8, checkpoint=tmp_path / name, seed=3,
            steps=80, batch=4,
        )  # fmt: skip
        assert done.network is not None
        about = Intake(32, None, None, None)
        model = DenseModel(done.network, "segmentation", ("lesion",), about, 8, {})
        said = model.predict(pictures)[:, 0] > 0.5
        return float(2 * (said & masks).sum() / (said.sum() + masks.sum()))

    gpu = overlap("gpu")
    without_gpu()
    cpu = overlap("cpu")
    assert gpu > 0.3
    assert abs(gpu - cpu) < 0.25


def test_an_encoder_is_taught_labels(tmp_path: Path) -> None:
    done = fine_tuning.train(
        images(48), sizes(48), base=base(), class_count=3, patients=np.arange(48),
        out=tmp_path / "e", seed=0, steps=60,
    )  # fmt: skip
    assert done.loss is not None
    assert done.loss < 0.8 * np.log(3)


def test_where_memory_is_short_the_batch_shrinks_until_it_fits(tmp_path: Path, cramped) -> None:
    pictures = np.repeat(images(32), 128, axis=0)
    done = self_supervised.train(pictures, out=tmp_path / "e", seed=0, steps=3, batch=4096)
    assert done.steps == 3
    recipe = load_encoder(tmp_path / "e").recipe
    assert recipe["batch"] < 4096
    assert recipe["batch_wanted"] == 4096
    assert embed(tmp_path / "e", pictures).shape == (4096, 192)
    big = lesions(8, 0, side=256)
    data = dense_training.Samples(
        np.repeat(big[0], 16, axis=0), np.repeat(big[1][:, None], 16, axis=0).astype(np.float16),
        [np.arange(96)],
    )  # fmt: skip
    run = dense_training.train(
        data, kind="segmentation", width=32, checkpoint=tmp_path / "c", seed=0, steps=2, batch=128
    )
    assert run.steps == 2
    assert run.batch < 128
