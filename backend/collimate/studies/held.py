"""Images that may show who the patient is: kept from everybody until a person has looked."""

from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.dicom.prepared import PreparedInstance, frame_facts
from collimate.jobs import events
from collimate.kit import clock
from collimate.kit.blobs import BlobMissing, blobs
from collimate.kit.database import after_commit
from collimate.kit.errors import Conflict, NotFound, Unprocessable
from collimate.kit.pagination import cursor, read_id
from collimate.projects import members
from collimate.studies.models import HeldImage, Instance, ReceivedFile
from collimate.studies.receive import ask_for_ingest
from collimate.studies.sandbox import sandbox
from collimate.studies.states import FileState, move

HELD_TEXT = (
    "Its pixels may show who the patient is. Someone who manages the data of this project has to "
    "look at it, black out what names a person, and release it."
)
MOST_BOXES = 100


class HeldImageNotFound(NotFound):
    """There is no such image waiting for a look at its pixels."""


class AlreadyDecided(Conflict):
    """Somebody has decided about this image already."""


class BoxOutside(Unprocessable):
    """A box must lie within the image and have at least one pixel."""


def keep_preview(prepared: PreparedInstance, out: Path, file: ReceivedFile) -> str:
    """Keep the frames to be looked at, under a hash that no other blob has."""
    path = out / ("instance.dcm" if prepared.frames_in == "file" else "frames.raw")
    with path.open("ab") as frames:
        frames.write(file.id.bytes)
    return blobs().put(path).sha256


def hold(session: Session, file: ReceivedFile, prepared: PreparedInstance, sha256: str) -> None:
    """Set the file aside for a person; nothing of it is in any study."""
    move(file, FileState.HELD, code="held", text=HELD_TEXT)
    row = session.scalars(select(HeldImage).where(HeldImage.file_id == file.id)).one_or_none()
    row = row or HeldImage(project_id=file.project_id, file_id=file.id)
    row.series_uid, row.modality = prepared.series_uid, prepared.series["modality"]
    row.reasons, row.found_boxes = prepared.suspicions, prepared.text_boxes
    row.rows, row.columns, row.frame_count = prepared.rows, prepared.columns, prepared.frame_count
    row.frame_ranges, row.dicom_json = prepared.frame_ranges, prepared.dicom_json
    row.preview_sha256, row.decision = sha256, None
    session.add(row)


def decided_boxes(
    session: Session, file_ids: Collection[UUID]
) -> dict[UUID, list[list[int]] | None]:
    """What a person decided to black out, by file; no entry where nobody has looked."""
    rows = session.execute(
        select(HeldImage.file_id, HeldImage.boxes).where(
            HeldImage.file_id.in_(file_ids), HeldImage.decision == "released"
        )
    )
    return {row.file_id: row.boxes for row in rows}


def authorised(session: Session, user: User, held_image_id: UUID) -> HeldImage:
    """The image, for someone who manages the data of its project.

    Raises:
        HeldImageNotFound, RoleForbids
    """
    row = session.get(HeldImage, held_image_id)
    return members.guard(session, user, row, Permission.MANAGE_DATA, HeldImageNotFound)


def page(
    session: Session, project_id: UUID, *, decided: bool, limit: int, after: str | None
) -> dict[str, Any]:
    """Images that wait for a look, the oldest first, or what was decided, the newest first."""
    query = (
        select(HeldImage, ReceivedFile.file_name, User.name, Instance.study_id)
        .join(ReceivedFile, ReceivedFile.id == HeldImage.file_id)
        .outerjoin(User, User.id == HeldImage.decided_by)
        .outerjoin(Instance, Instance.id == ReceivedFile.instance_id)
        .where(HeldImage.project_id == project_id)
        .where(HeldImage.decision.is_not(None) if decided else HeldImage.decision.is_(None))
        .order_by(HeldImage.id.desc() if decided else HeldImage.id)
        .limit(limit + 1)
    )
    if after is not None:
        last = read_id(after)
        query = query.where(HeldImage.id < last if decided else HeldImage.id > last)
    found = session.execute(query).all()
    items = [_described(*row) for row in found[:limit]]
    more = len(found) > limit
    return {"items": items, "next": cursor([items[-1]["id"]]) if more else None}


_SHOWN = ("id", "file_id", "series_uid", "modality", "reasons", "found_boxes", "rows", "columns",
          "frame_count", "decision", "decided_at", "boxes", "created_at")  # fmt: skip


def _described(
    row: HeldImage, name: str, decided_by: str | None, study_id: UUID | None
) -> dict[str, Any]:
    return {
        **{field: getattr(row, field) for field in _SHOWN},
        "file_name": name, "decided_by_name": decided_by, "study_id": study_id,
    }  # fmt: skip


def picture_of(session: Session, by: UUID, row: HeldImage, frame_number: int) -> bytes:
    """A JPEG of one frame as it is, names included; that it was looked at is noted.

    Raises:
        HeldImageNotFound: decided already, or no such frame.
    """
    if row.preview_sha256 is None or not 1 <= frame_number <= row.frame_count:
        raise HeldImageNotFound()
    audit.record(
        session, by, "held_image_seen", "held_image", row.id,
        project_id=row.project_id, frame_number=frame_number,
    )  # fmt: skip
    offset, length = row.frame_ranges[frame_number - 1]
    try:
        frame = blobs().read(row.preview_sha256, offset, length)
    except BlobMissing as error:
        raise HeldImageNotFound() from error
    return sandbox().render(frame, frame_facts(row.dicom_json, frame_number - 1))


def release(
    session: Session, by: UUID, row: HeldImage, boxes: list[list[int]], *, whole_series: bool
) -> int:
    """Let an image in with these boxes black in every frame; answers how many images that are.

    With `whole_series`, the same holds for every waiting image of its series that has its size.

    Raises:
        AlreadyDecided, BoxOutside
    """
    if any(not _is_inside(box, row) for box in boxes) or len(boxes) > MOST_BOXES:
        raise BoxOutside("Nothing was released.")
    chosen = HeldImage.id == row.id
    if whole_series:
        chosen = (
            (HeldImage.project_id == row.project_id)
            & (HeldImage.series_uid == row.series_uid)
            & (HeldImage.rows == row.rows)
            & (HeldImage.columns == row.columns)
        )
    waiting = session.scalars(
        select(HeldImage)
        .where(chosen, HeldImage.decision.is_(None))
        .order_by(HeldImage.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    if row.id not in {one.id for one in waiting}:
        raise AlreadyDecided("Nothing was changed.")
    for one in waiting:
        _release_one(session, by, one, boxes)
    ask_for_ingest(session, row.project_id, by)
    return len(waiting)


def _release_one(session: Session, by: UUID, row: HeldImage, boxes: list[list[int]]) -> None:
    file = session.get_one(ReceivedFile, row.file_id, with_for_update=True)
    move(file, FileState.RECEIVED)
    _decide(session, by, row, "released", boxes)
    events.publish(session, "received_file", file.project_id, file_id=file.id)


def give_up(session: Session, by: UUID, file: ReceivedFile) -> None:
    """Note that a held file is deleted; does nothing for any other file."""
    row = session.scalars(
        select(HeldImage)
        .where(HeldImage.file_id == file.id, HeldImage.decision.is_(None))
        .with_for_update()
    ).one_or_none()
    if row is not None:
        _decide(session, by, row, "deleted", None)


def _decide(
    session: Session, by: UUID, row: HeldImage, decision: str, boxes: list[list[int]] | None
) -> None:
    sha256 = row.preview_sha256
    row.decision, row.boxes = decision, boxes
    row.decided_by, row.decided_at = by, clock.now()
    row.preview_sha256 = None
    audit.record(
        session, by, f"held_image_{decision}", "held_image", row.id,
        project_id=row.project_id, boxes=boxes or [], frame_count=row.frame_count,
    )  # fmt: skip
    session.flush()
    if sha256 is not None:
        after_commit(session, lambda: blobs().delete(sha256))


def _is_inside(box: list[int], row: HeldImage) -> bool:
    x, y, width, height = box
    return (
        x >= 0 and y >= 0 and width > 0 and height > 0
        and x + width <= row.columns and y + height <= row.rows
    )  # fmt: skip
