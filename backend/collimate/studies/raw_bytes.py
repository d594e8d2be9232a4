"""The bytes of files as they came: kept while someone may need them, then removed for good.

They hold identifiers, so none may outlive its use; they are shared by content, so none may be
removed while another file has the same.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    String,
    bindparam,
    func,
    literal,
    select,
    union,
    update,
)
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.blobs import blobs
from collimate.studies.models import Instance, ReceivedFile
from collimate.studies.states import KEEPS_BYTES


def _key(sha256: Any) -> ColumnElement[int]:
    return func.hashtextextended(func.concat("raw:", sha256), 2)


def held(sha256: Any) -> ColumnElement[None]:
    """As `hold`, as a part of a statement that asks something else as well."""
    return func.pg_advisory_xact_lock(_key(sha256))


_WANTED = func.unnest(bindparam("hashes", type_=ARRAY(String))).column_valued("sha256")
_HOLD = select(held(_WANTED))


def hold(session: Session, sha256: str) -> None:
    """Nobody removes these bytes until the transaction ends."""
    session.execute(select(held(sha256)))


def hold_all(session: Session, hashes: Collection[str]) -> None:
    """As `hold`, for several; always in the same order, so that two cannot wait for each other."""
    session.execute(_HOLD, {"hashes": sorted(hashes)})


def forget(hashes: Collection[str]) -> set[str]:
    """Remove bytes unless a file or an image still needs them; answers those that none does.

    Runs in a transaction of its own, after the one that made them needless. What someone is
    just sending again stays, and a later sweep looks once more.
    """
    if not hashes:
        return set()
    with database.open_session() as session:
        mine = _held_by_nobody(session, hashes)
        mine -= set(
            session.scalars(
                select(ReceivedFile.sha256).where(
                    ReceivedFile.sha256.in_(mine),
                    ReceivedFile.has_bytes,
                    ReceivedFile.state.in_(KEEPS_BYTES),
                )
            )
        )
        for sha256 in mine - _served(session, mine):
            blobs().delete(sha256)
        session.execute(
            update(ReceivedFile)
            .where(ReceivedFile.sha256.in_(mine), ReceivedFile.state.not_in(KEEPS_BYTES))
            .values(has_bytes=False)
        )
        return mine


def _held_by_nobody(session: Session, hashes: Collection[str]) -> set[str]:
    """Those that could be held at once, held by us now."""
    wanted = func.unnest(literal(sorted(hashes), ARRAY(String))).column_valued("sha256")
    rows = session.execute(select(wanted, func.pg_try_advisory_xact_lock(_key(wanted))))
    return {sha256 for sha256, is_ours in rows if is_ours}


def _served(session: Session, hashes: Collection[str]) -> set[str]:
    """Those that an image is served from."""
    columns = (
        Instance.file_sha256,
        Instance.frames_sha256,
        Instance.progressive_sha256,
        Instance.thumbnail_sha256,
    )
    found = union(*(select(column).where(column.in_(hashes)) for column in columns))
    return set(session.scalars(found))


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
    return len(forget(spent))
