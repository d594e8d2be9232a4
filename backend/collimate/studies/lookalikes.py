"""Studies that show nearly the same picture as a study: sent twice, exported anew, or copied."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Integer, cast, func, select
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import Session

from collimate.dicom.near_duplicates import MOST_DISTANCE, probes
from collimate.studies.browse import thumbnail_url
from collimate.studies.models import Instance, Patient, Study

PICTURES, FOUND = 16, 20


def lookalikes(session: Session, study: Study) -> list[dict[str, Any]]:
    """Other studies of the project with a picture at most seven bits away, the nearest first.

    At most `PICTURES` pictures of the study are compared, spread evenly over its images.
    """
    nearest: dict[UUID, int] = {}
    for picture_hash in _pictures(session, study):
        for study_id, bits in _near(session, study, picture_hash):
            nearest[study_id] = min(bits, nearest.get(study_id, bits))
    rows = session.execute(
        select(Study.id, Study.patient_id, Patient.pseudonym)
        .join(Patient, Patient.id == Study.patient_id)
        .where(Study.id.in_(nearest))
    )
    found = [
        {
            "study_id": row.id,
            "pseudonym": row.pseudonym,
            "is_same_patient": row.patient_id == study.patient_id,
            "distance_bits": nearest[row.id],
            "thumbnail_url": thumbnail_url(row.id),
        }
        for row in rows
    ]
    return sorted(found, key=lambda one: (one["distance_bits"], one["study_id"]))[:FOUND]


def _pictures(session: Session, study: Study) -> list[int]:
    hashes = session.scalars(
        select(Instance.picture_hash)
        .where(Instance.study_id == study.id, Instance.picture_hash.is_not(None))
        .order_by(Instance.series_id, Instance.instance_number.asc().nulls_last(), Instance.id)
    ).all()
    step = max(1, -(-len(hashes) // PICTURES))
    return list(dict.fromkeys(one for one in hashes[step // 2 :: step] if one is not None))


def _near(session: Session, study: Study, picture_hash: int) -> list[tuple[UUID, int]]:
    bits = func.bit_count(cast(Instance.picture_hash.op("#")(picture_hash), BIT(64)))
    rows = session.execute(
        select(Instance.study_id, func.min(bits).label("bits"))
        .join(Study, Study.id == Instance.study_id)
        .where(
            Instance.picture_bands.op("&&")(cast(probes(picture_hash), ARRAY(Integer))),
            bits <= MOST_DISTANCE,
            Instance.project_id == study.project_id,
            Instance.study_id != study.id,
            Study.deleted_at.is_(None),
        )
        .group_by(Instance.study_id)
        .order_by(func.min(bits), Instance.study_id)
        .limit(FOUND)
    )
    return [(row.study_id, row.bits) for row in rows]
