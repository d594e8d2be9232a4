"""Embeddings as arrays: from the database, or from blocks beside it that are mapped into memory."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.sql import func

from collimate.kit.settings import settings
from collimate.learning.models import Embedding, Encoder

MAPPED_FROM = 4_096
"""Studies from which on blocks are kept; fewer are read in a moment."""
READ_AT_ONCE = 2_048
KEPT_ENCODERS = 8
HALFVEC_HEADER_BYTES = 4
ID_BYTES = 16
NUMBERS = np.dtype(">f2")
"""As PostgreSQL sends them."""


@dataclass(frozen=True)
class Vectors:
    """Where each study's vector stands in a table of half precision, (studies, dimension)."""

    place: dict[UUID, int]
    table: np.ndarray

    def __contains__(self, study_id: UUID) -> bool:
        return study_id in self.place

    def of(self, study_ids: list[UUID]) -> np.ndarray:
        """Their vectors in this order, half precision, copied out of the table."""
        rows = np.array([self.place[study_id] for study_id in study_ids], dtype=np.int64)
        return np.asarray(self.table[rows], dtype=np.float16)


def vectors_of(session: Session, encoder: Encoder) -> Vectors:
    """What an encoder made of every study.

    An embedding never changes, so what was read once is appended to a file of its encoder and
    mapped by every later round and process; only new studies are asked of the database. Studies
    that are gone are left out, whatever the file holds. Where the disk refuses, all are read.
    """
    asked = select(Embedding.study_id).where(Embedding.encoder_id == encoder.id)
    study_ids = list(session.scalars(asked))
    if len(study_ids) < MAPPED_FROM:
        return _read(session, encoder, study_ids)
    try:
        return _mapped(session, encoder, study_ids)
    except OSError:
        return _read(session, encoder, study_ids)


def _read(session: Session, encoder: Encoder, study_ids: list[UUID]) -> Vectors:
    """Embeddings in PostgreSQL's binary form: text would take seconds to parse."""
    ids: list[UUID] = []
    parts: list[bytes] = []
    for some in _parts(study_ids):
        query = select(Embedding.study_id, func.halfvec_send(Embedding.vector)).where(
            Embedding.encoder_id == encoder.id, Embedding.study_id.in_(some)
        )
        for study_id, content in session.execute(query):
            ids.append(study_id)
            parts.append(bytes(content)[HALFVEC_HEADER_BYTES:])
    table = np.frombuffer(b"".join(parts), NUMBERS).reshape(len(ids), encoder.dimension)
    return Vectors({study_id: row for row, study_id in enumerate(ids)}, table)


def _mapped(session: Session, encoder: Encoder, study_ids: list[UUID]) -> Vectors:
    folder = blocks_folder() / str(encoder.id)
    row_bytes = encoder.dimension * NUMBERS.itemsize
    with _locked(folder):
        kept = _kept(folder, row_bytes)
        missing = [study_id for study_id in study_ids if study_id not in kept]
        for some in _parts(missing):
            new = _read(session, encoder, some)
            _append(folder / "vectors", len(kept) * row_bytes, new.table.tobytes())
            # What has an id is whole: ids follow once the vectors are on the disk.
            ids = b"".join(study_id.bytes for study_id in new.place)
            _append(folder / "ids", len(kept) * ID_BYTES, ids)
            kept |= {study_id: len(kept) + row for study_id, row in new.place.items()}
    table = np.memmap(folder / "vectors", NUMBERS, mode="r", shape=(len(kept), encoder.dimension))
    return Vectors({study_id: kept[study_id] for study_id in study_ids}, table)


def _kept(folder: Path, row_bytes: int) -> dict[UUID, int]:
    """Which studies stand in the blocks, by row; a last one cut short does not count."""
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


def _parts(study_ids: list[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(study_ids), READ_AT_ONCE):
        yield study_ids[start : start + READ_AT_ONCE]


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
