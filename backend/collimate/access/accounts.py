"""Making and changing accounts."""

import re
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access import audit, passwords, sign_in
from collimate.access.models import User
from collimate.kit.errors import Conflict, NotFound, Unprocessable


class EmailTaken(Conflict):
    """There already is an account with this e-mail address."""


class NotAnEmail(Unprocessable):
    """This is not an e-mail address."""


class UserNotFound(NotFound):
    """There is no such account."""


class LastAdmin(Conflict):
    """The last administrator cannot be removed."""


class WrongPassword(Unprocessable):
    """The current password is not right."""


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    password: str | None = None,
    is_admin: bool = False,
    by: UUID | None = None,
) -> tuple[User, str | None]:
    """A new account; answers the generated password when none was given.

    Raises:
        NotAnEmail, EmailTaken, WeakPassword
    """
    email = email.strip().lower()
    if not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,190}", email):
        raise NotAnEmail("Use the form name@hospital.example.")
    if session.scalar(select(User.id).where(User.email == email)) is not None:
        raise EmailTaken("Sign in with it, or use another address.")
    generated = passwords.generate() if password is None else None
    if password is not None:
        passwords.check_strength(password, email)
    user = User(
        email=email,
        name=name.strip() or email,
        password_hash=passwords.hash_password(password or generated or ""),
        is_admin=is_admin,
    )
    session.add(user)
    session.flush()
    audit.record(session, by, "user_made", "user", user.id, is_admin=is_admin)
    return user, generated


def by_email(session: Session, email: str) -> User:
    """The account with this address.

    Raises:
        UserNotFound
    """
    user = session.scalars(select(User).where(User.email == email.strip().lower())).one_or_none()
    if user is None:
        raise UserNotFound("Ask an administrator to make an account for this address first.")
    return user


def by_id(session: Session, user_id: UUID) -> User:
    """The account with this id.

    Raises:
        UserNotFound
    """
    user = session.get(User, user_id)
    if user is None:
        raise UserNotFound()
    return user


def change_user(session: Session, by: User, user_id: UUID, changes: dict[str, Any]) -> User:
    """An administrator changes name, standing, activity or password of an account.

    Raises:
        UserNotFound, LastAdmin, WeakPassword
    """
    user = by_id(session, user_id)
    loses = changes.get("is_admin") is False or changes.get("is_active") is False
    if loses and user.is_admin and user.is_active and _active_admin_count(session) == 1:
        raise LastAdmin("Make someone else an administrator first.")
    password = changes.pop("password", None)
    for field, value in changes.items():
        setattr(user, field, value)
    if password is not None:
        set_password(session, user, password)
    if loses or password is not None:
        sign_in.end_all(session, user.id)
    fields = sorted(changes) + (["password"] if password else [])
    audit.record(session, by.id, "user_changed", "user", user.id, fields=fields)
    return user


def change_self(session: Session, user: User, changes: dict[str, Any]) -> User:
    """A person changes their own name or preferences; preferences not named stay as they are."""
    preferences = changes.get("preferences", {})
    if "name" in changes:
        user.name = changes["name"]
    if preferences:
        user.preferences = user.preferences | preferences
    fields = sorted(changes.keys() - {"preferences"} | preferences.keys())
    audit.record(session, user.id, "user_changed", "user", user.id, fields=fields)
    return user


def change_own_password(session: Session, user: User, current: str, new: str) -> None:
    """A person changes their own password; every session of theirs ends.

    Raises:
        WrongPassword, WeakPassword
    """
    if not passwords.matches(current, user.password_hash):
        raise WrongPassword("Type the password you signed in with.")
    set_password(session, user, new)
    sign_in.end_all(session, user.id)
    audit.record(session, user.id, "password_changed", "user", user.id)


def set_password(session: Session, user: User, password: str) -> None:
    """Replace a password after checking its strength."""
    passwords.check_strength(password, user.email)
    user.password_hash = passwords.hash_password(password)
    session.flush()


def all_users(session: Session) -> list[User]:
    """Every account, by name."""
    return list(session.scalars(select(User).order_by(User.name, User.id)))


def _active_admin_count(session: Session) -> int:
    count = session.scalar(
        select(func.count()).select_from(User).where(User.is_admin, User.is_active)
    )
    return int(count or 0)
