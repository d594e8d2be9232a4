"""JSON shapes of cases that a model answers by itself."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer, Body

Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]


class AutoAcceptOn(Body):
    target: float = Field(gt=0, lt=1, description="One of the targets of the estimate")
    reason: Reason


class AutoAcceptOff(Body):
    reason: Reason


class LackingAnswer(Answer):
    key: str
    name: str
    is_absence: bool = Field(description="Of several answers: that the label is not there")
    count: int = Field(description="Reads of the calibrating half that say so")
    more: int = Field(description="How many more that half needs")


class TargetEstimate(Answer):
    target: float = Field(description="The error that is allowed")
    accepted_check_count: int = Field(description="Checking reads that it would have accepted")
    error_count: int = Field(description="Of those, answered otherwise by readers")
    bound: float = Field(description="Clopper-Pearson upper bound of the error, 95 %")
    would_accept_count: int = Field(description="Of the open cases")
    lacking: list[LackingAnswer]
    more_reads: int | None = Field(
        description="At least so many more reads of the control arm; null: no number helps"
    )
    is_met: bool


class AutoAcceptEstimate(Answer):
    model_number: int
    round_number: int
    audit_count: int = Field(description="Reads of the control arm, one per patient")
    calibration_count: int
    check_count: int
    open_count: int | None = Field(description="Cases that could be accepted; null: not looked at")
    weights_sha256: str | None
    drifts: list[str] = Field(description="sites, scores: where the control arm is not the pool")
    targets: list[TargetEstimate]


class AutoAcceptAbout(Answer):
    target: float
    reason: str
    weights_sha256: str
    since: datetime
    by_name: str
    model_number: int


class AutoAcceptNow(AutoAcceptAbout):
    accepted_count: int = Field(description="All so far, re-audits among them")
    standing_count: int = Field(description="Out of the queue now")
    reaudit_count: int
    reaudit_read_count: int
    disagreement_count: int
    bound: float = Field(description="Of the error, control arm and re-audits together")


class AutoAcceptLast(AutoAcceptAbout):
    off_at: datetime
    off_code: str
    off_reason: str
    off_by_name: str | None


class AutoAcceptPanel(Answer):
    refusals: list[str] = Field(description="Why it cannot be turned on, whatever the numbers say")
    estimate: AutoAcceptEstimate | None
    now: AutoAcceptNow | None
    last: AutoAcceptLast | None


class AutoAcceptedCaseOut(Answer):
    task_id: UUID
    study_id: UUID
    pseudonym: str
    thumbnail_url: str
    label_keys: list[str]
    p_values: dict[str, Any]
    model_number: int
    weights_sha256: str
    accepted_at: datetime


class AutoAcceptedList(Answer):
    items: list[AutoAcceptedCaseOut]


class GivenBack(Answer):
    id: UUID
    state: str
