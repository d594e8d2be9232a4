"""Clinical texts of studies, every version of them."""

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from collimate.kit.database import Row


class StudyText(Row):
    """One version of the clinical text of a study; `number` counts from 1, the highest holds.

    Versions are never changed. They go all together: with the images of a deleted study, with an
    erased patient, or when someone takes the text away.
    """

    __tablename__ = "study_text"
    __table_args__ = (UniqueConstraint("study_id", "number"),)

    project_id: Mapped[UUID] = mapped_column(ForeignKey("project.id"))
    study_id: Mapped[UUID] = mapped_column(ForeignKey("study.id", ondelete="CASCADE"))
    number: Mapped[int]
    text: Mapped[str]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("user.id"))
