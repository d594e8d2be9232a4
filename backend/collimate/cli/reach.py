"""Reaching the database and the things named on the command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

import collimate.tables  # noqa: F401 - every table must be known before the first query
from collimate.access import accounts
from collimate.access.models import User
from collimate.cli.screen import keep_logs_quiet
from collimate.kit.settings import settings
from collimate.projects import create
from collimate.projects.find import NoSuchProject, find_project
from collimate.projects.models import Project


@contextmanager
def database() -> Iterator[None]:
    """The database, migrated; an embedded server nobody else uses is stopped afterwards."""
    from collimate.embedded.postgres import start_postgres
    from collimate.kit.database import engine
    from collimate.migrate import migrate

    keep_logs_quiet()
    postgres = None if settings().database_url else start_postgres()
    try:
        migrate()
        yield
    finally:
        engine().dispose()
        if postgres is not None:
            postgres.leave()


def find_or_create(session: Session, name_or_id: str, owner: str | None) -> Project:
    """A project; with an owner's e-mail it is made where there is none of that name.

    Raises:
        NoSuchProject, SeveralProjects, UserNotFound
    """
    try:
        return find_project(session, name_or_id)
    except NoSuchProject:
        if owner is None:
            raise
    return create.create_project(session, accounts.by_email(session, owner), name=name_or_id)


def acting(session: Session, email: str | None) -> User:
    """The account a command acts for: the one named, else the first administrator.

    Raises:
        UserNotFound
    """
    if email is not None:
        return accounts.by_email(session, email)
    admin = session.scalars(
        select(User).where(User.is_admin, User.is_active).order_by(User.id).limit(1)
    ).one_or_none()
    if admin is None:
        raise accounts.UserNotFound("Make one: collimate user add EMAIL --admin")
    return admin
