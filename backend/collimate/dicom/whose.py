"""Whose a file is that cannot be used, as far as its header says. For the sandbox child only."""

from pathlib import Path

from pydicom import dcmread
from pydicom.dataset import Dataset

from collimate.dicom import identity
from collimate.dicom.patient import text
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected, RejectionCode

_NAMED_BY = ["SpecificCharacterSet", "PatientID", "IssuerOfPatientID", "StudyInstanceUID"]


def whose(source: Path, profile: Profile) -> tuple[str, str | None]:
    """The patient's keyed hash, and the pseudonym of ours the file came under, if any.

    Raises:
        Rejected: the header names nobody, or cannot be read.
    """
    try:
        dataset = dcmread(source, stop_before_pixels=True, force=True, specific_tags=_NAMED_BY)
    except MemoryError:
        raise
    except Exception:
        raise Rejected(RejectionCode.malformed) from None
    study_uid = text(dataset, "StudyInstanceUID")
    if not text(dataset, "PatientID"):
        study_uid = identity.check_uid(study_uid)
    patient, issuer = named_in(dataset, study_uid)
    stated = patient if identity.is_pseudonym(patient) else None
    return identity.patient_hash(profile.instance_key, patient, issuer), stated


def named_in(dataset: Dataset, study_uid: str) -> tuple[str, str]:
    """A patient's number and its issuer; without a number a study is a patient of its own."""
    patient = text(dataset, "PatientID")
    return (patient, text(dataset, "IssuerOfPatientID")) if patient else (study_uid, "")
