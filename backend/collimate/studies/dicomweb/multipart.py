"""Taking a multipart/related body apart as it arrives, whatever its size (RFC 2046 5.1)."""

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class PartData:
    """Some bytes of the current part, as they lie in what was fed."""

    data: bytes | memoryview


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
    _held: bytes = b"\r\n"
    """What came and cannot be told yet; the first delimiter may stand at the very start."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.boundary) <= 70 or not set(self.boundary) <= _BOUNDARY_CHARACTERS:
            raise BadMultipart("The boundary is missing or not one.")
        self._mark = b"\r\n--" + self.boundary.encode()

    def feed(self, data: bytes) -> Iterator[Event]:
        """Events of the next bytes; those of a part are not copied.

        Raises:
            BadMultipart
        """
        if self._held:
            data, self._held = self._held + data, b""
        place: int | None = 0
        while place is not None and self._at is not _At.END:  # an epilogue says nothing
            start = place
            if self._at is _At.DELIMITER:
                place = self._pass_delimiter(data, start)
            elif self._at is _At.HEADERS:
                place, headers = self._read_headers(data, start)
                if place is not None:
                    yield PartBegins(headers)
            else:
                place = data.find(self._mark, start)
                end = place if place >= 0 else len(data) - self._begun(data, start)
                if end > start:
                    yield PartData(memoryview(data)[start:end])
                if place < 0:
                    start, place = end, None
                else:
                    self._at = _At.DELIMITER
                    yield PartEnds()
            if place is None:
                self._held = data[start:]

    def finish(self) -> None:
        """Call when the body is over.

        Raises:
            BadMultipart: the closing delimiter is missing.
        """
        if self._at is not _At.END:
            raise BadMultipart("The body ends before its closing boundary.")

    def _begun(self, data: bytes, start: int) -> int:
        """How many of the last bytes may be the beginning of a delimiter."""
        place = data.find(b"\r", max(start, len(data) - len(self._mark) + 1))
        while place >= 0:
            if self._mark.startswith(data[place:]):
                return len(data) - place
            place = data.find(b"\r", place + 1)
        return 0

    def _pass_delimiter(self, data: bytes, start: int) -> int | None:
        """The place behind the next delimiter line, None when it has not come as a whole.

        What stands before the first is a preamble.
        """
        found = data.find(self._mark, start)
        if found < 0:
            if len(data) - start > MOST_HEADER_BYTES:
                raise BadMultipart("The boundary does not occur.")
            return None
        place = found + len(self._mark)
        rest = data[place : place + 256]
        if rest[:2] == b"--":
            self._at = _At.END
            return place
        line_end = rest.find(b"\r\n")
        if line_end < 0:
            if len(rest) >= 256:
                raise BadMultipart("A boundary line does not end.")
            return None
        if rest[:line_end].strip(b" \t"):
            raise BadMultipart("A boundary line holds more than the boundary.")
        self._at = _At.HEADERS
        self.part_count += 1
        if self.part_count > MOST_PARTS:
            raise BadMultipart(f"At most {MOST_PARTS} parts are taken at once.")
        return place + line_end

    def _read_headers(self, data: bytes, start: int) -> tuple[int | None, dict[str, str]]:
        """The place behind the header block, which starts with the line break before it."""
        end = data.find(b"\r\n\r\n", start, start + MOST_HEADER_BYTES + 4)
        if end < 0:
            if len(data) - start > MOST_HEADER_BYTES:
                raise BadMultipart("The header of a part is too long.")
            return None, {}
        self._at = _At.DATA
        headers = {}
        for line in data[start:end].split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if line and not colon:
                raise BadMultipart("A header line has no colon.")
            if line:
                headers[name.strip().decode("latin-1").lower()] = value.strip().decode("latin-1")
        return end + 4, headers
