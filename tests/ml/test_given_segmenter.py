"""A segmenter that comes as a file: read without running it, asked as it was taught."""

import json
import os
import shutil
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from hypothesis import given as given_some
from hypothesis import settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from collimate.ml.prompts.given.load import load
from collimate.ml.prompts.given.look import covering
from collimate.ml.prompts.given.marks import ball, drawn_in, mark_of
from collimate.ml.prompts.given.recipe import NotASegmenter, recipe_of
from collimate.ml.prompts.given.take import take
from collimate.ml.prompts.kinds import PromptKind
from collimate.ml.prompts.prompt import NoMemory, Prompt, drawn
from tests.ml import segmenters
from tests.ml.segmenters import IMAGE, OUTLINE, POINT, SCRIBBLE


@dataclass(frozen=True)
class Volume:
    """A stack in memory, of thick slices."""

    voxels: np.ndarray
    spacing_mm: tuple[float, float, float] = (5.0, 0.7, 0.7)

    @property
    def key(self):
        return id(self.voxels)

    @property
    def shape(self):
        return self.voxels.shape

    def values(self, frame_index):
        return self.voxels[frame_index]


def noise(*shape):
    return Volume(np.random.default_rng(2).normal(100, 20, shape).astype(np.float32))


def at(frame, row, column, *, positive=True):
    """A point in the middle of a pixel."""
    return Prompt(PromptKind.POINT, positive, frame, ((column + 0.5, row + 0.5),))


def segment(segmenter, volume, *prompts, through_frames=True, check=lambda _share: None):
    found = segmenter.segment(volume, prompts, through_frames=through_frames, check=check)
    return np.stack([found.on_frame(one, volume.shape[1:]) for one in range(volume.shape[0])])


def balls(shape, *centres):
    grid = np.ogrid[tuple(slice(0, size) for size in shape)]
    each = [
        sum((axis - place) ** 2 for axis, place in zip(grid, centre, strict=True)) <= 16
        for centre in centres
    ]
    return np.any(each, axis=0)


def random_state():
    torch.manual_seed(4)
    network = segmenters.copying(POINT)
    return {name: torch.randn(one.shape) for name, one in network.state_dict().items()}


def test_published_weights_are_read_from_a_folder_a_zip_and_safetensors_alike(tmp_path):
    state = random_state()
    folder = segmenters.publish(tmp_path / "nnInteractive_v1.0", segmenters.checkpoint(state))
    packed = shutil.make_archive(tmp_path / "weights", "zip", tmp_path, "nnInteractive_v1.0")
    beside = tmp_path / "beside"
    shutil.copytree(folder, beside, ignore=shutil.ignore_patterns("fold_0"))
    save_file(state, beside / "weights.safetensors")
    plans = segmenters.plans()
    del plans["configurations"]["3d_fullres"]
    (beside / "plans.json").write_text(json.dumps(plans))
    made = []
    for number, path in enumerate((folder, tmp_path / packed, beside / "weights.safetensors")):
        work = tmp_path / f"work{number}"
        work.mkdir()
        made.append(take(path, work)[0].read_bytes())
    assert made[0] == made[1] == made[2]

    segmenter = load(tmp_path / "work0" / "segmenter.safetensors", "ab" * 32)
    assert (segmenter.name, segmenter.version) == ("nninteractive", "abababababab")
    volume = noise(12, 20, 24)
    network = segmenters.copying(POINT)
    network.load_state_dict(state)
    same = segmenters.given(POINT)
    same._network = network.eval()
    assert (segment(segmenter, volume, at(5, 9, 9)) == segment(same, volume, at(5, 9, 9))).all()


class Poison:
    """Would make a file when a pickle of it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


def test_a_pickle_that_asks_for_code_is_refused_and_nothing_of_it_runs(tmp_path):
    for place in ("init_args", "network_weights", "logging"):
        said = segmenters.checkpoint(random_state())
        said[place] = {**said[place], "more": Poison(tmp_path / "ran")}
        folder = segmenters.publish(tmp_path / place, said)
        with pytest.raises(NotASegmenter, match=r"asks for more than .*mkdir.* not read"):
            take(folder, tmp_path)
    assert not (tmp_path / "ran").exists()
    broken = folder / "fold_0" / "checkpoint_final.pth"
    broken.write_bytes(broken.read_bytes()[:900])
    with pytest.raises(NotASegmenter, match=r"damaged or cut short|asks for more"):
        take(folder, tmp_path)


def test_what_is_missing_too_much_or_of_another_network_is_said(tmp_path):
    def refusal(name, change=lambda said: None, file=None, text=None, patch=16):
        said = segmenters.checkpoint(random_state())
        change(said)
        folder = segmenters.publish(tmp_path / name, said, patch)
        if file and text is None:
            (folder / file).unlink()
        elif file:
            (folder / file).write_text(text)
        with pytest.raises(NotASegmenter) as refused:
            take(folder, tmp_path)
        return str(refused.value)

    last = "decoder.seg_layers.0.bias"
    assert "no dataset.json" in refusal("a", file="dataset.json")
    assert "no plans.json" in refusal("b", file="plans.json")
    assert "fold_0/checkpoint_final.pth" in refusal("c", file="fold_0/checkpoint_final.pth")
    assert "no “network_weights”" in refusal("d", lambda said: said.pop("network_weights"))
    assert last in refusal("e", lambda said: said["network_weights"].pop(last))
    assert "other.weight" in refusal(
        "f", lambda said: said["network_weights"].update({"other.weight": torch.ones(1)})
    )
    assert "3 instead of 2" in refusal(
        "g", lambda said: said["network_weights"].update({last: torch.ones(3)})
    )
    assert "no configuration “x”" in refusal(
        "h", lambda said: said["init_args"].update(configuration="x")
    )
    assert "several configurations" in refusal("i", lambda said: said.pop("init_args"))
    assert "not readable JSON" in refusal("j", file="plans.json", text="{")
    assert "lack something" in refusal("k", file="plans.json", text="{}")
    assert "does not fit" in refusal("l", patch=15)
    assert "made for “Other”" in refusal("m", file="inference_session_class.json", text='"Other"')


def test_older_and_newer_files_beside_the_weights_say_how_prompts_are_drawn():
    def made(session):
        return recipe_of(segmenters.plans(), segmenters.DATASET, session, segmenters.NAME)

    assert made("nnInteractiveInferenceSession").decay == 0.9
    assert made({}).decay == 0.98
    newer = made({"interaction_channels": 8, "channel_mapping": {"prev_seg": -1, "lasso": [0, 1]}})
    assert (newer.previous, newer.channel_count, newer.channels["lasso"]) == (8, 9, (0, 1))
    with pytest.raises(NotASegmenter, match="do not agree"):
        made({"interaction_channels": 3})


PLACES = st.tuples(st.integers(0, 5), st.integers(0, 17), st.integers(0, 19))


@settings(max_examples=40, deadline=None)
@given_some(st.lists(st.tuples(st.sampled_from(PromptKind), st.booleans(), PLACES), min_size=1))
def test_each_prompt_lands_in_its_channel_at_its_voxel_and_older_ones_fade(prompted):
    shape, recipe = (6, 18, 20), segmenters.recipe()
    pairs = {"box": (1, 2), "lasso": (1, 2), "point": (3, 4), "scribble": (5, 6)}
    wanted = np.zeros((7, *shape))
    marks = []
    for age, (kind, positive, (frame, row, column)) in enumerate(reversed(prompted)):
        x, y = column + 0.5, row + 0.5
        corner = (min(x + 3, 20), min(y + 2, 18))
        points = {
            "point": ((x, y),), "scribble": ((x, y), corner), "box": ((x, y), corner),
            "lasso": ((x - 0.4, y - 0.4), (x + 2, y - 0.4), (x - 0.4, y + 2)),
        }[kind]  # fmt: skip
        prompt = Prompt(kind, positive, frame, points)
        marks.insert(0, mark_of(prompt, shape, recipe))
        channel = wanted[pairs[kind][0 if positive else 1]]
        if kind == "point":
            for near in np.argwhere(balls(shape, (frame, row, column))):
                depth = ball(4)[tuple(near - (frame, row, column) + 4)]
                channel[tuple(near)] = max(channel[tuple(near)], depth * 0.98**age)
        else:
            drawn_here = drawn(prompt, (0, 0), shape[1:])
            assert drawn_here[row, column]
            channel[frame] = np.maximum(channel[frame], drawn_here * 0.98**age)
    for channel in range(7):
        found = drawn_in(marks, channel, (0, 0, 0), shape, recipe.decay)
        found = np.zeros(shape) if found is None else found
        np.testing.assert_allclose(found, wanted[channel], atol=1e-6)
        part = drawn_in(marks, channel, (2, 5, 7), (4, 9, 8), recipe.decay)
        part = np.zeros((4, 9, 8)) if part is None else part
        np.testing.assert_allclose(part, wanted[channel, 2:6, 5:14, 7:15], atol=1e-6)


def test_a_network_that_repeats_the_points_answers_them_exactly_in_a_stack_of_thick_slices():
    volume, segmenter = noise(9, 40, 50), segmenters.given(POINT)
    corner, inner, border = (0, 0, 0), (4, 20, 31), (8, 39, 26)
    prompts = [at(*place) for place in (corner, inner, border)]
    everything = segment(segmenter, volume, *prompts)
    assert (everything == balls(volume.shape, corner, inner, border)).all()

    one = segment(segmenter, volume, prompts[0])
    assert (one == balls(volume.shape, corner)).all()
    denied = segment(segmenter, volume, *prompts, at(4, 20, 31, positive=False))
    assert (denied == everything).all()
    assert not segment(segmenter, volume, at(4, 20, 31, positive=False)).any()

    flat = segment(segmenter, volume, *prompts[:2], at(4, 8, 8), through_frames=False)
    alone = np.zeros(volume.shape, dtype=bool)
    alone[4] = balls(volume.shape, inner, (4, 8, 8))[4]
    assert (flat == alone).all()
    line = Prompt(PromptKind.SCRIBBLE, True, 4, ((5.0, 6.0), (9.0, 6.0)))
    scribbled = segment(segmenters.given(SCRIBBLE), volume, line)
    assert (scribbled[4] == drawn(line, (0, 0), (40, 50))).all()
    assert scribbled.sum() == scribbled[4].sum()
    box = Prompt(PromptKind.BOX, True, 8, ((44.0, 33.0), (50.0, 40.0)))
    boxed = segment(segmenters.given(OUTLINE), volume, box)
    assert np.argwhere(boxed).min(axis=0).tolist() == [8, 33, 44]
    assert boxed.sum() == 7 * 6


def test_a_structure_larger_than_a_patch_is_found_up_to_the_borders_of_the_stack():
    columns = np.arange(36)
    stripes = np.broadcast_to(np.where(columns // 6 % 2, 130.0, 70.0), (20, 30, 36))
    volume = Volume(stripes.astype(np.float32))
    found = segment(segmenters.given(IMAGE), volume, at(10, 15, 15))
    assert (found == (stripes > 100)).all()


@settings(max_examples=60, deadline=None)
@given_some(st.integers(0, 2**32 - 1), st.sampled_from([0.002, 0.05, 0.5]))
def test_patches_cover_with_their_inner_parts_whatever_is_looked_at_again(seed, share):
    wanted = np.random.default_rng(seed).random((7, 40, 23)) < share
    low, patch = (3, 0, 50), (16, 16, 8)
    boxes = covering(wanted, low, patch)
    left = wanted.copy()
    for box in boxes:
        part = tuple(
            slice(max(0, a - b + side // 8), max(0, a - b + side - side // 8))
            for a, b, side in zip(box.low, low, patch, strict=True)
        )
        assert wanted[part].any()
        left[part] = False
    assert not left.any()
    assert boxes == covering(wanted, low, patch)


def test_an_answer_that_is_given_up_leaves_nothing_behind_and_too_little_memory_is_said():
    class GivenUp(Exception):
        pass

    def give_up(_share):
        raise GivenUp

    volume, segmenter = noise(9, 40, 50), segmenters.given(POINT)
    first, second = at(4, 20, 31), at(4, 20, 12)
    with pytest.raises(GivenUp):
        segment(segmenter, volume, first, second, check=give_up)
    assert (segment(segmenter, volume, first) == balls(volume.shape, (4, 20, 31))).all()
    giant = segmenters.given(POINT, seen=(1 << 14, 1 << 14, 1 << 14))
    with pytest.raises(NoMemory):
        segment(giant, volume, first)
