"""Writing the parts of a multipart body to files as they come, whatever their size."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from anyio import to_thread

from collimate.dicom.sent_as import LOOKED_AT_BYTES, read_names
from collimate.kit.blobs import CHUNK_BYTES, Blob, BodyTooLarge
from collimate.studies.dicomweb.multipart import MultipartReader, PartBegins, PartData
from collimate.studies.receive import LIMIT_BYTES, Arrived


class PartSpool:
    """Feed it a body, a mebibyte or so at a time; it waits for the disk, so call it in a thread."""

    def __init__(self, boundary: str, folder: Path, name: str) -> None:
        self.arrived: list[Arrived] = []
        self._reader = MultipartReader(boundary)
        self._folder, self._name = folder, name
        self._file: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._start = b""

    def feed(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            BadMultipart, BodyTooLarge
        """
        for event in self._reader.feed(data):
            if isinstance(event, PartBegins):
                self._begin()
            elif isinstance(event, PartData):
                self._write(event.data)
            else:
                self._end()

    def finish(self, data: bytes) -> None:
        """Take the last bytes.

        Raises:
            BadMultipart: also when the closing delimiter is missing.
        """
        self.feed(data)
        self._reader.finish()

    def close(self) -> None:
        """Give up the handle, whatever happened."""
        if self._file is not None:
            self._file.close()

    def _begin(self) -> None:
        path = self._folder / f"part-{len(self.arrived)}"
        self._file = path.open("xb", buffering=0)
        self._digest, self._start = hashlib.sha256(), b""

    def _write(self, data: bytes) -> None:
        if self._file is None:
            return
        if self._file.tell() + len(data) > LIMIT_BYTES:
            raise BodyTooLarge(f"At most {LIMIT_BYTES // 2**20} MiB are accepted.")
        if len(self._start) < LOOKED_AT_BYTES:
            self._start += data[: LOOKED_AT_BYTES - len(self._start)]
        self._digest.update(data)
        with memoryview(data) as left:
            done = 0
            while done < len(data):
                done += self._file.write(left[done:])

    def _end(self) -> None:
        if self._file is None:
            return
        blob = Blob(self._digest.hexdigest(), self._file.tell())
        path = Path(self._file.name)
        self._file.close()
        self._file = None
        self.arrived.append(Arrived(path, blob, self._name, read_names(self._start)))


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
                await to_thread.run_sync(spool.feed, b"".join(waiting))
                waiting, size = [], 0
        await to_thread.run_sync(spool.finish, b"".join(waiting))
    finally:
        spool.close()
    return spool.arrived
