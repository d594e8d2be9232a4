"""Received files as people see them: lists with counts, another try, and removal."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.dicom.rejection import RELEASABLE
from collimate.jobs import events
from collimate.kit.database import after_commit
from collimate.kit.errors import Conflict, NotFound
from collimate.kit.pagination import cursor, read_id
from collimate.projects import members
from collimate.studies import held, raw_bytes
from collimate.studies.ingest import CONFLICT
from collimate.studies.models import Instance, ReceivedFile
from collimate.studies.receive import ask_for_ingest
from collimate.studies.states import FileState, move


class FileNotThere(NotFound):
    """There is no such file."""


class FileNotReleasable(Conflict):
    """What stopped this file cannot be let pass."""


def authorised_file(session: Session, user: User, file_id: UUID) -> ReceivedFile:
    """The file, locked, for someone who manages the data of its project.

    Raises:
        FileNotThere: unknown, or of a project the user does not belong to.
        RoleForbids: a member without this right.
    """
    file = session.scalars(
        select(ReceivedFile).where(ReceivedFile.id == file_id).with_for_update()
    ).one_or_none()
    return members.guard(session, user, file, Permission.MANAGE_DATA, FileNotThere)


def describe(session: Session, file: ReceivedFile) -> dict[str, Any]:
    """A file as its row shows it."""
    instance = session.get(Instance, file.instance_id) if file.instance_id else None
    return _plain(file, instance.study_id if instance else None)


def _plain(file: ReceivedFile, study_id: UUID | None) -> dict[str, Any]:
    names = ("id", "file_name", "byte_count", "state", "code", "text", "created_at")
    plain = {name: getattr(file, name) for name in names}
    return {**plain, "study_id": study_id, "can_release": can_release(file)}


def file_page(
    session: Session, project_id: UUID, *, state: FileState | None, limit: int, after: str | None
) -> dict[str, Any]:
    """One page of files, the newest first, and how many are in which state."""
    query = (
        select(ReceivedFile, Instance.study_id)
        .outerjoin(Instance, Instance.id == ReceivedFile.instance_id)
        .where(ReceivedFile.project_id == project_id)
        .order_by(ReceivedFile.id.desc())
        .limit(limit + 1)
    )
    if state is not None:
        query = query.where(ReceivedFile.state == state)
    if after is not None:
        query = query.where(ReceivedFile.id < read_id(after))
    found = session.execute(query).all()
    counts = session.execute(
        select(ReceivedFile.state, func.count().label("file_count"))
        .where(ReceivedFile.project_id == project_id)
        .group_by(ReceivedFile.state)
    )
    items = [_plain(*row) for row in found[:limit]]
    return {
        "items": items,
        "next": cursor([items[-1]["id"]]) if len(found) > limit else None,
        "counts": {row.state: row.file_count for row in counts},
    }


def retry(session: Session, by: UUID, file: ReceivedFile) -> ReceivedFile:
    """Have a file that was set aside looked at again.

    Raises:
        FileMoveNotAllowed: it is neither quarantined nor in conflict.
    """
    move(file, FileState.RECEIVED)
    audit.record(session, by, "file_retried", "received_file", file.id, project_id=file.project_id)
    ask_for_ingest(session, file.project_id, by)
    events.publish(session, "received_file", file.project_id, file_id=file.id)
    session.flush()
    return file


def release(session: Session, by: UUID, file: ReceivedFile) -> ReceivedFile:
    """Let a file pass what stopped it, after a person has looked.

    Raises:
        FileNotReleasable: what stopped it cannot be let pass.
    """
    if not can_release(file):
        raise FileNotReleasable("Correct it at the source and send it again.")
    code = str(file.code)
    move(file, FileState.RECEIVED)
    file.facts = {**file.facts, "released": sorted({*file.facts.get("released", ()), code})}
    audit.record(
        session, by, "file_released", "received_file", file.id,
        project_id=file.project_id, code=code,
    )  # fmt: skip
    ask_for_ingest(session, file.project_id, by)
    events.publish(session, "received_file", file.project_id, file_id=file.id)
    session.flush()
    return file


def can_release(file: ReceivedFile) -> bool:
    """Whether what stopped the file may be let pass."""
    if file.state == FileState.QUARANTINED:
        return file.code in RELEASABLE
    return file.state == FileState.CONFLICT and file.code == CONFLICT


def delete(session: Session, by: UUID, file: ReceivedFile) -> None:
    """Give up a file that was set aside; its bytes go, the row stays as a record.

    Raises:
        FileMoveNotAllowed: it is neither quarantined, held nor in conflict.
    """
    sha256 = file.sha256
    held.give_up(session, by, file)
    move(file, FileState.DELETED, code=file.code, text=file.text)
    audit.record(session, by, "file_deleted", "received_file", file.id, project_id=file.project_id)
    events.publish(session, "received_file", file.project_id, file_id=file.id)
    session.flush()
    after_commit(session, lambda: _forget(sha256))


def _forget(sha256: str) -> None:
    raw_bytes.forget([sha256])
