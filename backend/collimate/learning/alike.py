"""Studies that look most alike to a project's encoder, where a picture hash is not enough."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from collimate.learning.encoders import DEEP, current_encoders
from collimate.learning.models import Embedding
from collimate.studies.browse import thumbnail_url
from collimate.studies.models import Patient, Study

FOUND = 12


def neighbours(session: Session, study: Study) -> dict[str, Any]:
    """Other studies of the project, the nearest first by the cosine between their embeddings.

    By the trained or given encoder that serves, else by the one that needs no training; none where
    it has not seen the study. The database reads every embedding of it, in bounded memory.
    """
    serving = sorted(current_encoders(session, study.project_id), key=lambda one: one.kind in DEEP)
    if not serving:
        return {"encoder_kind": None, "items": []}
    encoder, here, there = serving[-1], aliased(Embedding), aliased(Embedding)
    distance = there.vector.cosine_distance(here.vector)
    rows = session.execute(
        select(Study.id, Study.patient_id, Patient.pseudonym, distance.label("distance"))
        .select_from(here)
        .join(there, there.encoder_id == here.encoder_id)
        .join(Study, Study.id == there.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(
            here.study_id == study.id,
            here.encoder_id == encoder.id,
            Study.id != study.id,
            Study.project_id == study.project_id,
            Study.deleted_at.is_(None),
        )
        .order_by(distance, Study.id)
        .limit(FOUND)
    )
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
