"""Take a file in: durable under its hash, with a row that says what became of it."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, String, any_, bindparam, insert, select
from sqlalchemy.orm import Session

from collimate.dicom.limits import LIMITS
from collimate.dicom.sent_as import SentAs
from collimate.jobs import events
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit import ids
from collimate.kit.blobs import Blob, blobs, spool, work_folder
from collimate.kit.errors import Unprocessable
from collimate.projects.models import Project
from collimate.studies import raw_bytes
from collimate.studies.act import Act
from collimate.studies.answer_keys import keep_answer_key
from collimate.studies.models import Instance, ReceivedFile, Study
from collimate.studies.states import KEEPS_BYTES, FileState, move

LIMIT_BYTES = LIMITS.zip_bytes
NAME_CHARACTERS = 300
DUPLICATE_TEXT = "The same file is already here."


class Arrived(NamedTuple):
    """A whole file in our work folder, and what it calls itself."""

    path: Path
    blob: Blob
    name: str
    sent_as: SentAs = SentAs()


class FileChangedOnTheWay(Unprocessable):
    """The bytes that arrived are not the bytes that were announced."""


def receive(
    session: Session,
    project: Project,
    *,
    act: Act,
    name: str,
    chunks: Iterable[bytes],
    facts: dict[str, Any] | None = None,
    file_id: UUID | None = None,
) -> ReceivedFile:
    """Keep a file that comes as a stream; the caller asks for its ingest.

    `facts` come with imports: site, sex, age_years, is_holdout, label_keys, marks. With `file_id`
    the row gets this id, which was chosen before.

    Raises:
        BodyTooLarge: more than the limit of `dicom/limits.py` arrived.
    """
    with work_folder() as folder:
        path, blob = spool(chunks, folder, LIMIT_BYTES)
        return keep(
            session, project.id, act=act, name=name, path=path, blob=blob, facts=facts,
            file_id=file_id,
        )  # fmt: skip


def keep(
    session: Session,
    project_id: UUID,
    *,
    act: Act,
    name: str,
    path: Path,
    blob: Blob,
    facts: dict[str, Any] | None = None,
    file_id: UUID | None = None,
) -> ReceivedFile:
    """Keep a file that lies at `path`; the same bytes as an accepted image are a duplicate."""
    raw_bytes.hold(session, blob.sha256)
    file = ReceivedFile(
        id=file_id or ids.new_id(),
        project_id=project_id,
        received_by=act.by,
        import_id=act.import_id,
        way_in=act.way_in,
        file_name=shown_name(name),
        sha256=blob.sha256,
        byte_count=blob.byte_count,
        facts=facts or {},
        state=FileState.RECEIVED,
    )
    known = accepted_instance(session, project_id, blob.sha256)
    if known is None:
        blobs().put(path)
    else:
        keep_answer_key(session, project_id, known.study_id, file.facts)
        move(file, FileState.DUPLICATE, code="duplicate", text=DUPLICATE_TEXT)
        file.instance_id, file.has_bytes = known.id, False
    session.add(file)
    session.flush()
    events.publish(session, "received_file", project_id, file_id=file.id)
    return file


def keep_together(
    session: Session, project_id: UUID, *, act: Act, arrived: Sequence[Arrived]
) -> list[ReceivedFile]:
    """Keep files that came together, durable at once; answers them in the same order, as written.

    As with `keep`, the same bytes as an accepted image are a duplicate.
    """
    hashes = {one.blob.sha256 for one in arrived}
    raw_bytes.hold_all(session, hashes)
    there = accepted_instances(session, project_id, hashes)
    fresh = {one.blob.sha256: one for one in arrived if one.blob.sha256 not in there}
    blobs().adopt([(one.path, one.blob) for one in fresh.values()])
    files = []
    for one in arrived:
        file = ReceivedFile(
            id=ids.new_id(),
            project_id=project_id,
            received_by=act.by,
            import_id=act.import_id,
            way_in=act.way_in,
            file_name=shown_name(one.name),
            sha256=one.blob.sha256,
            byte_count=one.blob.byte_count,
            facts={},
            subject_hashes=[],
            state=FileState.RECEIVED,
            has_bytes=True,
        )
        if one.blob.sha256 in there:
            move(file, FileState.DUPLICATE, code="duplicate", text=DUPLICATE_TEXT)
            file.instance_id, file.has_bytes = there[one.blob.sha256], False
        files.append(file)
    # rows alone, without a unit of work: a request may hold thousands
    session.execute(insert(ReceivedFile), [_row(file) for file in files])
    for file in files[:1]:
        events.publish(session, "received_file", project_id, file_id=file.id)
    return files


def _row(file: ReceivedFile) -> dict[str, Any]:
    return {name: value for name, value in vars(file).items() if not name.startswith("_")}


_ACCEPTED = (
    select(Instance.source_sha256, Instance.id)
    .join(Study, Study.id == Instance.study_id)
    .where(
        Instance.project_id == bindparam("project_id"),
        Instance.source_sha256 == any_(bindparam("hashes", type_=ARRAY(String))),
        Study.deleted_at.is_(None),
    )
)


def accepted_instances(
    session: Session, project_id: UUID, hashes: Collection[str]
) -> dict[str, UUID]:
    """The ids of images that came from exactly these bytes, by hash; no deleted studies."""
    rows = session.execute(_ACCEPTED, {"project_id": project_id, "hashes": list(hashes)})
    return {row.source_sha256: row.id for row in rows}


def shown_name(name: str) -> str:
    """A name for people to read: one line, no control characters; never used as a path."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)[-NAME_CHARACTERS:]


def accepted_instance(session: Session, project_id: UUID, sha256: str) -> Instance | None:
    """The image that came from exactly these bytes, unless its study was deleted."""
    return session.scalars(
        select(Instance)
        .join(Study, Study.id == Instance.study_id)
        .where(
            Instance.project_id == project_id,
            Instance.source_sha256 == sha256,
            Study.deleted_at.is_(None),
        )
        .limit(1)
    ).first()


def known(session: Session, project_id: UUID, hashes: Collection[str]) -> list[str]:
    """Which of these hex SHA-256 need not be sent: accepted, or here and waiting."""
    accepted = (
        select(Instance.source_sha256)
        .join(Study, Study.id == Instance.study_id)
        .where(Instance.project_id == project_id, Instance.source_sha256.in_(hashes))
        .where(Study.deleted_at.is_(None))
    )
    here = select(ReceivedFile.sha256).where(
        ReceivedFile.project_id == project_id,
        ReceivedFile.sha256.in_(hashes),
        ReceivedFile.state.in_(KEEPS_BYTES),
    )
    return sorted(session.scalars(accepted.union(here)))


def ask_for_ingest(session: Session, project_id: UUID, by: UUID | None) -> None:
    """Have the light worker look at what waits; asked twice it comes once."""
    enqueue(
        session,
        JobKind.INGEST_RECEIVED,
        project_id=project_id,
        requested_by=by,
        dedup_key=f"ingest:{project_id}",
    )
