"""From received bytes to images of studies, and to reasons where there is no image."""

import gzip
import io
import threading
import zipfile
from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select, text

from collimate.access import audit
from collimate.access.models import AuditEvent
from collimate.jobs import enqueue
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.models import Job
from collimate.jobs.run import claim, execute, work
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.studies import drain, raw_bytes
from collimate.studies.admit import is_drawn
from collimate.studies.forgotten import ask_where_forgotten
from collimate.studies.jobs import HANDLERS
from collimate.studies.models import AnswerKey, Instance, Patient, ReceivedFile, Series, Study
from collimate.studies.receive import ask_for_ingest, known
from collimate.studies.sandbox import sandbox
from collimate.studies.states import ALLOWED, FileMoveNotAllowed, FileState, move
from collimate.studies.unpack import unpack_volume
from tests import dicoms
from tests.studies.dicomweb import statements


def stored(sha256: str) -> bool:
    return blobs().path(sha256).exists()


def test_an_image_becomes_patient_study_series_and_instance(archive):
    file = archive.bring(dicoms.radiograph(), site="north")
    assert (file.state, file.code) == ("accepted", None)
    found = archive.image(file)
    assert found.patient.pseudonym.startswith("P-")
    assert (found.study.modality, found.study.body_part) == ("DX", "CHEST")
    assert (found.study.site, found.study.series_count, found.study.instance_count) == (
        "north", 1, 1,
    )  # fmt: skip
    assert (found.instance.rows, found.instance.columns) == (96, 80)
    assert found.instance.pixel_spacing_mm == [0.15, 0.2]
    assert found.instance.frame_ranges[0][1] == 96 * 80 * 2
    assert blobs().read(found.instance.thumbnail_sha256)[:2] == b"\xff\xd8"
    assert found.study.dicom_json["00201208"]["Value"] == [1]


def test_the_bytes_and_the_name_that_came_are_gone_once_accepted(archive):
    file = archive.bring(dicoms.radiograph(), "Ruskin^Planted.dcm")
    assert not stored(file.sha256)
    assert (file.file_name, file.has_bytes, file.facts) == ("", False, {})


def test_slices_gather_in_one_study_and_are_counted(archive):
    for index in (2, 0, 1):
        archive.send(dicoms.ct_slice(slice_index=index))
    assert drain.ingest_waiting(archive.project.id) == {"accepted": 3}
    (study,) = archive.rows(Study)
    (series,) = archive.rows(Series)
    assert (study.instance_count, series.instance_count, study.series_count) == (3, 3, 1)
    assert study.dicom_json["00201208"]["Value"] == [3]
    assert series.dicom_json["00201209"]["Value"] == [3]


def test_files_are_worked_through_together_and_an_archive_between_them_alone(archive):
    for index in range(20):
        archive.send(dicoms.ct_slice(slice_index=index, rows=8, columns=8))
        if index == 9:
            archive.send(zip_of(("1", dicoms.radiograph(seed=5))), "a.zip")
    with statements() as asked:
        counts = drain.ingest_waiting(archive.project.id)
    assert counts == {"accepted": 21, "unpacked": 1}
    assert len(asked) < 10 * 21
    assert sorted(study.instance_count for study in archive.rows(Study)) == [1, 20]
    with open_session() as session:
        assert audit.verify(session).is_intact


def test_the_same_bytes_again_are_a_duplicate_at_once(archive):
    first = archive.bring(dicoms.radiograph())
    again = archive.file(archive.send(dicoms.radiograph()))
    assert (again.state, again.instance_id) == ("duplicate", first.instance_id)
    assert len(archive.rows(Instance)) == 1


def test_two_uploads_of_one_file_at_once_give_one_image(archive):
    gate = threading.Barrier(2)
    failures = []

    def upload():
        try:
            gate.wait()
            archive.send(dicoms.radiograph())
            gate.wait()
            drain.ingest_waiting(archive.project.id)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=upload) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(file.state for file in archive.files()) == ["accepted", "duplicate"]
    assert len(archive.rows(Instance)) == 1
    raw_bytes.sweep(archive.project.id)
    assert not stored(archive.files()[0].sha256)


def test_other_bytes_under_the_same_identity_are_a_conflict_and_the_first_stays(archive):
    first = archive.bring(dicoms.radiograph())
    other = archive.bring(dicoms.radiograph(array=dicoms.pattern(96, 80, seed=9)))
    assert (other.state, other.code) == ("conflict", "conflict")
    assert stored(other.sha256)
    (instance,) = archive.rows(Instance)
    assert instance.id == first.instance_id
    assert archive.rows(Study)[0].instance_count == 1


@pytest.mark.parametrize("kind", [kind for kind in dicoms.BROKEN_KINDS if kind != "deflate_bomb"])
def test_a_broken_file_is_quarantined_with_a_reason_and_kept(archive, kind):
    file = archive.bring(dicoms.broken(kind), f"{kind}.dcm")
    assert file.state == "quarantined"
    assert file.code
    assert file.text.endswith(".")
    assert file.file_name == f"{kind}.dcm"
    assert stored(file.sha256)
    assert archive.rows(Study) == []


def test_good_files_pass_between_hostile_ones(archive):
    kinds = ("rle_bomb", "deep", "lying_length")
    for index, kind in enumerate(kinds):
        archive.send(dicoms.broken(kind))
        archive.send(dicoms.radiograph(seed=index))
    assert drain.ingest_waiting(archive.project.id) == {"quarantined": 3, "accepted": 3}


def test_an_error_on_our_side_sets_the_file_aside_and_the_next_goes_on(archive, monkeypatch):
    bad = archive.send(dicoms.radiograph(seed=1))
    good = archive.send(dicoms.radiograph(seed=2))
    original = drain.ingest

    def failing(session, box, files):
        if bad in [file.id for file in files]:
            raise ZeroDivisionError("Ruskin^Planted")
        return original(session, box, files)

    monkeypatch.setattr(drain, "ingest", failing)
    drain.ingest_waiting(archive.project.id)
    assert (archive.file(bad).state, archive.file(bad).code) == ("quarantined", "unexpected_error")
    assert archive.file(good).state == "accepted"


def test_lost_bytes_are_said_and_do_not_stop_the_rest(archive):
    lost = archive.send(dicoms.radiograph(seed=1))
    blobs().delete(archive.file(lost).sha256)
    archive.bring(dicoms.radiograph(seed=2))
    assert archive.file(lost).code == "bytes_missing"
    assert len(archive.rows(Instance)) == 1


def zip_of(*members: tuple[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members:
            opened.writestr(name, content)
    return target.getvalue()


def test_a_zip_is_unpacked_and_what_is_no_image_is_left_out(archive):
    data = zip_of(
        ("study/1", dicoms.ct_slice(slice_index=0)),
        ("study/2", dicoms.ct_slice(slice_index=1)),
        ("study/broken.dcm", dicoms.broken("truncated_pixels")),
        ("DICOMDIR", b"x" * 400),
        ("readme.txt", b"hello"),
    )
    file = archive.bring(data, "study.zip")
    assert (file.state, file.code) == ("unpacked", "unpacked")
    assert file.text == "3 files were unpacked. 2 others are no images and were left out."
    assert not stored(file.sha256)
    states = sorted(one.state for one in archive.files())
    assert states == ["accepted", "accepted", "quarantined", "unpacked"]


def test_the_facts_of_a_zip_hold_for_its_files(archive):
    archive.bring(zip_of(("1", dicoms.radiograph())), "a.zip", site="south", is_holdout=True)
    (study,) = archive.rows(Study)
    assert study.site == "south"
    assert archive.rows(Patient)[0].is_holdout


HOSTILE_ZIPS = {
    "slip": lambda: zip_of(("../../x.dcm", dicoms.radiograph())),
    "absolute": lambda: zip_of(("/etc/x.dcm", dicoms.radiograph())),
    "bomb": lambda: zip_of(("x.dcm", bytes(200 << 20))),
    "damaged": lambda: zip_of(("x.dcm", dicoms.radiograph()))[:-40],
    "empty": zip_of,
    "nothing": lambda: zip_of(("readme.txt", b"x")),
}


def test_media_are_taken_with_what_the_directory_does_not_name(archive):
    """A DICOMDIR in earnest, two referenced images, one it forgets, and a viewer."""
    from tests.dicoms import directory

    images = {f"IMAGES/{index}": dicoms.ct_slice(slice_index=index) for index in range(3)}
    data = zip_of(
        ("DICOMDIR", directory(list(images)[:2])), *images.items(), ("AUTORUN.INF", b"[autorun]"),
        ("VIEWER/viewer.exe", b"MZ" + bytes(300)), ("VIEWER/logo.png", b"\x89PNG" + bytes(300)),
        ("README", b"Please insert the disc"),
    )  # fmt: skip
    file = archive.bring(data, "cd.zip")
    assert file.text == "3 files were unpacked. 5 others are no images and were left out."
    assert sorted(one.state for one in archive.files()) == ["accepted"] * 3 + ["unpacked"]


def volume_of(name: str = "a.nii.gz", *, seed: int = 0) -> bytes:
    import nibabel as nib

    voxels = np.random.default_rng(seed).integers(0, 900, (12, 10, 4), dtype="i2")
    data = nib.Nifti1Image(voxels, np.diag([-1.0, -1.0, 3.0, 1.0])).to_bytes()
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


def test_a_volume_of_unknown_kind_becomes_images_that_wait_for_a_person(archive):
    file = archive.bring(volume_of(), "anything.nii.gz")
    assert (file.state, file.text) == ("unpacked", "4 files were unpacked.")
    assert not stored(file.sha256)
    assert sorted(one.state for one in archive.files()) == ["held"] * 4 + ["unpacked"]


def test_a_volume_becomes_a_series_in_a_study_of_its_own(archive):
    archive.bring(volume_of(), "anything.nii.gz", modality="MR")
    (study,) = archive.rows(Study)
    assert (study.instance_count, study.modality) == (4, "MR")


def test_volumes_named_as_bids_asks_share_patient_study_and_modality(archive):
    for suffix, seed in (("T1w", 1), ("FLAIR", 2)):
        archive.bring(volume_of(seed=seed), f"sub-07/ses-1/anat/sub-07_ses-1_{suffix}.nii.gz")
    archive.bring(volume_of(seed=3), "sub-07/ses-2/anat/sub-07_ses-2_T1w.nii.gz")
    assert len(archive.rows(Patient)) == 1
    assert sorted(study.series_count for study in archive.rows(Study)) == [1, 2]
    assert {series.modality for series in archive.rows(Series)} == {"MR"}


def test_volumes_of_one_name_in_two_folders_are_two_patients(archive):
    archive.bring(volume_of(seed=1), "one/T1.nii.gz", modality="MR")
    archive.bring(volume_of(seed=2), "two/T1.nii.gz", modality="MR")
    assert len(archive.rows(Patient)) == 2


def test_a_volume_that_cannot_be_written_as_dicom_is_set_aside(archive):
    file = archive.bring(volume_of("a.nii")[:-100], "a.nii")
    assert (file.state, file.code) == ("quarantined", "truncated")


def test_a_volume_taken_apart_twice_gives_the_same_images(archive):
    file_id = archive.send(volume_of(), "a.nii.gz", modality="MR")
    with open_session() as session, blobs().local(archive.file(file_id).sha256) as source:
        unpack_volume(session.get_one(ReceivedFile, file_id), source, sandbox())
    drain.ingest_waiting(archive.project.id)
    assert len(archive.rows(Instance)) == 4


@pytest.mark.parametrize("kind", sorted(HOSTILE_ZIPS))
def test_a_hostile_zip_is_quarantined_whole(archive, kind):
    file = archive.bring(HOSTILE_ZIPS[kind](), f"{kind}.zip")
    assert file.state == "quarantined"
    assert file.code in ("bad_zip", "inflate_bomb", "too_large", "not_dicom")
    assert archive.rows(Study) == []


def test_a_zip_inside_a_zip_is_refused(archive):
    inner = zip_of(("1", dicoms.radiograph()))
    archive.bring(zip_of(("inner.zip", inner), ("2", dicoms.radiograph(seed=1))), "outer.zip")
    ends = sorted((file.state, file.code) for file in archive.files())
    assert ends == [("accepted", None), ("quarantined", "bad_zip"), ("unpacked", "unpacked")]


def test_facts_of_an_import_are_kept_and_the_answers_hidden_aside(archive):
    mark = {"label_key": "opacity", "kind": "box", "points": [[1, 1], [5, 6]]}
    file = archive.bring(
        dicoms.radiograph(), label_keys=["viral"], marks=[mark], sex="F", age_years=95,
        is_holdout=True, site="west",
    )  # fmt: skip
    found = archive.image(file)
    assert (found.patient.sex, found.patient.age_years, found.patient.is_holdout) == ("F", 90, True)
    (key,) = archive.rows(AnswerKey)
    assert key.label_keys == ["viral"]
    uid = found.instance.sop_instance_uid
    assert key.marks == [{**mark, "sop_instance_uid": uid, "frame_number": 1}]


def test_labels_that_come_later_with_the_same_file_are_kept(archive):
    archive.bring(dicoms.radiograph())
    assert archive.bring(dicoms.radiograph(), label_keys=["viral"]).state == "duplicate"
    assert archive.rows(AnswerKey)[0].label_keys == ["viral"]


def test_the_hold_out_follows_the_patient_for_ever_and_in_every_project(make_archive):
    one, two = make_archive(holdout_share=0.5), make_archive(holdout_share=0.5)
    for seed in range(12):
        for project in (one, two):
            project.send(dicoms.radiograph(seed=seed, PatientID=f"person {seed}"))
    for project in (one, two):
        drain.ingest_waiting(project.project.id)
    sides = [{row.keyed_hash: row.is_holdout for row in each.rows(Patient)} for each in (one, two)]
    assert sides[0] == sides[1]
    assert set(sides[0].values()) == {True, False}
    pseudonyms = [{row.pseudonym for row in each.rows(Patient)} for each in (one, two)]
    assert not pseudonyms[0] & pseudonyms[1]


def test_the_drawn_share_is_the_wanted_share():
    drawn = sum(is_drawn(f"{number:064x}", 0.2) for number in range(5000))
    assert 900 < drawn < 1100


def test_bytes_shared_with_another_project_stay_until_that_one_is_done(make_archive):
    one, two = make_archive(), make_archive()
    one.send(dicoms.radiograph())
    waiting = two.send(dicoms.radiograph())
    drain.ingest_waiting(one.project.id)
    assert stored(two.file(waiting).sha256)
    drain.ingest_waiting(two.project.id)
    assert two.file(waiting).state == "accepted"
    assert not stored(two.file(waiting).sha256)


def test_bytes_of_a_process_that_died_before_cleaning_are_swept(archive, monkeypatch):
    monkeypatch.setattr("collimate.studies.ingest._forget", lambda hashes: None)
    monkeypatch.setattr(raw_bytes, "sweep", lambda project_id: 0)
    file = archive.bring(dicoms.radiograph())
    assert stored(file.sha256)
    monkeypatch.undo()
    drain.ingest_waiting(archive.project.id)
    assert not stored(file.sha256)


def test_a_deleted_study_comes_back_with_its_file(archive):
    from collimate.studies.delete import delete_study

    file = archive.bring(dicoms.radiograph())
    with open_session() as session:
        delete_study(session, archive.owner.id, session.get_one(Study, archive.rows(Study)[0].id))
    assert archive.rows(Study)[0].deleted_at is not None
    again = archive.bring(dicoms.radiograph())
    assert (again.state, again.instance_id) == ("accepted", file.instance_id)
    (study,) = archive.rows(Study)
    assert (study.deleted_at, study.instance_count) == (None, 1)


def test_known_hashes_need_not_be_sent_again(archive):
    done = archive.bring(dicoms.radiograph(seed=1))
    waiting = archive.file(archive.send(dicoms.radiograph(seed=2)))
    with open_session() as session:
        asked = [done.sha256, waiting.sha256, "0" * 64]
        assert known(session, archive.project.id, asked) == sorted(asked[:2])


def test_the_job_ingests_reports_and_wakes_the_learner(archive):
    archive.send(dicoms.radiograph(seed=1))
    archive.send(dicoms.broken("text"))
    with open_session() as session:
        for _ in range(3):
            ask_for_ingest(session, archive.project.id, archive.owner.id)
    with open_session() as session:
        assert len(session.scalars(select(Job)).all()) == 1
    run = claim(Queue.LIGHT)
    assert run is not None
    assert execute(run, HANDLERS) == "done"
    with open_session() as session:
        jobs = {job.kind: job for job in session.scalars(select(Job))}
    result = jobs[JobKind.INGEST_RECEIVED].result
    assert result == {"accepted_count": 1, "quarantined_count": 1}
    assert jobs[JobKind.INGEST_RECEIVED].progress == 1.0
    assert jobs[JobKind.EMBED_STUDIES].state == "queued"


def test_what_keeps_coming_is_taken_in_before_it_is_looked_at(archive, monkeypatch):
    archive.send(dicoms.radiograph(seed=1))
    states = []

    def wait(_seconds):
        states.append([file.state for file in archive.files()])
        archive.send(dicoms.ct_slice(slice_index=len(states)))
        if len(states) == 3:  # time passes, and none comes
            monkeypatch.setattr(drain, "STILL_COMING", timedelta(0))

    def do_job():
        with open_session() as session:
            ask_for_ingest(session, archive.project.id, archive.owner.id)
        run = claim(Queue.LIGHT)
        assert run is not None
        assert execute(run, HANDLERS) == "done"

    monkeypatch.setattr(drain.time, "sleep", wait)
    do_job()
    assert states == [["received"] * count for count in (1, 2, 3)]
    assert {file.state for file in archive.files()} == {"accepted"}
    monkeypatch.setattr(drain, "STILL_COMING", timedelta(days=1))
    monkeypatch.setattr(drain, "PATIENCE_S", 0.0)
    archive.send(dicoms.radiograph(seed=2))
    do_job()
    assert len(states) == 3
    assert archive.files()[-1].state == "accepted"


def test_every_ending_is_one_audit_event_without_values(archive):
    archive.bring(dicoms.radiograph(), "Ruskin.dcm")
    archive.bring(dicoms.broken("text"), "Planted.txt")
    with open_session() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("file_%"))).all()
        assert sorted(event.action for event in events) == ["file_accepted", "file_quarantined"]
        text = str([event.detail for event in events])
        assert not any(word in text for word in dicoms.PLANTED)
        assert audit.verify(session).is_intact


@pytest.mark.parametrize("before", list(FileState))
@pytest.mark.parametrize("after", list(FileState))
def test_the_state_table_is_the_only_way_to_move(before, after):
    file = ReceivedFile(state=before, file_name="x", facts={})
    if after in ALLOWED[before]:
        move(file, after)
        assert file.state == after
    else:
        with pytest.raises(FileMoveNotAllowed):
            move(file, after)
        assert file.state == before


def test_files_whose_receiver_died_before_it_asked_are_looked_at_soon(archive) -> None:
    def asked() -> int:
        with open_session() as session:
            return ask_where_forgotten(session)

    def grow_old() -> None:
        with open_session() as session:
            session.execute(
                text("UPDATE received_file SET created_at = created_at - interval '1 minute'")
            )

    archive.send(dicoms.radiograph())
    assert asked() == 0, "whoever took it may still be about to ask"
    grow_old()
    assert asked() == 1
    assert asked() == 0, "a job waits"
    work(Queue.LIGHT, HANDLERS)
    assert [file.state for file in archive.files()] == ["accepted"]
    assert asked() == 0
    archive.send(dicoms.radiograph(seed=1))
    grow_old()
    assert asked() == 1
    with open_session() as session:
        waiting = select(Job.id).where(Job.kind == JobKind.INGEST_RECEIVED, Job.state == "queued")
        enqueue.cancel(session, session.scalars(waiting).one())
    assert asked() == 0, "a person stopped it"
