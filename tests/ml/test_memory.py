"""Running out of memory costs a smaller batch, not the work."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from collimate.ml import dense_training, encoder, fine_tuning, self_supervised
from collimate.ml.dense_model import DenseModel
from collimate.ml.dense_network import UNet
from collimate.ml.intake import Intake
from collimate.ml.memory import BatchSize, MemoryTooSmall, is_out_of_memory
from tests.ml.toys import base, images, samples, sizes

CUDA = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
CPU = RuntimeError("[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate")


@pytest.fixture
def room_for(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Let the networks refuse more than so many images at once; answers what they were given."""

    def limit(most: int, error: Exception = CUDA) -> list[int]:
        given: list[int] = []
        for network in (encoder.Network, UNet):
            honest = network.forward

            def forward(self, x, honest=honest):  # type: ignore[no-untyped-def]
                if len(x) > most:
                    raise error
                given.append(len(x))
                return honest(self, x)

            monkeypatch.setattr(network, "forward", forward)
        return given

    return limit


@pytest.mark.parametrize("error", [CUDA, CPU, MemoryError()])
def test_an_encoder_is_trained_all_the_same_and_its_recipe_says_so(
    tmp_path: Path, room_for: Callable[..., list[int]], error: Exception
) -> None:
    room_for(34, error)
    words: list[str] = []
    done = self_supervised.train(
        images(80), out=tmp_path / "e", seed=0, steps=3, batch=64,
        on_progress=lambda fraction, text: words.append(text),
    )  # fmt: skip
    assert done.steps == 3
    recipe = encoder.load_encoder(tmp_path / "e").recipe
    assert (recipe["batch"], recipe["batch_wanted"]) == (16, 64)
    assert "16 images at once because memory is short" in words[0]


def test_below_the_smallest_batch_the_reason_is_said_in_words(
    tmp_path: Path, room_for: Callable[..., list[int]]
) -> None:
    room_for(31)
    with pytest.raises(MemoryTooSmall, match="Not even 16 images at once fit"):
        self_supervised.train(images(40), out=tmp_path / "e", seed=0, steps=2)
    room_for(0)
    with pytest.raises(MemoryTooSmall, match="one image"):
        dense_training.train(
            samples(), kind="segmentation", width=8, checkpoint=tmp_path / "c", seed=0, steps=2
        )


def test_a_dense_training_goes_on_with_what_fits_also_after_a_stop(
    tmp_path: Path, room_for: Callable[..., list[int]]
) -> None:
    given = room_for(3)

    def trained(steps: int) -> dense_training.DenseRun:
        return dense_training.train(
            samples(), kind="segmentation", width=8, checkpoint=tmp_path / "c", seed=3,
            steps=steps, batch=8,
        )  # fmt: skip

    assert trained(2).batch == 2
    del given[:]
    done = trained(4)
    assert (done.steps, done.batch, given) == (4, 2, [2, 2])


def test_a_taught_batch_is_worked_on_in_parts_and_the_steps_stay_the_same(
    tmp_path: Path, room_for: Callable[..., list[int]]
) -> None:
    begun_with = base()

    def taught(name: str) -> np.ndarray:
        fine_tuning.train(
            images(), sizes(24), base=begun_with, class_count=3, patients=np.arange(24),
            out=tmp_path / name, seed=1, steps=4, batch=16,
        )  # fmt: skip
        return encoder.embed(tmp_path / name, images(6))

    whole = taught("whole")
    given = room_for(5)
    parts = taught("parts")
    assert max(given) <= 5
    np.testing.assert_allclose(parts, whole, rtol=0.05, atol=2e-3)


def test_looking_at_images_takes_as_many_at_once_as_fit(
    room_for: Callable[..., list[int]],
) -> None:
    looked = base()
    drawn = DenseModel(UNet(1, 8), "segmentation", ("lesion",), Intake(32, None, None, None), 8, {})
    whole, maps = encoder.embed(looked, images(11)), drawn.predict(samples(11).images)
    given = room_for(4)
    np.testing.assert_allclose(encoder.embed(looked, images(11)), whole, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(drawn.predict(samples(11).images), maps, atol=0.02)
    assert given == [4, 4, 3, 4, 4, 3]


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    size = BatchSize(8)
    for error in (ValueError("out of memory"), RuntimeError("size mismatch")):
        assert not is_out_of_memory(error)
        with pytest.raises(type(error)):
            size.that_fits(lambda many, error=error: (_ for _ in ()).throw(error))
    assert size.now == 8
