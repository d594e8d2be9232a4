"""Pictures with a table from the browser: the same objects as by the command line."""

from pathlib import Path
from typing import Any

import pytest

from collimate.studies.drain import ingest_waiting
from collimate.studies.imports.take_folder import ImportOrder, import_path
from collimate.studies.models import AnswerKey, Instance, Patient, ReceivedFile, Study, Upload
from tests.studies.test_import_folder import COLUMNS, labelled  # noqa: F401 - a fixture

NAMES = {"path": "path", "label": "label", "patient": "group", "split": "split",
         "site": "hospital", "sex": "sex", "age": "years"}  # fmt: skip


def asked(archive: Any, client: Any, table: str, names: list[str], path: str, **more: Any) -> Any:
    address = f"/api/projects/{archive.project.id}/pictures{path}"
    return client(archive.owner).post(address, json={"table": table, "file_names": names, **more})


def names_in(folder: Path) -> list[str]:
    # a chosen folder has its own name in front
    return [f"chest/{one.relative_to(folder)}" for one in sorted(folder.glob("images/*"))]


def test_pictures_from_the_browser_are_those_of_the_command_line(
    archive: Any,
    client: Any,
    labelled: Path,  # noqa: F811
) -> None:
    browser = client(archive.owner)
    table = (labelled / "labels.csv").read_text()
    answer = asked(archive, client, table, names_in(labelled), "", columns=NAMES)
    assert answer.status_code == 200, answer.text
    for one in answer.json()["items"]:
        data = (labelled / one["name"].removeprefix("chest/")).read_bytes()
        body = {"name": one["name"], "byte_count": len(data), "picture": one["facts"]}
        upload = browser.post(f"/api/projects/{archive.project.id}/uploads", json=body).json()
        done = browser.patch(f"/api/uploads/{upload['id']}?offset=0", content=data)
        assert done.json()["file"]["state"] == "received"
    assert ingest_waiting(archive.project.id) == {"unpacked": 6, "accepted": 6}
    assert {one.sex for one in archive.rows(Patient)} == {"F"}
    assert sorted(one.is_holdout for one in archive.rows(Patient)) == [False, False, False, True]
    assert {one.site for one in archive.rows(Study)} == {"North"}
    keys = sorted(one.label_keys[0] for one in archive.rows(AnswerKey))
    assert keys == ["normal"] * 4 + ["viral_pneumonia"] * 2
    # what names a person is kept no longer than needed
    assert [one.picture for one in archive.rows(Upload)] == [None] * 6
    left = [one.facts for one in archive.rows(ReceivedFile) if one.state == "unpacked"]
    assert left == [{}] * 6
    order = ImportOrder(labelled, archive.project.id, labels=Path("labels.csv"), columns=COLUMNS)
    outcome = import_path(order, progress=lambda *_: None, on_ingested=lambda _: None)
    assert set(outcome.states) <= {"here already", "duplicate"}
    assert len(archive.rows(Instance)) == 6


def test_a_picture_that_cannot_be_used_is_known_by_its_patient(
    archive: Any,
    client: Any,
    labelled: Path,  # noqa: F811
) -> None:
    """So that it goes when the patient is erased."""
    facts = {"patient_id": "a", "study_key": "x"}
    good = (labelled / "images" / "1.png").read_bytes()
    for name, data in (("good.png", good), ("cut.png", good[:300])):
        body = {"name": name, "byte_count": len(data), "picture": facts}
        browser = client(archive.owner)
        upload = browser.post(f"/api/projects/{archive.project.id}/uploads", json=body).json()
        browser.patch(f"/api/uploads/{upload['id']}?offset=0", content=data)
    ingest_waiting(archive.project.id)
    (patient,) = archive.rows(Patient)
    (cut,) = [one for one in archive.files() if one.state == "quarantined"]
    assert cut.subject_hashes == [patient.keyed_hash]


def test_a_table_is_looked_at_before_anything_is_sent(
    archive: Any,
    client: Any,
    labelled: Path,  # noqa: F811
) -> None:
    table = (labelled / "labels.csv").read_text().replace(",", ";")
    names = [*names_in(labelled)[1:], "chest/images/extra.png"]
    seen = asked(archive, client, table, names, "/check").json()
    assert seen["header"] == ["path", "label", "group", "split", "hospital", "sex", "years"]
    assert len(seen["rows"]) == 5
    assert seen["columns"] == NAMES | {"patient": None, "age": None}
    assert (seen["picture_count"], seen["missing_count"], seen["unused_count"]) == (5, 1, 1)
    assert seen["labels"] == [
        {"name": "Normal", "count": 3}, {"name": "Viral pneumonia", "count": 2},
    ]  # fmt: skip
    assert (seen["makes_labels"], seen["problem"]) == (True, None)
    assert archive.rows(Upload) == []


@pytest.mark.parametrize(
    ("table", "columns", "problem"),
    [
        ("path,who,split\na.png,p,test\nb.png,p,train\n", {"patient": "who", "split": "split"},
         "on both sides"),
        ("path\nc.png\n", {}, "None of the 1 files"),
        ("path\nsame.png\n", {}, "may mean several"),
        ("path\na.png\n", {"label": "finding"}, "no column 'finding'"),
        ("path\n" + "x" * 200_000 + "\n", {}, "no table of values"),
    ],
)  # fmt: skip
def test_what_would_go_wrong_is_said_in_words(
    archive: Any, client: Any, table: str, columns: dict[str, str], problem: str
) -> None:
    names = ["a.png", "b.png", "one/same.png", "two/same.png"]
    more = {"columns": {"path": "path", **columns}}
    assert problem in asked(archive, client, table, names, "/check", **more).json()["problem"]
    refused = asked(archive, client, table, names, "", **more)
    assert refused.status_code == 422
    assert problem in refused.json()["detail"]
