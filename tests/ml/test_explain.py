"""Explanations add up to the logit exactly and follow the weights they claim to explain."""

import numpy as np
import pytest
import torch

from collimate.ml.descriptors import scattering, scattering_maps
from collimate.ml.encoder import Encoder, Network, stage_maps
from collimate.ml.explain import (
    class_activation,
    grad_cam_plus_plus,
    linear_evidence,
    linear_map,
    occlusion,
)
from collimate.ml.features import BlockSpace, Space, fit_space
from collimate.ml.heads import Head, fit_head
from collimate.ml.images import model_image, to_bytes

GRATING = 0.5 * np.pi


def picture(place: int, rng: np.random.Generator) -> np.ndarray:
    """Draw noise, with a fine grating in one quarter: 0 top left, 1 top right, 2 none."""
    image = rng.normal(0.5, 0.05, (96, 96))
    # The same darkest and brightest patch everywhere, or the window would stretch the noise.
    image[84:, :12], image[84:, 84:] = 0.0, 1.0
    if place < 2:
        rows, columns = slice(4, 44), slice(4 + 48 * place, 44 + 48 * place)
        image[rows, columns] += 0.4 * np.sin(GRATING * np.arange(40))[None, :]
    return image.clip(0, 1)


@pytest.fixture(scope="module")
def learned() -> dict[str, object]:
    rng = np.random.default_rng(0)
    labels = np.arange(48) % 3
    frames = np.stack([picture(place, rng) for place in labels])
    torch.manual_seed(0)
    encoder = Encoder(Network().eval(), "0" * 64, {})
    maps = stage_maps(encoder, to_bytes(frames))
    small = np.stack([model_image(frame, size=64) for frame in frames])
    places = scattering_maps(small)
    blocks = {"scattering": scattering(small), "simclr": maps.mean(axis=(2, 3))}
    space = fit_space(blocks)
    head = fit_head(space.transform(blocks), labels, class_count=3, seed=0, strength=0.1)
    seen = {"scattering": places, "simclr": maps}
    return {"seen": seen, "blocks": blocks, "space": space, "head": head}


def logits(learned: dict, item: int) -> np.ndarray:
    z = learned["space"].transform({k: v[item : item + 1] for k, v in learned["blocks"].items()})
    return (z @ learned["head"].coef.T + learned["head"].intercept)[0]


@pytest.mark.parametrize("item", [0, 1, 2])
@pytest.mark.parametrize("class_index", [0, 1, 2])
def test_evidence_of_all_blocks_adds_up_to_the_logit(
    learned: dict, item: int, class_index: int
) -> None:
    space, head = learned["space"], learned["head"]
    shares = [
        linear_evidence(maps[item], space, head, class_index, block=block).sum()
        for block, maps in learned["seen"].items()
    ]
    total = sum(shares) + head.intercept[class_index]
    assert total == pytest.approx(logits(learned, item)[class_index], rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("place", [0, 1])
def test_the_map_points_at_the_texture_that_makes_the_class(learned: dict, place: int) -> None:
    hits = 0
    for item in range(place, 48, 3):
        maps = learned["seen"]["scattering"][item]
        evidence = linear_map(maps, learned["space"], learned["head"], place, block="scattering")
        shown = class_activation([evidence], rows=96, columns=96)
        row, column = np.unravel_index(shown.argmax(), shown.shape)
        hits += row < 48 and (column >= 48) == bool(place)
    # By chance one of four; the gate for explanations is three times chance.
    assert hits / 16 >= 0.75


def test_features_are_means_over_the_places_of_the_maps(learned: dict) -> None:
    places = learned["seen"]["scattering"]
    cells = places.reshape(len(places), -1, 4, 2, 4, 2).mean(axis=(3, 5))
    assert np.allclose(cells.reshape(len(places), -1), learned["blocks"]["scattering"], atol=1e-6)


def straight(weights: np.ndarray) -> tuple[Space, Head]:
    """A space that changes nothing and a head of these weights, for one class."""
    width = len(weights)
    own = BlockSpace(
        np.zeros(width, np.float32), np.ones(width, np.float32), np.eye(width, dtype=np.float32), 1
    )
    ones = np.ones(1)
    head = Head(weights[None], 0 * ones, ones, np.ones(1, np.int64), 1.0, False)
    return Space({"simclr": own}), head


def test_gradients_of_channels_are_weighed_as_the_paper_does() -> None:
    """Two channels over 2 x 2 places: shares by hand, and none for what speaks against."""
    space, head = straight(np.array([4.0, -4.0]))
    maps = np.array([[[3.0, 0.0], [1.0, 0.0]], [[0.0, 9.0], [0.0, 0.0]]])
    # gradient 1 everywhere in the first: 1 / (2 + 4) at each of four places, times one
    expected = 4 / 6 * maps[0]
    found = grad_cam_plus_plus(maps, space, head, 0, block="simclr")
    assert np.allclose(found, expected)
    assert np.allclose(linear_evidence(maps, space, head, 0, block="simclr"), maps[0] - maps[1])


def test_what_is_hidden_and_missed_is_what_the_logit_saw() -> None:
    """A logit that sees a line in a corner of a wide picture; the padding around it stays."""
    square = np.zeros((48, 48))
    square[12:36] = 0.5
    square[14, 42:46] = 1.0
    asked: list[int] = []

    def logit(squares: dict[str, np.ndarray]) -> np.ndarray:
        asked.append(len(squares["any"]))
        assert (squares["any"][:, :12] == 0).all()
        return squares["any"][:, 14, 42:46].sum(axis=1)

    found = occlusion({"any": square}, logit, rows=24, columns=48)
    assert (found[5:, :] == 0).all()
    assert (found[:, :9] == 0).all()
    assert found[3, 11] > 3 * found[4, 10] > 0
    shown = class_activation([found], rows=24, columns=48)
    row, column = np.unravel_index(shown.argmax(), shown.shape)
    assert row < 4
    assert column >= 40
    assert asked == [40]


def test_other_weights_give_another_map(learned: dict) -> None:
    torch.manual_seed(7)
    frames = to_bytes(np.stack([picture(0, np.random.default_rng(1))]))
    other = stage_maps(Encoder(Network().eval(), "1" * 64, {}), frames)[0]
    space, head = learned["space"], learned["head"]
    shown = [
        class_activation([linear_evidence(m, space, head, 0, block="simclr")], rows=96, columns=96)
        for m in (learned["seen"]["simclr"][0], other)
    ]
    assert np.abs(shown[0] - shown[1]).mean() > 0.05
    shuffled = Head(
        np.random.default_rng(0).permutation(head.coef, axis=1),
        head.intercept,
        head.temperature,
        head.counts,
        head.strength,
        False,
    )
    maps = learned["seen"]["simclr"][0]
    changed = linear_evidence(maps, space, shuffled, 0, block="simclr")
    original = linear_evidence(maps, space, head, 0, block="simclr")
    assert abs(np.corrcoef(changed.ravel(), original.ravel())[0, 1]) < 0.95


def test_the_map_lies_on_the_picture_without_padding() -> None:
    evidence = np.zeros((6, 6))
    evidence[2, 0] = 1.0
    shown = class_activation([evidence], rows=48, columns=96)
    assert shown.shape == (48, 96)
    assert shown.dtype == np.float32
    assert shown.max() == 1.0
    row, column = np.unravel_index(shown.argmax(), shown.shape)
    assert row < 24
    assert column < 16


def test_evidence_against_a_class_is_not_shown() -> None:
    assert (class_activation([-np.ones((4, 4))], rows=20, columns=30) == 0).all()


def test_grids_of_different_fineness_keep_their_weight() -> None:
    coarse, fine = np.zeros((4, 4)), np.zeros((6, 6))
    coarse[0, 0], fine[5, 5] = 1.0, 0.1
    shown = class_activation([coarse, fine], rows=96, columns=96)
    assert shown[6, 6] > 3 * shown[-6, -6] > 0


def test_evidence_that_is_not_finite_is_refused() -> None:
    for evidence in ([], [np.full((4, 4), np.nan)]):
        with pytest.raises(ValueError, match="finite"):
            class_activation(evidence, rows=10, columns=10)
