"""Load a project and authorise in one step, so that a route cannot hold what it may not touch."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from fastapi import Depends

from collimate.access.api import ActorDep
from collimate.access.policy import Permission
from collimate.kit.http import SessionDep
from collimate.projects import members
from collimate.projects.models import Project


def project_for(permission: Permission) -> Any:
    """A dependency giving the project of the path to someone with this permission in it."""

    def load(session: SessionDep, actor: ActorDep, project_id: UUID) -> Project:
        return members.require(session, actor.user, project_id, permission)

    authorised: Callable[..., Project] = load
    return Depends(authorised, scope="function")
