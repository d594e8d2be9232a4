"""Who works in the demo workspace: five invented accounts, one for each kind of work."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import accounts, passwords
from collimate.access.models import User
from collimate.access.policy import Role
from collimate.kit.settings import settings
from collimate.projects import members
from collimate.projects.models import Project

ADMIN = "admin@demo.example"
LEAD = "lead@demo.example"
READERS = ("reader1@demo.example", "reader2@demo.example")
DATA = "data@demo.example"

PEOPLE: tuple[tuple[str, str, Role], ...] = (
    (ADMIN, "Demo Admin", Role.PROJECT_ADMIN),
    (LEAD, "Project Lead", Role.PROJECT_ADMIN),
    (READERS[0], "Reader One", Role.READER),
    (READERS[1], "Reader Two", Role.REVIEWER),
    (DATA, "Data Manager", Role.DATA_MANAGER),
)


@dataclass(frozen=True)
class NewPeople:
    """The accounts by e-mail; `password` only when some were made just now."""

    users: dict[str, User]
    password: str | None


def make_people(session: Session) -> NewPeople:
    """The demo accounts, made where they are missing, all with the same password.

    Raises:
        WeakPassword: COLLIMATE_DEMO_PASSWORD is too easy to guess.
    """
    emails = [email for email, _, _ in PEOPLE]
    users = {u.email: u for u in session.scalars(select(User).where(User.email.in_(emails)))}
    if len(users) == len(emails):
        return NewPeople(users, None)
    password = settings().demo_password or passwords.generate()
    for email, name, _ in PEOPLE:
        if email not in users:
            users[email], _generated = accounts.create_user(
                session, email=email, name=name, password=password, is_admin=email == ADMIN
            )
    return NewPeople(users, password)


def join(session: Session, project: Project, users: dict[str, User]) -> None:
    """Make everyone a member of a project, each in their role."""
    for email, _, role in PEOPLE:
        if members.role_of(session, users[email], project.id) is None:
            members.put_member(session, users[ADMIN].id, project, email=email, role=role)
