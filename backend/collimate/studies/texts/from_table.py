"""Clinical texts out of a table that lies beside the images, one row for each study."""

import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.dicom import identity
from collimate.dicom.identifying_text import Found, signs_in
from collimate.dicom.new_object import new_uid
from collimate.dicom.starts import is_nifti
from collimate.kit.database import open_session
from collimate.projects.models import Project
from collimate.projects.profile import profile_of
from collimate.studies.imports.label_table import TableUnusable, table_rows
from collimate.studies.imports.names import volume_facts
from collimate.studies.imports.take_folder import PICTURES
from collimate.studies.models import Instance, Study
from collimate.studies.texts.write import MOST_CHARACTERS, current_text, tidied, write_text

_UID = re.compile(r"[0-9]+(\.[0-9]+)+")


@dataclass(frozen=True)
class TextOrder:
    """A table whose rows name a study and say its text.

    `study_column` holds a Study Instance UID, as it came or as it is here, or the name of a file
    in `folder`. With `is_checked` rows that may identify someone are taken too.
    """

    table: Path
    folder: Path
    project_id: UUID
    by: UUID
    study_column: str = "study_uid"
    text_column: str = "text"
    is_checked: bool = False


@dataclass
class TextOutcome:
    """How many rows ended how; `signs` by the number of the row in the table, the head being 1."""

    written: int = 0
    unchanged: int = 0
    empty: int = 0
    too_long: int = 0
    unknown: int = 0
    signs: dict[int, list[Found]] = field(default_factory=dict)


def give_texts(order: TextOrder) -> TextOutcome:
    """Write every text of the table; asked again, only what differs from the newest version.

    Raises:
        TableUnusable: no such table or column, or two rows for one study.
    """
    outcome = TextOutcome()
    texts: dict[UUID, tuple[int, str]] = {}
    with open_session() as session:
        find = _Finder(session, order)
        for number, name, text in _rows(order):
            study_id = find.study_id(name)
            if not text:
                outcome.empty += 1
            elif len(text) > MOST_CHARACTERS:
                outcome.too_long += 1
            elif study_id is None:
                outcome.unknown += 1
            elif study_id in texts:
                first = texts[study_id][0]
                raise TableUnusable(f"Rows {first} and {number} are about the same study.")
            else:
                texts[study_id] = (number, text)
    for study_id, (number, text) in texts.items():
        _give(order, study_id, number, text, outcome)
    return outcome


def _give(order: TextOrder, study_id: UUID, number: int, text: str, outcome: TextOutcome) -> None:
    with open_session() as session:
        before = current_text(session, study_id)
        signs = signs_in(text)
        if before is not None and before.text == text:
            outcome.unchanged += 1
        elif signs and not order.is_checked:
            outcome.signs[number] = signs
        else:
            write_text(
                session, order.by, session.get_one(Study, study_id), text,
                replaces=before.number if before else 0, is_checked=order.is_checked,
            )  # fmt: skip
            outcome.written += 1


def _rows(order: TextOrder) -> Iterator[tuple[int, str, str]]:
    if not order.table.is_file():
        raise TableUnusable(f"There is no table {order.table}.")
    with order.table.open(newline="", encoding="utf-8-sig", errors="replace") as file:
        reader = table_rows(file)
        present = reader.fieldnames or []
        absent = [one for one in (order.study_column, order.text_column) if one not in present]
        if absent:
            raise TableUnusable(
                f"The table has no column {', '.join(map(repr, absent))}. "
                f"It has: {', '.join(present)}."
            )
        try:
            for number, row in enumerate(reader, start=2):
                name = (row[order.study_column] or "").strip()
                yield number, name, tidied(row[order.text_column] or "")
        except csv.Error:
            raise TableUnusable("This is no table of values parted by commas.") from None


class _Finder:
    """Finds studies of a project by what a table calls them."""

    def __init__(self, session: Session, order: TextOrder) -> None:
        self._session, self._order = session, order
        project = session.get_one(Project, order.project_id)
        self._key = profile_of(session, project).project_key

    def study_id(self, name: str) -> UUID | None:
        """None where nothing here is called so, or the study is deleted."""
        if _UID.fullmatch(name):
            return self._by_uid(name)
        path = (self._order.folder / name).resolve()
        if not name or not path.is_relative_to(self._order.folder.resolve()) or not path.is_file():
            return None
        if path.suffix.lower() in PICTURES:
            return self._by_uid(new_uid("study", name))
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if is_nifti(path):
            return self._by_uid(new_uid("study", volume_facts(name, sha256)["study_key"]))
        return self._by_file(sha256)

    def _by_uid(self, uid: str) -> UUID | None:
        here = {uid, identity.remap_uid(self._key, uid)}
        return self._session.scalars(
            select(Study.id).where(
                Study.project_id == self._order.project_id,
                Study.study_uid.in_(here),
                Study.deleted_at.is_(None),
            )
        ).first()

    def _by_file(self, sha256: str) -> UUID | None:
        found = (
            select(Study.id)
            .join(Instance, Instance.study_id == Study.id)
            .where(
                Study.project_id == self._order.project_id,
                Instance.source_sha256 == sha256,
                Study.deleted_at.is_(None),
            )
        )
        return self._session.scalars(found).first()
