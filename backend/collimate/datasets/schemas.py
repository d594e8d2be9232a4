"""JSON shapes of dataset versions and exports."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from collimate.datasets.exports import ExportFormat
from collimate.kit.http import Answer, Body


class SplitSharesBody(Body):
    train: float = Field(ge=0, le=1)
    validation: float = Field(ge=0, le=1)
    test: float = Field(ge=0, le=1)


class SplitSharesOut(Answer):
    train: float
    validation: float
    test: float


class PreviewIn(Body):
    split_shares: SplitSharesBody
    includes_excluded: bool = Field(default=False, description="Also cases a reader excluded")
    includes_auto_accepted: bool = Field(
        default=False,
        description="Also cases that a model answered by itself, in the training part only",
    )
    cohort_id: UUID | None = None


class DatasetIn(PreviewIn):
    name: str = Field(min_length=1, max_length=100, pattern=r"\S")
    note: str = Field(default="", max_length=4000)


class SplitCounts(Answer):
    train: int
    validation: int
    test: int


class DatasetCounts(SplitCounts):
    studies: int
    patients: int
    reads: int
    excluded: int = 0
    auto_accepted: int = Field(
        default=0, description="Cases that a model answered by itself; in no other number"
    )
    by_label: dict[str, SplitCounts]


class PreviewOut(Answer):
    counts: DatasetCounts


class ExportIn(Body):
    format: ExportFormat


class ExportOut(Answer):
    id: UUID
    format: ExportFormat
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: float
    message: str
    byte_count: int | None
    error: str
    created_at: datetime
    job_id: UUID | None


class DatasetVersionOut(Answer):
    id: UUID
    name: str
    note: str
    created_at: datetime
    frozen_by_name: str
    counts: DatasetCounts
    split_shares: SplitSharesOut
    manifest_sha256: str
    exports: list[ExportOut]
    erased_count: int


class DatasetList(Answer):
    items: list[DatasetVersionOut]


class Manifest(Answer):
    manifest: dict[str, Any]
    manifest_sha256: str


class VerifyProblem(Answer):
    kind: str
    id: str
    text: str


class Verification(Answer):
    is_intact: bool
    erased_count: int
    checked_count: int
    problems: list[VerifyProblem]
