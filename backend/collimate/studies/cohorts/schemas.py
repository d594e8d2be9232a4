"""JSON shapes of cohorts."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, model_validator

from collimate.kit.http import Answer, Body

Text = Annotated[str | None, Field(max_length=200)]
Texts = Annotated[list[Annotated[str, Field(max_length=400)]] | None, Field(max_length=10)]
StudyIds = Annotated[list[UUID] | None, Field(max_length=10_000)]


class CohortFilter(Body):
    """As the list of studies takes it; an empty text means: not given."""

    search: Text = None
    modality: Text = None
    body_part: Text = None
    site: Text = None
    manufacturer: Text = None
    scanner: Text = None
    trust: Text = None
    read_state: Text = None
    holdout: bool | None = None
    quality: Texts = None
    attribute: Texts = None
    cohort: UUID | None = None


class CohortIn(Body):
    name: str = Field(min_length=1, max_length=100, pattern=r"\S")
    filter: CohortFilter
    freeze: bool = False
    study_ids: StudyIds = Field(default=None, description="Exactly these, whatever the filter says")


class Chosen(Body):
    """Either studies that are named, or all that fulfil a filter."""

    study_ids: StudyIds = None
    filter: CohortFilter | None = None

    @model_validator(mode="after")
    def _says_which(self) -> "Chosen":
        if (self.study_ids is None) == (self.filter is None):
            raise ValueError("either study_ids or filter")
        return self

    def as_said(self) -> "tuple[list[UUID] | None, dict[str, Any] | None]":
        """What `studies/chosen.py` takes."""
        said = None if self.filter is None else self.filter.model_dump(mode="json")
        return self.study_ids, said


class CohortOut(Answer):
    id: UUID
    name: str
    filter: CohortFilter
    is_frozen: bool
    study_count: int | None = Field(description="Of a frozen list; null where it is asked anew")
    made_by_name: str
    created_at: datetime


class CohortList(Answer):
    items: list[CohortOut]
