"""Asking the learner for work, by hand or because something arrived."""

from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.learning.models import ModelVersion
from collimate.projects.models import Project


def for_round(session: Session, project: Project, *, by: UUID | None) -> Job:
    """Run a round now, whether or not enough was read."""
    audit.record(
        session, by, "round_requested", "project", project.id, project_id=project.id
    )  # fmt: skip
    return learn_anew(session, project.id, by=by)


def learn_anew(session: Session, project_id: UUID, *, by: UUID | None = None) -> Job:
    """Have a round run now; asked twice it comes once."""
    return enqueue(
        session,
        JobKind.RUN_ROUND,
        project_id=project_id,
        requested_by=by,
        dedup_key=f"round-now:{project_id}",
        is_forced=1,
    )


def for_encoder(session: Session, project: Project, *, by: UUID | None) -> Job:
    """Train a new encoder on the project's images now; it serves once it proves better."""
    audit.record(
        session, by, "encoder_requested", "project", project.id, project_id=project.id
    )  # fmt: skip
    return enqueue(
        session,
        JobKind.TRAIN_ENCODER,
        project_id=project.id,
        requested_by=by,
        dedup_key=f"encoder:{project.id}",
        is_forced=1,
    )


def for_embedding(session: Session, project_id: UUID) -> Job:
    """Look at studies that no encoder has seen yet."""
    return enqueue(
        session,
        JobKind.EMBED_STUDIES,
        project_id=project_id,
        dedup_key=f"embed:{project_id}",
    )


def ask_to_check_maps(session: Session, project_id: UUID, model_version_id: UUID) -> Job | None:
    """Have a new model's maps compared with those of randomised weights, once nothing waits.

    A model that draws looks through no encoder and has no maps: None.
    """
    if not session.get_one(ModelVersion, model_version_id).encoder_ids:
        return None
    return enqueue(
        session,
        JobKind.CHECK_MAPS,
        project_id=project_id,
        dedup_key=f"maps:{model_version_id}",
        model_version_id=model_version_id,
    )
