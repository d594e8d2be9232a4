"""What the images of a series say, attribute by attribute, in a form that can be searched."""

from collections.abc import Iterable, Iterator
from typing import Any

HAS = "has"
MOST_VALUES = 64
MOST_CHARACTERS = 128
MOST_NAMES = 4000
DEEPEST = 3
NOT_SEARCHED = frozenset({"OB", "OW", "OF", "OD", "OL", "OV", "UN"})

Searchable = dict[str, list[Any]]


def searchable(images: Iterable[dict[str, Any]]) -> Searchable:
    """The distinct values of every attribute over the DICOM JSON of a series' images.

    Keys are tags, those inside sequences behind the tags of the sequences, with dots; `has` lists
    all of them. Where there are more than 64 values, only the least and the greatest number stay;
    longer texts are only counted as there. Sequences are followed three deep.
    """
    found: dict[str, set[Any]] = {}
    for image in images:
        for name, value in _flat(image, "", 1):
            if name not in found and len(found) >= MOST_NAMES:
                continue
            values = found.setdefault(name, set())
            if value is not None:
                values.add(value)
                if len(values) > 4 * MOST_VALUES:
                    found[name] = set(_few(values))
    kept = {name: _few(values) for name, values in sorted(found.items())}
    return {HAS: sorted(found), **{name: values for name, values in kept.items() if values}}


def _few(values: set[Any]) -> list[Any]:
    if len(values) <= MOST_VALUES:
        return sorted(values, key=lambda value: (isinstance(value, str), value))
    numbers = [value for value in values if not isinstance(value, str)]
    return [min(numbers), max(numbers)] if numbers else []


def _flat(image: dict[str, Any], path: str, depth: int) -> Iterator[tuple[str, Any]]:
    for tag, element in image.items():
        name = path + tag
        yield name, None
        if element.get("vr") in NOT_SEARCHED:
            continue
        for value in element.get("Value") or ():
            if element.get("vr") == "SQ":
                if depth < DEEPEST and isinstance(value, dict):
                    yield from _flat(value, f"{name}.", depth + 1)
            else:
                yield name, _plain(value)


def _plain(value: Any) -> float | int | str | None:
    if isinstance(value, dict):
        value = value.get("Alphabetic")
    if isinstance(value, str):
        return value if 0 < len(value) <= MOST_CHARACTERS else None
    return value if isinstance(value, int | float) else None
