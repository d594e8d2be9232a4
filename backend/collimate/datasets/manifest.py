"""The manifest of a version: what it holds, down to the hash of every submission and image."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import Submission
from collimate.datasets.auto_accepted import AUTO_ACCEPTED, READER, Accepted, records_of
from collimate.datasets.splits import SplitShares
from collimate.kit import clock
from collimate.projects import schema
from collimate.projects.models import LabelSchema, Project
from collimate.studies.assess import reports_of
from collimate.studies.models import Cohort, Instance, Patient, Series, Study
from collimate.tasks.models import Read

FORMAT = "collimate-dataset-1"


@dataclass(frozen=True)
class Chosen:
    """A submission that counts, and where its patient goes."""

    submission: Submission
    read: Read
    study: Study
    patient: Patient
    split: str


def manifest_of(
    session: Session,
    project: Project,
    name: str,
    shares: SplitShares,
    counts: dict[str, Any],
    chosen: Sequence[Chosen | Accepted],
) -> dict[str, Any]:
    """What the version holds, down to the hash of every submission and image."""
    study_ids = {one.study.id for one in chosen}
    images, geometry = _images(session, study_ids), reports_of(session, study_ids)
    said = _said(session, chosen)
    schema_ids = sorted({UUID(entry["label_schema_id"]) for entry in said})
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
                **entry,
                "study_id": str(one.study.id),
                "study_uid": one.study.study_uid,
                "patient": one.patient.pseudonym,
                "split": one.split,
                "images": images[one.study.id],
                "geometry": geometry[one.study.id],
            }
            for one, entry in zip(chosen, said, strict=True)
        ],
    }


def _said(session: Session, chosen: Sequence[Chosen | Accepted]) -> list[dict[str, Any]]:
    """Who or what answered each entry; never mixed, `provenance` says which."""
    records = records_of(session, [one.case_id for one in chosen if isinstance(one, Accepted)])
    return [
        {
            "provenance": AUTO_ACCEPTED,
            "auto_accepted_case_id": str(one.case_id),
            **records[str(one.case_id)],
        }
        if isinstance(one, Accepted)
        else {
            "provenance": READER,
            "submission_id": str(one.submission.id),
            "submission_sha256": one.submission.sha256,
            "submitted_at": one.submission.created_at.isoformat(),
            "label_schema_id": str(one.read.label_schema_id),
            "reader_id": str(one.submission.author_id),
        }
        for one in chosen
    ]


def cohort_json(cohort: Cohort) -> dict[str, Any]:
    """The cohort that a version is of, as it was then."""
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
