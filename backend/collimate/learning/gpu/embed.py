"""Turn studies, series and images into vectors, a few at a time, once for each encoder."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobRun
from collimate.kit import ids
from collimate.kit.blobs import blobs
from collimate.learning import encoders
from collimate.learning.images import Picture, StudyUnusable, picture_of, picture_of_unit
from collimate.learning.labels import STUDY, question_of
from collimate.learning.models import Embedding, Encoder
from collimate.learning.units import looked_at
from collimate.learning.urgent import urgent_job_waits
from collimate.ml import descriptors, encoder
from collimate.ml.images import to_bytes
from collimate.ml.weights import SHAPES
from collimate.projects.models import Project
from collimate.studies.models import Study

CHUNK = 32


@dataclass(frozen=True)
class _Unit:
    """What one vector is of: a study as a whole, or one of its series or images."""

    study_id: UUID
    unit_id: UUID | None

    @property
    def id(self) -> UUID:
        return self.unit_id or self.study_id


def embed_missing(
    run: JobRun, encoder_id: UUID, on_progress: Callable[[float], None], *, may_pause: bool
) -> bool:
    """Embed every study the encoder has not seen, and its series or images where the project asks
    about each; answers False if something urgent came between.

    Repeating it changes nothing. What an encoder cannot use is noted with the reason and left
    out, so that it holds up nobody.
    """
    while missing := _missing(run, encoder_id):
        for start in range(0, len(missing), CHUNK):
            run.check()
            with run.open_session() as session:
                row = session.get_one(Encoder, encoder_id)
                _embed(session, row, _still_there(session, missing[start : start + CHUNK]))
                waits = may_pause and urgent_job_waits(session, JobKind.EMBED_STUDIES)
            on_progress(min(1.0, (start + CHUNK) / len(missing)))
            if waits:
                return False
    return True


def _missing(run: JobRun, encoder_id: UUID) -> list[_Unit]:
    """What has no vector yet, studies first: they are few, and lists of what looks alike need
    them.
    """
    with run.open_session() as session:
        row = session.get_one(Encoder, encoder_id)
        queries = [_studies(row)]
        question = question_of(session, session.get_one(Project, row.project_id))
        if question is not None and question.scope != STUDY:
            queries.append(_units(row, question.scope))
        refused = encoders.refused_by(row)
        found = [_Unit(*one) for query in queries for one in session.execute(query)]
        return [unit for unit in found if str(unit.id) not in refused]


def _studies(row: Encoder) -> Select[UUID, UUID | None]:
    whole = and_(_is_of(row), Embedding.unit_id.is_(None))
    query = select(Study.id, Embedding.unit_id).outerjoin(Embedding, whole)
    return _without_vector(row, query).order_by(Study.id)


def _units(row: Encoder, scope: str) -> Select[UUID, UUID | None]:
    unit = looked_at(scope, row.project_id).subquery()
    own = and_(_is_of(row), Embedding.unit_id == unit.c.id)
    query = select(Study.id, unit.c.id).join(unit, unit.c.study_id == Study.id)
    return _without_vector(row, query.outerjoin(Embedding, own)).order_by(Study.id, unit.c.id)


def _still_there(session: Session, units: list[_Unit]) -> list[_Unit]:
    """Those whose study was not taken away since they were listed."""
    ids = {unit.study_id for unit in units}
    query = select(Study.id).where(Study.id.in_(ids), Study.deleted_at.is_(None))
    kept = set(session.scalars(query))
    return [unit for unit in units if unit.study_id in kept]


def _is_of(row: Encoder) -> ColumnElement[bool]:
    return and_(Embedding.study_id == Study.id, Embedding.encoder_id == row.id)


def _without_vector(row: Encoder, query: Any) -> Any:
    return query.where(
        Study.project_id == row.project_id,
        Study.deleted_at.is_(None),
        Embedding.id.is_(None),
        Study.instance_count > 0,
    )


def _embed(session: Session, row: Encoder, units: list[_Unit]) -> None:
    squares: dict[_Unit, np.ndarray] = {}
    refused: dict[UUID, str] = {}
    for unit in units:
        try:
            squares[unit] = square_for(row, _picture(session, unit))
        except StudyUnusable as error:
            refused[unit.id] = str(error)
    if squares:
        vectors = vectors_of(row, np.stack(list(squares.values())))
        rows = [
            {
                "id": ids.new_id(), "study_id": unit.study_id, "unit_id": unit.unit_id,
                "encoder_id": row.id, "vector": vector,
            }
            for unit, vector in zip(squares, vectors.tolist(), strict=True)
        ]  # fmt: skip
        session.execute(insert(Embedding).values(rows).on_conflict_do_nothing())
    encoders.note_refused(session, row, refused)


def _picture(session: Session, unit: _Unit) -> Picture:
    if unit.unit_id is None:
        return picture_of(session, unit.study_id)
    return picture_of_unit(session, unit.unit_id)


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
