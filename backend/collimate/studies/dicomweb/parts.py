"""Answers in one part or many, one buffer in memory at a time (RFC 2387, PS3.18 8.6.1.2.1)."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import cache

from anyio import CapacityLimiter, to_thread
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from collimate.kit.blobs import BlobMissing, blobs
from collimate.studies.dicomweb.accept import OCTETS
from collimate.studies.dicomweb.pictures import KEPT

# Long and random, because clients look for it in the pixels as well.
BOUNDARY = "collimate.f3b1c62e9a7d4508b6e2d91c47af035e8d26"
TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
_STEP_BYTES = 4 << 20
_COLD_READS = 8
Buffer = bytes | bytearray


@cache
def _cold_reads() -> CapacityLimiter:
    return CapacityLimiter(_COLD_READS)


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes of a blob that become one part, between the bytes of `start` and `end`.

    One that `continues` belongs to the part of the piece before it.
    """

    sha256: str
    offset: int
    length: int
    location: str = ""
    media_type: str = OCTETS
    transfer_syntax_uid: str = "1.2.840.10008.1.2.1"
    start: bytes = b""
    end: bytes = b""
    continues: bool = False

    @property
    def byte_count(self) -> int:
        """Length of the part."""
        return len(self.start) + self.length + len(self.end)

    @property
    def content_type(self) -> str:
        """With the transfer syntax the bytes are in."""
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax_uid}"

    def head(self, is_first: bool) -> bytes:
        """What stands before the bytes in a multipart body."""
        if self.continues:
            return b""
        return part_head(self.content_type, self.location, is_first=is_first)


def part_head(content_type: str, location: str, *, is_first: bool) -> bytes:
    """The delimiter and the headers of a part."""
    break_before = "" if is_first else "\r\n"
    where = f"\r\nContent-Location: {location}" if location else ""
    return f"{break_before}--{BOUNDARY}\r\nContent-Type: {content_type}{where}\r\n\r\n".encode()


async def read_steps(piece: Piece) -> AsyncIterator[Buffer]:
    """The bytes of a piece. What lies in memory is read at once; a few threads wait for the disk.

    Raises:
        BlobMissing: also where the stored bytes are shorter than their index says.
    """
    store = blobs()
    for start in range(0, piece.length, _STEP_BYTES):
        offset, wanted = piece.offset + start, min(_STEP_BYTES, piece.length - start)
        buffer: Buffer | None = store.read_warm(piece.sha256, offset, wanted)
        if buffer is None:
            buffer = await to_thread.run_sync(
                store.read, piece.sha256, offset, wanted, limiter=_cold_reads()
            )
        if len(buffer) != wanted:
            raise BlobMissing("The stored bytes are shorter than their index says.")
        yield buffer


class PartsResponse(Response):
    """Streams pieces of blobs; no thread and no connection waits for the reader."""

    def __init__(
        self, pieces: list[Piece], *, form: str, etag: str, byte_range: str | None = None
    ) -> None:
        self.pieces, self.form = pieces, form
        self.status_code, self.background, self.body = 200, None, b""
        single = form == "single"
        headers = {
            "content-type": pieces[0].content_type
            if single
            else multipart_type(pieces[0].media_type),
            "etag": etag,
            **KEPT,
        }
        if single:
            headers["accept-ranges"] = "bytes"
            self._cut(byte_range, headers)
        headers["content-length"] = str(self._length())
        self.init_headers(headers)
        self._opened: AsyncIterator[Buffer] | None = None
        self._first: Buffer = b""

    def _cut(self, byte_range: str | None, headers: dict[str, str]) -> None:
        """Narrow a part that lies in one piece to the asked range. Source: RFC 9110 14.2."""
        piece = self.pieces[0]
        is_plain = len(self.pieces) == 1 and not piece.start
        chosen = read_range(byte_range, piece.length) if is_plain else None
        if chosen is None:
            return
        first, last = chosen
        if first > last:
            self.status_code, self.pieces = 416, []
            headers["content-range"] = f"bytes */{piece.length}"
            return
        self.status_code = 206
        headers["content-range"] = f"bytes {first}-{last}/{piece.length}"
        self.pieces = [
            Piece(
                piece.sha256, piece.offset + first, last - first + 1, piece.location,
                piece.media_type, piece.transfer_syntax_uid,
            )
        ]  # fmt: skip

    def _length(self) -> int:
        payload = sum(piece.byte_count for piece in self.pieces)
        if self.form == "single":
            return payload
        heads = sum(len(piece.head(i == 0)) for i, piece in enumerate(self.pieces))
        return heads + payload + len(TAIL)

    async def open(self) -> None:
        """Read the first bytes, so that missing ones are an error and not a broken answer.

        Raises:
            BlobMissing
        """
        if self._opened is None and self.pieces:
            self._opened = read_steps(self.pieces[0])
            self._first = await anext(self._opened, b"")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.open()
        start = {
            "type": "http.response.start",
            "status": self.status_code,
            "headers": self.raw_headers,
        }
        await send(start)
        if scope.get("collimate.head"):  # nobody takes the bytes
            await _send(send, b"", more=False)
            return
        many = self.form != "single"
        for index, piece in enumerate(self.pieces):
            before = (piece.head(index == 0) if many else b"") + piece.start
            if before:
                await _send(send, before)
            steps = self._opened if index == 0 and self._opened else read_steps(piece)
            if index == 0:
                await _send(send, self._first)
                self._first = b""
            async for buffer in steps:
                await _send(send, buffer)
            if piece.end:
                await _send(send, piece.end)
        await _send(send, TAIL if many else b"", more=False)


async def _send(send: Send, body: Buffer, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


def multipart_type(media_type: str) -> str:
    """The Content-Type of an answer in parts of this type."""
    return f'multipart/related; type="{media_type}"; boundary="{BOUNDARY}"'


def read_range(header: str | None, length: int) -> tuple[int, int] | None:
    """First and last byte of a single range, both counted from 0; None means everything.

    A range that holds nothing has its first byte behind its last. Several ranges, and what is
    none, are answered with everything, as RFC 9110 14.2 allows.
    """
    found = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", (header or "").replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    low, high = found.groups()
    if not low:
        return max(0, length - int(high)), length - 1 if int(high) else -1
    if high and int(high) < int(low):
        return None
    first = int(low)
    if first >= length:
        return 1, 0
    return first, min(int(high) if high else length - 1, length - 1)
