"""Whether long work should step aside: a person waits for something shorter."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.jobs.kinds import PRIORITY_OF, QUEUE_OF, JobKind
from collimate.jobs.models import Job
from collimate.learning.due import next_round_in
from collimate.projects.models import Project


def urgent_job_waits(session: Session, than: JobKind) -> bool:
    """Whether a job waits that goes before `than`; a round counts only once it is due."""
    waiting = session.scalars(
        select(Job).where(
            Job.queue == QUEUE_OF[than],
            Job.state == "queued",
            Job.priority > PRIORITY_OF[than],
        )
    )
    return any(_is_due(session, job) for job in waiting)


def _is_due(session: Session, job: Job) -> bool:
    if job.kind != JobKind.RUN_ROUND or "is_forced" in job.arguments:
        return True
    project = session.get(Project, job.project_id)
    return project is not None and next_round_in(session, project) == 0
