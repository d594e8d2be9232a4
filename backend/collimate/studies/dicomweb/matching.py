"""Attribute matching of DICOMweb searches (PS3.18 8.3.4, PS3.4 C.2.2.2)."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from collimate.dicom.identity import parse_date
from collimate.kit.errors import Problem
from collimate.studies.browse import escape_like
from collimate.studies.keywords import TAGS
from collimate.studies.models import Instance, Patient, Series, Study

NOT_ATTRIBUTES = frozenset({"limit", "offset", "includefield", "fuzzymatching"})
Matcher = Callable[[str], ColumnElement[bool]]


class SearchNotSupported(Problem):
    """This search cannot be answered."""

    status = 400


def wildcard(column: Any) -> Matcher:
    """`*` and `?` match any run and any one character; several values by backslash."""

    def match(text: str) -> ColumnElement[bool]:
        if not text or text == "*":
            return true()
        if "*" in text or "?" in text:
            return column.ilike(escape_like(text).replace("*", "%").replace("?", "_"))
        return column.in_(text.split("\\"))

    return match


def uids(column: Any) -> Matcher:
    """One UID, or several separated by commas or backslashes."""

    def match(text: str) -> ColumnElement[bool]:
        return column.in_(re.split(r"[,\\]", text)) if text else true()

    return match


def numbers(column: Any) -> Matcher:
    """A whole number."""

    def match(text: str) -> ColumnElement[bool]:
        if not text:
            return true()
        if not re.fullmatch(r"-?[0-9]{1,9}", text.strip()):
            raise SearchNotSupported("A whole number was expected.")
        return column == int(text)

    return match


def dates(column: Any) -> Matcher:
    """`20240131`, `20240101-20240131`, `-20240131` or `20240101-`."""

    def match(text: str) -> ColumnElement[bool]:
        if not text:
            return true()
        first, dash, last = text.partition("-")
        low, high = _day(first), _day(last) if dash else _day(first)
        found = column.is_not(None)
        if low is not None:
            found &= column >= low
        if high is not None:
            found &= column <= high
        return found

    return match


def _day(text: str) -> date | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{8}", text) or (day := parse_date(text)) is None:
        raise SearchNotSupported("Dates are written YYYYMMDD, ranges with a hyphen.")
    return day


def removed(text: str) -> ColumnElement[bool]:
    """De-identification leaves nothing here, so only the empty key matches."""
    return false() if text.strip("*") else true()


def _any_modality(text: str) -> ColumnElement[bool]:
    mine = select(Series.id).where(Series.study_id == Study.id, wildcard(Series.modality)(text))
    return mine.exists()


STUDY_KEYS: dict[str, Matcher] = {
    "StudyInstanceUID": uids(Study.study_uid),
    "StudyDate": dates(Study.study_date),
    "ModalitiesInStudy": _any_modality,
    "PatientID": wildcard(Patient.pseudonym),
    "PatientName": wildcard(Patient.pseudonym),
    "PatientSex": wildcard(Patient.sex),
    "AccessionNumber": removed,
    "StudyDescription": removed,
    "ReferringPhysicianName": removed,
    "StudyID": removed,
    "PatientBirthDate": removed,
}
SERIES_KEYS: dict[str, Matcher] = {
    "SeriesInstanceUID": uids(Series.series_uid),
    "Modality": wildcard(Series.modality),
    "SeriesNumber": numbers(Series.series_number),
    "SeriesDescription": removed,
    "BodyPartExamined": wildcard(Study.body_part),
}
INSTANCE_KEYS: dict[str, Matcher] = {
    "SOPInstanceUID": uids(Instance.sop_instance_uid),
    "SOPClassUID": uids(Instance.sop_class_uid),
    "InstanceNumber": numbers(Instance.instance_number),
    "Rows": numbers(Instance.rows),
    "Columns": numbers(Instance.columns),
    "NumberOfFrames": numbers(Instance.frame_count),
}
_KEYWORD_OF = {TAGS[key]: key for key in (*STUDY_KEYS, *SERIES_KEYS, *INSTANCE_KEYS) if key in TAGS}


def criteria(query: list[tuple[str, str]], keys: dict[str, Matcher]) -> list[ColumnElement[bool]]:
    """What a query string asks of attributes, named by keyword or tag.

    Raises:
        SearchNotSupported: an attribute that is not searched, or a value that is no such thing.
    """
    found = []
    for name, text in query:
        if name in NOT_ATTRIBUTES:
            continue
        matcher = keys.get(_KEYWORD_OF.get(name.upper(), name))
        if matcher is None:
            raise SearchNotSupported(f"Searchable here: {', '.join(sorted(keys))}.")
        if "\0" in text or len(text) > 4000:
            raise SearchNotSupported("This value is not searched.")
        found.append(matcher(text))
    return found
