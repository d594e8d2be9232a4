"""A source that speaks DICOMweb: search (PS3.18 10.6) and retrieve (PS3.18 10.4).

Every address is the source's own, as an administrator wrote it, and a fixed path below it: no
redirect is followed, and no address that an answer contains is ever asked.
"""

import re
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self
from urllib.parse import quote, urlencode

import httpx
import orjson

from collimate.dicom.limits import LIMITS
from collimate.studies.dicomweb.multipart import (
    BadMultipart,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
)
from collimate.studies.pulls.remote import (
    INSTANCE_COUNT,
    MODALITIES,
    SERIES_COUNT,
    STUDY_UID,
    SourceFailed,
    value_of,
)
from collimate.studies.pulls.wanted import Wanted
from collimate.studies.ways_in import Source

PAGE = 100
_MOST_ANSWER_BYTES = 16 << 20
_PIECE_BYTES = 1 << 20
_TIMEOUT = httpx.Timeout(30.0, read=120.0)
_JSON = "application/dicom+json"
_DICOM = 'multipart/related; type="application/dicom"; transfer-syntax=*'
_BOUNDARY = re.compile(r';\s*boundary\s*=\s*("[^"]*"|[^;\s]+)', re.IGNORECASE)
_FIELDS = [("includefield", field) for field in (MODALITIES, SERIES_COUNT, INSTANCE_COUNT)]


class WebRemote:
    """A DICOMweb server; what it does not send, nobody can tell."""

    missing_count = 0

    def __init__(self, source: Source) -> None:
        headers = {"user-agent": "Collimate"}
        if source.token_file is not None:
            headers["authorization"] = f"Bearer {source.token_file.read_text().strip()}"
        auth = None
        if source.user is not None and source.password_file is not None:
            auth = httpx.BasicAuth(source.user, source.password_file.read_text().strip())
        context = ssl.create_default_context(cafile=source.certificate_authorities)
        self._base = str(source.url).rstrip("/")
        self._client = httpx.Client(
            headers=headers, auth=auth, verify=context, timeout=_TIMEOUT,
            follow_redirects=False, trust_env=False,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def search(self, wanted: Wanted, most: int) -> list[dict[str, Any]]:
        """Studies as DICOM JSON, up to `most`, page by page.

        Raises:
            SourceFailed
        """
        query = [*wanted.asked().items(), *_FIELDS]
        found: dict[str, dict[str, Any]] = {}
        offset = 0
        while len(found) < most:
            count = min(PAGE, most - len(found))
            page = self._page([*query, ("limit", str(count)), ("offset", str(offset))])
            offset += len(page)
            fresh = {uid: study for study in page if (uid := value_of(study, STUDY_UID))}
            # a source that knows no offset answers the same page for ever
            if not fresh.keys() - found.keys():
                break
            found.update(fresh)
        return list(found.values())[:most]

    def _page(self, query: list[tuple[str, str]]) -> list[dict[str, Any]]:
        with self._ask("/studies", _JSON, query) as answer:
            body = bytearray()
            for piece in answer.iter_bytes(_PIECE_BYTES):
                body += piece
                if len(body) > _MOST_ANSWER_BYTES:
                    raise SourceFailed("Its list of studies is too large; narrow the search.")
        if not body:
            return []
        try:
            studies = orjson.loads(body)
        except orjson.JSONDecodeError:
            studies = None
        if not isinstance(studies, list) or not all(isinstance(one, dict) for one in studies):
            raise SourceFailed("Its list of studies is no DICOM JSON.")
        return studies

    def images(self, study_uid: str, folder: Path) -> Generator[Path]:
        """Each part of the answer as a file.

        Raises:
            SourceFailed
        """
        with self._ask(f"/studies/{study_uid}", _DICOM, []) as answer:
            try:
                yield from _files(
                    answer.headers.get("content-type", ""), answer.iter_bytes(), folder
                )
            except BadMultipart as error:
                raise SourceFailed(error.detail) from None

    @contextmanager
    def _ask(
        self, path: str, accept: str, query: list[tuple[str, str]]
    ) -> Iterator[httpx.Response]:
        # wildcards are legal as they are (RFC 3986 3.4); Orthanc's plugin 1.7 decodes nothing
        asked = urlencode(query, safe="*?", quote_via=quote)
        address = f"{self._base}{path}?{asked}" if asked else self._base + path
        try:
            with self._client.stream("GET", address, headers={"accept": accept}) as answer:
                if answer.is_redirect:
                    raise SourceFailed("It answered with a redirect, and none is followed.")
                if answer.status_code not in (200, 204):
                    raise SourceFailed(f"It answered with HTTP status {answer.status_code}.")
                yield answer
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            # the library's own message may quote the address with what was searched for
            raise SourceFailed(f"It could not be reached ({type(error).__name__}).") from None


def _files(content_type: str, body: Iterator[bytes], folder: Path) -> Iterator[Path]:
    if content_type.split(";", maxsplit=1)[0].strip().lower() == "application/dicom":
        events: Any = _single(body)
    else:
        boundary = _BOUNDARY.search(content_type)
        reader = MultipartReader(boundary.group(1).strip('"') if boundary else "")
        events = _multipart(reader, body)
    file: BinaryIO | None = None
    path = folder / "part"
    for event in events:
        if isinstance(event, PartBegins):
            file = path.open("wb")
        elif isinstance(event, PartData) and file is not None:
            if file.tell() + len(event.data) > LIMITS.file_bytes:
                raise SourceFailed("An image of it is larger than the limit.")
            file.write(event.data)
        elif isinstance(event, PartEnds) and file is not None:
            file.close()
            file = None
            yield path


def _single(body: Iterator[bytes]) -> Iterator[PartBegins | PartData | PartEnds]:
    yield PartBegins({})
    yield from map(PartData, body)
    yield PartEnds()


def _multipart(
    reader: MultipartReader, body: Iterator[bytes]
) -> Iterator[PartBegins | PartData | PartEnds]:
    for piece in body:
        yield from reader.feed(piece)
    reader.finish()
