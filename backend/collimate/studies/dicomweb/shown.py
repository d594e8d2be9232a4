"""What a search shows of a study, series or instance, in DICOM JSON (PS3.18 10.6.3.3)."""

from collections.abc import Collection
from typing import Any

import orjson

from collimate.studies.dicomweb.syntaxes import list_syntaxes
from collimate.studies.keywords import KEYWORDS, TAGS
from collimate.studies.summaries import SERIES_TAGS, STUDY_TAGS

EVERYTHING = frozenset({"all"})
# attributes of patient, study, series and equipment that are shown where asked for
_MORE_STUDY_TAGS = ("00081030", "00101010", "00101020", "00101030", "00120063", "00120064")
_MORE_SERIES_TAGS = ("00080031", "00080070", "00081090", "00181030", "00185100", "00200052")
_INSTANCE = {
    "sop_class_uid": ("00080016", "UI"),
    "sop_instance_uid": ("00080018", "UI"),
    "instance_number": ("00200013", "IS"),
    "frame_count": ("00280008", "IS"),
    "rows": ("00280010", "US"),
    "columns": ("00280011", "US"),
    "bits_allocated": ("00280100", "US"),
}
INSTANCE_COLUMNS = (
    *_INSTANCE, "original_transfer_syntax_uid", "served_transfer_syntax_uid", "progressive_sha256",
)  # fmt: skip


def asked_fields(query: list[tuple[str, str]]) -> frozenset[str]:
    """The tags of `includefield`, which may be keywords, tags, several, or `all`."""
    fields: set[str] = set()
    for name, text in query:
        if name == "includefield":
            fields.update(one.strip() for one in text[:4000].split(",") if one.strip())
    if "all" in fields:
        return EVERYTHING
    return frozenset(TAGS.get(field, field.upper()) for field in fields)


def unknown_fields(fields: Collection[str]) -> list[str]:
    """Those that can never be shown here."""
    return sorted(one for one in fields if one != "all" and one not in KEYWORDS)


def instance_json(row: Any, study_uid: str, series_uid: str) -> dict[str, Any]:
    """The instance level. Source: PS3.18 table 10.6.3-5."""
    elements: dict[str, Any] = {}
    for name, (tag, vr) in _INSTANCE.items():
        value = getattr(row, name)
        elements[tag] = {"vr": vr} if value is None else {"vr": vr, "Value": [value]}
    elements["00080056"] = {"vr": "CS", "Value": ["ONLINE"]}
    syntaxes = list_syntaxes(
        row.original_transfer_syntax_uid,
        row.served_transfer_syntax_uid,
        has_progressive=row.progressive_sha256 is not None,
    )
    elements["00083002"] = {"vr": "UI", "Value": syntaxes}
    elements["0020000D"] = {"vr": "UI", "Value": [study_uid]}
    elements["0020000E"] = {"vr": "UI", "Value": [series_uid]}
    return elements


def retrieve_url(address: str) -> dict[str, Any]:
    """Retrieve URL (0008,1190)."""
    return {"vr": "UR", "Value": [address]}


def widened(
    level: str, shown: dict[str, Any], sample: dict[str, Any] | None, fields: frozenset[str]
) -> dict[str, Any]:
    """`shown` with the asked attributes its level has, taken from an instance.

    What was asked for by name and is known to be empty is shown empty.
    """
    sample = sample or {}
    allowed: Collection[str] = sample.keys()
    if level != "instances":
        allowed = {*STUDY_TAGS, *_MORE_STUDY_TAGS}
        if level == "series":
            allowed = {*allowed, *SERIES_TAGS, *_MORE_SERIES_TAGS}
    wanted = allowed if fields == EVERYTHING else fields & set(allowed)
    return {tag: sample[tag] for tag in wanted if tag in sample} | shown


def packed(elements: dict[str, Any]) -> bytes:
    """One object of the answer, its attributes in the order of their tags."""
    return orjson.dumps(elements, option=orjson.OPT_SORT_KEYS)
