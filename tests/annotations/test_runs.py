"""Masks as run lengths: one way to write each, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from collimate.annotations.geometry import ImageGrid
from collimate.annotations.runs import (
    MaskMalformed,
    MaskOutsideImage,
    area_pixels,
    checked_runs,
    from_mask,
    to_mask,
)

masks = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=24))


@given(masks)
def test_a_mask_comes_back_pixel_by_pixel(mask):
    rows, columns = mask.shape
    runs = from_mask(mask)
    assert np.array_equal(to_mask(runs, rows, columns), mask)
    assert area_pixels(runs) == mask.sum()
    assert checked_runs(runs, ImageGrid(rows, columns, 1)) == runs


@given(st.lists(st.integers(-1, 9), max_size=12))
def test_what_is_taken_is_the_one_way_to_write_its_mask(runs):
    grid = ImageGrid(6, 7, 1)
    try:
        taken = checked_runs(runs, grid)
    except (MaskMalformed, MaskOutsideImage):
        return
    assert from_mask(to_mask(taken, grid.rows, grid.columns)) == taken


def test_an_empty_mask_is_an_empty_list_and_a_full_one_is_a_single_run():
    assert from_mask(np.zeros((3, 4), bool)) == []
    assert from_mask(np.ones((3, 4), bool)) == [0, 12]


@pytest.mark.parametrize(
    ("runs", "error"),
    [
        ([3], MaskMalformed),
        ([3, 0], MaskMalformed),
        ([3, 2, 0, 1], MaskMalformed),
        ([-1, 2], MaskMalformed),
        ([3, 10], MaskOutsideImage),
    ],
)
def test_other_lists_are_refused(runs, error):
    with pytest.raises(error):
        checked_runs(runs, ImageGrid(3, 4, 1))
