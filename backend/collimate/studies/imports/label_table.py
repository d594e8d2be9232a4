"""Reading a CSV table that says what is known about each image of a folder."""

import csv
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TextIO

from collimate.kit.errors import Unprocessable

HOLDOUT_VALUES = frozenset({"test", "holdout", "hold-out", "hold_out", "evaluation"})
MAX_ROWS = 1_000_000


class TableUnusable(Unprocessable):
    """The table cannot be used."""


@dataclass(frozen=True)
class Columns:
    """Names of the columns; None where the table has no such thing."""

    path: str = "path"
    label: str | None = "label"
    patient: str | None = None
    split: str | None = None
    site: str | None = None
    sex: str | None = None
    age: str | None = None
    mask: str | None = None


@dataclass(frozen=True)
class KnownImage:
    """What the table says of one image."""

    path: Path
    name: str
    label: str | None
    label_keys: tuple[str, ...]
    patient: str
    is_holdout: bool | None
    site: str | None = None
    sex: str | None = None
    age_years: int | None = None
    mask: Path | None = None


@dataclass(frozen=True)
class Table:
    """The images of a table that exist, and the rows whose file does not."""

    images: list[KnownImage]
    missing: list[str] = field(default_factory=list)

    @property
    def label_names(self) -> dict[str, str]:
        """Key to name of every label that occurs, in the order of first occurrence."""
        return {
            key: name.strip()
            for image in self.images
            for key, name in zip(image.label_keys, (image.label or "").split("|"), strict=False)
        }


def label_key(name: str) -> str:
    """The key a label name has in a label schema."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:60]


def read_table(folder: Path, table: Path, columns: Columns) -> Table:
    """The images named in a table, relative to `folder`; several labels are parted by `|`.

    Raises:
        TableUnusable: no such column, a path outside the folder, one patient on both sides of
            the split, or nothing found.
    """
    with table.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        return read_rows(file, columns, partial(_inside, folder), Path.is_file)


def table_rows(file: TextIO) -> "csv.DictReader[str]":
    """The rows of a table, parted by comma, semicolon or tab."""
    first = file.readline()
    file.seek(0)
    return csv.DictReader(file, delimiter=max(",;\t", key=first.count))


def read_rows(
    file: TextIO,
    columns: Columns,
    place: Callable[[str, int], Path],
    is_there: Callable[[Path], bool],
) -> Table:
    """The images named in a table; `place` says where a name of a row leads.

    Raises:
        TableUnusable: as `read_table`.
    """
    images: list[KnownImage] = []
    missing: list[str] = []
    reader = table_rows(file)
    _check_columns(reader.fieldnames or [], columns)
    for number, row in enumerate(reader, start=2):
        if number > MAX_ROWS:
            raise TableUnusable(f"The table has more than {MAX_ROWS:,} rows; split it.")
        image = _image(place, row, columns, number)
        if is_there(image.path):
            images.append(image)
        else:
            missing.append(image.name)
    if not images:
        raise TableUnusable(
            f"None of the {len(missing)} files named in the table is in the folder."
        )
    _check_split(images)
    return Table(images, missing)


def _check_columns(present: Sequence[str], columns: Columns) -> None:
    wanted = [name for name in vars(columns).values() if name is not None]
    absent = [name for name in wanted if name not in present]
    if absent:
        raise TableUnusable(
            f"The table has no column {', '.join(map(repr, absent))}. It has: {', '.join(present)}."
        )


def _image(
    place: Callable[[str, int], Path], row: dict[str, str], columns: Columns, number: int
) -> KnownImage:
    def value(column: str | None) -> str | None:
        text = (row.get(column) or "").strip() if column else ""
        return text or None

    name = value(columns.path)
    if name is None:
        raise TableUnusable(f"Row {number} names no file.")
    path, mask = place(name, number), value(columns.mask)
    label, split, age = value(columns.label), value(columns.split), value(columns.age)
    return KnownImage(
        path=path,
        name=name,
        label=label,
        label_keys=tuple(label_key(part) for part in label.split("|")) if label else (),
        patient=value(columns.patient) or name,
        is_holdout=None if split is None else split.lower() in HOLDOUT_VALUES,
        site=value(columns.site),
        sex=(value(columns.sex) or "").upper()[:1] or None,
        age_years=int(float(age)) if age and re.fullmatch(r"\d{1,3}(\.\d+)?", age) else None,
        mask=None if mask is None else place(mask, number),
    )


def _inside(folder: Path, name: str, number: int) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise TableUnusable(f"Row {number} names a file outside the folder.")
    return path


def _check_split(images: list[KnownImage]) -> None:
    sides: dict[str, bool | None] = {}
    torn = {
        image.patient
        for image in images
        if sides.setdefault(image.patient, image.is_holdout) != image.is_holdout
    }
    if torn:
        raise TableUnusable(
            f"{len(torn)} patients are on both sides of the split; a patient belongs to one."
        )
