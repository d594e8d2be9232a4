"""Turn studies into vectors, a few at a time, each study and encoder once."""

from collections.abc import Callable
from functools import lru_cache
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobRun
from collimate.kit import ids
from collimate.kit.blobs import blobs
from collimate.learning import encoders
from collimate.learning.images import Picture, StudyUnusable, picture_of
from collimate.learning.models import Embedding, Encoder
from collimate.learning.urgent import urgent_job_waits
from collimate.ml import descriptors, encoder
from collimate.ml.images import to_bytes
from collimate.ml.weights import SHAPES
from collimate.studies.models import Study

CHUNK = 32


def embed_missing(
    run: JobRun, encoder_id: UUID, on_progress: Callable[[float], None], *, may_pause: bool
) -> bool:
    """Embed every study the encoder has not seen; answers False if something urgent came between.

    Repeating it changes nothing. What an encoder cannot use is noted with the reason and left
    out, so that it holds up nobody.
    """
    done = 0
    while True:
        run.check()
        with run.open_session() as session:
            row = session.get_one(Encoder, encoder_id)
            missing = session.scalars(_missing(row).limit(CHUNK)).all()
            if not missing:
                return True
            left = session.scalar(select(func.count()).select_from(_missing(row).subquery())) or 0
            _embed(session, row, list(missing))
            done += len(missing)
            waits = may_pause and urgent_job_waits(session, JobKind.EMBED_STUDIES)
        on_progress(done / (done + left - len(missing)))
        if waits:
            return False


def _missing(row: Encoder) -> Select[UUID]:
    refused = [UUID(study_id) for study_id in encoders.refused_by(row)]
    has: ColumnElement[bool] = and_(Embedding.study_id == Study.id, Embedding.encoder_id == row.id)
    return (
        select(Study.id)
        .outerjoin(Embedding, has)
        .where(Study.project_id == row.project_id, Study.deleted_at.is_(None))
        .where(Embedding.id.is_(None), Study.instance_count > 0, Study.id.not_in(refused))
        .order_by(Study.id)
    )


def _embed(session: Session, row: Encoder, study_ids: list[UUID]) -> None:
    squares: dict[UUID, np.ndarray] = {}
    refused: dict[UUID, str] = {}
    for study_id in study_ids:
        try:
            squares[study_id] = square_for(row, picture_of(session, study_id))
        except StudyUnusable as error:
            refused[study_id] = str(error)
    if squares:
        vectors = vectors_of(row, np.stack(list(squares.values())))
        rows = [
            {"id": ids.new_id(), "study_id": study_id, "encoder_id": row.id, "vector": vector}
            for study_id, vector in zip(squares, vectors.tolist(), strict=True)
        ]
        session.execute(insert(Embedding).values(rows).on_conflict_do_nothing())
    encoders.note_refused(session, row, refused)


def square_for(row: Encoder, picture: Picture) -> np.ndarray:
    """The picture as this encoder reads it. Raises: StudyUnusable."""
    if row.kind == encoders.SCATTERING:
        return picture.square(descriptors.SIDE)
    return to_bytes(picture.square(SHAPES[encoders.architecture_of(row)].side))


def vectors_of(row: Encoder, squares: np.ndarray) -> np.ndarray:
    """One vector per square.

    Raises: UnreadableWeights.
    """
    if row.kind == encoders.SCATTERING:
        return descriptors.scattering(squares)
    return encoder.embed(loaded(str(row.weights_sha256)), squares)


@lru_cache(maxsize=2)
def loaded(weights_sha256: str) -> encoder.Encoder:
    """The encoder of these weights, kept in memory.

    Raises: UnreadableWeights.
    """
    with blobs().local(weights_sha256) as path:
        return encoder.load_encoder(path)
