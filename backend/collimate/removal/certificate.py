"""What an erasure did, for those who have to show it: listed, and as a certificate."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import AuditEvent, User
from collimate.access.policy import Permission
from collimate.datasets.models import DatasetErasure, DatasetVersion
from collimate.kit.errors import Conflict, NotFound
from collimate.projects import members
from collimate.studies.models import Erasure

FORMAT = "collimate-erasure-1"
NOT_REACHED = (
    "Models trained before keep their weights, which hold no image and no row of a patient.",
    "Downloaded exports, backups of the database and copies in other systems are out of reach.",
    "Files in quarantine or in conflict are not linked to a patient: look through them and delete "
    "what is not needed. Looked at again, a file of this patient is refused.",
    "A browser that was offline with an unsent read of this patient keeps it until it is online "
    "again, and is then told that the case is gone.",
    "The audit chain keeps ids and counts, no values.",
)


class ErasureNotFound(NotFound):
    """There is no such erasure."""


class ErasureNotFinished(Conflict):
    """The erasure is still under way."""


def authorised(session: Session, user: User, erasure_id: UUID) -> Erasure:
    """The erasure, for an instance admin who belongs to the project it was ordered from.

    Raises:
        ErasureNotFound, RoleForbids
    """
    row = session.get(Erasure, erasure_id)
    return members.guard(session, user, row, Permission.ERASE_PATIENTS, ErasureNotFound)


def erasures_of(session: Session, project_id: UUID) -> list[dict[str, Any]]:
    """The erasures ordered from a project, the newest first."""
    rows = session.execute(
        select(Erasure, User.name)
        .join(User, User.id == Erasure.ordered_by)
        .where(Erasure.project_id == project_id)
        .order_by(Erasure.id.desc())
    )
    return [_plain(row, name) for row, name in rows]


def describe(session: Session, row: Erasure) -> dict[str, Any]:
    """An erasure as the list shows it."""
    return _plain(row, session.get_one(User, row.ordered_by).name)


def _plain(row: Erasure, name: str) -> dict[str, Any]:
    shown = ("id", "created_at", "counts", "rows_removed_at", "finished_at")
    return {**{field: getattr(row, field) for field in shown}, "ordered_by_name": name}


def certificate(session: Session, row: Erasure) -> dict[str, Any]:
    """What was removed, when, on whose order, and where the audit chain says so.

    The patient is named by the keyed hash alone, which is also the tombstone.

    Raises:
        ErasureNotFinished
    """
    if row.finished_at is None:
        raise ErasureNotFinished("Wait until its job is done.")
    return {
        "format": FORMAT,
        "erasure_id": row.id,
        "patient_hash": row.keyed_hash,
        "ordered_by": session.get_one(User, row.ordered_by).name,
        "ordered_at": row.created_at,
        "rows_removed_at": row.rows_removed_at,
        "finished_at": row.finished_at,
        "removed": row.counts,
        "dataset_versions": _versions(session, row),
        "not_reached": list(NOT_REACHED),
        "audit": _audit(session, row),
    }


def _versions(session: Session, row: Erasure) -> list[dict[str, Any]]:
    rows = session.execute(
        select(DatasetErasure, DatasetVersion.manifest_sha256)
        .join(DatasetVersion, DatasetVersion.id == DatasetErasure.dataset_version_id)
        .where(DatasetErasure.erasure_id == row.id)
        .order_by(DatasetErasure.id)
    )
    return [
        {
            "dataset_version_id": noted.dataset_version_id,
            "entry_count": noted.entry_count,
            "manifest_sha256_when_frozen": frozen,
            "manifest_sha256_since": noted.manifest_sha256,
        }
        for noted, frozen in rows
    ]


def _audit(session: Session, row: Erasure) -> list[dict[str, Any]]:
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.object_kind == "erasure", AuditEvent.object_id == str(row.id))
        .order_by(AuditEvent.position)
    )
    return [
        {
            "action": event.action,
            "at": event.at,
            "chain": event.chain,
            "position": event.position,
            "hash": event.hash.hex(),
        }
        for event in events
    ]
