"""A worker process: Celery listens for bells, the job table says what to do."""

from typing import Any, NoReturn

import billiard
from celery.signals import worker_shutting_down
from celery.worker import state

from collimate.jobs.celery import RING, celery_app
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler, WorkerBroken, work
from collimate.jobs.stand_back import stand_back
from collimate.kit.ending import BROKEN, leave
from collimate.kit.settings import settings


def serve(queue: Queue, handlers: dict[JobKind, Handler], *, pool: str) -> NoReturn:
    """Work a queue until told to stop; where processors are short, the web process goes first.

    `pool` is Celery's: `prefork` for light jobs; `threads` for torch, which must not be forked.
    A job in hand is finished first. The process ends here, at once where a job found it broken: a
    fresh one does what waits.
    """
    stand_back(settings().worker_niceness)
    app = celery_app()

    @app.task(name=RING)
    def rung(_job_id: str) -> None:
        try:
            work(queue, handlers)
        except WorkerBroken:
            for child in billiard.active_children():
                child.terminate()
            leave(BROKEN)

    worker_shutting_down.connect(_leave_if_idle)
    code = app.worker_main(
        ["worker", "-Q", str(queue), "-P", pool, "-c", "1", "-n", f"{queue}@%h",
         "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    )  # fmt: skip
    leave(code)


def _leave_if_idle(**_told: Any) -> None:
    """Told to stop with no job in hand: Celery would still wait five seconds for its threads.

    A bell that was just heard is no loss, since the job table keeps the job.
    """
    if state.reserved_requests or state.active_requests:
        return
    for child in billiard.active_children():
        child.terminate()
    leave(0)
