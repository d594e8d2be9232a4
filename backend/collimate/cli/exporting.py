"""Asking for an export, waiting for the worker, and writing the file."""

import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from collimate.access.policy import Permission
from collimate.cli.reach import acting
from collimate.datasets import browse
from collimate.datasets.export import download, request_export
from collimate.datasets.exports import ExportFormat
from collimate.datasets.models import Export
from collimate.jobs.models import Job
from collimate.kit.database import open_session

PATIENCE_SECONDS = 30.0


class NoWorker(Exception):
    """Nobody took the job, or it failed; the message says which."""


def write_export(
    dataset_id: UUID,
    export_format: str,
    out: Path | None,
    email: str | None,
    *,
    say: Callable[[str], None],
) -> Path:
    """Write a dataset version to `out`, or to a file named after it in this folder.

    Raises:
        ValueError: no such format.
        DatasetNotFound, RoleForbids: the account may not export it.
        NoWorker: the job was not taken or failed.
    """
    chosen = ExportFormat(export_format)
    with open_session() as session:
        user = acting(session, email)
        version = browse.version_for(session, user, dataset_id, Permission.MANAGE_DATASETS)
        export = request_export(session, user.id, version, chosen)
        export_id, job_id = export.id, export.job_id
    assert job_id is not None
    _wait(job_id, say)
    with open_session() as session:
        export = session.get_one(Export, export_id)
        pieces, byte_count, name = download(session, acting(session, email).id, export)
        target = out or Path(name)
        with target.open("wb") as file:
            for piece in pieces:
                file.write(piece)
    say(f"{byte_count:,} bytes")
    return target


def _wait(job_id: UUID, say: Callable[[str], None]) -> None:
    started, shown = time.monotonic(), ""
    while True:
        with open_session() as session:
            job = session.get_one(Job, job_id)
            state, message, error = job.state, job.message, job.error
        if state == "done":
            return
        if state in ("failed", "cancelled"):
            raise NoWorker(error or "The export was cancelled.")
        if state == "queued" and time.monotonic() - started > PATIENCE_SECONDS:
            raise NoWorker("No worker takes the job. Start one: collimate up")
        if message != shown:
            say(message)
            shown = message
        time.sleep(0.2)
