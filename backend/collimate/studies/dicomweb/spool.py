"""Writing the parts of a multipart body to files as they come, whatever their size."""

import hashlib
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from anyio import to_thread

from collimate.dicom.sent_as import LOOKED_AT_BYTES, read_names
from collimate.kit.blobs import CHUNK_BYTES, Blob, BodyTooLarge, write_out
from collimate.studies.dicomweb.multipart import MultipartReader, PartBegins, PartData
from collimate.studies.receive import LIMIT_BYTES, Arrived

_FEW = 16
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


class PartSpool:
    """Feed it a body, a mebibyte or so at a time; it waits for the disk, so call it in a thread."""

    def __init__(self, boundary: str, folder: Path, name: str) -> None:
        self.arrived: list[Arrived] = []
        self._reader = MultipartReader(boundary)
        self._folder, self._name = folder, name
        self._file: int | None = None
        self._digest, self._byte_count = hashlib.sha256(), 0
        self._start = b""

    def feed(self, pieces: Sequence[bytes]) -> None:
        """Take the next bytes.

        Raises:
            BadMultipart, BodyTooLarge
        """
        for piece in pieces:
            for event in self._reader.feed(piece):
                if isinstance(event, PartData):
                    self._write(event.data)
                elif isinstance(event, PartBegins):
                    self._begin()
                else:
                    self._end()

    def finish(self, pieces: Sequence[bytes]) -> None:
        """Take the last bytes.

        Raises:
            BadMultipart: also when the closing delimiter is missing.
        """
        self.feed(pieces)
        self._reader.finish()

    def close(self) -> None:
        """Give up the handle, whatever happened."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _path(self) -> Path:
        return self._folder / f"part-{len(self.arrived)}"

    def _begin(self) -> None:
        self._file = os.open(self._path(), _NEW, 0o666)
        self._digest, self._byte_count, self._start = hashlib.sha256(), 0, b""

    def _write(self, data: bytes | memoryview) -> None:
        if self._file is None:
            return
        self._byte_count += len(data)
        if self._byte_count > LIMIT_BYTES:
            raise BodyTooLarge(f"At most {LIMIT_BYTES // 2**20} MiB are accepted.")
        if len(self._start) < LOOKED_AT_BYTES:
            self._start += data[: LOOKED_AT_BYTES - len(self._start)]
        self._digest.update(data)
        write_out(self._file, data)

    def _end(self) -> None:
        if self._file is None:
            return
        self.close()
        blob = Blob(self._digest.hexdigest(), self._byte_count)
        self.arrived.append(Arrived(self._path(), blob, self._name, read_names(self._start)))


def _in_few(pieces: list[bytes]) -> list[bytes]:
    """The same bytes; many small pieces cost more one by one than to be put together."""
    return pieces if len(pieces) <= _FEW else [b"".join(pieces)]


async def spool_parts(
    chunks: AsyncIterator[bytes], boundary: str, folder: Path, name: str
) -> list[Arrived]:
    """Write the parts of a body into `folder`; what is in memory stays small.

    The loop only collects: taking apart, hashing and writing happen in a thread.

    Raises:
        BadMultipart, BodyTooLarge
    """
    spool = PartSpool(boundary, folder, name)
    waiting: list[bytes] = []
    size = 0
    try:
        async for chunk in chunks:
            waiting.append(chunk)
            size += len(chunk)
            if size >= CHUNK_BYTES:
                await to_thread.run_sync(spool.feed, _in_few(waiting))
                waiting, size = [], 0
        await to_thread.run_sync(spool.finish, _in_few(waiting))
    finally:
        spool.close()
    return spool.arrived
