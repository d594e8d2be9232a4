"""Networks for masks and boxes: steps that can be repeated, judged against toy answers."""

from pathlib import Path

import numpy as np
import pytest
import torch

from collimate.ml import dense_training, overlap
from collimate.ml.boxes import Findings, average_precision, f1_of, froc, matched
from collimate.ml.dense_model import DenseModel
from collimate.ml.dense_network import UNet
from collimate.ml.dense_recipes import box_target, boxes_of
from collimate.ml.dense_training import NothingToLearn, Samples, train
from collimate.ml.images import UnusableImage
from collimate.ml.intake import Intake, fit_intake, grow_map, shrink_mask
from collimate.ml.model_file import UnreadableModel
from collimate.ml.training import TrainingDiverged
from tests.ml.toys import lesions, samples

AS_IT_IS = Intake(32, None, None, None)


def trained(path: Path, *, steps: int, seed: int = 3, **named: object) -> dense_training.DenseRun:
    return train(
        samples(), kind="segmentation", width=8, checkpoint=path / "half.safetensors", seed=seed,
        steps=steps, batch=4, **named,  # type: ignore[arg-type]
    )  # fmt: skip


def model_of(run: dense_training.DenseRun) -> DenseModel:
    assert run.network is not None
    return DenseModel(run.network, "segmentation", ("lesion",), AS_IT_IS, 8, {})


def test_a_stopped_training_goes_on_with_the_steps_of_one_that_was_not(tmp_path: Path) -> None:
    whole = trained(tmp_path, steps=6)
    (tmp_path / "half.safetensors").unlink()
    asked: list[int] = []

    def after_two() -> bool:
        asked.append(1)
        return len(asked) == 3

    half = trained(tmp_path, steps=6, should_stop=after_two)
    assert (half.network, half.steps) == (None, 2)
    rest = trained(tmp_path, steps=6)
    assert model_of(rest).to_bytes() == model_of(whole).to_bytes()


def test_nothing_is_learned_from_empty_masks_or_from_values_that_are_not_finite(
    tmp_path: Path,
) -> None:
    images, _ = lesions(4, 0)
    empty = Samples(images, np.zeros((4, 1, 32, 32), np.float16), [np.zeros(0, np.int64)])
    with pytest.raises(NothingToLearn, match="shows anything"):
        train(
            empty, kind="segmentation", width=8, checkpoint=tmp_path / "a", seed=0, steps=1
        )  # fmt: skip
    broken = Samples(np.full_like(images, np.nan), empty.targets + 1, [np.arange(4)])
    with pytest.raises(TrainingDiverged):
        train(
            broken, kind="segmentation", width=8, checkpoint=tmp_path / "b", seed=0, steps=1
        )  # fmt: skip
    for values in (np.full((9, 9), np.nan), np.full((9, 9), 7.0)):
        with pytest.raises(UnusableImage):
            AS_IT_IS.read(values, None)


def test_the_highest_probability_points_at_the_lesion_only_once_it_was_learned(
    tmp_path: Path,
) -> None:
    torch.manual_seed(0)
    images, masks = lesions(80, 9)
    shown = masks.any(axis=(1, 2))
    chance = masks[shown].mean()

    def hit_rate(model: DenseModel) -> float:
        maps = model.predict(images[shown])[:, 0]
        top = maps.reshape(len(maps), -1).argmax(axis=1)
        return float(masks[shown].reshape(len(maps), -1)[np.arange(len(maps)), top].mean())

    learned = model_of(trained(tmp_path, steps=45))
    assert hit_rate(learned) >= 3 * chance
    rates = []
    for seed in range(6):
        torch.manual_seed(seed)
        rates.append(hit_rate(DenseModel(UNet(1, 8), "segmentation", ("lesion",), AS_IT_IS, 8, {})))
    assert np.mean(rates) < 3 * chance, "chance of hitting a lesion is its share of the picture"
    again = DenseModel.from_bytes(learned.to_bytes())
    np.testing.assert_array_equal(again.predict(images[:3]), learned.predict(images[:3]))
    for other in (b"\x80\x04K\x01.", b"", learned.to_bytes()[:-9]):
        with pytest.raises(UnreadableModel):
            DenseModel.from_bytes(other)


def test_images_are_brought_to_one_spacing_and_ct_to_one_window() -> None:
    inside = np.linspace(-50, 150, 1_001)
    extents = [(100, 80, (0.5, 0.5)), (50, 50, (1.0, 1.0))]
    intake = fit_intake("CT", extents, inside, side=64)
    assert intake.spacing_mm == pytest.approx(50 / 64)
    assert (intake.low, intake.high) == pytest.approx((-49, 149), abs=0.5)
    assert intake.shape_of(100, 80, (0.5, 0.5)) == (64, 51)
    assert intake.shape_of(200, 200, (5.0, 5.0)) == (128, 128), "never beyond twice the side"
    np.testing.assert_allclose(intake.read(np.full((20, 20), 50.0), (1.0, 1.0)), 0.5, atol=0.01)
    other = fit_intake("MR", [*extents, (9, 9, None)], inside, side=64)
    assert (other.spacing_mm, other.low) == (None, None)
    mask = np.zeros((40, 40), dtype=bool)
    mask[8:24, 8:32] = True
    small = shrink_mask(mask, 20, 20)
    assert small.sum() == 8 * 12
    assert overlap.dice(grow_map(small.astype(np.float32), 40, 40) > 0.5, mask) > 0.98


def test_dice_and_distance_of_two_squares_are_what_the_ruler_says() -> None:
    one, other = np.zeros((2, 30, 30), dtype=bool)
    one[5:15, 5:15] = True
    other[5:15, 8:18] = True
    assert overlap.dice(one, other) == pytest.approx(0.7)
    assert np.isnan(overlap.dice(one & False, other & False))
    total, count = overlap.surface_distance(one, one, (1.0, 1.0))
    assert (total, count) == (0.0, 72)
    line, beside = np.zeros((2, 30, 30), dtype=bool)
    line[:, 10], beside[:, 14] = True, True
    total, count = overlap.surface_distance(line, beside, (1.0, 0.5))
    assert total / count == pytest.approx(2.0)
    line, beside = np.zeros((2, 1_500, 1_200), dtype=bool)
    line[:, 100:500], beside[:, 100:530] = True, True
    total, count = overlap.surface_distance(line, beside, (0.1, 0.1))
    assert total / count == pytest.approx(3.0 * 1_500 / 3_800, rel=0.02), "one side is 3 mm off"
    table = np.array([[1.0, np.nan], [0.5, 0.2], [np.nan, np.nan]])
    found = overlap.overall(table, np.array(["a", "b", "c"]))
    assert (found.value, found.n) == (pytest.approx((0.75 + 0.2) / 2), 2)
    assert [own.n for own in overlap.per_class(table, np.array(["a", "b", "c"]))] == [2, 1]


def test_doubt_is_highest_where_the_model_is_of_two_minds() -> None:
    said = np.full((3, 2, 10, 10), 0.001)
    said[1, 1, :2, :5] = 0.5
    said[2, :, 5:, :] = 0.999
    doubt, by_class = overlap.pooled_doubt(said)
    assert doubt.argmax() == 1
    assert doubt[1] == pytest.approx(np.log(2), abs=0.01)
    assert by_class[1].argmax() == 1


def test_boxes_are_read_back_from_the_maps_they_were_drawn_into() -> None:
    drawn = [[(4.0, 6.0, 12.0, 14.0)], [(20.0, 20.0, 30.0, 24.0), (3.0, 22.0, 9.0, 28.0)]]
    target = box_target(drawn, 32, 32)
    found = boxes_of(target[:-1], least=0.9, most=10)
    read = sorted(
        (int(c), *np.round(b).tolist()) for c, b in zip(found.labels, found.boxes, strict=True)
    )
    wanted = sorted((c, *box) for c, own in enumerate(drawn) for box in own)
    np.testing.assert_allclose(read, wanted, atol=1.0)


def test_a_box_over_the_edge_is_cut_and_one_beside_the_image_is_none() -> None:
    over, beside = (-8.0, 10.0, 8.0, 20.0), (-9.0, -9.0, -1.0, -2.0)
    target = box_target([[over, beside], [(40.0, 4.0, 50.0, 9.0)]], 32, 32)
    assert np.isfinite(target).all()
    [box] = boxes_of(target[:-1], least=0.9, most=10).boxes
    np.testing.assert_allclose(box, (0, 10, 8, 20), atol=1.0)
    assert target[-1].sum() == 1, "one centre"


def test_boxes_are_learned_where_one_class_of_two_was_never_drawn(tmp_path: Path) -> None:
    images, masks = lesions(6, 0)
    boxes = [[(4.0, 4.0, 12.0, 12.0)] if mask.any() else [] for mask in masks]
    targets = np.stack([box_target([own, []], 32, 32) for own in boxes]).astype(np.float16)
    shown = np.flatnonzero(masks.any((1, 2)))
    given = Samples(images, targets, [shown, np.zeros(0, np.int64)])
    run = train(
        given, kind="detection", width=8, checkpoint=tmp_path / "a", seed=0, steps=2, batch=2
    )  # fmt: skip
    assert run.network is not None
    assert np.isfinite([run.loss]).all()
    said = DenseModel(run.network, "detection", ("a", "b"), AS_IT_IS, 8, {}).predict(images[:1])
    assert np.isfinite(said).all()
    none = Samples(images, np.zeros_like(targets), [shown[:0], shown[:0]])
    with pytest.raises(NothingToLearn, match="shows anything"):
        train(none, kind="detection", width=8, checkpoint=tmp_path / "b", seed=0, steps=1)


def test_average_precision_and_froc_of_a_small_case() -> None:
    squares = [[[0, 0], [10, 10]], [[20, 20], [30, 30]]]
    said = [[[0, 0], [10, 9]], [[0, 0], [9, 10]], [[50, 50], [60, 60]]]
    assert matched(squares, said) == {0: 0}
    assert f1_of(1, 3, 2) == pytest.approx(0.4)
    assert f1_of(0, 0, 0) is None
    findings = Findings(
        np.array([0.7, 0.9, 0.1, 0.8]), np.array([1.0, 1.0, 0.0, 0.0]), np.array([2, 0, 3, 1]),
        np.array([1, 1, 2, 0]), np.array([1, 1, 1, 1]),
    )  # fmt: skip
    patients = np.array(["a", "b", "c", "d"])
    precision = average_precision(findings, patients)
    assert precision.value == pytest.approx(0.25 * 1 + 0.25 * 2 / 3)
    assert (precision.low, precision.n) == (None, 4), "too few to say how certain it is"
    assert froc(findings) == [0.25, 0.5, 0.5, 0.5, 0.5, 0.5]
    nothing = Findings(*([np.zeros(0)] * 2), np.zeros(0, int), np.zeros(4, int), np.ones(4, int))
    assert average_precision(nothing, patients).value is None
    many = Findings(
        np.tile(findings.scores, 5), np.tile(findings.hits, 5),
        np.concatenate([findings.cases + 4 * n for n in range(5)]),
        np.tile(findings.wanted, 5), np.tile(findings.images, 5),
    )  # fmt: skip
    wide = average_precision(many, np.arange(20))
    assert wide.value == pytest.approx(precision.value)
    assert wide.low is not None
    assert wide.low < wide.value < wide.high
