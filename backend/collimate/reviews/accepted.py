"""Which submissions count: the newest one of every read that stands."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from collimate.annotations.models import Submission
from collimate.projects.models import Project
from collimate.projects.rules import reading_rules
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, ReadState


def counting_states(project: Project) -> tuple[ReadState, ...]:
    """Read states whose submission counts: where review is required only accepted ones."""
    if reading_rules(project).review_required:
        return (ReadState.ACCEPTED,)
    return (ReadState.ACCEPTED, ReadState.SUBMITTED)


def is_newest() -> Any:
    """The criterion that no later submission of the same read exists."""
    later = aliased(Submission)
    return ~(
        select(later.id)
        .where(later.read_id == Submission.read_id, later.number > Submission.number)
        .exists()
    )


def excluded_studies(project_id: UUID) -> Select[UUID]:
    """Studies that a reader excluded, unless the read was returned or taken back since.

    One reader is enough, and no review is waited for: what may be unusable is not learned from.
    """
    return (
        select(Task.study_id)
        .join(Read, Read.task_id == Task.id)
        .join(Submission, Submission.read_id == Read.id)
        .where(Task.project_id == project_id, Submission.exclusion.is_not(None), is_newest())
        .where(Read.state.in_(DONE))
    )


def accepted_submissions(
    project: Project, *, includes_excluded: bool = False
) -> Select[Submission, Read, Study, Patient]:
    """Submissions that count, with read, study and patient, by study and reader's slot."""
    query = (
        select(Submission, Read, Study, Patient)
        .join(Read, Read.id == Submission.read_id)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Submission.project_id == project.id, Study.deleted_at.is_(None), is_newest())
        .where(Read.state.in_(counting_states(project)))
        .order_by(Study.id, Read.slot, Submission.id)
    )
    if includes_excluded:
        return query
    return query.where(Study.id.not_in(excluded_studies(project.id)))
