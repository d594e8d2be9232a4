"""JSON shapes of pulls from other servers."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from collimate.kit.http import Answer, Body

# no backslash: it separates values (PS3.5 6.2); no control characters
Matched = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\\]{1,64}$")
]


class WantedIn(Body):
    """Texts may hold the wildcards * and ?; what is left out matches everything."""

    modality: str | None = Field(default=None, pattern=r"^[A-Z0-9_]{1,16}$")
    date_from: date | None = None
    date_to: date | None = None
    patient_id: Matched | None = None
    patient_name: Matched | None = None
    accession_number: Matched | None = None
    study_description: Matched | None = None
    limit: int = Field(default=100, ge=1, le=5000)


class PullIn(Body):
    source: str = Field(min_length=1, max_length=60)
    wanted: WantedIn


class SourceOut(Answer):
    name: str


class SourceList(Answer):
    items: list[SourceOut]


class ModalityCount(Answer):
    value: str
    count: int


class MatchedStudy(Answer):
    study_year: int | None = Field(description="A whole date beside a shifted one tells the shift")
    modalities: list[str]
    series_count: int
    instance_count: int


class PullPreview(Answer):
    study_count: int
    instance_count: int = Field(description="0 where the source does not count")
    is_cut_off: bool = Field(description="More match than the limit takes")
    modalities: list[ModalityCount]
    items: list[MatchedStudy] = Field(description="The first few; nobody is named")
