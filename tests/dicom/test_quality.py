"""Quality numbers point the right way, and pictures that look alike hash alike."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.dicom import near_duplicates
from collimate.dicom.quality import MEASURES, measure_quality, picture_hash
from tests import dicoms


def scene(seed: int = 0, size: int = 256) -> np.ndarray:
    """A picture with structure at every scale, 0…255."""
    random = np.random.default_rng(seed)
    spectrum = np.fft.rfft2(random.normal(size=(size, size)))
    radius = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :])
    radius[0, 0] = 1.0
    picture = np.fft.irfft2(spectrum / radius, s=(size, size))
    low, high = picture.min(), picture.max()
    return ((picture - low) / (high - low) * 255).astype(np.uint8)


def smoothed(picture: np.ndarray, width: int) -> np.ndarray:
    kernel = np.ones(width) / width
    rows = np.apply_along_axis(np.convolve, 1, picture.astype(float), kernel, "same")
    return np.apply_along_axis(np.convolve, 0, rows, kernel, "same").astype(np.uint8)


def enlarged(picture: np.ndarray, times: int) -> np.ndarray:
    """Interpolated to more pixels than were taken."""
    from PIL import Image

    size = (picture.shape[1] * times, picture.shape[0] * times)
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))


def quality(picture: np.ndarray, **options) -> dict[str, float]:
    return measure_quality(picture.astype(np.float32), picture, **options)


def test_every_measure_is_a_plain_number_even_of_nothing():
    for picture in (np.zeros((1, 1), "u1"), np.full((40, 40), 7, "u1"), scene()[:3, :200]):
        found = quality(picture)
        assert tuple(found) == MEASURES
        assert all(isinstance(value, float) and 0 <= value <= 1 for value in found.values())


def test_blurring_raises_blur_step_by_step():
    picture = scene()
    blurs = [quality(smoothed(picture, width))["blur"] for width in (1, 3, 7, 15)]
    assert blurs == sorted(blurs)
    assert blurs[-1] > blurs[0] + 0.3


def test_an_enlarged_picture_fills_less_of_its_resolution():
    picture = scene()
    shares = [quality(enlarged(picture, times))["resolution"] for times in (1, 2, 4)]
    assert shares[0] > 0.9
    assert shares[1] == pytest.approx(0.5, abs=0.12)
    assert shares[2] == pytest.approx(0.25, abs=0.08)


def test_noise_is_measured_as_added():
    ramp = np.tile(np.linspace(100, 3000, 256), (256, 1))
    random = np.random.default_rng(0)
    for sigma in (10.0, 60.0):
        values = (ramp + random.normal(0, sigma, ramp.shape)).astype(np.float32)
        grey = (values / 16).astype(np.uint8)
        found = measure_quality(values, grey)["noise"] * float(np.ptp(values))
        assert found == pytest.approx(sigma, rel=0.1)


def test_clipping_leaves_padding_out():
    picture = np.full((64, 64), 90, "u1")
    picture[:32] = 10
    picture[40:44] = 255
    picture[50:54] = 0
    assert quality(picture)["clipped_fraction"] == pytest.approx(8 / 64)
    padded = quality(picture, padding=(0.0, 0.0))
    assert padded["clipped_fraction"] == pytest.approx((4 + 32) / 60)


def test_a_flat_window_lowers_contrast_and_a_bright_border_raises_suspicion():
    picture = scene()
    assert quality((picture // 8 + 100).astype("u1"))["contrast"] < quality(picture)["contrast"]
    framed = np.full((128, 128), 240, "u1")
    framed[24:104, 24:104] = 20
    assert quality(framed)["inverted_suspicion"] > 0.9
    assert quality(255 - framed)["inverted_suspicion"] < 0.1


def changed(picture: np.ndarray) -> dict[str, np.ndarray]:
    from io import BytesIO

    from PIL import Image

    image = Image.fromarray(picture)
    target = BytesIO()
    image.save(target, "JPEG", quality=60)
    small = image.resize((100, 77), Image.Resampling.LANCZOS)
    noisy = picture + np.random.default_rng(1).normal(0, 6, picture.shape)
    return {
        "recompressed": np.asarray(Image.open(target)),
        "scaled": np.asarray(small),
        "noisy": np.clip(noisy, 0, 255).astype(np.uint8),
        "brighter": np.clip(picture * 0.9 + 20, 0, 255).astype(np.uint8),
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_same_picture_in_another_form_is_near(seed):
    first = picture_hash(scene(seed))
    for name, other in changed(scene(seed)).items():
        bits = near_duplicates.distance(first, picture_hash(other))
        assert bits <= near_duplicates.MOST_DISTANCE, name


def test_other_pictures_are_far():
    hashes = [picture_hash(scene(seed)) for seed in range(30)]
    distances = [near_duplicates.distance(*pair) for pair in itertools.combinations(hashes, 2)]
    assert min(distances) > near_duplicates.MOST_DISTANCE
    assert picture_hash(np.full((50, 50), 9, "u1")) is None


@given(
    one=st.integers(-(2**63), 2**63 - 1),
    turned=st.sets(st.integers(0, 63), max_size=near_duplicates.MOST_DISTANCE),
)
def test_no_hash_within_the_distance_is_ever_missed(one, turned):
    other = (one & (2**64 - 1)) ^ sum(1 << bit for bit in turned)
    other = other - 2**64 if other >> 63 else other
    assert near_duplicates.distance(one, other) == len(turned)
    assert set(near_duplicates.probes(one)) & set(near_duplicates.bands(other))


def test_the_look_up_asks_for_few_values():
    asked = near_duplicates.probes(random.Random(0).getrandbits(63))
    assert len(set(asked)) == 68
    assert all(0 <= value < 4 << 16 for value in asked)


def test_what_is_stored_with_an_image_is_what_was_measured(prepare):
    array = dicoms.pattern(96, 80)
    one = prepare(dicoms.radiograph(array=array)).prepared
    other = prepare(dicoms.ct_slice(array=(array.astype("i2") - 1024))).prepared
    assert tuple(one.quality) == MEASURES
    assert near_duplicates.distance(one.picture_hash, other.picture_hash) <= 7
    assert prepare(dicoms.radiograph(array=np.zeros((9, 9), "u2"))).prepared.picture_hash is None
