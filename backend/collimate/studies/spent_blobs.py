"""Noting which bytes nobody needs any more, in the transaction that made them needless."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.studies.models import SpentBlob


def note_spent(session: Session, project_id: UUID, hashes: Iterable[str | None]) -> int:
    """Remember blobs (hex SHA-256) for the purge to look at; it keeps what is still in use."""
    rows = [{"sha256": one, "project_id": project_id} for one in {*hashes} - {None}]
    if rows:
        session.execute(insert(SpentBlob).on_conflict_do_nothing(), rows)
    return len(rows)
