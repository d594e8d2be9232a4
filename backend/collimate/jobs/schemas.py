"""JSON shapes of jobs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import computed_field

from collimate.jobs.kinds import TITLE_OF, JobKind
from collimate.kit.http import Answer


class JobOut(Answer):
    id: UUID
    kind: JobKind
    project_id: UUID | None
    state: str
    progress: float
    message: str
    error: str
    attempt: int
    created_at: datetime
    finished_at: datetime | None
    result: dict[str, Any]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def title(self) -> str:
        """What the job does, in words."""
        return TITLE_OF[self.kind]


class JobList(Answer):
    items: list[JobOut]
