"""Routes of dataset versions and exports."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.datasets import browse, export, freeze, schemas
from collimate.datasets import verify as verifying
from collimate.datasets.models import DatasetVersion, Export
from collimate.datasets.splits import SplitShares
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project

router = APIRouter(tags=["datasets"])
SeenProject = Annotated[Project, project_for(Permission.SEE_STUDIES)]
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_DATASETS)]


def seen_dataset(session: SessionDep, actor: ActorDep, dataset_id: UUID) -> DatasetVersion:
    """The version of the path, for someone who sees the project's studies."""
    return browse.version_for(session, actor.user, dataset_id, Permission.SEE_STUDIES)


def managed_dataset(session: SessionDep, actor: ActorDep, dataset_id: UUID) -> DatasetVersion:
    """The version of the path, for someone who manages datasets."""
    return browse.version_for(session, actor.user, dataset_id, Permission.MANAGE_DATASETS)


def seen_export(session: SessionDep, actor: ActorDep, export_id: UUID) -> Export:
    """The export of the path, for someone who sees the project's studies."""
    return browse.export_for(session, actor.user, export_id, Permission.SEE_STUDIES)


def managed_export(session: SessionDep, actor: ActorDep, export_id: UUID) -> Export:
    """The export of the path, for someone who manages datasets."""
    return browse.export_for(session, actor.user, export_id, Permission.MANAGE_DATASETS)


SeenDataset = Annotated[DatasetVersion, Depends(seen_dataset, scope="function")]
ManagedDataset = Annotated[DatasetVersion, Depends(managed_dataset, scope="function")]
SeenExport = Annotated[Export, Depends(seen_export, scope="function")]
ManagedExport = Annotated[Export, Depends(managed_export, scope="function")]


def _wanted(body: schemas.PreviewIn) -> freeze.Wanted:
    return freeze.Wanted(body.includes_excluded, body.includes_auto_accepted, body.cohort_id)


@router.get("/api/projects/{project_id}/datasets", response_model=schemas.DatasetList)
def list_datasets(session: SessionDep, project: SeenProject) -> dict[str, Any]:
    return {"items": browse.list_versions(session, project)}


@router.post("/api/projects/{project_id}/datasets/preview", response_model=schemas.PreviewOut)
def preview_dataset(
    session: SessionDep, project: ManagedProject, body: schemas.PreviewIn
) -> dict[str, Any]:
    shares = SplitShares(**body.split_shares.model_dump())
    chosen = freeze.choose(session, project, shares, _wanted(body))
    accepted = freeze.accepted_of(session, project, shares, _wanted(body))
    return {"counts": freeze.counts_of(chosen, accepted)}


@router.post(
    "/api/projects/{project_id}/datasets",
    response_model=schemas.DatasetVersionOut,
    status_code=201,
)
def freeze_dataset(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.DatasetIn
) -> dict[str, Any]:
    shares = SplitShares(**body.split_shares.model_dump())
    version = freeze.freeze(
        session, actor.user.id, project, name=body.name, note=body.note, shares=shares,
        wanted=_wanted(body),
    )  # fmt: skip
    return browse.describe(version, actor.user.name, [])


@router.get("/api/datasets/{dataset_id}/manifest", response_model=schemas.Manifest)
def show_manifest(version: SeenDataset) -> DatasetVersion:
    return version


@router.post("/api/datasets/{dataset_id}/verify", response_model=schemas.Verification)
def verify_dataset(session: SessionDep, version: ManagedDataset) -> dict[str, Any]:
    return verifying.verify(session, version)


@router.post(
    "/api/datasets/{dataset_id}/exports", response_model=schemas.ExportOut, status_code=202
)
def request_export(
    session: SessionDep, actor: ActorDep, version: ManagedDataset, body: schemas.ExportIn
) -> dict[str, Any]:
    requested = export.request_export(session, actor.user.id, version, body.format)
    return browse.describe_export(session, requested)


@router.get("/api/exports/{export_id}", response_model=schemas.ExportOut)
def show_export(session: SessionDep, requested: SeenExport) -> dict[str, Any]:
    return browse.describe_export(session, requested)


@router.get(
    "/api/exports/{export_id}/download",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
def download_export(
    session: SessionDep, actor: ActorDep, requested: ManagedExport
) -> StreamingResponse:
    pieces, byte_count, name = export.download(session, actor.user.id, requested)
    return StreamingResponse(
        pieces,
        media_type="application/zip",
        headers={
            "content-length": str(byte_count),
            "content-disposition": f'attachment; filename="{name}"',
        },
    )
