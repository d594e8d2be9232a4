"""Cases that a model answered by itself, in versions that are told to hold them.

They are model output: named so in the manifest and in every row of an export, never counted among
reads, and only of patients of the training part, so that they are never what something is measured
against.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, select, text
from sqlalchemy.orm import Session

from collimate.annotations.canonical import sha256_of
from collimate.datasets.earlier import earlier_splits, split_for
from collimate.datasets.splits import SplitShares
from collimate.projects.models import Project
from collimate.studies.cohorts import keep as cohorts
from collimate.studies.models import Patient, Study

READER, AUTO_ACCEPTED = "reader", "auto-accepted"
"""Where an answer comes from."""

# Models stand later in the data flow; their tables are asked by name, not by import.
_STANDING = """
SELECT DISTINCT ON (c.task_id) c.id, c.study_id
FROM auto_accepted_case c JOIN task t ON t.id = c.task_id
WHERE t.project_id = :project AND t.state = 'auto_accepted'
ORDER BY c.task_id, c.id DESC
"""
_RECORDS = """
SELECT c.id::text AS id, c.label_schema_id::text AS label_schema_id,
  c.model_version_id::text AS model_version_id, c.weights_sha256 AS model_sha256, c.label_keys,
  c.p_values, c.target, c.calibration_count, c.check_count, c.created_at
FROM auto_accepted_case c WHERE c.id = ANY(:ids)
"""


@dataclass(frozen=True)
class Accepted:
    """A record that stands, and whose patient is in the training part."""

    case_id: UUID
    study: Study
    patient: Patient
    split: str


def choose_accepted(
    session: Session, project: Project, shares: SplitShares, cohort_id: UUID | None
) -> list[Accepted]:
    """Every case that stands as answered by a model now, of patients to train on."""
    standing = (
        text(_STANDING)
        .bindparams(project=project.id)
        .columns(id=Uuid, study_id=Uuid)
        .subquery("standing")
    )
    query = (
        select(standing.c.id, Study, Patient)
        .join(Study, Study.id == standing.c.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Study.deleted_at.is_(None))
        .order_by(Study.id)
    )
    if cohort_id is not None:
        cohort = cohorts.of_project(session, project, cohort_id)
        query = query.where(Study.id.in_(cohorts.studies_of(cohort)))
    rows = session.execute(query).all()
    earlier = earlier_splits(session, {patient.keyed_hash for *_, patient in rows})
    return [
        Accepted(case_id, study, patient, "train")
        for case_id, study, patient in rows
        if split_for(patient, earlier, shares) == "train"
    ]


def records_of(session: Session, case_ids: list[UUID]) -> dict[str, dict[str, Any]]:
    """What the records say, by id, as a manifest has it, each with its own hash."""
    found = {}
    for row in session.execute(text(_RECORDS), {"ids": case_ids}).mappings():
        said = {**row, "created_at": row["created_at"].isoformat()}
        case_id, accepted_at = said.pop("id"), said.pop("created_at")
        said["accepted_at"] = accepted_at
        found[case_id] = {**said, "record_sha256": sha256_of({**said, "id": case_id})}
    return found


def entry_row(version_id: UUID, one: Accepted) -> dict[str, Any]:
    """The row of a version that holds it."""
    return {
        "dataset_version_id": version_id,
        "auto_accepted_case_id": one.case_id,
        "study_id": one.study.id,
        "patient_id": one.patient.id,
        "split": one.split,
    }
