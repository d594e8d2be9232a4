"""Files that were set aside before such files were tied to their patient are read once more."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from collimate.kit.blobs import BlobMissing, blobs
from collimate.projects.models import Project
from collimate.projects.profile import profile_of
from collimate.studies.erased import hashes_of
from collimate.studies.models import Erasure, ReceivedFile
from collimate.studies.receive import ask_for_ingest
from collimate.studies.sandbox import sandbox
from collimate.studies.sandboxed import named_in
from collimate.studies.states import FileState, move

SET_ASIDE = (FileState.QUARANTINED, FileState.CONFLICT, FileState.HELD)


def untied() -> tuple[ColumnElement[bool], ...]:
    """Files that are set aside and say of nobody that they are theirs."""
    return (
        ReceivedFile.state.in_(SET_ASIDE),
        ReceivedFile.has_bytes.is_(True),
        ReceivedFile.subject_hashes == [],
    )


def untied_files(session: Session) -> list[UUID]:
    """All of them, whatever the project."""
    return list(session.scalars(select(ReceivedFile.id).where(*untied())))


def tie(session: Session, file_id: UUID) -> None:
    """Tie a file to its patient as far as its header can be read; nobody's stays as it is.

    A file of a patient who was erased before is looked at again, and refused then.
    """
    file = session.scalars(
        select(ReceivedFile).where(ReceivedFile.id == file_id, *untied()).with_for_update()
    ).one_or_none()
    if file is None:
        return
    profile = profile_of(session, session.get_one(Project, file.project_id))
    try:
        with blobs().local(file.sha256) as source:
            names = named_in(sandbox(), source, profile)
    except BlobMissing:
        return
    if names is None:
        return
    file.subject_hashes = hashes = hashes_of(names)
    of_patient = or_(Erasure.keyed_hash.in_(hashes), Erasure.pseudonym_hashes.overlap(hashes))
    is_gone = select(Erasure.id).where(Erasure.rows_removed_at.is_not(None), of_patient)
    if session.scalars(is_gone).first() is not None and file.state != FileState.HELD:
        move(file, FileState.RECEIVED)
        ask_for_ingest(session, file.project_id, None)
