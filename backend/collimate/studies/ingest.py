"""From a received file to an image of a study, or to quarantine with a reason."""

from dataclasses import asdict
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.dicom.prepared import PreparedInstance
from collimate.dicom.rejection import Rejected
from collimate.dicom.sandbox import Sandbox
from collimate.dicom.starts import is_nifti, is_zip
from collimate.jobs import events
from collimate.kit.blobs import BlobMissing, blobs, work_folder
from collimate.kit.database import after_commit
from collimate.projects.models import Project
from collimate.projects.profile import profile_of, rules_of
from collimate.studies import held, raw_bytes
from collimate.studies.admit import Conflicting, SeriesElsewhere, admit, keep_blobs, known_as
from collimate.studies.erased import ERASED, ERASED_TEXT, is_erased
from collimate.studies.models import Instance, ReceivedFile
from collimate.studies.receive import DUPLICATE_TEXT
from collimate.studies.spent_blobs import note_spent
from collimate.studies.states import FileState, move
from collimate.studies.subject import subject_of
from collimate.studies.unpack import Unpacked, unpack, unpack_volume

BYTES_MISSING = "bytes_missing"
CONFLICT = "conflict"
CONFLICT_TEXT = (
    "Another image with the same identity but other contents is already here; that one stays. "
    "Find out which is right: delete this file if it is not needed, or release it to keep it "
    "beside the other, under an identity of its own."
)
SERIES_ELSEWHERE = "series_elsewhere"
SERIES_ELSEWHERE_TEXT = (
    "The series this image names is already here as part of another study, so nobody can say where "
    "it belongs. Correct it at the source, or delete this file."
)
MISSING_TEXT = "The stored bytes of this file cannot be found. Send it again from the source."


def ingest_one(session: Session, sandbox: Sandbox, file: ReceivedFile) -> ReceivedFile:
    """Decide what becomes of a received file; whatever it holds, it ends in a state.

    The caller holds the row's lock. The bytes as they came are removed after the commit, unless
    the file is set aside for a person.
    """
    try:
        with blobs().local(file.sha256) as source:
            if is_zip(source):
                _unpacked(session, file, unpack(file, source))
            elif is_nifti(source):
                _unpacked(session, file, unpack_volume(file, source, sandbox))
            else:
                _admit(session, sandbox, file, source)
    except Rejected as rejected:
        set_aside(session, file, rejected.code, rejected.text)
    except BlobMissing:
        set_aside(session, file, BYTES_MISSING, MISSING_TEXT)
    events.publish(session, "received_file", file.project_id, file_id=file.id)
    session.flush()
    return file


def _unpacked(session: Session, file: ReceivedFile, unpacked: Unpacked) -> None:
    move(file, FileState.UNPACKED, code="unpacked", text=unpacked.text)
    _drop_raw_after_commit(session, file)
    _note(session, file, "file_unpacked", count=unpacked.file_count)


def _admit(session: Session, sandbox: Sandbox, file: ReceivedFile, source: Path) -> None:
    project = session.get_one(Project, file.project_id)
    with work_folder() as out:
        prepared, keyed_hash = _prepare(session, sandbox, project, file, source, out)
        if is_erased(session, keyed_hash):
            _refuse(session, file)
            return
        must_wait = bool(prepared.suspicions) and rules_of(project).hold_suspected
        if must_wait:
            preview_sha256 = held.keep_preview(prepared, out, file)
        else:
            stored = keep_blobs(session, prepared, out)
    known = known_as(session, project.id, prepared)
    if is_erased(session, keyed_hash):  # ordered while this file was read
        left = [preview_sha256] if must_wait else [*asdict(stored).values()]
        note_spent(session, project.id, [one for one in left if isinstance(one, str)])
        _refuse(session, file)
        return
    if known is not None:
        _duplicate(session, file, known)
        return
    if must_wait:
        held.hold(session, file, prepared, preview_sha256)
        _note(session, file, "file_held", reasons=prepared.suspicions)
        return
    try:
        instance = admit(session, project, file, prepared, stored)
    except Conflicting:
        _in_conflict(session, file, CONFLICT, CONFLICT_TEXT)
        return
    except SeriesElsewhere:
        _in_conflict(session, file, SERIES_ELSEWHERE, SERIES_ELSEWHERE_TEXT)
        return
    move(file, FileState.ACCEPTED)
    file.instance_id = instance.id
    _drop_raw_after_commit(session, file)
    _note(session, file, "file_accepted", study_id=instance.study_id)
    events.publish(session, "study", project.id, study_id=instance.study_id)


def _refuse(session: Session, file: ReceivedFile) -> None:
    move(file, FileState.REFUSED, code=ERASED, text=ERASED_TEXT)
    _drop_raw_after_commit(session, file)
    _note(session, file, "file_refused", code=ERASED)


def _prepare(
    session: Session,
    sandbox: Sandbox,
    project: Project,
    file: ReceivedFile,
    source: Path,
    out: Path,
) -> tuple[PreparedInstance, str]:
    """Prepare a file, once more if its subject has another pseudonym here; the subject's hash."""
    ask = partial(
        sandbox.prepare,
        source,
        out,
        profile_of(session, project),
        held.decided_boxes(session, file),
        released=file.facts.get("released", ()),
        sha256=file.sha256,
    )
    prepared = ask()
    subject = subject_of(session, project.id, prepared)
    if subject.pseudonym != prepared.pseudonym:
        prepared = ask(pseudonym=subject.pseudonym)
    return prepared, subject.keyed_hash


def _in_conflict(session: Session, file: ReceivedFile, code: str, text: str) -> None:
    move(file, FileState.CONFLICT, code=code, text=text)
    _note(session, file, "file_in_conflict", code=code)


def _duplicate(session: Session, file: ReceivedFile, known: Instance) -> None:
    move(file, FileState.DUPLICATE, code="duplicate", text=DUPLICATE_TEXT)
    file.instance_id = known.id
    _drop_raw_after_commit(session, file)


def set_aside(session: Session, file: ReceivedFile, code: str, text: str) -> None:
    """Quarantine a file, with a code and a sentence; its bytes stay for a second look."""
    move(file, FileState.QUARANTINED, code=code, text=text)
    _note(session, file, "file_quarantined", code=code)


def _note(session: Session, file: ReceivedFile, action: str, **detail: object) -> None:
    audit.record(
        session, file.received_by, action, "received_file", file.id,
        project_id=file.project_id, **detail,
    )  # fmt: skip


def _drop_raw_after_commit(session: Session, file: ReceivedFile) -> None:
    sha256 = file.sha256
    after_commit(session, lambda: _forget(sha256))


def _forget(sha256: str) -> None:
    raw_bytes.forget(sha256)
