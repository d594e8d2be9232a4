"""Looking at jobs."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.jobs.enqueue import JobNotFound
from collimate.jobs.models import Job


def by_id(session: Session, job_id: UUID) -> Job:
    """The job with this id.

    Raises:
        JobNotFound
    """
    job = session.get(Job, job_id)
    if job is None:
        raise JobNotFound()
    return job


def newest(
    session: Session, *, project_id: UUID | None = None, state: str | None = None, limit: int = 50
) -> list[Job]:
    """The newest jobs first, of one project or of all."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if project_id is not None:
        query = query.where(Job.project_id == project_id)
    if state is not None:
        query = query.where(Job.state == state)
    return list(session.scalars(query))
