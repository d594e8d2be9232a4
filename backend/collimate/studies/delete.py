"""Taking a study away, and having it back; its images go for good when it is purged."""

from enum import StrEnum
from uuid import UUID

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


def restore_study(session: Session, by: UUID | None, study: Study) -> None:
    """Put a deleted study back where it was; after a purge, with the images that come in anew."""
    _note(session, by, "study_restored", study, reason=study.deletion_reason)
    study.deleted_at = study.deleted_by = study.deletion_reason = study.purged_at = None
    session.flush()


def _note(session: Session, by: UUID | None, action: str, study: Study, **detail: object) -> None:
    audit.record(session, by, action, "study", study.id, project_id=study.project_id, **detail)
    events.publish(session, "study", study.project_id, study_id=study.id)
