"""A database that was killed starts again at once, and nothing but its own remains is touched."""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from collimate.embedded import recover

PR_SET_CHILD_SUBREAPER = 36
START = "from collimate.embedded.postgres import start_postgres; print(start_postgres().address)"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home folder; what still runs in it at the end is killed."""
    folder = tmp_path_factory.mktemp("recovery") / "home"
    yield folder
    recover.end(recover.orphans_of(data_of(folder)), data_of(folder), signal.SIGKILL, 10)


@pytest.fixture
def nobody_reaps():
    """Dead servers stay zombies, as in a container whose first process reaps nobody."""
    libc = ctypes.CDLL(None)
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)
    yield
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0)


def data_of(home: Path) -> Path:
    return home / "postgres" / "data"


def start(home: Path) -> str:
    environment = {**os.environ, "COLLIMATE_HOME": str(home)}
    environment.pop("COLLIMATE_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", START], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def kill_server(home: Path) -> int:
    pid = recover.server_of(data_of(home))
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    return pid


def test_a_killed_database_starts_again_at_once_and_keeps_what_was_committed(home, nobody_reaps):
    address = start(home)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
    for number in range(3):
        connection = psycopg.connect(start(home), autocommit=True)
        connection.execute("INSERT INTO kept VALUES (%s)", [number])
        if number == 0:
            # A stopped backend cannot notice that its server is gone: it holds the memory.
            os.kill(connection.info.backend_pid, signal.SIGSTOP)
        dead = kill_server(home)
        os.waitid(os.P_PID, dead, os.WEXITED | os.WNOWAIT)
        assert Path(f"/proc/{dead}").exists(), "a zombie still has its number"
    with psycopg.connect(start(home)) as connection:
        found = connection.execute("SELECT number FROM kept ORDER BY number").fetchall()
    assert [number for (number,) in found] == [0, 1, 2]


def test_a_lock_file_whose_number_belongs_to_another_program_is_removed_and_that_program_lives(
    home, database_server
):
    start(home)
    kill_server(home)
    stranger = subprocess.Popen(["sleep", "60"], cwd=data_of(home))
    try:
        lock = data_of(home) / "postmaster.pid"
        lines = lock.read_text().splitlines()
        lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with psycopg.connect(start(home)) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
    with psycopg.connect(database_server) as another:
        assert another.execute("SELECT 1").fetchone() == (1,), "another server is left alone"


def test_a_database_that_runs_is_joined_not_ended(home):
    start(home)
    before = recover.server_of(data_of(home))
    start(home)
    assert recover.server_of(data_of(home)) == before


def test_a_first_start_cut_short_does_not_spoil_the_next(tmp_path):
    home = tmp_path / "home"
    environment = {**os.environ, "COLLIMATE_HOME": str(home)}
    first = subprocess.Popen(
        [sys.executable, "-c", START], env=environment, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    while first.poll() is None and not list(home.glob("postgres/new-*/PG_VERSION")):
        pass
    assert first.poll() is None, "it was to be killed while it makes the folder"
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not data_of(home).exists()
    with psycopg.connect(start(home)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert not list(home.glob("postgres/new-*"))
    recover.end(recover.orphans_of(data_of(home)), data_of(home), signal.SIGKILL, 10)
