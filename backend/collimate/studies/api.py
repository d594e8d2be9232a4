"""Routes of studies, uploads and quarantine."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from collimate.access.api import ActorDep, current_actor
from collimate.access.policy import Permission
from collimate.kit import database
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies import (
    assess,
    browse,
    delete,
    distributions,
    held,
    lookalikes,
    preview,
    quarantine,
    receive,
    report,
    resume,
    schemas,
    show,
    tags,
    upload,
)
from collimate.studies.cohorts import api as cohorts_api
from collimate.studies.dicomweb.door import TicketDep, body_chunks
from collimate.studies.dicomweb.pictures import stored_picture
from collimate.studies.imports import api as imports_api
from collimate.studies.models import HeldImage, ReceivedFile, Study, Upload
from collimate.studies.pulls import api as pulls_api
from collimate.studies.states import FileState
from collimate.studies.texts import api as texts_api

router = APIRouter(tags=["studies"])
SeenProject = Annotated[Project, project_for(Permission.SEE_STUDIES)]
DataProject = Annotated[Project, project_for(Permission.MANAGE_DATA)]
Text = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=500)]
RAW_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def study_for(permission: Permission) -> Any:
    """A dependency giving the study of the path to someone with this permission."""

    def load(session: SessionDep, actor: ActorDep, study_id: UUID) -> Study:
        return show.authorised_study(session, actor.user, study_id, permission)

    return Depends(load, scope="function")


def managed_file(session: SessionDep, actor: ActorDep, file_id: UUID) -> ReceivedFile:
    """The received file of the path, for someone who manages the data of its project."""
    return quarantine.authorised_file(session, actor.user, file_id)


def own_upload(session: SessionDep, actor: ActorDep, upload_id: UUID) -> Upload:
    """The upload of the path, for the person who began it."""
    return resume.authorised_upload(session, actor.user, upload_id)


def begun_upload(request: Request, upload_id: UUID) -> UUID:
    """The same, in a transaction that ends before the first byte is read."""
    with database.open_session() as session:
        actor = current_actor(request, session)
        return resume.authorised_upload(session, actor.user, upload_id).id


OwnUpload = Annotated[Upload, Depends(own_upload, scope="function")]
ImageStudy = Annotated[Study, study_for(Permission.SEE_IMAGES)]
ListedStudy = Annotated[Study, study_for(Permission.SEE_STUDIES)]
ManagedStudy = Annotated[Study, study_for(Permission.MANAGE_DATA)]
ManagedFile = Annotated[ReceivedFile, Depends(managed_file, scope="function")]


def managed_held_image(session: SessionDep, actor: ActorDep, held_image_id: UUID) -> HeldImage:
    """The held image of the path, for someone who manages the data of its project."""
    return held.authorised(session, actor.user, held_image_id)


ManagedHeldImage = Annotated[HeldImage, Depends(managed_held_image, scope="function")]


def study_filter(  # noqa: PLR0913, PLR0917 - one parameter per filter
    search: Text = None,
    modality: Text = None,
    body_part: Text = None,
    site: Text = None,
    manufacturer: Text = None,
    scanner: Text = None,
    trust: Text = None,
    read_state: Text = None,
    holdout: bool | None = None,
    quality: Annotated[list[str] | None, Query(max_length=10)] = None,
    attribute: Annotated[list[str] | None, Query(max_length=10)] = None,
    cohort: UUID | None = None,
) -> browse.StudyFilter:
    """The filter of the query string."""
    said = {
        "search": search, "modality": modality, "body_part": body_part, "site": site,
        "manufacturer": manufacturer, "scanner": scanner, "trust": trust,
        "read_state": read_state, "holdout": holdout, "quality": quality,
        "attribute": attribute, "cohort": cohort,
    }  # fmt: skip
    return browse.read_filter(said)


ChosenStudies = Annotated[browse.StudyFilter, Depends(study_filter)]


@router.get("/api/projects/{project_id}/studies", response_model=schemas.StudyPage)
def list_studies(
    session: SessionDep,
    project: SeenProject,
    chosen: ChosenStudies,
    limit: Limit = 50,
    after: After = None,
) -> dict[str, Any]:
    return browse.study_page(session, project.id, chosen, limit=limit, after=after)


@router.get("/api/projects/{project_id}/studies/facets", response_model=schemas.Facets)
def list_facets(session: SessionDep, project: SeenProject, chosen: ChosenStudies) -> dict[str, Any]:
    return browse.facets(session, project.id, chosen)


@router.get("/api/projects/{project_id}/studies/quality", response_model=schemas.Distribution)
def show_distribution(
    session: SessionDep,
    project: SeenProject,
    chosen: ChosenStudies,
    measure: distributions.Measure = "noise",
    by: distributions.Grouping = "site",
) -> dict[str, Any]:
    return distributions.distribution(session, project.id, chosen, measure=measure, by=by)


@router.get("/api/studies/{study_id}", response_model=schemas.StudyDetail)
def show_study(session: SessionDep, actor: ActorDep, study: ImageStudy) -> dict[str, Any]:
    return show.study_detail(session, actor.user, study)


@router.get("/api/studies/{study_id}/geometry", response_model=schemas.StudyGeometry)
def show_geometry(session: SessionDep, study: ImageStudy) -> dict[str, Any]:
    return assess.study_geometry(session, study)


@router.get("/api/studies/{study_id}/lookalikes", response_model=schemas.Lookalikes)
def list_lookalikes(session: SessionDep, study: ListedStudy) -> dict[str, Any]:
    return {"items": lookalikes.lookalikes(session, study)}


@router.get("/api/studies/{study_id}/tags", response_model=schemas.TagList)
def show_tags(
    session: SessionDep,
    study: ImageStudy,
    sop_instance_uid: Annotated[str | None, Query(max_length=64)] = None,
    level: tags.Level = "instance",
    frame_number: Annotated[int, Query(ge=1)] = 1,
) -> dict[str, Any]:
    return {
        "items": tags.tag_rows(
            session, study, sop_instance_uid, level=level, frame_number=frame_number
        )
    }


@router.get(
    "/api/studies/{study_id}/thumbnail",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def show_thumbnail(session: SessionDep, request: Request, study: ImageStudy) -> Response:
    return stored_picture(request, show.thumbnail_of(session, study))


@router.delete("/api/studies/{study_id}", status_code=204)
def delete_study(
    session: SessionDep,
    actor: ActorDep,
    study: ManagedStudy,
    reason: delete.DeletionReason = delete.DeletionReason.OTHER,
) -> None:
    delete.delete_study(session, actor.user.id, study, reason)


@router.post(
    "/api/projects/{project_id}/files",
    response_model=schemas.ReceivedFileOut,
    status_code=202,
    responses={200: {"model": schemas.ReceivedFileOut, "description": "Already here"}},
    openapi_extra=RAW_BODY,
)
async def upload_file(
    request: Request,
    response: Response,
    ticket: TicketDep,
    name: Annotated[str, Query(min_length=1, max_length=1000)],
    sha256: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$")] = None,
    import_id: UUID | None = None,
) -> dict[str, Any]:
    file = await upload.take(
        ticket, body_chunks(request), name=name, sha256=sha256, import_id=import_id
    )
    response.status_code = upload.status_of(file)
    return file


@router.post("/api/projects/{project_id}/uploads", response_model=schemas.UploadOut)
def begin_upload(
    session: SessionDep, actor: ActorDep, project: DataProject, body: schemas.UploadIn
) -> dict[str, Any]:
    begun = resume.begin(
        session, actor.user, project,
        name=body.name, byte_count=body.byte_count, sha256=body.sha256, import_id=body.import_id,
        picture=None if body.picture is None else body.picture.model_dump(exclude_none=True),
    )  # fmt: skip
    return resume.describe(session, begun)


@router.get("/api/uploads/{upload_id}", response_model=schemas.UploadOut)
def show_upload(session: SessionDep, upload: OwnUpload) -> dict[str, Any]:
    return resume.describe(session, upload)


@router.patch("/api/uploads/{upload_id}", response_model=schemas.UploadOut, openapi_extra=RAW_BODY)
async def send_piece(
    request: Request,
    upload_id: Annotated[UUID, Depends(begun_upload)],
    offset: Annotated[int, Query(ge=0)],
) -> dict[str, Any]:
    return await resume.take_piece(upload_id, offset, body_chunks(request))


@router.delete("/api/uploads/{upload_id}", status_code=204)
def give_up_upload(session: SessionDep, upload: OwnUpload) -> None:
    resume.give_up(session, upload)


@router.post("/api/projects/{project_id}/files/known", response_model=schemas.KnownHashes)
def list_known(
    session: SessionDep, project: DataProject, body: schemas.HashesIn
) -> dict[str, list[str]]:
    return {"known": receive.known(session, project.id, body.sha256)}


@router.get("/api/projects/{project_id}/files", response_model=schemas.ReceivedFilePage)
def list_files(
    session: SessionDep,
    project: DataProject,
    state: FileState | None = None,
    limit: Limit = 50,
    after: After = None,
) -> dict[str, Any]:
    return quarantine.file_page(session, project.id, state=state, limit=limit, after=after)


@router.post("/api/files/{file_id}/retry", response_model=schemas.ReceivedFileOut)
def retry_file(session: SessionDep, actor: ActorDep, file: ManagedFile) -> dict[str, Any]:
    return quarantine.describe(session, quarantine.retry(session, actor.user.id, file))


@router.post("/api/files/{file_id}/release", response_model=schemas.ReceivedFileOut)
def release_file(session: SessionDep, actor: ActorDep, file: ManagedFile) -> dict[str, Any]:
    return quarantine.describe(session, quarantine.release(session, actor.user.id, file))


@router.delete("/api/files/{file_id}", status_code=204)
def delete_file(session: SessionDep, actor: ActorDep, file: ManagedFile) -> None:
    quarantine.delete(session, actor.user.id, file)


@router.get("/api/projects/{project_id}/held-images", response_model=schemas.HeldImagePage)
def list_held_images(
    session: SessionDep,
    project: DataProject,
    decided: bool = False,
    limit: Limit = 50,
    after: After = None,
) -> dict[str, Any]:
    return held.page(session, project.id, decided=decided, limit=limit, after=after)


@router.get(
    "/api/held-images/{held_image_id}/frames/{frame_number}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}}},
)
def show_held_frame(
    session: SessionDep, actor: ActorDep, row: ManagedHeldImage, frame_number: int
) -> Response:
    drawn = held.picture_of(session, actor.user.id, row, frame_number)
    return Response(drawn, media_type="image/jpeg", headers={"cache-control": "no-store"})


@router.post("/api/held-images/{held_image_id}/release", response_model=schemas.Released)
def release_held_image(
    session: SessionDep, actor: ActorDep, row: ManagedHeldImage, body: schemas.ReleaseIn
) -> dict[str, int]:
    count = held.release(session, actor.user.id, row, body.boxes, whole_series=body.whole_series)
    return {"released_count": count}


@router.post(
    "/api/projects/{project_id}/deidentification/preview",
    response_model=schemas.DeidentificationPreview,
    openapi_extra=RAW_BODY,
)
async def preview_file(request: Request, ticket: TicketDep) -> dict[str, Any]:
    return await preview.preview(ticket, body_chunks(request))


@router.get("/api/projects/{project_id}/imports", response_model=schemas.ImportList)
def list_imports(session: SessionDep, project: SeenProject, limit: Limit = 50) -> dict[str, Any]:
    return {"items": report.imports_of(session, project.id, limit)}


@router.get(
    "/api/projects/{project_id}/deidentification/report",
    response_model=schemas.DeidentificationReport,
)
def show_report(
    session: SessionDep, project: SeenProject, import_id: UUID | None = None
) -> dict[str, Any]:
    return report.report_of(session, project.id, import_id)


router.include_router(pulls_api.router)
router.include_router(imports_api.router)
router.include_router(cohorts_api.router)
router.include_router(texts_api.router)
