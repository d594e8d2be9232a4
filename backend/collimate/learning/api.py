"""Routes of learning: the page, the queue, models, rounds, suggestions, explanations."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse

from collimate.access.api import ActorDep, current_actor
from collimate.access.policy import Permission
from collimate.jobs.models import Job
from collimate.jobs.schemas import JobOut
from collimate.kit import database
from collimate.kit.http import SessionDep
from collimate.learning import (
    alike,
    ask,
    doubt_schemas,
    doubts,
    explanations,
    give,
    page,
    queue,
    schemas,
    strategy_words,
    suggest,
    versions,
)
from collimate.learning.models import ModelVersion
from collimate.ml.explain import Method
from collimate.projects import members
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies.api import RAW_BODY, study_for
from collimate.studies.dicomweb.door import body_chunks
from collimate.studies.models import Study

router = APIRouter(tags=["learning"])
SeenProject = Annotated[Project, project_for(Permission.SEE_LEARNING)]
ReviewedProject = Annotated[Project, project_for(Permission.REVIEW)]
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_LEARNING)]
ListedStudy = Annotated[Study, study_for(Permission.SEE_STUDIES)]


def managed_model(session: SessionDep, actor: ActorDep, model_id: UUID) -> ModelVersion:
    """The model of the path, for someone who manages learning in its project."""
    model = session.get(ModelVersion, model_id)
    return members.guard(
        session, actor.user, model, Permission.MANAGE_LEARNING, versions.ModelNotFound
    )


def weights_ticket(request: Request, project_id: UUID) -> give.WeightsTicket:
    """Leave to give weights, in a transaction that ends before the first byte is read."""
    with database.open_session() as session:
        actor = current_actor(request, session)
        project = members.require(session, actor.user, project_id, Permission.MANAGE_LEARNING)
        return give.WeightsTicket(actor.user.id, project.id)


def explainable_study(session: SessionDep, actor: ActorDep, study_id: UUID) -> Study:
    """The study of the path, for someone who may see what the model looks at in it."""
    return explanations.explainable_study(session, actor.user, study_id)


@router.get("/api/projects/{project_id}/learning", response_model=schemas.LearningPage)
def learning_page(session: SessionDep, project: SeenProject) -> dict[str, Any]:
    return page.learning_page(session, project)


@router.get("/api/projects/{project_id}/learning/models", response_model=schemas.ModelList)
def list_models(session: SessionDep, project: SeenProject) -> dict[str, Any]:
    return {"items": versions.list_models(session, project.id)}


@router.post("/api/models/{model_id}/promote", response_model=schemas.ModelOut)
def promote_model(
    session: SessionDep,
    actor: ActorDep,
    model: Annotated[ModelVersion, Depends(managed_model, scope="function")],
) -> dict[str, Any]:
    return versions.promote(session, model, by=actor.user.id)


@router.get("/api/projects/{project_id}/learning/queue", response_model=schemas.QueueOut)
def learning_queue(
    session: SessionDep,
    actor: ActorDep,
    project: SeenProject,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    return queue.queue(session, project, actor.user, limit=limit)


@router.get("/api/projects/{project_id}/learning/doubts", response_model=doubt_schemas.DoubtList)
def list_doubts(session: SessionDep, actor: ActorDep, project: ReviewedProject) -> dict[str, Any]:
    return doubts.doubted_reads(session, project, actor.user)


@router.post("/api/projects/{project_id}/learning/round", response_model=JobOut, status_code=202)
def start_round(session: SessionDep, actor: ActorDep, project: ManagedProject) -> Job:
    return ask.for_round(session, project, by=actor.user.id)


@router.post("/api/projects/{project_id}/learning/encoder", response_model=JobOut, status_code=202)
def start_encoder(session: SessionDep, actor: ActorDep, project: ManagedProject) -> Job:
    return ask.for_encoder(session, project, by=actor.user.id)


@router.post(
    "/api/projects/{project_id}/learning/encoder/weights",
    response_model=JobOut,
    status_code=202,
    openapi_extra=RAW_BODY,
)
async def give_encoder(
    request: Request, ticket: Annotated[give.WeightsTicket, Depends(weights_ticket)]
) -> Job:
    return await give.take_weights(ticket, body_chunks(request))


@router.get("/api/studies/{study_id}/neighbours", response_model=schemas.Neighbours)
def list_neighbours(session: SessionDep, study: ListedStudy) -> dict[str, Any]:
    return alike.neighbours(session, study)


@router.get(
    "/api/studies/{study_id}/explanation",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}, 202: {"model": JobOut}},
)
def study_explanation(
    session: SessionDep,
    actor: ActorDep,
    study: Annotated[Study, Depends(explainable_study, scope="function")],
    class_key: Annotated[str | None, Query(max_length=60)] = None,
    method: Method = Method.HIRESCAM,
    suggestion_id: UUID | None = None,
) -> Response:
    found = explanations.explanation(
        session, study, class_key, method, by=actor.user.id, suggestion_id=suggestion_id
    )
    return _map_response(found) if isinstance(found, explanations.Map) else _job_response(found)


@router.get(
    "/api/studies/{study_id}/explanation/dicom",
    response_class=Response,
    responses={200: {"content": {"application/dicom": {}}}, 202: {"model": JobOut}},
)
def study_explanation_dicom(
    session: SessionDep,
    actor: ActorDep,
    study: Annotated[Study, Depends(explainable_study, scope="function")],
    class_key: Annotated[str | None, Query(max_length=60)] = None,
    method: Method = Method.HIRESCAM,
    suggestion_id: UUID | None = None,
) -> Response:
    found = explanations.as_dicom(
        session, study, class_key, method, by=actor.user.id, suggestion_id=suggestion_id
    )
    if isinstance(found, Job):
        return _job_response(found)
    headers = {"content-disposition": f'attachment; filename="heat-map-{study.id}.dcm"'}
    return Response(found, media_type="application/dicom", headers=headers)


@router.get(
    "/api/studies/{study_id}/look-here",
    response_model=schemas.LookHere,
    responses={202: {"model": JobOut}},
)
def study_look_here(
    session: SessionDep,
    actor: ActorDep,
    study: Annotated[Study, Depends(explainable_study, scope="function")],
) -> Any:
    found = explanations.look_here(session, study, by=actor.user.id)
    return _job_response(found) if isinstance(found, Job) else found


@router.get(
    "/api/reads/{read_id}/suggestion",
    response_model=schemas.SuggestionOut,
    responses={204: {"description": "There is none, or it is hidden."}},
)
def read_suggestion(session: SessionDep, actor: ActorDep, read_id: UUID) -> Any:
    found = suggest.suggestion_for_read(session, actor.user, read_id)
    return Response(status_code=204) if found is None else found


@router.get("/api/learning/strategies", response_model=schemas.StrategyList)
def list_strategies(_actor: ActorDep) -> dict[str, Any]:
    return {"items": strategy_words.strategies()}


def _map_response(found: explanations.Map) -> Response:
    headers = {
        "x-sop-instance-uid": found.sop_instance_uid,
        "x-frame-number": str(found.frame_number),
        "x-model-number": str(found.model_number),
        "x-method": found.method,
    }
    return Response(found.png, media_type="image/png", headers=headers)


def _job_response(job: Job) -> Response:
    return JSONResponse(JobOut.model_validate(job).model_dump(mode="json"), status_code=202)
