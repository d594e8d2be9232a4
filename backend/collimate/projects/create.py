"""Making and changing projects."""

import secrets
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Role
from collimate.jobs import events
from collimate.projects import learnable, members, rules
from collimate.projects.models import DeidentificationKey, Member, Project


def create_project(
    session: Session, owner: User, *, name: str, purpose: str = "", is_demo: bool = False
) -> Project:
    """A new project with its own secret; its maker becomes project admin."""
    project = Project(
        name=name.strip(),
        purpose=purpose.strip(),
        reading_rules=asdict(rules.ReadingRules()),
        learning_rules=asdict(rules.LearningRules()),
        key=secrets.token_bytes(32),
        is_demo=is_demo,
    )
    session.add(project)
    session.flush()
    session.add(DeidentificationKey(project_id=project.id, key=secrets.token_bytes(32)))
    session.add(Member(project_id=project.id, user_id=owner.id, role=Role.PROJECT_ADMIN))
    session.flush()
    audit.record(session, owner.id, "project_made", "project", project.id, project_id=project.id)
    return project


def change_project(
    session: Session, by: UUID, project: Project, changes: dict[str, Any]
) -> Project:
    """Change name, purpose or rules.

    Raises:
        RuleOutOfRange
    """
    if changes.get("reading_rules"):
        project.reading_rules = rules.change(rules.reading_rules(project), changes["reading_rules"])
    if changes.get("learning_rules"):
        predicts = changes["learning_rules"].get("predicts")
        if predicts is not None:
            learnable.choose(session, project, predicts)
        project.learning_rules = rules.change(
            rules.learning_rules(project), changes["learning_rules"]
        )
    for field in ("name", "purpose"):
        if changes.get(field) is not None:
            setattr(project, field, changes[field].strip())
    audit.record(
        session, by, "project_changed", "project", project.id,
        project_id=project.id, fields=sorted(changes),
    )  # fmt: skip
    events.publish(session, "project", project.id)
    return project


def describe(session: Session, user: User, project: Project) -> dict[str, Any]:
    """A project as JSON has it, with the role of who asks."""
    return {
        "id": project.id,
        "name": project.name,
        "purpose": project.purpose,
        "is_demo": project.is_demo,
        "role": members.role_of(session, user, project.id),
        "reading_rules": asdict(rules.reading_rules(project)),
        "learning_rules": asdict(rules.learning_rules(project)),
        "created_at": project.created_at,
    }


def list_projects(session: Session, user: User) -> list[dict[str, Any]]:
    """The projects of a user, by name."""
    projects = session.scalars(
        select(Project)
        .where(members.visible_to(user), Project.archived_at.is_(None))
        .order_by(Project.name, Project.id)
    ).all()
    return [describe(session, user, project) for project in projects]
