"""A deleted study can come back; after its time its images go, and nothing else does."""

import pytest
from sqlalchemy import delete as sql_delete
from sqlalchemy import select, update

from collimate import worker
from collimate.access import audit
from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.annotations.models import AnnotationRevision, Submission
from collimate.datasets.verify import verify
from collimate.jobs.kinds import Queue
from collimate.jobs.run import work
from collimate.kit.blobs import BlobMissing, blobs
from collimate.kit.database import open_session
from collimate.kit.settings import settings
from collimate.removal import blobs as spent
from collimate.removal import purge
from collimate.studies.models import Instance, Series, SpentBlob, Study
from tests import dicoms, factories
from tests.datasets import frozen


def do_all() -> None:
    work(Queue.LIGHT, worker.HANDLERS)


def manager(session, project):
    return factories.make_member(session, project=project, role=Role.DATA_MANAGER)


def is_stored(sha256: str) -> bool:
    try:
        blobs().size(sha256)
    except BlobMissing:
        return False
    return True


@pytest.fixture
def read(session, client):
    """A project of two studies that were read, and its owner's browser."""
    room = frozen.read_project(session, studies=2)
    room.lead = manager(session, room.project)
    session.commit()
    of_project = (
        select(Study.id, Instance.file_sha256)
        .join(Instance, Instance.study_id == Study.id)
        .where(Study.project_id == room.project.id)
        .order_by(Study.id)
    )
    ids, hashes = (list(column) for column in zip(*session.execute(of_project), strict=True))
    room.address = f"/api/projects/{room.project.id}"
    room.browser = client(room.lead)
    return room, ids, hashes


def test_a_deleted_study_is_listed_with_who_when_and_why_and_can_be_restored(read):
    room, ids, hashes = read
    browser = room.browser
    assert browser.delete(f"/api/studies/{ids[0]}?reason=consent").status_code == 204
    assert browser.get(f"{room.address}/studies").json()["total"] == 1
    page = browser.get(f"{room.address}/deleted-studies").json()
    (row,) = page["items"]
    assert (row["id"], row["deletion_reason"]) == (str(ids[0]), "consent")
    assert row["deleted_by_name"] == room.lead.name
    assert (row["read_count"], row["purged_at"], page["restore_days"]) == (1, None, 30)
    assert browser.post(f"/api/deleted-studies/{ids[1]}/restore").status_code == 404
    assert browser.post(f"/api/deleted-studies/{ids[0]}/restore").status_code == 204
    assert browser.get(f"{room.address}/studies").json()["total"] == 2
    assert browser.get(f"{room.address}/deleted-studies").json()["items"] == []
    assert all(map(is_stored, hashes))


def test_chosen_studies_are_deleted_and_restored_together(read, monkeypatch):
    room, ids, _ = read
    with open_session() as session:
        other = factories.make_study(session, project=factories.make_project(session)).id
    mine, deleted = [str(one) for one in ids], f"{room.address}/deleted-studies"

    def delete(**studies):
        body = {"studies": studies, "reason": "quality"}
        return room.browser.post(deleted, json=body)

    assert delete().status_code == 422
    assert delete(study_ids=[mine[0], str(other)]).json() == {"study_ids": [mine[0]]}
    assert delete(filter={"modality": "none"}).json() == {"study_ids": []}
    assert delete(filter={}).json() == {"study_ids": [mine[1]]}
    rows = room.browser.get(deleted).json()["items"]
    assert {(row["id"], row["deletion_reason"]) for row in rows} == {
        (one, "quality") for one in mine
    }
    room.browser.post(f"/api/deleted-studies/{mine[1]}/purge")
    do_all()
    back = room.browser.post(f"{deleted}/restore", json={"study_ids": [*mine, str(other)]})
    assert back.json() == {"study_ids": [mine[0]]}
    assert room.browser.get(f"{room.address}/studies").json()["total"] == 1
    with open_session() as session:
        said = select(AuditEvent.action, AuditEvent.detail["reason"].astext).where(
            AuditEvent.object_id == mine[0], AuditEvent.object_kind == "study"
        )
        assert [tuple(row) for row in session.execute(said.order_by(AuditEvent.id))] == [
            ("study_deleted", "quality"),
            ("study_restored", "quality"),
        ]
        assert audit.verify(session).is_intact
        assert session.get_one(Study, other).deleted_at is None
    monkeypatch.setattr("collimate.studies.chosen.MOST", 0)
    assert delete(filter={}).json()["type"] == "/problems/too-many-studies"


def test_a_purge_takes_the_images_and_their_bytes_and_leaves_reads_and_history(read):
    room, ids, hashes = read
    with open_session() as session:
        said = session.scalars(select(Submission.content).order_by(Submission.id)).all()
        revisions = len(session.scalars(select(AnnotationRevision.id)).all())
    room.browser.delete(f"/api/studies/{ids[0]}?reason=quality")
    assert room.browser.post(f"/api/deleted-studies/{ids[0]}/purge").status_code == 202
    do_all()
    (row,) = room.browser.get(f"{room.address}/deleted-studies").json()["items"]
    assert row["purged_at"]
    assert (row["instance_count"], row["read_count"]) == (0, 1)
    assert [is_stored(one) for one in hashes] == [False, True]
    with open_session() as session:
        for table in (Instance, Series):
            left = session.scalars(select(table.study_id)).all()
            assert left == [ids[1]]
        assert session.scalars(select(Submission.content).order_by(Submission.id)).all() == said
        assert len(session.scalars(select(AnnotationRevision.id)).all()) == revisions
        assert session.scalars(select(SpentBlob)).all() == []
        assert audit.verify(session).is_intact
    refused = room.browser.post(f"/api/deleted-studies/{ids[0]}/restore")
    assert refused.json()["type"] == "/problems/study-purged"


def test_only_what_was_deleted_long_enough_ago_is_due(read):
    room, ids, hashes = read
    for study_id in ids:
        room.browser.delete(f"/api/studies/{study_id}")
    with open_session() as session:
        long_ago = Study.deleted_at - purge.timedelta(days=settings().deleted_days)
        session.execute(update(Study).where(Study.id == ids[1]).values(deleted_at=long_ago))
        assert purge.ask_where_due(session) == 1
    do_all()
    with open_session() as session:
        assert session.scalars(select(Study.id).where(Study.purged_at.is_not(None))).all() == [
            ids[1]
        ]
        assert purge.ask_where_due(session) == 0
    assert [is_stored(one) for one in hashes] == [True, False]


def test_a_purge_that_died_before_the_bytes_went_is_finished_later(read, monkeypatch):
    room, ids, hashes = read
    room.browser.delete(f"/api/studies/{ids[0]}")
    room.browser.post(f"/api/deleted-studies/{ids[0]}/purge")

    def fail(*_args):
        raise OSError("the disk went away")

    monkeypatch.setattr(type(blobs()), "delete", fail)
    do_all()
    monkeypatch.undo()
    assert is_stored(hashes[0])
    with open_session() as session:
        assert purge.ask_where_due(session) == 1
    do_all()
    assert not is_stored(hashes[0])
    with open_session() as session:
        assert purge.ask_where_due(session) == 0


def test_bytes_that_another_image_has_too_stay(read):
    room, ids, hashes = read
    with open_session() as session:
        other = factories.make_study(session, project=room.project)
        session.execute(
            update(Instance).where(Instance.study_id == other.id).values(thumbnail_sha256=hashes[0])
        )
    room.browser.delete(f"/api/studies/{ids[0]}")
    room.browser.post(f"/api/deleted-studies/{ids[0]}/purge")
    do_all()
    assert is_stored(hashes[0])
    with open_session() as session:
        session.execute(sql_delete(Instance).where(Instance.study_id == other.id))
        session.add(SpentBlob(sha256=hashes[0], project_id=room.project.id))
    assert spent.drop_spent(hashes[0])
    assert not is_stored(hashes[0])


def test_a_study_of_a_frozen_dataset_is_never_purged(session, client):
    made = frozen.freeze_project(session, studies=2)
    lead = manager(session, made.room.project)
    session.commit()
    study_id = session.scalars(select(Study.id)).first()
    browser = client(lead)
    browser.delete(f"/api/studies/{study_id}")
    (row,) = browser.get(f"/api/projects/{made.room.project.id}/deleted-studies").json()["items"]
    assert row["kept_by_datasets"] == ["v1"]
    refused = browser.post(f"/api/deleted-studies/{study_id}/purge")
    assert refused.json()["type"] == "/problems/study-frozen"
    session.execute(update(Study).values(deleted_at=Study.created_at - purge.timedelta(days=99)))
    session.commit()
    assert purge.ask_where_due(session) == 0
    assert not purge.purge_study(session, None, study_id)
    assert verify(session, made.version)["is_intact"]


def test_images_that_come_in_again_after_a_purge_bring_the_study_back(archive, owner):
    file = archive.bring(dicoms.radiograph())
    study = archive.image(file).study
    owner.delete(f"/api/studies/{study.id}")
    owner.post(f"/api/deleted-studies/{study.id}/purge")
    do_all()
    assert archive.rows(Instance) == []
    again = archive.bring(dicoms.radiograph())
    shown = archive.image(again)
    assert shown.study.id == study.id
    assert (shown.study.purged_at, shown.study.instance_count) == (None, 1)
    assert shown.study.quality
    assert owner.get(f"/api/studies/{study.id}/thumbnail").content[:2] == b"\xff\xd8"
