"""Dataset versions, their entries, and exports."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class DatasetVersion(Row):
    """A named, immutable set of accepted reads; `manifest_sha256` covers every entry."""

    __tablename__ = "dataset_version"
    __table_args__ = (UniqueConstraint("project_id", "name"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    name: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    label_schema_id: Mapped[UUID] = mapped_column(ForeignKey("label_schema.id"))
    split_shares: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    manifest: Mapped[dict[str, Any]] = mapped_column(JSONB)
    manifest_sha256: Mapped[str]
    frozen_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))


class DatasetEntry(Row):
    """One accepted submission in a dataset version, and the split of its patient.

    Or, where the version is told to hold them, a case that a model answered by itself.
    """

    __tablename__ = "dataset_entry"
    __table_args__ = (
        UniqueConstraint("dataset_version_id", "submission_id"),
        CheckConstraint(
            "num_nonnulls(submission_id, auto_accepted_case_id) = 1", name="one_origin"
        ),
    )

    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"), index=True)
    submission_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"))
    auto_accepted_case_id: Mapped[UUID | None]
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patient.id"))
    split: Mapped[str]


class DatasetErasure(Row):
    """What the erasure of a patient took out of a frozen version. Insert only.

    The places of the entries stay, as `{"erasure_id": …}`; `manifest_sha256` covers the manifest
    as it is since then, and the newest one is what the version is verified against.
    """

    __tablename__ = "dataset_erasure"
    __table_args__ = (UniqueConstraint("dataset_version_id", "erasure_id"),)

    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"))
    erasure_id: Mapped[UUID] = mapped_column(ForeignKey("erasure.id"))
    entry_count: Mapped[int]
    manifest_sha256: Mapped[str]


class Export(Row):
    """A dataset version written in one format; `format`: csv or coco."""

    __tablename__ = "export"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    dataset_version_id: Mapped[UUID] = mapped_column(ForeignKey("dataset_version.id"), index=True)
    format: Mapped[str]
    state: Mapped[str] = mapped_column(default="queued")
    job_id: Mapped[UUID | None]
    requested_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    blob_sha256: Mapped[str | None]
    byte_count: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str] = mapped_column(default="")
