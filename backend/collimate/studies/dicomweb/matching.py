"""Attribute matching of DICOMweb searches (PS3.18 8.3.4, PS3.4 C.2.2.2)."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, select, true
from sqlalchemy import literal_column as text_of
from sqlalchemy.orm import aliased

from collimate.dicom.identity import parse_date
from collimate.kit.errors import Problem
from collimate.studies.browse import GRAM, escape_like
from collimate.studies.keywords import TAGS
from collimate.studies.models import Instance, Patient, Series, Study

NOT_ATTRIBUTES = frozenset({"limit", "offset", "includefield", "fuzzymatching", "accept"})
MOST_VALUES = 1000
DATES = "Dates are written YYYYMMDD, ranges with a hyphen."
TIMES = "Times are written HHMMSS, ranges with a hyphen."
_TIME = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9](([0-5][0-9]|60)(\.[0-9]{1,6})?)?)?")
Matcher = Callable[[str], ColumnElement[bool]]


class SearchNotSupported(Problem):
    """This search cannot be answered."""

    status = 400


def wildcard(column: Any) -> Matcher:
    """`*` and `?` match any run and any one character; several values by backslash."""

    def match(text: str) -> ColumnElement[bool]:
        text = text.strip(" ")
        if not text or set(text) == {"*"}:
            return true()
        if "*" in text or "?" in text:
            return column.like(escape_like(text).replace("*", "%").replace("?", "_"))
        return column.in_(_few(text.split("\\")))

    return match


def indexed_parts(matcher: Matcher, indexed: Any) -> Matcher:
    """The same matching, for a text whose parts of three letters are indexed as `indexed`.

    Helps a wildcard at the front; what a part says in any case, `matcher` says exactly.
    """

    def match(text: str) -> ColumnElement[bool]:
        found = matcher(text)
        parts = [part for part in re.split(r"[*?\\^=]", text.strip()) if len(part) >= GRAM]
        if not any(one in text for one in "*?"):
            return found
        return and_(found, *(_has_part(indexed, part) for part in parts))

    return match


def _has_part(indexed: Any, part: str) -> ColumnElement[bool]:
    return func.text_grams(indexed).op("@>")(func.text_grams(part))


def _few(values: list[str]) -> list[str]:
    if len(values) > MOST_VALUES:
        raise SearchNotSupported(f"At most {MOST_VALUES} values are searched at once.")
    return values


def person_name(column: Any) -> Matcher:
    """As `wildcard`, in any case, and without the components that are empty (PS3.5 6.2.1.2).

    A name here is a pseudonym: one component, in capitals.
    """

    def match(text: str) -> ColumnElement[bool]:
        return wildcard(column)(re.sub(r"[\^=][\^=*]*$", "", text.strip().upper()))

    return match


def fuzzy_name(column: Any) -> Matcher:
    """Every word of the name occurs, whatever its case and whatever stands between its letters."""

    def match(text: str) -> ColumnElement[bool]:
        # as it stands in the index ix_patient_plain_pseudonym_grams
        plain = func.regexp_replace(
            func.lower(column), text_of("'[^a-z0-9]'"), text_of("''"), text_of("'g'")
        )
        words = [re.sub(r"[^a-z0-9]", "", one) for one in re.split(r"[\^=\s,]+", text.lower())]
        return and_(
            true(),
            *(plain.contains(word) for word in words if word),
            *(_has_part(plain, word) for word in words if len(word) >= GRAM),
        )

    return match


def _is_anything(text: str) -> bool:
    """Universal matching; a lone asterisk is taken for it by every kind of key."""
    return text.strip(" ") in ("", "*")


def codes(column: Any) -> Matcher:
    """As `wildcard`; a code string holds no comma, so that many clients separate by commas."""

    def match(text: str) -> ColumnElement[bool]:
        return wildcard(column)(text.replace(",", "\\"))

    return match


def uids(column: Any) -> Matcher:
    """One UID, or several separated by commas or backslashes."""

    def match(text: str) -> ColumnElement[bool]:
        return true() if _is_anything(text) else column.in_(_few(re.split(r"[,\\]", text)))

    return match


def numbers(column: Any) -> Matcher:
    """A whole number."""

    def match(text: str) -> ColumnElement[bool]:
        if _is_anything(text):
            return true()
        if not re.fullmatch(r"-?[0-9]{1,9}", text.strip()):
            raise SearchNotSupported("A whole number was expected.")
        return column == int(text)

    return match


def dates(column: Any, *, is_text: bool = False) -> Matcher:
    """`20240131`, `20240101-20240131`, `-20240131` or `20240101-`.

    `is_text`: the column holds YYYYMMDD, not days.
    """

    def match(text: str) -> ColumnElement[bool]:
        text = text.strip(" ")
        if _is_anything(text):
            return true()
        first, dash, last = text.partition("-")
        if not (first or last):
            raise SearchNotSupported(DATES)
        ends = _day(first), _day(last) if dash else _day(first)
        low, high = (f"{one:%Y%m%d}" if one and is_text else one for one in ends)
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
        raise SearchNotSupported(DATES)
    return day


def times(column: Any) -> Matcher:
    """`101500`, `10-12` or `1015-`; what is not said (minutes, seconds) may be anything."""

    def match(text: str) -> ColumnElement[bool]:
        if _is_anything(text):
            return true()
        first, dash, last = text.strip(" ").partition("-")
        if not (first or last):
            raise SearchNotSupported(TIMES)
        low, high = _moment(first, "0"), _moment(last if dash else first, "9")
        seconds = func.substr(column, 1, 6)
        return and_(seconds >= low, seconds <= high)

    return match


def _moment(text: str, filler: str) -> str:
    if text and not _TIME.fullmatch(text):
        raise SearchNotSupported(TIMES)
    return text[:6].ljust(6, filler)


def stored(dicom_json: Any, tag: str, *, is_name: bool = False) -> Any:
    """The first value of an attribute in stored DICOM JSON, as text."""
    value = dicom_json[tag]["Value"][0]
    return value["Alphabetic"].astext if is_name else value.astext


def dropped(text: str) -> ColumnElement[bool]:
    """De-identification leaves nothing here, so only the empty key matches."""
    return false() if text.strip("*") else true()


def _any_modality(text: str) -> ColumnElement[bool]:
    any_of = aliased(Series)  # not the series that is searched for
    mine = select(any_of.id).where(
        any_of.project_id == Study.project_id,
        any_of.study_id == Study.id,
        codes(any_of.modality)(text),
    )
    return mine.correlate(Study).exists()


_STUDY, _SERIES = Study.dicom_json, Series.dicom_json
STUDY_KEYS: dict[str, Matcher] = {
    "StudyInstanceUID": uids(Study.study_uid),
    "StudyDate": dates(Study.study_date),
    "StudyTime": times(stored(_STUDY, "00080030")),
    "ModalitiesInStudy": _any_modality,
    "PatientID": indexed_parts(wildcard(Patient.pseudonym), Patient.pseudonym),
    "PatientName": indexed_parts(person_name(Patient.pseudonym), Patient.pseudonym),
    "PatientSex": wildcard(Patient.sex),
    "PatientBirthDate": dates(stored(_STUDY, "00100030"), is_text=True),
    "AccessionNumber": wildcard(stored(_STUDY, "00080050")),
    "StudyDescription": wildcard(stored(_STUDY, "00081030")),
    "ReferringPhysicianName": wildcard(stored(_STUDY, "00080090", is_name=True)),
    "StudyID": wildcard(stored(_STUDY, "00200010")),
}
SERIES_KEYS: dict[str, Matcher] = {
    "SeriesInstanceUID": uids(Series.series_uid),
    "Modality": codes(Series.modality),
    "SeriesNumber": numbers(Series.series_number),
    "SeriesDescription": wildcard(stored(_SERIES, "0008103E")),
    "BodyPartExamined": wildcard(Study.body_part),
    "PerformedProcedureStepStartDate": dates(stored(_SERIES, "00400244"), is_text=True),
    "PerformedProcedureStepStartTime": times(stored(_SERIES, "00400245")),
    "RequestAttributesSequence.ScheduledProcedureStepID": dropped,
    "RequestAttributesSequence.RequestedProcedureID": dropped,
}
INSTANCE_KEYS: dict[str, Matcher] = {
    "SOPInstanceUID": uids(Instance.sop_instance_uid),
    "SOPClassUID": uids(Instance.sop_class_uid),
    "InstanceNumber": numbers(Instance.instance_number),
    "Rows": numbers(Instance.rows),
    "Columns": numbers(Instance.columns),
    "NumberOfFrames": numbers(Instance.frame_count),
}
OF_PATIENT = frozenset({"PatientID", "PatientName", "PatientSex"})
_ALL = (*STUDY_KEYS, *SERIES_KEYS, *INSTANCE_KEYS)
_TAGS = TAGS | {
    "RequestAttributesSequence": "00400275",
    "ScheduledProcedureStepID": "00400009",
    "RequestedProcedureID": "00401001",
    "PerformedProcedureStepStartDate": "00400244",
    "PerformedProcedureStepStartTime": "00400245",
}


def _tags(name: str) -> str:
    """A search key in tags alone; what is in a sequence stands behind a dot."""
    return ".".join(_TAGS.get(part, part.upper()) for part in name.split("."))


_KEYWORD_OF = {_tags(key): key for key in _ALL}


def keyword_of(name: str) -> str:
    """The keyword of a search key, any part of which may be written as a tag."""
    return _KEYWORD_OF.get(_tags(name), name)


def read_flag(text: str) -> bool:
    """`true` or `false`.

    Raises:
        SearchNotSupported
    """
    if text.lower() not in ("true", "false"):
        raise SearchNotSupported("fuzzymatching is true or false.")
    return text.lower() == "true"


def criteria(
    query: list[tuple[str, str]], keys: dict[str, Matcher], *, fuzzy: bool = False
) -> list[ColumnElement[bool]]:
    """What a query string asks of attributes, named by keyword or tag.

    Raises:
        SearchNotSupported: an attribute that is not searched, or a value that is no such thing.
    """
    found = []
    for name, text in query:
        if name in NOT_ATTRIBUTES:
            continue
        keyword = keyword_of(name)
        matcher = keys.get(keyword)
        if matcher is None:
            raise SearchNotSupported(f"Searchable here: {', '.join(sorted(keys))}.")
        if "\0" in text or len(text) > 4000:
            raise SearchNotSupported("This value is not searched.")
        if fuzzy and keyword == "PatientName":
            matcher = fuzzy_name(Patient.pseudonym)
        found.append(matcher(text))
    return found
