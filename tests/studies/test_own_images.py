"""Images that this installation de-identified before: whose they are is not forgotten."""

import threading
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pydicom
import pytest
from pydicom.uid import generate_uid
from sqlalchemy import select

from collimate.kit.blobs import BlobMissing, blobs
from collimate.kit.database import open_session
from collimate.studies import ingest
from collimate.studies.admit import is_drawn
from collimate.studies.drain import ingest_received, ingest_waiting
from collimate.studies.models import Instance, Patient, Study
from tests import dicoms

PERSON = {"PatientID": "person 7", "IssuerOfPatientID": "north"}


def served(archive, file) -> pydicom.Dataset:
    """The object as it is exported and served."""
    return pydicom.dcmread(BytesIO(blobs().read(archive.image(file).instance.file_sha256)))


def written(dataset: pydicom.Dataset, **changes) -> bytes:
    """The object with these attributes changed, as another program would write it."""
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    return dicoms.write(dataset)


def new_uids() -> dict[str, str]:
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
    return {name: generate_uid() for name in names}


SENT_AGAIN = {
    "as it was served": dict,
    "as a new image of its series": lambda: {"SOPInstanceUID": generate_uid()},
    "as a new study of the pseudonym": new_uids,
    "as a new study that nobody marked as de-identified": lambda: {
        **new_uids(), "PatientIdentityRemoved": "NO", "DeidentificationMethod": "",
    },
    "with another issuer": lambda: {**new_uids(), "IssuerOfPatientID": "elsewhere"},
}  # fmt: skip


def sides(*archives) -> set[tuple[str, bool]]:
    """Which hash, hence which split, and which side of the hold-out the patients have."""
    return {(row.keyed_hash, row.is_holdout) for each in archives for row in each.rows(Patient)}


@pytest.mark.parametrize("way", SENT_AGAIN)
def test_an_own_image_sent_again_belongs_to_the_same_patient(make_archive, way):
    archive = make_archive(holdout_share=0.5)
    first = archive.bring(dicoms.radiograph(**PERSON))
    again = archive.bring(written(served(archive, first), **SENT_AGAIN[way]()))
    assert again.state == ("duplicate" if way == "as it was served" else "accepted")
    (patient,) = archive.rows(Patient)
    assert {study.patient_id for study in archive.rows(Study)} == {patient.id}
    assert served(archive, again).PatientID == patient.pseudonym
    assert patient.is_holdout == is_drawn(patient.keyed_hash, 0.5)


def test_a_number_that_only_looks_like_a_pseudonym_is_replaced(archive):
    file = archive.bring(dicoms.radiograph(PatientID="P-RUSKIN47"))
    assert archive.image(file).patient.pseudonym != "P-RUSKIN47"
    assert b"RUSKIN47" not in blobs().read(archive.image(file).instance.file_sha256)


@pytest.mark.parametrize("own_image_first", [True, False])
def test_in_another_project_it_is_the_same_subject_on_the_same_side(make_archive, own_image_first):
    one, two = make_archive(holdout_share=0.5), make_archive(holdout_share=0.5)
    first = one.bring(dicoms.radiograph(seed=1, **PERSON))
    own = written(served(one, first))
    original = dicoms.radiograph(seed=2, **PERSON)
    for data in (own, original) if own_image_first else (original, own):
        file = two.bring(data)
        assert served(two, file).PatientID == two.image(file).patient.pseudonym
    assert len(two.rows(Patient)) == 1
    assert len(two.rows(Study)) == 2
    assert len(sides(one, two)) == 1


def test_the_original_that_comes_after_its_own_image_joins_it(archive, database):
    """A project that was emptied, filled again first from an export and then from the source."""
    from tests.conftest import empty_tables

    own = written(served(archive, archive.bring(dicoms.radiograph(seed=1, **PERSON))))
    empty_tables(database, "received_file", "instance", "series", "study", "patient")
    archive.bring(own)
    archive.bring(dicoms.radiograph(seed=2, **PERSON))
    assert len(archive.rows(Patient)) == 1
    assert len(archive.rows(Study)) == 2


def test_two_people_stay_two(archive):
    for seed in range(3):
        archive.bring(dicoms.radiograph(seed=seed, PatientID=f"person {seed}"))
    with open_session() as session:
        own = [served(archive, file) for file in archive.files()]
        names = set(session.scalars(select(Patient.pseudonym)))
    assert {dataset.PatientID for dataset in own} == names
    for dataset in own:
        archive.bring(written(dataset, **new_uids()))
    assert len(archive.rows(Patient)) == 3


def first_images(make_archive):
    """A project that has nothing yet, and two files of one subject for it: as a hospital sends
    them, and under the pseudonym another project has for the subject."""
    there, here = make_archive(), make_archive()
    known = served(there, there.bring(dicoms.radiograph(**PERSON)))
    files = [
        here.send(dicoms.radiograph(seed=2, **PERSON)),
        here.send(written(known, **new_uids())),
    ]
    return here, files


def is_one_patient(archive, files) -> bool:
    (patient,) = archive.rows(Patient)
    names = set()
    for file in map(archive.file, files):
        assert file.state == "accepted", file.text
        assert archive.image(file).patient.id == patient.id
        names |= {
            str(served(archive, file).PatientID),
            *archive.image(file).instance.dicom_json["00100020"]["Value"],
        }
    return names == {patient.pseudonym}


def test_first_images_of_a_subject_that_come_together_are_one_patient(make_archive):
    here, files = first_images(make_archive)
    ingest_waiting(here.project.id)
    assert is_one_patient(here, files)


def test_first_images_of_a_subject_that_come_at_the_same_time_are_one_patient(
    make_archive, monkeypatch
):
    here, files = first_images(make_archive)
    both_are_read, first = threading.Barrier(2, timeout=60), threading.local()
    keep, stored = ingest.keep_written, []

    def wait_for_the_other(session, several):
        keep(session, several)
        stored.extend(blob.sha256 for one in several for _, blob in one.values())
        if not hasattr(first, "time"):
            first.time = both_are_read.wait()

    monkeypatch.setattr(ingest, "keep_written", wait_for_the_other)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: ingest_received([one]), files))
    assert is_one_patient(here, files)
    needed = {
        sha256
        for one in here.rows(Instance)
        for sha256 in (one.file_sha256, one.frames_sha256, one.thumbnail_sha256)
    }
    assert len(set(stored)) > len(needed)
    for sha256 in set(stored) - needed:
        with pytest.raises(BlobMissing):
            blobs().size(sha256)
