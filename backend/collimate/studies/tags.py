"""The tag viewer: stored DICOM JSON as flat rows."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.studies.keywords import KEYWORDS
from collimate.studies.models import Instance, Series, Study
from collimate.studies.show import ImageNotFound

ROWS = 5000
SHOWN_CHARACTERS = 400
SHOWN_ITEMS = 20


def tag_rows(session: Session, study: Study, sop_instance_uid: str | None) -> list[dict[str, str]]:
    """The attributes of one image of a study, by default its first, as they are stored.

    Raises:
        ImageNotFound
    """
    query = (
        select(Instance.dicom_json)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_id == study.id)
        .order_by(Series.series_number, Instance.instance_number, Instance.id)
        .limit(1)
    )
    if sop_instance_uid is not None:
        query = query.where(Instance.sop_instance_uid == sop_instance_uid)
    found = session.scalars(query).first()
    if found is None:
        raise ImageNotFound()
    return flat_rows(found)


def flat_rows(dicom_json: dict[str, Any]) -> list[dict[str, str]]:
    """The attributes of a data set, those of its sequences below them."""
    return list(islice(_flat(dicom_json, ""), ROWS))


def _flat(dataset: dict[str, Any], path: str) -> Iterator[dict[str, str]]:
    for tag, element in sorted(dataset.items()):
        vr, values = element.get("vr", "UN"), element.get("Value", [])
        shown = f"({tag[:4]},{tag[4:]})"
        row = {"tag": path + shown, "keyword": KEYWORDS.get(tag, ""), "vr": vr}
        if vr != "SQ":
            yield {**row, "value": _text(element, values)}
            continue
        yield {**row, "value": "1 item" if len(values) == 1 else f"{len(values)} items"}
        for number, item in enumerate(values[:SHOWN_ITEMS], 1):
            yield from _flat(item, f"{path}{shown}[{number}]")


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
