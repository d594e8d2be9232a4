"""Masks from prompts: what is shown is found, what is denied is left, in 2D and through slices."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.ml.prompts.geodesic import geodesic_distance
from collimate.ml.prompts.kinds import PromptKind
from collimate.ml.prompts.prompt import Prompt, drawn
from collimate.ml.prompts.seeded import Seeded
from collimate.ml.prompts.walk import random_walk

SPACING = (3.0, 0.75, 0.75)
POINT, BOX, LASSO, SCRIBBLE = (
    PromptKind.POINT,
    PromptKind.BOX,
    PromptKind.LASSO,
    PromptKind.SCRIBBLE,
)


@dataclass(frozen=True)
class Volume:
    """A stack in memory."""

    voxels: np.ndarray
    spacing_mm: tuple[float, float, float] = SPACING

    @property
    def shape(self):
        return self.voxels.shape

    def values(self, frame_index):
        return self.voxels[frame_index]


def ball(shape, centre, radius_mm, spacing=SPACING):
    grid = np.ogrid[tuple(slice(0, size) for size in shape)]
    return (
        sum(((axis - at) * step) ** 2 for axis, at, step in zip(grid, centre, spacing, strict=True))
        <= radius_mm**2
    )


def two_balls(noise=12.0):
    """Two balls of one value, 150 in 100, that touch; in noise."""
    shape = (16, 96, 120)
    one, other = ball(shape, (8, 48, 42), 13), ball(shape, (8, 48, 76), 13)
    voxels = np.where(one | other, 150.0, 100.0)
    voxels += np.random.default_rng(3).normal(0, noise, shape)
    return Volume(voxels.astype(np.float32)), one, other


def segment(volume, *prompts, through_frames=True):
    return Seeded().segment(
        volume, prompts, through_frames=through_frames, check=lambda _share: None
    )


def whole(found, volume):
    rows, columns = volume.shape[1:]
    return np.stack([found.on_frame(at, (rows, columns)) for at in range(volume.shape[0])])


def dice(one, other):
    return 2 * (one & other).sum() / (one.sum() + other.sum())


def prompt(kind, *points, on=8, positive=True):
    return Prompt(kind, positive, on, tuple(points))


FIRST = {
    "point": prompt(POINT, (40.5, 46.5)),
    "scribble": prompt(SCRIBBLE, (32.0, 48.0), (42.0, 56.0), (50.0, 44.0)),
    "box": prompt(BOX, (23.0, 29.0), (61.0, 67.0)),
    "lasso": prompt(
        LASSO, (25, 41), (35, 31), (50, 31), (60, 41), (60, 56), (50, 67), (35, 66), (24, 56)
    ),
}


@pytest.mark.parametrize("kind", FIRST)
def test_a_lesion_is_found_from_one_prompt_of_every_kind(kind):
    shape = (16, 96, 96)
    truth = ball(shape, (8, 48, 42), 13)
    voxels = np.where(truth, 150.0, 100.0) + np.random.default_rng(1).normal(0, 12, shape)
    volume = Volume(voxels.astype(np.float32))
    assert dice(whole(segment(volume, FIRST[kind]), volume), truth) > 0.9
    flat = whole(segment(volume, FIRST[kind], through_frames=False), volume)
    assert not np.delete(flat, 8, axis=0).any()
    assert dice(flat[8], truth[8]) > 0.9


def test_a_place_that_is_denied_takes_its_half_away():
    volume, one, other = two_balls()
    both = whole(segment(volume, FIRST["point"]), volume)
    assert dice(both, one | other) > 0.9
    parted = whole(
        segment(volume, FIRST["point"], prompt(POINT, (78.5, 48.5), positive=False)), volume
    )
    assert dice(parted, one) > 0.85


def test_what_prompts_touch_is_settled_by_the_last_that_touches_it():
    volume, *_ = two_balls()
    outside = prompt(SCRIBBLE, (10.0, 10.0), (14.0, 10.0))
    with_it = whole(segment(volume, FIRST["point"], outside, through_frames=False), volume)
    assert with_it[8][9, 9:14].all()
    back = prompt(SCRIBBLE, (10.0, 10.0), (14.0, 10.0), positive=False)
    without = whole(segment(volume, FIRST["point"], outside, back, through_frames=False), volume)
    assert not without[8][9, 9:14].any()
    assert not segment(volume, back).mask.any()


def test_pixels_are_covered_where_their_centres_are():
    box = drawn(prompt(BOX, (6.0, 2.0), (1.0, 4.4)), (0, 0), (8, 8))
    assert np.array_equal(
        np.argwhere(box), [[row, column] for row in (2, 3) for column in range(1, 6)]
    )
    lasso = drawn(prompt(LASSO, (1.0, 2.0), (6.0, 2.0), (6.0, 4.4), (1.0, 4.4)), (0, 0), (8, 8))
    assert np.array_equal(lasso, box)
    part = drawn(prompt(POINT, (12.5, 20.5)), (18, 10), (5, 5))
    assert np.array_equal(np.argwhere(part), [[2, 2]])


def test_a_walker_on_a_line_is_as_likely_as_its_place_says():
    values = np.zeros((1, 1, 11), dtype=np.float32)
    ends = np.zeros((2, 1, 1, 11), dtype=bool)
    ends[0, ..., 0] = ends[1, ..., 10] = True
    chance = random_walk(
        values, inside=ends[0], outside=ends[1], prior=np.full_like(values, 0.5), trust=1e-9,
        spacing=(1, 1, 1), sharpness=1.0,
    )  # fmt: skip
    assert np.allclose(chance.ravel(), np.linspace(1, 0, 11), atol=0.02)


def test_the_cheapest_way_leads_round_a_wall():
    values = np.zeros((1, 9, 9), dtype=np.float32)
    values[0, :8, 4] = 100
    seeds = np.zeros(values.shape, dtype=bool)
    seeds[0, 0, 0] = True
    distance = geodesic_distance(values, seeds, (1.0, 1.0, 2.0), weight=10.0)
    assert distance[0, 0, 3] == pytest.approx(6.0)
    assert distance[0, 0, 8] == pytest.approx(8 + 8 + 16)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_prompts_on_any_image_are_answered_within_it_and_the_same_again(data):
    shape = tuple(data.draw(st.integers(1, size)) for size in (4, 24, 24))
    level = data.draw(st.sampled_from([0.0, 1.0, 1e4]))
    seed = data.draw(st.integers(0, 99))
    voxels = np.random.default_rng(seed).normal(-500, 1, shape) * level
    volume = Volume(
        voxels.astype(np.float32), (data.draw(st.sampled_from([0.3, 1.0, 9.0])), 1.0, 2.0)
    )
    place = st.tuples(st.floats(0, shape[2]), st.floats(0, shape[1]))
    prompts = data.draw(
        st.lists(
            st.builds(
                Prompt, st.sampled_from(list(PromptKind)), st.booleans(),
                st.integers(0, shape[0] - 1), st.lists(place, min_size=3, max_size=4).map(tuple),
            ),
            min_size=1, max_size=4,
        )
    )  # fmt: skip
    through = data.draw(st.booleans())
    first, again = (segment(volume, *prompts, through_frames=through) for _ in range(2))
    mask = whole(first, volume)
    assert np.array_equal(mask, whole(again, volume))
    if not through:
        assert set(np.flatnonzero(mask.any(axis=(1, 2)))) <= {prompts[-1].frame_index}


def test_only_as_much_of_a_large_image_is_looked_at_as_the_structure_needs():
    shape = (3, 400, 400)
    truth = ball(shape, (1, 200, 200), 9)
    volume = Volume(np.where(truth, 150.0, 100.0).astype(np.float32))
    place = prompt(POINT, (200.5, 200.5), on=1)
    for through_frames in (True, False):
        found = segment(volume, place, through_frames=through_frames)
        assert max(found.mask.shape) < 80
        assert dice(whole(found, volume)[1], truth[1]) > 0.95
