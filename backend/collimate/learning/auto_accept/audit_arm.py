"""What readers said of cases drawn at random, not knowing what a model says of them."""

import hmac
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning.fit import CONTROL, Lessons
from collimate.learning.labels import Labelled
from collimate.learning.models import QueryBatch, QueryPick
from collimate.projects.models import Project
from collimate.studies.models import Study
from collimate.tasks.models import Task


def audited(session: Session, project: Project, lessons: Lessons) -> np.ndarray:
    """Places in the lessons of the control arm's cases, the first read one of each patient.

    Cases drawn before control picks were read without the suggestion do not count.
    """
    unaided = _unaided(session, project.id)
    first: dict[UUID, tuple[Labelled, int]] = {}
    for place, item in enumerate(lessons.items):
        if item.arm != CONTROL or item.study_id not in unaided:
            continue
        known = first.get(item.patient_id)
        if known is None or (item.submitted_at, item.study_id) < _order(known[0]):
            first[item.patient_id] = (item, place)
    return np.array(sorted(place for _, place in first.values()), dtype=np.int64)


def _order(item: Labelled) -> tuple:
    return item.submitted_at, item.study_id


def _unaided(session: Session, project_id: UUID) -> set[UUID]:
    query = (
        select(Task.study_id)
        .join(QueryPick, QueryPick.task_id == Task.id)
        .join(QueryBatch, QueryBatch.id == QueryPick.query_batch_id)
        .where(QueryBatch.project_id == project_id, QueryPick.arm == CONTROL)
        .where(QueryBatch.settings["control_is_unaided"].as_boolean())
    )
    return set(session.scalars(query))


def control_patients(session: Session, project_id: UUID) -> set[str]:
    """Patients with a case that was ever drawn for the control arm, read or not."""
    drawn = (
        select(Task.study_id)
        .join(QueryPick, QueryPick.task_id == Task.id)
        .join(QueryBatch, QueryBatch.id == QueryPick.query_batch_id)
        .where(QueryBatch.project_id == project_id, QueryPick.arm == CONTROL)
    )
    query = select(Study.patient_id).where(Study.id.in_(drawn))
    return {str(patient_id) for patient_id in session.scalars(query)}


def calibrates(project: Project, patients: np.ndarray, answers: np.ndarray) -> np.ndarray:
    """Which cases calibrate; the others check: what decisions are calibrated on must not be what
    their errors are counted on.

    Every other one of those that readers answered alike, in an order by the project's key: no
    model has a say, and rare answers are in both halves.
    """
    order = sorted(
        range(len(patients)),
        key=lambda place: (
            answers[place].tolist(),
            hmac.digest(project.key, f"audit {patients[place]}".encode(), "sha256"),
        ),
    )
    found = np.zeros(len(patients), dtype=bool)
    found[order[::2]] = True
    return found
