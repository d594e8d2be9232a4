"""A large file sent in pieces, so that a dropped connection costs a piece and not the file.

What has arrived is the length of the file on disk, and nothing else is asked: a piece that was cut
off in the middle counts as far as it came.
"""

import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from anyio import to_thread
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.kit import clock, database
from collimate.kit.blobs import CHUNK_BYTES, Blob, BodyTooLarge
from collimate.kit.errors import Conflict, NotFound
from collimate.kit.settings import settings
from collimate.projects import members
from collimate.projects.models import Project
from collimate.studies.act import Act, WayIn
from collimate.studies.models import ReceivedFile, Upload
from collimate.studies.quarantine import describe as describe_file
from collimate.studies.receive import (
    LIMIT_BYTES,
    FileChangedOnTheWay,
    ask_for_ingest,
    keep,
    shown_name,
)
from collimate.studies.states import FileState
from collimate.studies.unpack import PICTURE

KEPT = timedelta(days=3)


class UploadNotFound(NotFound):
    """There is no such upload; it may have been given up for its age."""


class OffsetWrong(Conflict):
    """The piece does not begin where the file ends."""


class UploadBusy(Conflict):
    """Another connection is still sending a piece of this file."""


def begin(
    session: Session,
    by: User,
    project: Project,
    *,
    name: str,
    byte_count: int,
    sha256: str | None,
    import_id: UUID | None = None,
    picture: dict[str, Any] | None = None,
) -> Upload:
    """Open an upload, or find the one of the same person that was cut off.

    Raises:
        BodyTooLarge
    """
    if byte_count > LIMIT_BYTES:
        raise BodyTooLarge(f"At most {LIMIT_BYTES // 2**20} MiB are accepted.")
    same = select(Upload).where(
        Upload.project_id == project.id, Upload.user_id == by.id,
        Upload.sha256 == sha256, Upload.byte_count == byte_count, Upload.file_id.is_(None),
    )  # fmt: skip
    known = session.scalars(same).all() if sha256 is not None else []
    for one in known:
        # equal pictures may be of different patients
        if one.picture == picture:
            return one
    upload = Upload(
        project_id=project.id, user_id=by.id, file_name=shown_name(name),
        byte_count=byte_count, sha256=sha256, import_id=import_id, picture=picture,
    )  # fmt: skip
    session.add(upload)
    session.flush()
    return upload


def authorised_upload(session: Session, user: User, upload_id: UUID) -> Upload:
    """The upload, for the person who began it and still manages the project's data.

    Raises:
        UploadNotFound, RoleForbids
    """
    upload = session.get(Upload, upload_id)
    mine = upload if upload is not None and upload.user_id == user.id else None
    return members.guard(session, user, mine, Permission.MANAGE_DATA, UploadNotFound)


def describe(session: Session, upload: Upload) -> dict[str, Any]:
    """How far an upload is, and what became of the file once it is whole."""
    file = session.get(ReceivedFile, upload.file_id) if upload.file_id else None
    return {
        "id": upload.id,
        "byte_count": upload.byte_count,
        "offset": upload.byte_count if file is not None else _arrived(upload.id),
        "file": describe_file(session, file) if file is not None else None,
    }


async def take_piece(upload_id: UUID, offset: int, chunks: AsyncIterator[bytes]) -> dict[str, Any]:
    """Append a piece; with the last one the file is received and its ingest asked for.

    Raises:
        OffsetWrong, UploadBusy, BodyTooLarge, FileChangedOnTheWay, UploadCutOff
    """
    with database.open_session() as session:
        upload = session.get_one(Upload, upload_id)
        byte_count, is_whole = upload.byte_count, upload.file_id is not None
    if not is_whole:
        with _appending(upload_id) as file:
            await _append(file, offset, byte_count, chunks)
            if file.tell() == byte_count:
                await to_thread.run_sync(partial(_finish, upload_id))
    return await to_thread.run_sync(partial(_look, upload_id))


async def _append(
    file: BinaryIO, offset: int, byte_count: int, chunks: AsyncIterator[bytes]
) -> None:
    arrived = file.tell()
    if offset != arrived:
        raise OffsetWrong(f"{arrived} bytes are here.", offset=arrived)
    waiting = bytearray()
    try:
        async for chunk in chunks:
            if arrived + len(waiting) + len(chunk) > byte_count:
                raise BodyTooLarge("More came than was announced.")
            waiting += chunk
            if len(waiting) >= CHUNK_BYTES:
                full, waiting = waiting, bytearray()
                arrived += len(full)
                await to_thread.run_sync(_write, file, full)
    finally:
        # what came before the line was cut counts; it is less than a mebibyte
        _write(file, waiting)


def _write(file: BinaryIO, data: bytearray) -> None:
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]


def _finish(upload_id: UUID) -> None:
    path = _path(upload_id)
    with database.open_session() as session:
        upload = session.get_one(Upload, upload_id, with_for_update=True)
        with path.open("rb") as file:
            blob = Blob(hashlib.file_digest(file, "sha256").hexdigest(), upload.byte_count)
        if upload.sha256 not in (None, blob.sha256):
            path.unlink()
            raise FileChangedOnTheWay("Nothing was kept. Send the file again.")
        act = Act(WayIn.UPLOAD, upload.user_id, upload.import_id or upload.id)
        received = keep(
            session, upload.project_id, act=act, name=upload.file_name, path=path, blob=blob,
            facts=None if upload.picture is None else {PICTURE: upload.picture},
        )  # fmt: skip
        upload.file_id, upload.file_name, upload.picture = received.id, "", None
        if received.state == FileState.RECEIVED:
            ask_for_ingest(session, upload.project_id, upload.user_id)
        database.after_commit(session, partial(path.unlink, missing_ok=True))


def _look(upload_id: UUID) -> dict[str, Any]:
    with database.open_session() as session:
        return describe(session, session.get_one(Upload, upload_id))


def give_up(session: Session, upload: Upload) -> None:
    """Forget an upload and what has arrived of it."""
    session.delete(upload)
    database.after_commit(session, partial(_path(upload.id).unlink, missing_ok=True))


def forget_old(project_id: UUID) -> None:
    """Give up uploads that nobody went on with for days."""
    with database.open_session() as session:
        old = select(Upload).where(
            Upload.project_id == project_id, Upload.created_at < clock.now() - KEPT
        )
        for upload in session.scalars(old.with_for_update(skip_locked=True)):
            give_up(session, upload)


def _folder() -> Path:
    folder = settings().home_path / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(upload_id: UUID) -> Path:
    return _folder() / str(upload_id)


def _arrived(upload_id: UUID) -> int:
    try:
        return _path(upload_id).stat().st_size
    except FileNotFoundError:
        return 0


@contextmanager
def _appending(upload_id: UUID) -> Iterator[BinaryIO]:
    """The file, open at its end, for one connection at a time.

    Raises:
        UploadBusy
    """
    with _path(upload_id).open("ab", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UploadBusy("Try again in a moment.") from None
        file.seek(0, os.SEEK_END)
        yield file
