"""Freezing: a named, immutable set of accepted reads, split by patient, under one hash."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.annotations.canonical import sha256_of
from collimate.annotations.models import Submission
from collimate.datasets.models import DatasetEntry, DatasetVersion
from collimate.datasets.splits import SPLITS, SplitShares, split_of
from collimate.jobs import events
from collimate.kit import clock
from collimate.kit.errors import Conflict
from collimate.projects import schema
from collimate.projects.models import LabelSchema, Project
from collimate.reviews.accepted import accepted_submissions
from collimate.studies.assess import reports_of
from collimate.studies.cohorts import keep as cohorts
from collimate.studies.models import Cohort, Instance, Patient, Series, Study
from collimate.tasks.models import Read

FORMAT = "collimate-dataset-1"


class NothingAccepted(Conflict):
    """No read counts yet, so there is nothing to freeze."""


class NameTaken(Conflict):
    """A dataset of this name exists already."""


@dataclass(frozen=True)
class Chosen:
    """A submission that counts, and where its patient goes."""

    submission: Submission
    read: Read
    study: Study
    patient: Patient
    split: str


def choose(
    session: Session,
    project: Project,
    shares: SplitShares,
    *,
    includes_excluded: bool = False,
    cohort_id: UUID | None = None,
) -> list[Chosen]:
    """Every submission that counts now, with its split. All of a patient goes to one split.

    With a cohort, only those of its studies.

    A patient an earlier version of any project put somewhere stays there, whatever the shares
    are now; only the hold-out goes before that.

    Raises:
        SplitSharesWrong, CohortNotFound
    """
    shares.check()
    query = accepted_submissions(project, includes_excluded=includes_excluded)
    if cohort_id is not None:
        cohort = cohorts.of_project(session, project, cohort_id)
        query = query.where(Study.id.in_(cohorts.studies_of(cohort)))
    rows = session.execute(query).all()
    earlier = _earlier_splits(session, {patient.keyed_hash for *_, patient in rows})
    return [
        Chosen(submission, read, study, patient, _split(patient, earlier, shares))
        for submission, read, study, patient in rows
    ]


def _split(patient: Patient, earlier: dict[str, str], shares: SplitShares) -> str:
    if patient.is_holdout:
        return "test"
    known = earlier.get(patient.keyed_hash)
    return known or split_of(patient.keyed_hash, patient.is_holdout, shares)


def _earlier_splits(session: Session, hashes: set[str]) -> dict[str, str]:
    rows = session.execute(
        select(Patient.keyed_hash, DatasetEntry.split)
        .join(DatasetEntry, DatasetEntry.patient_id == Patient.id)
        .where(Patient.keyed_hash.in_(hashes))
        .order_by(DatasetEntry.id.desc())
    )
    # The oldest entry comes last and so stays.
    return {row.keyed_hash: row.split for row in rows}


def counts_of(chosen: list[Chosen]) -> dict[str, Any]:
    """Studies per split, in all, patients, and studies per label and split."""
    studies: dict[str, set[UUID]] = defaultdict(set)
    by_label: dict[str, dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    for one in chosen:
        studies[one.split].add(one.study.id)
        for key in said_keys(one.submission.content):
            by_label[key][one.split].add(one.study.id)
    return {
        **{split: len(studies[split]) for split in SPLITS},
        "studies": len(set().union(*studies.values())) if studies else 0,
        "patients": len({one.patient.keyed_hash for one in chosen}),
        "reads": len(chosen),
        "excluded": len({one.study.id for one in chosen if one.submission.exclusion}),
        "by_label": {
            key: {split: len(found[split]) for split in SPLITS}
            for key, found in sorted(by_label.items())
        },
    }


def said_keys(content: dict[str, Any]) -> list[str]:
    """Keys of every label a submission uses, answers first, each once."""
    answer = content.get("answer") or {"label_keys": []}
    drawn = [*content.get("marks", []), *content.get("segments", [])]
    marked = [mark["label_key"] for mark in drawn]
    return list(dict.fromkeys([*answer["label_keys"], *marked]))


def freeze(
    session: Session,
    by: UUID,
    project: Project,
    *,
    name: str,
    note: str,
    shares: SplitShares,
    includes_excluded: bool = False,
    cohort_id: UUID | None = None,
) -> DatasetVersion:
    """Freeze what counts now under a name, all of it or that of a cohort.

    Excluded cases are in it only where they are asked for.

    Raises:
        NameTaken, NothingAccepted, SplitSharesWrong, CohortNotFound
    """
    name = name.strip()
    session.execute(
        select(Project.id).where(Project.id == project.id).with_for_update(key_share=True)
    )
    is_taken = select(DatasetVersion.id).where(
        DatasetVersion.project_id == project.id, DatasetVersion.name == name
    )
    if session.scalars(is_taken).first() is not None:
        raise NameTaken("Choose another name; a dataset is never overwritten.")
    chosen = choose(
        session, project, shares, includes_excluded=includes_excluded, cohort_id=cohort_id
    )
    if not chosen:
        raise NothingAccepted("Submit, and where required accept, at least one read first.")
    counts = counts_of(chosen)
    manifest = _manifest(session, project, name, shares, counts, chosen)
    if cohort_id is not None:
        manifest["cohort"] = _cohort_json(cohorts.of_project(session, project, cohort_id))
    version = DatasetVersion(
        project_id=project.id,
        name=name,
        note=note.strip(),
        label_schema_id=schema.current_schema(session, project.id).id,
        split_shares=asdict(shares),
        counts=counts,
        manifest=manifest,
        manifest_sha256=sha256_of(manifest),
        frozen_by=by,
    )
    session.add(version)
    session.flush()
    session.execute(insert(DatasetEntry), [_entry_row(version.id, one) for one in chosen])
    events.publish(session, "dataset", project.id, dataset_id=version.id)
    audit.record(
        session, by, "dataset_frozen", "dataset_version", version.id,
        project_id=project.id, manifest_sha256=version.manifest_sha256,
    )  # fmt: skip
    return version


def _entry_row(version_id: UUID, one: Chosen) -> dict[str, Any]:
    return {
        "dataset_version_id": version_id,
        "submission_id": one.submission.id,
        "study_id": one.study.id,
        "patient_id": one.patient.id,
        "split": one.split,
    }


def _manifest(
    session: Session,
    project: Project,
    name: str,
    shares: SplitShares,
    counts: dict[str, Any],
    chosen: list[Chosen],
) -> dict[str, Any]:
    """What the version holds, down to the hash of every submission and image."""
    study_ids = {one.study.id for one in chosen}
    images, geometry = _images(session, study_ids), reports_of(session, study_ids)
    schema_ids = sorted({one.read.label_schema_id for one in chosen if one.read.label_schema_id})
    return {
        "format": FORMAT,
        "project_id": str(project.id),
        "name": name,
        "frozen_at": clock.now().isoformat(),
        "split_shares": asdict(shares),
        "counts": counts,
        "label_schemas": [_schema_json(session, schema_id) for schema_id in schema_ids],
        "entries": [
            {
                "submission_id": str(one.submission.id),
                "submission_sha256": one.submission.sha256,
                "submitted_at": one.submission.created_at.isoformat(),
                "label_schema_id": str(one.read.label_schema_id),
                "reader_id": str(one.submission.author_id),
                "study_id": str(one.study.id),
                "study_uid": one.study.study_uid,
                "patient": one.patient.pseudonym,
                "split": one.split,
                "images": images[one.study.id],
                "geometry": geometry[one.study.id],
            }
            for one in chosen
        ],
    }


def _cohort_json(cohort: Cohort) -> dict[str, Any]:
    # what was searched for may be a pseudonym, and would outlive an erasure here
    said = {key: value for key, value in cohort.filter.items() if key != "search"}
    return {
        "id": str(cohort.id), "name": cohort.name, "filter": said, "is_frozen": cohort.is_frozen,
    }  # fmt: skip


def _schema_json(session: Session, schema_id: UUID) -> dict[str, Any]:
    found = session.get_one(LabelSchema, schema_id)
    fields = ("key", "name", "kind", "colour", "code_scheme", "code_value", "code_meaning")
    return {
        "id": str(found.id),
        "version": found.version,
        "question": found.question,
        "answer_mode": found.answer_mode,
        "labels": [
            {field: getattr(label, field) for field in fields}
            for label in schema.labels_of(session, schema_id)
        ],
        "attributes": found.attributes,
        "exclusion_reasons": found.exclusion_reasons,
    }


def _images(session: Session, study_ids: set[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """Per study its instances in reading order, as a manifest names them."""
    rows = session.execute(
        select(Instance, Series.series_uid)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_id.in_(study_ids))
        .order_by(
            Series.series_number.nulls_last(), Series.series_uid,
            Instance.instance_number.nulls_last(), Instance.sop_instance_uid,
        )
    )  # fmt: skip
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for instance, series_uid in rows:
        fields = ("sop_instance_uid", "rows", "columns", "frame_count")
        found[instance.study_id].append(
            {
                **{field: getattr(instance, field) for field in fields},
                "instance_id": str(instance.id),
                "series_uid": series_uid,
                "sha256": instance.file_sha256,
                "frames_sha256": instance.frames_sha256,
            }
        )
    return found
