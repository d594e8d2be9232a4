"""JSON shapes of deleted studies."""

from datetime import date, datetime
from uuid import UUID

from collimate.kit.http import Answer
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
