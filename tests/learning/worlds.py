"""Worlds for the tests of learning: projects whose studies already have vectors."""

from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.kit import ids
from collimate.learning import encoders
from collimate.learning.models import Embedding, Encoder
from collimate.projects.models import LabelSchema, Project
from collimate.studies.models import Patient, Study
from collimate.tasks import queue
from collimate.tasks.models import Task
from tests import factories

CLASSES = ("normal", "bacterial", "viral")


@dataclass
class World:
    """A project with embedded studies; `truth` is the class index of each study."""

    session: Session
    project: Project
    schema: LabelSchema
    reader: User
    study_ids: list[UUID]
    truth: dict[UUID, int]
    holdout: set[UUID]
    patient_of: dict[UUID, UUID]
    read_count: int = field(default=0)

    def task_of(self, study_id: UUID) -> Task:
        return self.session.scalars(select(Task).where(Task.study_id == study_id)).one()

    def read(self, study_id: UUID, keys: list[str] | None = None) -> None:
        """Submit an answer, the true one unless another is given."""
        task = self.task_of(study_id)
        factories.make_submission(
            self.session,
            project=self.project,
            reader=self.reader,
            schema=self.schema,
            label_keys=keys if keys is not None else [CLASSES[self.truth[study_id]]],
            task=task,
        )
        task.state = "submitted"
        self.session.flush()
        self.read_count += 1

    def read_next(self, count: int) -> list[UUID]:
        """Read what the queue puts first."""
        tasks = self.session.scalars(
            select(Task)
            .where(Task.project_id == self.project.id, Task.state == "open", Task.priority > 0)
            .order_by(Task.priority.desc())
            .limit(count)
        ).all()
        for task in tasks:
            self.read(task.study_id)
        return [task.study_id for task in tasks]


def make_world(
    session: Session,
    *,
    studies: int = 60,
    holdout_every: int = 5,
    images_per_patient: int = 1,
    dimensions: dict[str, int] | None = None,
    spread: float = 0.15,
    seed: int = 0,
    answer_mode: str = "single",
    **rules: object,
) -> World:
    """Three clusters, one per class; every `holdout_every`-th patient is held out (0 = none)."""
    dimensions = dimensions or {encoders.SCATTERING: 24}
    project = factories.make_project(
        session,
        learning_rules={"batch_size": 8, **rules.pop("learning", {})},  # type: ignore[dict-item]
        reading_rules=rules.pop("reading", {}),  # type: ignore[arg-type]
    )
    schema = factories.make_schema(
        session, project=project, classes=CLASSES, answer_mode=answer_mode
    )
    reader = factories.make_member(session, project=project)
    # The project's key decides the seeds of its rounds: the same world plays the same way.
    project.key = bytes([seed]) * 32
    rng = np.random.default_rng(seed)
    patients, rows = _rows(project, studies, holdout_every, images_per_patient)
    session.execute(insert(Patient), patients)
    session.execute(insert(Study), rows)
    truth = {row["id"]: int(c) for row, c in zip(rows, rng.integers(3, size=studies), strict=True)}
    for kind, dimension in dimensions.items():
        _embed(session, project, kind, truth, rng.normal(0, spread, (studies, dimension)))
    queue.open_missing(session, project.id)
    held = {patient["id"] for patient in patients if patient["is_holdout"]}
    # As wherever studies come in: rows that are not committed look to the database's statistics,
    # which are gathered meanwhile, as if there were none, and joins then go row by row.
    session.commit()
    return World(
        session,
        project,
        schema,
        reader,
        [row["id"] for row in rows],
        truth,
        {row["id"] for row in rows if row["patient_id"] in held},
        {row["id"]: row["patient_id"] for row in rows},
    )


def _rows(
    project: Project, studies: int, holdout_every: int, images_per_patient: int
) -> tuple[list[dict], list[dict]]:
    patients = [
        {
            "id": ids.new_id(),
            "project_id": project.id,
            "pseudonym": f"P-{number}",
            "keyed_hash": f"{project.id}-{number}",
            "is_holdout": bool(holdout_every) and number % holdout_every == 0,
        }
        for number in range(-(-studies // images_per_patient))
    ]
    rows = [
        {
            "id": ids.new_id(),
            "project_id": project.id,
            "patient_id": patients[number // images_per_patient]["id"],
            "study_uid": f"2.25.9{ids.new_id().int}",
            "modality": "DX",
            "site": ("north", "south")[number % 2],
            "series_count": 1,
            "instance_count": 1,
        }
        for number in range(studies)
    ]
    return patients, rows


def _embed(
    session: Session, project: Project, kind: str, truth: dict[UUID, int], noise: np.ndarray
) -> None:
    encoder = Encoder(
        project_id=project.id,
        kind=kind,
        state=encoders.READY,
        dimension=noise.shape[1],
        recipe={},
        is_current=True,
    )
    session.add(encoder)
    session.flush()
    vectors = noise + np.eye(3, noise.shape[1])[list(truth.values())]
    rows = [
        {"id": ids.new_id(), "study_id": study_id, "encoder_id": encoder.id, "vector": vector}
        for study_id, vector in zip(truth, vectors.tolist(), strict=True)
    ]
    for start in range(0, len(rows), 500):
        session.execute(insert(Embedding), rows[start : start + 500])
