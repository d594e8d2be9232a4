"""Importing a folder: pictures with a table, DICOM, zip, broken files; twice changes nothing."""

import zipfile
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.demo.radiograph_dicom import to_dicom
from collimate.demo.radiographs import cohort, draw
from collimate.projects import schema
from collimate.projects.models import Project
from collimate.studies.imports.label_table import Columns, TableUnusable, read_table
from collimate.studies.imports.take_folder import ImportOrder, import_path
from collimate.studies.models import AnswerKey, Patient, Study
from collimate.tasks.models import Task
from collimate.tasks.open import open_for_reading
from tests import factories

HEADER = "path,label,group,split,hospital,sex,years\n"


def picture(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.random.default_rng(seed).integers(0, 255, (40, 32), dtype=np.uint8)
    Image.fromarray(values).save(path)


def quiet(done: int, total: int) -> None:
    assert 0 < done <= total


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """Six pictures of four patients; one patient is in the test part."""
    rows = [HEADER]
    for number, (label, group, split) in enumerate(
        [
            ("Normal", "a", "pool"),
            ("Viral pneumonia", "a", "pool"),
            ("Normal", "b", "test"),
            ("Normal", "b", "test"),
            ("Viral pneumonia", "c", "pool"),
            ("Normal", "d", "pool"),
        ]
    ):
        name = f"images/{number}.{'png' if number % 2 else 'jpeg'}"
        picture(tmp_path / name, number)
        rows.append(f"{name},{label},{group},{split},North,f,{40 + number}\n")
    (tmp_path / "labels.csv").write_text("".join(rows))
    return tmp_path


WATCHED: dict[str, Any] = {"progress": quiet, "on_ingested": open_for_reading}
COLUMNS = Columns(patient="group", split="split", site="hospital", sex="sex", age="years")


def order(project: Project, path: Path, **changes: object) -> ImportOrder:
    return ImportOrder(path=path, project_id=project.id, **changes)  # type: ignore[arg-type]


def test_pictures_keep_patients_split_and_labels(session: Session, labelled: Path) -> None:
    project = factories.make_project(session)
    session.commit()
    table = {"labels": Path("labels.csv"), "columns": COLUMNS}
    outcome = import_path(order(project, labelled, **table), **WATCHED)
    assert outcome.states == {"accepted": 6}
    patients = session.scalars(select(Patient)).all()
    assert len(patients) == 4
    held = [p for p in patients if p.is_holdout]
    assert len(held) == 1
    assert session.scalar(select(func.count()).where(Study.patient_id == held[0].id)) == 2
    assert {p.sex for p in patients} == {"F"}
    assert {s.site for s in session.scalars(select(Study))} == {"North"}
    keys = session.scalars(select(AnswerKey)).all()
    assert sorted(k.label_keys[0] for k in keys) == ["normal"] * 4 + ["viral_pneumonia"] * 2
    current = schema.current_schema(session, project.id)
    assert [label.key for label in schema.labels_of(session, current.id)] == [
        "normal", "viral_pneumonia",
    ]  # fmt: skip
    assert session.scalar(select(func.count()).select_from(Task)) == 6

    again = import_path(order(project, labelled, **table), **WATCHED)
    assert again.states == {"here already": 6}
    assert session.scalar(select(func.count()).select_from(Study)) == 6


def test_known_labels_can_be_left_out(session: Session, labelled: Path) -> None:
    project = factories.make_project(session)
    session.commit()
    import_path(
        order(
            project, labelled, labels=labelled / "labels.csv", columns=COLUMNS, hide_labels=False
        ),
        progress=quiet,
        on_ingested=open_for_reading,
    )
    assert session.scalar(select(func.count()).select_from(AnswerKey)) == 0
    assert session.scalar(select(func.count()).select_from(Study)) == 6


def test_labels_the_project_does_not_know_are_refused_before_anything_comes_in(
    session: Session, labelled: Path
) -> None:
    project = factories.make_project(session)
    factories.make_schema(session, project=project, classes=("normal", "fracture"))
    session.commit()
    with pytest.raises(TableUnusable, match="Viral pneumonia"):
        import_path(
            order(project, labelled, labels=labelled / "labels.csv", columns=COLUMNS),
            progress=quiet,
            on_ingested=open_for_reading,
        )
    assert session.scalar(select(func.count()).select_from(Study)) == 0


def test_a_folder_of_everything_is_sorted_into_accepted_and_set_aside(
    session: Session, tmp_path: Path
) -> None:
    project = factories.make_project(session)
    session.commit()
    files = [to_dicom(case, draw(case)) for case in cohort(3)]
    (tmp_path / "one.dcm").write_bytes(files[0])
    with zipfile.ZipFile(tmp_path / "more.zip", "w") as archive:
        archive.writestr("a/two.dcm", files[1])
        archive.writestr("a/three", files[2])
    (tmp_path / "notes.dcm").write_text("not an image at all, though it is called so")
    (tmp_path / ".hidden").write_text("never looked at")
    (tmp_path / "viewer.exe").write_bytes(b"MZ and more")
    picture(tmp_path / "preview.png", 1)
    outcome = import_path(order(project, tmp_path), **WATCHED)
    assert outcome.total == 3
    assert outcome.states == {
        "accepted": 3, "unpacked": 1, "quarantined": 1, "left out": 2,
    }  # fmt: skip
    assert len(outcome.reasons) == 1
    assert any("beside DICOM" in note for note in outcome.notes)
    assert session.scalar(select(func.count()).select_from(Study)) == 3


def test_pictures_pages_and_volumes_become_dicom(session: Session, tmp_path: Path) -> None:
    project = factories.make_project(session)
    session.commit()
    picture(tmp_path / "one.png", 1)
    pages = [Image.fromarray(np.full((20, 30), 100 * page, "u2")) for page in range(1, 4)]
    pages[0].save(tmp_path / "three.tif", save_all=True, append_images=pages[1:])
    voxels = np.arange(120, dtype="i2").reshape(4, 5, 6)
    nib.save(nib.Nifti1Image(voxels, np.eye(4)), tmp_path / "sub-1_T1w.nii.gz")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing follows")
    outcome = import_path(order(project, tmp_path), **WATCHED)
    assert outcome.total == 4
    assert outcome.states == {"accepted": 1 + 3 + 6, "not usable": 1}
    assert any("own patient" in note for note in outcome.notes)
    studies = session.scalars(select(Study))
    assert sorted((one.modality, one.instance_count) for one in studies) == [
        ("CR", 1), ("CR", 3), ("MR", 6),
    ]  # fmt: skip
    again = import_path(order(project, tmp_path), **WATCHED)
    assert again.states == {"here already": 3, "not usable": 1}


def test_nothing_at_the_path_says_so(session: Session, tmp_path: Path) -> None:
    project = factories.make_project(session)
    session.commit()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        import_path(order(project, tmp_path / "nowhere"), **WATCHED)


def test_a_patient_on_both_sides_of_the_split_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 1)
    picture(tmp_path / "2.png", 2)
    (tmp_path / "t.csv").write_text("path,label,group,split\n1.png,x,a,pool\n2.png,x,a,test\n")
    with pytest.raises(TableUnusable, match="both sides"):
        read_table(tmp_path, tmp_path / "t.csv", Columns(patient="group", split="split"))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("file,label\n1.png,x\n", "no column 'path'"),
        ("path,label\n../../etc/passwd,x\n", "outside the folder"),
        ("path,label\ngone.png,x\n", "None of the 1 files"),
        ("path,label\n,x\n", "names no file"),
    ],
)
def test_a_table_that_cannot_be_used_says_why(tmp_path: Path, table: str, said: str) -> None:
    picture(tmp_path / "1.png", 1)
    (tmp_path / "t.csv").write_text(table)
    with pytest.raises(TableUnusable, match=said):
        read_table(tmp_path, tmp_path / "t.csv", Columns())


def test_rows_without_a_file_are_counted_not_fatal(tmp_path: Path) -> None:
    picture(tmp_path / "1.png", 1)
    (tmp_path / "t.csv").write_text("path,label\n1.png,a|b\ngone.png,a\n")
    table = read_table(tmp_path, tmp_path / "t.csv", Columns())
    assert table.missing == ["gone.png"]
    assert table.images[0].label_keys == ("a", "b")
    assert table.label_names == {"a": "a", "b": "b"}
