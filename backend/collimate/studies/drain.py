"""Work through the files that wait, one transaction each, whatever they hold."""

import time
from collections import Counter
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from collimate.dicom.sandbox import SandboxUnavailable
from collimate.jobs import events
from collimate.jobs.run import JobCancelled, JobFailed, JobRun, LostLease
from collimate.kit import database
from collimate.kit.logging import logger
from collimate.studies import raw_bytes, resume
from collimate.studies.assess import assess_waiting
from collimate.studies.ingest import ingest_one, set_aside
from collimate.studies.models import ReceivedFile
from collimate.studies.sandbox import sandbox
from collimate.studies.states import FileState

UNEXPECTED = "unexpected_error"
UNEXPECTED_TEXT = (
    "This file could not be taken in because of an error on our side. "
    "Nothing was lost; try again, and report it if it stays."
)
_ASSESS_EVERY = 200
_REPORT_EVERY_S = 1.0
_NOT_THE_FILE = (OperationalError, InterfaceError, LostLease, JobCancelled, SandboxUnavailable)


def ingest_waiting(project_id: UUID, run: JobRun | None = None) -> dict[str, int]:
    """Ingest every received file of a project; answers how many ended in which state.

    Raises:
        JobFailed: the image reader cannot be started; the files keep waiting.
    """
    counts: Counter[str] = Counter()
    reported = time.monotonic()
    try:
        while (state := _ingest_next(project_id, run)) is not None:
            counts[state] += 1
            if counts.total() % _ASSESS_EVERY == 0:
                assess_waiting(project_id)
            if run is not None:
                run.check()
                if time.monotonic() - reported > _REPORT_EVERY_S:
                    _report(run, project_id, counts.total())
                    reported = time.monotonic()
    except SandboxUnavailable as error:
        raise JobFailed("The image reader could not be started. The files keep waiting.") from error
    assess_waiting(project_id)
    raw_bytes.sweep(project_id)
    resume.forget_old(project_id)
    return dict(counts)


def ingest_received(file_id: UUID) -> None:
    """Ingest one file now, if nobody else is at it."""
    chosen = select(ReceivedFile).where(
        ReceivedFile.id == file_id, ReceivedFile.state == FileState.RECEIVED
    )
    _ingest(chosen, None)


def _ingest_next(project_id: UUID, run: JobRun | None) -> str | None:
    return _ingest(
        select(ReceivedFile)
        .where(ReceivedFile.project_id == project_id, ReceivedFile.state == FileState.RECEIVED)
        .order_by(ReceivedFile.id)
        .limit(1),
        run,
    )


def _ingest(chosen: Select[ReceivedFile], run: JobRun | None) -> str | None:
    file_id: UUID | None = None
    try:
        with _step(run) as session:
            file = session.scalars(chosen.with_for_update(skip_locked=True)).first()
            if file is None:
                return None
            file_id = file.id
            return ingest_one(session, sandbox(), file).state
    except _NOT_THE_FILE:
        raise
    except Exception as error:
        if file_id is None:
            raise
        logger().error("ingest_failed", file_id=file_id, error_class=type(error).__name__)
        return _set_aside(file_id, run)


def _set_aside(file_id: UUID, run: JobRun | None) -> str:
    with _step(run) as session:
        file = session.get_one(ReceivedFile, file_id, with_for_update=True)
        set_aside(session, file, UNEXPECTED, UNEXPECTED_TEXT)
        events.publish(session, "received_file", file.project_id, file_id=file.id)
        return file.state


def _step(run: JobRun | None) -> AbstractContextManager[Session]:
    return database.open_session() if run is None else run.open_session()


def _report(run: JobRun, project_id: UUID, done_count: int) -> None:
    with database.open_session() as session:
        waiting: Any = session.scalar(
            select(func.count())
            .select_from(ReceivedFile)
            .where(ReceivedFile.project_id == project_id, ReceivedFile.state == FileState.RECEIVED)
        )
    run.report(done_count / (done_count + waiting), f"{done_count} files done, {waiting} to go")
