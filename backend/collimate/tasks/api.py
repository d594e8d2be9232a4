"""Routes of the worklist, leases, assignment and progress."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from collimate.access import accounts
from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects import members
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies.chosen import chosen_studies
from collimate.tasks import assign, lease, places, progress, reopen, schemas, skip, worklist
from collimate.tasks.models import Read, Task

router = APIRouter(tags=["tasks"])
ReadingProject = Annotated[Project, project_for(Permission.READ_CASES)]
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_PROJECT)]


def own_read(session: SessionDep, actor: ActorDep, read_id: UUID) -> Read:
    """The read of the path, if it is the actor's own."""
    return places.own_read(session, actor.user, read_id)


def managed_task(session: SessionDep, actor: ActorDep, task_id: UUID) -> Task:
    """The task of the path, for someone who manages its project."""
    task = session.get(Task, task_id)
    return members.guard(session, actor.user, task, Permission.MANAGE_PROJECT, places.TaskNotFound)


OwnRead = Annotated[Read, Depends(own_read, scope="function")]
ManagedTask = Annotated[Task, Depends(managed_task, scope="function")]


@router.get("/api/projects/{project_id}/worklist", response_model=schemas.Worklist)
def show_worklist(session: SessionDep, actor: ActorDep, project: ReadingProject) -> dict[str, Any]:
    return worklist.worklist(session, project, actor.user)


@router.post(
    "/api/projects/{project_id}/peek-next",
    response_model=schemas.PeekedCase,
    responses={204: {"description": "Nothing comes next"}},
)
def peek_next(session: SessionDep, actor: ActorDep, project: ReadingProject) -> Any:
    return worklist.peek_next(session, project, actor.user) or Response(status_code=204)


@router.post("/api/reads/{read_id}/renew", response_model=schemas.LeaseOut)
def renew_read(
    session: SessionDep, actor: ActorDep, read: OwnRead, body: schemas.FenceBody
) -> Read:
    return lease.renew(session, actor.user, read.id, body.fence)


@router.post("/api/reads/{read_id}/release", response_model=schemas.ReadStanding)
def release_read(
    session: SessionDep, actor: ActorDep, read: OwnRead, body: schemas.FenceBody
) -> Read:
    return lease.release(session, actor.user, read.id, body.fence)


@router.post("/api/reads/{read_id}/skip", response_model=schemas.ReadStanding)
def skip_read(session: SessionDep, actor: ActorDep, read: OwnRead, body: schemas.SkipBody) -> Read:
    return skip.skip(session, actor.user, read.id, **body.model_dump())


@router.post("/api/reads/{read_id}/reopen", response_model=schemas.ReadStanding)
def reopen_read(session: SessionDep, actor: ActorDep, read: OwnRead) -> Read:
    return reopen.reopen(session, actor.user, read.id)


@router.get("/api/projects/{project_id}/tasks", response_model=schemas.TaskPage)
def list_tasks(
    session: SessionDep,
    project: ManagedProject,
    state: schemas.TaskState | None = None,
    after: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    return progress.task_page(session, project, state=state, after=after, limit=limit)


@router.post("/api/projects/{project_id}/assignments", response_model=schemas.AssignmentOut)
def assign_tasks(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.AssignmentBody
) -> dict[str, int]:
    reader = accounts.by_id(session, body.reader_id)
    task_ids = body.task_ids
    if body.studies is not None:
        chosen = chosen_studies(session, project.id, *body.studies.as_said())
        task_ids = assign.tasks_of(session, project, chosen)
    count = assign.assign(
        session, actor.user.id, project, reader, task_ids=task_ids, count=body.count,
        cohort_id=body.cohort_id,
    )  # fmt: skip
    return {"assigned_count": count}


@router.post("/api/projects/{project_id}/queue/first", response_model=schemas.FirstOut)
def put_first(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.FirstBody
) -> dict[str, int]:
    return {"moved_count": assign.put_first(session, actor.user.id, project, body.task_ids)}


@router.patch("/api/tasks/{task_id}", response_model=schemas.TaskOut)
def change_task(
    session: SessionDep, actor: ActorDep, task: ManagedTask, body: schemas.TaskChange
) -> Task:
    return assign.set_priority(session, actor.user.id, task.id, body.priority)


@router.get("/api/projects/{project_id}/progress", response_model=schemas.Progress)
def show_progress(session: SessionDep, project: ManagedProject) -> dict[str, Any]:
    return progress.progress(session, project)
