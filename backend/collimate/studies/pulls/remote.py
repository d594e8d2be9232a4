"""What a source is to those who pull from it, whether it speaks DICOMweb or DIMSE."""

from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from collimate.kit.errors import Problem
from collimate.studies.pulls.wanted import Wanted

STUDY_UID, DATE = "0020000D", "00080020"
MODALITIES = "00080061"
SERIES_COUNT, INSTANCE_COUNT = "00201206", "00201208"


class SourceFailed(Problem):
    """The source did not answer as it should."""

    status = 502


class Remote(Protocol):
    """A source, spoken to; a context manager."""

    missing_count: int
    """Images that it listed or counted and could not be had."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def search(self, wanted: Wanted, most: int) -> list[dict[str, Any]]:
        """Studies in the manner of DICOM JSON, up to `most`.

        Raises:
            SourceFailed
        """

    def images(self, study_uid: str, folder: Path) -> Generator[Path]:
        """The images of a study, each a Part 10 file in `folder`, which the caller removes before
        it asks for the next; the UID must have been checked.

        Raises:
            SourceFailed
        """


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
