"""Who belongs to a project: the single door to everything a project holds."""

from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from collimate.access import accounts, audit
from collimate.access.models import User
from collimate.access.policy import Permission, Role, allows
from collimate.jobs import events
from collimate.kit.database import keep
from collimate.kit.errors import Conflict, Forbidden, NotFound
from collimate.projects.models import Member, Project


class OfProject(Protocol):
    """A row that belongs to one project."""

    project_id: Any


RowOfProject = TypeVar("RowOfProject", bound=OfProject)


class ProjectNotFound(NotFound):
    """There is no such project."""


class RoleForbids(Forbidden):
    """Your role in this project does not allow this."""


class MemberNotFound(NotFound):
    """This person is not a member."""


class LastProjectAdmin(Conflict):
    """The last project admin cannot be removed."""


def role_of(session: Session, user: User, project_id: UUID) -> Role | None:
    """The user's role in a project, None for a stranger."""
    role = session.scalar(
        select(Member.role).where(Member.project_id == project_id, Member.user_id == user.id)
    )
    return Role(role) if role else None


def may(session: Session, user: User, project_id: UUID, permission: Permission) -> bool:
    """Whether the policy allows this user this in this project."""
    role = role_of(session, user, project_id)
    return allows(is_admin=user.is_admin, role=role, permission=permission)


_WITH_ROLE = (
    select(Project, Member.role)
    .join(Member, Member.project_id == Project.id)
    .where(Project.id == bindparam("project_id"), Member.user_id == bindparam("user_id"))
)


def require(session: Session, user: User, project_id: UUID, permission: Permission) -> Project:
    """The project, if the user may do this in it.

    Raises:
        ProjectNotFound: unknown project, or a stranger to it: both look the same.
        RoleForbids: a member without this right.
    """
    found = session.execute(_WITH_ROLE, {"project_id": project_id, "user_id": user.id}).first()
    if found is None:
        raise ProjectNotFound()
    project, role = found
    if not allows(is_admin=user.is_admin, role=Role(role), permission=permission):
        raise RoleForbids(f"It needs a role that may {permission.replace('_', ' ')}.")
    return keep(session, project)


def guard(
    session: Session,
    user: User,
    row: RowOfProject | None,
    permission: Permission,
    missing: type[NotFound],
) -> RowOfProject:
    """A row found by its id, if the user may do this in its project.

    Raises:
        missing: no such row, or it belongs to a project the user is a stranger to: both alike.
        RoleForbids: a member without this right.
    """  # fmt: skip
    if row is None:
        raise missing()
    try:
        require(session, user, row.project_id, permission)
    except ProjectNotFound as error:
        raise missing() from error
    return row


TOPICS: dict[str, Permission] = {
    "project": Permission.SEE_PROJECT,
    "member": Permission.SEE_PROJECT,
    "read": Permission.SEE_PROJECT,
    "study": Permission.SEE_STUDIES,
    "received_file": Permission.SEE_STUDIES,
    "task": Permission.SEE_LEARNING,
    "job": Permission.SEE_LEARNING,
    "round": Permission.SEE_LEARNING,
    "dataset": Permission.MANAGE_DATASETS,
    "export": Permission.MANAGE_DATASETS,
}
"""Who hears of what. A reader hears of no job or round: its timing would tell of others' reads."""


def topics_heard(session: Session, user: User, project_id: UUID) -> frozenset[str]:
    """The topics of events a user may hear of in a project; empty for a stranger."""
    role = role_of(session, user, project_id)
    if role is None:
        return frozenset()
    return frozenset(
        topic
        for topic, needed in TOPICS.items()
        if allows(is_admin=user.is_admin, role=role, permission=needed)
    )


def visible_to(user: User) -> ColumnElement[bool]:
    """The criterion every list of projects uses."""
    return Project.id.in_(select(Member.project_id).where(Member.user_id == user.id))


def projects_of(session: Session, user: User) -> list[dict[str, Any]]:
    """The projects of a user with role and permissions, by name."""
    rows = session.execute(
        select(Project, Member.role)
        .join(Member, Member.project_id == Project.id)
        .where(Member.user_id == user.id, Project.archived_at.is_(None))
        .order_by(Project.name, Project.id)
    )
    return [
        {
            "id": project.id,
            "name": project.name,
            "is_demo": project.is_demo,
            "role": role,
            "permissions": sorted(
                one
                for one in Permission
                if allows(is_admin=user.is_admin, role=Role(role), permission=one)
            ),
        }
        for project, role in rows
    ]


def list_members(session: Session, project: Project) -> list[dict[str, Any]]:
    """Members with name and role, by name."""
    rows = session.execute(
        select(User, Member.role)
        .join(Member, Member.user_id == User.id)
        .where(Member.project_id == project.id)
        .order_by(User.name, User.id)
    )
    return [
        {"user_id": user.id, "name": user.name, "email": user.email, "role": role}
        for user, role in rows
    ]


def put_member(
    session: Session, by: UUID | None, project: Project, email: str, role: Role
) -> dict[str, Any]:
    """Add someone by e-mail, or change the role they have.

    Raises:
        UserNotFound, LastProjectAdmin
    """
    user = accounts.by_email(session, email)
    member = session.scalars(_membership(project.id, user.id).with_for_update()).one_or_none()
    if member is None:
        session.add(Member(project_id=project.id, user_id=user.id, role=role))
    else:
        _keep_an_admin(session, member, becomes=role)
        member.role = role
    audit.record(session, by, "member_put", "user", user.id, project_id=project.id, role=role)
    events.publish(session, "member", project.id, member_id=user.id)
    session.flush()
    return {"user_id": user.id, "name": user.name, "email": user.email, "role": role}


def remove_member(session: Session, by: UUID, project: Project, user_id: UUID) -> None:
    """Take someone out of the project; their reads stay.

    Raises:
        MemberNotFound, LastProjectAdmin
    """
    member = session.scalars(_membership(project.id, user_id).with_for_update()).one_or_none()
    if member is None:
        raise MemberNotFound()
    _keep_an_admin(session, member, becomes=None)
    session.delete(member)
    audit.record(session, by, "member_removed", "user", user_id, project_id=project.id)
    events.publish(session, "member", project.id, member_id=user_id)


def _membership(project_id: UUID, user_id: UUID) -> Select[Member]:
    return select(Member).where(Member.project_id == project_id, Member.user_id == user_id)


def _keep_an_admin(session: Session, member: Member, becomes: Role | None) -> None:
    if member.role != Role.PROJECT_ADMIN or becomes == Role.PROJECT_ADMIN:
        return
    session.execute(select(Project.id).where(Project.id == member.project_id).with_for_update())
    others = session.scalar(
        select(func.count())
        .select_from(Member)
        .where(
            Member.project_id == member.project_id,
            Member.role == Role.PROJECT_ADMIN,
            Member.user_id != member.user_id,
        )
    )
    if not others:
        raise LastProjectAdmin("Make someone else project admin first.")
