"""Finding the project someone named outside the browser: on a command line, in a settings file."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.kit.errors import NotFound, Unprocessable
from collimate.projects.models import Project


class NoSuchProject(NotFound):
    """There is no project of that name or id."""


class SeveralProjects(Unprocessable):
    """Several projects have that name."""


def find_project(session: Session, name_or_id: str) -> Project:
    """A project by id or by its exact name.

    Raises:
        NoSuchProject, SeveralProjects
    """
    try:
        found = [session.get(Project, UUID(name_or_id))]
    except ValueError:
        found = list(session.scalars(select(Project).where(Project.name == name_or_id)))
    projects = [project for project in found if project is not None]
    if not projects:
        names = session.scalars(select(Project.name).order_by(Project.name).limit(20)).all()
        raise NoSuchProject("There are: " + (", ".join(f"“{name}”" for name in names) or "none."))
    if len(projects) > 1:
        raise SeveralProjects("Give its id: " + ", ".join(str(one.id) for one in projects))
    return projects[0]
