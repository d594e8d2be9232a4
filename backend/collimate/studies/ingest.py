"""From received files to images of studies, or to quarantine with a reason.

Files are decided about together, so that what they share (a lock, a look-up, a commit, a sync of
the disk) is paid for once.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

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
from collimate.studies.admit import (
    Admission,
    Conflicting,
    NameAppeared,
    SeriesElsewhere,
    Written,
    hold_admission,
    keep_written,
    written_for,
)
from collimate.studies.erased import ERASED, ERASED_TEXT, Names, erased_of, hashes_of
from collimate.studies.models import ReceivedFile
from collimate.studies.receive import DUPLICATE_TEXT
from collimate.studies.sandboxed import ask_all, named_in
from collimate.studies.spent_blobs import note_spent
from collimate.studies.states import KEEPS_BYTES, FileState, move
from collimate.studies.subject import Subjects
from collimate.studies.unpack import PICTURE, unpack, unpack_picture, unpack_volume, whose_picture

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
ACTIONS = {
    FileState.ACCEPTED: "file_accepted",
    FileState.UNPACKED: "file_unpacked",
    FileState.CONFLICT: "file_in_conflict",
    FileState.QUARANTINED: "file_quarantined",
    FileState.HELD: "file_held",
    FileState.REFUSED: "file_refused",
}
"""What the audit chain calls it; a duplicate changes nothing."""

Reason = tuple[str, str]
Source = tuple[ReceivedFile, Path]


@dataclass(frozen=True)
class _Outcome:
    """What becomes of an image: a state, the image it is or was, a code and a sentence."""

    state: FileState
    instance: Any = None
    reason: Any = None


@dataclass
class _Image:
    """A file that was read: what it holds, whose it is, what is to be stored of it."""

    file: ReceivedFile
    out: Path
    prepared: PreparedInstance
    keyed_hash: str
    written: Written | None = None
    preview_sha256: str | None = None

    @property
    def names(self) -> Names:
        """Whose it is."""
        return self.keyed_hash, self.prepared.stated_pseudonym

    @property
    def stored(self) -> list[str]:
        """Addresses of what was stored for it (hex SHA-256)."""
        written = [blob.sha256 for _, blob in (self.written or {}).values()]
        return [*written, self.preview_sha256] if self.preview_sha256 else written


def ingest(session: Session, sandbox: Sandbox, files: Sequence[ReceivedFile]) -> list[ReceivedFile]:
    """Decide what becomes of received files of one project; answers those that were decided about.

    Whatever a file holds, it ends in a state; an archive is taken alone, so what stands behind it
    waits. The caller holds the rows' locks. The bytes as they came are removed after the commit,
    unless a file is set aside for a person.
    """
    batch = _Batch(session, session.get_one(Project, files[0].project_id))
    with ExitStack() as opened:
        sources: list[Source] = []
        for file in files:
            try:
                source = opened.enter_context(blobs().local(file.sha256))
            except BlobMissing:
                batch.set_aside(file, BYTES_MISSING, MISSING_TEXT)
                continue
            if PICTURE in file.facts or is_zip(source) or is_nifti(source):
                if not sources:
                    batch.unpack(sandbox, file, source)
                break
            sources.append((file, source))
        if sources:
            folder = opened.enter_context(work_folder())
            batch.take(_read(session, sandbox, batch, sources, folder))
    batch.close()
    return batch.done


def set_aside(session: Session, file: ReceivedFile, code: str, text: str) -> None:
    """Quarantine a file, with a code and a sentence; its bytes stay for a second look."""
    batch = _Batch(session, session.get_one(Project, file.project_id))
    batch.set_aside(file, code, text)
    batch.close()


class _Batch:
    """Files that are decided about in one transaction; `done` are those that were."""

    def __init__(self, session: Session, project: Project) -> None:
        self.session, self.project = session, project
        self.done: list[ReceivedFile] = []
        self._notes: list[audit.Note] = []
        self._spent: set[str] = set()
        self._studies: set[UUID] = set()

    def unpack(self, sandbox: Sandbox, file: ReceivedFile, source: Path) -> None:
        """Take a zip or a volume apart into files of their own."""
        try:
            if PICTURE in file.facts:
                unpacked = unpack_picture(file, source, sandbox)
            elif is_zip(source):
                unpacked = unpack(file, source)
            else:
                unpacked = unpack_volume(file, source, sandbox)
        except Rejected as rejected:
            whose = whose_picture(file, profile_of(self.session, self.project))
            self.set_aside(file, rejected.code, rejected.text, whose)
            return
        file.facts = {key: said for key, said in file.facts.items() if key != PICTURE}
        reason = ("unpacked", unpacked.text)
        self._end(file, FileState.UNPACKED, reason, count=unpacked.file_count)

    def take(self, images: list[_Image]) -> None:
        """Store what is kept of images, and add them to their studies."""
        images = self._without_erased(images)
        for image in images:
            if image.prepared.suspicions and rules_of(self.project).hold_suspected:
                image.preview_sha256 = held.keep_preview(image.prepared, image.out, image.file)
            else:
                image.written = written_for(image.prepared, image.out)
        keep_written(self.session, [one.written for one in images if one.written])
        admission = Admission(self.session, self.project, [one.prepared for one in images])
        images = self._without_erased(images)  # ordered while these were read
        try:
            outcomes = [_outcome(admission, image) for image in images]
        except NameAppeared as appeared:
            appeared.stored = frozenset(sha256 for image in images for sha256 in image.stored)
            raise
        admission.finish()
        for image, outcome in zip(images, outcomes, strict=True):
            self._settle(image, outcome)

    def set_aside(
        self, file: ReceivedFile, code: str, text: str, names: Names | None = None
    ) -> None:
        """Quarantine a file; its bytes stay for a second look, or until its patient is erased."""
        if names is not None:
            hold_admission(self.session, self.project.id)  # or the erasure would miss it
            if erased_of(self.session, {names}):
                self._end(file, FileState.REFUSED, (ERASED, ERASED_TEXT), code=ERASED)
                return
            file.subject_hashes = hashes_of(names)
        self._end(file, FileState.QUARANTINED, (code, text), code=code)

    def close(self) -> None:
        """Note and announce what was decided, and drop what nobody needs once it is committed."""
        audit.record_all(self.session, self.project.id, self._notes)
        files = [{"file_id": file.id} for file in self.done]
        events.publish_all(self.session, "received_file", self.project.id, files)
        studies = [{"study_id": study_id} for study_id in self._studies]
        events.publish_all(self.session, "study", self.project.id, studies)
        self.session.flush()
        spent = self._spent
        after_commit(self.session, lambda: _forget(spent))

    def _without_erased(self, images: list[_Image]) -> list[_Image]:
        names = {image.file.id: image.names for image in images}
        erased = erased_of(self.session, set(names.values()))
        for image in images:
            if names[image.file.id] in erased:
                note_spent(self.session, self.project.id, image.stored)
                self._end(image.file, FileState.REFUSED, (ERASED, ERASED_TEXT), code=ERASED)
        return [image for image in images if names[image.file.id] not in erased]

    def _settle(self, image: _Image, outcome: _Outcome) -> None:
        file = image.file
        file.subject_hashes = hashes_of(image.names)
        if outcome.state is FileState.HELD:
            held.hold(self.session, file, image.prepared, image.preview_sha256 or "")
            self._note(file, reasons=image.prepared.suspicions)
            self.done.append(file)
        elif outcome.state is FileState.ACCEPTED:
            self._end(file, outcome.state, study_id=outcome.instance.study_id)
            self._studies.add(outcome.instance.study_id)
        elif outcome.state is FileState.CONFLICT:
            self._end(file, outcome.state, outcome.reason, code=outcome.reason[0])
        else:
            self._end(file, outcome.state, outcome.reason)
        if outcome.instance is not None:
            file.instance_id = outcome.instance.id

    def _end(
        self, file: ReceivedFile, state: FileState, reason: Reason | None = None, **detail: Any
    ) -> None:
        code, text = reason or (None, None)
        move(file, state, code=code, text=text)
        if state not in KEEPS_BYTES:
            self._spent.add(file.sha256)
        self._note(file, **detail)
        self.done.append(file)

    def _note(self, file: ReceivedFile, **detail: Any) -> None:
        action = ACTIONS.get(FileState(file.state))
        if action is not None:
            note = audit.Note(file.received_by, action, "received_file", file.id, detail)
            self._notes.append(note)


def _read(
    session: Session, sandbox: Sandbox, batch: _Batch, sources: list[Source], folder: Path
) -> list[_Image]:
    """Each file in a process of its own, as many at once as there is room for.

    What its subject has another pseudonym for here is read once more, under that one.
    """
    boxes = held.decided_boxes(session, [file.id for file, _ in sources])
    profile = profile_of(session, batch.project)
    asks = [
        partial(
            sandbox.prepare, source, folder / str(file.id), profile, boxes.get(file.id),
            released=file.facts.get("released", ()), sha256=file.sha256,
        )
        for file, source in sources
    ]  # fmt: skip
    subjects = Subjects(session, batch.project.id)
    images = []
    for (file, source), ask, answer in zip(sources, asks, ask_all(asks), strict=True):
        if isinstance(answer, Rejected):
            batch.set_aside(file, answer.code, answer.text, named_in(sandbox, source, profile))
            continue
        subject = subjects.of(answer)
        if subject.pseudonym != answer.pseudonym:
            answer = ask(pseudonym=subject.pseudonym)  # noqa: PLW2901
        images.append(_Image(file, folder / str(file.id), answer, subject.keyed_hash))
    return images


def _outcome(admission: Admission, image: _Image) -> _Outcome:
    known = admission.known(image.prepared)
    if known is not None:
        return _Outcome(FileState.DUPLICATE, known, ("duplicate", DUPLICATE_TEXT))
    if image.written is None:
        return _Outcome(FileState.HELD)
    try:
        instance = admission.admit(image.file, image.prepared, image.written)
    except Conflicting:
        return _Outcome(FileState.CONFLICT, None, (CONFLICT, CONFLICT_TEXT))
    except SeriesElsewhere:
        return _Outcome(FileState.CONFLICT, None, (SERIES_ELSEWHERE, SERIES_ELSEWHERE_TEXT))
    return _Outcome(FileState.ACCEPTED, instance)


def _forget(hashes: set[str]) -> None:
    raw_bytes.forget(hashes)
