"""The real processes for a test: web, worker, ML worker, on a free port, stopped by pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from collimate.embedded.run import PROCESSES


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    *names: str, home: Path, database_url: str, settings: dict[str, str] | None = None
) -> Iterator[str]:
    """Start the named processes (`web`, `worker`, `gpu-worker`); answers the web address."""
    port = free_port()
    environment = {
        **os.environ,
        "COLLIMATE_HOME": str(home),
        "COLLIMATE_PORT": str(port),
        "COLLIMATE_DATABASE_URL": database_url,
        # tests wait for what workers do, and nobody waits for pages meanwhile
        "COLLIMATE_WORKER_NICENESS": "0",
        "OMP_NUM_THREADS": "1",
        **(settings or {}),
    }
    home.mkdir(parents=True, exist_ok=True)
    started = []
    for name in names:
        log = (home / f"{name}.log").open("ab")
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", *PROCESSES[name]],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        )
    address = f"http://127.0.0.1:{port}"
    try:
        if "web" in names:
            wait_until_healthy(address, home / "web.log")
        yield address
    finally:
        for process in started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        # Celery's pool takes five seconds to go; nothing of a test is lost with it
        deadline = time.monotonic() + 1
        for process in started:
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def wait_for_port(port: int, log: Path) -> None:
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nobody listens on {port}:\n{log.read_text()[-3000:]}")


def wait_until_healthy(address: str, log: Path) -> None:
    deadline = time.monotonic() + 90
    with httpx.Client(timeout=2) as client:
        while time.monotonic() < deadline:
            try:
                if client.get(f"{address}/healthz").status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
    raise AssertionError(f"the web process did not come up:\n{log.read_text()[-3000:]}")
