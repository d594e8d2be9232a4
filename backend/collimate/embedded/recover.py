"""Tell a living PostgreSQL of a data folder from what a killed one left, and clear that away.

A process belongs to the folder only if it runs a program named `postgres` and works inside that
very folder (every PostgreSQL process does, and inherits it). Nothing else is ever signalled.
"""

import contextlib
import os
import select
import signal
import time
from pathlib import Path

from collimate.kit.errors import Unavailable

FOLDER_LINE, SOCKET_FOLDER_LINE, STATUS_LINE = 1, 4, 7
STOP_SECONDS = 15.0
QUIT_SECONDS = 2.0
KILL_SECONDS = 10.0


class DatabaseStuck(Unavailable):
    """An earlier database neither answers nor ends; nothing was lost."""


def server_of(data: Path) -> int | None:
    """Process id of the living server; None where there is none, or only its zombie."""
    pid = _recorded(data)
    return pid if pid is not None and _works_in(pid, data) else None


def wait_until_settled(data: Path) -> bool:
    """Whether a server is there and ready; one that starts, recovers or stops is waited for.

    Raises:
        DatabaseStuck: it has been stopping for too long.
    """
    deadline = time.monotonic() + STOP_SECONDS
    while (pid := server_of(data)) is not None:
        status = _status(data)
        if status == "ready":
            return True
        if status == "stopping" and time.monotonic() > deadline:
            raise DatabaseStuck(f"Process {pid} does not stop. End it, then start again.")
        time.sleep(0.05)
    return False


def clear_away(data: Path) -> None:
    """End the orphans of a killed server and remove its lock files; there must be no server.

    Orphans keep the shared memory, so that no new server can start while they live. Lock files
    whose process is a zombie, or whose number another program has now, stop every start as well.

    Raises:
        DatabaseStuck: an orphan does not end.
    """
    for number, seconds in ((signal.SIGQUIT, QUIT_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        if end(orphans_of(data), data, number, seconds):
            break
    else:
        left = ", ".join(str(pid) for pid in orphans_of(data))
        raise DatabaseStuck(f"End its processes, then start again: {left}.")
    if server_of(data) is None:
        _remove_locks(data)


def _remove_locks(data: Path) -> None:
    own = data / "postmaster.pid"
    lines = _lines(own)
    sockets = {data, *(Path(line) for line in lines[SOCKET_FOLDER_LINE : SOCKET_FOLDER_LINE + 1])}
    for lock in [lock for folder in sockets for lock in folder.glob(".s.PGSQL.*.lock")]:
        if _lines(lock)[FOLDER_LINE : FOLDER_LINE + 1] == [str(data)]:
            lock.unlink(missing_ok=True)
    own.unlink(missing_ok=True)


def orphans_of(data: Path) -> list[int]:
    """Every living PostgreSQL process that works in the folder."""
    numbers = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    return [pid for pid in numbers if _works_in(pid, data)]


def end(pids: list[int], data: Path, number: signal.Signals, seconds: float) -> bool:
    """Signal processes of the folder and wait; answers whether all of them have ended."""
    handles = [handle for pid in pids if (handle := _handle(pid, data)) is not None]
    try:
        for handle in handles:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, number)
        deadline = time.monotonic() + seconds
        return all(_has_ended(handle, deadline) for handle in handles)
    finally:
        for handle in handles:
            os.close(handle)


def _handle(pid: int, data: Path) -> int | None:
    """A handle that stays with the process, even if its number is given to another."""
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return None
    # Looked at again while held: the number may have changed hands since the list was made.
    if _works_in(pid, data):
        return handle
    os.close(handle)
    return None


def _has_ended(handle: int, deadline: float) -> bool:
    return bool(select.select([handle], [], [], max(0.0, deadline - time.monotonic()))[0])


def _works_in(pid: int, data: Path) -> bool:
    """Whether this is a living (not zombie) PostgreSQL process inside the folder."""
    process = Path("/proc") / str(pid)
    try:
        # The name may hold anything; what follows its last bracket begins with the state.
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        program = Path(os.readlink(process / "exe").removesuffix(" (deleted)")).name
        return state not in "ZX" and program == "postgres" and (process / "cwd").samefile(data)
    except (OSError, IndexError):
        return False


def _recorded(data: Path) -> int | None:
    try:
        return int(_lines(data / "postmaster.pid")[0])
    except (IndexError, ValueError):
        return None


def _status(data: Path) -> str:
    lines = _lines(data / "postmaster.pid")
    return lines[STATUS_LINE].strip() if len(lines) > STATUS_LINE else "starting"


def _lines(lock: Path) -> list[str]:
    try:
        return lock.read_text().splitlines()
    except FileNotFoundError:
        return []
