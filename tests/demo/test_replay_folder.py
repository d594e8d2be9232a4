"""A folder of labelled pictures that nobody has seen before is replayed, whatever it holds."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from collimate.cli import commands
from collimate.demo.replay import network
from collimate.demo.replay.answers import load
from collimate.demo.replay.curves import Course
from collimate.demo.replay.folder import replay_folder
from collimate.demo.replay.lessons import Masks, lessons_of
from collimate.demo.replay.pictures import read_picture
from collimate.ml.images import UnusableImage
from collimate.ml.strategies import PoolView, QueryStrategy
from collimate.studies.imports.label_table import Columns as Names
from collimate.studies.imports.label_table import TableUnusable, read_table

RUNNER = CliRunner()


def blob(draw: np.random.Generator, kind: int, side: int = 48) -> np.ndarray:
    """A dim noisy square with a bright disc at a place that tells its class."""
    rows, columns = np.mgrid[:side, :side]
    middle = ((0.3, 0.3), (0.3, 0.7), (0.7, 0.5))[kind]
    near = np.hypot(rows / side - middle[0], columns / side - middle[1]) < 0.17
    return np.clip(60 + draw.normal(0, 12, (side, side)) + 120 * near, 0, 255)


def write_table(folder: Path, rows: list[str], header: str = "path,label,group") -> Path:
    table = folder / "labels.csv"
    table.write_text("\n".join([header, *rows]))
    return table


def quick(folder: Path, columns: Names, **course: int):
    return replay_folder(
        folder, folder / "labels.csv", columns, strategies=["project", "random"],
        course=Course(**{"seeds": 1, "batch_size": 10, "cap": 30, "encoder_steps": 0, **course}),
        tell=lambda text: None,
    )  # fmt: skip


def test_a_motley_folder_is_read_for_what_it_is_worth(tmp_path: Path) -> None:
    draw, rows = np.random.default_rng(0), []
    for number in range(90):
        kind = 0 if number % 9 < 6 else 1 if number % 9 < 8 else 2
        values = blob(draw, kind, side=40 + number % 30)
        if number % 3 == 0:
            picture = Image.fromarray((values * 200).astype(np.uint16))
        elif number % 3 == 1:
            picture = Image.fromarray(np.repeat(values[..., None], 3, -1).astype(np.uint8))
        else:
            picture = Image.fromarray(values.astype(np.uint8)).convert("RGBA")
        picture.save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{'+-?'[kind]},p{number // 2}")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG no more")
    Image.fromarray(np.full((30, 30), 7, np.uint8)).save(tmp_path / "flat.png")
    rows += ["broken.png,+,x1", "flat.png,+,x2", "gone.png,-,x3", "0.png,,p0"]
    write_table(tmp_path, rows)
    outcome = quick(tmp_path, Names(patient="group"))
    assert outcome.pool_count + outcome.holdout_count == 90
    assert 14 <= outcome.holdout_count <= 24
    assert sorted(outcome.refused.values()) == [1, 1, 1]
    assert outcome.full > 0.8
    for curve in outcome.curves:
        assert curve.label_counts == (10, 20, 30)
        assert curve.minutes == pytest.approx((10 / 6, 20 / 6, 5.0))
        assert curve.scores[-1] > 0.5


def test_sixteen_bits_and_colour_are_kept(tmp_path: Path) -> None:
    deep = (np.arange(64 * 64).reshape(64, 64) * 16).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    grey, colour = read_picture(tmp_path / "deep.png")
    np.testing.assert_array_equal(grey, deep)
    assert not colour.any()
    red = np.zeros((9, 7, 3), np.uint8)
    red[:, :, 0] = 200
    Image.fromarray(red).save(tmp_path / "red.png")
    grey, colour = read_picture(tmp_path / "red.png")
    assert grey.shape == (9, 7)
    assert colour.reshape(16, 6)[:, :3].tolist() == [[200.0, 0.0, -200.0]] * 16
    with pytest.raises(UnusableImage):
        read_picture(tmp_path / "none.png")


def test_colour_alone_can_tell_classes_apart(tmp_path: Path) -> None:
    draw, rows = np.random.default_rng(1), []
    for number in range(60):
        values = np.repeat(draw.integers(60, 90, (24, 24, 1)), 3, axis=2)
        values[..., 0 if number % 2 else 2] += 40
        Image.fromarray(values.astype(np.uint8)).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{'red' if number % 2 else 'blue'},{number}")
    write_table(tmp_path, rows)
    assert quick(tmp_path, Names(patient="group")).full > 0.9


def test_several_labels_and_a_semicolon_table(tmp_path: Path) -> None:
    draw, rows = np.random.default_rng(2), []
    for number in range(60):
        first, second = number % 2 == 0, number % 3 == 0
        values = np.maximum(blob(draw, 0) * first, blob(draw, 1) * second) + blob(draw, 2) * 0.1
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(tmp_path / f"{number}.png")
        names = [n for n, there in (("nodule", first), ("drain", second)) if there] or ["none"]
        rows.append(f"{number}.png;{'|'.join(names)};{number}")
    write_table(tmp_path, rows, "path;label;group")
    outcome = quick(tmp_path, Names(patient="group"))
    assert outcome.full > 0.75
    assert all(len(curve.scores) == 3 for curve in outcome.curves)


def test_the_tables_own_split_wins(tmp_path: Path) -> None:
    draw, rows = np.random.default_rng(3), []
    for number in range(30):
        Image.fromarray(blob(draw, number % 2).astype(np.uint8)).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,{number % 2},{number},{'test' if number < 8 else 'train'}")
    table = write_table(tmp_path, rows, "path,label,group,split")
    read = read_table(tmp_path, table, Names(patient="group", split="split"))
    known = load(read.images, encoder_steps=0, tell=lambda text: None)
    assert known.is_holdout.tolist() == [True] * 8 + [False] * 22


@pytest.mark.parametrize(
    ("labels", "people", "why"),
    [(["a"] * 12, 12, "two classes"), (["a", "b"] * 6, 3, "five patients")],
)
def test_what_cannot_be_replayed_says_why(
    tmp_path: Path, labels: list[str], people: int, why: str
) -> None:
    draw = np.random.default_rng(4)
    for number in range(12):
        Image.fromarray(blob(draw, 0).astype(np.uint8)).save(tmp_path / f"{number}.png")
    write_table(tmp_path, [f"{n}.png,{label},{n % people}" for n, label in enumerate(labels)])
    with pytest.raises(TableUnusable, match=why):
        quick(tmp_path, Names(patient="group"))


def test_a_class_with_one_picture_does_not_stop_a_replay(tmp_path: Path) -> None:
    draw, rows = np.random.default_rng(5), []
    for number in range(40):
        kind = 2 if number == 7 else number % 2
        Image.fromarray(blob(draw, kind).astype(np.uint8)).save(tmp_path / f"{number}.png")
        rows.append(f"{number}.png,k{kind},{number}")
    write_table(tmp_path, rows)
    assert quick(tmp_path, Names(patient="group")).full > 0.6


def write_masks(folder: Path, count: int = 40) -> Names:
    draw, rows = np.random.default_rng(6), []
    for number in range(count):
        rows_, columns = np.mgrid[:60, :50]
        centre = draw.uniform(18, 32, 2)
        inside = np.hypot(rows_ - centre[0] - 5, columns - centre[1]) < draw.uniform(5, 10)
        values = 60 + draw.normal(0, 12, inside.shape) + 100 * inside
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(folder / f"{number}.png")
        Image.fromarray((inside * 255).astype(np.uint8)).save(folder / f"{number}_mask.png")
        rows.append(f"{number}.png,{number}_mask.png,p{number // 4}")
    rows.append("0.png,absent.png,p0")
    write_table(folder, rows, "path,mask,group")
    return Names(label=None, patient="group", mask="mask")


def test_masks_are_learned_and_cost_what_their_outlines_cost(tmp_path: Path) -> None:
    columns = write_masks(tmp_path)
    outcome = quick(tmp_path, columns, cap=12, batch_size=6)
    assert outcome.metric.startswith("Dice")
    assert outcome.strategies == ["clasp_pe", "random"]
    assert outcome.full > 0.8
    assert outcome.refused == {"The mask is not a readable picture.": 1}
    for curve in outcome.curves:
        assert curve.scores[-1] > 0.6
        assert 12 * 15 / 60 < curve.minutes[-1] < 12 * 3
    read = read_table(tmp_path, tmp_path / "labels.csv", columns)
    known = load(read.images, encoder_steps=0, tell=lambda text: None)
    teacher = lessons_of(known, None, 0)
    assert isinstance(teacher, Masks)
    assert teacher.minutes(known.pool[:2]) == pytest.approx(
        teacher.minutes(known.pool[:1]) + teacher.minutes(known.pool[1:2])
    )


def test_the_network_of_projects_learns_a_folder_of_masks_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "WIDTH", 8)
    columns = write_masks(tmp_path, count=24)
    read = read_table(tmp_path, tmp_path / "labels.csv", columns)
    known = load(read.images, encoder_steps=0, tell=lambda text: None)
    teacher = lessons_of(known, QueryStrategy.CLASP_PE, 0, network_steps=12)
    pool = PoolView(known.z[known.pool], np.zeros(len(known.pool), bool))
    score, view = teacher.learn(known.pool[:8], pool)
    assert score > 0.5
    assert view.regions is not None
    assert view.foreground is not None
    assert view.regions.class_doubt.shape == (len(known.pool), 1)
    assert view.foreground.all()


def test_the_command_trains_an_encoder_and_writes_every_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw, rows = np.random.default_rng(7), []
    (tmp_path / "in").mkdir()
    for number in range(84):
        Image.fromarray(blob(draw, number % 2).astype(np.uint8)).save(
            tmp_path / "in" / f"{number}.png"
        )
        rows.append(f"{number}.png,{number % 2},{number}")
    write_table(tmp_path / "in", rows)
    asked = [
        "replay", "--images", str(tmp_path / "in"), "--labels", "labels.csv",
        "--path-column", "path", "--label-column", "label", "--patient-column", "group",
        "--strategies", "uncertainty_herding,random", "--seeds", "2", "--batch", "5",
        "--cap", "15", "--encoder-steps", "2", "--json", str(tmp_path / "out.json"),
    ]  # fmt: skip
    told = RUNNER.invoke(commands, asked)
    assert told.exit_code == 0, told.output
    kept = json.loads((tmp_path / "out.json").read_text())
    assert kept["full_data_score"] > 0.8
    assert [item["strategy"] for item in kept["strategies"]] == ["uncertainty_herding", "random"]
    for item in kept["strategies"]:
        assert [run["seed"] for run in item["runs"]] == [0, 1]
        for run in item["runs"]:
            assert [batch["labels"] for batch in run["batches"]] == [5, 10, 15]
            assert all(set(batch) == {"labels", "metric", "minutes"} for batch in run["batches"])
    wrong = RUNNER.invoke(commands, [*asked[:-6], "--strategies", "clairvoyance"])
    assert wrong.exit_code == 2
