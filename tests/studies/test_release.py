"""A data manager lets pass, after looking, what may be let pass; nothing is ever overwritten."""

import pytest
from sqlalchemy import select

from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.dicom.rejection import RELEASABLE
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.studies import drain
from collimate.studies.models import Instance, Series
from tests import dicoms


def release(client, user, file):
    return client(user).post(f"/api/files/{file.id}/release")


def polyglot() -> bytes:
    data = dicoms.radiograph()
    return b"MZ" + bytes(126) + data[128:]


def almost_empty() -> bytes:
    """So plain that it shrinks more than two thousand times."""
    import numpy as np

    array = np.zeros((9000, 9000), "u1")
    return dicoms.radiograph(array=array, syntax=dicoms.JPEG_2000, planted=False)


@pytest.mark.parametrize(
    ("code", "make"), [("foreign_content", polyglot), ("implausible_ratio", almost_empty)]
)
def test_what_was_stopped_out_of_caution_comes_in_once_released(archive, client, code, make):
    file = archive.bring(make())
    assert (file.state, file.code) == ("quarantined", code)
    answer = release(client, archive.owner, file)
    assert answer.status_code == 200
    assert answer.json()["state"] == "received"
    drain.ingest_waiting(archive.project.id)
    file = archive.file(file.id)
    assert (file.state, file.code, file.facts) == ("accepted", None, {})
    stored = blobs().read(archive.image(file).instance.file_sha256)
    assert stored[:128] == bytes(128)
    with open_session() as session:
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "file_released")
        ).one()
        assert event.detail["code"] == code


def test_bytes_behind_the_image_are_left_behind(archive, client):
    file = archive.bring(dicoms.radiograph() + b"RUSKIN WAS HERE AND LEFT THIS")
    assert file.code == "foreign_content"
    release(client, archive.owner, file)
    drain.ingest_waiting(archive.project.id)
    instance = archive.image(archive.file(file.id)).instance
    assert b"RUSKIN WAS HERE" not in blobs().read(instance.file_sha256)


def test_both_images_of_a_conflict_are_kept_and_the_first_stays_as_it_was(archive, client):
    first = archive.bring(dicoms.radiograph())
    before = archive.image(first).instance
    other_bytes = dicoms.radiograph(array=dicoms.pattern(96, 80, seed=9))
    other = archive.bring(other_bytes)
    assert other.state == "conflict"
    (listed,) = (
        client(archive.owner)
        .get(f"/api/projects/{archive.project.id}/files", params={"state": "conflict"})
        .json()["items"]
    )
    assert listed["can_release"] is True
    assert release(client, archive.owner, other).status_code == 200
    drain.ingest_waiting(archive.project.id)
    kept = archive.file(other.id)
    assert kept.state == "accepted"
    images = archive.rows(Instance)
    assert len({image.sop_instance_uid for image in images}) == len(images) == 2
    assert archive.image(first).instance.file_sha256 == before.file_sha256
    assert archive.rows(Series)[0].instance_count == 2
    again = archive.bring(other_bytes)
    assert (again.state, again.instance_id) == ("duplicate", kept.instance_id)


@pytest.mark.parametrize("kind", ["truncated_pixels", "rle_bomb", "segmentation"])
def test_a_broken_file_cannot_be_released(archive, client, kind):
    file = archive.bring(dicoms.broken(kind))
    assert file.code not in RELEASABLE
    answer = release(client, archive.owner, file)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/file-not-releasable")
    assert archive.file(file.id).state == "quarantined"


def test_a_series_of_another_study_is_a_conflict_nobody_can_release(archive, client):
    archive.bring(dicoms.ct_slice(slice_index=0))
    stray = dicoms.ct_slice(slice_index=1, StudyInstanceUID=f"{dicoms.ROOT}.99")
    file = archive.bring(stray)
    assert (file.state, file.code) == ("conflict", "series_elsewhere")
    assert release(client, archive.owner, file).status_code == 409


def test_only_those_who_manage_data_release(archive, client, member):
    file = archive.bring(polyglot())
    assert release(client, member(Role.READER), file).status_code in (403, 404)
    assert archive.file(file.id).state == "quarantined"
