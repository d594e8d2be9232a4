"""Jobs of machines, and events that tell browsers what changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit import clock
from collimate.kit.database import Row, Table


class Job(Row):
    """One piece of background work. Arguments are ids, never patient data.

    States: queued → running → done | failed | cancelled; a lost lease puts it back to queued.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_dedup_key_live",
            "dedup_key",
            unique=True,
            postgresql_where=text("state = 'queued'"),
        ),
        Index("ix_job_dedup_key_failed", "dedup_key", postgresql_where=text("state = 'failed'")),
        Index("ix_job_queue_state_priority", "queue", "state", text("priority DESC"), "id"),
    )

    kind: Mapped[str]
    queue: Mapped[str]
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB)
    project_id: Mapped[UUID | None] = mapped_column(index=True)
    requested_by: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(default="queued")
    priority: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(default=0.0)
    message: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    result: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    dedup_key: Mapped[str | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)


class Event(Table):
    """Something changed; the payload holds ids only. Feeds the browser with replay."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    topic: Mapped[str]
    project_id: Mapped[UUID | None] = mapped_column(index=True)
    user_id: Mapped[UUID | None]
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
