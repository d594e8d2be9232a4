"""Routes of deleted studies and erased patients."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.removal import certificate, deleted, erase, schemas
from collimate.studies import delete
from collimate.studies.api import After, Limit
from collimate.studies.chosen import chosen_studies
from collimate.studies.models import Erasure, Study

router = APIRouter(tags=["removal"])
DataProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]


def deleted_study(session: SessionDep, actor: ActorDep, deleted_study_id: UUID) -> Study:
    """The deleted study of the path, for someone who manages the data of its project."""
    return deleted.authorised(session, actor.user, deleted_study_id)


def seen_erasure(session: SessionDep, actor: ActorDep, erasure_id: UUID) -> Erasure:
    """The erasure of the path, for someone who may erase patients."""
    return certificate.authorised(session, actor.user, erasure_id)


ErasingProject = Annotated[Project, project_for(Permission.ERASE_PATIENTS)]
SeenErasure = Annotated[Erasure, Depends(seen_erasure, scope="function")]
DeletedStudy = Annotated[Study, Depends(deleted_study, scope="function")]


@router.get("/api/projects/{project_id}/deleted-studies", response_model=schemas.DeletedStudyPage)
def list_deleted_studies(
    session: SessionDep, project: DataProject, limit: Limit = 50, after: After = None
) -> dict[str, Any]:
    return deleted.page(session, project.id, limit=limit, after=after)


@router.post("/api/projects/{project_id}/deleted-studies", response_model=schemas.StudiesMoved)
def delete_studies(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.StudiesOut
) -> dict[str, Any]:
    found = chosen_studies(session, project.id, *body.studies.as_said())
    gone = delete.delete_studies(session, actor.user.id, project.id, found, body.reason)
    return {"study_ids": gone}


@router.post(
    "/api/projects/{project_id}/deleted-studies/restore", response_model=schemas.StudiesMoved
)
def restore_studies(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.StudiesBack
) -> dict[str, Any]:
    back = delete.restore_studies(session, actor.user.id, project.id, body.study_ids)
    return {"study_ids": back}


@router.post("/api/deleted-studies/{deleted_study_id}/restore", status_code=204)
def restore_study(session: SessionDep, actor: ActorDep, study: DeletedStudy) -> None:
    deleted.restore(session, actor.user.id, study)


@router.post("/api/deleted-studies/{deleted_study_id}/purge", status_code=202)
def purge_study(session: SessionDep, actor: ActorDep, study: DeletedStudy) -> None:
    deleted.purge_now(session, actor.user.id, study)


@router.get("/api/projects/{project_id}/erasures", response_model=schemas.ErasureList)
def list_erasures(session: SessionDep, project: ErasingProject) -> dict[str, Any]:
    return {"items": certificate.erasures_of(session, project.id)}


@router.post("/api/projects/{project_id}/erasures/preview", response_model=schemas.ErasurePreview)
def preview_erasure(
    session: SessionDep, project: ErasingProject, body: schemas.ErasureIn
) -> dict[str, int]:
    return erase.preview(session, erase.hash_of(session, project, body.pseudonym))


@router.post(
    "/api/projects/{project_id}/erasures", response_model=schemas.ErasureOut, status_code=202
)
def order_erasure(
    session: SessionDep, actor: ActorDep, project: ErasingProject, body: schemas.ErasureIn
) -> dict[str, Any]:
    return certificate.describe(
        session, erase.order(session, actor.user.id, project, body.pseudonym)
    )


@router.get("/api/erasures/{erasure_id}/certificate", response_model=schemas.Certificate)
def download_certificate(
    session: SessionDep, response: Response, row: SeenErasure
) -> dict[str, Any]:
    name = f"erasure-{row.id}.json"
    response.headers["content-disposition"] = f'attachment; filename="{name}"'
    return certificate.certificate(session, row)
