"""The bytes of files as they came: kept while someone may need them, then removed for good.

They hold identifiers, so none may outlive its use; they are shared by content, so none may be
removed while another file has the same.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, String, func, literal, or_, select, update
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.blobs import blobs
from collimate.studies.models import Instance, ReceivedFile
from collimate.studies.states import KEEPS_BYTES


def _key(sha256: str) -> str:
    return f"raw:{sha256}"


def hold(session: Session, sha256: str) -> None:
    """Nobody removes these bytes until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_key(sha256), 2))))


def hold_all(session: Session, hashes: Collection[str]) -> None:
    """As `hold`, for several; always in the same order, so that two cannot wait for each other."""
    keys = sorted(_key(one) for one in hashes)
    key = func.unnest(literal(keys, ARRAY(String))).column_valued("key")
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 2))))


def forget(sha256: str) -> bool:
    """Remove the bytes unless a file or an image still needs them; answers whether none does.

    Runs in a transaction of its own, after the one that made them needless. Where someone is
    just sending the same bytes again, they stay, and a later sweep looks once more.
    """
    with database.open_session() as session:
        key = func.hashtextextended(_key(sha256), 2)
        if not session.scalar(select(func.pg_try_advisory_xact_lock(key))):
            return False
        waiting = select(ReceivedFile.id).where(
            ReceivedFile.sha256 == sha256,
            ReceivedFile.has_bytes,
            ReceivedFile.state.in_(KEEPS_BYTES),
        )
        if session.scalar(select(waiting.exists())):
            return False
        if not session.scalar(select(_is_served(sha256))):
            blobs().delete(sha256)
        session.execute(
            update(ReceivedFile)
            .where(ReceivedFile.sha256 == sha256, ReceivedFile.state.not_in(KEEPS_BYTES))
            .values(has_bytes=False)
        )
        return True


def _is_served(sha256: str):  # type: ignore[no-untyped-def]
    columns = (
        Instance.file_sha256,
        Instance.frames_sha256,
        Instance.progressive_sha256,
        Instance.thumbnail_sha256,
    )
    return select(Instance.id).where(or_(*(column == sha256 for column in columns))).exists()


def sweep(project_id: UUID, limit: int = 1000) -> int:
    """Remove what a process that died left behind; answers how many."""
    with database.open_session() as session:
        spent = session.scalars(
            select(ReceivedFile.sha256)
            .where(
                ReceivedFile.project_id == project_id,
                ReceivedFile.state.not_in(KEEPS_BYTES),
                ReceivedFile.has_bytes,
            )
            .distinct()
            .limit(limit)
        ).all()
    return sum(forget(sha256) for sha256 in spent)
