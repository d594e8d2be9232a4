"""JSON shapes of reviews and agreement."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer, Body

VerdictName = Literal["accepted", "returned"]


class ReviewRow(Answer):
    submission_id: UUID
    read_id: UUID
    study_id: UUID
    pseudonym: str
    thumbnail_url: str
    reader_name: str | None = Field(description="null where reading is blinded")
    submitted_at: datetime
    label_keys: list[str]
    exclusion: str | None = Field(description="Key of the reason why the case is left out")
    quality: str | None
    note: str = Field(description="The reader's word on excluding the case")
    attributes: dict[str, str | float | list[str]] = Field(description="Those of the study")
    mark_count: int
    segment_count: int
    verdict: VerdictName | None
    comment: str | None


class ReviewPage(Answer):
    items: list[ReviewRow]
    next: str | None


class ReviewIn(Body):
    verdict: VerdictName
    comment: str = Field(default="", max_length=4000)


class ReviewOut(Answer):
    id: UUID
    submission_id: UUID
    verdict: VerdictName
    comment: str
    created_at: datetime


class Outcomes(Answer):
    excluded_count: int
    by_reason: dict[str, int]
    by_quality: dict[str, int]


class PairAgreement(Answer):
    count: int
    kappa: float | None


class Agreement(Answer):
    pairs: list[PairAgreement]
    fleiss_kappa: float | None
    raw_agreement: float | None
    double_read_count: int
