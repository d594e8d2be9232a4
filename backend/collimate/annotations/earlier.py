"""Earlier studies of the same patient, to look at beside a case."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Date, Select, Uuid, bindparam, or_, select
from sqlalchemy.orm import Session

from collimate.studies.models import Study

MOST = 20


def earlier_studies(session: Session, study: Study) -> list[dict[str, Any]]:
    """The patient's studies of the same project up to the day of this one, the newest first.

    What came later is left out, because whoever reads a case must not know how it went on. Where
    dates were removed (`days_before` is None) nothing can be left out for being later; such
    studies come last. Only images are told of, never what anybody said about them.
    """
    asked = {
        "study_id": study.id, "patient_id": study.patient_id, "project_id": study.project_id,
        "study_date": study.study_date,
    }  # fmt: skip
    others = session.scalars(_others(is_dated=study.study_date is not None), asked)
    return [
        {
            "id": other.id,
            "study_uid": other.study_uid,
            "modality": other.modality,
            "body_part": other.body_part,
            "days_before": None
            if study.study_date is None or other.study_date is None
            else (study.study_date - other.study_date).days,
        }
        for other in others
    ]


@lru_cache
def _others(*, is_dated: bool) -> Select[Study]:
    """Put together once: every case that is opened asks it."""
    ids = {name: bindparam(name, type_=Uuid()) for name in ("study_id", "patient_id", "project_id")}
    others = (
        select(Study)
        .where(Study.patient_id == ids["patient_id"], Study.project_id == ids["project_id"])
        .where(Study.id != ids["study_id"], Study.deleted_at.is_(None), Study.instance_count > 0)
        .order_by(Study.study_date.desc().nulls_last(), Study.id.desc())
        .limit(MOST)
    )
    if not is_dated:
        return others
    day = bindparam("study_date", type_=Date())
    return others.where(or_(Study.study_date <= day, Study.study_date.is_(None)))
