"""The value an attribute has after its action: kept, cleaned, shifted, remapped or a dummy.

Nothing is kept because it stands in the right place: a value must also have the form that its
attribute demands and repeat no name of the same file.
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.uid import UID_dictionary

from collimate.dicom import identity, keep
from collimate.dicom.clean_text import clean_text

_CODE = re.compile(r"[A-Z0-9 _]{1,16}")
_SHORT_TEXT = re.compile(r"[A-Za-z0-9 ._/+()\-]{1,64}")
_CODE_VALUE = re.compile(r"(?=.*[0-9])[A-Za-z0-9.\-]{1,16}|[A-Za-z0-9./%\[\]{}^*']{1,6}")
_STANDARD_UID = re.compile(r"1\.2\.840\.10008\.[0-9.]{1,50}")
_TIME = re.compile(r"[0-9:.]{2,16}")
_ZONE = re.compile(r"[+\-][01][0-9][0-5][0-9]")
_AGE = re.compile(r"([0-9]{3})([DWMY])")
_NUMBERS = frozenset(["US", "SS", "UL", "SL", "FL", "FD", "AT", "UV", "SV"])
_WORDS = frozenset(["OW", "OB", "OV"])
TEXTS = frozenset(["LO", "SH", "ST", "LT", "UT", "UC"])
OLDEST_YEARS = 90
_PLAUSIBLE = {"PatientSize": (0.1, 3.0), "PatientWeight": (0.1, 700.0)}
"""Metres and kilograms; other numbers stand there by mistake."""

_DUMMIES: dict[str, Any] = {
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UT", "UC", "CS", "AE", "PN"), "REMOVED"),
    "UR": "urn:removed", "DA": "19000101", "DT": "19000101000000", "TM": "000000", "AS": "000Y",
    "DS": "0", "IS": "0", **dict.fromkeys(_NUMBERS, 0),
}  # fmt: skip


@dataclass(frozen=True)
class Naming:
    """Upper-case words of this file that name its patient, staff or place.

    `words` have four or more characters and are no words of anatomy; `people` are all words of
    the patient's names, for texts that could hold any of them.
    """

    words: frozenset[str]
    people: frozenset[str]

    @classmethod
    def of(cls, people: Iterable[str], others: Iterable[str]) -> "Naming":
        """From the names of the patient, and from what names staff, places and numbers."""
        names = {word for text in people for word in _words(text)}
        rest = {word for text in others for word in _words(text)}
        words = {word for word in names | rest if len(word) >= 4} - keep.BODY_PARTS
        return cls(frozenset(words), frozenset(names))


def values_of(element: DataElement) -> list[Any]:
    """The values as a list, empty for none."""
    value = element.value
    if value is None or value == "":
        return []
    if isinstance(value, str | bytes | bytearray):
        return [value]
    return list(value) if hasattr(value, "__iter__") else [value]


def made(tag: Any, vr: str, values: list[Any]) -> DataElement | None:
    """An element with these values; None without any."""
    if not values:
        return None
    return DataElement(tag, vr, values[0] if len(values) == 1 else values)


def dummy(tag: Any, vr: str) -> DataElement:
    """A value that says nothing; empty where the VR has none that is valid."""
    return DataElement(tag, vr, _DUMMIES.get(vr, b"" if vr in _WORDS else None))


def remapped(element: DataElement, project_key: bytes) -> list[str]:
    """Keyed replacements; UIDs that the standard registers stay (well-known frames, contexts)."""
    uids = [str(value).strip("\0 ") for value in values_of(element)]
    return [
        uid if uid in UID_dictionary else identity.remap_uid(project_key, uid)
        for uid in uids
        if uid
    ]


def cleaned(element: DataElement, shift_days: int, naming: Naming) -> list[Any]:
    """Action C: dates shifted, times and zones as they are, texts reduced to harmless words."""
    if element.VR in ("DA", "DT"):
        moved = [identity.shift_date(str(value), shift_days) for value in values_of(element)]
        return [value for value in moved if value]
    if element.VR == "TM":
        return fitting(element, _TIME.fullmatch)
    if element.keyword == "TimezoneOffsetFromUTC":
        return fitting(element, _ZONE.fullmatch)
    if element.VR not in TEXTS:
        return []
    texts = [clean_text(str(value), naming.words | naming.people) for value in values_of(element)]
    return [text for text in texts if text]


def kept_by_option(element: DataElement, naming: Naming) -> list[Any]:
    """Action K: what an option of the project retains, in the form the attribute demands."""
    if element.VR == "AS":
        return [capped_age(str(value)) for value in fitting(element, _AGE.fullmatch)]
    if element.VR in ("DA", "DT", "TM"):
        return fitting(element, re.compile(r"[0-9:.+\-]{2,26}").fullmatch)
    if element.VR == "UI":
        return fitting(element, re.compile(r"[0-2](\.[0-9]+)+").fullmatch)
    if element.VR in ("DS", "IS"):
        low, high = _PLAUSIBLE.get(element.keyword, (-math.inf, math.inf))
        values = kept(element, element.keyword, naming)
        fits = all(low <= float(v) <= high and str(v) not in naming.words for v in values)
        return values if fits else []
    return kept(element, element.keyword, naming)


def kept(element: DataElement, keyword: str, naming: Naming) -> list[Any]:
    """The values if every one has the form its attribute demands, else none of them."""
    values = values_of(element)
    if element.VR in _NUMBERS:
        return values if all(_is_number(value) for value in values) else []
    if element.VR in ("DS", "IS"):
        # some equipment writes the patient's number into the series number
        told = any(len(str(value)) > 4 and str(value) in naming.words for value in values)
        return [] if told or not all(_is_number(value) for value in values) else values
    if element.VR in _WORDS:
        return values if all(isinstance(value, bytes) for value in values) else []
    texts = [str(value).strip("\0 ") for value in values]
    if element.VR == "CS":
        texts = [text.upper() for text in texts]
    pattern = {"CS": _CODE, "UI": _STANDARD_UID}.get(element.VR, _SHORT_TEXT)
    if keyword == "CodeValue":
        pattern = _CODE_VALUE
    if keyword == "CodingSchemeDesignator" and not set(texts) <= keep.CODE_SCHEMES:
        return []
    fits = all(not text or pattern.fullmatch(text) for text in texts)
    return texts if fits and not any(_names_someone(text, naming) for text in texts) else []


def fitting(element: DataElement, fits: Callable[[str], object]) -> list[str]:
    """The values that have the form."""
    return [text for text in (str(v).strip("\0 ") for v in values_of(element)) if fits(text)]


def capped_age(text: str) -> str:
    """Ages above 89 years as 90, since few people share them."""
    match = _AGE.fullmatch(text)
    too_old = match is not None and match[2] == "Y" and int(match[1]) > OLDEST_YEARS
    return f"{OLDEST_YEARS:03d}Y" if too_old else text


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value)) and len(str(value)) <= 32
    except (TypeError, ValueError, OverflowError):
        return False


def _names_someone(text: str, naming: Naming) -> bool:
    """A second wall: kept text that repeats an identifier of the same file is dropped."""
    return not naming.words.isdisjoint(_words(text))


def _words(text: str) -> set[str]:
    """Words, and the letters and numbers they are run together from; two characters or more."""
    upper = text.upper()
    return {*re.findall(r"[^\W_]{2,}", upper), *re.findall(r"[^\W\d_]{2,}|\d{2,}", upper)}
