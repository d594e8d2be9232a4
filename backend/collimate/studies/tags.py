"""The tag viewer: stored DICOM JSON as rows that can be folded and searched."""

from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.studies.keywords import KEYWORDS
from collimate.studies.models import Instance, Series, Study
from collimate.studies.show import ImageNotFound

ROWS = 5000
SHOWN_CHARACTERS = 400
SHOWN_ITEMS = 20
PER_FRAME = "52009230"
Level = Literal["study", "series", "instance"]


def tag_rows(
    session: Session,
    study: Study,
    sop_instance_uid: str | None,
    *,
    level: Level = "instance",
    frame_number: int = 1,
) -> list[dict[str, Any]]:
    """The header of an image of a study, by default its first, or of its series or study.

    Of functional groups per frame, those of `frame_number` (from 1) are there.

    Raises:
        ImageNotFound
    """
    query = (
        select(Instance.dicom_json, Series.dicom_json)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_id == study.id)
        .order_by(Series.series_number, Instance.instance_number, Instance.id)
        .limit(1)
    )
    if sop_instance_uid is not None:
        query = query.where(Instance.sop_instance_uid == sop_instance_uid)
    found = session.execute(query).first()
    if found is None:
        raise ImageNotFound()
    headers = {"instance": found[0], "series": found[1], "study": study.dicom_json}
    return flat_rows(headers[level], frame_number)


def flat_rows(dicom_json: dict[str, Any], frame_number: int = 1) -> list[dict[str, Any]]:
    """The attributes of a data set, those of its sequences below them, item by item."""
    return list(islice(_flat(dicom_json, "", 0, frame_number), ROWS))


def _flat(
    dataset: dict[str, Any], path: str, depth: int, frame_number: int
) -> Iterator[dict[str, Any]]:
    for tag, element in sorted(dataset.items()):
        vr, values = element.get("vr", "UN"), element.get("Value", [])
        shown = f"({tag[:4]},{tag[4:]})"
        row = {
            "path": path + shown, "depth": depth, "tag": shown,
            "keyword": _name(tag, dataset), "vr": vr,
        }  # fmt: skip
        if vr != "SQ":
            yield {**row, "value": _text(element, values)}
            continue
        yield {**row, "value": "1 item" if len(values) == 1 else f"{len(values)} items"}
        is_per_frame = tag == PER_FRAME
        chosen = (
            [(frame_number, values[frame_number - 1])]
            if is_per_frame and frame_number <= len(values)
            else list(enumerate(values[:SHOWN_ITEMS], 1))
        )
        for number, item in chosen:
            here = f"{path}{shown}[{number}]"
            word = "Frame" if is_per_frame else "Item"
            yield {
                "path": here, "depth": depth + 1, "tag": "", "keyword": f"{word} {number}",
                "vr": "", "value": "",
            }  # fmt: skip
            yield from _flat(item, here, depth + 2, frame_number)
        if not is_per_frame and len(values) > SHOWN_ITEMS:
            yield {
                "path": f"{path}{shown}[…]", "depth": depth + 1, "tag": "", "keyword": "…",
                "vr": "", "value": f"{len(values) - SHOWN_ITEMS} more items",
            }  # fmt: skip


def _name(tag: str, dataset: dict[str, Any]) -> str:
    """The keyword; of a private attribute whose it is (PS3.5 7.8.1)."""
    if not int(tag[3], 16) % 2:
        return KEYWORDS.get(tag, "")
    if tag[4:6] == "00":
        return "Private creator"
    creator = dataset.get(f"{tag[:4]}00{tag[4:6]}", {}).get("Value", [""])[0]
    return f"Private: {creator}" if creator else "Private"


def _text(element: dict[str, Any], values: list[Any]) -> str:
    if "InlineBinary" in element:
        return f"{len(element['InlineBinary']) * 3 // 4} bytes"
    text = "\\".join(_one(value) for value in values)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _one(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("Alphabetic", ""))
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
