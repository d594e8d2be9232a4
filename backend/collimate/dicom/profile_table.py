"""PS3.15 table E.1-1: what happens to every attribute, by the options of a project.

The table lies in `profile_table.json`, written by `tools/make_profile_table.py`.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from importlib import resources
from typing import Any

from collimate.dicom.profile import ProfileOptions


class Action(StrEnum):
    """Action codes of PS3.15 table E.1-1a."""

    REMOVE = "X"
    EMPTY = "Z"
    DUMMY = "D"
    KEEP = "K"
    CLEAN = "C"
    REMAP = "U"


COLUMNS = (
    ("retain_dates", "dates"),
    ("retain_characteristics", "characteristics"),
    ("retain_device", "device"),
    ("clean_descriptors", "descriptors"),
)
"""Options and their columns, in the order in which they are asked: a date is shifted rather than
kept, even where the device option would keep it."""

Row = Mapping[str, str]


@lru_cache
def _written() -> dict[str, Any]:
    file = resources.files("collimate.dicom") / "profile_table.json"
    written: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return written


@lru_cache
def rows() -> dict[int, Row]:
    """Tag to row: `name`, `basic` action, and the action of each option that has one."""
    return {int(row["tag"], 16): row for row in _written()["rows"]}


def edition() -> str:
    """The edition of the standard the table is from."""
    return str(_written()["source"]["edition"])


def action_for(row: Row, options: ProfileOptions, *, keyword: str, place: "Place") -> Action:
    """The one action for an attribute that the table has."""
    for option, column in COLUMNS:
        if column in row and getattr(options, option):
            return Action(row[column])
    basic = row["basic"]
    return Action(basic) if len(basic) == 1 else _resolved(basic, place.needed(keyword))


class Place:
    """Where an attribute stands: the SOP class of the object and the sequence around it."""

    def __init__(self, sop_class_uid: str, sequence: str = "") -> None:
        self.sop_class_uid = sop_class_uid
        self.sequence = sequence

    def inside(self, sequence: str) -> "Place":
        """The place of the items of a sequence."""
        return Place(self.sop_class_uid, sequence)

    def needed(self, keyword: str) -> str:
        """Attribute type here, "1", "2" or "3"; conditions count as met. Source: PS3.3."""
        types: dict[str, str] = _written()["types"].get(f"{self.sequence}.{keyword}", {})
        return types.get(self.sop_class_uid, types.get("*", "3"))


def _resolved(basic: str, needed: str) -> Action:
    """A compound code, as strict as the type of the attribute allows: X before Z before D."""
    if basic.endswith("U*"):
        return Action.REMAP
    codes = basic.split("/")
    wanted = {"1": ("D", "Z", "X"), "2": ("Z", "D", "X"), "3": ("X", "Z", "D")}[needed]
    return Action(next(code for code in wanted if code in codes))
