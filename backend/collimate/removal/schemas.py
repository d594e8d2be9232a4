"""JSON shapes of deleted studies and erased patients."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer, Body
from collimate.studies.cohorts.schemas import Chosen
from collimate.studies.delete import DeletionReason


class DeletedStudy(Answer):
    id: UUID
    study_uid: str
    pseudonym: str
    study_date: date | None
    modality: str | None
    body_part: str | None
    instance_count: int
    read_count: int
    deleted_at: datetime
    deleted_by_name: str | None
    deletion_reason: DeletionReason | None
    purged_after: datetime
    purged_at: datetime | None
    kept_by_datasets: list[str]


class DeletedStudyPage(Answer):
    items: list[DeletedStudy]
    next: str | None
    restore_days: int


class StudiesOut(Body):
    studies: Chosen
    reason: DeletionReason = DeletionReason.OTHER


class StudiesBack(Body):
    study_ids: list[UUID] = Field(max_length=10_000)


class StudiesMoved(Answer):
    study_ids: list[UUID] = Field(description="Those that were moved")


class ErasureIn(Body):
    pseudonym: str = Field(min_length=1, max_length=64)


class ErasurePreview(Answer):
    projects: int
    studies: int
    instances: int
    annotation_revisions: int
    submissions: int
    dataset_versions: int
    files_set_aside: int = Field(description="In quarantine, in conflict or held, and theirs")
    files_unread: int = Field(description="Set aside and of nobody yet: read before the erasure")


class ErasureOut(Answer):
    id: UUID
    created_at: datetime
    ordered_by_name: str
    counts: dict[str, int]
    rows_removed_at: datetime | None
    finished_at: datetime | None


class ErasureList(Answer):
    items: list[ErasureOut]


class Certificate(Answer):
    format: str
    erasure_id: UUID
    patient_hash: str
    ordered_by: str
    ordered_at: datetime
    rows_removed_at: datetime
    finished_at: datetime
    removed: dict[str, int]
    dataset_versions: list[dict[str, Any]]
    not_reached: list[str]
    audit: list[dict[str, Any]]
