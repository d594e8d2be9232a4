"""Scattering tells textures apart, forgives small shifts, and answers the same every time."""

import numpy as np
import pytest

from collimate.ml.descriptors import CHANNELS, GRID, SIDE, scattering


def waves(angle: float, cycles: float, phase: float = 0.0) -> np.ndarray:
    rows, columns = np.mgrid[0:SIDE, 0:SIDE] / SIDE
    along = np.cos(angle) * columns + np.sin(angle) * rows
    return (0.5 + 0.5 * np.sin(2 * np.pi * cycles * along + phase)).astype(np.float32)


def channels(image: np.ndarray) -> np.ndarray:
    return scattering(image[None]).reshape(CHANNELS, GRID, GRID)


def test_shape_and_determinism() -> None:
    images = np.random.default_rng(0).random((19, SIDE, SIDE)).astype(np.float32)
    features = scattering(images)
    assert features.shape == (19, CHANNELS * GRID**2)
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, scattering(images))
    np.testing.assert_allclose(features[7], scattering(images[7:8])[0], rtol=1e-4, atol=1e-6)


def test_an_even_image_answers_in_the_mean_channel_only() -> None:
    found = channels(np.full((SIDE, SIDE), 0.6, np.float32))
    np.testing.assert_allclose(found[0], 0.6, atol=1e-4)
    assert np.abs(found[1:]).max() < 1e-4


@pytest.mark.parametrize("angle_index", range(8))
def test_a_grating_answers_in_the_channel_of_its_own_angle(angle_index: int) -> None:
    angle = np.pi * angle_index / 8
    finest = channels(waves(angle, cycles=0.375 * SIDE))[1:9]
    assert finest.mean(axis=(1, 2)).argmax() == angle_index


@pytest.mark.parametrize("scale", range(3))
def test_a_grating_answers_at_its_own_scale(scale: int) -> None:
    found = channels(waves(0.0, cycles=0.375 * SIDE / 2**scale))
    first_order = found[1:25].reshape(3, 8, GRID, GRID)
    assert first_order[:, 0].mean(axis=(1, 2)).argmax() == scale


def test_a_shift_changes_less_than_another_texture() -> None:
    plain, shifted = waves(0.3, 10), waves(0.3, 10, phase=np.pi)
    other = waves(1.2, 10)
    near = np.linalg.norm(channels(plain) - channels(shifted))
    far = np.linalg.norm(channels(plain) - channels(other))
    assert near < 0.1 * far
    assert np.linalg.norm(plain - shifted) > 0.9 * np.linalg.norm(plain - other)


def test_the_grid_says_where_the_texture_is() -> None:
    image = np.full((SIDE, SIDE), 0.5, np.float32)
    image[:16, 48:] = waves(0.0, 24)[:16, 48:]
    energy = channels(image)[1:25].sum(axis=0)
    assert np.unravel_index(energy.argmax(), energy.shape) == (0, 3)


def test_no_images_give_no_rows() -> None:
    assert scattering(np.zeros((0, SIDE, SIDE), np.float32)).shape == (0, CHANNELS * GRID**2)


def test_wrong_shapes_and_nan_are_refused() -> None:
    with pytest.raises(ValueError, match="64"):
        scattering(np.zeros((1, 32, 32), np.float32))
    with pytest.raises(ValueError, match="finite"):
        scattering(np.full((1, SIDE, SIDE), np.nan, np.float32))
