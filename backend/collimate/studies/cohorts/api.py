"""Routes of cohorts."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies.chosen import chosen_studies
from collimate.studies.cohorts import keep, schemas
from collimate.studies.models import Cohort

router = APIRouter(tags=["studies"])
SeenProject = Annotated[Project, project_for(Permission.SEE_STUDIES)]
DataProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]


def managed_cohort(session: SessionDep, actor: ActorDep, cohort_id: UUID) -> Cohort:
    """The cohort of the path, for someone who manages the data of its project."""
    return keep.authorised(session, actor.user, cohort_id, Permission.MANAGE_DATA)


ManagedCohort = Annotated[Cohort, Depends(managed_cohort, scope="function")]


@router.get("/api/projects/{project_id}/cohorts", response_model=schemas.CohortList)
def list_cohorts(session: SessionDep, project: SeenProject) -> dict[str, Any]:
    return {"items": keep.listed(session, project.id)}


@router.post(
    "/api/projects/{project_id}/cohorts", response_model=schemas.CohortOut, status_code=201
)
def save_cohort(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.CohortIn
) -> dict[str, Any]:
    said = body.filter.model_dump(mode="json")
    return keep.save(
        session, actor.user, project, name=body.name, said=said, freeze=body.freeze,
        study_ids=body.study_ids,
    )  # fmt: skip


@router.post("/api/cohorts/{cohort_id}/studies", response_model=schemas.CohortOut)
def add_to_cohort(
    session: SessionDep, actor: ActorDep, cohort: ManagedCohort, body: schemas.Chosen
) -> dict[str, Any]:
    found = chosen_studies(session, cohort.project_id, *body.as_said())
    return keep.add(session, actor.user.id, cohort, found)


@router.delete("/api/cohorts/{cohort_id}", status_code=204)
def remove_cohort(session: SessionDep, actor: ActorDep, cohort: ManagedCohort) -> None:
    keep.remove(session, actor.user.id, cohort)
