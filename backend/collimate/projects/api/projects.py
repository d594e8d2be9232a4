"""Routes of projects, members and label schemas."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.actor import Actor
from collimate.access.api import ActorDep, instance_permission
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects import create, members, schema, schemas
from collimate.projects.api.door import project_for
from collimate.projects.models import LabelSchema, Project

router = APIRouter(tags=["projects"])
SeenProject = Annotated[Project, project_for(Permission.SEE_PROJECT)]
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_PROJECT)]
CreatorDep = Annotated[
    Actor, Depends(instance_permission(Permission.CREATE_PROJECT), scope="function")
]


def label_schema_seen(session: SessionDep, actor: ActorDep, label_schema_id: UUID) -> LabelSchema:
    """A label schema of a project the actor may see."""
    row = session.get(LabelSchema, label_schema_id)
    return members.guard(
        session, actor.user, row, Permission.SEE_PROJECT, schema.LabelSchemaNotFound
    )


@router.get("/api/projects", response_model=schemas.ProjectList)
def list_projects(session: SessionDep, actor: ActorDep) -> dict[str, Any]:
    return {"items": create.list_projects(session, actor.user)}


@router.post("/api/projects", response_model=schemas.ProjectOut, status_code=201)
def make_project(session: SessionDep, actor: CreatorDep, body: schemas.ProjectIn) -> dict[str, Any]:
    project = create.create_project(session, actor.user, **body.model_dump())
    return create.describe(session, actor.user, project)


@router.get("/api/projects/{project_id}", response_model=schemas.ProjectOut)
def show_project(session: SessionDep, actor: ActorDep, project: SeenProject) -> dict[str, Any]:
    return create.describe(session, actor.user, project)


@router.patch("/api/projects/{project_id}", response_model=schemas.ProjectOut)
def change_project(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.ProjectChange
) -> dict[str, Any]:
    changed = create.change_project(
        session, actor.user.id, project, body.model_dump(exclude_none=True)
    )
    return create.describe(session, actor.user, changed)


@router.get("/api/projects/{project_id}/members", response_model=schemas.MemberList)
def list_members(session: SessionDep, project: ManagedProject) -> dict[str, Any]:
    return {"items": members.list_members(session, project)}


@router.put("/api/projects/{project_id}/members", response_model=schemas.MemberOut)
def put_member(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.MemberIn
) -> dict[str, Any]:
    return members.put_member(session, actor.user.id, project, body.email, body.role)


@router.delete("/api/projects/{project_id}/members/{user_id}", status_code=204)
def remove_member(
    session: SessionDep, actor: ActorDep, project: ManagedProject, user_id: UUID
) -> None:
    members.remove_member(session, actor.user.id, project, user_id)


@router.get("/api/projects/{project_id}/label-schema", response_model=schemas.LabelSchemaOut)
def show_schema(session: SessionDep, actor: ActorDep, project: SeenProject) -> dict[str, Any]:
    designs = members.may(session, actor.user, project.id, Permission.MANAGE_PROJECT)
    current = schema.current_schema(session, project.id)
    return schema.describe(session, current, tells_use=designs)


@router.get("/api/projects/{project_id}/label-schemas", response_model=schemas.LabelSchemaList)
def list_schemas(session: SessionDep, actor: ActorDep, project: SeenProject) -> dict[str, Any]:
    designs = members.may(session, actor.user, project.id, Permission.MANAGE_PROJECT)
    return {"items": schema.versions(session, project.id, tells_use=designs)}


@router.post(
    "/api/projects/{project_id}/label-schema",
    response_model=schemas.LabelSchemaOut,
    status_code=201,
)
def design_schema(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.LabelSchemaIn
) -> dict[str, Any]:
    labels = [schema.LabelDraft(**label.model_dump()) for label in body.labels]
    designed = schema.design(
        session,
        actor.user.id,
        project,
        question=body.question,
        answer_mode=body.answer_mode,
        labels=labels,
        asked=schema.Asked(
            [attribute.model_dump() for attribute in body.attributes],
            [reason.model_dump() for reason in body.exclusion_reasons],
            body.quality_verdict,
        ),
    )
    return schema.describe(session, designed, tells_use=True)


@router.get("/api/label-schemas/{label_schema_id}", response_model=schemas.LabelSchemaOut)
def show_one_schema(
    session: SessionDep,
    actor: ActorDep,
    row: Annotated[LabelSchema, Depends(label_schema_seen, scope="function")],
) -> dict[str, Any]:
    designs = members.may(session, actor.user, row.project_id, Permission.MANAGE_PROJECT)
    return schema.describe(session, row, tells_use=designs)
