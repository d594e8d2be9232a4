"""Embeddings as arrays: from the database, or from blocks beside it that are mapped into memory."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from sqlalchemy.sql import func

from collimate.kit.settings import settings
from collimate.learning.models import Embedding, Encoder

MAPPED_FROM = 4_096
"""Vectors from which on blocks are kept; fewer are read in a moment."""
READ_AT_ONCE = 2_048
KEPT_ENCODERS = 8
HALFVEC_HEADER_BYTES = 4
ID_BYTES = 16
NUMBERS = np.dtype(">f2")
"""As PostgreSQL sends them."""


@dataclass(frozen=True)
class Vectors:
    """Where the vector of each study (or series, or image) stands in a table of half precision,
    (vectors, dimension).
    """

    place: dict[UUID, int]
    table: np.ndarray

    def __contains__(self, unit_id: UUID) -> bool:
        return unit_id in self.place

    def of(self, unit_ids: list[UUID]) -> np.ndarray:
        """Their vectors in this order, half precision, copied out of the table."""
        rows = np.array([self.place[unit_id] for unit_id in unit_ids], dtype=np.int64)
        return np.asarray(self.table[rows], dtype=np.float16)


def vectors_of(session: Session, encoder: Encoder, units: Select[UUID] | None = None) -> Vectors:
    """What an encoder made of every study, or of these series or images.

    An embedding never changes, so what was read once is appended to a file of its encoder and
    mapped by every later round and process; only new ones are asked of the database. What is gone
    is left out, whatever the file holds. Where the disk refuses, all are read.
    """
    key: Any
    if units is None:
        key, which = Embedding.study_id, Embedding.unit_id.is_(None)
    else:
        key, which = Embedding.unit_id, Embedding.unit_id.in_(units)
    asked = select(key).where(Embedding.encoder_id == encoder.id, which)
    ids = list(session.scalars(asked))
    read = partial(_read, session, encoder, key, units is None)
    if len(ids) < MAPPED_FROM:
        return read(ids)
    try:
        return _mapped(encoder, ids, read)
    except OSError:
        return read(ids)


def _read(
    session: Session, encoder: Encoder, key: Any, is_whole: bool, wanted: list[UUID]
) -> Vectors:
    """Embeddings in PostgreSQL's binary form: text would take seconds to parse."""
    ids: list[UUID] = []
    parts: list[bytes] = []
    for some in _parts(wanted):
        query = select(key, func.halfvec_send(Embedding.vector)).where(
            Embedding.encoder_id == encoder.id, key.in_(some)
        )
        if is_whole:
            query = query.where(Embedding.unit_id.is_(None))
        for unit_id, content in session.execute(query):
            ids.append(unit_id)
            parts.append(bytes(content)[HALFVEC_HEADER_BYTES:])
    table = np.frombuffer(b"".join(parts), NUMBERS).reshape(len(ids), encoder.dimension)
    return Vectors({unit_id: row for row, unit_id in enumerate(ids)}, table)


def _mapped(
    encoder: Encoder, unit_ids: list[UUID], read: Callable[[list[UUID]], Vectors]
) -> Vectors:
    folder = blocks_folder() / str(encoder.id)
    row_bytes = encoder.dimension * NUMBERS.itemsize
    with _locked(folder):
        kept = _kept(folder, row_bytes)
        missing = [unit_id for unit_id in unit_ids if unit_id not in kept]
        for some in _parts(missing):
            new = read(some)
            _append(folder / "vectors", len(kept) * row_bytes, new.table.tobytes())
            # What has an id is whole: ids follow once the vectors are on the disk.
            ids = b"".join(unit_id.bytes for unit_id in new.place)
            _append(folder / "ids", len(kept) * ID_BYTES, ids)
            kept |= {unit_id: len(kept) + row for unit_id, row in new.place.items()}
    table = np.memmap(folder / "vectors", NUMBERS, mode="r", shape=(len(kept), encoder.dimension))
    return Vectors({unit_id: kept[unit_id] for unit_id in unit_ids}, table)


def _kept(folder: Path, row_bytes: int) -> dict[UUID, int]:
    """What stands in the blocks, by row; a last one cut short does not count."""
    try:
        ids = (folder / "ids").read_bytes()
        whole = min(len(ids) // ID_BYTES, (folder / "vectors").stat().st_size // row_bytes)
    except FileNotFoundError:
        return {}
    starts = range(0, whole * ID_BYTES, ID_BYTES)
    return {UUID(bytes=ids[at : at + ID_BYTES]): row for row, at in enumerate(starts)}


def _append(path: Path, size: int, content: bytes) -> None:
    """Write behind what counts, over whatever a crash left there.

    Raises: OSError where something that counted is gone meanwhile.
    """
    path.touch()
    with path.open("r+b") as file:
        if os.fstat(file.fileno()).st_size < size:
            raise OSError("The blocks were taken away.")
        file.truncate(size)
        file.seek(size)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _parts(unit_ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(unit_ids), READ_AT_ONCE):
        yield unit_ids[start : start + READ_AT_ONCE]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One process at a time appends to an encoder's blocks; the longest unused are let go."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.utime(folder)
        yield
    folders = sorted(folder.parent.iterdir(), key=lambda one: one.stat().st_mtime)
    for old in folders[:-KEPT_ENCODERS]:
        shutil.rmtree(old, ignore_errors=True)


def blocks_folder() -> Path:
    """Where the blocks lie; all of it can be made again."""
    return settings().home_path / "work" / "vectors"
