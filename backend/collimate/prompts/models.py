"""Prompt sessions: all prompts of a reader for one structure, and the mask they make."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit import clock
from collimate.kit.database import JsonList, Row


class PromptSession(Row):
    """What a reader points at in one series, as it is now.

    `prompts` is the whole of it; `asked` counts its states and `answered` is the newest one whose
    mask is stored, so that a session goes on wherever a segmenter takes it up. `segmenter` and
    `segmenter_version` say who answered. `note` says of the answer what it lacks.
    `claimed_until` is when a segmenter that fell silent loses it. Closed sessions keep no mask;
    they stay, images purged or not, as where accepted segments came from.
    """

    __tablename__ = "prompt_session"
    __table_args__ = (
        Index(
            "ix_prompt_session_waiting",
            "asked_at",
            postgresql_where=text("closed_at IS NULL AND asked > answered"),
        ),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    read_id: Mapped[UUID] = mapped_column(ForeignKey("read.id", ondelete="CASCADE"), index=True)
    series_id: Mapped[UUID]
    reader_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    segmenter: Mapped[str] = mapped_column(default="")
    segmenter_version: Mapped[str] = mapped_column(default="")
    through_frames: Mapped[bool]
    prompts: Mapped[JsonList]
    asked: Mapped[int]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    answered: Mapped[int] = mapped_column(default=0)
    progress: Mapped[float] = mapped_column(default=0.0)
    problem: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    claimed_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class PromptFrame(Row):
    """The mask of a session on one frame, in run lengths, since state `answered`."""

    __tablename__ = "prompt_frame"
    __table_args__ = (UniqueConstraint(
            "prompt_session_id", "sop_instance_uid", "frame_number",
            name="uq_prompt_frame_prompt_session_id",
        ),
    )  # fmt: skip

    prompt_session_id: Mapped[UUID] = mapped_column(
        ForeignKey("prompt_session.id", ondelete="CASCADE")
    )
    sop_instance_uid: Mapped[str]
    frame_number: Mapped[int]
    answered: Mapped[int]
    runs: Mapped[list[Any]] = mapped_column(JSONB)


class SegmenterFile(Row):
    """A segmenter that was given; the one that is not withdrawn answers.

    `weights_sha256` is the blob of its safetensors, which hold its recipe too; `source_sha256` is
    the file they were read from.
    """

    __tablename__ = "segmenter_file"
    __table_args__ = (
        Index(
            "uq_segmenter_file_serving",
            text("(true)"),
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    weights_sha256: Mapped[str]
    source_sha256: Mapped[str]
    given_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    withdrawn_at: Mapped[datetime | None]
