"""Reviews of submissions, and examples for readers."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class Review(Row):
    """A reviewer's verdict on a submission: accepted or returned. It never changes the read."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("submission_id"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"))
    reviewer_id: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
    verdict: Mapped[str]
    comment: Mapped[str] = mapped_column(default="")


class GuideExample(Row):
    """An image of a finished case that shows readers what a label means."""

    __tablename__ = "guide_example"

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"), index=True)
    label_key: Mapped[str]
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    sop_instance_uid: Mapped[str]
    frame_number: Mapped[int]
    caption: Mapped[str] = mapped_column(default="")
    created_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
