"""Frames of any size become comparable squares, and what is no picture is refused."""

import numpy as np
import pytest

from collimate.ml.images import UnusableImage, content_box, model_image, resize, to_bytes


def ramp(rows: int, columns: int) -> np.ndarray:
    return np.add.outer(np.arange(rows), np.arange(columns)).astype(np.float64)


def test_a_wide_frame_is_centred_and_padded_with_black() -> None:
    image = model_image(ramp(50, 100) + 1000, size=64)
    assert image.shape == (64, 64)
    assert image.dtype == np.float32
    assert (image[:16] == 0).all()
    assert (image[48:] == 0).all()
    assert image[32].max() > 0.7
    assert content_box(50, 100, size=64) == (16, 0, 48, 64)


def test_inverting_turns_bright_to_dark() -> None:
    frame = ramp(40, 40)
    upright, inverted = model_image(frame, size=32), model_image(frame, size=32, invert=True)
    np.testing.assert_allclose(upright + inverted, 1.0, atol=1e-5)


def test_units_do_not_matter() -> None:
    frame = ramp(40, 60)
    same = model_image(frame * 17.0 - 1024, size=48)
    np.testing.assert_allclose(model_image(frame, size=48), same, atol=1e-4)


def test_one_hot_pixel_does_not_darken_the_rest() -> None:
    frame = ramp(100, 100)
    burnt = frame.copy()
    burnt[0, 0] = 1e6
    change = np.abs(model_image(burnt, size=32) - model_image(frame, size=32))
    assert change[1:, 1:].max() < 0.01


@pytest.mark.parametrize(
    "frame",
    [
        np.full((20, 20), 7.0),
        np.where(np.eye(20) > 0, np.nan, 1.0),
        np.where(np.eye(20) > 0, np.inf, 1.0),
        np.zeros((0, 20)),
        np.zeros((20, 20, 3)),
    ],
    ids=["constant", "nan", "infinite", "empty", "three axes"],
)
def test_what_is_no_picture_is_refused(frame: np.ndarray) -> None:
    with pytest.raises(UnusableImage):
        model_image(frame, size=32)


def test_a_thin_object_on_an_even_background_is_a_picture() -> None:
    frame = np.zeros((200, 200))
    frame[100, 90:95] = 1.0
    assert model_image(frame, size=200).max() == 1.0


def test_shrinking_averages_instead_of_skipping() -> None:
    stripes = np.tile([0.0, 1.0], 64)[None].repeat(128, axis=0)
    small = resize(stripes, 16, 16)
    np.testing.assert_allclose(small[:, 1:-1], 0.5, atol=0.02)


def test_resizing_to_the_same_size_changes_nothing() -> None:
    image = np.random.default_rng(0).random((20, 30)).astype(np.float32)
    np.testing.assert_allclose(resize(image, 20, 30), image, atol=1e-6)


def test_bytes_are_rounded_and_clipped() -> None:
    values = np.array([-0.1, 0.0, 0.5, 1.0, 1.1])
    assert to_bytes(values).tolist() == [0, 0, 128, 255, 255]
