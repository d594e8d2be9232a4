"""Routes of the browser session: sign in, who am I, sign out."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from collimate.access import sign_in
from collimate.access.api import ActorDep, cookie_name, set_cookie
from collimate.access.models import SignIn, User
from collimate.access.schemas import SignInBody
from collimate.kit.http import SessionDep
from collimate.kit.settings import settings
from collimate.projects import members, schemas

router = APIRouter(tags=["access"])


def session_secret(request: Request) -> str | None:
    """What the browser's cookie holds, None for a visitor."""
    return request.cookies.get(cookie_name(request))


SecretDep = Annotated[str | None, Depends(session_secret)]


def _current(session: SessionDep, secret: str | None) -> dict[str, Any] | None:
    if not secret:
        return None
    actor, row = sign_in.resume(session, secret)
    return _describe(session, actor.user, row)


def _describe(session: SessionDep, user: User, row: SignIn) -> dict[str, Any]:
    return {
        "user": user,
        "csrf_token": row.csrf_token,
        "expires_at": row.expires_at,
        "projects": members.projects_of(session, user),
    }


@router.post("/api/session", response_model=schemas.SessionOut, status_code=201)
def begin(
    session: SessionDep, request: Request, response: Response, body: SignInBody
) -> dict[str, Any]:
    new = sign_in.sign_in(session, body.email, body.password)
    set_cookie(request, response, new.secret, settings().session_hours * 3600)
    return _describe(session, new.user, new.sign_in)


@router.get(
    "/api/session",
    response_model=schemas.SessionOut,
    responses={204: {"description": "Nobody is signed in"}},
)
def show(session: SessionDep, secret: SecretDep) -> Any:
    return _current(session, secret) or Response(status_code=204)


@router.delete("/api/session", status_code=204)
def end(session: SessionDep, actor: ActorDep, request: Request, response: Response) -> None:
    sign_in.sign_out(session, actor)
    response.delete_cookie(cookie_name(request), path="/")
