"""Staged reading: the first read is made and locked without the model, then the model is shown."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import FirstRead
from collimate.projects.models import Project
from collimate.projects.rules import ReadingRules, reading_rules
from collimate.tasks import queue, worklist
from collimate.tasks.models import Read, Task


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


def may_hear(rules: ReadingRules, task: Task) -> bool:
    """Whether readers of this task may be told what a model says of it, once they have locked.

    Not where the project hides it, on cases that measure the model (held out, the control arm), or
    among readers blinded to each other.
    """
    if not rules.show_suggestion or task.arm in queue.UNAIDED_ARMS:
        return False
    return worklist.sees_machine(rules, task)


def hides_suggestion(session: Session, read: Read, task: Task) -> bool:
    """Whether this reader has no way of knowing what a model says of his case."""
    rules = reading_rules(session.get_one(Project, read.project_id))
    return hides_machine(session, rules, read) or not may_hear(rules, task)
