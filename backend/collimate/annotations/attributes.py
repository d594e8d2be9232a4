"""Answers to attributes: which are asked, what is still lacking, what is kept. Pure.

The browser has the same rules in `features/reading/attributes.ts`; a property test holds both
against each other. A target is "" for the study, a Series or SOP Instance UID, the id of a mark's
annotation, or, for a segment as a whole, its label key.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from collimate.projects.attributes import Attribute, answers_of

MAX_TEXT = 4000
BLANK = re.compile(r"[ \t\r\n\u00a0]*")

Values = Mapping[str, Any]
Target = tuple[str, str]
"""Scope and target."""


@dataclass(frozen=True)
class Work:
    """What a read says, as the rules see it.

    `series`, `images`: UIDs of the study in reading order. `regions`: target and label key of
    every mark and painted segment. `values`: answers by scope and target.
    """

    class_keys: Sequence[str] = ()
    series: Sequence[str] = ()
    images: Sequence[str] = ()
    regions: Sequence[tuple[str, str]] = ()
    values: Mapping[Target, Values] = field(default_factory=dict)


@dataclass(frozen=True)
class Lack:
    """Why a read cannot be submitted; `why`: missing, below or above."""

    scope: str
    target: str
    attribute: str
    why: str


def targets_of(work: Work) -> list[tuple[str, str, Sequence[str]]]:
    """Scope, target, and the labels there, of everything that can be asked about, in order."""
    return [
        ("study", "", work.class_keys),
        *(("series", uid, ()) for uid in work.series),
        *(("image", uid, ()) for uid in work.images),
        *(("region", target, (label_key,)) for target, label_key in work.regions),
    ]


def asked(
    attributes: Sequence[Attribute], scope: str, labels: Sequence[str], values: Values
) -> list[Attribute]:
    """The attributes asked of one target with these labels and answers, in the schema's order.

    A condition on something that is not asked does not hold, whatever was answered before.
    """
    found: dict[str, Attribute] = {}
    for attribute in attributes:
        if attribute["scope"] != scope:
            continue
        if attribute["label_keys"] and not set(attribute["label_keys"]) & set(labels):
            continue
        condition = attribute["shown_when"]
        if condition is not None:
            if condition["attribute"] not in found:
                continue
            if not set(condition["any_of"]) & set(_said(values.get(condition["attribute"]))):
                continue
        found[attribute["key"]] = attribute
    return list(found.values())


def _said(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]


def is_answered(value: Any) -> bool:
    """Whether a value says something."""
    if isinstance(value, str):
        return not BLANK.fullmatch(value)
    return value is not None and value != []


def lacks(attributes: Sequence[Attribute], work: Work) -> list[Lack]:
    """What has to be answered, or answered otherwise, before the read can be submitted."""
    found = []
    for scope, target, labels in targets_of(work):
        values = work.values.get((scope, target), {})
        for attribute in asked(attributes, scope, labels, values):
            why = _why(attribute, values.get(attribute["key"]))
            if why is not None:
                found.append(Lack(scope, target, attribute["key"], why))
    return found


def _why(attribute: Attribute, value: Any) -> str | None:
    if not is_answered(value):
        return "missing" if attribute["is_required"] else None
    if attribute["kind"] == "number":
        if attribute["minimum"] is not None and value < attribute["minimum"]:
            return "below"
        if attribute["maximum"] is not None and value > attribute["maximum"]:
            return "above"
    return None


def said_values(attributes: Sequence[Attribute], work: Work) -> dict[Target, dict[str, Any]]:
    """The answers that count, by scope and target: only what is asked and answered."""
    found: dict[Target, dict[str, Any]] = {}
    for scope, target, labels in targets_of(work):
        values = work.values.get((scope, target), {})
        said = {
            attribute["key"]: values[attribute["key"]]
            for attribute in asked(attributes, scope, labels, values)
            if is_answered(values.get(attribute["key"]))
        }
        if said:
            found[scope, target] = said
    return found


def is_valid(attribute: Attribute, value: Any) -> bool:
    """Whether a value is of the attribute's kind; a number out of its range still is."""
    match attribute["kind"]:
        case "number":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            return is_number and math.isfinite(value)
        case "text":
            return isinstance(value, str) and len(value) <= MAX_TEXT
        case "multi":
            known = answers_of(attribute)
            return isinstance(value, list) and value == [key for key in known if key in value]
    return value in answers_of(attribute)
