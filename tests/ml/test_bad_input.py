"""What a pool may look like on a bad day: a reason or a sensible answer, never a wrong one."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from collimate.ml.batches import query_batch
from collimate.ml.encoder import UnreadableWeights, load_encoder
from collimate.ml.features import fit_space
from collimate.ml.heads import Head, UnreadableHead, fit_head, probabilities
from collimate.ml.images import UnusableImage, model_image
from collimate.ml.metrics import mean_recall
from collimate.ml.model_file import Model, UnreadableModel
from collimate.ml.pixels import dice_by_group, fit_pixels, pixel_features, pooled_doubt
from collimate.ml.strategies import PoolView, QueryStrategy


class Malice:
    """Would leave a file behind if anything unpickled it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self):
        return Path.touch, (self.trace,)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_an_image_with_one_broken_pixel_is_refused(value: float) -> None:
    image = rng().random((40, 40))
    image[3, 4] = value
    with pytest.raises(UnusableImage):
        model_image(image, size=64)


@pytest.mark.parametrize("value", [0.0, 7.0, -1000.0])
def test_a_constant_image_is_refused(value: float) -> None:
    with pytest.raises(UnusableImage):
        model_image(np.full((40, 40), value), size=64)


def test_a_pickle_named_safetensors_is_refused_and_not_run(tmp_path: Path) -> None:
    trace = tmp_path / "ran"
    content = pickle.dumps(Malice(trace))
    file = tmp_path / "weights.safetensors"
    file.write_bytes(content)
    with pytest.raises(UnreadableWeights):
        load_encoder(file)
    with pytest.raises(UnreadableHead):
        Head.from_bytes(content)
    with pytest.raises(UnreadableModel):
        Model.from_bytes(content)
    assert not trace.exists()


@pytest.mark.parametrize("content", [b"", b"\x00" * 7, b"\xff" * 64, b"{}" * 50])
def test_bytes_that_are_no_weights_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(UnreadableWeights):
        load_encoder(tmp_path / "w.safetensors")
    with pytest.raises(UnreadableModel):
        Model.from_bytes(content)


def test_one_class_only_gives_its_prior_and_a_batch() -> None:
    z = rng().normal(size=(30, 8))
    head = fit_head(z[:10], np.zeros(10, np.int64), class_count=3, seed=0)
    said = probabilities(head, z)
    np.testing.assert_allclose(said.sum(axis=1), 1.0)
    assert (said.argmax(axis=1) == 0).all()
    pool = PoolView(z, np.arange(30) < 10, said, class_counts=np.array([10, 0, 0]))
    assert len(query_batch(QueryStrategy.UNCERTAINTY_HERDING, pool, 5, rng=rng())) == 5


def test_a_class_with_one_example_is_learned_as_well_as_it_can_be() -> None:
    z = np.concatenate(
        [rng().normal(0, 1, (20, 4)), rng().normal(0, 1, (20, 4)) + 6, [[0, 0, 30, 0]]]
    )
    y = np.array([0] * 20 + [1] * 20 + [2])
    head = fit_head(z, y, class_count=3, seed=0)
    said = probabilities(head, z)
    assert np.isfinite(said).all()
    assert mean_recall(y[:40], said[:40]) > 0.95


@pytest.mark.parametrize("strategy", list(QueryStrategy))
def test_a_pool_of_duplicates_gives_a_batch_with_every_strategy(strategy: QueryStrategy) -> None:
    said = np.full((40, 3), 1 / 3)
    answers = np.full((40, 3), -1)
    answers[:6] = np.eye(3)[[0, 1, 2] * 2]
    pool = PoolView(
        np.ones((40, 5)), np.arange(40) < 6, said, class_counts=np.array([2, 2, 2]),
        answers=answers, draws=np.tile(said, (4, 1, 1)),
    )  # fmt: skip
    picks = [pick.index for pick in query_batch(strategy, pool, 12, rng=rng())]
    assert len(set(picks)) == 12
    assert min(picks) >= 6


def test_features_of_identical_images_make_a_space_of_finite_numbers() -> None:
    space = fit_space({"scattering": np.ones((20, 30))})
    z = space.transform({"scattering": np.ones((3, 30))})
    assert np.isfinite(z).all()
    head = fit_head(z, np.array([0, 1, 0]), class_count=2, seed=0)
    assert np.isfinite(probabilities(head, z)).all()


def test_masks_without_foreground_are_learned_as_such() -> None:
    features = pixel_features(rng().random((4, 64, 64)))
    empty = np.zeros((4, 64, 64), np.int64)
    said = fit_pixels(features, empty, class_count=2, seed=0).probabilities(features)
    assert (said[..., 0] == 1.0).all()
    doubt, by_class = pooled_doubt(said)
    assert doubt.max() < 1e-6
    assert by_class.shape == (4, 1)
    assert dice_by_group(empty, empty, np.arange(4), class_count=2) == 0.0
    features[0, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match="finite"):
        fit_pixels(features, empty, class_count=2, seed=0)


def test_dice_pools_the_pixels_of_a_patient() -> None:
    masks = np.zeros((3, 64, 64), np.int64)
    masks[0, :10, :10] = 1
    masks[1, :10, :10] = 1
    said = masks.copy()
    said[1] = 0
    groups = np.array(["a", "a", "b"])
    assert dice_by_group(masks, said, groups, class_count=2) == pytest.approx(2 / 3)
    said[2, 0, 0] = 1
    assert dice_by_group(masks, said, groups, class_count=2) == pytest.approx(1 / 3)
