"""Dropping spent blobs from the store, unless something still needs them."""

from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collimate.datasets.models import Export
from collimate.kit import database
from collimate.kit.blobs import blobs
from collimate.learning.models import Encoder, Explanation, ModelVersion
from collimate.studies import raw_bytes
from collimate.studies.models import HeldImage, Instance, ReceivedFile, SpentBlob
from collimate.studies.states import KEEPS_BYTES


def projects_with_spent(session: Session) -> list[UUID]:
    """Projects in which blobs wait to be dropped."""
    return list(session.scalars(select(SpentBlob.project_id).distinct()))


def spent_of(project_id: UUID) -> list[str]:
    """The blobs that wait to be dropped."""
    with database.open_session() as session:
        return list(
            session.scalars(
                select(SpentBlob.sha256)
                .where(SpentBlob.project_id == project_id)
                .order_by(SpentBlob.sha256)
            )
        )


def drop_spent(sha256: str) -> bool:
    """Drop one blob and the note of it; answers whether the bytes went.

    Each in a transaction of its own, the note last, so that after a crash it is tried again.
    Whoever stores the same bytes holds the same lock until its row is there to be seen.
    """
    with database.open_session() as session:
        raw_bytes.hold(session, sha256)
        is_needed = needed(session, sha256)
        if not is_needed:
            blobs().delete(sha256)
        session.query(SpentBlob).filter_by(sha256=sha256).delete()
        return not is_needed


def needed(session: Session, sha256: str) -> bool:
    """Whether any row of any project still names these bytes."""
    served = (
        Instance.file_sha256, Instance.frames_sha256, Instance.progressive_sha256,
        Instance.thumbnail_sha256,
    )  # fmt: skip
    kept = (
        select(Instance.id).where(or_(*(column == sha256 for column in served))),
        select(ReceivedFile.id).where(
            ReceivedFile.sha256 == sha256,
            ReceivedFile.has_bytes,
            ReceivedFile.state.in_(KEEPS_BYTES),
        ),
        *(
            select(column.parent.class_.id).where(column == sha256)
            for column in (
                HeldImage.preview_sha256, Explanation.blob_sha256, Explanation.dicom_sha256,
                Export.blob_sha256,
                Encoder.weights_sha256, ModelVersion.weights_sha256,
            )
        ),
    )  # fmt: skip
    return any(session.scalar(select(query.exists())) for query in kept)
