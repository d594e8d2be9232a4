"""One command starts everything; Ctrl-C stops all of it; nothing is lost, not even by kill -9."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.live import free_port, wait_until_healthy

PASSWORD = "a long enough phrase"


@pytest.fixture
def environment(tmp_path):
    return {
        **{key: value for key, value in os.environ.items() if key != "COLLIMATE_DATABASE_URL"},
        "COLLIMATE_HOME": str(tmp_path / "home"),
        "COLLIMATE_PORT": str(free_port()),
        "COLLIMATE_DEMO_CASES": "0",
        "COLLIMATE_ALLOWED_HOSTS": "127.0.0.1",
    }


@pytest.fixture
def start(environment, tmp_path):
    """Start `collimate up`; whatever is left at the end is killed."""
    running = []

    def begin():
        log = (tmp_path / "up.log").open("ab")
        before = len(log_of(tmp_path))
        process = subprocess.Popen(
            [sys.executable, "-c", "from collimate.cli import app; app()", "up"],
            env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        running.append(process)
        address = f"http://127.0.0.1:{environment['COLLIMATE_PORT']}"
        wait_until_healthy(address, tmp_path / "up.log")
        while process.poll() is None and b"Data lies in" not in log_of(tmp_path)[before:]:
            time.sleep(0.1)
        return process, address

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
    kill_all(environment)


def log_of(folder) -> bytes:
    return (folder / "up.log").read_bytes()


def ours(environment, *, named: bytes = b"") -> list[int]:
    """Every process that works on this home folder, by its environment or command line."""
    home = environment["COLLIMATE_HOME"].encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
            told = (folder / "environ").read_bytes() + command
            zombie = "\nState:\tZ" in (folder / "status").read_text()
        except OSError:  # just gone
            continue
        if home in told and named in command and not zombie and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def web_processes(environment) -> list[int]:
    return ours(environment, named=b"collimate.app")


def kill_all(environment) -> None:
    for pid in ours(environment):
        with contextlib.suppress(ProcessLookupError):  # gone with another one
            os.kill(pid, signal.SIGKILL)


def can_sign_in(address) -> bool:
    answer = httpx.post(
        f"{address}/api/session", json={"email": "root@clinic.example", "password": PASSWORD}
    )
    return answer.status_code == 201


def add_user(environment):
    subprocess.run(
        [sys.executable, "-c", "from collimate.cli import app; app()", "user", "add",
         "root@clinic.example", "--name", "Root", "--admin", "--password-stdin"],
        env=environment, input=PASSWORD, text=True, check=True,
    )  # fmt: skip


def wait_until_gone(environment, seconds=30):
    deadline = time.monotonic() + seconds
    while ours(environment) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert ours(environment) == []


def test_what_was_saved_survives_a_killed_supervisor_and_a_kill_of_everything_and_ctrl_c_stops_all(
    start, environment
):
    process, address = start()
    assert len(ours(environment)) >= 5
    see_a_second_run_refused(environment)
    add_user(environment)
    see_a_killed_web_process_restarted(environment, address)
    assert can_sign_in(address)
    (web,) = web_processes(environment)
    process.kill()
    process.wait()

    process, address = start()
    assert can_sign_in(address)
    assert web not in web_processes(environment), "a dead supervisor leaves no web process behind"
    kill_all(environment)
    process.wait()

    process, address = start()
    assert can_sign_in(address)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    wait_until_gone(environment)


def see_a_second_run_refused(environment):
    second = subprocess.run(
        [sys.executable, "-c", "from collimate.cli import app; app()", "up"],
        env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert "already runs" in second.stderr


def see_a_killed_web_process_restarted(environment, address):
    (web,) = web_processes(environment)
    os.kill(web, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while web_processes(environment) in ([], [web]) and time.monotonic() < deadline:
        time.sleep(0.1)
    wait_until_healthy(address, Path(environment["COLLIMATE_HOME"]) / "logs" / "web.log")
