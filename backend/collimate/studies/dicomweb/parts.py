"""Answers in one part or many, one buffer in memory at a time (RFC 2387, PS3.18 8.6.1.2.1)."""

from collections.abc import Iterator
from dataclasses import dataclass

from anyio import to_thread
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from collimate.kit.blobs import CHUNK_BYTES, blobs

# Long and random, because clients look for it in the pixels as well.
BOUNDARY = "collimate.f3b1c62e9a7d4508b6e2d91c47af035e8d26"
_TAIL = f"\r\n--{BOUNDARY}--\r\n".encode()
OCTETS = "application/octet-stream"
DICOM = "application/dicom"


@dataclass(frozen=True)
class Piece:
    """Bytes of a blob that become one part."""

    sha256: str
    offset: int
    length: int
    location: str = ""
    media_type: str = OCTETS
    transfer_syntax_uid: str = "1.2.840.10008.1.2.1"

    @property
    def content_type(self) -> str:
        """With the transfer syntax the bytes are in."""
        return f"{self.media_type}; transfer-syntax={self.transfer_syntax_uid}"

    def head(self, is_first: bool) -> bytes:
        """What stands before the bytes in a multipart body."""
        lines = [f"{'' if is_first else chr(13) + chr(10)}--{BOUNDARY}"]
        lines.append(f"Content-Type: {self.content_type}")
        if self.location:
            lines.append(f"Content-Location: {self.location}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _buffers(piece: Piece, step: int) -> Iterator[bytes]:
    for start in range(0, piece.length, step):
        wanted = min(step, piece.length - start)
        buffer = blobs().read(piece.sha256, piece.offset + start, wanted)
        if len(buffer) != wanted:
            raise OSError("stored bytes are shorter than their index says")
        yield buffer


class PartsResponse(Response):
    """Streams pieces of blobs. What is one frame is read and sent as one buffer."""

    def __init__(
        self, pieces: list[Piece], *, form: str, etag: str | None = None, whole_pieces: bool = False
    ) -> None:
        self.pieces, self.form = pieces, form
        self.step = max((p.length for p in pieces), default=1) if whole_pieces else CHUNK_BYTES
        self.step = max(self.step, 1)
        # Read now, so that missing bytes are an error and not a broken answer.
        self.opened = _buffers(pieces[0], self.step)
        self.first = next(self.opened, b"")
        single = form == "single"
        self.status_code = 200
        self.background = None
        self.body = b""
        headers = {
            "content-type": pieces[0].content_type if single else _multipart_type(pieces[0]),
            "content-length": str(self._length()),
            "cache-control": "private, no-cache",
        }
        if etag:
            headers["etag"] = etag
        self.init_headers(headers)

    def _length(self) -> int:
        payload = sum(piece.length for piece in self.pieces)
        if self.form == "single":
            return payload
        heads = sum(len(piece.head(i == 0)) for i, piece in enumerate(self.pieces))
        return heads + payload + len(_TAIL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for index, piece in enumerate(self.pieces):
            if self.form != "single":
                await _send(send, piece.head(index == 0))
            buffers = self.opened if index == 0 else _buffers(piece, self.step)
            if index == 0:
                await _send(send, self.first)
                self.first = b""
            while (buffer := await to_thread.run_sync(_next, buffers)) is not None:
                await _send(send, buffer)
        await _send(send, b"" if self.form == "single" else _TAIL, more=False)


def _next(buffers: Iterator[bytes]) -> bytes | None:
    return next(buffers, None)


async def _send(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


def _multipart_type(piece: Piece) -> str:
    return f'multipart/related; type="{piece.media_type}"; boundary="{BOUNDARY}"'
