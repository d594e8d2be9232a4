"""Windows and modality values as the standard writes them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.dicom.frames import (
    frame_array,
    modality_values,
    percentile_window,
    shown,
    window_to_8bit,
)
from collimate.dicom.prepared import FrameFacts, frame_facts

FACTS = FrameFacts(2, 2, 1, 16, signed=True, photometric_interpretation="MONOCHROME2")


def test_the_linear_window_follows_the_examples_of_the_standard():
    # PS3.3 C.11.2.1.2.1: centre 2048, width 4096 maps 0 to black and 4095 to white
    values = np.array([-1, 0, 4095, 4096])
    assert window_to_8bit(values, 2048, 4096).tolist() == [0, 0, 255, 255]
    # centre 0, width 100: -50 is black, 49 is white
    assert window_to_8bit(np.array([-51, -50, 49, 50]), 0, 100).tolist() == [0, 0, 255, 255]
    # width 1 is a threshold
    assert window_to_8bit(np.array([2047, 2048]), 2048, 1).tolist() == [0, 255]


@given(
    st.lists(st.integers(-2000, 4000), min_size=2, max_size=20),
    st.integers(-1000, 3000),
    st.integers(1, 4000),
)
def test_a_window_never_swaps_two_values(values, centre, width):
    ordered = np.sort(np.array(values))
    assert np.all(np.diff(window_to_8bit(ordered, centre, width).astype(int)) >= 0)


def test_modality_values_are_rescaled():
    assert modality_values(np.array([0, 1000], "i2"), 2.0, -1024.0).tolist() == [-1024.0, 976.0]


def test_monochrome1_is_shown_inverted():
    array = np.array([[0, 100], [200, 300]], "<i2")
    two = shown(array, FACTS, (150, 300))
    one_facts = FrameFacts(2, 2, 1, 16, signed=True, photometric_interpretation="MONOCHROME1")
    assert np.array_equal(shown(array, one_facts, (150, 300)), 255 - two)


@pytest.mark.parametrize("kind", ["<i2", "<u2", "i1", "u1"])
def test_a_picture_is_shown_alike_in_a_small_frame_and_in_a_large_one(kind):
    small = np.random.default_rng(0).integers(0, 256, (8, 8)).astype(kind)
    facts = replace(FACTS, slope=1.5, intercept=-300.0)
    large = shown(np.tile(small, (64, 64)), facts, (-100, 400))
    assert np.array_equal(large, np.tile(shown(small, facts, (-100, 400)), (64, 64)))


def test_a_constant_picture_can_be_shown():
    array = np.full((2, 2), 7, "<i2")
    assert len(np.unique(shown(array, FACTS))) == 1
    assert percentile_window(array)[1] > 0


def test_bytes_that_do_not_fit_are_refused():
    facts = {"rows": 2, "columns": 3, "samples": 1, "bits_allocated": 16, "signed": False}
    assert frame_array(bytes(12), **facts).shape == (2, 3)
    with pytest.raises(ValueError, match="reshape"):
        frame_array(bytes(10), **facts)


def test_facts_without_a_window_or_rescale_have_none():
    facts = frame_facts({"00280010": {"vr": "US", "Value": [4]}})
    assert (facts.rows, facts.slope, facts.intercept, facts.window) == (4, 1.0, 0.0, None)
    assert FrameFacts.from_json(facts.to_json()) == facts
