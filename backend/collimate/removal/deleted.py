"""What was deleted: who took it away, when and why, and until when it can come back."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.annotations.models import Submission
from collimate.datasets.models import DatasetEntry, DatasetVersion
from collimate.kit.errors import Conflict
from collimate.kit.pagination import cursor, read_id
from collimate.kit.settings import settings
from collimate.projects import members
from collimate.removal import purge
from collimate.studies import delete
from collimate.studies.browse import StudyNotFound
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task


class StudyPurged(Conflict):
    """The images of this study are gone for good."""


class StudyFrozen(Conflict):
    """A frozen dataset holds this study."""


def authorised(session: Session, user: User, study_id: UUID) -> Study:
    """A deleted study, locked, for someone who manages the data of its project.

    Raises:
        StudyNotFound: unknown, a stranger's, or not deleted.
        RoleForbids
    """
    study = session.scalars(
        select(Study).where(Study.id == study_id).with_for_update()
    ).one_or_none()
    found = members.guard(session, user, study, Permission.MANAGE_DATA, StudyNotFound)
    if found.deleted_at is None:
        raise StudyNotFound()
    return found


def page(session: Session, project_id: UUID, *, limit: int, after: str | None) -> dict[str, Any]:
    """Deleted studies of a project, the newest study first, purged ones among them."""
    query = _rows().where(Study.project_id == project_id, Study.deleted_at.is_not(None))
    if after is not None:
        query = query.where(Study.id < read_id(after))
    found = session.execute(query.order_by(Study.id.desc()).limit(limit + 1)).all()
    items = [_plain(*row) for row in found[:limit]]
    more = len(found) > limit
    return {
        "items": items,
        "next": cursor([items[-1]["id"]]) if more else None,
        "restore_days": settings().deleted_days,
    }


def _rows() -> Select[Any]:
    frozen = (
        select(func.array_agg(func.distinct(DatasetVersion.name)))
        .join(DatasetEntry, DatasetEntry.dataset_version_id == DatasetVersion.id)
        .where(DatasetEntry.study_id == Study.id)
        .scalar_subquery()
    )
    reads = (
        select(func.count(func.distinct(Submission.read_id)))
        .join(Read, Read.id == Submission.read_id)
        .join(Task, Task.id == Read.task_id)
        .where(Task.study_id == Study.id)
        .scalar_subquery()
    )
    return (
        select(Study, Patient.pseudonym, User.name, frozen, reads)
        .join(Patient, Patient.id == Study.patient_id)
        .outerjoin(User, User.id == Study.deleted_by)
    )


_SHOWN = ("id", "study_uid", "study_date", "modality", "body_part", "instance_count",
          "deleted_at", "deletion_reason", "purged_at")  # fmt: skip


def _plain(
    study: Study, pseudonym: str, by: str | None, frozen: list[str] | None, reads: int
) -> dict[str, Any]:
    assert study.deleted_at is not None
    return {
        **{name: getattr(study, name) for name in _SHOWN},
        "pseudonym": pseudonym,
        "deleted_by_name": by,
        "purged_after": purge.purged_after(study.deleted_at),
        "kept_by_datasets": sorted(frozen or ()),
        "read_count": reads,
    }


def restore(session: Session, by: UUID, study: Study) -> None:
    """Put the study back into every list and queue.

    Raises:
        StudyPurged
    """
    if study.purged_at is not None:
        raise StudyPurged("Bring its images in again: the study and its reads are then back.")
    delete.restore_study(session, by, study)


def purge_now(session: Session, by: UUID, study: Study) -> None:
    """Have the images removed before the time is over.

    Raises:
        StudyPurged, StudyFrozen
    """
    if study.purged_at is not None:
        raise StudyPurged("There is nothing left to remove.")
    if session.scalar(select(purge.is_frozen().where(Study.id == study.id).exists())):
        raise StudyFrozen("What was frozen stays whole: its images are kept. Nothing was changed.")
    purge.ask_for_purge(session, study.project_id, by=by, study_id=study.id)
