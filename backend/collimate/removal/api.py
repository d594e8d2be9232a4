"""Routes of deleted studies."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.removal import deleted, schemas
from collimate.studies.api import After, Limit
from collimate.studies.models import Study

router = APIRouter(tags=["removal"])
DataProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]


def deleted_study(session: SessionDep, actor: ActorDep, deleted_study_id: UUID) -> Study:
    """The deleted study of the path, for someone who manages the data of its project."""
    return deleted.authorised(session, actor.user, deleted_study_id)


DeletedStudy = Annotated[Study, Depends(deleted_study, scope="function")]


@router.get("/api/projects/{project_id}/deleted-studies", response_model=schemas.DeletedStudyPage)
def list_deleted_studies(
    session: SessionDep, project: DataProject, limit: Limit = 50, after: After = None
) -> dict[str, Any]:
    return deleted.page(session, project.id, limit=limit, after=after)


@router.post("/api/deleted-studies/{deleted_study_id}/restore", status_code=204)
def restore_study(session: SessionDep, actor: ActorDep, study: DeletedStudy) -> None:
    deleted.restore(session, actor.user.id, study)


@router.post("/api/deleted-studies/{deleted_study_id}/purge", status_code=202)
def purge_study(session: SessionDep, actor: ActorDep, study: DeletedStudy) -> None:
    deleted.purge_now(session, actor.user.id, study)
