"""Freezing: what is in, what its hash says, and that no patient is ever in two splits."""

import json

import pytest
from sqlalchemy import select, text

from collimate.annotations.canonical import canonical, sha256_of
from collimate.datasets.freeze import NameTaken, NothingAccepted, choose, counts_of, freeze
from collimate.datasets.models import DatasetEntry
from collimate.datasets.splits import SplitShares
from collimate.datasets.verify import verify
from collimate.kit.blobs import blobs
from collimate.studies.models import Patient
from tests import factories
from tests.datasets.frozen import freeze_project, read_project
from tests.tasks.worlds import make_room

ALL_TRAIN, ALL_TEST = SplitShares(1, 0, 0), SplitShares(0, 0, 1)


def splits_by_patient(session):
    rows = session.execute(
        select(Patient.keyed_hash, DatasetEntry.split).join(
            DatasetEntry, DatasetEntry.patient_id == Patient.id
        )
    )
    found = {}
    for keyed_hash, split in rows:
        found.setdefault(keyed_hash, set()).add(split)
    return found


def test_a_frozen_version_names_every_submission_and_image_by_its_hash(session):
    frozen = freeze_project(session)
    version = frozen.version
    session.flush()
    session.refresh(version)
    assert version.manifest_sha256 == sha256_of(version.manifest)
    assert len(version.manifest["entries"]) == 6
    entry = version.manifest["entries"][0]
    assert len(entry["submission_sha256"]) == 64
    assert blobs().size(entry["images"][0]["sha256"]) > 0
    (geometry,) = entry["geometry"]
    assert geometry["series_uid"] == entry["images"][0]["series_uid"]
    assert [finding["code"] for finding in geometry["findings"]] == ["missing_spacing"]
    counts = version.counts
    assert (counts["studies"], counts["patients"], counts["reads"]) == (6, 6, 6)
    assert sum(counts["by_label"]["viral"].values()) == 3
    assert sum(counts[split] for split in ("train", "validation", "test")) == 6
    assert verify(session, version) == {
        "is_intact": True, "erased_count": 0, "checked_count": 1 + 6 + 6, "problems": [],
    }  # fmt: skip


def test_a_manifest_comes_back_from_the_database_byte_for_byte(session):
    version = freeze_project(session, studies=2).version
    before = canonical(version.manifest)
    session.commit()
    session.expire_all()
    assert canonical(version.manifest) == before
    assert json.loads(before)["format"] == "collimate-dataset-1"


def test_a_later_version_leaves_the_earlier_one_as_it_was(session):
    frozen = freeze_project(session)
    before = canonical(frozen.version.manifest)
    study = factories.make_study(session, project=frozen.room.project)
    task = factories.make_task(session, project=frozen.room.project, study=study)
    schema = session.scalars(select(factories.LabelSchema)).one()
    factories.make_submission(
        session, project=frozen.room.project, reader=frozen.room.readers[0], schema=schema,
        label_keys=["viral"], task=task,
    )  # fmt: skip
    second = freeze(
        session, frozen.room.readers[0].id, frozen.room.project, name="v2", note="",
        shares=SplitShares(),
    )  # fmt: skip
    assert second.counts["studies"] == 7
    session.expire_all()
    assert canonical(frozen.version.manifest) == before
    assert frozen.version.counts["studies"] == 6


def test_a_patient_stays_where_an_earlier_version_put_it_whatever_the_shares(session):
    room = read_project(session, studies=4)
    by = room.readers[0].id
    freeze(session, by, room.project, name="a", note="", shares=ALL_TRAIN)
    again = freeze(session, by, room.project, name="b", note="", shares=ALL_TEST)
    assert again.counts["train"] == 4
    assert all(len(splits) == 1 for splits in splits_by_patient(session).values())


def test_a_patient_of_two_projects_is_on_the_same_side_in_both(session):
    first = read_project(session, studies=1)
    freeze(session, first.readers[0].id, first.project, name="a", note="", shares=ALL_TRAIN)
    known = session.scalars(select(Patient.keyed_hash)).one()
    other = make_room(session, tasks=0, readers=1)
    patient = factories.make_patient(session, project=other.project, keyed_hash=known)
    study = factories.make_study(session, project=other.project, patient=patient)
    task = factories.make_task(session, project=other.project, study=study)
    schema = session.scalars(
        select(factories.LabelSchema).where(factories.LabelSchema.project_id == other.project.id)
    ).one()
    factories.make_submission(
        session, project=other.project, reader=other.readers[0], schema=schema,
        label_keys=["viral"], task=task,
    )  # fmt: skip
    freeze(session, other.readers[0].id, other.project, name="b", note="", shares=ALL_TEST)
    assert splits_by_patient(session) == {known: {"train"}}


def test_all_studies_of_a_patient_go_together_and_the_hold_out_to_test(session):
    room = make_room(session, tasks=0, readers=1)
    schema = session.scalars(select(factories.LabelSchema)).one()
    for is_holdout in (True, False):
        patient = factories.make_patient(session, project=room.project, is_holdout=is_holdout)
        for _ in range(3):
            study = factories.make_study(session, project=room.project, patient=patient)
            factories.make_submission(
                session, project=room.project, reader=room.readers[0], schema=schema,
                label_keys=["viral"],
                task=factories.make_task(session, project=room.project, study=study),
            )  # fmt: skip
    chosen = choose(session, room.project, ALL_TRAIN)
    assert {(one.patient.is_holdout, one.split) for one in chosen} == {
        (True, "test"), (False, "train"),
    }  # fmt: skip
    assert counts_of(chosen)["patients"] == 2


def test_a_name_is_used_once_and_nothing_makes_no_dataset(session):
    frozen = freeze_project(session, studies=1)
    with pytest.raises(NameTaken):
        freeze(
            session, frozen.room.readers[0].id, frozen.room.project, name=" v1 ", note="",
            shares=SplitShares(),
        )  # fmt: skip
    empty = make_room(session)
    with pytest.raises(NothingAccepted):
        freeze(session, empty.readers[0].id, empty.project, name="v1", note="", shares=ALL_TEST)


def test_verify_finds_what_was_changed_behind_our_back(session):
    version = freeze_project(session, studies=3).version
    images = [entry["images"][0]["sha256"] for entry in version.manifest["entries"]]
    blobs().path(images[0]).write_bytes(b"other bytes")
    blobs().delete(images[1])
    victim = version.manifest["entries"][2]["submission_id"]
    session.commit()
    session.execute(text("RESET ROLE"))
    session.execute(text("ALTER TABLE submission DISABLE TRIGGER refuse_rewriting"))
    session.execute(
        text("UPDATE submission SET content = '{\"answer\": null}' WHERE id = :id"), {"id": victim}
    )
    session.execute(text("ALTER TABLE submission ENABLE TRIGGER refuse_rewriting"))
    session.execute(text("SET ROLE collimate_app"))
    session.expire_all()
    found = verify(session, version)
    assert not found["is_intact"]
    assert {(item["kind"], item["id"]) for item in found["problems"]} == {
        ("image", images[0]), ("image", images[1]), ("submission", victim),
    }  # fmt: skip
    session.expunge(version)
    version.manifest = {**version.manifest, "name": "other"}
    assert verify(session, version)["problems"][0]["kind"] == "manifest"
    session.rollback()
