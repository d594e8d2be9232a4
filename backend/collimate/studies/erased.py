"""Patients who were erased stay out: what comes in of them is refused and not kept."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.studies.models import Erasure

ERASED = "patient_erased"
ERASED_TEXT = (
    "This patient was erased from this installation and may not be brought in again. The file was "
    "refused; nothing of it was kept."
)


def is_erased(session: Session, patient_hash: str) -> bool:
    """Whether the patient with this keyed hash was erased, or is being erased."""
    order = select(Erasure.id).where(Erasure.keyed_hash == patient_hash)
    return bool(session.scalar(select(order.exists())))
