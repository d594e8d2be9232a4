"""Whose image it is: the same subject is one patient, whatever number the image came under.

An image that was de-identified here and comes again, or a new one sent under a pseudonym of ours,
has lost the patient's number, so its hash says nothing; the pseudonym does.
"""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from collimate.dicom.prepared import PreparedInstance
from collimate.studies.models import Patient


class Subject(NamedTuple):
    """`patient` where the project knows the subject; the hash that decides the split; the name."""

    patient: Patient | None
    keyed_hash: str
    pseudonym: str


class Subjects:
    """Finds subjects of a project, each once."""

    def __init__(self, session: Session, project_id: UUID) -> None:
        self.session, self.project_id = session, project_id
        self._found: dict[tuple[str, str, str | None], Subject] = {}

    def of(self, prepared: PreparedInstance) -> Subject:
        """By pseudonym or hash here, else by a pseudonym of another project."""
        key = _key(prepared)
        if key not in self._found:
            self._found[key] = self._find(prepared)
        return self._found[key]

    def forget(self, prepared: PreparedInstance) -> None:
        """Look again the next time: there is a patient now."""
        self._found.pop(_key(prepared), None)

    def _find(self, prepared: PreparedInstance) -> Subject:
        keyed_hash, stated = prepared.patient_hash, prepared.stated_pseudonym
        names = {prepared.pseudonym, stated or prepared.pseudonym}
        found = _here(self.session, self.project_id, keyed_hash, names)
        if found is None and stated is not None:
            keyed_hash = _elsewhere(self.session, stated) or keyed_hash
            if keyed_hash != prepared.patient_hash:
                found = _here(self.session, self.project_id, keyed_hash, set())
        if found is None:
            return Subject(None, keyed_hash, prepared.pseudonym)
        return Subject(found, found.keyed_hash, found.pseudonym)


def _key(prepared: PreparedInstance) -> tuple[str, str, str | None]:
    return prepared.patient_hash, prepared.pseudonym, prepared.stated_pseudonym


def _here(
    session: Session, project_id: UUID, keyed_hash: str, pseudonyms: set[str]
) -> Patient | None:
    known = session.scalars(
        select(Patient)
        .where(
            Patient.project_id == project_id,
            or_(Patient.keyed_hash == keyed_hash, Patient.pseudonym.in_(pseudonyms)),
        )
        .order_by(Patient.id)
        .limit(1)
    )
    return known.first()


def _elsewhere(session: Session, pseudonym: str) -> str | None:
    """The subject's hash, the same in all projects, by the name another project knows it by."""
    found = session.scalars(select(Patient.keyed_hash).where(Patient.pseudonym == pseudonym)).all()
    return found[0] if len(set(found)) == 1 else None
