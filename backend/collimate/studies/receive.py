"""Take a file in: durable under its hash, with a row that says what became of it."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    String,
    Uuid,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from collimate.dicom.limits import LIMITS
from collimate.dicom.sent_as import SentAs
from collimate.jobs import events
from collimate.jobs.enqueue import enqueue, see_to_it
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


class Kept(NamedTuple):
    """A file that is durable here: the id of its row, and whether it waits to be looked at."""

    id: UUID
    is_waiting: bool


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
) -> list[Kept]:
    """Keep files that came together, durable at once; answers them in the same order.

    As with `keep`, the same bytes as an accepted image are a duplicate.
    """
    there = _hold_and_look(session, project_id, {one.blob.sha256 for one in arrived})
    fresh = {one.blob.sha256: one for one in arrived if one.blob.sha256 not in there}
    blobs().adopt([(one.path, one.blob) for one in fresh.values()], is_brief=True)
    kept = [Kept(ids.new_id(), one.blob.sha256 not in there) for one in arrived]
    several = list(zip(kept, arrived, strict=True))
    waiting = [pair for pair in several if pair[0].is_waiting]
    if waiting:
        session.execute(
            _KEEP_WAITING,
            {
                **events.told("received_file", project_id, file_id=waiting[0][0].id),
                "by": act.by,
                "import_id": act.import_id,
                "way_in": act.way_in,
                "ids": [file.id for file, _ in waiting],
                "names": [shown_name(one.name) for _, one in waiting],
                "hashes": [one.blob.sha256 for _, one in waiting],
                "byte_counts": [one.blob.byte_count for _, one in waiting],
            },
        )
    for file, one in several:
        if not file.is_waiting:
            instance_id = there[one.blob.sha256]
            session.add(_duplicate(file.id, project_id, act, one.blob, instance_id))
    if not waiting:
        events.publish(session, "received_file", project_id, file_id=kept[0].id)
    return kept


def _duplicate(
    file_id: UUID, project_id: UUID, act: Act, blob: Blob, instance_id: UUID
) -> ReceivedFile:
    file = ReceivedFile(
        id=file_id, project_id=project_id, received_by=act.by, import_id=act.import_id,
        way_in=act.way_in, file_name="", sha256=blob.sha256, byte_count=blob.byte_count,
        facts={}, state=FileState.RECEIVED, has_bytes=False, instance_id=instance_id,
    )  # fmt: skip
    move(file, FileState.DUPLICATE, code="duplicate", text=DUPLICATE_TEXT)
    return file


_COME = (
    func.unnest(
        bindparam("ids", type_=ARRAY(Uuid)),
        bindparam("names", type_=ARRAY(String)),
        bindparam("hashes", type_=ARRAY(String)),
        bindparam("byte_counts", type_=ARRAY(BigInteger)),
    )
    .table_valued("id", "file_name", "sha256", "byte_count")
    .render_derived()
)
_WAITING: dict[str, Any] = {
    "id": _COME.c.id,
    "created_at": bindparam("at", type_=DateTime(timezone=True)),
    "project_id": bindparam("project_id", type_=Uuid()),
    "received_by": bindparam("by", type_=Uuid()),
    "import_id": bindparam("import_id", type_=Uuid()),
    "way_in": bindparam("way_in", type_=String()),
    "file_name": _COME.c.file_name,
    "sha256": _COME.c.sha256,
    "byte_count": _COME.c.byte_count,
    "facts": literal_column("'{}'::jsonb", JSONB),
    "subject_hashes": literal_column("'{}'::varchar[]", ARRAY(String)),
    "state": literal_column(f"'{FileState.RECEIVED}'", String),
    "has_bytes": true(),
}
_KEEP = insert(ReceivedFile.__table__).from_select(  # type: ignore[arg-type]
    list(_WAITING), select(*_WAITING.values())
)
# one statement whatever their number, without a unit of work: a request may hold thousands
_KEEP_WAITING = events.TELL.add_cte(_KEEP.cte("kept"))

_WANTED = func.unnest(bindparam("hashes", type_=ARRAY(String))).column_valued("wanted")
_HOLD_AND_LOOK = select(
    _WANTED,
    raw_bytes.held(_WANTED),
    select(Instance.id)
    .join(Study, Study.id == Instance.study_id)
    .where(
        Instance.project_id == bindparam("project_id"),
        Instance.source_sha256 == _WANTED,
        Study.deleted_at.is_(None),
    )
    .limit(1)
    .scalar_subquery(),
)


def _hold_and_look(session: Session, project_id: UUID, hashes: Collection[str]) -> dict[str, UUID]:
    """Nobody removes these bytes until the transaction ends; answers, by hash, which images of
    studies that are not deleted came from exactly these bytes.

    What becomes an image while this waits for a hold is found to be a duplicate at ingest.
    """
    found = session.execute(_HOLD_AND_LOOK, {"project_id": project_id, "hashes": sorted(hashes)})
    return {sha256: instance_id for sha256, _, instance_id in found if instance_id is not None}


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
        dedup_key=_dedup_key(project_id),
    )


def see_to_ingest(project_id: UUID, by: UUID | None) -> None:
    """As `ask_for_ingest`, for files that are committed: an asking that waits costs a look."""
    see_to_it(
        JobKind.INGEST_RECEIVED,
        project_id=project_id,
        requested_by=by,
        dedup_key=_dedup_key(project_id),
    )


def _dedup_key(project_id: UUID) -> str:
    return f"ingest:{project_id}"
