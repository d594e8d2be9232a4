"""Exports: the same bytes every time, nothing a spreadsheet runs, and a way back."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from collimate import worker
from collimate.access.policy import Role
from collimate.annotations.runs import from_mask, to_mask
from collimate.datasets.export import request_export, safe_name
from collimate.datasets.exports import ExportFormat
from collimate.datasets.exports.coco import write_coco
from collimate.datasets.exports.csv import FORMULA_STARTS, neutral, table, write_csv
from collimate.datasets.exports.version import load
from collimate.datasets.jobs import HANDLERS, picture
from collimate.datasets.models import DatasetVersion, Export
from collimate.datasets.splits import SPLITS
from collimate.jobs import run
from collimate.jobs.kinds import Queue
from collimate.jobs.models import Job
from collimate.kit import clock
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.learning.models import Explanation, ModelVersion, TrainingRun
from collimate.projects import schema
from collimate.studies.models import Study
from tests import factories
from tests.datasets.frozen import COLUMNS, IN_SPACE, MARKS, ROWS, SEGMENT, freeze_project


def spreadsheet(archive, name):
    return list(csv.DictReader(io.StringIO(archive.read(name).decode())))


def marks_from_coco(archive):
    """The way back: from COCO to marks as the API has them, by study."""
    found = {}
    for split in ("train", "validation", "test"):
        content = json.loads(archive.read(f"annotations/{split}.json"))
        categories = {item["id"]: item for item in content["categories"]}
        images = {item["id"]: item["attributes"] for item in content["images"]}
        for item in content["annotations"]:
            image, category = images[item["image_id"]], categories[item["category_id"]]
            assert image["split"] == split
            kind = category["supercategory"]
            shape = "runs" if kind == "segment" else "points"
            found.setdefault(image["study_uid"], []).append(
                {
                    "kind": kind,
                    "label_key": category["attributes"]["key"],
                    shape: shape_of(item, kind),
                }
            )
    return found


GEOMETRY = ("caution", ["missing_spacing"])
"""What is found of images that do not say how far their pixels lie apart."""


def shape_of(item, kind):
    if kind == "polygon":
        flat = item["segmentation"][0]
        return [list(pair) for pair in zip(flat[::2], flat[1::2], strict=True)]
    if kind == "segment":
        height, width = item["segmentation"]["size"]
        counts = item["segmentation"]["counts"]
        assert sum(counts) == height * width
        inside = np.arange(len(counts)) % 2 == 1
        return from_mask(np.repeat(inside, counts).reshape(width, height).T)
    if kind == "length":
        x1, y1, _, x2, y2, _ = item["keypoints"]
        return [[x1, y1], [x2, y2]]
    x, y, width, height = item["bbox"]
    return [[x, y], [x + width, y + height]]


def test_coco_leads_back_to_the_marks_and_answers(session, tmp_path):
    version = load(session, freeze_project(session).version)
    write_coco(version, tmp_path / "out.zip", picture)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json")) == version.manifest
        back = marks_from_coco(archive)
        answers, in_space = {}, {}
        for split in ("train", "validation", "test"):
            for item in json.loads(archive.read(f"annotations/{split}.json"))["images"]:
                facts = item["attributes"]
                answers[facts["study_uid"]] = facts["label_keys"]
                assert (facts["trust"], facts["geometry_findings"]) == GEOMETRY
                with Image.open(io.BytesIO(archive.read(item["file_name"]))) as shown:
                    assert shown.size == (item["width"], item["height"]) == (COLUMNS, ROWS)
                    assert len(np.unique(np.asarray(shown))) > 100
            space = json.loads(archive.read(f"annotations/{split}.json"))["marks_in_space"]
            in_space |= {one["study_uid"]: one["places_mm"] for one in space}
    assert in_space == {read.study_uid: IN_SPACE["places"] for read in version.reads}
    assert len(back) == len(version.reads) == 6
    for read in version.reads:
        assert back[read.study_uid] == [*MARKS, SEGMENT]
        assert answers[read.study_uid] == list(read.label_keys)


def test_coco_marks_have_coco_measures(session, tmp_path):
    version = load(session, freeze_project(session, studies=1).version)
    write_coco(version, tmp_path / "out.zip", picture)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        items = [
            item
            for split in ("train", "validation", "test")
            for item in json.loads(archive.read(f"annotations/{split}.json"))["annotations"]
        ]
    box, polygon, length, segment = items
    assert box["bbox"] == [4.0, 5.0, 16.5, 25.25]
    assert box["area"] == 16.5 * 25.25
    assert polygon["area"] == pytest.approx(8 * 6.5 / 2)
    assert length["num_keypoints"] == 2
    assert length["attributes"]["length_mm"] == pytest.approx(24 * 0.2)
    assert segment["area"] == 12
    assert segment["bbox"] == [4, 3, 7, 2]


def test_a_mask_on_a_smaller_picture_lies_where_it_lay(session, tmp_path):
    version = load(session, freeze_project(session, studies=1).version)
    whole = np.zeros((ROWS, COLUMNS), dtype=bool)
    whole[9:31, 7:23] = True  # in the middle, so that it must stay there
    said = version.reads[0].segments[0] | {"runs": from_mask(whole)}

    def quarter(image, number):
        with Image.open(io.BytesIO(picture(image, number))) as full:
            small = io.BytesIO()
            full.resize((COLUMNS // 3, ROWS // 4)).save(small, "PNG")
            return small.getvalue()

    reads = (replace(version.reads[0], segments=(said,)),)
    write_coco(replace(version, reads=reads), tmp_path / "out.zip", quarter)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        (runs,) = [mark["runs"] for mark in marks_from_coco(archive)[reads[0].study_uid][3:]]
    shown = to_mask(runs, ROWS // 4, COLUMNS // 3)
    assert shown.any()
    assert np.array_equal(shown, shown[::-1, ::-1])


@pytest.mark.parametrize("export_format", list(ExportFormat))
def test_the_same_version_gives_the_same_bytes(session, tmp_path, export_format):
    version = freeze_project(session, studies=3).version
    written = []
    for name in ("one.zip", "two.zip"):
        session.expire_all()
        loaded, target = load(session, version), tmp_path / name
        if export_format == ExportFormat.CSV:
            write_csv(loaded, target)
        else:
            write_coco(loaded, target, picture)
        written.append(target.read_bytes())
    assert written[0] == written[1]


def test_csv_says_what_was_read(session, tmp_path):
    version = load(session, freeze_project(session).version)
    write_csv(version, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        reads, marks = spreadsheet(archive, "reads.csv"), spreadsheet(archive, "marks.csv")
        labels = spreadsheet(archive, "labels.csv")
        segments = spreadsheet(archive, "segments.csv")
    assert [(row["study_uid"], row["label_keys"]) for row in reads] == [
        (read.study_uid, read.label_keys[0]) for read in version.reads
    ]
    assert [json.loads(row["points"]) for row in marks[:3]] == [mark["points"] for mark in MARKS]
    assert marks[3]["points"] == ""
    assert json.loads(marks[3]["places_mm"]) == IN_SPACE["places"]
    assert json.loads(marks[3]["column_direction"]) == IN_SPACE["column_direction"]
    assert {row["places_mm"] for row in marks[:3]} == {""}
    assert {row["reader"] for row in reads} == {"reader-1"}
    trusted = {(row["trust"], row["geometry_findings"]) for row in reads}
    assert trusted == {(GEOMETRY[0], ";".join(GEOMETRY[1]))}
    assert len(labels) == 7
    assert [row["runs"] for row in segments] == [" ".join(map(str, SEGMENT["runs"]))] * 6
    assert {(row["area_pixels"], row["area_mm2"]) for row in segments} == {("12", "0.48")}


@given(st.text(max_size=40))
def test_no_cell_starts_like_a_formula(text):
    shown = neutral(text)
    assert not shown.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS)
    assert shown in (text, "'" + text)


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=1, max_size=5)
)
def test_a_table_comes_back_cell_by_cell(cells):
    shown = table(["h"] * len(cells), [cells]).decode()
    rows = list(csv.reader(io.StringIO(shown, newline="")))
    assert rows[1] == [neutral(cell) for cell in cells]


def test_a_label_named_like_a_formula_is_harmless(session, tmp_path):
    frozen = freeze_project(session, studies=1)
    content = {**frozen.version.manifest}
    content["label_schemas"][0]["labels"][0]["name"] = '=HYPERLINK("http://x")'
    frozen.version.manifest = content
    write_csv(load(session, frozen.version), tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        names = [row["name"] for row in spreadsheet(archive, "labels.csv")]
    assert names[0] == '\'=HYPERLINK("http://x")'
    session.rollback()


@pytest.mark.parametrize("name", ["../../etc/passwd", 'a"; x', "v1\r\nX: y", "", "äö"])
def test_a_file_name_is_made_of_plain_characters(name):
    assert safe_name(name).replace("-", "").replace("_", "").isalnum()


@pytest.fixture
def world(database):
    with open_session() as session:
        frozen = freeze_project(session, studies=2)
        manager = factories.make_member(
            session, project=frozen.room.project, role=Role.DATA_MANAGER
        )
        reader = frozen.room.readers[0]
        project_id, version_id = frozen.room.project.id, frozen.version.id
    return {"manager": manager, "reader": reader, "project": project_id, "version": version_id}


@pytest.mark.parametrize("export_format", ["csv", "coco"])
def test_an_export_from_asking_to_download(client, world, export_format):
    browser = client(world["manager"])
    address = f"/api/datasets/{world['version']}/exports"
    asked = browser.post(address, json={"format": export_format})
    assert asked.status_code == 202
    assert asked.json()["state"] == "queued"
    export_id = asked.json()["id"]
    early = browser.get(f"/api/exports/{export_id}/download")
    assert (early.status_code, early.json()["type"]) == (409, "/problems/export-not-ready")
    assert run.work(Queue.LIGHT, HANDLERS) == 1
    done = browser.get(f"/api/exports/{export_id}").json()
    assert (done["state"], done["progress"], done["error"]) == ("done", 1.0, "")
    file = browser.get(f"/api/exports/{export_id}/download")
    assert file.status_code == 200
    assert len(file.content) == done["byte_count"] == int(file.headers["content-length"])
    assert f'filename="v1-{export_format}.zip"' in file.headers["content-disposition"]
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    listed = browser.get(f"/api/projects/{world['project']}/datasets").json()["items"]
    assert [item["state"] for item in listed[0]["exports"]] == ["done"]
    assert client(world["reader"]).get(f"/api/exports/{export_id}/download").status_code == 403


def test_an_export_with_a_missing_image_fails_in_words(world):
    with open_session() as session:
        version = session.get_one(DatasetVersion, world["version"])
        blobs().delete(version.manifest["entries"][0]["images"][0]["frames_sha256"])
        export = request_export(session, world["manager"].id, version, ExportFormat.COCO)
        export_id, job_id = export.id, export.job_id
    run.work(Queue.LIGHT, HANDLERS)
    with open_session() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.error[:31]) == ("failed", "An image of this dataset cannot")
        assert session.get_one(Export, export_id).blob_sha256 is None


def test_heat_maps_lie_beside_the_pictures_with_their_hashes(world, tmp_path):
    kept = {}
    for name in (b"first", b"second"):
        (tmp_path / "map").write_bytes(name)
        kept[name] = blobs().put(tmp_path / "map").sha256
    with open_session() as session:
        version = session.get_one(DatasetVersion, world["version"])
        image = version.manifest["entries"][0]["images"][0]["sop_instance_uid"]
        model = model_that_speaks(session, world["project"])
        for number, (name, method) in enumerate([(b"first", "occlusion-1"), (b"second", "other")]):
            uid = image if number == 0 else "1.2.elsewhere"
            session.add(map_of(session, model, uid, method=method, sha256=kept[name]))
        export = request_export(session, world["manager"].id, version, ExportFormat.COCO_MAPS)
        export_id = export.id
    assert run.work(Queue.LIGHT, worker.HANDLERS) == 1
    with open_session() as session:
        export = session.get_one(Export, export_id)
        archive = zipfile.ZipFile(io.BytesIO(blobs().read(export.blob_sha256)))
    listed = json.loads(archive.read("maps/manifest.json"))
    [only] = listed["maps"]
    assert archive.read(only["file"]) == b"first"
    assert only["sha256"] == hashlib.sha256(b"first").hexdigest()
    assert (only["method"], only["model_number"]) == ("occlusion-1", 1)
    splits = (json.loads(archive.read(f"annotations/{split}.json")) for split in SPLITS)
    shown = {item["id"]: item["attributes"] for split in splits for item in split["images"]}
    assert shown[only["image_id"]]["sop_instance_uid"] == image
    assert listed["images_without_count"] == len(shown) - 1
    assert "1.2.elsewhere" not in archive.read("maps/manifest.json").decode()


def model_that_speaks(session, project_id):
    training = TrainingRun(
        project_id=project_id, round_number=1, label_count=2, control_label_count=0,
        manifest_sha256="0" * 64, code_version="0", seed=0, seconds=0.1,
    )  # fmt: skip
    session.add(training)
    session.flush()
    model = ModelVersion(
        project_id=project_id, training_run_id=training.id, encoder_ids=[], number=1,
        label_schema_id=schema.current_schema(session, project_id).id, weights_sha256="1" * 64,
        promoted_at=clock.now(),
    )  # fmt: skip
    session.add(model)
    session.flush()
    return model


def map_of(session, model, sop_instance_uid, *, method, sha256):
    study = session.scalars(select(Study.id).where(Study.project_id == model.project_id)).first()
    return Explanation(
        project_id=model.project_id, model_version_id=model.id, study_id=study, frame_number=1,
        sop_instance_uid=sop_instance_uid, class_key="normal", method=method, blob_sha256=sha256,
        dicom_sha256=sha256,
    )  # fmt: skip


def test_a_worker_that_lost_the_job_stores_no_export(world):
    with open_session() as session:
        version = session.get_one(DatasetVersion, world["version"])
        export_id = request_export(session, world["manager"].id, version, ExportFormat.CSV).id
    zombie = run.claim(Queue.LIGHT)
    with open_session() as session:
        session.query(Job).filter(Job.id == zombie.id).update({"attempt": 2})
    assert run.execute(zombie, HANDLERS) == "lost"
    with open_session() as session:
        assert session.get_one(Export, export_id).state == "queued"


def test_preview_freeze_and_verify_over_http(client, world):
    browser = client(world["manager"])
    shares = {"train": 0.7, "validation": 0.1, "test": 0.2}
    preview = browser.post(
        f"/api/projects/{world['project']}/datasets/preview", json={"split_shares": shares}
    )
    assert preview.json()["counts"]["studies"] == 2
    body = {"name": "second", "note": "n", "split_shares": shares}
    made = browser.post(f"/api/projects/{world['project']}/datasets", json=body)
    assert made.status_code == 201
    assert made.json()["counts"] == preview.json()["counts"]
    again = browser.post(f"/api/projects/{world['project']}/datasets", json=body)
    assert (again.status_code, again.json()["type"]) == (409, "/problems/name-taken")
    manifest = browser.get(f"/api/datasets/{made.json()['id']}/manifest").json()
    assert manifest["manifest_sha256"] == made.json()["manifest_sha256"]
    verified = browser.post(f"/api/datasets/{made.json()['id']}/verify").json()
    assert verified["is_intact"] is True
    wrong = {**body, "name": "third", "split_shares": {**shares, "test": 0.5}}
    refused = browser.post(f"/api/projects/{world['project']}/datasets", json=wrong)
    assert (refused.status_code, refused.json()["type"]) == (422, "/problems/split-shares-wrong")


def test_labels_of_an_older_schema_version_are_exported_too(session, tmp_path):
    frozen = freeze_project(session, studies=1)
    assert schema.current_schema(session, frozen.room.project.id).version == 1
    factories.make_schema(session, project=frozen.room.project, classes=("yes", "no"))
    version = load(session, frozen.version)
    assert {"normal", "viral"} <= {label["key"] for label in version.labels}
