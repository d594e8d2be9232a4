"""What is said between those who want something of a PACS and the process that asks it.

Orders go in as lines of JSON, one at a time. Events come out, a line each: `Found`, `Taken`
(answered by an empty line once the file is kept), at the end of an order `Over` or `Failed`.
No protocol library is needed to read them.
"""

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

from collimate.studies.ways_in import DimseSource


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True)


class Trouble(StrEnum):
    """Why a PACS could not be asked, or did not do it."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    NO_SEARCH = "no_search"
    NO_RETRIEVAL = "no_retrieval"
    NO_DESCRIPTIONS = "no_descriptions"
    BROKE_OFF = "broke_off"
    STATUS = "status"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


class Search(_Said):
    """Find studies; `asked` are matching keys by keyword."""

    asked: dict[str, str]
    most: int


class Retrieve(_Said):
    """Have a study sent: into a folder, or, where that is not offered, to the AE `move_to`."""

    study_uid: str
    folder: str
    move_to: str | None = None


class Order(_Said):
    """Whom to ask, and for what."""

    source: DimseSource
    what: Search | Retrieve


class Found(_Said):
    """A study that matches; what the PACS does not say is empty, or 0."""

    kind: Literal["found"] = "found"
    study_uid: str
    date: str = ""
    modalities: tuple[str, ...] = ()
    series_count: int = 0
    instance_count: int = 0


class Taken(_Said):
    """An image lies at `path`; whoever reads this takes it away."""

    kind: Literal["taken"] = "taken"
    path: str


class Over(_Said):
    """Everything asked for was done, but for so many images."""

    kind: Literal["over"] = "over"
    missing_count: int = 0


class Failed(_Said):
    """It was not done; `detail` is a code or a phrase of the Standard."""

    kind: Literal["failed"] = "failed"
    trouble: Trouble
    detail: str = ""


class Event(BaseModel):
    """One line of them."""

    event: Found | Taken | Over | Failed
