"""Content-addressed bytes: a file's name is its SHA-256, so nothing is ever overwritten."""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from collimate.kit.errors import NotFound, TooLarge
from collimate.kit.settings import settings

CHUNK_BYTES = 1 << 20
_ADDRESS = re.compile("[0-9a-f]{64}")
_SYNCS_AT_ONCE = 8
BRIEF = "brief"
_NO_WAIT = getattr(os, "RWF_NOWAIT", 0)


class BlobMissing(NotFound):
    """The stored bytes cannot be found."""


class BodyTooLarge(TooLarge):
    """The file is larger than the limit."""


@dataclass(frozen=True)
class Blob:
    """Bytes at rest: hex SHA-256 and length."""

    sha256: str
    byte_count: int


class Blobs(Protocol):
    """Where blobs lie. `put` returns only when the bytes are durable."""

    def put(self, source: Path) -> Blob:
        """Keep a copy of a file."""

    def adopt(self, files: Sequence[tuple[Path, Blob]], *, is_brief: bool = False) -> None:
        """Keep files whose blobs are known, durable together; on our disk they are moved.

        `is_brief`: they will soon be forgotten, so keeping many is to be cheap, and not reading.
        """

    def read(self, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
        """Bytes `offset` to `offset + length` of a blob."""

    def read_warm(self, sha256: str, offset: int, length: int) -> bytearray | None:
        """The same, if all of it is in memory already: never waits for a disk or a network."""

    def size(self, sha256: str) -> int:
        """Length in bytes."""

    def delete(self, sha256: str) -> None:
        """Forget a blob; forgetting twice is fine."""

    def local(self, sha256: str) -> Any:
        """A context manager giving a readable local path."""


def _checked(sha256: str) -> str:
    if not _ADDRESS.fullmatch(sha256):
        raise BlobMissing("That is not the address of a blob.")
    return sha256


def spool(chunks: Iterable[bytes], folder: Path, limit_bytes: int) -> tuple[Path, Blob]:
    """Write a stream to a new file in `folder`, hashing on the way; durable when it returns.

    Raises:
        BodyTooLarge: more than `limit_bytes` arrived; the file is removed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest, count = hashlib.sha256(), 0
    descriptor, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                count += len(chunk)
                if count > limit_bytes:
                    raise BodyTooLarge(f"At most {limit_bytes // 2**20} MiB are accepted.")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name), Blob(digest.hexdigest(), count)


def write_out(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of it, however little the system takes at a time."""
    done = os.write(descriptor, data)
    while done < len(data):
        done += os.write(descriptor, data[done:])


def blob_of(path: Path) -> Blob:
    """The address a file would have."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    return Blob(digest.hexdigest(), path.stat().st_size)


def _each(action: Callable[[Path], object], paths: Iterable[Path]) -> None:
    """Do it to all of them side by side: what is synced together shares one disk commit."""
    several = list(paths)
    if len(several) < 2:
        for path in several:
            action(path)
        return
    list(_threads().map(action, several))


@lru_cache
def _threads() -> ThreadPoolExecutor:
    """Threads that wait for the disk, kept: starting them costs more than a sync is worth."""
    return ThreadPoolExecutor(_SYNCS_AT_ONCE, "sync")


# a forked process has none of the threads
os.register_at_fork(after_in_child=_threads.cache_clear)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True)
class LocalBlobs:
    """Blobs in a folder: written aside, synced, renamed, folder synced.

    They are spread over 256 folders. What is brief shares one, which is synced once for all.
    """

    root: Path

    def path(self, sha256: str) -> Path:
        return self.root / _checked(sha256)[:2] / sha256

    def _find(self, sha256: str) -> Path:
        """Where a blob lies, in one folder or in the other."""
        path, brief = self.path(sha256), self.root / BRIEF / sha256
        return brief if not path.exists() and brief.exists() else path

    def put(self, source: Path) -> Blob:
        with source.open("rb") as file:
            staged, blob = spool(
                iter(lambda: file.read(CHUNK_BYTES), b""), self.root / "incoming", 1 << 62
            )
        if self._find(blob.sha256).exists():
            staged.unlink()
        else:
            self._move([(staged, self.path(blob.sha256))])
        return blob

    def adopt(self, files: Sequence[tuple[Path, Blob]], *, is_brief: bool = False) -> None:
        here = os.stat(self.root).st_dev
        mine = []
        for path, blob in files:
            if self._find(blob.sha256).exists():
                continue
            if path.stat().st_dev == here:
                brief = self.root / BRIEF / blob.sha256
                mine.append((path, brief if is_brief else self.path(blob.sha256)))
            else:
                self.put(path)
        _each(_sync, (path for path, _ in mine))
        self._move(mine)

    def _move(self, synced: Sequence[tuple[Path, Path]]) -> None:
        """Give files that are durable already their names, and make the names durable."""
        folders: set[Path] = set()
        for path, target in synced:
            if not target.parent.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                folders.add(self.root)
            path.rename(target)
            folders.add(target.parent)
        _each(_sync, sorted(folders))

    def read(self, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
        for path in (self.path(sha256), self.root / BRIEF / sha256):
            with suppress(FileNotFoundError), path.open("rb") as file:
                file.seek(offset)
                return file.read() if length is None else file.read(length)
        raise BlobMissing("The stored bytes cannot be found.")

    def read_warm(self, sha256: str, offset: int, length: int) -> bytearray | None:
        if not _NO_WAIT:
            return None
        buffer = bytearray(length)
        try:
            descriptor = os.open(f"{self.root}/{sha256[:2]}/{sha256}", os.O_RDONLY | os.O_CLOEXEC)
            try:
                count = os.preadv(descriptor, [buffer], offset, _NO_WAIT)
            finally:
                os.close(descriptor)
        except OSError:  # not in memory, not there, or a file system without this way of reading
            return None
        return buffer if count == length else None

    def size(self, sha256: str) -> int:
        try:
            return self._find(sha256).stat().st_size
        except FileNotFoundError as error:
            raise BlobMissing("The stored bytes cannot be found.") from error

    def delete(self, sha256: str) -> None:
        self.path(sha256).unlink(missing_ok=True)
        (self.root / BRIEF / sha256).unlink(missing_ok=True)

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        path = self._find(sha256)
        if not path.exists():
            raise BlobMissing("The stored bytes cannot be found.")
        yield path


@dataclass(frozen=True)
class ObjectBlobs:
    """Blobs in an S3-compatible object store, through obstore."""

    store: Any

    def put(self, source: Path) -> Blob:
        digest = hashlib.sha256()
        with source.open("rb") as file:
            for chunk in iter(lambda: file.read(CHUNK_BYTES), b""):
                digest.update(chunk)
        blob = Blob(digest.hexdigest(), source.stat().st_size)
        self.store.put(blob.sha256, source)
        return blob

    def adopt(self, files: Sequence[tuple[Path, Blob]], *, is_brief: bool = False) -> None:
        _each(self.put, (path for path, _ in files))

    def read(self, sha256: str, offset: int = 0, length: int | None = None) -> bytes:
        try:
            if length is None:
                return bytes(self.store.get(_checked(sha256)).bytes())[offset:]
            return bytes(self.store.get_range(_checked(sha256), start=offset, length=length))
        except FileNotFoundError as error:
            raise BlobMissing("The stored bytes cannot be found.") from error

    def read_warm(self, sha256: str, offset: int, length: int) -> bytearray | None:
        return None

    def size(self, sha256: str) -> int:
        try:
            return int(self.store.head(_checked(sha256))["size"])
        except FileNotFoundError as error:
            raise BlobMissing("The stored bytes cannot be found.") from error

    def delete(self, sha256: str) -> None:
        self.store.delete(_checked(sha256))

    @contextmanager
    def local(self, sha256: str) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(prefix="collimate-blob-") as folder:
            path = Path(folder) / sha256
            with path.open("wb") as file:
                for chunk in self.store.get(_checked(sha256)).stream():
                    file.write(chunk)
            yield path


def open_blobs(url: str, folder: Path) -> Blobs:
    """The object store behind `url`, or the local folder when there is none."""
    if not url:
        folder.mkdir(parents=True, exist_ok=True)
        return LocalBlobs(folder)
    from obstore.store import S3Store

    endpoint = settings().blob_endpoint
    if not endpoint:
        return ObjectBlobs(S3Store.from_url(url))
    return ObjectBlobs(
        S3Store.from_url(
            url, endpoint=endpoint, client_options={"allow_http": endpoint.startswith("http://")}
        )
    )


@lru_cache
def blobs() -> Blobs:
    """The blobs of this installation."""
    return open_blobs(settings().blob_url, settings().home_path / "blobs")


@contextmanager
def work_folder() -> Iterator[Path]:
    """A scratch folder on the same disk as the blobs, emptied afterwards."""
    root = settings().home_path / "work"
    root.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
