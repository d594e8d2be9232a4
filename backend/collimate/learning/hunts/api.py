"""Routes of hunts; each is its asker's alone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.learning.hunts import ask, schemas, tell
from collimate.learning.models import Hunt
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies import show
from collimate.studies.models import Study

router = APIRouter(tags=["learning"])
HuntedProject = Annotated[Project, project_for(Permission.HUNT_FINDINGS)]


def hunted_study(session: SessionDep, actor: ActorDep, study_id: UUID) -> Study:
    """The study of the path, for someone who may look for the like of what is in it."""
    return show.authorised_study(session, actor.user, study_id, Permission.HUNT_FINDINGS)


def own_hunt(session: SessionDep, actor: ActorDep, hunt_id: UUID) -> Hunt:
    """The hunt of the path, if the actor asked for it."""
    return ask.own_hunt(session, actor.user, hunt_id)


@router.put("/api/studies/{study_id}/hunts/{hunt_id}", response_model=schemas.HuntOut)
def begin_hunt(
    session: SessionDep,
    actor: ActorDep,
    study: Annotated[Study, Depends(hunted_study, scope="function")],
    hunt_id: UUID,
    body: schemas.HuntIn,
) -> dict[str, Any]:
    hunt = ask.ask(session, actor.user, study, hunt_id, ask.Place(**body.model_dump()))
    return tell.standing(session, hunt)


@router.get("/api/hunts/{hunt_id}", response_model=schemas.HuntOut)
def show_hunt(
    session: SessionDep, hunt: Annotated[Hunt, Depends(own_hunt, scope="function")]
) -> dict[str, Any]:
    return tell.standing(session, hunt)


@router.get("/api/projects/{project_id}/hunts", response_model=schemas.HuntList)
def list_hunts(session: SessionDep, actor: ActorDep, project: HuntedProject) -> dict[str, Any]:
    return {"items": tell.listed(session, project, actor.user)}
