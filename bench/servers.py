"""Starts Orthanc and Collimate on free ports with folders of their own, and stops them by pid."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

PLUGINS = (
    "/usr/share/orthanc/plugins",
    "/usr/lib/orthanc",
    "/usr/local/share/orthanc/plugins",
)
WAIT_S = 90
NAMES = ("app", "worker")


@dataclass
class Server:
    """A running DICOMweb server."""

    name: str
    port: int
    root: str
    headers: dict[str, str]
    processes: list[psutil.Process]
    web: psutil.Process
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def cpu_s(self) -> float:
        """Processor seconds of everything that belongs to it, the dead included."""
        total = 0.0
        for top in self.processes:
            for process in [top, *top.children(recursive=True)]:
                try:
                    total += sum(process.cpu_times()[:4])
                except psutil.NoSuchProcess:
                    continue
        return total

    def memory_mb(self) -> float:
        """Resident memory of the web process alone."""
        return self.web.memory_info().rss / 1e6

    def stop(self) -> None:
        """End what was started here, by pid."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{address} did not come up:\n{log.read_text()[-2000:]}")


def find_orthanc() -> str | None:
    """The Orthanc program, installed from Debian where that is allowed and needed."""
    found = shutil.which("Orthanc") or shutil.which("Orthanc", path="/usr/sbin:/usr/local/sbin")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing Orthanc …", file=sys.stderr)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        subprocess.run(
            [*install, "orthanc", "orthanc-dicomweb"], check=False, env=environment, **quiet
        )
        found = shutil.which("Orthanc", path="/usr/bin:/usr/sbin")
    return found


def orthanc_version(program: str) -> str:
    """As it says of itself."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return said.stdout.splitlines()[0].strip() if said.stdout else "Orthanc"


def start_orthanc(program: str, folder: Path, name: str = "Orthanc") -> Server:
    """Orthanc with its DICOMweb plugin, without authentication and without DICOM receiver."""
    folder.mkdir(parents=True)
    port = free_port()
    plugins = [
        str(path)
        for place in PLUGINS
        for path in sorted(Path(place).glob("*OrthancDicomWeb*.so*"))[:1]
    ][:1]
    if not plugins:
        raise SystemExit("Orthanc's DICOMweb plugin was not found (Debian: orthanc-dicomweb).")
    configuration = {
        "Name": "bench",
        "StorageDirectory": str(folder / "storage"),
        "IndexDirectory": str(folder / "storage"),
        "HttpPort": port,
        "DicomServerEnabled": False,
        "AuthenticationEnabled": False,
        "RemoteAccessAllowed": False,
        "KeepAlive": True,
        "Plugins": plugins,
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }
    path = folder / "orthanc.json"
    path.write_text(json.dumps(configuration))
    log = folder / "orthanc.log"
    with log.open("ab") as target:
        process = subprocess.Popen(
            [program, str(path)], stdout=target, stderr=target, start_new_session=True
        )
    _wait(f"http://127.0.0.1:{port}/system", process, log)
    top = psutil.Process(process.pid)
    return Server(name, port, "/dicom-web", {}, [top], top, [process])


def start_process(module: str, log: Path) -> subprocess.Popen[bytes]:
    """One process of Collimate, as `collimate up` starts it."""
    malloc = {
        "MALLOC_MMAP_THRESHOLD_": "16777216",
        "MALLOC_TRIM_THRESHOLD_": "134217728",
        "OMP_NUM_THREADS": "1",
    }
    with log.open("ab") as target:
        return subprocess.Popen(
            [sys.executable, "-m", module], stdout=target, stderr=target,
            env={**os.environ, **malloc}, start_new_session=True,
        )  # fmt: skip


def start_collimate(folder: Path) -> tuple[Server, str]:
    """Collimate as `collimate up` runs it, without the ML worker; answers the project's id too.

    Importing the package reads its settings, so it happens here, when they are set.
    """
    folder.mkdir(parents=True)
    port = free_port()
    os.environ |= {"COLLIMATE_HOME": str(folder), "COLLIMATE_PORT": str(port)}
    from collimate.embedded.postgres import start_postgres
    from collimate.migrate import migrate

    postgres = start_postgres()
    migrate()
    web, worker = (start_process(f"collimate.{name}", folder / f"{name}.log") for name in NAMES)
    _wait(f"http://127.0.0.1:{port}/healthz", web, folder / "app.log")
    postmaster = int((postgres.data / "postmaster.pid").read_text().split()[0])
    project_id, secret = _project()
    server = _Collimate(
        "Collimate", port, f"/dicomweb/{project_id}", {"Authorization": f"Bearer {secret}"},
        [psutil.Process(pid) for pid in (web.pid, worker.pid, postmaster)],
        psutil.Process(web.pid), [web, worker],
    )  # fmt: skip
    server.stop_postgres = postgres.stop
    return server, project_id


@dataclass
class _Collimate(Server):
    stop_postgres: object = None

    def stop(self) -> None:
        super().stop()
        from collimate.kit.database import engine

        engine().dispose()
        self.stop_postgres()


def _project() -> tuple[str, str]:
    from collimate.access import accounts, sign_in
    from collimate.kit.database import open_session
    from collimate.projects.create import create_project

    with open_session() as session:
        user, _ = accounts.create_user(
            session, email="bench@localhost.example", name="Bench", is_admin=True
        )
        project = create_project(session, user, name="Bench")
        _, secret = sign_in.new_token(session, user, "bench", 1)
        return str(project.id), secret
