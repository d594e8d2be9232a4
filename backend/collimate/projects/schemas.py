"""JSON shapes of projects, members, label schemas, and of the browser session."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from collimate.access.hanging import HangingProtocol, HangingProtocols
from collimate.access.policy import Permission, Role
from collimate.access.schemas import Me
from collimate.kit.http import Answer, Body

AnswerKey = Annotated[str, Field(max_length=60)]


class ProjectGlance(Answer):
    id: UUID
    name: str
    is_demo: bool
    role: Role
    permissions: list[Permission]


class SessionOut(Answer):
    user: Me
    csrf_token: str
    expires_at: datetime
    projects: list[ProjectGlance]


class ReadingRulesOut(Answer):
    wanted_reads: int
    is_blinded: bool
    review_required: bool
    show_reason: bool
    show_suggestion: bool
    is_staged: bool
    show_earlier: bool
    show_clinical_text: bool
    guideline: str
    hanging: list[HangingProtocol]
    label_guidelines: dict[str, str]


class LearningRulesOut(Answer):
    is_on: bool
    strategy: str
    batch_size: int
    control_share: float
    holdout_share: float
    evaluation_share: float
    quotas: dict[str, float]
    most_drop: float
    weighs_minutes: bool
    predicts: str = Field(
        description="Key of an attribute of series or images; empty for the study's answer"
    )


class ProjectOut(Answer):
    id: UUID
    name: str
    purpose: str
    is_demo: bool
    role: Role
    reading_rules: ReadingRulesOut
    learning_rules: LearningRulesOut
    created_at: datetime


class ProjectList(Answer):
    items: list[ProjectOut]


class ProjectIn(Body):
    name: str = Field(min_length=1, max_length=200)
    purpose: str = Field(default="", max_length=4000)


class ReadingRulesIn(Body):
    wanted_reads: int | None = None
    is_blinded: bool | None = None
    review_required: bool | None = None
    show_reason: bool | None = None
    show_suggestion: bool | None = None
    is_staged: bool | None = Field(
        default=None, description="The first read is locked before the suggestion is shown"
    )
    show_earlier: bool | None = None
    show_clinical_text: bool | None = None
    guideline: str | None = Field(default=None, max_length=20000)
    hanging: HangingProtocols | None = None
    label_guidelines: dict[AnswerKey, Annotated[str, Field(max_length=20000)]] | None = Field(
        default=None, max_length=200
    )


class LearningRulesIn(Body):
    is_on: bool | None = None
    strategy: str | None = Field(default=None, max_length=60)
    batch_size: int | None = None
    control_share: float | None = None
    holdout_share: float | None = None
    evaluation_share: float | None = None
    quotas: dict[str, float] | None = None
    most_drop: float | None = None
    weighs_minutes: bool | None = None
    predicts: str | None = Field(default=None, max_length=60)


class ProjectChange(Body):
    name: str | None = Field(default=None, min_length=1, max_length=200)
    purpose: str | None = Field(default=None, max_length=4000)
    reading_rules: ReadingRulesIn | None = None
    learning_rules: LearningRulesIn | None = None


class SafePrivateTag(Body):
    creator: str = Field(min_length=1, max_length=64)
    tag: str = Field(max_length=20, description="gggg,xxee, for example 0019xx0C")


class DeidentificationOut(Answer):
    retain_dates: bool = Field(description="Dates moved per patient; off: removed")
    retain_characteristics: bool = Field(description="Sex, age up to 90, size, weight")
    retain_device: bool
    clean_descriptors: bool
    hold_suspected: bool = Field(description="A person looks where pixels may show a name")
    safe_private: list[SafePrivateTag]


class DeidentificationChange(Body):
    retain_dates: bool | None = None
    retain_characteristics: bool | None = None
    retain_device: bool | None = None
    clean_descriptors: bool | None = None
    hold_suspected: bool | None = None
    safe_private: list[SafePrivateTag] | None = Field(default=None, max_length=200)


class LookUpIn(Body):
    patient_id: str = Field(min_length=1, max_length=64)
    issuer: str = Field(default="", max_length=64)
    uids: list[Annotated[str, Field(pattern=r"^[0-9.]{1,64}$")]] = Field(
        default=[], max_length=1000
    )


class LookedUpOut(Answer):
    pseudonym: str
    shift_days: int = Field(description="Days by which all dates of this patient are moved back")
    uids: dict[str, str]


class MemberOut(Answer):
    user_id: UUID
    name: str
    email: str
    role: Role


class MemberList(Answer):
    items: list[MemberOut]


class MemberIn(Body):
    email: str = Field(max_length=254)
    role: Role


MarkKind = Literal[
    "point",
    "length",
    "bidirectional",
    "angle",
    "cobb",
    "box",
    "circle",
    "ellipse",
    "polygon",
    "freehand",
    "spline",
    "polyline",
]
LabelKind = Literal["class", MarkKind, "segment"]
AnswerMode = Literal["single", "multi", "none"]


AttributeKind = Literal["single", "multi", "number", "text", "yes_no"]
AttributeScope = Literal["study", "series", "image", "region"]
QualityRule = Literal["none", "optional", "required"]
Bound = Annotated[float, Field(allow_inf_nan=False)]


class ChoiceIn(Body):
    key: AnswerKey | None = Field(default=None, description="Made from the name where missing")
    name: str = Field(min_length=1, max_length=120)


class ConditionIn(Body):
    """Asked only where an earlier attribute of the same scope has one of these answers."""

    attribute: AnswerKey
    any_of: list[AnswerKey] = Field(max_length=100)


class AttributeIn(Body):
    """Something asked beside the labels; see the documentation on label schemas."""

    key: AnswerKey | None = Field(default=None, description="Made from the name where missing")
    name: str = Field(min_length=1, max_length=200)
    kind: AttributeKind
    scope: AttributeScope
    label_keys: list[AnswerKey] = Field(
        default=[], max_length=200, description="Asked only of these; empty: of all"
    )
    choices: list[ChoiceIn] = Field(default=[], max_length=100)
    unit: str = Field(default="", max_length=20)
    minimum: Bound | None = None
    maximum: Bound | None = None
    is_required: bool = False
    shown_when: ConditionIn | None = None


class ChoiceOut(Answer):
    key: str
    name: str


class ConditionOut(Answer):
    attribute: str
    any_of: list[str]


class AttributeOut(Answer):
    key: str
    name: str
    kind: AttributeKind
    scope: AttributeScope
    label_keys: list[str]
    choices: list[ChoiceOut]
    unit: str
    minimum: float | None
    maximum: float | None
    is_required: bool
    shown_when: ConditionOut | None


class LabelOut(Answer):
    id: UUID
    key: str
    name: str
    kind: LabelKind
    colour: str
    hotkey: str | None
    code_scheme: str | None
    code_value: str | None
    code_meaning: str | None
    position: int


class LabelSchemaOut(Answer):
    id: UUID
    project_id: UUID
    version: int
    question: str
    answer_mode: AnswerMode
    is_used: bool
    created_at: datetime
    labels: list[LabelOut]
    attributes: list[AttributeOut]
    exclusion_reasons: list[ChoiceOut]
    quality_verdict: QualityRule


class LabelSchemaList(Answer):
    items: list[LabelSchemaOut]


class LabelIn(Body):
    name: str = Field(min_length=1, max_length=120)
    kind: LabelKind
    colour: str = Field(max_length=7)
    key: str | None = Field(default=None, max_length=60)
    hotkey: str | None = Field(default=None, max_length=1)
    code_scheme: str | None = Field(default=None, max_length=16)
    code_value: str | None = Field(default=None, max_length=64)
    code_meaning: str | None = Field(default=None, max_length=200)


class LabelSchemaIn(Body):
    question: str = Field(default="", max_length=500)
    answer_mode: AnswerMode
    labels: list[LabelIn] = Field(max_length=200)
    attributes: list[AttributeIn] = Field(default=[], max_length=200)
    exclusion_reasons: list[ChoiceIn] = Field(default=[], max_length=30)
    quality_verdict: QualityRule = "none"
