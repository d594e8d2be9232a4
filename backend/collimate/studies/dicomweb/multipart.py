"""Taking a multipart/related body apart as it arrives, whatever its size (RFC 2046 5.1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from collimate.kit.errors import Problem

MOST_HEADER_BYTES = 16_384
MOST_PARTS = 10_000
_BOUNDARY_CHARACTERS = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? "
)


class BadMultipart(Problem):
    """The multipart body is not well formed."""

    status = 400


class _At(Enum):
    DELIMITER = "delimiter"
    HEADERS = "headers"
    DATA = "data"
    END = "end"


@dataclass(frozen=True)
class PartBegins:
    """A part starts; header names are in lower case."""

    headers: dict[str, str]


@dataclass(frozen=True)
class PartData:
    """Some bytes of the current part."""

    data: bytes


@dataclass(frozen=True)
class PartEnds:
    """The current part is complete."""


Event = PartBegins | PartData | PartEnds


@dataclass
class MultipartReader:
    """Feed it bytes, get events; holds no more than one header block or delimiter back."""

    boundary: str
    part_count: int = 0
    _at: _At = _At.DELIMITER
    _buffer: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        if not 1 <= len(self.boundary) <= 70 or not set(self.boundary) <= _BOUNDARY_CHARACTERS:
            raise BadMultipart("The boundary is missing or not one.")
        self._mark = b"\r\n--" + self.boundary.encode()
        # the first delimiter may stand at the very start
        self._buffer += b"\r\n"

    def feed(self, data: bytes) -> Iterator[Event]:
        """Events of the next bytes.

        Raises:
            BadMultipart
        """
        self._buffer += data
        while True:
            if self._at is _At.DELIMITER:
                if not self._pass_delimiter():
                    return
            elif self._at is _At.HEADERS:
                headers = self._read_headers()
                if headers is None:
                    return
                yield PartBegins(headers)
            elif self._at is _At.DATA:
                yield from self._read_data()
                if self._at is _At.DATA:
                    return
                yield PartEnds()
            else:
                self._buffer.clear()  # an epilogue says nothing
                return

    def finish(self) -> None:
        """Call when the body is over.

        Raises:
            BadMultipart: the closing delimiter is missing.
        """
        if self._at is not _At.END:
            raise BadMultipart("The body ends before its closing boundary.")

    def _pass_delimiter(self) -> bool:
        """Skip to behind the next delimiter line; what stands before the first is a preamble."""
        start = self._buffer.find(self._mark)
        if start < 0:
            if len(self._buffer) > MOST_HEADER_BYTES:
                raise BadMultipart("The boundary does not occur.")
            return False
        rest = self._buffer[start + len(self._mark) : start + len(self._mark) + 256]
        if rest[:2] == b"--":
            self._at = _At.END
            return True
        line_end = rest.find(b"\r\n")
        if line_end < 0:
            if len(rest) >= 256:
                raise BadMultipart("A boundary line does not end.")
            return False
        if rest[:line_end].strip(b" \t"):
            raise BadMultipart("A boundary line holds more than the boundary.")
        del self._buffer[: start + len(self._mark) + line_end]
        self._at = _At.HEADERS
        self.part_count += 1
        if self.part_count > MOST_PARTS:
            raise BadMultipart(f"At most {MOST_PARTS} parts are taken at once.")
        return True

    def _read_headers(self) -> dict[str, str] | None:
        """The header block; the buffer starts with the line break before it."""
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or end > MOST_HEADER_BYTES:
            if len(self._buffer) > MOST_HEADER_BYTES:
                raise BadMultipart("The header of a part is too long.")
            return None
        block = bytes(self._buffer[:end])
        del self._buffer[: end + 4]
        self._at = _At.DATA
        headers = {}
        for line in block.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if line and not colon:
                raise BadMultipart("A header line has no colon.")
            if line:
                headers[name.strip().decode("latin-1").lower()] = value.strip().decode("latin-1")
        return headers

    def _read_data(self) -> Iterator[PartData]:
        start = self._buffer.find(self._mark)
        if start >= 0:
            if start:
                yield PartData(self._copy(start))
            del self._buffer[:start]
            self._at = _At.DELIMITER
            return
        safe = len(self._buffer) - len(self._mark)
        if safe > 0:
            yield PartData(self._copy(safe))
            del self._buffer[:safe]

    def _copy(self, count: int) -> bytes:
        """The first bytes, copied once."""
        with memoryview(self._buffer) as view:
            return bytes(view[:count])
