"""What encoders made of a project as arrays: what a round learns from and chooses among."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collimate.learning.encoders import current_encoders, taught_patients
from collimate.learning.labels import STUDY
from collimate.learning.models import Embedding, Encoder
from collimate.learning.subgroups import age_band
from collimate.learning.units import ids_of
from collimate.learning.vectors import vectors_of
from collimate.ml.features import Blocks
from collimate.projects.models import Project
from collimate.reviews.accepted import excluded_studies
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ReadState


@dataclass(frozen=True)
class Pool:
    """One row per unit that every current encoder has seen, hold-out included, excluded ones not.

    A unit is a study, or one of its series or images where they are asked about. Then all that is
    said of a study stands at each of its units; `unit_ids` are those of the studies otherwise.
    `is_open`: nobody has begun to read it. `is_given`: a person chose its place in the queue.
    `groups`: site, scanner, sex and age band, empty where not known. `sizes`: what may make
    reading the study long. `is_taught`: an encoder has learned labels of this
    patient, so that nothing may be judged by them in its space.
    """

    study_ids: list[UUID]
    unit_ids: list[UUID]
    task_ids: list[UUID]
    order_keys: list[str]
    patients: np.ndarray
    sites: np.ndarray
    is_holdout: np.ndarray
    is_open: np.ndarray
    is_given: np.ndarray
    blocks: Blocks
    encoder_ids: list[UUID]
    groups: dict[str, np.ndarray]
    sizes: np.ndarray
    is_taught: np.ndarray

    def __len__(self) -> int:
        return len(self.study_ids)


def load_pool(
    session: Session,
    project: Project,
    encoders: list[Encoder] | None = None,
    *,
    scope: str = STUDY,
) -> Pool:
    """Read the pool in a fixed order (by study), as the encoders in use (or others) see it."""
    encoders = current_encoders(session, project.id) if encoders is None else encoders
    wanted = None if scope == STUDY else ids_of(scope, project.id)
    vectors = {encoder.kind: vectors_of(session, encoder, wanted) for encoder in encoders}
    units = _units(session, encoders, wanted)
    placed = [
        (row, unit_id)
        for row in _studies(session, project.id)
        for unit_id in ([row.study_id] if wanted is None else units.get(row.study_id, ()))
        if vectors and all(unit_id in known for known in vectors.values())
    ]
    rows, unit_ids = [row for row, _ in placed], [unit_id for _, unit_id in placed]
    taught = taught_patients(encoders)
    return Pool(
        [row.study_id for row in rows],
        unit_ids,
        [row.task_id for row in rows],
        [f"{row.keyed_hash}:{row.study_uid}" for row in rows],
        np.array([str(row.patient_id) for row in rows], dtype=object),
        np.array([row.site or "" for row in rows], dtype=object),
        np.array([row.is_holdout for row in rows], dtype=bool),
        np.array([row.state == ReadState.OPEN and not row.is_begun for row in rows], dtype=bool),
        np.array([row.arm == "person" for row in rows], dtype=bool),
        {kind: known.of(unit_ids).astype(np.float32) for kind, known in vectors.items()},
        [encoder.id for encoder in encoders],
        _groups(rows),
        _sizes(rows),
        np.array([str(row.patient_id) in taught for row in rows], dtype=bool),
    )


def _units(
    session: Session, encoders: list[Encoder], wanted: Select[UUID] | None
) -> dict[UUID, list[UUID]]:
    """The series or images of each study that the first encoder has seen, in a fixed order."""
    found: dict[UUID, list[UUID]] = {}
    if wanted is None or not encoders:
        return found
    query = (
        select(Embedding.study_id, Embedding.unit_id)
        .where(Embedding.encoder_id == encoders[0].id, Embedding.unit_id.in_(wanted))
        .order_by(Embedding.unit_id)
    )
    for study_id, unit_id in session.execute(query):
        if unit_id is not None:
            found.setdefault(study_id, []).append(unit_id)
    return found


def _sizes(rows: list[Any]) -> np.ndarray:
    """Logarithms of the number of images and series, and a column per modality."""
    counts = np.array([(row.instance_count, row.series_count) for row in rows], np.float64)
    modalities = np.array([row.modality or "" for row in rows], dtype=str)
    kinds = modalities[:, None] == np.unique(modalities)[None, :]
    return np.concatenate([np.log1p(counts.reshape(-1, 2)), kinds], axis=1)


def _groups(rows: list[Any]) -> dict[str, np.ndarray]:
    said = {
        "site": [row.site for row in rows],
        "scanner": [row.manufacturer_model_name for row in rows],
        "sex": [row.sex for row in rows],
        "age": [age_band(row.age_years) for row in rows],
    }
    return {name: np.array([v or "" for v in values], dtype=str) for name, values in said.items()}


def still_open(session: Session, task_ids: list[UUID]) -> set[UUID]:
    """Lock these tasks and answer which nobody has begun since the pool was read."""
    session.execute(
        select(Task.id)
        .where(Task.id.in_(task_ids))
        .order_by(Task.id)
        .with_for_update(key_share=True)
    )
    query = select(Task.id).where(
        Task.id.in_(task_ids), Task.state == ReadState.OPEN, Task.arm != "person", ~_is_begun()
    )
    return set(session.scalars(query))


def _is_begun() -> Any:
    return (
        select(Read.id)
        .where(Read.task_id == Task.id, Read.slot >= 1, Read.state != ReadState.OPEN)
        .exists()
    )


def _studies(session: Session, project_id: UUID) -> list[Any]:
    query = (
        select(
            Study.id.label("study_id"),
            Study.study_uid,
            Study.site,
            Study.patient_id,
            Study.manufacturer_model_name,
            Study.modality,
            Study.instance_count,
            Study.series_count,
            Patient.sex,
            Patient.age_years,
            Patient.keyed_hash,
            Patient.is_holdout,
            Task.id.label("task_id"),
            Task.state,
            Task.arm,
            _is_begun().label("is_begun"),
        )
        .join(Patient, Patient.id == Study.patient_id)
        .join(Task, Task.study_id == Study.id)
        .where(Study.project_id == project_id, Study.deleted_at.is_(None))
        .where(Study.id.not_in(excluded_studies(project_id)))
        .order_by(Study.id)
    )
    return list(session.execute(query))
