"""Routes of the reading room: claim a case, save, submit."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Response

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.annotations import case, comments, issues, lock, save, schemas, submit
from collimate.annotations.models import Annotation, Comment
from collimate.kit.http import SessionDep, problem_response
from collimate.projects import members
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.tasks import claim, places
from collimate.tasks.api import OwnRead, ReadingProject
from collimate.tasks.models import Read, Task

router = APIRouter(tags=["annotations"])
IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\w\-]+$")
]


def seen_read(session: SessionDep, actor: ActorDep, read_id: UUID) -> Read:
    """The read of the path, for its reader or a reviewer."""
    return case.seen_read(session, actor.user, session.get(Read, read_id))


def seen_annotation(session: SessionDep, actor: ActorDep, annotation_id: UUID) -> Annotation:
    """The annotation of the path, for its reader or a reviewer."""
    annotation = session.get(Annotation, annotation_id)
    read = session.get(Read, annotation.read_id) if annotation is not None else None
    case.seen_read(session, actor.user, read)
    assert annotation is not None
    return annotation


def readable_task(session: SessionDep, actor: ActorDep, task_id: UUID) -> Task:
    """The task of the path, for a reader of its project."""
    task = session.get(Task, task_id)
    return members.guard(session, actor.user, task, Permission.READ_CASES, places.TaskNotFound)


@router.post(
    "/api/projects/{project_id}/claim-next",
    response_model=schemas.ReadingCase,
    responses={204: {"description": "Nothing is left to read"}},
)
def claim_next(session: SessionDep, actor: ActorDep, project: ReadingProject) -> Any:
    return case.next_case(session, actor.user, project) or Response(status_code=204)


@router.post("/api/tasks/{task_id}/claim", response_model=schemas.ReadingCase)
def claim_task(
    session: SessionDep,
    actor: ActorDep,
    task: Annotated[Task, Depends(readable_task, scope="function")],
) -> dict[str, Any]:
    read = claim.claim_task(session, actor.user, task.id)
    return case.as_json(session, actor.user, read)


@router.get("/api/reads/{read_id}", response_model=schemas.ReadingCase)
def show_case(
    session: SessionDep,
    actor: ActorDep,
    read: Annotated[Read, Depends(seen_read, scope="function")],
) -> dict[str, Any]:
    return case.open_case(session, actor.user, read)


def _answer(saved: save.Saved) -> Any:
    """201, or 409 with the revision that was kept for a reader who lost the place."""
    return saved.annotation if saved.is_held else problem_response(save.lost(saved).answer())


@router.post(
    "/api/reads/{read_id}/annotations", response_model=schemas.AnnotationOut, status_code=201
)
def save_annotation(
    session: SessionDep,
    actor: ActorDep,
    read: OwnRead,
    key: IdempotencyKey,
    body: schemas.AnnotationIn,
) -> Any:
    change = save.Change(**body.model_dump())
    return _answer(save.save(session, actor, read.id, key, change))


@router.post("/api/reads/{read_id}/saves", response_model=schemas.SavesOut)
def save_annotations(
    session: SessionDep, actor: ActorDep, read: OwnRead, body: schemas.SavesIn
) -> dict[str, Any]:
    changes = [(one.key, save.Change(**one.model_dump(exclude={"key"}))) for one in body.saves]
    return {"results": save.save_many(session, actor, read.id, changes)}


@router.get("/api/annotations/{annotation_id}/revisions", response_model=schemas.RevisionList)
def list_revisions(
    session: SessionDep,
    annotation: Annotated[Annotation, Depends(seen_annotation, scope="function")],
) -> dict[str, Any]:
    return {"items": case.history(session, annotation)}


@router.post("/api/reads/{read_id}/lock", response_model=schemas.ReadingCase)
def lock_first_read(
    session: SessionDep,
    actor: ActorDep,
    read: OwnRead,
    key: IdempotencyKey,
    body: schemas.LockBody,
) -> dict[str, Any]:
    return lock.lock(session, actor, read.id, key, **body.model_dump())


@router.post("/api/reads/{read_id}/submit", response_model=schemas.SubmitOut)
def submit_read(
    session: SessionDep,
    actor: ActorDep,
    read: OwnRead,
    key: IdempotencyKey,
    body: schemas.SubmitBody,
) -> dict[str, Any]:
    return submit.submit(session, actor, read.id, key, **body.model_dump())


def seen_thread(session: SessionDep, actor: ActorDep, comment_id: UUID) -> Comment:
    """The thread of the path, for someone who may see the read it lies on."""
    return comments.seen_thread(session, actor.user, comment_id)


SeenRead = Annotated[Read, Depends(seen_read, scope="function")]


@router.get("/api/reads/{read_id}/comments", response_model=schemas.ThreadList)
def list_comments(session: SessionDep, actor: ActorDep, read: SeenRead) -> dict[str, Any]:
    return {"items": comments.threads(session, actor.user, read)}


@router.post("/api/reads/{read_id}/comments", response_model=schemas.ThreadList, status_code=201)
def say_comment(
    session: SessionDep, actor: ActorDep, read: SeenRead, body: schemas.CommentIn
) -> dict[str, Any]:
    comments.say(session, actor, read, comments.Said(**body.model_dump()))
    return {"items": comments.threads(session, actor.user, read)}


@router.patch("/api/comments/{comment_id}", status_code=204)
def change_thread(
    session: SessionDep,
    actor: ActorDep,
    thread: Annotated[Comment, Depends(seen_thread, scope="function")],
    body: schemas.ThreadChange,
) -> None:
    comments.resolve(session, actor, thread, body.is_resolved)


@router.post("/api/reads/{read_id}/issue", response_model=schemas.IssueRaised, status_code=201)
def raise_issue(
    session: SessionDep, actor: ActorDep, read: OwnRead, key: IdempotencyKey, body: schemas.IssueIn
) -> dict[str, Any]:
    place = body.place.model_dump() if body.place else None
    said = comments.Said(body.id, body.text, place=place, is_issue=True)
    return issues.raise_issue(
        session, actor, read.id, key, said,
        fence=body.fence, active_ms=body.active_ms, wants_next=body.wants_next,
    )  # fmt: skip


def asked_issue(session: SessionDep, actor: ActorDep, comment_id: UUID) -> Comment:
    """The issue of the path, for someone who may answer it."""
    return issues.asked_issue(session, actor.user, comment_id)


@router.get("/api/projects/{project_id}/issues", response_model=schemas.IssueList)
def list_issues(
    session: SessionDep,
    actor: ActorDep,
    project: Annotated[Project, project_for(Permission.REVIEW)],
) -> dict[str, Any]:
    return issues.issues(session, project, actor.user)


@router.post("/api/comments/{comment_id}/answer", status_code=204)
def answer_issue(
    session: SessionDep,
    actor: ActorDep,
    issue: Annotated[Comment, Depends(asked_issue, scope="function")],
    body: schemas.IssueAnswer,
) -> None:
    reply = comments.Said(body.id, body.text, thread_id=issue.id)
    issues.answer_issue(session, actor, issue, reply)
