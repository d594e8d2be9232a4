"""Asking for an export, and giving its bytes to a browser."""

import re
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.datasets.exports import ExportFormat
from collimate.datasets.models import DatasetVersion, Export
from collimate.jobs import events
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit.blobs import CHUNK_BYTES, blobs
from collimate.kit.errors import Conflict


class ExportNotReady(Conflict):
    """The export is not written yet."""


def request_export(
    session: Session, by: UUID, version: DatasetVersion, export_format: ExportFormat
) -> Export:
    """Ask for a version to be written in a format, in the background."""
    export = Export(
        project_id=version.project_id,
        dataset_version_id=version.id,
        format=export_format,
        requested_by=by,
    )
    session.add(export)
    session.flush()
    job = enqueue(
        session, JobKind.EXPORT_DATASET, project_id=version.project_id, requested_by=by,
        export_id=export.id,
    )  # fmt: skip
    export.job_id = job.id
    events.publish(session, "export", version.project_id, export_id=export.id)
    audit.record(
        session, by, "export_requested", "export", export.id,
        project_id=version.project_id, format=export_format,
    )  # fmt: skip
    return export


def download(session: Session, by: UUID, export: Export) -> tuple[Iterator[bytes], int, str]:
    """The bytes in pieces, their number, and a file name.

    Raises:
        ExportNotReady
    """
    if export.blob_sha256 is None or export.byte_count is None:
        raise ExportNotReady("Wait until it is done.")
    version = session.get_one(DatasetVersion, export.dataset_version_id)
    audit.record(
        session, by, "export_downloaded", "export", export.id, project_id=export.project_id
    )
    name = f"{safe_name(version.name)}-{export.format}.zip"
    return _pieces(export.blob_sha256, export.byte_count), export.byte_count, name


def _pieces(sha256: str, byte_count: int) -> Iterator[bytes]:
    for offset in range(0, byte_count, CHUNK_BYTES):
        yield blobs().read(sha256, offset, CHUNK_BYTES)


def safe_name(name: str) -> str:
    """A file name made of letters, digits, dashes and underscores only."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:60] or "dataset"
