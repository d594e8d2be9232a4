"""Routes of prompt sessions; each is its reader's alone."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from collimate.access.api import ActorDep
from collimate.kit.http import SessionDep
from collimate.prompts import ask, schemas, tell
from collimate.prompts.models import PromptSession
from collimate.tasks.api import OwnRead

router = APIRouter(tags=["prompts"])


def own_session(session: SessionDep, read: OwnRead, prompt_session_id: UUID) -> PromptSession:
    """The session of the path, if its read is the actor's own."""
    return ask.own_session(session, read, prompt_session_id)


OwnSession = Annotated[PromptSession, Depends(own_session, scope="function")]
PATH = "/api/reads/{read_id}/prompt-sessions/{prompt_session_id}"


@router.put(PATH, response_model=schemas.PromptSessionOut)
def put_prompts(
    session: SessionDep,
    actor: ActorDep,
    read: OwnRead,
    prompt_session_id: UUID,
    body: schemas.PromptSessionIn,
) -> dict[str, Any]:
    wanted = ask.Wanted(**body.model_dump(mode="json"))
    found = ask.ask(session, actor, read, prompt_session_id, wanted)
    return tell.standing(session, found, found.asked)


@router.get(PATH, response_model=schemas.PromptSessionOut)
def show_prompts(
    session: SessionDep, found: OwnSession, since: Annotated[int, Query(ge=0)] = 0
) -> dict[str, Any]:
    return tell.standing(session, found, since)


@router.delete(PATH, status_code=204)
def close_prompts(session: SessionDep, found: OwnSession) -> None:
    ask.close(session, found)
