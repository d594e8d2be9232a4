"""JSON shapes of learning."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer


class EncoderOut(Answer):
    kind: str
    state: str
    dimension: int
    progress: float


class EncoderComparison(Answer):
    label_count: int
    loss_now: float = Field(description="Class-balanced log-loss of what serves now, held out")
    loss_other: float
    score_now: float = Field(description="Macro recall")
    score_other: float
    difference: float = Field(description="Log-loss the new encoder saves")
    low: float
    high: float
    is_better: bool
    compared_at: datetime


class EncoderTrial(Answer):
    kind: str
    state: Literal["waiting", "in_use", "not_better"]
    next_at_label_count: int | None
    last: EncoderComparison | None


class CurvePoint(Answer):
    label_count: int
    active_minutes: float
    score: float
    low: float | None
    high: float | None


class Forecast(Answer):
    label_count: int
    trend: float
    score: float
    low: float
    high: float


class Curve(Answer):
    strategy: list[CurvePoint]
    control: list[CurvePoint]
    metric: str
    forecast: Forecast | None


class CalibrationBin(Answer):
    low: float
    high: float
    count: int
    mean_probability: float
    observed: float


class Calibration(Answer):
    bins: list[CalibrationBin]
    ece: float | None


class Interval(Answer):
    value: float | None
    low: float | None
    high: float | None
    n: int


class ClassScore(Answer):
    key: str
    name: str
    score: float | None = Field(description="Recall of an answer, Dice of masks, F1 of boxes")
    low: float | None
    high: float | None
    count: int
    distance_mm: float | None = Field(description="Mean distance of outlines; masks only")
    average_precision: Interval | None = Field(description="Of boxes only; n counts boxes")
    froc: list[float] | None = Field(
        description="Share found at 1/8, 1/4, 1/2, 1, 2 and 4 false marks per image; boxes only"
    )


class GroupScore(Answer):
    attribute: str
    value: str
    score: float | None
    low: float | None
    high: float | None
    count: int


class Confusion(Answer):
    keys: list[str]
    matrix: list[list[int]]


class PromotedModel(Answer):
    id: UUID
    number: int
    promoted_at: datetime
    label_count: int


class Predicted(Answer):
    scope: Literal["series", "image"]
    name: str = Field(description="The attribute that is learned")


class LearningPage(Answer):
    state: str
    kind: Literal["classification", "segmentation", "detection"] | None = Field(
        description="What the project teaches: an answer, masks or boxes"
    )
    predicts: Predicted | None = Field(
        description="What is learned of each series or image; null where studies are learned"
    )
    encoder: EncoderOut | None
    encoder_trial: EncoderTrial | None
    pool_count: int
    labelled_count: int
    control_count: int
    evaluation_count: int
    holdout_count: int
    next_round_in: int | None
    curve: Curve
    calibration: Calibration
    per_class: list[ClassScore]
    subgroups: list[GroupScore]
    confusion: Confusion
    model: PromotedModel | None
    warnings: list[str]


class Drop(Answer):
    attribute: str = Field(description="class, absence of, site, scanner, sex or age")
    value: str
    before: float = Field(description="Share of right answers of the model that spoke then")
    after: float
    count: int
    worse: int = Field(description="Patients with fewer right answers than before")
    better: int


class Correlation(Answer):
    """Of two heat maps of an image, -1 to 1: mean over images with a 95 % interval."""

    mean: float
    low: float
    high: float


class MapCheck(Answer):
    """A model's maps beside those of randomised weights; None where it was not to be had."""

    method: str
    image_count: int
    head: Correlation | None = None
    encoder: Correlation | None = None
    other_image: Correlation | None = None
    follows_weights: bool | None = None


class ModelOut(Answer):
    id: UUID
    number: int
    created_at: datetime
    label_count: int
    score: float | None
    low: float | None
    high: float | None
    is_promoted: bool
    retired_at: datetime | None
    held_back: list[Drop] = Field(description="Why it was not let speak by itself; else empty")
    map_check: MapCheck | None
    weights_sha256: str
    manifest_sha256: str
    code_version: str
    seed: int


class ModelList(Answer):
    items: list[ModelOut]


class BatchOut(Answer):
    round_number: int
    strategy: str
    created_at: datetime
    pool_count: int
    seed: int
    control_share: float


class QueueItem(Answer):
    task_id: UUID
    study_id: UUID
    pseudonym: str
    thumbnail_url: str
    rank: int
    arm: str
    reason_code: str
    reason: str
    scores: dict[str, float]
    state: str


class QueueOut(Answer):
    batch: BatchOut | None
    items: list[QueueItem]
    hidden_count: int = Field(description="Picks the asker may still read, and is not to know of")


class SuggestedSegment(Answer):
    label_key: str
    runs: list[int]


class SuggestedBox(Answer):
    label_key: str
    points: list[list[float]]
    probability: float


class SuggestedFrame(Answer):
    sop_instance_uid: str
    frame_number: int
    doubt: float = Field(description="Predictive entropy of its doubtful tenth, 0 to 1")
    segments: list[SuggestedSegment]
    boxes: list[SuggestedBox]


class SuggestionOut(Answer):
    id: UUID
    probabilities: dict[str, float]
    label_key: str | None
    model_number: int
    frames: list[SuggestedFrame] = Field(
        description="What a model of masks or boxes would draw, in reading order; else empty"
    )


class Neighbour(Answer):
    study_id: UUID
    pseudonym: str
    is_same_patient: bool
    similarity: float = Field(description="Cosine between both embeddings; 1 is the same")
    thumbnail_url: str


class Neighbours(Answer):
    encoder_kind: str | None
    items: list[Neighbour]


class StrategyOut(Answer):
    key: str
    name: str
    description: str
    paper: str


class StrategyList(Answer):
    items: list[StrategyOut]


class SliceDoubt(Answer):
    sop_instance_uid: str
    frame_number: int
    uncertainty: float = Field(description="0: the model is sure; 1: it has no idea")


class LookHere(Answer):
    """How unsure the model that speaks is on each slice it looked at, in their order."""

    model_number: int
    slices: list[SliceDoubt]
