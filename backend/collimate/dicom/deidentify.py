"""Make a new data set that holds only what is on the allow-list, under keyed identities.

Source: PS3.15 annex E, with the options Retain Longitudinal Temporal Information (Modified
Dates) and Retain Patient Characteristics (sex and age, ages above 89 as 90).
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collimate.dicom import identity, keep
from collimate.dicom.limits import LIMITS
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected, RejectionCode

_CODE = re.compile(r"[A-Z0-9 _]{1,16}")
_SHORT_TEXT = re.compile(r"[A-Za-z0-9 ._/+()\-]{1,64}")
_CODE_VALUE = re.compile(r"(?=.*[0-9])[A-Za-z0-9.\-]{1,16}|[A-Za-z0-9./%\[\]{}^*']{1,6}")
_TIME = re.compile(r"[0-9:.]{2,16}")
_NUMBERS = frozenset(["US", "SS", "UL", "SL", "FL", "FD", "AT", "UV", "SV"])
_WORDS = frozenset(["OW", "OB", "OV"])
_METHODS = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
)


@dataclass(frozen=True)
class Cleaned:
    """The new data set (without pixels), who it belongs to, and what was left behind."""

    dataset: Dataset
    patient_hash: str
    pseudonym: str
    removed: list[str]


@dataclass
class _Rules:
    profile: Profile
    shift_days: int
    tokens: frozenset[str]
    removed: set[str] = field(default_factory=set)


def deidentify(dataset: Dataset, profile: Profile, *, source_sha256: str) -> Cleaned:
    """Clean a data set; the given one is not changed.

    Raises:
        Rejected: `bad_uid`, or `nested_too_deep`.
    """
    study_uid = _own_uid(dataset, "StudyInstanceUID", source_sha256)
    patient = _text(dataset, "PatientID") or study_uid
    issuer = _text(dataset, "IssuerOfPatientID") if _text(dataset, "PatientID") else ""
    rules = _Rules(
        profile=profile,
        shift_days=identity.shift_days(profile.project_key, patient, issuer),
        tokens=_identifying_tokens(dataset),
    )
    clean = _clean(dataset, rules, depth=0)
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        own = _own_uid(dataset, keyword, source_sha256)
        setattr(clean, keyword, identity.remap_uid(profile.project_key, own))
    pseudonym = identity.pseudonym(profile.project_key, patient, issuer)
    _add_patient(clean, dataset, pseudonym)
    _add_marks(clean)
    return Cleaned(
        dataset=clean,
        patient_hash=identity.patient_hash(profile.instance_key, patient, issuer),
        pseudonym=pseudonym,
        removed=sorted(rules.removed),
    )


def _own_uid(dataset: Dataset, keyword: str, source_sha256: str) -> str:
    """The file's UID, or for a file without one a UID that follows from its bytes."""
    value = _text(dataset, keyword)
    if value:
        return identity.check_uid(value)
    return identity.uid_from(identity.keyed(b"", keyword, source_sha256))


def _clean(dataset: Dataset, rules: _Rules, depth: int) -> Dataset:
    if depth > LIMITS.nesting_depth:
        raise Rejected(RejectionCode.nested_too_deep)
    clean = Dataset()
    for tag in sorted(dataset.keys()):
        keyword = "" if tag.is_private else keyword_for_tag(tag)
        element = _clean_element(dataset, tag, keyword, rules, depth) if keyword else None
        if element is None:
            rules.removed.add(keyword or f"({tag.group:04X},{tag.element:04X})")
        else:
            clean.add(element)
    if "CodeValue" in clean:
        # Code Meaning is free text; the value says the same and the type 1 rule is kept
        clean.CodeMeaning = str(clean.CodeValue)
    return clean


def _clean_element(  # noqa: PLR0911 - one way out for each kind of attribute
    dataset: Dataset, tag: Any, keyword: str, rules: _Rules, depth: int
) -> DataElement | None:
    """The element as it may be kept, or None."""
    try:
        element = dataset[tag]
    except MemoryError:
        raise
    except Exception:
        return None  # a value that cannot be read cannot be vouched for
    if element.VR == "SQ":
        if keyword not in keep.KEPT_SEQUENCES:
            return None
        items = [_clean(item, rules, depth + 1) for item in element.value]
        return DataElement(tag, "SQ", Sequence(items))
    if keyword in keep.REMAPPED_UIDS:
        uids = [identity.check_uid(str(uid)) for uid in _values(element) if str(uid).strip("\0 ")]
        key = rules.profile.project_key
        return _element(tag, "UI", [identity.remap_uid(key, uid) for uid in uids])
    if keyword in keep.SHIFTED_DATES:
        dates = [identity.shift_date(str(value), rules.shift_days) for value in _values(element)]
        rules.removed.add(keyword)
        return _element(tag, element.VR, [value for value in dates if value])
    if keyword in keep.KEPT_TIMES:
        return _element(tag, "TM", [v for v in map(str, _values(element)) if _TIME.fullmatch(v)])
    if keyword not in keep.KEPT:
        return None
    return _element(tag, element.VR, _safe_values(element, keyword, rules.tokens))


def _safe_values(element: DataElement, keyword: str, tokens: frozenset[str]) -> list[Any]:
    """The values if every one has the form its attribute demands, else none of them."""
    values = _values(element)
    if element.VR in _NUMBERS:
        return values if all(_is_number(value) for value in values) else []
    if element.VR in ("DS", "IS"):
        # some equipment writes the patient's number into the series number
        told = any(len(str(value)) > 4 and str(value) in tokens for value in values)
        return [] if told or not all(_is_number(value) for value in values) else values
    if element.VR in _WORDS:
        return values if all(isinstance(value, bytes) for value in values) else []
    texts = [str(value).strip("\0 ") for value in values]
    if element.VR == "CS":
        texts = [text.upper() for text in texts]
    pattern = {"CS": _CODE, "UI": re.compile(r"1\.2\.840\.10008\.[0-9.]{1,50}")}.get(element.VR)
    if keyword == "CodeValue":
        pattern = _CODE_VALUE
    if keyword == "CodingSchemeDesignator" and not set(texts) <= keep.CODE_SCHEMES:
        return []
    fits = all(not text or (pattern or _SHORT_TEXT).fullmatch(text) for text in texts)
    return texts if fits and not any(_names_someone(text, tokens) for text in texts) else []


def _values(element: DataElement) -> list[Any]:
    value = element.value
    if value is None or value == "":
        return []
    if isinstance(value, str | bytes | bytearray):
        return [value]
    return list(value) if hasattr(value, "__iter__") else [value]


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value)) and len(str(value)) <= 32
    except (TypeError, ValueError, OverflowError):
        return False


def _element(tag: Any, vr: str, values: list[Any]) -> DataElement | None:
    if not values:
        return None
    return DataElement(tag, vr, values[0] if len(values) == 1 else values)


def _identifying_tokens(dataset: Dataset) -> frozenset[str]:
    """Words of four or more characters that name this patient, staff or place."""
    words: set[str] = set()
    for keyword in keep.NAMING:
        words.update(re.findall(r"[^\W_]{4,}", _text(dataset, keyword).upper()))
    return frozenset(words - keep.BODY_PARTS)


def _names_someone(text: str, tokens: frozenset[str]) -> bool:
    """A second wall: kept text that repeats an identifier of the same file is dropped."""
    return any(word in tokens for word in re.findall(r"[^\W_]{4,}", text.upper()))


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        value = dataset.get(keyword)
    except Exception:
        return ""
    return "" if value is None else str(value).strip("\0 ")


def _add_patient(clean: Dataset, dataset: Dataset, pseudonym: str) -> None:
    clean.PatientName = pseudonym
    clean.PatientID = pseudonym
    clean.PatientBirthDate = ""
    clean.PatientSex = patient_sex(dataset) or ""
    age = patient_age_years(dataset)
    if age is not None:
        clean.PatientAge = f"{age:03d}Y"
    for keyword in ("StudyID", "AccessionNumber", "ReferringPhysicianName"):
        setattr(clean, keyword, "")


def _add_marks(clean: Dataset) -> None:
    clean.PatientIdentityRemoved = "YES"
    clean.DeidentificationMethod = "Collimate allow-list, version 1"
    clean.LongitudinalTemporalInformationModified = "MODIFIED"
    items = []
    for value, meaning in _METHODS:
        item = Dataset()
        item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
        items.append(item)
    clean.DeidentificationMethodCodeSequence = Sequence(items)


def patient_sex(dataset: Dataset) -> str | None:
    """M, F or O; None when it is not one of them."""
    value = _text(dataset, "PatientSex").upper()
    return value if value in ("M", "F", "O") else None


def patient_age_years(dataset: Dataset) -> int | None:
    """Whole years from Patient's Age or else from birth and study date; 90 for all above 89."""
    match = re.fullmatch(r"([0-9]{3})([DWMY])", _text(dataset, "PatientAge").upper())
    if match:
        per_year = {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}[match[2]]
        return min(int(int(match[1]) / per_year), 90)
    born = identity.parse_date(_text(dataset, "PatientBirthDate"))
    seen = identity.parse_date(_text(dataset, "StudyDate"))
    if born is None or seen is None or seen < born:
        return None
    return min(_years_between(born, seen), 90)


def _years_between(born: date, seen: date) -> int:
    return seen.year - born.year - ((seen.month, seen.day) < (born.month, born.day))


def walk_elements(dataset: Dataset) -> Iterator[DataElement]:
    """Every element at every depth."""
    for element in dataset:
        yield element
        if element.VR == "SQ":
            for item in element.value:
                yield from walk_elements(item)
