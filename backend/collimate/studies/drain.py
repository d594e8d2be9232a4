"""Work through the files that wait, a few in each transaction, whatever they hold."""

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from collimate.dicom.sandbox import SandboxUnavailable
from collimate.jobs.run import JobCancelled, JobFailed, JobRun, LostLease
from collimate.kit import clock, database
from collimate.kit.logging import logger
from collimate.studies import raw_bytes, resume
from collimate.studies.admit import NameAppeared
from collimate.studies.assess import assess_waiting
from collimate.studies.ingest import ingest, set_aside
from collimate.studies.models import ReceivedFile
from collimate.studies.packed_metadata import pack_new
from collimate.studies.sandbox import sandbox
from collimate.studies.states import FileState

UNEXPECTED = "unexpected_error"
UNEXPECTED_TEXT = (
    "This file could not be taken in because of an error on our side. "
    "Nothing was lost; try again, and report it if it stays."
)
BATCH_FILES, BATCH_BYTES = 16, 32 << 20
STILL_COMING = timedelta(seconds=0.3)
PATIENCE_S = 5.0
"""Files that keep coming are taken in before those that came are looked at, so long at most."""
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
        assessed, series_ids = 0, set[UUID]()
        patient_until = time.monotonic() + PATIENCE_S if run is not None else 0.0
        while states := _ingest_next(project_id, run, patient_until):
            counts.update(states)
            if counts.total() - assessed >= _ASSESS_EVERY:
                series_ids |= assess_waiting(project_id)
                assessed = counts.total()
            if run is not None:
                run.check()
                if time.monotonic() - reported > _REPORT_EVERY_S:
                    _report(run, project_id, counts.total())
                    reported = time.monotonic()
    except SandboxUnavailable as error:
        raise JobFailed("The image reader could not be started. The files keep waiting.") from error
    pack_new(project_id, series_ids | assess_waiting(project_id))
    raw_bytes.sweep(project_id)
    resume.forget_old(project_id)
    return dict(counts)


def ingest_received(file_ids: Sequence[UUID]) -> None:
    """Ingest these files now, those that nobody else is at."""
    for start in range(0, len(file_ids), BATCH_FILES):
        several = file_ids[start : start + BATCH_FILES]
        mine = ReceivedFile.id.in_(several), ReceivedFile.state == FileState.RECEIVED
        while _ingest(select(ReceivedFile).where(*mine).order_by(ReceivedFile.id), None):
            pass


_NEWEST = (
    select(ReceivedFile.created_at)
    .where(
        ReceivedFile.project_id == bindparam("project_id"),
        ReceivedFile.state == FileState.RECEIVED,
    )
    .order_by(ReceivedFile.id.desc())
    .limit(1)
)


def _let_come(project_id: UUID, run: JobRun, until: float) -> None:
    """Leave the processors to those who take files in, until none has come for a moment."""
    while time.monotonic() < until:
        newest = database.read(_NEWEST, {"project_id": project_id})
        if not newest or clock.now() - newest[0].created_at > STILL_COMING:
            return
        run.check()
        time.sleep(STILL_COMING.total_seconds() / 2)


def _ingest_next(project_id: UUID, run: JobRun | None, patient_until: float) -> list[str]:
    """The states in which the next few files ended; none when no file waits."""
    if run is not None:
        _let_come(project_id, run, patient_until)
    return _ingest(
        select(ReceivedFile)
        .where(ReceivedFile.project_id == project_id, ReceivedFile.state == FileState.RECEIVED)
        .order_by(ReceivedFile.id)
        .limit(BATCH_FILES),
        run,
    )


def _ingest(chosen: Select[ReceivedFile], run: JobRun | None) -> list[str]:
    """Decide about files together; where that fails, one by one, so that only one pays for it."""
    file_ids: list[UUID] = []
    try:
        with _step(run) as session:
            files = _not_too_much(session.scalars(chosen.with_for_update(skip_locked=True)).all())
            if not files:
                return []
            file_ids = [file.id for file in files]
            return [file.state for file in ingest(session, sandbox(), files)]
    except _NOT_THE_FILE:
        raise
    except NameAppeared as appeared:
        raw_bytes.forget(appeared.stored)
        if len(file_ids) > 1:
            return _each_alone(file_ids, run)
        return _ingest(chosen, run)
    except Exception as error:
        if not file_ids:
            raise
        if len(file_ids) > 1:
            return _each_alone(file_ids, run)
        logger().error("ingest_failed", file_id=file_ids[0], error_class=type(error).__name__)
        return [_set_aside(file_ids[0], run)]


def _each_alone(file_ids: Sequence[UUID], run: JobRun | None) -> list[str]:
    each = (select(ReceivedFile).where(ReceivedFile.id == one) for one in file_ids)
    waits = ReceivedFile.state == FileState.RECEIVED
    return [state for one in each for state in _ingest(one.where(waits), run)]


def _not_too_much(files: Sequence[ReceivedFile]) -> list[ReceivedFile]:
    """The first few: large files are decided about one at a time."""
    chosen: list[ReceivedFile] = []
    total = 0
    for file in files:
        total += file.byte_count
        if chosen and total > BATCH_BYTES:
            break
        chosen.append(file)
    return chosen


def _set_aside(file_id: UUID, run: JobRun | None) -> str:
    with _step(run) as session:
        file = session.get_one(ReceivedFile, file_id, with_for_update=True)
        set_aside(session, file, UNEXPECTED, UNEXPECTED_TEXT)
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
