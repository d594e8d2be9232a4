"""JSON shapes of cases, annotations and submissions."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from collimate.annotations.attributes import MAX_TEXT
from collimate.annotations.geometry import MAX_POINTS
from collimate.annotations.runs import MAX_RUNS
from collimate.annotations.staged import Stage
from collimate.kit.http import Answer, Body
from collimate.projects.schemas import AttributeScope, LabelSchemaOut, MarkKind
from collimate.tasks.schemas import ActiveMs, FenceBody
from collimate.tasks.states import ReadState

AnnotationKind = Literal["answer", MarkKind, "segment", "attributes", "outcome", "rejection"]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]
LabelKey = Annotated[str, Field(max_length=60)]
Point = Annotated[list[Coordinate], Field(min_length=2, max_length=2)]
Vector = Annotated[list[Coordinate], Field(min_length=3, max_length=3)]


class AnswerContent(Body):
    """The study-level answer: keys of chosen classes."""

    label_keys: list[LabelKey] = Field(max_length=200)


class MarkContent(Body):
    """A mark; points are image coordinates, (0,0) = corner of the first pixel."""

    label_key: LabelKey
    sop_instance_uid: str = Field(max_length=64)
    frame_number: int = Field(ge=1)
    points: list[Point] = Field(max_length=MAX_POINTS)


class SpaceMarkContent(Body):
    """A mark on a plane cut through a series: places in the patient (LPS, mm).

    The image is the one of the series nearest to the first place; the directions are those of the
    plane as it was on screen, along its rows and down its columns.
    """

    label_key: LabelKey
    sop_instance_uid: str = Field(max_length=64)
    frame_number: int = Field(ge=1)
    frame_of_reference_uid: str = Field(max_length=64, pattern=r"^[0-9.]+$")
    row_direction: Vector
    column_direction: Vector
    places: list[Vector] = Field(max_length=MAX_POINTS)


class SegmentContent(Body):
    """A segment on one frame; `runs` is [gap, run, …] of pixels in row-major order."""

    label_key: LabelKey
    sop_instance_uid: str = Field(max_length=64)
    frame_number: int = Field(ge=1)
    runs: list[Annotated[int, Field(ge=0)]] = Field(max_length=MAX_RUNS)


AttributeText = Annotated[str, Field(max_length=MAX_TEXT)]
AttributeValue = AttributeText | Coordinate | Annotated[list[LabelKey], Field(max_length=100)]


class AttributesContent(Body):
    """Answers to the attributes of one target, by key; what is not answered is not there.

    `target`: "" for the study, a Series or SOP Instance UID, the id of a mark's annotation, or a
    segment's label key.
    """

    scope: AttributeScope
    target: str = Field(max_length=64)
    values: dict[LabelKey, AttributeValue] = Field(max_length=200)


class OutcomeContent(Body):
    """What becomes of the case: whether it is left out and why, and how good its images are."""

    exclusion: LabelKey | None
    quality: Literal["diagnostic", "limited", "non_diagnostic"] | None
    note: str = Field(default="", max_length=2000)


class RejectionContent(Body):
    """What the reader says of one suggestion: that it is rejected, or no longer."""

    suggestion_id: UUID = Field(description="The prediction's id")
    is_rejected: bool


class DeletedContent(Body):
    """A deletion says nothing."""


Content = (
    AnswerContent
    | MarkContent
    | SpaceMarkContent
    | SegmentContent
    | AttributesContent
    | OutcomeContent
    | RejectionContent
    | DeletedContent
)


class AnnotationIn(FenceBody):
    annotation_id: UUID = Field(description="Made by the client, kept for the annotation's life")
    kind: AnnotationKind
    parent_id: UUID | None
    is_deleted: bool = False
    content: Content = Field(description="Ignored for a deletion; an empty object is fine")
    active_ms: ActiveMs = 0
    suggestion_id: UUID | None = None
    prompt_session_id: UUID | None = Field(
        default=None, description="The prompts whose mask this segment was taken over from"
    )
    reason: str | None = Field(default=None, max_length=2000)


class KeyedAnnotationIn(AnnotationIn):
    key: Annotated[str, Field(min_length=8, max_length=100, pattern=r"^[\w\-]+$")]


class SavesIn(Body):
    saves: list[KeyedAnnotationIn] = Field(min_length=1, max_length=100)


class RevisionOut(Answer):
    id: UUID
    number: int
    parent_id: UUID | None
    is_deleted: bool
    content: Content
    created_at: datetime


class RevisionFull(RevisionOut):
    author_id: UUID
    sha256: str
    reason: str | None
    suggestion_id: UUID | None
    prompt_session_id: UUID | None


class RevisionList(Answer):
    items: list[RevisionFull]


class AnnotationOut(Answer):
    id: UUID
    kind: AnnotationKind
    revision: RevisionOut


class SaveOut(Answer):
    annotation: AnnotationOut | None
    problem: dict[str, Any] | None = Field(description="As it would have been answered alone")


class SavesOut(Answer):
    results: list[SaveOut] = Field(description="One for each of the saves, in their order")


class CaseRead(Answer):
    id: UUID
    task_id: UUID
    state: ReadState
    fence: int
    lease_until: datetime | None
    active_ms: int
    submitted_at: datetime | None
    is_mine: bool = Field(description="Whether who looks is the reader")


class CaseStudy(Answer):
    id: UUID
    study_uid: str
    pseudonym: str
    modality: str | None
    body_part: str | None
    sex: str | None
    age_years: int | None


class EarlierStudy(Answer):
    id: UUID
    study_uid: str
    modality: str | None
    body_part: str | None
    days_before: int | None = Field(description="Days before this study; null without dates")


class Reason(Answer):
    arm_label: str
    text: str


class Suggestion(Answer):
    id: UUID = Field(description="The prediction's id")
    probabilities: dict[str, float]
    label_key: str | None
    model_number: int


class UnitSuggestion(Answer):
    id: UUID = Field(description="The prediction's id")
    scope: Literal["series", "image"]
    target: str = Field(description="Series or SOP Instance UID")
    attribute: str
    probabilities: dict[str, float]
    keys: list[str] = Field(description="What accepting answers; empty where nothing is likely")
    model_number: int


class Position(Answer):
    number: int
    count: int
    has_more: bool


class Verdict(Answer):
    verdict: Literal["accepted", "returned"]
    comment: str


class ReadingCase(Answer):
    read: CaseRead
    project_id: UUID
    study: CaseStudy
    earlier: list[EarlierStudy]
    clinical_text: str | None = Field(description="null where there is none or it is hidden")
    label_schema: LabelSchemaOut
    annotations: list[AnnotationOut]
    stage: Stage | None = Field(
        description="Of a staged read: first until it is locked, second from then on"
    )
    reason: Reason | None
    suggestion: Suggestion | None
    unit_suggestions: list[UnitSuggestion] = Field(
        description="Of each series or image, in projects that learn these; else empty"
    )
    guideline: str
    position: Position
    review: Verdict | None


class LockBody(FenceBody):
    active_ms: ActiveMs = 0
    revision_ids: list[UUID] = Field(max_length=10_000)


class SubmitBody(LockBody):
    wants_next: bool = Field(default=True, description="Hold the next case at once")


class SubmitOut(Answer):
    submission_id: UUID
    next: ReadingCase | None


class PlaceBody(Body):
    """Where a comment is pinned: an image with a point on it, or a whole series.

    `point` is in image coordinates, (0,0) = corner of the first pixel.
    """

    series_uid: str | None = Field(default=None, max_length=64)
    sop_instance_uid: str | None = Field(default=None, max_length=64)
    frame_number: int = Field(default=1, ge=1)
    point: Point | None = None


class CommentIn(Body):
    id: UUID = Field(description="Made by the client: sent twice it is said once")
    text: str = Field(min_length=1, max_length=4000, pattern=r"\S")
    thread_id: UUID | None = None
    place: PlaceBody | None = Field(default=None, description="Null: the case as a whole")


class PlaceOut(Answer):
    series_uid: str | None
    sop_instance_uid: str | None
    frame_number: int
    point: list[float] | None


class CommentOut(Answer):
    id: UUID
    text: str
    created_at: datetime
    author_name: str | None = Field(description="null where reading is blinded")
    is_mine: bool
    is_by_reader: bool


class ThreadOut(Answer):
    id: UUID
    number: int
    place: PlaceOut | None
    resolved_at: datetime | None
    is_issue: bool = Field(description="It took the case out of its reader's hands")
    comments: list[CommentOut]


class ThreadList(Answer):
    items: list[ThreadOut]


class ThreadChange(Body):
    is_resolved: bool


class IssueIn(FenceBody):
    id: UUID = Field(description="Made by the client: sent twice it is asked once")
    text: str = Field(min_length=1, max_length=4000, pattern=r"\S")
    place: PlaceBody | None = Field(default=None, description="Null: the case as a whole")
    active_ms: ActiveMs = 0
    wants_next: bool = Field(default=True, description="Hold the next case at once")


class IssueRaised(Answer):
    next: ReadingCase | None


class IssueAnswer(Body):
    id: UUID = Field(description="Made by the client: sent twice it is said once")
    text: str = Field(min_length=1, max_length=4000, pattern=r"\S")


class IssueRow(Answer):
    id: UUID
    read_id: UUID
    pseudonym: str
    thumbnail_url: str
    text: str
    has_place: bool
    reader_name: str | None = Field(description="null where reading is blinded")
    created_at: datetime
    resolved_at: datetime | None
    answer: str | None


class IssueList(Answer):
    waiting: list[IssueRow]
    answered: list[IssueRow]
    hidden_count: int = Field(description="That wait, and would unblind who looks")
