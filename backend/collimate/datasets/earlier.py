"""Where patients were put by earlier versions: there they stay."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.datasets.models import DatasetEntry
from collimate.datasets.splits import SplitShares, split_of
from collimate.studies.models import Patient


def earlier_splits(session: Session, hashes: set[str]) -> dict[str, str]:
    """The split of each of these patients that a version of any project has, by keyed hash."""
    rows = session.execute(
        select(Patient.keyed_hash, DatasetEntry.split)
        .join(DatasetEntry, DatasetEntry.patient_id == Patient.id)
        .where(Patient.keyed_hash.in_(hashes))
        .order_by(DatasetEntry.id.desc())
    )
    # The oldest entry comes last and so stays.
    return {row.keyed_hash: row.split for row in rows}


def split_for(patient: Patient, earlier: dict[str, str], shares: SplitShares) -> str:
    """The split of a patient: the hold-out is test, then what an earlier version said."""
    if patient.is_holdout:
        return "test"
    known = earlier.get(patient.keyed_hash)
    return known or split_of(patient.keyed_hash, patient.is_holdout, shares)
