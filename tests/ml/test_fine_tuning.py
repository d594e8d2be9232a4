"""An encoder that is taught labels learns them, can be stopped, and never mirrors a picture."""

from pathlib import Path

import numpy as np
import pytest
import torch

from collimate.ml.augment import random_view
from collimate.ml.checkpoints import UnreadableCheckpoint
from collimate.ml.encoder import Encoder, embed, load_encoder
from collimate.ml.fine_tuning import TooFewLabels, TunedEncoder, balancing, train
from collimate.ml.resnet import ResNet
from tests.ml.toys import base, images, sizes


def taught(out: Path, *, steps: int = 6, seed: int = 3, **named: object) -> TunedEncoder:
    return train(
        images(24), sizes(24), base=base(), class_count=3, patients=np.arange(24), out=out,
        seed=seed, steps=steps, batch=8, **named,  # type: ignore[arg-type]
    )  # fmt: skip


def apart(encoder: Encoder | Path) -> float:
    """How far the classes of pictures that nobody taught lie apart, in spreads within them."""
    seen = embed(encoder, images(45, seed=9))
    kinds = sizes(45)
    middles = np.stack([seen[kinds == kind].mean(axis=0) for kind in range(3)])
    return float(middles.std(axis=0).mean() / (seen - middles[kinds]).std(axis=0).mean())


def test_classes_lie_further_apart_once_they_were_taught(tmp_path: Path) -> None:
    done = taught(tmp_path / "e", steps=40)
    assert done.weights is not None
    assert apart(done.weights) > 1.3 * apart(base())
    stored = load_encoder(done.weights)
    assert (stored.sha256, stored.recipe["labels"]) == (done.sha256, 24)
    assert stored.recipe["base_sha256"] == "0" * 64


def test_a_stopped_run_goes_on_with_the_steps_of_one_that_was_not(tmp_path: Path) -> None:
    whole = taught(tmp_path / "whole")
    asked: list[int] = []

    def after_two() -> bool:
        asked.append(1)
        return len(asked) == 3

    half = taught(tmp_path / "half", should_stop=after_two)
    assert (half.weights, half.steps) == (None, 2)
    rest = taught(tmp_path / "half")
    assert (rest.steps, rest.sha256) == (6, whole.sha256)
    assert taught(tmp_path / "other", seed=4).sha256 != whole.sha256
    (tmp_path / "broken.checkpoint").write_bytes(b"\x80\x04N.")
    with pytest.raises(UnreadableCheckpoint):
        taught(tmp_path / "broken")


def test_several_answers_are_taught_and_every_class_weighs_the_same(tmp_path: Path) -> None:
    table = np.stack([sizes(24) == 0, sizes(24) >= 1, np.arange(24) < 5], axis=1)
    done = train(
        images(24), table, base=base(), class_count=3, patients=np.arange(24),
        out=tmp_path / "e", seed=0, steps=2,
    )  # fmt: skip
    assert done.sha256
    weights = balancing(table, is_multi=True)
    for column, own in zip(table.T, weights.T, strict=True):
        assert own[column].sum() == pytest.approx(own[~column].sum())
    single = balancing(np.eye(2, dtype=bool)[[0, 0, 0, 1]], is_multi=False)
    np.testing.assert_allclose(single.sum(axis=0), [2, 2])


def test_what_cannot_teach_is_refused(tmp_path: Path) -> None:
    for labels, count in ((np.zeros(24, np.int64), 24), (sizes(15), 15)):
        with pytest.raises(TooFewLabels):
            train(
                images(count), labels, base=base(), class_count=3, patients=np.arange(count),
                out=tmp_path / "e", seed=0, steps=1,
            )  # fmt: skip


def test_a_given_resnet_is_taught_and_read_again(tmp_path: Path) -> None:
    torch.manual_seed(0)
    given = Encoder(ResNet("resnet18", 3).eval(), "1" * 64, {}, "resnet18")
    pictures = images(16, side=224)
    done = train(
        pictures, sizes(16), base=given, class_count=3, patients=np.arange(16),
        out=tmp_path / "e", seed=0, steps=1, batch=4,
    )  # fmt: skip
    assert done.weights is not None
    stored = load_encoder(done.weights)
    assert stored.architecture == "resnet18"
    moved = np.abs(embed(stored, pictures[:2]) - embed(given, pictures[:2])).max()
    assert 0 < moved < 1


def test_left_stays_left_where_flips_are_not_allowed() -> None:
    half = np.zeros((64, 96, 96), np.uint8)
    half[:, :, :48] = 250
    batch = torch.from_numpy(half)

    def left_is_brighter(flips: bool) -> float:
        view = random_view(batch, torch.Generator().manual_seed(0), flips=flips)
        return float((view[..., :48].mean((1, 2, 3)) > view[..., 48:].mean((1, 2, 3))).sum())

    assert left_is_brighter(False) == 64
    assert 16 < left_is_brighter(True) < 48
