"""Attributes of a label schema: what is asked beside the labels, of what, and when.

An attribute is asked of the study, of every series, of every image, or of every region (a mark,
or a segment as a whole). With `label_keys` it is asked only where one of these labels is: classes
for a study, marks and segments for a region. With `shown_when` it is asked only where an earlier
attribute of the same scope is answered with one of `any_of`.
"""

import re
from collections.abc import Sequence
from typing import Any

from collimate.kit.errors import Unprocessable

KINDS = ("single", "multi", "number", "text", "yes_no")
SCOPES = ("study", "series", "image", "region")
YES_NO = ("yes", "no")
KEY = re.compile(r"[a-z0-9_]{1,60}")

Attribute = dict[str, Any]


class SchemaUnusable(Unprocessable):
    """The label schema cannot be used as it is."""


def key_from(name: str) -> str:
    """The key a name leads to: small letters and digits, the rest as single underscores."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]


def answers_of(attribute: Attribute) -> tuple[str, ...]:
    """The keys an attribute can be answered with; none for a number or a text."""
    if attribute["kind"] == "yes_no":
        return YES_NO
    return tuple(choice["key"] for choice in attribute["choices"])


def checked_attributes(
    drafts: Sequence[Attribute], kinds_by_label: dict[str, str]
) -> list[Attribute]:
    """The attributes as they are stored, keys made where they are missing.

    Raises:
        SchemaUnusable: something that could never be answered or never be asked.
    """
    found: list[Attribute] = []
    for draft in drafts:
        attribute = _keyed(draft)
        if any(attribute["key"] == other["key"] for other in found):
            raise SchemaUnusable(f"Two attributes are called “{attribute['name']}”.")
        _check_choices(attribute)
        _check_range(attribute)
        _check_labels(attribute, kinds_by_label)
        _check_condition(attribute, found)
        found.append(attribute)
    return found


def _keyed(draft: Attribute) -> Attribute:
    """The draft with its keys, and nothing its kind has no use for."""
    name, kind = draft["name"].strip(), draft["kind"]
    key = draft["key"] or key_from(name)
    if not KEY.fullmatch(key):
        raise SchemaUnusable(f"“{name}” needs a name with letters or digits.")
    is_number = kind == "number"
    choices = draft["choices"] if kind in ("single", "multi") else []
    return {
        **draft,
        "key": key,
        "name": name,
        "choices": keyed_choices(choices),
        "unit": (draft["unit"] or "").strip() if is_number else "",
        "minimum": draft["minimum"] if is_number else None,
        "maximum": draft["maximum"] if is_number else None,
    }


def keyed_choices(choices: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Key and name of every choice, keys made where they are missing."""
    return [
        {"key": choice["key"] or key_from(choice["name"]), "name": choice["name"].strip()}
        for choice in choices
    ]


def checked_reasons(choices: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Reasons for excluding a case, as they are stored.

    Raises:
        SchemaUnusable: a name without letters or digits, or one twice.
    """
    found = keyed_choices(choices)
    keys = [reason["key"] for reason in found]
    if len(set(keys)) < len(keys) or not all(KEY.fullmatch(key) for key in keys):
        raise SchemaUnusable("Every reason for excluding a case needs a name of its own.")
    return found


def _check_choices(attribute: Attribute) -> None:
    if attribute["kind"] not in ("single", "multi"):
        return
    keys = [choice["key"] for choice in attribute["choices"]]
    if len(keys) < (2 if attribute["kind"] == "single" else 1):
        raise SchemaUnusable(f"“{attribute['name']}” needs more choices.")
    if not all(KEY.fullmatch(key) for key in keys):
        raise SchemaUnusable(f"“{attribute['name']}”: a choice needs letters or digits.")
    if len(set(keys)) < len(keys):
        raise SchemaUnusable(f"“{attribute['name']}” has the same choice twice.")


def _check_range(attribute: Attribute) -> None:
    low, high = attribute["minimum"], attribute["maximum"]
    if low is not None and high is not None and low > high:
        raise SchemaUnusable(f"“{attribute['name']}”: the smallest value is above the largest.")


def _check_labels(attribute: Attribute, kinds_by_label: dict[str, str]) -> None:
    if attribute["scope"] in ("series", "image") and attribute["label_keys"]:
        raise SchemaUnusable(f"“{attribute['name']}” belongs to no label: it asks of every image.")
    for key in attribute["label_keys"]:
        kind = kinds_by_label.get(key)
        if kind is None or (kind == "class") != (attribute["scope"] == "study"):
            raise SchemaUnusable(f"“{attribute['name']}” belongs to a label that cannot have it.")


def _check_condition(attribute: Attribute, earlier: Sequence[Attribute]) -> None:
    condition = attribute["shown_when"]
    if condition is None:
        return
    other = next((one for one in earlier if one["key"] == condition["attribute"]), None)
    if other is None or other["scope"] != attribute["scope"]:
        raise SchemaUnusable(
            f"“{attribute['name']}” depends on an attribute that does not stand above it."
        )
    if not condition["any_of"] or not set(condition["any_of"]) <= set(answers_of(other)):
        raise SchemaUnusable(f"“{attribute['name']}” depends on an answer that does not exist.")
