"""Routes of pictures that come with a table."""

from typing import Annotated, Any

from fastapi import APIRouter

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies.imports import pictures, schemas

router = APIRouter(tags=["studies"])
DataProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]


@router.post("/api/projects/{project_id}/pictures/check", response_model=schemas.PictureCheck)
def check_pictures(
    session: SessionDep, project: DataProject, body: schemas.PicturesIn
) -> dict[str, Any]:
    return pictures.check(session, project, body.order())


@router.post("/api/projects/{project_id}/pictures", response_model=schemas.KnownPictures)
def order_pictures(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.PicturesIn
) -> dict[str, Any]:
    return {"items": pictures.order_pictures(session, actor.user.id, project, body.order())}
