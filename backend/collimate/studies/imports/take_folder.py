"""Bring a folder into a project: DICOM and zip as they are, pictures and volumes as DICOM."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from collimate.dicom.rejection import Rejected
from collimate.dicom.starts import START_BYTES, is_companion, is_dicom, is_nifti
from collimate.kit.blobs import work_folder
from collimate.kit.database import open_session
from collimate.projects.models import Project
from collimate.studies.act import Act, WayIn
from collimate.studies.drain import ingest_waiting
from collimate.studies.imports.facts import object_facts, picture_keys, study_facts
from collimate.studies.imports.fit_schema import fit_schema
from collimate.studies.imports.hand_in import hand_in
from collimate.studies.imports.label_table import (
    Columns,
    KnownImage,
    TableUnusable,
    read_table,
)
from collimate.studies.imports.names import volume_facts
from collimate.studies.models import ReceivedFile
from collimate.studies.sandbox import sandbox

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
CHUNK = 50

Progress = Callable[[int, int], None]
Opened = Callable[[UUID], None]


@dataclass(frozen=True)
class ImportOrder:
    """What to bring in, where to, and what is known about it.

    With `sample`, that many files, drawn by a hash of their names so that a larger sample holds
    the smaller one.
    """

    path: Path
    project_id: UUID
    by: UUID | None = None
    labels: Path | None = None
    columns: Columns = field(default_factory=Columns)
    hide_labels: bool = True
    modality: str | None = None
    body_part: str | None = None
    sample: int | None = None


@dataclass
class Outcome:
    """How many files ended how; `reasons` counts those set aside by what was wrong."""

    total: int = 0
    states: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Item:
    path: Path
    name: str
    known: KnownImage | None


def import_path(order: ImportOrder, *, progress: Progress, on_ingested: Opened) -> Outcome:
    """Bring everything in; asked again, only what is not there yet.

    `on_ingested` is called with the project after every batch: later stations open it there.

    Raises:
        TableUnusable: the table or its labels do not fit.
        FileNotFoundError: there is nothing at the path.
    """
    items, outcome = _collect(order)
    if order.sample is not None:
        items = sorted(items, key=_drawn)[: order.sample]
    outcome.total = len(items)
    before = _newest(order.project_id)
    act = Act(WayIn.COMMAND_LINE, order.by)
    with work_folder() as folder:
        for number, item in enumerate(items, start=1):
            _take(order, act, item, folder, outcome)
            if number % CHUNK == 0 or number == len(items):
                ingest_waiting(order.project_id)
                on_ingested(order.project_id)
            progress(number, len(items))
    _count(order.project_id, before, outcome)
    return outcome


def _drawn(item: _Item) -> str:
    return hashlib.sha256(item.name.encode()).hexdigest()


def _collect(order: ImportOrder) -> tuple[list[_Item], Outcome]:
    if not order.path.exists():
        raise FileNotFoundError(f"There is nothing at {order.path}.")
    outcome = Outcome()
    if order.labels is None:
        items = _worth_taking(order.path, outcome)
        pictures = sum(item.path.suffix.lower() in PICTURES for item in items)
        if pictures:
            outcome.notes.append(
                f"{pictures} plain pictures came without a table: each counts as its own patient. "
                "Give --labels and --patient-column if several belong to one person."
            )
        return items, outcome
    table = read_table(order.path, _table_path(order), order.columns)
    if order.hide_labels and order.columns.label is not None:
        with open_session() as session:
            project = session.get_one(Project, order.project_id)
            fit_schema(session, order.by, project, table.label_names)
    if table.missing:
        outcome.notes.append(f"{len(table.missing)} rows of the table name files that are missing.")
    return [_Item(image.path, image.name, image) for image in table.images], outcome


def _table_path(order: ImportOrder) -> Path:
    assert order.labels is not None
    if order.labels.exists():
        return order.labels
    beside = order.path / order.labels
    if not beside.exists():
        raise TableUnusable(f"There is no table {order.labels}, here or in the folder.")
    return beside


def _worth_taking(path: Path, outcome: Outcome) -> list[_Item]:
    """Everything but DICOMDIR, viewers, help texts and the like, which are counted.

    Pictures beside DICOM files are icons and previews, so they count as such too.
    """
    items, pictures, has_dicom = [], [], False
    for file, name in _files(path):
        with file.open("rb") as opened:
            start = opened.read(START_BYTES)
        item = _Item(file, name, None)
        if file.suffix.lower() in PICTURES:
            pictures.append(item)
        elif is_companion(name, start):
            outcome.states["left out"] += 1
        else:
            items.append(item)
            has_dicom = has_dicom or is_dicom(start)
    if not has_dicom:
        return sorted([*items, *pictures], key=lambda item: item.name)
    if pictures:
        outcome.states["left out"] += len(pictures)
        outcome.notes.append(
            f"{len(pictures)} plain pictures lie beside DICOM files and were left out. "
            "If they are images to be read, import them from a folder of their own."
        )
    return items


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    if path.is_file():
        yield path, path.name
        return
    for file in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
        if file.is_file() and not file.is_symlink() and not hidden:
            yield file, str(file.relative_to(path))


def _take(order: ImportOrder, act: Act, item: _Item, folder: Path, outcome: Outcome) -> None:
    facts = study_facts(item.known, hide_labels=order.hide_labels)
    try:
        sources = _as_dicom(order, item, folder)
    except Rejected as rejected:
        outcome.states["not usable"] += 1
        outcome.reasons[rejected.text] += 1
        return
    taken = [hand_in(order.project_id, act, item.name, one, facts) for one in sources]
    if not any(taken):
        outcome.states["here already"] += 1


def _as_dicom(order: ImportOrder, item: _Item, folder: Path) -> list[Path]:
    """The file itself, or what it becomes: one object a page or slice.

    Raises:
        Rejected
    """
    is_picture = item.path.suffix.lower() in PICTURES
    if not is_picture and not is_nifti(item.path):
        return [item.path]
    for old in folder.iterdir():
        old.unlink()
    keys = picture_keys(item.name)
    if not is_picture:
        with item.path.open("rb") as file:
            keys = volume_facts(item.name, hashlib.file_digest(file, "sha256").hexdigest())
    facts = object_facts(keys, item.known, order.modality, order.body_part)
    return sandbox().convert(item.path, folder, **facts)


def _newest(project_id: UUID) -> UUID | None:
    with open_session() as session:
        return session.scalar(
            select(ReceivedFile.id)
            .where(ReceivedFile.project_id == project_id)
            .order_by(ReceivedFile.id.desc())
            .limit(1)
        )


def _count(project_id: UUID, before: UUID | None, outcome: Outcome) -> None:
    with open_session() as session:
        query = (
            select(ReceivedFile.state, ReceivedFile.text, func.count())
            .where(ReceivedFile.project_id == project_id)
            .group_by(ReceivedFile.state, ReceivedFile.text)
        )
        if before is not None:
            query = query.where(ReceivedFile.id > before)
        for state, reason, count in session.execute(query):
            outcome.states[state] += count
            if state in ("quarantined", "conflict"):
                outcome.reasons[reason or ""] += count
