"""Annotations, their append-only revisions, first reads, submissions, and comments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class Annotation(Row):
    """One mark, segment or study-level answer within a read; its content lies in its revisions.

    `place` is set where there can be only one: the answer of the read, a segment on its frame.
    """

    __tablename__ = "annotation"
    __table_args__ = (UniqueConstraint("read_id", "kind", "place"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    read_id: Mapped[UUID] = mapped_column(ForeignKey("read.id"), index=True)
    kind: Mapped[str]
    place: Mapped[str | None]


class AnnotationRevision(Row):
    """One saved state of an annotation. Insert only; no two revisions share a parent.

    `content` is canonical JSON; `sha256` its hash. A deletion is a revision with
    `is_deleted`. Human revisions name the browser session they came from. A segment accepted from
    prompts names its `prompt_session`.
    """

    __tablename__ = "annotation_revision"
    __table_args__ = (
        UniqueConstraint("annotation_id", "parent_id", postgresql_nulls_not_distinct=True),
        Index("ix_annotation_revision_annotation_id_number", "annotation_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    annotation_id: Mapped[UUID] = mapped_column(ForeignKey("annotation.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("annotation_revision.id"))
    number: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    sign_in_id: Mapped[UUID | None]
    is_deleted: Mapped[bool] = mapped_column(default=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    reason: Mapped[str | None]
    suggestion_id: Mapped[UUID | None]
    prompt_session_id: Mapped[UUID | None]


class Submission(Row):
    """The exact revisions a reader stands by; what review, training and export use.

    `exclusion`: key of the reason why the case is left out. `quality`: the verdict on its images.
    Both are in `content` too.
    """

    __tablename__ = "submission"
    __table_args__ = (UniqueConstraint("read_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    read_id: Mapped[UUID] = mapped_column(ForeignKey("read.id"), index=True)
    number: Mapped[int]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    revision_ids: Mapped[list[Any]] = mapped_column(JSONB)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    exclusion: Mapped[str | None]
    quality: Mapped[str | None]


class FirstRead(Row):
    """What a reader stood by before the model was shown; insert only, at most one of a read.

    `suggestion_ids` are what was shown next: of the case, or of each series or image the model has
    looked at; `suggested_key` what it leans to, if of the case; `active_ms` the time until then.
    """

    __tablename__ = "first_read"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    read_id: Mapped[UUID] = mapped_column(ForeignKey("read.id", ondelete="CASCADE"), unique=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    revision_ids: Mapped[list[Any]] = mapped_column(JSONB)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sha256: Mapped[str]
    active_ms: Mapped[int] = mapped_column(BigInteger)
    suggestion_ids: Mapped[list[Any]] = mapped_column(JSONB)
    suggested_key: Mapped[str | None]


class Comment(Row):
    """What someone said about a case, beside a read; its text never changes.

    The first of a thread has no `thread_id`; it holds the `place` (series, image, frame, point in
    image coordinates; none is the case as a whole), whether the thread is settled, and whether it
    is an issue: a question that took the case out of its reader's hands until it is answered.
    """

    __tablename__ = "comment"
    __table_args__ = (
        Index("ix_comment_project_id_issue", "project_id", postgresql_where=text("is_issue")),
    )

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    read_id: Mapped[UUID] = mapped_column(ForeignKey("read.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[UUID | None] = mapped_column(ForeignKey("comment.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    text: Mapped[str]
    place: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))
    is_issue: Mapped[bool] = mapped_column(default=False)
