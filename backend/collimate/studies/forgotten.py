"""Files that nobody asks to be looked at, because the process that took them died in between."""

from datetime import timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.projects.models import Project
from collimate.studies.models import ReceivedFile
from collimate.studies.receive import ask_for_ingest
from collimate.studies.states import FileState

SLACK = timedelta(seconds=30)


def ask_where_forgotten(session: Session) -> int:
    """Have waiting files looked at that no open job will take; answers of how many projects.

    Where a job was cancelled, or failed for want of an image reader, after a file had come, the
    file waits for a person.
    """
    takes_it = or_(
        Job.state.in_(("queued", "running")),
        and_(Job.state.in_(("cancelled", "failed")), Job.finished_at > ReceivedFile.created_at),
    )
    waits = (
        select(ReceivedFile.id)
        .where(
            ReceivedFile.project_id == Project.id,
            ReceivedFile.state == FileState.RECEIVED,
            ReceivedFile.created_at < func.now() - SLACK,
            ~select(Job.id)
            .where(Job.project_id == Project.id, Job.kind == JobKind.INGEST_RECEIVED, takes_it)
            .exists(),
        )
        .exists()
    )
    projects = session.scalars(select(Project.id).where(waits)).all()
    for project_id in projects:
        ask_for_ingest(session, project_id, None)
    return len(projects)
