"""Start PostgreSQL, the web process and the workers, keep them running, and stop them."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console

from collimate.embedded.postgres import start_postgres
from collimate.embedded.recover import STOP_SECONDS
from collimate.kit.settings import instance_secret, settings
from collimate.studies.ways_in import WaysInUnusable, ways_in

console = Console(stderr=True, highlight=False)
PR_SET_PDEATHSIG = 1
PORT_SECONDS = 8.0


def _die_with(parent: int) -> None:
    # A killed supervisor must not leave workers behind, not even one it had only just forked.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _spawn(name: str, arguments: list[str], log_folder: Path) -> subprocess.Popen[bytes]:
    log = (log_folder / f"{name}.log").open("ab")
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *arguments],
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509
        env={
            **os.environ,
            "OMP_NUM_THREADS": str(settings().torch_threads),
            "MALLOC_MMAP_THRESHOLD_": "16777216",
            "MALLOC_TRIM_THRESHOLD_": "134217728",
            # memory in large pages, where the kernel gives them to who asks
            "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        },
    )


PROCESSES: dict[str, list[str]] = {
    "web": ["collimate.app"],
    "worker": ["collimate.worker"],
    "puller": ["collimate.puller"],
    "gpu-worker": ["collimate.gpu_worker"],
    "prompter": ["collimate.prompter"],
    "receiver": ["collimate.receiver"],
}


def _wanted() -> dict[str, list[str]]:
    """All processes, without the receiver and the puller where nothing is opened for them.

    Raises:
        WaysInUnusable
    """
    needed = {"receiver": ways_in().needs_receiver, "puller": bool(ways_in().all_sources)}
    return {name: arguments for name, arguments in PROCESSES.items() if needed.get(name, True)}


def port_is_free(host: str, port: int) -> bool:
    """Whether nobody listens there yet."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _wait_until_healthy(web: subprocess.Popen[bytes], seconds: float = 120) -> None:
    address = f"http://{settings().host}:{settings().port}/healthz"
    deadline = time.monotonic() + seconds
    with httpx.Client(timeout=1, trust_env=False) as client:
        while time.monotonic() < deadline and web.poll() is None:
            try:
                if client.get(address).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
    raise SystemExit(
        f"The web process did not come up. Its log is {settings().home_path}/logs/web.log"
    )


class AlreadyRunning(Exception):
    """Another run holds the home folder."""


@contextmanager
def _hold(home: Path) -> Iterator[None]:
    """Only one run per home folder; one that is still stopping is waited for.

    Raises:
        AlreadyRunning: the other run does not end.
    """
    with (home / "lock").open("w") as lock:
        deadline = time.monotonic() + STOP_SECONDS + 5
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline or not port_is_free(
                    settings().host, settings().port
                ):
                    raise AlreadyRunning from None
                time.sleep(0.2)
        yield


def run(after_start: Callable[[], Any] | None = None) -> int:
    """Start everything, say where it is, and keep it running until Ctrl-C.

    `after_start` runs in between (the demo is built there); a process that dies is restarted.
    Answers the exit code of the command.
    """
    home = settings().home_path
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with _hold(home):
            return _run(home, after_start)
    except AlreadyRunning:
        console.print(f"Collimate already runs on {home}: http://{_shown_host()}:{settings().port}")
    except WaysInUnusable as error:
        console.print(str(error))
    return 1


def _port_becomes_free() -> bool:
    """A web process whose supervisor was killed still takes a moment to end."""
    deadline = time.monotonic() + PORT_SECONDS
    while not port_is_free(settings().host, settings().port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _run(home: Path, after_start: Callable[[], Any] | None) -> int:
    if not _port_becomes_free():
        console.print(
            f"Port {settings().port} is taken. Stop what runs there, or set COLLIMATE_PORT."
        )
        return 1
    instance_secret()
    (home / "logs").mkdir(exist_ok=True)
    stopped: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _frame: stopped.append(signum))
    console.print("Starting the database …")
    postgres = None if settings().database_url else start_postgres()
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        _serve(home, processes, stopped, after_start)
    finally:
        console.print("Stopping …")
        _stop_all(processes)
        if postgres is not None:
            postgres.stop()
        console.print("Everything is stopped; all data is kept.")
    return 0


def _serve(
    home: Path,
    processes: dict[str, subprocess.Popen[bytes]],
    stopped: list[int],
    after_start: Callable[[], Any] | None,
) -> None:
    from collimate.migrate import migrate

    logs = home / "logs"
    wanted = _wanted()
    migrate()
    for name, arguments in wanted.items():
        processes[name] = _spawn(name, arguments, logs)
    _wait_until_healthy(processes["web"])
    console.print(f"Collimate is at [bold]http://{_shown_host()}:{settings().port}[/bold]")
    if after_start is not None and not stopped:
        after_start()
    console.print(f"Data lies in {home}; logs in {logs}. Ctrl-C stops everything.")
    _watch(processes, logs, stopped)


def _shown_host() -> str:
    return "localhost" if settings().host in ("127.0.0.1", "0.0.0.0") else settings().host  # noqa: S104


def _watch(processes: dict[str, subprocess.Popen[bytes]], logs: Path, stopped: list[int]) -> None:
    while not stopped:
        time.sleep(0.3)
        for name, process in processes.items():
            if process.poll() is not None and not stopped:
                console.print(f"{name} ended with {process.returncode}; starting it again.")
                time.sleep(1.0)
                processes[name] = _spawn(name, PROCESSES[name], logs)


def _stop_all(processes: dict[str, subprocess.Popen[bytes]]) -> None:
    for process in processes.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
