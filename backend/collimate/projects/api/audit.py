"""Routes of the audit trail."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from collimate.access import audit
from collimate.access.actor import Actor
from collimate.access.api import ActorDep, AdminsOnly, instance_permission
from collimate.access.policy import Permission, allows
from collimate.access.schemas import AuditPage, AuditVerification
from collimate.kit.http import SessionDep
from collimate.projects import members

router = APIRouter(tags=["audit"])


def audit_scope(
    session: SessionDep, actor: ActorDep, project_id: UUID | None = None
) -> UUID | None:
    """The project whose trail may be seen; None means every trail, for administrators."""
    if project_id is None:
        if not allows(is_admin=actor.user.is_admin, role=None, permission=Permission.SEE_AUDIT):
            raise AdminsOnly("Name a project whose trail you may see.")
        return None
    return members.require(session, actor.user, project_id, Permission.SEE_AUDIT).id


Scope = Annotated[UUID | None, Depends(audit_scope, scope="function")]
AuditorDep = Annotated[Actor, Depends(instance_permission(Permission.SEE_AUDIT), scope="function")]


@router.get("/api/audit", response_model=AuditPage)
def list_events(
    session: SessionDep,
    project_id: Scope,
    after: int | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    items = audit.page(session, project_id=project_id, after=after, limit=limit)
    return {"items": items, "next": items[-1]["id"] if len(items) == limit else None}


@router.get("/api/audit/verify", response_model=AuditVerification)
def verify(session: SessionDep, _actor: AuditorDep) -> audit.Verification:
    return audit.verify(session)
