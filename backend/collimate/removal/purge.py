"""Purging: the images of deleted studies go for good, once nobody may restore them any more."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.datasets.models import DatasetEntry
from collimate.jobs import events
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit import clock
from collimate.kit.settings import settings
from collimate.learning.models import (
    Embedding,
    Explanation,
    Hunt,
    HuntMatch,
    PatchGrid,
    Prediction,
)
from collimate.studies.models import AnswerKey, Instance, ReceivedFile, Series, SpentBlob, Study
from collimate.studies.spent_blobs import note_spent
from collimate.studies.texts.models import StudyText


def purged_after(deleted_at: datetime) -> datetime:
    """Until when a study that was deleted then can be restored."""
    return deleted_at + timedelta(days=settings().deleted_days)


def is_frozen() -> Select[UUID]:
    """Whether a dataset version holds the study: its images are promised, so it is not purged."""
    return select(DatasetEntry.id).where(DatasetEntry.study_id == Study.id)


def due(project_id: UUID | None = None) -> Select[Study]:
    """Deleted studies whose time has run out, of one project or of all."""
    query = select(Study).where(
        Study.deleted_at.is_not(None),
        Study.deleted_at <= clock.now() - timedelta(days=settings().deleted_days),
        Study.purged_at.is_(None),
        ~is_frozen().exists(),
    )
    return query if project_id is None else query.where(Study.project_id == project_id)


def ask_where_due(session: Session) -> int:
    """Have the light worker purge where something is due or was left behind by a crash."""
    projects = {
        *session.scalars(due().with_only_columns(Study.project_id).distinct()),
        *session.scalars(select(SpentBlob.project_id).distinct()),
    }
    for project_id in projects:
        ask_for_purge(session, project_id)
    return len(projects)


def ask_for_purge(
    session: Session, project_id: UUID, *, by: UUID | None = None, study_id: UUID | None = None
) -> None:
    """Have one study purged now, or all of a project that are due; asked twice it comes once."""
    ids = {} if study_id is None else {"study_id": study_id}
    enqueue(
        session, JobKind.PURGE_STUDIES, project_id=project_id, requested_by=by,
        dedup_key=f"purge:{project_id}:{study_id or ''}", **ids,
    )  # fmt: skip


def purge_study(session: Session, by: UUID | None, study_id: UUID) -> bool:
    """Remove the images of a deleted study and all that was made of them; reads stay.

    Does nothing, and answers False, where the study was restored, purged or frozen meanwhile.
    The bytes are only noted as spent here: files cannot be rolled back.
    """
    study = session.scalars(
        select(Study).where(Study.id == study_id).with_for_update()
    ).one_or_none()
    if study is None or study.deleted_at is None or study.purged_at is not None:
        return False
    if session.scalar(select(is_frozen().where(Study.id == study_id).exists())):
        return False
    count = note_spent(session, study.project_id, _hashes(session, study_id))
    instances = select(Instance.id).where(Instance.study_id == study_id)
    session.execute(
        update(ReceivedFile)
        .where(ReceivedFile.instance_id.in_(instances))
        .values(instance_id=None)
    )  # fmt: skip
    made = (Explanation, Prediction, Embedding, PatchGrid, HuntMatch, Hunt)
    for table in (*made, AnswerKey, StudyText, Instance, Series):
        session.execute(delete(table).where(table.study_id == study_id))
    session.refresh(study)
    study.purged_at = clock.now()
    study.series_count = study.instance_count = 0
    study.quality, study.dicom_json, study.trust = {}, {}, None
    audit.record(
        session, by, "study_purged", "study", study.id,
        project_id=study.project_id, blob_count=count,
    )  # fmt: skip
    events.publish(session, "study", study.project_id, study_id=study.id)
    session.flush()
    return True


def _hashes(session: Session, study_id: UUID) -> set[str]:
    rows = session.execute(
        select(
            Instance.file_sha256, Instance.frames_sha256, Instance.progressive_sha256,
            Instance.thumbnail_sha256,
        ).where(Instance.study_id == study_id)
    )  # fmt: skip
    maps = session.execute(
        select(Explanation.blob_sha256, Explanation.dicom_sha256).where(
            Explanation.study_id == study_id
        )
    )
    return {sha256 for row in (*rows, *maps) for sha256 in row if sha256 is not None}
