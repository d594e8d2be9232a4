"""Routes of background jobs: seen by members, acted on by those who manage the project."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.actor import Actor
from collimate.access.api import ActorDep, instance_permission
from collimate.access.policy import Permission, allows
from collimate.jobs import enqueue, seen
from collimate.jobs.models import Job
from collimate.jobs.schemas import JobList, JobOut
from collimate.kit.http import SessionDep
from collimate.projects import members
from collimate.projects.api.door import project_for
from collimate.projects.models import Project

router = APIRouter(tags=["jobs"])
ManagerProject = Annotated[Project, project_for(Permission.SEE_LEARNING)]


def managed_job(session: SessionDep, actor: ActorDep, job_id: UUID) -> Job:
    """A job the actor may cancel or retry: of a project they manage data in, or any for admins."""
    job = seen.by_id(session, job_id)
    standing = actor.user.is_admin
    if allows(is_admin=standing, role=None, permission=Permission.SEE_ALL_JOBS):
        return job
    if job.project_id is None:
        raise enqueue.JobNotFound()
    try:
        members.require(session, actor.user, job.project_id, Permission.MANAGE_DATASETS)
    except members.ProjectNotFound as error:
        raise enqueue.JobNotFound() from error
    return job


ManagedJob = Annotated[Job, Depends(managed_job, scope="function")]
EveryJobDep = Annotated[
    Actor, Depends(instance_permission(Permission.SEE_ALL_JOBS), scope="function")
]


@router.get("/api/projects/{project_id}/jobs", response_model=JobList)
def list_jobs(
    session: SessionDep, project: ManagerProject, state: str | None = None
) -> dict[str, Any]:
    return {"items": seen.newest(session, project_id=project.id, state=state)}


@router.get("/api/jobs", response_model=JobList)
def list_all_jobs(
    session: SessionDep, _actor: EveryJobDep, state: str | None = None
) -> dict[str, Any]:
    return {"items": seen.newest(session, state=state, limit=200)}


@router.post("/api/jobs/{job_id}/cancel", response_model=JobOut)
def cancel_job(session: SessionDep, job: ManagedJob) -> Job:
    return enqueue.cancel(session, job.id)


@router.post("/api/jobs/{job_id}/retry", response_model=JobOut)
def retry_job(session: SessionDep, job: ManagedJob) -> Job:
    return enqueue.retry(session, job.id)
