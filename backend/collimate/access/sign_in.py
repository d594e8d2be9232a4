"""Signing in and out: server-side sessions, personal tokens, and slowing down guesses."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from collimate.access import audit, passwords
from collimate.access.actor import Actor
from collimate.access.models import PersonalToken, SignIn, SignInAttempt, User
from collimate.kit import clock, database, ids
from collimate.kit.errors import Forbidden, NotFound, NotSignedIn, TooMany
from collimate.kit.settings import instance_secret, settings

WINDOW = timedelta(minutes=10)
ATTEMPTS = 10
TOKEN_PREFIX = "clm_"  # noqa: S105 (a prefix, so that leaked tokens can be recognised)


class WrongCredentials(NotSignedIn):
    """E-mail and password do not fit together."""


class SessionExpired(NotSignedIn):
    """You are no longer signed in."""


class TooManyAttempts(TooMany):
    """Too many failed sign-ins for this account."""


class CsrfTokenMissing(Forbidden):
    """The request did not come from this application."""


class TokenNotFound(NotFound):
    """There is no such token."""


@dataclass(frozen=True)
class NewSignIn:
    """A fresh browser session: what goes into the cookie, and its row."""

    secret: str
    sign_in: SignIn
    user: User


def sign_in(session: Session, email: str, password: str) -> NewSignIn:
    """Open a browser session.

    Raises:
        WrongCredentials: unknown account, wrong password or deactivated, all alike.
        TooManyAttempts: ten failures within ten minutes.
    """
    account = _account_hash(email)
    _refuse_flood(account)
    user = session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    if not passwords.matches(password, user.password_hash if user else None) or user is None:
        _remember_failure(account)
        raise WrongCredentials("Check the e-mail address and the password.")
    if not user.is_active:
        raise WrongCredentials("Check the e-mail address and the password.")
    session.execute(delete(SignInAttempt).where(SignInAttempt.account_hash == account))
    return open_sign_in(session, user)


def open_sign_in(session: Session, user: User) -> NewSignIn:
    """A new session row for a user whose identity is already established."""
    secret, now = ids.new_secret(), clock.now()
    row = SignIn(
        user_id=user.id,
        secret_hash=ids.secret_hash(secret),
        csrf_token=ids.new_secret(),
        expires_at=now + timedelta(hours=settings().session_hours),
        seen_at=now,
        ended_at=None,
    )
    session.add(row)
    session.flush()
    audit.record(session, user.id, "signed_in", "sign_in", row.id)
    return NewSignIn(secret, row, user)


def _account_hash(email: str) -> str:
    return hmac.new(instance_secret(), email.strip().lower().encode(), hashlib.sha256).hexdigest()


def _refuse_flood(account: str) -> None:
    with database.open_session() as own:
        failures = own.scalar(
            select(func.count())
            .select_from(SignInAttempt)
            .where(
                SignInAttempt.account_hash == account,
                SignInAttempt.created_at > clock.now() - WINDOW,
            )
        )
    if (failures or 0) >= ATTEMPTS:
        raise TooManyAttempts("Wait ten minutes, or ask an administrator for a new password.")


def _remember_failure(account: str) -> None:
    # Its own transaction: the refusal rolls the request's one back.
    with database.open_session() as own:
        own.add(SignInAttempt(account_hash=account))
        own.execute(delete(SignInAttempt).where(SignInAttempt.created_at < clock.now() - WINDOW))


def resume(session: Session, secret: str) -> tuple[Actor, SignIn]:
    """The actor behind a session cookie.

    Raises:
        SessionExpired: unknown, ended, idle for too long, past its end, or user deactivated.
    """
    now = clock.now()
    found = session.execute(
        select(SignIn, User)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.secret_hash == ids.secret_hash(secret))
    ).one_or_none()
    if found is None:
        raise SessionExpired("Sign in to go on. Work kept in this browser is not lost.")
    row, user = found
    is_idle = now - row.seen_at > timedelta(minutes=settings().idle_minutes)
    if row.ended_at or row.expires_at <= now or is_idle or not user.is_active:
        raise SessionExpired("Sign in to go on. Work kept in this browser is not lost.")
    if now - row.seen_at > timedelta(minutes=1):
        row.seen_at = now
    return Actor(user, row.id), row


def check_csrf(row: SignIn, token: str | None) -> None:
    """Refuse an unsafe request that does not carry the session's CSRF token.

    Raises:
        CsrfTokenMissing: no token, or not this session's.
    """
    if token is None or not hmac.compare_digest(token.encode(), row.csrf_token.encode()):
        raise CsrfTokenMissing("Reload the page and try again. Nothing was changed.")


def sign_out(session: Session, actor: Actor) -> None:
    """End the browser session of this request."""
    row = session.get(SignIn, actor.sign_in_id) if actor.sign_in_id else None
    if row is not None:
        row.ended_at = clock.now()
        audit.record(session, actor.user.id, "signed_out", "sign_in", row.id)


def end_all(session: Session, user_id: UUID) -> None:
    """End every browser session of a user, at a password or role change."""
    rows = session.scalars(
        select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))
    )
    for row in rows:
        row.ended_at = clock.now()


def new_token(session: Session, user: User, name: str, days: int = 90) -> tuple[PersonalToken, str]:
    """A personal access token; its secret is shown once and stored hashed."""
    secret = TOKEN_PREFIX + ids.new_secret()
    token = PersonalToken(
        user_id=user.id,
        name=name,
        secret_hash=ids.secret_hash(secret),
        expires_at=clock.now() + timedelta(days=days),
        revoked_at=None,
        used_at=None,
    )
    session.add(token)
    session.flush()
    audit.record(session, user.id, "token_made", "personal_token", token.id)
    return token, secret


def by_token(session: Session, secret: str) -> Actor:
    """The actor behind a personal access token.

    Raises:
        SessionExpired: unknown, revoked or expired token, or user deactivated.
    """
    found = session.execute(
        select(PersonalToken, User)
        .join(User, User.id == PersonalToken.user_id)
        .where(PersonalToken.secret_hash == ids.secret_hash(secret))
    ).one_or_none()
    now = clock.now()
    if found is None or found[0].revoked_at or found[0].expires_at <= now or not found[1].is_active:
        raise SessionExpired("The token is unknown, expired or revoked.")
    token, user = found
    if token.used_at is None or now - token.used_at > timedelta(minutes=1):
        token.used_at = now
    return Actor(user, None)


def tokens_of(session: Session, user: User) -> list[PersonalToken]:
    """The user's tokens that still work, newest first."""
    return list(
        session.scalars(
            select(PersonalToken)
            .where(PersonalToken.user_id == user.id, PersonalToken.revoked_at.is_(None))
            .order_by(PersonalToken.id.desc())
        )
    )


def revoke_token(session: Session, user: User, token_id: UUID) -> None:
    """Make a token useless.

    Raises:
        TokenNotFound: not one of this user's tokens.
    """
    token = session.get(PersonalToken, token_id)
    if token is None or token.user_id != user.id:
        raise TokenNotFound("It may have been revoked already.")
    token.revoked_at = clock.now()
    audit.record(session, user.id, "token_revoked", "personal_token", token.id)
