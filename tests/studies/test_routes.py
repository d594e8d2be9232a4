"""Uploads, quarantine, lists and details over HTTP, with the rights they need."""

import hashlib
import os
import subprocess
import sys

import pytest
from sqlalchemy import select

from collimate.access.policy import Role
from collimate.jobs.models import Job
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.kit.settings import settings
from collimate.studies import keywords
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, Patient, ReceivedFile, Study
from tests import dicoms, factories


@pytest.fixture
def owner(archive, client):
    return client(archive.owner)


def upload(browser, archive, data: bytes, name: str = "a.dcm", **query):
    address = f"/api/projects/{archive.project.id}/files"
    return browser.post(address, params={"name": name, **query}, content=data)


def test_an_upload_is_received_ingested_and_listed(owner, archive):
    data = dicoms.radiograph()
    answer = upload(owner, archive, data, "folder/a.dcm", sha256=hashlib.sha256(data).hexdigest())
    assert answer.status_code == 202
    assert answer.json()["state"] == "received"
    assert answer.json()["file_name"] == "folder/a.dcm"
    with open_session() as session:
        assert session.scalars(select(Job.kind)).all() == ["ingest_received"]
    ingest_waiting(archive.project.id)
    page = owner.get(f"/api/projects/{archive.project.id}/studies").json()
    assert page["total"] == 1
    assert page["next"] is None
    (row,) = page["items"]
    assert (row["modality"], row["task_state"], row["instance_count"]) == ("DX", None, 1)
    listed = owner.get(f"/api/projects/{archive.project.id}/files").json()
    assert listed["items"][0]["study_id"] == row["id"]
    assert listed["counts"]["accepted"] == 1
    assert upload(owner, archive, data).status_code == 200
    assert owner.get(row["thumbnail_url"]).content[:2] == b"\xff\xd8"


def test_bytes_that_differ_from_their_announced_hash_are_not_kept(owner, archive):
    data = dicoms.radiograph()
    answer = upload(owner, archive, data, sha256="0" * 64)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/file-changed-on-the-way"
    assert archive.files() == []
    assert not blobs().path(hashlib.sha256(data).hexdigest()).exists()


def test_a_file_above_the_limit_is_refused_and_leaves_nothing(owner, archive, monkeypatch):
    monkeypatch.setattr("collimate.studies.upload.LIMIT_BYTES", 1000)
    work = settings().home_path / "work"
    before = set(work.iterdir()) if work.exists() else set()
    assert upload(owner, archive, dicoms.radiograph()).status_code == 413
    assert archive.files() == []
    assert set(work.iterdir()) == before


def test_a_large_file_streams_through(owner, archive):
    data = os.urandom(5_000_001)
    answer = upload(owner, archive, data, "noise.bin")
    assert answer.json()["byte_count"] == len(data)
    assert blobs().read(hashlib.sha256(data).hexdigest()) == data


@pytest.mark.parametrize("role", [Role.READER, Role.REVIEWER])
def test_readers_may_look_but_not_bring_or_list(archive, client, member, role):
    archive.bring(dicoms.radiograph())
    study_id = archive.rows(Study)[0].id
    browser = client(member(role))
    project = f"/api/projects/{archive.project.id}"
    assert upload(browser, archive, dicoms.radiograph()).status_code == 403
    for address in (f"{project}/studies", f"{project}/files", f"{project}/studies/facets"):
        assert browser.get(address).status_code == 403
    detail = browser.get(f"/api/studies/{study_id}")
    assert detail.status_code == 200
    assert detail.json()["is_holdout"] is None
    assert browser.delete(f"/api/studies/{study_id}").status_code == 403


def test_strangers_cannot_tell_a_study_from_nothing(archive, client, make_archive):
    archive.bring(dicoms.radiograph())
    file_id = archive.bring(dicoms.broken("text")).id
    study = archive.rows(Study)[0]
    stranger = client(make_archive().owner)
    web = f"/dicomweb/{archive.project.id}"
    for address in (f"/api/studies/{study.id}", f"/api/studies/{study.id}/thumbnail",
                    f"/api/projects/{archive.project.id}/files", f"{web}/studies",
                    f"{web}/studies/{study.study_uid}/metadata"):  # fmt: skip
        assert stranger.get(address).status_code == 404
        assert client().get(address).status_code == 401
    assert stranger.post(f"/api/files/{file_id}/retry").status_code == 404
    assert stranger.delete(f"/api/files/{file_id}").status_code == 404
    assert upload(stranger, archive, b"x").status_code == 404
    assert upload(client(), archive, b"x").status_code == 401
    assert archive.files()[-1].state == "quarantined"


def test_quarantine_lists_retries_and_deletes(owner, archive):
    file = archive.bring(dicoms.broken("truncated_pixels"), "cut.dcm")
    address = f"/api/projects/{archive.project.id}/files"
    page = owner.get(address, params={"state": "quarantined"}).json()
    (item,) = page["items"]
    assert (item["file_name"], item["code"]) == ("cut.dcm", "truncated")
    assert "Send it again" in item["text"]
    assert page["counts"]["quarantined"] == 1
    retried = owner.post(f"/api/files/{file.id}/retry")
    assert retried.json()["state"] == "received"
    assert owner.post(f"/api/files/{file.id}/retry").status_code == 409
    assert owner.delete(f"/api/files/{file.id}").status_code == 409
    ingest_waiting(archive.project.id)
    assert archive.file(file.id).code == "truncated"
    assert owner.delete(f"/api/files/{file.id}").status_code == 204
    assert archive.file(file.id).state == "deleted"
    assert archive.file(file.id).file_name == ""
    assert not blobs().path(file.sha256).exists()
    assert owner.get(address, params={"state": "quarantined"}).json()["items"] == []


def test_a_conflict_can_be_deleted_and_the_first_image_stays(owner, archive):
    first = archive.bring(dicoms.radiograph())
    other = archive.bring(dicoms.radiograph(array=dicoms.pattern(96, 80, seed=9)))
    assert owner.delete(f"/api/files/{other.id}").status_code == 204
    assert not blobs().path(other.sha256).exists()
    assert archive.image(first).study.deleted_at is None


def test_known_hashes_are_told_before_sending(owner, archive):
    done = archive.bring(dicoms.radiograph())
    answer = owner.post(
        f"/api/projects/{archive.project.id}/files/known",
        json={"sha256": [done.sha256, "f" * 64]},
    )
    assert answer.json() == {"known": [done.sha256]}


def test_studies_are_filtered_counted_and_paged(owner, archive, session):
    project = session.merge(archive.project, load=True)
    for index in range(5):
        site, modality = ("north", "DX") if index < 3 else ("south_", "CT")
        study = factories.make_study(
            session, project=project, site=site, modality=modality, is_holdout=index == 0
        )
        factories.make_task(session, project=project, study=study)
    session.commit()
    address = f"/api/projects/{project.id}/studies"

    def total(**query):
        return owner.get(address, params=query).json()["total"]

    assert total() == 5
    assert total(site="north") == 3
    assert total(modality="CT", site="north") == 0
    assert total(holdout="true") == 1
    assert total(read_state="open") == 5
    assert total(read_state="submitted") == 0
    assert total(search="_") == 0
    pseudonym = session.scalars(select(Patient.pseudonym)).first()
    assert total(search=pseudonym[2:].lower()) == 1
    assert total(search=study.study_uid) == 1
    facets = owner.get(f"{address}/facets").json()
    assert facets["site"] == [{"value": "north", "count": 3}, {"value": "south_", "count": 2}]
    assert facets["read_state"] == [{"value": "open", "count": 5}]
    assert facets["trust"] == []
    narrowed = owner.get(f"{address}/facets", params={"modality": "CT"}).json()
    assert narrowed["site"] == [{"value": "south_", "count": 2}]
    assert narrowed["modality"] == [{"value": "DX", "count": 3}, {"value": "CT", "count": 2}]
    seen, after = [], None
    while True:
        query = {"limit": 2, **({"after": after} if after else {})}
        page = owner.get(address, params=query).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
    assert owner.get(address, params={"after": "nonsense"}).status_code == 422


def test_a_study_shows_series_images_and_tags(owner, archive):
    for index in range(3):
        archive.bring(dicoms.ct_slice(slice_index=index))
    study_id = archive.rows(Study)[0].id
    detail = owner.get(f"/api/studies/{study_id}").json()
    assert detail["is_holdout"] in (True, False)
    (series,) = detail["series"]
    assert [image["instance_number"] for image in series["instances"]] == [1, 2, 3]
    assert series["instances"][0]["pixel_spacing_mm"] == [0.7, 0.8]
    assert "PatientBirthDate" in str(series["instances"][0]["removed"])
    tags = owner.get(f"/api/studies/{study_id}/tags").json()["items"]
    found = {row["keyword"]: row["value"] for row in tags}
    assert found["Modality"] == "CT"
    assert found["WindowCenter"] == "40\\-600"
    assert all(row["keyword"] for row in tags)
    of_study = owner.get(f"/api/studies/{study_id}/tags", params={"level": "study"}).json()["items"]
    assert "ModalitiesInStudy" in {row["keyword"] for row in of_study}
    uid = series["instances"][2]["sop_instance_uid"]
    third = owner.get(f"/api/studies/{study_id}/tags", params={"sop_instance_uid": uid})
    assert uid in third.text
    missing = owner.get(f"/api/studies/{study_id}/tags", params={"sop_instance_uid": "1.2"})
    assert missing.status_code == 404


def test_a_deleted_study_is_nowhere(owner, archive):
    archive.bring(dicoms.radiograph())
    study = archive.rows(Study)[0]
    assert owner.delete(f"/api/studies/{study.id}").status_code == 204
    web = f"/dicomweb/{archive.project.id}/studies"
    assert owner.get(f"/api/studies/{study.id}").status_code == 404
    assert owner.get(f"{web}/{study.study_uid}/metadata").status_code == 404
    assert owner.get(web).json() == []
    assert owner.get(f"/api/projects/{archive.project.id}/studies").json()["total"] == 0


def test_our_names_of_attributes_are_the_standard_s():
    from pydicom.datadict import keyword_for_tag

    from collimate.dicom import keep

    assert {t: keyword_for_tag(t) for t in keywords.KEYWORDS} == keywords.KEYWORDS
    kept = keep.KEPT | keep.KEPT_SEQUENCES | keep.REMAPPED_UIDS
    assert not {name for name in kept if name not in keywords.TAGS}


def test_no_planted_identifier_is_left_in_rows_blobs_logs_or_answers(
    owner, archive, capfd, database
):
    import psycopg

    for data in (dicoms.radiograph(), dicoms.ct_slice(seed=3), dicoms.multi_frame(seed=5)):
        file = archive.send(data, "Ruskin^Planted-47110815.dcm")
        ingest_waiting(archive.project.id)
        assert archive.file(file).state == "accepted"
    answers = b"".join(
        owner.get(address).content
        for study in archive.rows(Study)
        for address in (
            f"/api/studies/{study.id}", f"/api/studies/{study.id}/tags",
            f"/dicomweb/{archive.project.id}/studies/{study.study_uid}",
            f"/dicomweb/{archive.project.id}/studies/{study.study_uid}/metadata",
            f"/dicomweb/{archive.project.id}/studies",
        )
    )  # fmt: skip
    dump = []
    with psycopg.connect(database) as connection:
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        for (table,) in tables:
            dump += [str(row) for row in connection.execute(f'SELECT t::text FROM "{table}" t')]
    mine = {
        digest
        for image in archive.rows(Instance)
        for digest in (image.file_sha256, image.frames_sha256, image.thumbnail_sha256)
    }
    assert len(mine) >= 6
    contents = b"".join(blobs().read(digest) for digest in mine)
    printed = capfd.readouterr()
    for word in dicoms.PLANTED:
        assert word.encode() not in answers
        assert word not in "\n".join(dump)
        assert word.encode() not in contents
        assert word not in printed.err + printed.out
    with open_session() as session:
        for file in session.scalars(select(ReceivedFile)):
            assert not blobs().path(file.sha256).exists()


def test_the_web_process_serves_a_frame_without_parser_or_codec(archive, database):
    archive.bring(dicoms.radiograph(syntax=dicoms.JPEG_2000))
    study = archive.rows(Study)[0]
    code = f"""
import sys
from fastapi.testclient import TestClient
from collimate.app import make_app
from collimate.kit.database import open_session
from collimate.access.models import User
from collimate.access.sign_in import new_token
with open_session() as session:
    user = session.get_one(User, __import__("uuid").UUID("{archive.owner.id}"))
    token, secret = new_token(session, user, "script", 1)
browser = TestClient(make_app(), base_url="http://testserver")
browser.headers["authorization"] = f"Bearer {{secret}}"
web = "/dicomweb/{archive.project.id}/studies/{study.study_uid}"
image = browser.get(web + "/instances").json()[0]
series, uid = (image[tag]["Value"][0] for tag in ("0020000E", "00080018"))
address = f"{{web}}/series/{{series}}/instances/{{uid}}"
assert browser.get(address + "/frames/1").status_code == 200
assert browser.get(address + "/rendered").status_code == 200
banned = ("pydicom", "PIL", "imagecodecs", "openjpeg", "jpeg_ls", "torch", "sklearn")
print([name for name in banned if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip() == "[]"
