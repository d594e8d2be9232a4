"""Take files out of a watched folder: whole ones only, each once, whatever stops in between.

A file is renamed out of reach first, into a folder named by the id its row will have; so a
process that dies at any point finds, when it starts again, exactly what it still has to do.
"""

import errno
import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from collimate.dicom.starts import START_BYTES, is_companion
from collimate.kit import database, ids
from collimate.kit.blobs import CHUNK_BYTES, BodyTooLarge
from collimate.kit.logging import logger
from collimate.projects.find import NoSuchProject, SeveralProjects, find_project
from collimate.projects.models import Project
from collimate.studies.act import Act, WayIn
from collimate.studies.models import ReceivedFile
from collimate.studies.receive import ask_for_ingest, receive
from collimate.studies.states import FileState
from collimate.studies.ways_in import WatchedFolder

TAKEN, DONE, FAILED, LEFT_OUT = ".taken", "done", "failed", "left_out"
_OURS = frozenset({DONE, FAILED, LEFT_OUT})
# names that programs give to files they are still writing
_UNFINISHED = (".part", ".partial", ".tmp", ".filepart", ".crdownload", "~")
_FINE = frozenset({FileState.ACCEPTED, FileState.DUPLICATE, FileState.UNPACKED})
_NOT_THE_FILE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOMEM, errno.EMFILE})

Shape = tuple[int, int]


class _StillGrowing(Exception):
    """Someone wrote to the file while it was read."""


class FolderWatch:
    """One watched folder; `look` is called again and again."""

    def __init__(self, watched: WatchedFolder) -> None:
        self.watched = watched
        self.root = watched.folder
        self._sweep = Act(WayIn.FOLDER)
        self._seen: dict[str, tuple[Shape, float]] = {}

    def look(self) -> int:
        """One pass; answers how many files were taken. Does nothing while another process does.

        Raises:
            OSError: the folder cannot be read or written.
            NoSuchProject, SeveralProjects
        """
        (self.root / TAKEN).mkdir(exist_ok=True)
        with _alone(self.root / TAKEN / "lock") as is_mine:
            if not is_mine:
                return 0
            with database.open_session() as session:
                project_id = find_project(session, self.watched.project).id
            self._sweep = Act(WayIn.FOLDER)
            self._go_on(project_id)
            count = 0
            for name, folder in self._whole():
                file_id = self._reach(name, folder)
                count += file_id is not None and self._take(project_id, file_id)
            return count

    def _whole(self) -> Iterator[tuple[str, int]]:
        """Files that have not changed for long enough: path below the root, folder descriptor."""
        now, seen = time.monotonic(), {}
        for place, folders, files, descriptor in os.fwalk(self.root, follow_symlinks=False):
            below = os.path.relpath(place, self.root)
            folders[:] = [one for one in folders if not one.startswith(".")]
            if below == ".":
                folders[:] = [one for one in folders if one not in _OURS]
            for file in files:
                shape = _shape(file, descriptor)
                if shape is None or file.startswith(".") or file.lower().endswith(_UNFINISHED):
                    continue
                name = file if below == "." else os.path.join(below, file)
                known, since = self._seen.get(name, (None, now))
                since = since if known == shape else now
                seen[name] = (shape, since)
                if now - since >= self.watched.settle_seconds:
                    yield name, descriptor
        self._seen = seen

    def _reach(self, name: str, folder: int) -> UUID | None:
        """Rename a file out of reach of those who write into the folder."""
        file_id = ids.new_id()
        target = self.root / TAKEN / str(file_id) / name
        target.parent.mkdir(parents=True)
        try:
            os.rename(Path(name).name, target, src_dir_fd=folder)
        except FileNotFoundError:  # its owner took it back
            self._tidy(file_id)
            return None
        return file_id

    def _go_on(self, project_id: UUID) -> None:
        """See to what was taken in earlier passes, or before a crash."""
        for folder in sorted((self.root / TAKEN).iterdir()):
            try:
                file_id = UUID(folder.name)
            except ValueError:
                continue
            with database.open_session() as session:
                row = session.get(ReceivedFile, file_id)
                state, text = (row.state, row.text) if row is not None else (None, None)
            if state is None:
                self._take(project_id, file_id)
            elif state != FileState.RECEIVED:
                self._put(file_id, DONE if state in _FINE else FAILED, text)

    def _take(self, project_id: UUID, file_id: UUID) -> bool:
        """Receive a file that was renamed; False when it turned out to be none for us."""
        path = self._path(file_id)
        if path is None:
            self._tidy(file_id)
            return False
        try:
            return self._receive(project_id, file_id, path)
        except _StillGrowing:
            self._give_back(file_id, path)
        except BodyTooLarge as error:
            self._put(file_id, FAILED, error.detail)
        except OSError as error:
            if error.errno in _NOT_THE_FILE:
                raise
            self._put(file_id, FAILED, "The file cannot be read. Check who may read it.")
        return False

    def _receive(self, project_id: UUID, file_id: UUID, path: Path) -> bool:
        name = str(path.relative_to(self.root / TAKEN / str(file_id)))
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            before = _shape_of(os.fstat(descriptor))
            if is_companion(name, file.read(START_BYTES)) and before[0]:
                self._put(file_id, LEFT_OUT, None)
                return False
            file.seek(0)
            with database.open_session() as session:
                receive(
                    session, session.get_one(Project, project_id), act=self._sweep, name=name,
                    chunks=_chunks(file), file_id=file_id,
                )  # fmt: skip
                if _shape_of(os.fstat(descriptor)) != before:
                    raise _StillGrowing
                ask_for_ingest(session, project_id, None)
        return True

    def _path(self, file_id: UUID) -> Path | None:
        """The one file in the folder of an id; None when there is none (any more)."""
        for place, _folders, files in os.walk(self.root / TAKEN / str(file_id)):
            if files:
                return Path(place) / files[0]
        return None

    def _put(self, file_id: UUID, where: str, text: str | None) -> None:
        """Move a file to where people find it, with the reason beside it, and never over another.

        The reason goes first: a process that dies in between does it once more.
        """
        path = self._path(file_id)
        if path is None:
            self._tidy(file_id)
            return
        wanted = self.root / where / path.relative_to(self.root / TAKEN / str(file_id))
        wanted.parent.mkdir(parents=True, exist_ok=True)
        target, number = wanted, 1
        while target.exists() or target.is_symlink():
            number += 1
            target = wanted.with_name(f"{wanted.name}.{number}")
        if where == FAILED and text:
            target.with_name(target.name + ".why.txt").write_text(text + "\n")
        path.rename(target)
        self._tidy(file_id)

    def _give_back(self, file_id: UUID, path: Path) -> None:
        """Put a file that still grows back to where it came from, unless a new one is there."""
        home = self.root / path.relative_to(self.root / TAKEN / str(file_id))
        if home.exists() or not home.parent.is_dir():
            self._put(file_id, FAILED, "Another program was still writing it. Copy it in again.")
            return
        path.rename(home)
        self._tidy(file_id)

    def _tidy(self, file_id: UUID) -> None:
        for place, _folders, _files in os.walk(self.root / TAKEN / str(file_id), topdown=False):
            os.rmdir(place)


def watch(watches: list[FolderWatch], wait: Callable[[], bool]) -> None:
    """Look into every folder until `wait` answers True; what goes wrong is tried again."""
    while not wait():
        for one in watches:
            try:
                one.look()
            except (OSError, NoSuchProject, SeveralProjects, *database.UNREACHABLE) as error:
                logger().warning("watched_folder_waits", error_class=type(error).__name__)


def _shape(name: str, folder: int) -> Shape | None:
    """Size and time of a regular file; None for anything else, links above all."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return _shape_of(found) if stat.S_ISREG(found.st_mode) else None


def _shape_of(found: os.stat_result) -> Shape:
    return found.st_size, found.st_mtime_ns


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(partial(file.read, CHUNK_BYTES), b"")


@contextmanager
def _alone(lock: Path) -> Iterator[bool]:
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
