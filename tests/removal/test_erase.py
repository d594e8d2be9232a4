"""A patient is erased everywhere, stays out, and the history says that it happened."""

import hashlib
from io import BytesIO

import pydicom
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.models import User
from collimate.access.policy import Role
from collimate.annotations import comments
from collimate.annotations.models import Submission
from collimate.datasets import export
from collimate.datasets.models import DatasetVersion, Export
from collimate.datasets.verify import verify
from collimate.kit import clock
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.kit.ids import new_id
from collimate.learning.models import (
    AutoAccept,
    AutoAcceptedCase,
    Embedding,
    Encoder,
    ModelVersion,
    TrainingRun,
)
from collimate.removal import erase
from collimate.reviews import guide
from collimate.studies import ingest
from collimate.studies.models import (
    Erasure,
    Instance,
    Patient,
    ReceivedFile,
    Series,
    SpentBlob,
    Study,
)
from collimate.studies.texts.write import write_text
from collimate.tables import metadata
from collimate.tasks.models import Read, Task
from tests import dicoms, factories
from tests.datasets import frozen
from tests.removal.test_deleted import do_all, is_stored

IDS_ONLY = {"audit_event", "event", "job"}


@pytest.fixture
def world(session, client):
    """A frozen, exported project of two patients, one of them in a second project too."""
    made = frozen.freeze_project(session, studies=2)
    room, project = made.room, made.room.project
    lead = factories.make_user(session, name="Erasing admin", is_admin=True)
    factories.make_member(session, project=project, role=Role.DATA_MANAGER, user=lead)
    gone, stays = session.scalars(select(Study).order_by(Study.id)).all()
    other = factories.make_project(session, name="Elsewhere")
    keyed_hash = session.get_one(Patient, gone.patient_id).keyed_hash
    twin = factories.make_study(
        session,
        project=other,
        patient=factories.make_patient(session, project=other, keyed_hash=keyed_hash),
    )
    frozen.store_image(session, twin, 99)
    encoder = Encoder(project_id=project.id, kind="given", state="ready", dimension=3)
    session.add(encoder)
    session.flush()
    session.add(Embedding(study_id=gone.id, encoder_id=encoder.id, vector=[1, 2, 3]))
    write_text(session, lead.id, gone, "Cough.", replaces=0, is_checked=False)
    answered_by_model(session, lead, made.version.label_schema_id, gone)
    read = session.scalars(select(Read).join(Task).where(Task.study_id == gone.id)).one()
    actor = Actor(room.readers[0], new_id())
    first = comments.Said(new_id(), "Look here.")
    comments.say(session, actor, read, first)
    comments.say(session, actor, read, comments.Said(new_id(), "Why?", thread_id=first.id))
    uid = session.scalars(
        select(Instance.sop_instance_uid).where(Instance.study_id == gone.id)
    ).one()
    guide.add_example(session, lead.id, project, guide.Chosen("normal", read.id, uid))
    export.request_export(session, lead.id, made.version, "csv")
    session.commit()
    do_all()
    made.lead, made.gone, made.stays, made.twin = lead, gone, stays, twin
    made.browser, made.address = client(lead), f"/api/projects/{project.id}"
    made.pseudonym = session.get_one(Patient, gone.patient_id).pseudonym
    made.room = room
    session.commit()
    return made


def answered_by_model(session, lead, schema_id, study) -> None:
    """A record that a model once answered the case, as the table that is only added to has it."""
    own = {"project_id": study.project_id}
    run = TrainingRun(
        **own, round_number=1, label_count=3, control_label_count=1, manifest_sha256="0",
        code_version="0", seed=0, seconds=0.1,
    )  # fmt: skip
    session.add(run)
    session.flush()
    same = {**own, "label_schema_id": schema_id, "weights_sha256": "0" * 64}
    model = ModelVersion(**same, training_run_id=run.id, encoder_ids=[], number=1)
    session.add(model)
    session.flush()
    same |= {"model_version_id": model.id, "target": 0.05}
    turned = AutoAccept(
        **same, reason="", grounds={}, turned_on_by=lead.id, off_at=clock.now(), off_code="person"
    )
    session.add(turned)
    session.flush()
    task_id = session.scalars(select(Task.id).where(Task.study_id == study.id)).one()
    session.add(
        AutoAcceptedCase(
            **same, auto_accept_id=turned.id, study_id=study.id, task_id=task_id, label_keys=[],
            p_values={}, calibration_count=1, check_count=1, is_reaudit=False,
        )
    )  # fmt: skip


def tables_that_say(words: list[str]) -> set[str]:
    with open_session() as session:
        return {
            name
            for name in metadata.tables
            for word in words
            if session.execute(
                text(f'SELECT EXISTS (SELECT FROM "{name}" AS t WHERE strpos(t::text, :word) > 0)'),
                {"word": word},
            ).scalar()
        }


def everything_of(session, studies) -> list[str]:
    ids = [study.id for study in studies]
    tasks = select(Task.id).where(Task.study_id.in_(ids))
    reads = select(Read.id).where(Read.task_id.in_(tasks))
    queries = (
        select(Study.study_uid).where(Study.id.in_(ids)),
        select(Series.series_uid).where(Series.study_id.in_(ids)),
        select(Instance.sop_instance_uid).where(Instance.study_id.in_(ids)),
        select(Instance.id).where(Instance.study_id.in_(ids)),
        select(Patient.pseudonym).join(Study).where(Study.id.in_(ids)),
        select(Submission.id).where(Submission.read_id.in_(reads)),
        tasks,
        reads,
    )
    return [*map(str, ids), *(str(value) for query in queries for value in session.scalars(query))]


def test_nothing_of_an_erased_patient_is_left_in_any_table_or_file(world, session):
    words = everything_of(session, [world.gone, world.twin])
    hashes = session.scalars(
        select(Instance.file_sha256).where(Instance.study_id.in_([world.gone.id, world.twin.id]))
    ).all()
    exported = session.scalars(select(Export.blob_sha256)).one()
    kept = session.scalars(
        select(Instance.file_sha256).where(Instance.study_id == world.stays.id)
    ).one()
    session.commit()
    body = {"pseudonym": world.pseudonym}
    before = world.browser.post(f"{world.address}/erasures/preview", json=body).json()
    assert (before["projects"], before["studies"], before["dataset_versions"]) == (2, 2, 1)
    assert before["annotation_revisions"] > 0
    ordered = world.browser.post(f"{world.address}/erasures", json=body)
    assert ordered.status_code == 202
    assert world.browser.get(f"/api/studies/{world.gone.id}").status_code == 404
    do_all()

    assert tables_that_say(words) <= IDS_ONLY
    assert [is_stored(one) for one in [*hashes, exported, kept]] == [False, False, False, True]
    with open_session() as fresh:
        assert fresh.scalars(select(SpentBlob)).all() == []
        assert fresh.scalars(select(Study.id)).all() == [world.stays.id]
        assert audit.verify(fresh).is_intact
        found = verify(fresh, fresh.get_one(DatasetVersion, world.version.id))
        assert (found["is_intact"], found["erased_count"]) == (True, 1)
    (row,) = world.browser.get(f"{world.address}/erasures").json()["items"]
    assert (row["counts"]["studies"], row["counts"]["projects"]) == (2, 2)
    answer = world.browser.get(f"/api/erasures/{row['id']}/certificate")
    assert "attachment" in answer.headers["content-disposition"]
    paper = answer.json()
    assert paper["removed"]["instances"] == 2
    assert [one["action"] for one in paper["audit"]] == ["erasure_ordered", "patient_erased"]
    assert paper["dataset_versions"][0]["manifest_sha256_when_frozen"] == (
        world.version.manifest_sha256
    )
    assert world.pseudonym not in answer.text


def test_every_table_that_refers_to_what_goes_is_emptied_by_the_function(database, session):
    """Whoever adds a table that names a patient's things has to teach the function about it."""
    source = session.scalar(text("SELECT pg_get_functiondef('erase_patient(uuid)'::regprocedure)"))
    gone = {name for name in metadata.tables if f"DELETE FROM {name} " in source}
    assert {"patient", "study", "instance", "read", "submission"} <= gone
    forgotten = {
        f"{table.name}.{key.parent.name}"
        for table in metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in gone and table.name not in gone and key.ondelete != "CASCADE"
    }
    assert forgotten == set()


def test_a_frozen_version_can_be_exported_again_without_the_erased_patient(world, session):
    with open_session() as fresh:
        project = fresh.merge(world.room.project, load=True)
        erase.order(fresh, world.lead.id, project, world.pseudonym)
    do_all()
    listed = world.browser.get(f"{world.address}/datasets").json()["items"][0]
    assert listed["erased_count"] == 1
    assert listed["exports"][0]["state"] == "cancelled"
    assert "Write it again" in listed["exports"][0]["error"]
    asked = world.browser.post(f"/api/datasets/{world.version.id}/exports", json={"format": "csv"})
    do_all()
    packed = world.browser.get(f"/api/exports/{asked.json()['id']}/download")
    assert packed.status_code == 200
    assert world.pseudonym.encode() not in packed.content


def test_an_erasure_that_dies_between_rows_and_bytes_goes_on(world, session, monkeypatch):
    with open_session() as fresh:
        project = fresh.merge(world.room.project, load=True)
        order_id = erase.order(fresh, world.lead.id, project, world.pseudonym).id

    def fail(*_args):
        raise OSError("the disk went away")

    monkeypatch.setattr(type(blobs()), "delete", fail)
    do_all()
    monkeypatch.undo()
    certificate = f"/api/erasures/{order_id}/certificate"
    assert world.browser.get(certificate).json()["type"] == "/problems/erasure-not-finished"
    with open_session() as fresh:
        assert fresh.scalar(select(func.count(SpentBlob.sha256))) > 0
        project = fresh.merge(world.room.project, load=True)
        done = fresh.get_one(Erasure, order_id).rows_removed_at
        assert done
    job = world.browser.get(f"{world.address}/jobs").json()["items"][0]
    assert world.browser.post(f"/api/jobs/{job['id']}/retry").status_code == 200
    do_all()
    assert world.browser.get(certificate).json()["removed"]["studies"] == 2
    with open_session() as fresh:
        assert fresh.get_one(Erasure, order_id).rows_removed_at == done


def test_only_an_instance_admin_who_belongs_to_the_project_may_erase(world, session, client):
    body = {"pseudonym": world.pseudonym}
    owner = session.scalars(select(User).where(User.name.like("Owner%"))).first()
    assert client(owner).post(f"{world.address}/erasures", json=body).status_code == 403
    stranger = factories.make_user(session, name="Other admin", is_admin=True)
    session.commit()
    assert client(stranger).post(f"{world.address}/erasures", json=body).status_code == 404
    nobody = world.browser.post(f"{world.address}/erasures", json={"pseudonym": "P-NOBODY"})
    assert nobody.json()["type"] == "/problems/patient-not-found"
    assert session.scalars(select(Erasure)).all() == []


def test_the_database_erases_on_an_audited_order_only_and_history_stays_closed(world, session):
    with pytest.raises(DBAPIError, match="no open order"):
        session.execute(select(func.erase_patient(new_id())))
    session.rollback()
    forged = Erasure(
        project_id=world.room.project.id, ordered_by=world.lead.id,
        keyed_hash=session.get_one(Patient, world.gone.patient_id).keyed_hash,
    )  # fmt: skip
    session.add(forged)
    session.commit()
    with pytest.raises(DBAPIError, match="not audited"):
        session.execute(select(func.erase_patient(forged.id)))
    session.rollback()
    session.execute(text("SET LOCAL collimate.erasing = 'yes'"))
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(update(Submission).values(content={}))
    session.rollback()
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(update(Erasure).values(counts={"studies": 0}))
    session.rollback()


def test_a_patient_who_was_erased_is_refused_and_nothing_is_kept(archive, client):
    with open_session() as session:
        lead = factories.make_user(session, is_admin=True)
        factories.make_member(session, project=archive.project, role=Role.DATA_MANAGER, user=lead)
    file = archive.bring(dicoms.radiograph())
    pseudonym = archive.image(file).patient.pseudonym
    own = pydicom.dcmread(BytesIO(blobs().read(archive.image(file).instance.file_sha256)))
    client(lead).post(f"/api/projects/{archive.project.id}/erasures", json={"pseudonym": pseudonym})
    do_all()
    assert archive.rows(Instance) == archive.rows(Patient) == archive.files() == []
    data = dicoms.radiograph(seed=1)
    again = archive.bring(data, name="Doe^John.dcm")
    assert (again.state, again.code, again.file_name) == ("refused", "patient_erased", "")
    own.SOPInstanceUID = own.StudyInstanceUID = "1.2.3"
    under_its_pseudonym = archive.bring(dicoms.write(own))
    assert (under_its_pseudonym.state, under_its_pseudonym.code) == ("refused", "patient_erased")
    assert archive.rows(Study) == []
    assert not is_stored(hashlib.sha256(data).hexdigest())


def test_an_image_that_is_being_read_while_the_erasure_is_ordered_does_not_get_in(
    archive, monkeypatch
):
    pseudonym = archive.image(archive.bring(dicoms.radiograph())).patient.pseudonym
    admission = ingest.Admission

    def order_first(session, admitted_to, prepared):
        with open_session() as other:
            project = other.merge(archive.project, load=True)
            erase.order(other, archive.owner.id, project, pseudonym)
        return admission(session, admitted_to, prepared)

    monkeypatch.setattr(ingest, "Admission", order_first)
    assert archive.bring(dicoms.radiograph(seed=1)).state == "refused"
    monkeypatch.undo()
    do_all()
    assert archive.rows(Instance) == archive.rows(Study) == []


def retie(file, hashes):
    with open_session() as session:
        session.get_one(ReceivedFile, file.id).subject_hashes = hashes


def test_an_old_file_of_a_patient_erased_before_goes_with_the_next_erasure(archive, client):
    with open_session() as session:
        lead = factories.make_user(session, is_admin=True)
        factories.make_member(session, project=archive.project, role=Role.DATA_MANAGER, user=lead)

    def erase_patient_of(file):
        body = {"pseudonym": archive.image(file).patient.pseudonym}
        client(lead).post(f"/api/projects/{archive.project.id}/erasures", json=body)
        do_all()

    gone = archive.bring(dicoms.radiograph())
    old = archive.bring(dicoms.radiograph(seed=3)[:-500])
    retie(old, ["not known"])
    later = archive.bring(dicoms.radiograph(seed=4, PatientID="somebody else"))
    erase_patient_of(gone)
    assert is_stored(old.sha256)
    retie(old, [])
    erase_patient_of(later)
    do_all()
    (left,) = archive.files()
    assert (left.id, left.state, is_stored(old.sha256)) == (old.id, "refused", False)


@pytest.mark.parametrize("kind", ["truncated_pixels", "no_pixels"])
def test_files_that_cannot_be_used_go_with_their_patient_and_stay_out(archive, client, kind):
    with open_session() as session:
        lead = factories.make_user(session, is_admin=True)
        factories.make_member(session, project=archive.project, role=Role.DATA_MANAGER, user=lead)
    pseudonym = archive.image(archive.bring(dicoms.radiograph())).patient.pseudonym
    useless = {
        "truncated_pixels": dicoms.radiograph(seed=3)[:-500],
        "no_pixels": dicoms.radiograph(seed=3, PixelData=None),
    }[kind]
    set_aside = archive.bring(useless)
    assert set_aside.state == "quarantined"
    others = archive.bring(dicoms.radiograph(seed=4, PatientID="somebody else")[:-500])
    nobody = archive.bring(b"not a file of anybody")
    assert (others.state, nobody.state, nobody.subject_hashes) == ("quarantined",) * 2 + ([],)
    if kind == "no_pixels":  # set aside before such files were tied
        retie(set_aside, [])
    address, body = f"/api/projects/{archive.project.id}/erasures", {"pseudonym": pseudonym}
    shown = client(lead).post(f"{address}/preview", json=body).json()
    untied = 2 if kind == "no_pixels" else 1
    assert (shown["files_set_aside"], shown["files_unread"]) == (2 - untied, untied)
    client(lead).post(address, json=body)
    do_all()
    assert {file.id for file in archive.files()} == {others.id, nobody.id}
    assert [is_stored(file.sha256) for file in (set_aside, others)] == [False, True]
    again = archive.bring(useless)
    listed = client(lead).get(f"/api/projects/{archive.project.id}/files").json()
    assert (listed["counts"]["refused"], listed["counts"]["quarantined"]) == (1, 2)
    assert (again.state, again.code, again.subject_hashes) == ("refused", "patient_erased", [])
    assert not is_stored(again.sha256)
