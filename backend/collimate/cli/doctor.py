"""Looking an installation over: each finding says what is there and what to do about it."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from importlib import metadata
from pathlib import Path

import httpx
from sqlalchemy import func, select, text

from collimate.jobs.kinds import Queue
from collimate.jobs.models import Job
from collimate.kit import clock
from collimate.kit.blobs import BlobMissing, blobs
from collimate.kit.database import engine, open_session
from collimate.kit.settings import settings

LOW_DISK_BYTES = 5 << 30
PATIENCE = timedelta(seconds=20)
WORKER_OF = {
    Queue.LIGHT: "collimate.worker",
    Queue.PULL: "collimate.puller",
    Queue.ML: "collimate.gpu_worker",
}


@dataclass(frozen=True)
class Finding:
    """One line; `state` is ok, warn or bad."""

    state: str
    what: str
    found: str
    remedy: str = ""


def examine() -> list[Finding]:
    """Every finding, whatever state the installation is in."""
    from collimate.cli.reach import database

    findings = [_versions(), _home(), _frontend(), _gpu(), _web()]
    try:
        with database():
            findings += [_checked(check) for check in (_server, _schema, _blobs, _segmenter)]
            findings += [_worker(queue) for queue in Queue]
    except Exception as error:
        findings.append(
            Finding("bad", "database", type(error).__name__, "Check COLLIMATE_DATABASE_URL.")
        )
    return findings


def _checked(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        return Finding("bad", check.__name__.strip("_"), type(error).__name__, "See the logs.")


def _versions() -> Finding:
    parts = [f"Collimate {metadata.version('collimate')}", f"Python {sys.version.split()[0]}"]
    try:
        parts.append(f"torch {metadata.version('torch')}")
    except metadata.PackageNotFoundError:
        return Finding("bad", "versions", ", ".join(parts), "pip install torch==2.13.0")
    return Finding("ok", "versions", ", ".join(parts))


def _home() -> Finding:
    home = settings().home_path
    at = home if home.exists() else home.parent if home.parent.exists() else Path("/")
    free = shutil.disk_usage(at).free
    found = f"{home}, {free / 2**30:.0f} GiB free"
    if free < LOW_DISK_BYTES:
        return Finding("warn", "data folder", found, "Make room, or move it with COLLIMATE_HOME.")
    return Finding("ok", "data folder", found)


def _frontend() -> Finding:
    folder = settings().frontend
    if (folder / "index.html").exists():
        return Finding("ok", "pages", f"built in {folder}")
    return Finding("bad", "pages", "not built", "make run builds them.")


def _gpu() -> Finding:
    code = "import torch; print(torch.cuda.get_device_name(0) if torch.cuda.is_available() else '')"
    try:
        asked = subprocess.run(  # noqa: S603
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding("warn", "GPU", "torch did not answer", "Check the driver.")
    if asked.returncode != 0:
        return Finding("bad", "GPU", "torch cannot be loaded", "Install it again: make setup")
    name = asked.stdout.strip()
    if name:
        return Finding("ok", "GPU", name)
    if shutil.which("nvidia-smi"):
        return Finding(
            "warn", "GPU", "there, but torch cannot use it", "Install a torch built for CUDA."
        )
    return Finding("ok", "GPU", "none; the processor does the learning")


def _web() -> Finding:
    address = f"http://{settings().host}:{settings().port}"
    try:
        answer = httpx.get(f"{address}/healthz", timeout=3)
    except httpx.HTTPError:
        return Finding("warn", "web", f"nobody answers at {address}", "Start it: collimate up")
    if answer.status_code == 200:
        return Finding("ok", "web", address)
    return Finding("bad", "web", f"answers {answer.status_code}", "See logs/web.log.")


def _server() -> Finding:
    with engine().connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar()
        vector = connection.execute(
            text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        ).scalar()
    kind = "Redis" if settings().broker_url else "files"
    found = f"PostgreSQL {version}, pgvector {vector}; job bell: {kind}"
    return Finding("ok" if vector else "bad", "database", found)


def _schema() -> Finding:
    from collimate.migrate import is_current

    if is_current():
        return Finding("ok", "schema", "newest")
    return Finding("bad", "schema", "behind", "collimate migrate")


def _blobs() -> Finding:
    with tempfile.TemporaryDirectory() as folder:
        probe = Path(folder) / "probe"
        probe.write_bytes(f"written by collimate doctor {clock.now().isoformat()}".encode())
        blob = blobs().put(probe)
        same = blobs().read(blob.sha256) == probe.read_bytes()
        blobs().delete(blob.sha256)
    where = settings().blob_url or str(settings().home_path / "blobs")
    return Finding("ok" if same else "bad", "blobs", f"written and read back in {where}")


def _segmenter() -> Finding:
    from collimate.prompts.give import serving_segmenter

    with open_session() as session:
        given = serving_segmenter(session)
        if given is None:
            return Finding("ok", "segmenter", "none given; prompts are answered without a model")
        sha256 = given.weights_sha256
        found = f"nninteractive {sha256[:12]}, given {given.created_at:%Y-%m-%d}"
    try:
        size = blobs().size(sha256)
    except BlobMissing:
        remedy = "collimate segmenter give PATH, or collimate segmenter withdraw"
        return Finding("bad", "segmenter", f"{found}; its weights are missing", remedy)
    return Finding("ok", "segmenter", f"{found}, {size / 2**20:.0f} MiB")


def _worker(queue: Queue) -> Finding:
    with open_session() as session:
        counts = dict(
            session.execute(
                select(Job.state, func.count()).where(Job.queue == queue).group_by(Job.state)
            ).all()
        )
        beat = session.scalar(select(func.max(Job.heartbeat_at)).where(Job.queue == queue))
        oldest = session.scalar(
            select(func.min(Job.created_at)).where(Job.queue == queue, Job.state == "queued")
        )
    heard = f"last heard {beat:%Y-%m-%d %H:%M:%S} UTC" if beat else "never heard"
    waiting, failed = counts.get("queued", 0), counts.get("failed", 0)
    found = f"{heard}; {waiting} waiting, {counts.get('running', 0)} running, {failed} failed"
    what = f"worker ({queue})"
    is_running = _process_is_there(WORKER_OF[queue])
    is_stuck = oldest is not None and clock.now() - oldest > PATIENCE
    if not is_running and not counts.get("running"):
        return Finding(
            "bad" if is_stuck else "warn", what, f"not running here; {found}",
            "collimate up starts it; on a server look at its container.",
        )  # fmt: skip
    if failed:
        return Finding("warn", what, found, "Jobs page: see the reason, retry.")
    return Finding("ok", what, found)


def _process_is_there(module: str) -> bool:
    """Whether a process of this installation runs that module on this machine."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            is_it = module.encode() in (entry / "cmdline").read_bytes().split(b"\0")
            if is_it and _home_of(entry) == settings().home_path:
                return True
        except OSError:
            continue
    return False


def _home_of(process: Path) -> Path:
    for item in (process / "environ").read_bytes().split(b"\0"):
        name, _, value = item.partition(b"=")
        if name == b"COLLIMATE_HOME":
            return Path(value.decode()).expanduser().resolve()
    return Path("~/.collimate").expanduser().resolve()
