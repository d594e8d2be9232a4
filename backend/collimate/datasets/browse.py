"""Looking at dataset versions and their exports."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.datasets.models import DatasetVersion, Export
from collimate.jobs.models import Job
from collimate.kit.errors import NotFound
from collimate.projects import members
from collimate.projects.models import Project


class DatasetNotFound(NotFound):
    """There is no such dataset."""


class ExportNotFound(NotFound):
    """There is no such export."""


def version_for(
    session: Session, user: User, dataset_id: UUID, permission: Permission
) -> DatasetVersion:
    """The version, if the user may do this with it.

    Raises:
        DatasetNotFound: unknown, or a stranger's: both look the same.
        RoleForbids
    """
    version = session.get(DatasetVersion, dataset_id)
    return members.guard(session, user, version, permission, DatasetNotFound)


def export_for(session: Session, user: User, export_id: UUID, permission: Permission) -> Export:
    """The export, if the user may do this with it.

    Raises:
        ExportNotFound, RoleForbids
    """
    export = session.get(Export, export_id)
    return members.guard(session, user, export, permission, ExportNotFound)


def list_versions(session: Session, project: Project) -> list[dict[str, Any]]:
    """The versions of a project with their exports, newest first."""
    rows = session.execute(
        select(DatasetVersion, User.name)
        .join(User, User.id == DatasetVersion.frozen_by)
        .where(DatasetVersion.project_id == project.id)
        .order_by(DatasetVersion.id.desc())
    ).all()
    exports = _exports(session, [version.id for version, _ in rows])
    return [describe(version, name, exports.get(version.id, [])) for version, name in rows]


def describe(
    version: DatasetVersion, frozen_by_name: str, exports: list[dict[str, Any]]
) -> dict[str, Any]:
    """A version as JSON has it."""
    fields = ("id", "name", "note", "created_at", "counts", "split_shares", "manifest_sha256")
    return {
        **{field: getattr(version, field) for field in fields},
        "frozen_by_name": frozen_by_name,
        "exports": exports,
        "erased_count": sum("erasure_id" in entry for entry in version.manifest["entries"]),
    }


def _exports(session: Session, version_ids: list[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    rows = session.execute(
        select(Export, Job)
        .outerjoin(Job, Job.id == Export.job_id)
        .where(Export.dataset_version_id.in_(version_ids))
        .order_by(Export.id.desc())
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for export, job in rows:
        found.setdefault(export.dataset_version_id, []).append(_export_json(export, job))
    return found


def describe_export(session: Session, export: Export) -> dict[str, Any]:
    """An export as JSON has it; until it is done its job says how far it is."""
    job = session.get(Job, export.job_id) if export.job_id else None
    return _export_json(export, job)


def _export_json(export: Export, job: Job | None) -> dict[str, Any]:
    fields = ("id", "format", "byte_count", "created_at", "job_id")
    is_done = export.state == "done"
    return {
        **{field: getattr(export, field) for field in fields},
        "state": export.state if is_done or job is None else job.state,
        "progress": 1.0 if is_done or job is None else job.progress,
        "message": "" if is_done or job is None else job.message,
        "error": export.error if is_done or job is None else job.error,
    }
