"""Patients who were erased stay out: what comes in of them is refused and not kept."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.studies.models import Erasure

ERASED = "patient_erased"
ERASED_TEXT = (
    "This patient was erased from this installation and may not be brought in again. The file was "
    "refused; nothing of it was kept."
)


def erased_of(session: Session, patient_hashes: Collection[str]) -> set[str]:
    """Which of the patients with these keyed hashes were erased, or are being erased."""
    erased = select(Erasure.keyed_hash).where(Erasure.keyed_hash.in_(patient_hashes))
    return set(session.scalars(erased))
