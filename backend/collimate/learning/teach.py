"""When an encoder is taught what readers answered, by whose answers, and by whose never.

One patient in four of the pool is kept apart for good, by a hash, and no encoder of the project is
ever taught by their labels. They, and labels that came later, are what an encoder that was taught
is judged by (`gate.py`), and what the strength and temperature of heads on it are chosen by.
"""

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.learning import encoders
from collimate.learning.gate import FEWEST_LABELS, GROWTH
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import Labelled, labelled_units, question_of
from collimate.learning.models import Encoder
from collimate.projects.models import Project

APART = 4
"""One in so many patients."""


def is_apart(patient_id: UUID) -> bool:
    """Whether no encoder may be taught by this patient's labels; the same for ever."""
    return hashlib.sha256(b"apart " + patient_id.bytes).digest()[0] % APART == 0


def base_of(session: Session, project_id: UUID) -> Encoder | None:
    """The encoder without labels that teaching begins with: the one that serves, or the one that
    it was taught from.
    """
    for encoder in encoders.current_encoders(session, project_id):
        if encoder.kind == encoders.TAUGHT:
            return session.get(Encoder, UUID(encoder.recipe["base_id"]))
        if encoder.kind in encoders.DEEP:
            return encoder
    return None


def labels_needed(session: Session, project_id: UUID) -> int:
    """How many labels of the pool the next teaching waits for."""
    newest = session.scalars(
        select(Encoder)
        .where(Encoder.project_id == project_id, Encoder.kind == encoders.TAUGHT)
        .where(Encoder.state != encoders.TRAINING)
        .order_by(Encoder.id.desc())
        .limit(1)
    ).one_or_none()
    return FEWEST_LABELS if newest is None else round(GROWTH * newest.recipe["label_count"])


def ask(session: Session, project_id: UUID, label_count: int) -> bool:
    """Have the encoder taught if there are labels enough; answers whether that was asked for."""
    question = question_of(session, session.get_one(Project, project_id))
    if question is None or question.kind is not TaskKind.CLASSIFICATION:
        return False
    if label_count < labels_needed(session, project_id) or base_of(session, project_id) is None:
        return False
    dedup_key = f"teach:{project_id}"
    enqueue(session, JobKind.TEACH_ENCODER, project_id=project_id, dedup_key=dedup_key)
    return True


def lessons_for(session: Session, project: Project) -> tuple[list[Labelled], int]:
    """The labels an encoder may be taught by, in a fixed order, and how many the pool has."""
    question = question_of(session, project)
    if question is None:
        return [], 0
    labelled, _ = labelled_units(session, project, question)
    pool = sorted((one for one in labelled if not one.is_holdout), key=lambda one: one.unit_id)
    return [one for one in pool if not is_apart(one.patient_id)], len(pool)


def begin(
    session: Session, project_id: UUID, base: Encoder, lessons: list[Labelled], label_count: int
) -> Encoder:
    """The row of an encoder that is being taught."""
    encoder = Encoder(
        project_id=project_id,
        kind=encoders.TAUGHT,
        state=encoders.TRAINING,
        dimension=base.dimension,
        recipe={
            "architecture": encoders.architecture_of(base),
            "base_id": str(base.id),
            "label_count": label_count,
            "patients": sorted({str(one.patient_id) for one in lessons}),
            "submission_ids": sorted(str(i) for one in lessons for i in one.submission_ids),
        },
    )
    session.add(encoder)
    session.flush()
    return encoder
