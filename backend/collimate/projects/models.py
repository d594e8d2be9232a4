"""Projects, members, and versioned label schemas."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class Project(Row):
    """A question asked of a set of studies.

    `reading_rules`: wanted_reads, blinded, review_required, show_reason, show_suggestion,
    show_earlier, show_clinical_text, guideline, hanging. `learning_rules`: strategy, batch_size,
    control_share, holdout_share, retrain_every.
    `deidentification`: see `projects/profile.py`. `key` is the secret that the order of draws
    derives from; the one that identities derive from is a `DeidentificationKey`.
    """

    __tablename__ = "project"

    name: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="")
    reading_rules: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    learning_rules: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    deidentification: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))
    is_demo: Mapped[bool] = mapped_column(default=False)
    archived_at: Mapped[datetime | None]


class DeidentificationKey(Row):
    """What UIDs, pseudonyms and date shifts of a project derive from, with the instance secret.

    Insert only: another key would cut the link between the visits of a patient. The table holds
    no identifier of a person, and is of no use without the secret, which is not in the database.
    """

    __tablename__ = "deidentification_key"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), unique=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32))


class Member(Row):
    """A user's role in a project; the roles are in `access/policy.py`."""

    __tablename__ = "member"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[str]


class LabelSchema(Row):
    """One version of what may be marked. Immutable once a read is pinned to it.

    `answer_mode`: single, multi or none: how study-level classes are answered. `attributes`: see
    `projects/attributes.py`. `exclusion_reasons`: key and name of every reason for leaving a case
    out. `quality_verdict`: none, optional or required: whether image quality is judged.
    """

    __tablename__ = "label_schema"
    __table_args__ = (UniqueConstraint("project_id", "version"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    version: Mapped[int]
    question: Mapped[str] = mapped_column(default="")
    answer_mode: Mapped[str] = mapped_column(default="single")
    attributes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    exclusion_reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    quality_verdict: Mapped[str] = mapped_column(default="none")
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("user.id"))


class Label(Row):
    """Something a reader may say or draw; `kind`: class, a kind of mark, or segment."""

    __tablename__ = "label"
    __table_args__ = (
        UniqueConstraint("label_schema_id", "key"),
        UniqueConstraint("label_schema_id", "hotkey"),
    )

    label_schema_id: Mapped[UUID] = mapped_column(ForeignKey("label_schema.id"), index=True)
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    colour: Mapped[str]
    hotkey: Mapped[str | None]
    code_scheme: Mapped[str | None]
    code_value: Mapped[str | None]
    code_meaning: Mapped[str | None]
    position: Mapped[int]
