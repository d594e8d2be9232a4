"""A project's de-identification: its options, the preview of a file, the report of an import."""

import json
from datetime import date
from uuid import uuid4

import pytest

from collimate.access.models import AuditEvent
from collimate.access.policy import ROLE_PERMISSIONS, Permission, Role
from collimate.jobs.models import Job
from collimate.kit.blobs import blobs
from collimate.projects.models import DeidentificationKey
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, ReceivedFile, Study
from tests import dicoms


@pytest.fixture
def address(archive) -> str:
    return f"/api/projects/{archive.project.id}/deidentification"


def test_a_new_project_shifts_dates_and_keeps_characteristics(archive, client, address):
    assert client(archive.owner).get(address).json() == {
        "retain_dates": True, "retain_characteristics": True, "retain_device": False,
        "clean_descriptors": False, "hold_suspected": True, "safe_private": [],
    }  # fmt: skip


def test_options_hold_for_what_comes_in_from_then_on(archive, client, address, session):
    first = archive.bring(dicoms.ct_slice())
    browser = client(archive.owner)
    changed = browser.patch(
        address,
        json={
            "retain_dates": False, "clean_descriptors": True,
            "safe_private": [{"creator": "GEMS_PARM_01", "tag": "(0043,xx39)"}],
        },
    )  # fmt: skip
    assert changed.json()["safe_private"] == [{"creator": "GEMS_PARM_01", "tag": "0043xx39"}]
    second = archive.bring(
        dicoms.ct_slice(seed=5, PatientID="OTHER", SeriesDescription="CT chest axial 5mm of Ruskin")
    )
    before, after = archive.image(first), archive.image(second)
    assert before.study.study_date is not None
    assert after.study.study_date is None
    assert after.instance.dicom_json["0008103E"]["Value"] == ["CT chest axial 5mm of"]
    noted = session.query(AuditEvent).filter(AuditEvent.action == "deidentification_changed").one()
    assert noted.detail["before"]["retain_dates"] is True
    assert noted.detail["after"]["retain_dates"] is False


def test_what_is_no_private_tag_is_refused(archive, client, address):
    body = {"safe_private": [{"creator": "ACME", "tag": "00420039"}]}
    assert client(archive.owner).patch(address, json=body).status_code == 422


def test_only_an_honest_broker_may_ask_who_is_who(archive, client, member, address, session):
    file = archive.bring(dicoms.ct_slice())
    image = archive.image(file)
    body = {"patient_id": dicoms.PATIENT_ID, "issuer": "Ruskin 47110815 Brantwood House"}
    uid = f"{dicoms.ROOT}.1"
    broker = client(member(Role.HONEST_BROKER))
    found = broker.post(address + "/look-up", json={**body, "uids": [uid]}).json()
    assert found["pseudonym"] == image.patient.pseudonym
    assert found["uids"] == {uid: image.study.study_uid}
    assert (date(2024, 2, 29) - image.study.study_date).days == found["shift_days"]
    assert client(archive.owner).post(address + "/look-up", json=body).status_code == 403
    asked = session.query(AuditEvent).filter(AuditEvent.action == "identity_looked_up").all()
    assert len(asked) == 1
    assert "RUSKIN" not in json.dumps(asked[0].detail)


def test_the_permission_to_look_up_belongs_to_one_role_that_sees_nothing_else():
    holders = [r for r, may in ROLE_PERMISSIONS.items() if Permission.LOOK_UP_IDENTITIES in may]
    assert holders == [Role.HONEST_BROKER]
    assert ROLE_PERMISSIONS[Role.HONEST_BROKER] == {
        Permission.SEE_PROJECT, Permission.LOOK_UP_IDENTITIES,
    }  # fmt: skip


def test_keys_lie_apart_and_no_answer_holds_them(archive, client, session, address):
    key = session.query(DeidentificationKey).filter_by(project_id=archive.project.id).one().key
    assert key != archive.project.key
    browser = client(archive.owner)
    for path in (address, f"/api/projects/{archive.project.id}", "/api/projects"):
        assert key.hex() not in browser.get(path).text


def test_a_preview_says_what_would_happen_and_keeps_nothing(archive, client, address):
    file = dicoms.radiograph()
    kept = set(blobs().root.rglob("*"))
    answer = client(archive.owner).post(address + "/preview", content=file)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["actions"]["X"]["InstitutionName"] == 1
    assert found["actions"]["U"]["StudyInstanceUID"] == 1
    assert not found["would_be_held"]
    stored = {row["keyword"]: row["value"] for row in found["kept"]}
    assert stored["PatientName"].startswith("P-")
    assert not [name for name in dicoms.PLANTED if name in answer.text]
    assert archive.rows(ReceivedFile) == archive.rows(Instance) == []
    assert set(blobs().root.rglob("*")) == kept


@pytest.mark.parametrize("content", [b"This is a shopping list", b"PK\x03\x04" + bytes(300)])
def test_what_cannot_be_used_cannot_be_previewed(archive, client, address, content):
    answer = client(archive.owner).post(address + "/preview", content=content)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/cannot-be-previewed"


def test_the_report_of_an_import_counts_by_action_and_name(archive, client, address):
    browser, import_id = client(archive.owner), str(uuid4())
    for number in (1, 2):
        browser.post(
            f"/api/projects/{archive.project.id}/files",
            params={"name": f"{dicoms.PATIENT_NAME}.dcm", "import_id": import_id},
            content=dicoms.ct_slice(slice_index=number),
        )
    ingest_waiting(archive.project.id)
    archive.bring(dicoms.radiograph(seed=4))
    found = browser.get(address + "/report", params={"import_id": import_id})
    assert found.json()["files"]["accepted"] == 2
    assert found.json()["actions"]["X"]["InstitutionName"] == 2
    assert found.json()["actions"]["C"]["StudyDate"] == 2
    everything = browser.get(address + "/report").json()
    assert everything["actions"]["X"]["InstitutionName"] == 3
    imports = browser.get(f"/api/projects/{archive.project.id}/imports").json()["items"]
    assert [(one["file_count"], one["way_in"]) for one in imports] == [(1, "upload"), (2, "upload")]
    assert imports[1]["import_id"] == import_id
    assert not [name for name in dicoms.PLANTED if name in found.text]


def test_no_identifier_is_left_anywhere_once_a_file_is_in(archive, client, session, capfd):
    name = f"{dicoms.PATIENT_NAME} {dicoms.PATIENT_ID}.dcm"
    file = archive.bring(dicoms.radiograph(), name)
    archive.bring(b"Ruskin 47110815 is no image", name)
    browser = client(archive.owner)
    study_id = archive.rows(Study)[0].id
    project = f"/api/projects/{archive.project.id}"
    shown = [
        browser.get(path).text
        for path in (f"/api/studies/{study_id}", f"/api/studies/{study_id}/tags",
                     f"{project}/studies", f"{project}/studies/facets", f"{project}/audit",
                     f"{project}/jobs", f"{project}/files?state=accepted",
                     f"/dicomweb/{archive.project.id}/studies")
    ]  # fmt: skip
    rows = [str(vars(row)) for kind in (Instance, Study) for row in archive.rows(kind)]
    jobs = [str(vars(job)) for job in session.query(Job)]
    events = [str(vars(event)) for event in session.query(AuditEvent)]
    image = archive.image(file).instance
    blob = blobs().read(image.file_sha256) + blobs().read(image.thumbnail_sha256)
    logged = "".join(capfd.readouterr())
    for text in (*shown, *rows, *jobs, *events, logged, archive.file(file.id).file_name):
        assert not [planted for planted in dicoms.PLANTED if planted in text], text[:500]
    assert not [planted for planted in dicoms.PLANTED if planted.encode() in blob]
