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


class StagedTally(Answer):
    """Staged reads of one reader, or with one first answer; shares are null below ten reads."""

    name: str
    count: int
    changed_count: int
    followed_count: int = Field(description="Changed to what the model suggested")
    judged_count: int = Field(description="With an accepted answer, or others who agree")
    right_to_wrong_count: int
    wrong_to_right_count: int
    changed_share: float | None
    first_right_share: float | None
    final_right_share: float | None


class StagedPair(Answer):
    read_id: UUID
    pseudonym: str
    reader_name: str
    first: str
    suggested: str | None
    final: str
    reference: str | None
    is_changed: bool
    first_active_ms: int
    active_ms: int


class StagedReads(Answer):
    total: StagedTally
    readers: list[StagedTally]
    classes: list[StagedTally]
    fewest_pairs: int
    pairs: list[StagedPair]


class PairAgreement(Answer):
    count: int
    kappa: float | None


class AttributeAgreement(Answer):
    key: str
    name: str
    unit: str
    count: int = Field(description="Cases answered by two readers or more")
    raw_agreement: float | None
    fleiss_kappa: float | None
    mean_difference: float | None = Field(description="Of numbers, in their unit")


class Agreement(Answer):
    pairs: list[PairAgreement]
    fleiss_kappa: float | None
    raw_agreement: float | None
    double_read_count: int
    attributes: list[AttributeAgreement]


class ExampleOut(Answer):
    id: UUID
    caption: str
    picture_url: str


class GuideLabel(Answer):
    label_key: str
    name: str
    colour: str
    text: str = Field(description="Markdown")
    examples: list[ExampleOut]


class Guide(Answer):
    guideline: str = Field(description="Markdown")
    labels: list[GuideLabel]


class ExampleIn(Body):
    label_key: str = Field(max_length=60)
    read_id: UUID
    sop_instance_uid: str = Field(max_length=64)
    frame_number: int = Field(default=1, ge=1)
    caption: str = Field(default="", max_length=300)
