"""Encoders learn without labels, resume where they stopped, and refuse foreign weights."""

import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from collimate.ml.augment import random_view
from collimate.ml.checkpoints import (
    Training,
    UnreadableCheckpoint,
    load_checkpoint,
    new_training,
    save_checkpoint,
)
from collimate.ml.encoder import Network, UnreadableWeights, embed, load_encoder, save_encoder
from collimate.ml.encoder import stage_maps as maps_of
from collimate.ml.memory import BatchSize
from collimate.ml.self_supervised import TooFewImages, contrastive_loss, train
from tests.ml.toys import images


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "encoder.safetensors"
    torch.manual_seed(0)
    save_encoder(Network(), path, recipe={"recipe": "random"})
    return path


def test_an_embedding_is_the_mean_of_the_last_stage(weights: Path) -> None:
    pictures = images(5)
    vectors = embed(weights, pictures)
    assert vectors.shape == (5, 192)
    assert vectors.dtype == np.float32
    last = maps_of(weights, pictures)
    assert last.shape == (5, 192, 6, 6)
    np.testing.assert_allclose(last.mean(axis=(2, 3)), vectors, rtol=1e-4, atol=1e-6)


def test_an_embedding_does_not_depend_on_its_neighbours(weights: Path) -> None:
    pictures = images(9)
    np.testing.assert_allclose(
        embed(weights, pictures)[4:5], embed(weights, pictures[4:5]), rtol=1e-3, atol=1e-5
    )
    assert embed(weights, pictures[:0]).shape == (0, 192)


def test_weights_carry_their_hash_and_recipe(weights: Path, tmp_path: Path) -> None:
    encoder = load_encoder(weights)
    assert encoder.recipe == {"recipe": "random"}
    again = tmp_path / "again.safetensors"
    assert save_encoder(encoder.network, again, recipe=encoder.recipe) == encoder.sha256


def test_foreign_files_are_refused(tmp_path: Path, weights: Path) -> None:
    pickled = tmp_path / "model.pt"
    torch.save({"a": torch.zeros(1)}, pickled)
    plain = tmp_path / "plain.pkl"
    plain.write_bytes(pickle.dumps([1, 2]))
    other = tmp_path / "other.safetensors"
    save_file({"a": torch.zeros(3)}, other)
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(weights.read_bytes()[:5000])
    infinite = tmp_path / "infinite.safetensors"
    network = Network()
    with torch.no_grad():
        network.stem.weight[0, 0, 0, 0] = torch.inf
    save_encoder(network, infinite, recipe={})
    for path in (pickled, plain, other, broken, infinite, tmp_path / "missing"):
        with pytest.raises(UnreadableWeights):
            load_encoder(path)


@pytest.mark.parametrize("shape", [(2, 64, 64), (96, 96), (2, 1, 96, 96)])
def test_other_shapes_are_refused(weights: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="96"):
        embed(weights, np.zeros(shape, dtype=np.uint8))


def test_training_makes_views_of_one_image_recognisable(tmp_path: Path) -> None:
    pictures = images(32)
    result = train(pictures, out=tmp_path / "e.safetensors", seed=0, steps=20)
    assert result.finished
    assert result.weights is not None
    assert result.loss is not None
    assert load_encoder(result.weights).sha256 == result.sha256
    assert load_encoder(result.weights).recipe["steps"] == 20
    assert result.loss < 0.85 * np.log(63)
    assert embed(result.weights, pictures).std(axis=0).mean() > 1e-3


def test_a_stopped_and_resumed_run_takes_the_steps_of_an_uninterrupted_one(tmp_path: Path) -> None:
    pictures = images(20)
    whole = train(pictures, out=tmp_path / "whole", seed=3, steps=4)
    calls = iter(range(100))
    half = train(
        pictures,
        out=tmp_path / "half",
        seed=3,
        steps=4,
        should_stop=lambda: next(calls) >= 2,
    )
    assert (half.finished, half.steps) == (False, 2)
    assert not (tmp_path / "half").exists()
    rest = train(pictures, out=tmp_path / "rest", seed=3, steps=4, resume_from=half.checkpoint)
    assert rest.steps == 4
    assert rest.weights is not None
    assert whole.weights is not None
    np.testing.assert_allclose(
        embed(rest.weights, pictures), embed(whole.weights, pictures), rtol=1e-3, atol=1e-5
    )
    other = train(pictures, out=tmp_path / "other", seed=4, steps=4)
    assert other.weights is not None
    assert np.abs(embed(other.weights, pictures) - embed(whole.weights, pictures)).max() > 1e-3


def test_a_time_budget_ends_and_progress_only_grows(tmp_path: Path) -> None:
    seen: list[float] = []
    result = train(
        images(16),
        out=tmp_path / "e",
        seed=0,
        seconds=0.8,
        on_progress=lambda fraction, text: seen.append(fraction),
    )
    assert result.finished
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


def test_a_checkpoint_of_something_else_is_refused(tmp_path: Path, weights: Path) -> None:
    for content in (b"", b"\x80\x04N.", weights.read_bytes()):
        path = tmp_path / "checkpoint"
        path.write_bytes(content)
        with pytest.raises(UnreadableCheckpoint):
            train(images(16), out=tmp_path / "e", seed=0, steps=1, resume_from=path)


def test_too_little_to_learn_from_is_said(tmp_path: Path) -> None:
    with pytest.raises(TooFewImages):
        train(images(15), out=tmp_path / "e", seed=0, steps=1)
    with pytest.raises(ValueError, match="either"):
        train(images(16), out=tmp_path / "e", seed=0)


def test_views_are_repeatable_different_and_in_range() -> None:
    batch = torch.from_numpy(images(6))
    first = random_view(batch, torch.Generator().manual_seed(1))
    again = random_view(batch, torch.Generator().manual_seed(1))
    other = random_view(batch, torch.Generator().manual_seed(2))
    assert torch.equal(first, again)
    assert (first - other).abs().mean() > 0.05
    assert first.shape == (6, 1, 96, 96)
    assert first.min() >= -2.0
    assert first.max() <= 2.0


def test_the_contrastive_loss_knows_partners_from_strangers() -> None:
    axes = torch.eye(8)
    matched = contrastive_loss(torch.cat([axes, axes]), temperature=0.2)
    crossed = contrastive_loss(torch.cat([axes, axes.roll(1, 0)]), temperature=0.2)
    expected = float(np.log(np.exp(5.0) + 14) - 5.0)
    assert float(matched) == pytest.approx(expected, rel=1e-4)
    assert crossed > 5 * matched


def test_a_checkpoint_is_laid_out_as_the_weights_it_belongs_to(tmp_path: Path) -> None:
    """As on a GPU, where channels come last and one kernel takes the step."""

    def begun() -> Training:
        run = new_training(0, device=torch.device("cpu"), learning_rate=1e-3, batch=BatchSize(8))
        run.network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        run.optimizer = torch.optim.AdamW(run.optimizer.param_groups, fused=True)
        return run

    def step(run: Training) -> None:
        pictures = torch.rand(4, 1, 96, 96).to(memory_format=torch.channels_last)
        run.projector(run.network(pictures).mean(dim=(2, 3))).square().sum().backward()
        run.optimizer.step()

    first, again = begun(), begun()
    step(first)
    save_checkpoint(first, tmp_path / "checkpoint")
    load_checkpoint(again, tmp_path / "checkpoint")
    for parameter, state in again.optimizer.state.items():
        assert state["exp_avg"].stride() == parameter.stride()
    step(again)
