"""Staged reading: the first read is made and locked without the model, then the model is shown."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import FirstRead
from collimate.projects.rules import ReadingRules
from collimate.tasks.models import Read


class Stage(StrEnum):
    """Where a read stands: before its first read is locked, or after."""

    FIRST = "first"
    SECOND = "second"


def first_read(session: Session, read_id: UUID) -> FirstRead | None:
    """What was locked before the model was shown; None as long as nothing was."""
    return session.scalars(select(FirstRead).where(FirstRead.read_id == read_id)).one_or_none()


def hides_machine(session: Session, rules: ReadingRules, read: Read) -> bool:
    """Whether this reader may not yet be told anything that comes from a model."""
    return rules.is_staged and first_read(session, read.id) is None
