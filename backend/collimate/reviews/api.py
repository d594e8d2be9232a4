"""Routes of reviews and agreement."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.annotations.models import Submission
from collimate.kit.http import SessionDep
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.reviews import anchoring, compare, guide, outcomes, review, schemas
from collimate.reviews.models import GuideExample, Review

router = APIRouter(tags=["reviews"])
ManagedProject = Annotated[Project, project_for(Permission.MANAGE_PROJECT)]
ReadingProject = Annotated[Project, project_for(Permission.READ_CASES)]
ReviewedProject = Annotated[Project, project_for(Permission.REVIEW)]


def reviewable(session: SessionDep, actor: ActorDep, submission_id: UUID) -> Submission:
    """The submission of the path, for someone who may review it."""
    return review.reviewable(session, actor.user, submission_id)


@router.get("/api/projects/{project_id}/reviews", response_model=schemas.ReviewPage)
def list_reviews(
    session: SessionDep,
    actor: ActorDep,
    project: ReviewedProject,
    state: Literal["waiting", "done"] = "waiting",
    after: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    return review.page(session, project, actor.user, state=state, after=after, limit=limit)


@router.post(
    "/api/submissions/{submission_id}/review", response_model=schemas.ReviewOut, status_code=201
)
def review_submission(
    session: SessionDep,
    actor: ActorDep,
    submission: Annotated[Submission, Depends(reviewable, scope="function")],
    body: schemas.ReviewIn,
) -> Review:
    return review.review(session, actor.user, submission, body.verdict, body.comment)


@router.get("/api/projects/{project_id}/agreement", response_model=schemas.Agreement)
def show_agreement(session: SessionDep, project: ReviewedProject) -> dict[str, Any]:
    return compare.agreement(session, project)


@router.get("/api/projects/{project_id}/outcomes", response_model=schemas.Outcomes)
def show_outcomes(session: SessionDep, project: ManagedProject) -> dict[str, Any]:
    return outcomes.outcomes(session, project)


@router.get("/api/projects/{project_id}/staged-reads", response_model=schemas.StagedReads)
def show_staged_reads(session: SessionDep, project: ManagedProject) -> dict[str, Any]:
    return anchoring.staged_reads(session, project)


def managed_example(session: SessionDep, actor: ActorDep, example_id: UUID) -> GuideExample:
    """The example of the path, for someone who manages its project."""
    return guide.example_for(session, actor.user, example_id)


@router.get("/api/projects/{project_id}/guide", response_model=schemas.Guide)
def show_guide(session: SessionDep, project: ReadingProject) -> dict[str, Any]:
    return guide.guide(session, project)


@router.post(
    "/api/projects/{project_id}/guide/examples", response_model=schemas.Guide, status_code=201
)
def add_example(
    session: SessionDep, actor: ActorDep, project: ManagedProject, body: schemas.ExampleIn
) -> dict[str, Any]:
    guide.add_example(session, actor.user.id, project, guide.Chosen(**body.model_dump()))
    return guide.guide(session, project)


@router.delete("/api/guide-examples/{example_id}", status_code=204)
def remove_example(
    session: SessionDep,
    actor: ActorDep,
    example: Annotated[GuideExample, Depends(managed_example, scope="function")],
) -> None:
    guide.remove_example(session, actor.user.id, example)
