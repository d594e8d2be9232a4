"""Speaking DICOMweb to a source: search (PS3.18 10.6) and retrieve (PS3.18 10.4).

Every address is the source's own, as an administrator wrote it, and a fixed path below it: no
redirect is followed, and no address that an answer contains is ever asked.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx
import orjson

from collimate.kit.errors import Problem
from collimate.studies.ways_in import Source

PAGE = 100
_MOST_ANSWER_BYTES = 16 << 20
_PIECE_BYTES = 1 << 20
_TIMEOUT = httpx.Timeout(30.0, read=120.0)
_JSON = "application/dicom+json"
_DICOM = 'multipart/related; type="application/dicom"; transfer-syntax=*'


class SourceFailed(Problem):
    """The source did not answer as a DICOMweb server does."""

    status = 502


class Remote:
    """A source, spoken to; use as a context manager."""

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

    def search(self, query: list[tuple[str, str]], most: int) -> list[dict[str, Any]]:
        """Studies as DICOM JSON, up to `most`, page by page.

        Raises:
            SourceFailed
        """
        found: dict[str, dict[str, Any]] = {}
        offset = 0
        while len(found) < most:
            wanted = min(PAGE, most - len(found))
            paged = [*query, ("limit", str(wanted)), ("offset", str(offset))]
            page = self._page(paged)
            offset += len(page)
            fresh = {uid: study for study in page if (uid := value_of(study, "0020000D"))}
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

    @contextmanager
    def study(self, study_uid: str) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Content type and body of all instances of a study; the UID must have been checked.

        Raises:
            SourceFailed
        """
        with self._ask(f"/studies/{study_uid}", _DICOM, []) as answer:
            yield answer.headers.get("content-type", ""), answer.iter_bytes()

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


def value_of(study: dict[str, Any], tag: str) -> str:
    """The first value of an attribute in DICOM JSON as text; empty where there is none."""
    element = study.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    if not isinstance(values, list) or not values or not isinstance(values[0], str | int | float):
        return ""
    return str(values[0])


def values_of(study: dict[str, Any], tag: str) -> list[str]:
    """All values of an attribute as text."""
    element = study.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []
