"""Tasks and reads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class Task(Row):
    """One study to be read in one project; a study has one task.

    `priority` orders the worklist (higher first); `arm` and `reason` say who asked for it:
    strategy, control, evaluation (hold-out), reaudit (the model accepted it, and a reader is to
    say without knowing), person, or arrival. `state` is that of its places, or auto_accepted.
    `is_holdout` is the patient's, who keeps it for ever: told here, so that an index leads past
    cases that readers are not given.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index(
            "ix_task_project_id_state_priority", "project_id", "state", text("priority DESC"), "id"
        ),
        Index(
            "ix_task_project_id_priority_in_reach",
            "project_id",
            text("priority DESC"),
            "id",
            postgresql_where=text("state = 'open' AND (NOT is_holdout OR arm = 'evaluation')"),
        ),
        Index(
            "ix_task_project_id_wanted_reads",
            "project_id",
            "wanted_reads",
            postgresql_where=text("state = 'open'"),
        ),
        UniqueConstraint("study_id"),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    is_holdout: Mapped[bool]
    state: Mapped[str] = mapped_column(default="open")
    priority: Mapped[float] = mapped_column(default=0.0)
    arm: Mapped[str] = mapped_column(default="arrival")
    reason: Mapped[str] = mapped_column(default="")
    wanted_reads: Mapped[int] = mapped_column(default=1)


class Read(Row):
    """One reader's place on a task. Slots are rows, so more reads than wanted cannot exist.

    States: open → claimed → draft → submitted → accepted | returned; skipped(reason);
    a lease that runs out frees the slot and keeps the draft for the same reader.
    """

    __tablename__ = "read"
    __table_args__ = (
        UniqueConstraint("task_id", "slot"),
        UniqueConstraint("task_id", "reader_id"),
        Index("ix_read_project_id_state", "project_id", "state"),
        Index("ix_read_reader_id_state", "reader_id", "state"),
        CheckConstraint(
            "(state = 'open') = (reader_id IS NULL AND lease_until IS NULL)",
            name="open_has_no_reader",
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    task_id: Mapped[UUID] = mapped_column(ForeignKey("task.id"), index=True)
    slot: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    reader_id: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    is_assigned: Mapped[bool] = mapped_column(default=False)
    lease_until: Mapped[datetime | None]
    fence: Mapped[int] = mapped_column(BigInteger, default=0)
    label_schema_id: Mapped[UUID | None] = mapped_column(ForeignKey("label_schema.id"))
    active_ms: Mapped[int] = mapped_column(BigInteger, default=0)
    claimed_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    skip_reason: Mapped[str | None]
