"""When the next round is due: after every k reads of the pool, or when the batch is used up."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.learning.models import Embedding, Encoder, QueryBatch, QueryPick
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.reviews.accepted import counting_states
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import ReadState


def newest_batch(session: Session, project_id: UUID) -> QueryBatch | None:
    """The batch that orders the queue now."""
    return session.scalars(
        select(QueryBatch)
        .where(QueryBatch.project_id == project_id)
        .order_by(QueryBatch.round_number.desc())
        .limit(1)
    ).one_or_none()


def next_round_in(session: Session, project: Project) -> int | None:
    """How many reads of the pool are missing to the next round; 0 = due, None = nothing to ask.

    Reads of hold-out cases do not count.
    """
    if not learning_rules(project).is_on:
        return None
    batch = newest_batch(session, project.id)
    if batch is None:
        return 0 if _is_embedded(session, project.id) else None
    if not _open_picks(session, batch):
        return 0 if _open_pool(session, project.id) else None
    size = learning_rules(project).batch_size
    return max(0, size - _reads_since(session, project, batch))


def _is_embedded(session: Session, project_id: UUID) -> bool:
    query = (
        select(Embedding.id)
        .join(Encoder, Encoder.id == Embedding.encoder_id)
        .where(Encoder.project_id == project_id, Encoder.is_current)
    )
    return bool(session.scalar(select(query.exists())))


def _open_picks(session: Session, batch: QueryBatch) -> bool:
    query = (
        select(QueryPick.id)
        .join(Task, Task.id == QueryPick.task_id)
        .where(QueryPick.query_batch_id == batch.id, Task.state == ReadState.OPEN)
        .where(QueryPick.arm != "evaluation")
    )
    return bool(session.scalar(select(query.exists())))


def _open_pool(session: Session, project_id: UUID) -> bool:
    query = (
        select(Task.id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Task.project_id == project_id, Task.state == ReadState.OPEN)
        .where(Patient.is_holdout.is_(False), Study.deleted_at.is_(None))
    )
    return bool(session.scalar(select(query.exists())))


def _reads_since(session: Session, project: Project, batch: QueryBatch) -> int:
    query = (
        select(func.count(func.distinct(Task.id)))
        .join(Read, Read.task_id == Task.id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Task.project_id == project.id, Read.state.in_(counting_states(project)))
        .where(Read.submitted_at > batch.created_at, Patient.is_holdout.is_(False))
    )
    return session.scalar(query) or 0
