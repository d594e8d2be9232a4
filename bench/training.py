"""A training job beside the web process: the ML worker, as `collimate up` starts it, learns."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from servers import start_process

WAIT_S = 240


@contextmanager
def training(folder: Path, project_id: str) -> Iterator[None]:
    """While a job trains an encoder on the studies of a project.

    The worker has its own session and lowers its own priority; the torch threads are those of the
    settings.
    """
    from sqlalchemy import select, update

    from collimate.jobs.enqueue import enqueue
    from collimate.jobs.kinds import JobKind
    from collimate.jobs.models import Job
    from collimate.kit.database import open_session

    with open_session() as session:
        # what would run before it
        session.execute(update(Job).where(Job.queue == "ml").values(state="cancelled"))
        job_id = enqueue(
            session, JobKind.TRAIN_ENCODER, project_id=UUID(project_id), is_forced=1
        ).id
    worker = start_process("collimate.gpu_worker", folder / "gpu-worker.log")
    try:
        deadline = time.monotonic() + WAIT_S
        while True:
            with open_session() as session:
                state, progress, error = session.execute(
                    select(Job.state, Job.progress, Job.error).where(Job.id == job_id)
                ).one()
            if state == "running" and progress > 0:
                break
            if state not in ("queued", "running") or time.monotonic() > deadline:
                raise SystemExit(f"the training job is {state}: {error}")
            time.sleep(0.2)
        yield
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
