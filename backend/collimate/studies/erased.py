"""Patients who were erased stay out: what comes in of them is refused and not kept."""

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collimate.projects.profile import name_on_tombstone
from collimate.studies.models import Erasure

Names = tuple[str, str | None]
"""A patient's keyed hash, and the pseudonym of ours that the image came under, if any."""

ERASED = "patient_erased"
ERASED_TEXT = (
    "This patient was erased from this installation and may not be brought in again. The file was "
    "refused; nothing of it was kept."
)


def hashes_of(names: Names) -> list[str]:
    """What ties a file that is set aside to its patient, and leads nobody to them."""
    keyed_hash, stated = names
    return [keyed_hash] if stated is None else [keyed_hash, name_on_tombstone(stated)]


def erased_of(session: Session, names: Collection[Names]) -> set[Names]:
    """Which of the patients with these names were erased, or are being erased."""
    hashes = [keyed_hash for keyed_hash, _ in names]
    marks = {stated: name_on_tombstone(stated) for _, stated in names if stated is not None}
    found = session.execute(
        select(Erasure.keyed_hash, Erasure.pseudonym_hashes).where(
            or_(
                Erasure.keyed_hash.in_(hashes),
                Erasure.pseudonym_hashes.overlap(list(marks.values())),
            )
        )
    )
    erased = {name for keyed_hash, others in found for name in (keyed_hash, *others)}
    return {
        (keyed_hash, stated)
        for keyed_hash, stated in names
        if keyed_hash in erased or (stated is not None and marks[stated] in erased)
    }
