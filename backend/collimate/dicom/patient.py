"""Who an image belongs to after de-identification, and the marks that say what was done."""

import re
from datetime import date

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collimate.dicom import identity
from collimate.dicom.clean_values import OLDEST_YEARS
from collimate.dicom.profile import ProfileOptions
from collimate.dicom.profile_table import edition

_ALWAYS_EMPTY = ("StudyID", "AccessionNumber", "ReferringPhysicianName")
_BASIC = ("113100", "Basic Application Confidentiality Profile")
CLEAN_PIXELS = ("113101", "Clean Pixel Data Option")
# PS3.16 CID 7050
_METHODS = {
    "retain_dates": (
        "113107", "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    "retain_characteristics": ("113108", "Retain Patient Characteristics Option"),
    "retain_device": ("113109", "Retain Device Identity Option"),
    "clean_descriptors": ("113105", "Clean Descriptors Option"),
    "safe_private": ("113111", "Retain Safe Private Option"),
}  # fmt: skip


def text(dataset: Dataset, keyword: str) -> str:
    """The value as text, empty for none and for what cannot be read."""
    try:
        value = dataset.get(keyword)
    except MemoryError:
        raise
    except Exception:
        return ""
    return "" if value is None else str(value).strip("\0 ")


def add_patient(clean: Dataset, dataset: Dataset, pseudonym: str, options: ProfileOptions) -> None:
    """Set the patient module; sex and age only where the project retains them."""
    clean.PatientName = pseudonym
    clean.PatientID = pseudonym
    clean.PatientBirthDate = ""
    clean.PatientSex = (options.retain_characteristics and patient_sex(dataset)) or ""
    age = patient_age_years(dataset) if options.retain_characteristics else None
    clean.pop("PatientAge", None)
    if age is not None:
        clean.PatientAge = f"{age:03d}Y"
    for keyword in _ALWAYS_EMPTY:
        setattr(clean, keyword, "")


def add_marks(clean: Dataset, dataset: Dataset, options: ProfileOptions, method: str) -> None:
    """Say that and how it was de-identified. Source: PS3.15 E.1.1, PS3.3 C.7.1.1 and C.12.1."""
    clean.PatientIdentityRemoved = "YES"
    clean.DeidentificationMethod = f"{method}, edition {edition()}"
    clean.LongitudinalTemporalInformationModified = (
        "MODIFIED" if options.retain_dates else "REMOVED"
    )
    methods = dict([_BASIC]) | {
        code: meaning for name, (code, meaning) in _METHODS.items() if getattr(options, name)
    }
    if CLEAN_PIXELS[0] in _stated_methods(dataset):
        methods |= dict([CLEAN_PIXELS])
    clean.DeidentificationMethodCodeSequence = Sequence(
        [_code(value, meaning) for value, meaning in sorted(methods.items())]
    )


def mark_clean_pixels(clean: Dataset) -> None:
    """Say that a person has looked at the pixels and that no identifying text is in them."""
    clean.BurnedInAnnotation = "NO"
    items = clean.DeidentificationMethodCodeSequence
    if CLEAN_PIXELS[0] not in {item.CodeValue for item in items}:
        added = sorted([*items, _code(*CLEAN_PIXELS)], key=lambda item: str(item.CodeValue))
        clean.DeidentificationMethodCodeSequence = Sequence(added)


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


def _stated_methods(dataset: Dataset) -> set[str]:
    try:
        items = dataset.get("DeidentificationMethodCodeSequence") or []
        return {text(item, "CodeValue") for item in items}
    except MemoryError:
        raise
    except Exception:
        return set()


def patient_sex(dataset: Dataset) -> str | None:
    """M, F or O; None when it is not one of them."""
    value = text(dataset, "PatientSex").upper()
    return value if value in ("M", "F", "O") else None


def patient_age_years(dataset: Dataset) -> int | None:
    """Whole years from Patient's Age or else from birth and study date; 90 for all above 89."""
    match = re.fullmatch(r"([0-9]{3})([DWMY])", text(dataset, "PatientAge").upper())
    if match:
        per_year = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}[match[2]]
        return min(int(int(match[1]) / per_year), OLDEST_YEARS)
    born = identity.parse_date(text(dataset, "PatientBirthDate"))
    seen = identity.parse_date(text(dataset, "StudyDate"))
    if born is None or seen is None or seen < born:
        return None
    return min(_years_between(born, seen), OLDEST_YEARS)


def _years_between(born: date, seen: date) -> int:
    return seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))
