"""One file sent by a browser or a script: no thread and no connection waits for a slow sender."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from anyio import to_thread

from collimate.dicom.sent_as import LOOKED_AT_BYTES
from collimate.kit import database, ids
from collimate.kit.blobs import CHUNK_BYTES, Blob, BodyTooLarge, work_folder
from collimate.studies.act import Act, WayIn
from collimate.studies.quarantine import describe
from collimate.studies.receive import LIMIT_BYTES, FileChangedOnTheWay, ask_for_ingest, keep
from collimate.studies.states import FileState


@dataclass(frozen=True)
class Ticket:
    """Who may send files into which project; checked before the first byte is read."""

    user_id: UUID
    project_id: UUID


class Incoming:
    """A file on its way in, hashed while it is written."""

    def __init__(self, folder: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=folder)
        self.path = Path(name)
        self._file: BinaryIO = os.fdopen(descriptor, "wb", buffering=0)
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self.byte_count = 0
        self.start = b""

    async def write(self, chunk: bytes | memoryview) -> None:
        """Take a piece; it goes to the disk by the mebibyte, in a thread.

        Raises:
            BodyTooLarge
        """
        self.byte_count += len(chunk)
        if self.byte_count > LIMIT_BYTES:
            raise BodyTooLarge(f"At most {LIMIT_BYTES // 2**20} MiB are accepted.")
        if len(self.start) < LOOKED_AT_BYTES:
            self.start += bytes(chunk[: LOOKED_AT_BYTES - len(self.start)])
        self._waiting += chunk
        if len(self._waiting) >= CHUNK_BYTES:
            await to_thread.run_sync(self._flush)

    def _flush(self) -> None:
        self._digest.update(self._waiting)
        view = memoryview(self._waiting)
        while view:
            view = view[self._file.write(view) :]
        view.release()
        self._waiting = bytearray()

    def finish(self) -> Blob:
        """Close the file; call in a thread."""
        self._flush()
        self._file.close()
        return Blob(self._digest.hexdigest(), self.byte_count)

    def close(self) -> None:
        """Give up the handle, whatever happened."""
        self._file.close()


async def take(
    ticket: Ticket,
    chunks: AsyncIterator[bytes],
    *,
    name: str,
    sha256: str | None,
    import_id: UUID | None = None,
) -> dict[str, Any]:
    """Receive one file and ask for its ingest; the answer says what is known of it.

    Raises:
        BodyTooLarge, FileChangedOnTheWay
    """
    with work_folder() as folder:
        incoming = Incoming(folder)
        try:
            async for chunk in chunks:
                await incoming.write(chunk)
            finish = partial(_finish, ticket, incoming, name, sha256, import_id)
            return await to_thread.run_sync(finish)
        finally:
            incoming.close()


def _finish(
    ticket: Ticket, incoming: Incoming, name: str, sha256: str | None, import_id: UUID | None
) -> dict[str, Any]:
    blob = incoming.finish()
    act = Act(WayIn.UPLOAD, ticket.user_id, import_id or ids.new_id())
    if sha256 is not None and sha256 != blob.sha256:
        raise FileChangedOnTheWay("Nothing was kept. Send the file again.")
    with database.open_session() as session:
        file = keep(
            session, ticket.project_id, act=act, name=name, path=incoming.path, blob=blob,
        )  # fmt: skip
        if file.state == FileState.RECEIVED:
            ask_for_ingest(session, ticket.project_id, ticket.user_id)
        return describe(session, file)


def status_of(file: dict[str, Any]) -> int:
    """202 while the file waits, 200 when all is known about it."""
    return 202 if file["state"] == FileState.RECEIVED else 200
