"""Routes of how a project de-identifies, and of the one way to ask who is who."""

from typing import Annotated, Any

from fastapi import APIRouter

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects import profile, schemas
from collimate.projects.api.door import project_for
from collimate.projects.models import Project

router = APIRouter(tags=["projects"])
SeenProject = Annotated[Project, project_for(Permission.SEE_PROJECT)]
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_PROJECT)]
BrokeredProject = Annotated[Project, project_for(Permission.LOOK_UP_IDENTITIES)]
ADDRESS = "/api/projects/{project_id}/deidentification"


@router.get(ADDRESS, response_model=schemas.DeidentificationOut)
def show_deidentification(project: SeenProject) -> dict[str, Any]:
    return profile.describe(project)


@router.patch(ADDRESS, response_model=schemas.DeidentificationOut)
def change_deidentification(
    session: SessionDep,
    actor: ActorDep,
    project: ManagedProject,
    body: schemas.DeidentificationChange,
) -> dict[str, Any]:
    changes = body.model_dump(exclude_none=True)
    profile.change_rules(session, actor.user.id, project, changes)
    return profile.describe(project)


@router.post(ADDRESS + "/look-up", response_model=schemas.LookedUpOut)
def look_up_identity(
    session: SessionDep, actor: ActorDep, project: BrokeredProject, body: schemas.LookUpIn
) -> profile.LookedUp:
    patient = (body.patient_id, body.issuer)
    return profile.look_up(session, actor.user.id, project, patient, body.uids)
