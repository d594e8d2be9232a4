"""Routes of cases that a model answers by itself."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.learning.auto_accept import give_back, panel, schemas, stop, switch
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.tasks.models import Task

router = APIRouter(tags=["learning"])
SeenProject = Annotated[Project, project_for(Permission.SEE_LEARNING)]
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_LEARNING)]


def managed_task(session: SessionDep, actor: ActorDep, task_id: UUID) -> Task:
    """The task of the path, for someone who manages learning in its project."""
    return give_back.managed_task(session, actor.user, task_id)


@router.get(
    "/api/projects/{project_id}/learning/auto-accept", response_model=schemas.AutoAcceptPanel
)
def show_auto_accept(session: SessionDep, project: SeenProject) -> dict[str, Any]:
    return panel.panel(session, project)


@router.post(
    "/api/projects/{project_id}/learning/auto-accept/on", response_model=schemas.AutoAcceptPanel
)
def turn_auto_accept_on(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.AutoAcceptOn
) -> dict[str, Any]:
    switch.turn_on(session, actor.user.id, project, **body.model_dump())
    return panel.panel(session, project)


@router.post(
    "/api/projects/{project_id}/learning/auto-accept/off", response_model=schemas.AutoAcceptPanel
)
def turn_auto_accept_off(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.AutoAcceptOff
) -> dict[str, Any]:
    stop.turn_off_by_person(session, actor.user.id, project.id, body.reason)
    return panel.panel(session, project)


@router.get(
    "/api/projects/{project_id}/learning/auto-accept/cases",
    response_model=schemas.AutoAcceptedList,
)
def list_auto_accepted(session: SessionDep, project: ManagedProject) -> dict[str, Any]:
    return panel.listed(session, project)


@router.post("/api/tasks/{task_id}/give-back", response_model=schemas.GivenBack)
def give_case_back(
    session: SessionDep,
    actor: ActorDep,
    task: Annotated[Task, Depends(managed_task, scope="function")],
) -> Task:
    return give_back.give_back(session, actor.user.id, task)
