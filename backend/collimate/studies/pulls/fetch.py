"""The job that pulls: study after study, each file through the same door as an upload."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from collimate.access import audit
from collimate.dicom.identity import check_uid
from collimate.dicom.limits import LIMITS
from collimate.dicom.rejection import Rejected
from collimate.jobs.run import JobFailed, JobRun
from collimate.kit.blobs import Blob, work_folder
from collimate.projects.models import Project
from collimate.studies.act import Act, WayIn
from collimate.studies.dicomweb.multipart import (
    BadMultipart,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
)
from collimate.studies.models import Pull
from collimate.studies.pulls.order import SourceNotOpen, Wanted, source_named
from collimate.studies.pulls.remote import Remote, SourceFailed, value_of
from collimate.studies.receive import ask_for_ingest, keep

_BOUNDARY = re.compile(r';\s*boundary\s*=\s*("[^"]*"|[^;\s]+)', re.IGNORECASE)


def pull_studies(run: JobRun) -> dict[str, Any]:
    """Pull what was ordered; a job that was stopped goes on with the study it was at.

    Raises:
        JobFailed: the source is closed to the project now, or does not answer.
        JobCancelled: what came before stays.
    """
    pull_id = UUID(run.arguments["pull_id"])
    with run.open_session() as session:
        pull = session.get_one(Pull, pull_id)
        project = session.get_one(Project, pull.project_id)
        try:
            source = source_named(project, pull.source)
        except SourceNotOpen as error:
            raise JobFailed("The source is no longer open to this project.") from error
    try:
        with Remote(source) as remote:
            count = _pull(run, pull_id, remote)
    except (SourceFailed, BadMultipart) as error:
        raise JobFailed(f"{error.detail} What came before was kept; try again.") from error
    with run.open_session() as session:
        pull = session.get_one(Pull, pull_id, with_for_update=True)
        pull.wanted, pull.study_uids = {}, []
        audit.record(
            session, pull.ordered_by, "pull_done", "pull", pull.id,
            project_id=pull.project_id, study_count=pull.done_count,
        )  # fmt: skip
    return {"study_count": count}


def _pull(run: JobRun, pull_id: UUID, remote: Remote) -> int:
    uids = _found(run, pull_id, remote)
    while True:
        with run.open_session() as session:
            pull = session.get_one(Pull, pull_id)
            done, project_id, by = pull.done_count, pull.project_id, pull.ordered_by
        run.report(done / max(len(uids), 1), f"{done} of {len(uids)} studies")
        if done == len(uids):
            return done
        act = Act(WayIn.PULL, by, pull_id)
        _take_study(run, remote, uids[done], project_id, act)
        with run.open_session() as session:
            session.get_one(Pull, pull_id, with_for_update=True).done_count += 1
            ask_for_ingest(session, project_id, by)


def _found(run: JobRun, pull_id: UUID, remote: Remote) -> list[str]:
    """The UIDs of what matched when the job first ran: later tries go on with the same list."""
    with run.open_session() as session:
        pull = session.get_one(Pull, pull_id)
        wanted, known = Wanted(**pull.wanted), pull.study_uids
    if known is not None:
        return list(known)
    studies = remote.search(wanted.query(), wanted.limit)
    try:
        uids = [check_uid(value_of(study, "0020000D")) for study in studies]
    except Rejected:
        raise SourceFailed("It names a study by something that is no UID.") from None
    with run.open_session() as session:
        session.get_one(Pull, pull_id, with_for_update=True).study_uids = uids
    return uids


def _take_study(run: JobRun, remote: Remote, uid: str, project_id: UUID, act: Act) -> None:
    with work_folder() as folder, remote.study(uid) as (content_type, body):
        for number, path in enumerate(_files(content_type, body, folder)):
            run.check()
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            blob = Blob(digest, path.stat().st_size)
            with run.open_session() as session:
                keep(
                    session, project_id, act=act, name=f"pulled {number + 1}", path=path, blob=blob
                )
            path.unlink()


def _files(content_type: str, body: Iterator[bytes], folder: Path) -> Iterator[Path]:
    """Each part of the answer as a file; the caller removes it before it asks for the next."""
    if content_type.split(";", maxsplit=1)[0].strip().lower() == "application/dicom":
        events: Any = _single(body)
    else:
        boundary = _BOUNDARY.search(content_type)
        reader = MultipartReader(boundary.group(1).strip('"') if boundary else "")
        events = _multipart(reader, body)
    file: BinaryIO | None = None
    path = folder / "part"
    for event in events:
        if isinstance(event, PartBegins):
            file = path.open("wb")
        elif isinstance(event, PartData) and file is not None:
            if file.tell() + len(event.data) > LIMITS.file_bytes:
                raise SourceFailed("An image of it is larger than the limit.")
            file.write(event.data)
        elif isinstance(event, PartEnds) and file is not None:
            file.close()
            file = None
            yield path


def _single(body: Iterator[bytes]) -> Iterator[PartBegins | PartData | PartEnds]:
    yield PartBegins({})
    yield from map(PartData, body)
    yield PartEnds()


def _multipart(
    reader: MultipartReader, body: Iterator[bytes]
) -> Iterator[PartBegins | PartData | PartEnds]:
    for piece in body:
        yield from reader.feed(piece)
    reader.finish()
