"""Taking a study away, and having it back; its images go for good when it is purged."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.kit import clock
from collimate.studies.models import Study


class DeletionReason(StrEnum):
    """Why a study was taken away: coded, because free words may name a person."""

    QUALITY = "quality"
    WRONG_PATIENT = "wrong_patient"
    DUPLICATE = "duplicate"
    NOT_ELIGIBLE = "not_eligible"
    CONSENT = "consent"
    OTHER = "other"


def delete_study(
    session: Session, by: UUID, study: Study, reason: DeletionReason = DeletionReason.OTHER
) -> None:
    """Take a study out of every list, queue, search and dataset to come; all of it is kept."""
    study.deleted_at, study.deleted_by, study.deletion_reason = clock.now(), by, reason
    _note(session, by, "study_deleted", study, reason=reason)


def delete_studies(
    session: Session, by: UUID, project_id: UUID, study_ids: Sequence[UUID], reason: DeletionReason
) -> list[UUID]:
    """The same with several of one project; answers those that were there."""
    taken = update(Study).where(
        Study.project_id == project_id, Study.id.in_(study_ids), Study.deleted_at.is_(None)
    )
    values = {"deleted_at": clock.now(), "deleted_by": by, "deletion_reason": reason}
    gone = session.scalars(taken.values(**values).returning(Study.id)).all()
    return _note_all(session, by, "study_deleted", project_id, dict.fromkeys(gone, reason))


def restore_studies(
    session: Session, by: UUID, project_id: UUID, study_ids: Sequence[UUID]
) -> list[UUID]:
    """Put deleted studies of one project back; those whose images are gone for good stay away."""
    there = select(Study.id, Study.deletion_reason).where(
        Study.project_id == project_id,
        Study.id.in_(study_ids),
        Study.deleted_at.is_not(None),
        Study.purged_at.is_(None),
    )
    back = {row.id: row.deletion_reason for row in session.execute(there.with_for_update())}
    values = {"deleted_at": None, "deleted_by": None, "deletion_reason": None}
    session.execute(update(Study).where(Study.id.in_(back)).values(**values))
    return _note_all(session, by, "study_restored", project_id, back)


def restore_study(session: Session, by: UUID | None, study: Study) -> None:
    """Put a deleted study back where it was; after a purge, with the images that come in anew."""
    _note(session, by, "study_restored", study, reason=study.deletion_reason)
    study.deleted_at = study.deleted_by = study.deletion_reason = study.purged_at = None
    session.flush()


def _note_all(
    session: Session, by: UUID, action: str, project_id: UUID, reasons: Mapping[UUID, str | None]
) -> list[UUID]:
    study_ids = sorted(reasons)
    notes = [audit.Note(by, action, "study", one, {"reason": reasons[one]}) for one in study_ids]
    audit.record_all(session, project_id, notes)
    events.publish_all(session, "study", project_id, [{"study_id": one} for one in study_ids])
    return study_ids


def _note(session: Session, by: UUID | None, action: str, study: Study, **detail: object) -> None:
    audit.record(session, by, action, "study", study.id, project_id=study.project_id, **detail)
    events.publish(session, "study", study.project_id, study_id=study.id)
