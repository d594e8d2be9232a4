"""Pictures with a table from the browser: what would come of it, and what is known of each."""

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.projects.models import Project
from collimate.studies.imports.facts import object_facts, picture_keys, study_facts
from collimate.studies.imports.fit_schema import fit_schema, unknown_labels
from collimate.studies.imports.label_table import (
    Columns,
    KnownImage,
    Table,
    TableUnusable,
    read_rows,
    table_rows,
)

SHOWN_ROWS = 5
_LOOKED_AT_ROWS = 200
_USUAL_NAMES = {
    "label": ("label", "labels", "class", "diagnosis", "finding", "findings", "target"),
    "patient": ("patient", "patient_id", "patientid", "patient id", "subject", "subject_id"),
    "split": ("split", "fold", "set", "partition"),
    "site": ("site", "hospital", "center", "centre"),
    "sex": ("sex", "gender", "patient sex", "patient gender"),
    "age": ("age", "age_years", "patient age"),
}


@dataclass(frozen=True)
class PictureOrder:
    """A table as text, the names of the pictures beside it, and how both are meant.

    Without `columns` they are guessed.
    """

    table: str
    file_names: list[str]
    columns: Columns | None
    hide_labels: bool
    modality: str | None
    body_part: str | None


def check(session: Session, project: Project, order: PictureOrder) -> dict[str, Any]:
    """What would come of it, and what would go wrong; nothing is kept."""
    place, picked = _places(order.file_names), set(order.file_names)
    header, rows = _start_of(order.table)
    columns = order.columns or _guessed(header, rows, place, picked)
    answer = {
        "header": header,
        "rows": [[row.get(name) or "" for name in header] for row in rows[:SHOWN_ROWS]],
        "columns": asdict(columns),
        "problem": None,
        "picture_count": 0,
        "missing_count": 0,
        "unused_count": len(picked),
        "patient_count": 0,
        "holdout_count": 0,
        "labels": [],
        "makes_labels": False,
        "unknown_labels": [],
    }
    try:
        table = _read(order, columns, place)
    except TableUnusable as error:
        return answer | {"problem": error.detail}
    unknown = (
        None
        if not _has_labels(order, columns)
        else unknown_labels(session, project, table.label_names)
    )
    return (
        answer
        | _counted(table, picked)
        | {
            "makes_labels": _has_labels(order, columns) and unknown is None,
            "unknown_labels": unknown or [],
        }
    )


def order_pictures(
    session: Session, by: UUID, project: Project, order: PictureOrder
) -> list[dict[str, Any]]:
    """What is known of each picture, to go along with its upload; a project without labels gets
    those of the table.

    Raises:
        TableUnusable
    """
    columns = order.columns or Columns()
    table = _read(order, columns, _places(order.file_names))
    if _has_labels(order, columns):
        fit_schema(session, by, project, table.label_names)
    audit.record(
        session, by, "pictures_ordered", "project", project.id, project_id=project.id,
        picture_count=len(table.images),
    )  # fmt: skip
    return [{"name": str(one.path), "facts": _facts(order, one)} for one in table.images]


def _facts(order: PictureOrder, known: KnownImage) -> dict[str, Any]:
    keys = object_facts(picture_keys(known.name), known, order.modality, order.body_part)
    return keys | study_facts(known, hide_labels=order.hide_labels)


def _has_labels(order: PictureOrder, columns: Columns) -> bool:
    return order.hide_labels and columns.label is not None


def _read(order: PictureOrder, columns: Columns, place: Callable[[str, int], Path]) -> Table:
    picked = set(order.file_names)
    try:
        return read_rows(StringIO(order.table), columns, place, lambda path: str(path) in picked)
    except csv.Error:
        raise TableUnusable("This is no table of values parted by commas.") from None


def _start_of(table: str) -> tuple[list[str], list[dict[str, str]]]:
    reader = table_rows(StringIO(table))
    try:
        rows = list(islice(reader, _LOOKED_AT_ROWS))
    except csv.Error:
        return [], []
    return [name for name in reader.fieldnames or [] if name], rows


def _places(file_names: Sequence[str]) -> Callable[[str, int], Path]:
    """Finds a picture by the end of its path: a table need not name the folder that was chosen."""
    ends: dict[str, list[str]] = {}
    for name in file_names:
        parts = name.split("/")
        for start in range(len(parts)):
            ends.setdefault("/".join(parts[start:]), []).append(name)

    def place(name: str, number: int) -> Path:
        plain = name.replace("\\", "/").removeprefix("./")
        found = ends.get(plain, [])
        if len(found) > 1 and plain not in found:
            raise TableUnusable(f"Row {number} may mean several pictures, which are called alike.")
        return Path(plain if plain in found or not found else found[0])

    return place


def _guessed(
    header: list[str],
    rows: list[dict[str, str]],
    place: Callable[[str, int], Path],
    picked: set[str],
) -> Columns:
    """The column whose values lead to pictures, and columns of usual names."""

    def hits(column: str) -> int:
        names = [(row.get(column) or "").strip() for row in rows]
        return sum(1 for name in names if name and _leads(place, name, picked))

    best = max(header, key=hits, default="path")
    lower = {name.lower().strip(): name for name in header}
    usual = {
        meant: next((lower[name] for name in names if name in lower), None)
        for meant, names in _USUAL_NAMES.items()
    }
    return Columns(path=best, **usual)


def _leads(place: Callable[[str, int], Path], name: str, picked: set[str]) -> bool:
    try:
        return str(place(name, 0)) in picked
    except TableUnusable:
        return True


def _counted(table: Table, picked: set[str]) -> dict[str, Any]:
    names = table.label_names
    labels = Counter(names[key] for one in table.images for key in one.label_keys if key in names)
    holdout = {one.patient for one in table.images if one.is_holdout}
    return {
        "picture_count": len({one.path for one in table.images}),
        "missing_count": len(table.missing),
        "unused_count": len(picked - {str(one.path) for one in table.images}),
        "patient_count": len({one.patient for one in table.images}),
        "holdout_count": len(holdout),
        "labels": [{"name": name, "count": count} for name, count in labels.most_common()],
    }
