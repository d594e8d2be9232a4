"""Routes of clinical texts, for those who manage the data; readers have it in their case."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.studies import show
from collimate.studies.models import Study
from collimate.studies.texts import schemas, write

router = APIRouter(tags=["studies"])


def managed_study(session: SessionDep, actor: ActorDep, study_id: UUID) -> Study:
    """The study of the path, for someone who manages the data of its project."""
    return show.authorised_study(session, actor.user, study_id, Permission.MANAGE_DATA)


ManagedStudy = Annotated[Study, Depends(managed_study, scope="function")]


@router.get("/api/studies/{study_id}/text", response_model=schemas.StudyTextOut)
def show_text(session: SessionDep, actor: ActorDep, study: ManagedStudy) -> dict[str, Any]:
    return write.look(session, actor.user.id, study)


@router.put("/api/studies/{study_id}/text", response_model=schemas.StudyTextOut)
def write_text(
    session: SessionDep, actor: ActorDep, study: ManagedStudy, body: schemas.StudyTextIn
) -> dict[str, Any]:
    write.write_text(
        session, actor.user.id, study, body.text,
        replaces=body.replaces, is_checked=body.is_checked,
    )  # fmt: skip
    return write.describe(session, study)


@router.delete("/api/studies/{study_id}/text", status_code=204)
def remove_text(session: SessionDep, actor: ActorDep, study: ManagedStudy) -> None:
    write.take_away(session, actor.user.id, study)
