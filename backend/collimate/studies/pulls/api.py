"""Routes of pulls from other servers."""

from typing import Annotated, Any

from fastapi import APIRouter

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.jobs.models import Job
from collimate.jobs.schemas import JobOut
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies.pulls import order, schemas

router = APIRouter(tags=["studies"])
DataProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]


def _wanted(body: schemas.PullIn) -> order.Wanted:
    return order.Wanted(**body.wanted.model_dump(mode="json"))


@router.get("/api/projects/{project_id}/sources", response_model=schemas.SourceList)
def list_sources(project: DataProject) -> dict[str, Any]:
    return {"items": order.sources_of(project)}


@router.post("/api/projects/{project_id}/pulls/preview", response_model=schemas.PullPreview)
def preview_pull(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.PullIn
) -> dict[str, Any]:
    return order.preview(session, actor.user.id, project, body.source, _wanted(body))


@router.post("/api/projects/{project_id}/pulls", response_model=JobOut, status_code=202)
def order_pull(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.PullIn
) -> Job:
    return order.order(session, actor.user.id, project, body.source, _wanted(body))
