"""Routes of accounts, tokens and own preferences, and who is asking."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from collimate.access import accounts, schemas, sign_in
from collimate.access.actor import Actor
from collimate.access.models import PersonalToken, User
from collimate.access.policy import Permission, allows
from collimate.kit.errors import Forbidden, NotSignedIn
from collimate.kit.http import SessionDep

router = APIRouter(tags=["access"])
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "collimate_session"


class AdminsOnly(Forbidden):
    """Only an administrator may do this."""


def cookie_name(request: Request) -> str:
    """`__Host-` over TLS, where the prefix is allowed; the plain name on a local address."""
    return f"__Host-{COOKIE}" if request.url.scheme == "https" else COOKIE


def current_actor(request: Request, session: SessionDep) -> Actor:
    """Who is asking: a bearer token, else the session cookie with its CSRF token."""
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return sign_in.by_token(session, secret.strip())
    cookie = request.cookies.get(cookie_name(request))
    if not cookie:
        raise NotSignedIn("Sign in first.")
    actor, row = sign_in.resume(session, cookie)
    if request.method not in SAFE_METHODS:
        sign_in.check_csrf(row, request.headers.get("x-csrf-token"))
    return actor


ActorDep = Annotated[Actor, Depends(current_actor, scope="function")]


def instance_permission(permission: Permission):  # type: ignore[no-untyped-def]
    """A dependency that lets only someone with this instance-wide permission through."""

    def authorised(actor: ActorDep) -> Actor:
        if not allows(is_admin=actor.user.is_admin, role=None, permission=permission):
            raise AdminsOnly("Ask an administrator of this installation.")
        return actor

    return authorised


AdminDep = Annotated[Actor, Depends(instance_permission(Permission.MANAGE_USERS), scope="function")]


def set_cookie(request: Request, response: Response, secret: str, seconds: int) -> None:
    """Put the session secret where scripts cannot reach it."""
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=seconds,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


@router.patch("/api/me", response_model=schemas.Me)
def change_me(session: SessionDep, actor: ActorDep, body: schemas.MeChange) -> User:
    changes = body.model_dump(exclude_unset=True, exclude_none=True)
    return accounts.change_self(session, actor.user, changes)


@router.post("/api/me/password", status_code=204)
def change_password(session: SessionDep, actor: ActorDep, body: schemas.PasswordChange) -> None:
    accounts.change_own_password(session, actor.user, body.current, body.new)


@router.get("/api/me/tokens", response_model=schemas.TokenList)
def list_tokens(session: SessionDep, actor: ActorDep) -> dict[str, list[PersonalToken]]:
    return {"items": sign_in.tokens_of(session, actor.user)}


@router.post("/api/me/tokens", response_model=schemas.TokenOut, status_code=201)
def make_token(session: SessionDep, actor: ActorDep, body: schemas.TokenIn) -> schemas.TokenOut:
    token, secret = sign_in.new_token(session, actor.user, body.name, body.days)
    return schemas.TokenOut.model_validate(token).model_copy(update={"secret": secret})


@router.delete("/api/me/tokens/{token_id}", status_code=204)
def revoke_token(session: SessionDep, actor: ActorDep, token_id: UUID) -> None:
    sign_in.revoke_token(session, actor.user, token_id)


@router.get("/api/users", response_model=schemas.UserList)
def list_users(session: SessionDep, _actor: AdminDep) -> dict[str, list[User]]:
    return {"items": accounts.all_users(session)}


@router.post("/api/users", response_model=schemas.UserMade, status_code=201)
def make_user(session: SessionDep, actor: AdminDep, body: schemas.UserIn) -> schemas.UserMade:
    user, generated = accounts.create_user(session, **body.model_dump(), by=actor.user.id)
    return schemas.UserMade.model_validate(user).model_copy(update={"password": generated})


@router.patch("/api/users/{user_id}", response_model=schemas.UserOut)
def change_user(
    session: SessionDep, actor: AdminDep, user_id: UUID, body: schemas.UserChange
) -> User:
    return accounts.change_user(session, actor.user, user_id, body.model_dump(exclude_none=True))
