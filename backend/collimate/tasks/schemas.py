"""JSON shapes of the worklist, leases, tasks and progress."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from collimate.kit.http import Answer, Body
from collimate.studies.cohorts.schemas import Chosen
from collimate.tasks.states import ReadState

ActiveMs = Annotated[int, Field(ge=0, le=10**9)]
TaskState = ReadState | Literal["auto_accepted"]


class ReadRow(Answer):
    id: UUID
    task_id: UUID
    study_id: UUID
    thumbnail_url: str
    pseudonym: str
    modality: str | None
    state: ReadState
    reason: str | None
    arm: str | None
    lease_until: datetime | None
    submitted_at: datetime | None
    active_ms: int
    skip_reason: str | None


class NextCase(Answer):
    task_id: UUID | None = Field(description="The reader's own task; null when it is from the pool")
    reason: str | None
    is_available: bool
    state: ReadState = Field(description="open, or where the reader's own work on it stands")


class Today(Answer):
    submitted_count: int
    active_ms: int


class Worklist(Answer):
    next: NextCase | None
    open_count: int
    has_more: bool
    mine: list[ReadRow]
    today: Today
    returned: list[ReadRow]


class FirstImage(Answer):
    series_uid: str
    sop_instance_uid: str


class PeekedCase(Answer):
    study_id: UUID
    study_uid: str
    first: FirstImage


class FenceBody(Body):
    fence: int = Field(ge=0)


class SkipBody(FenceBody):
    reason: str = Field(min_length=1, max_length=500)
    active_ms: ActiveMs = 0


class LeaseOut(Answer):
    lease_until: datetime
    fence: int


class ReadStanding(Answer):
    id: UUID
    task_id: UUID
    state: ReadState
    skip_reason: str | None


class TaskRead(Answer):
    id: UUID
    reader_name: str | None
    state: ReadState
    is_assigned: bool
    submitted_at: datetime | None
    active_ms: int
    skip_reason: str | None


class TaskRow(Answer):
    id: UUID
    study_id: UUID
    pseudonym: str
    thumbnail_url: str
    state: TaskState
    priority: float
    arm: str
    reason: str
    wanted_reads: int
    reads: list[TaskRead]


class TaskPage(Answer):
    items: list[TaskRow]
    next: str | None


class AssignmentBody(Body):
    reader_id: UUID
    task_ids: list[UUID] | None = Field(default=None, max_length=1000)
    count: int = Field(default=0, ge=0, le=1000)
    cohort_id: UUID | None = Field(default=None, description="`count` of this cohort only")
    studies: Chosen | None = Field(default=None, description="The cases of these studies")


class AssignmentOut(Answer):
    assigned_count: int


class FirstBody(Body):
    task_ids: list[UUID] = Field(min_length=1, max_length=200)


class FirstOut(Answer):
    moved_count: int


class TaskChange(Body):
    priority: float = Field(ge=-1e9, le=1e9, allow_inf_nan=False)


class TaskOut(Answer):
    id: UUID
    study_id: UUID
    state: TaskState
    priority: float
    arm: str
    reason: str
    wanted_reads: int


class ReaderProgress(Answer):
    user_id: UUID
    name: str
    submitted_count: int
    skipped_count: int
    active_ms_total: int
    active_ms_median: int | None
    last_submitted_at: datetime | None


class Progress(Answer):
    counts: dict[str, int]
    readers: list[ReaderProgress]
