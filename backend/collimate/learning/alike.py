"""Studies that look most alike to a project's encoder, where a picture hash is not enough."""

from typing import Any

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ColumnElement, Select, cast, func, select, text, true
from sqlalchemy.orm import Session

from collimate.learning.encoders import DEEP, current_encoders
from collimate.learning.models import INDEXED_WIDTHS, Embedding, Encoder
from collimate.studies.browse import thumbnail_url
from collimate.studies.models import Patient, Study

FOUND = 12
LOOKED_AT = 120
"""Neighbours the index holds in view while it is walked: more find more and take longer."""


def neighbours(session: Session, study: Study) -> dict[str, Any]:
    """Other studies of the project, the nearest first by the cosine between their embeddings.

    By the trained or given encoder that serves, else by the one that needs no training; none where
    it has not seen the study. Where the database's statistics favour it (many thousands of
    studies), an index is walked (HNSW: Malkov and Yashunin, 2018) that misses a neighbour now and
    then; else every embedding is compared, in bounded memory.
    """
    serving = sorted(current_encoders(session, study.project_id), key=lambda one: one.kind in DEEP)
    if not serving:
        return {"encoder_kind": None, "items": []}
    encoder = serving[-1]
    here = session.scalar(
        select(Embedding.vector).where(
            Embedding.study_id == study.id,
            Embedding.encoder_id == encoder.id,
            Embedding.unit_id.is_(None),
        )
    )
    if here is None:
        return {"encoder_kind": encoder.kind, "items": []}
    rows = session.execute(nearest(session, encoder, here, study))
    items = [
        {
            "study_id": row.id,
            "pseudonym": row.pseudonym,
            "is_same_patient": row.patient_id == study.patient_id,
            "similarity": 1 - row.distance,
            "thumbnail_url": thumbnail_url(row.id),
        }
        for row in rows
    ]
    return {"encoder_kind": encoder.kind, "items": items}


def nearest(session: Session, encoder: Encoder, here: Any, study: Study) -> Select[Any]:
    """The query for the nearest to a vector, written so that the index of its width can serve."""
    vector: Any = Embedding.vector
    is_wide: ColumnElement[bool] = true()
    if encoder.dimension in INDEXED_WIDTHS:
        vector = cast(Embedding.vector, HALFVEC(encoder.dimension))
        is_wide = func.vector_dims(Embedding.vector) == encoder.dimension
        # One index holds every project: it is walked until enough of this one have come.
        session.execute(text("SET LOCAL hnsw.iterative_scan = 'strict_order'"))
        session.execute(text(f"SET LOCAL hnsw.ef_search = {LOOKED_AT}"))
    distance = vector.cosine_distance(here)
    return (
        select(Study.id, Study.patient_id, Patient.pseudonym, distance.label("distance"))
        .select_from(Embedding)
        .join(Study, Study.id == Embedding.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(
            is_wide,
            Embedding.unit_id.is_(None),
            Embedding.encoder_id == encoder.id,
            Study.id != study.id,
            Study.project_id == study.project_id,
            Study.deleted_at.is_(None),
        )
        .order_by(distance, Study.id)
        .limit(FOUND)
    )
