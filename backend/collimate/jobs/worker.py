"""A worker process: Celery listens for bells, the job table says what to do."""

from collimate.jobs.celery import RING, celery_app
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler, work
from collimate.jobs.stand_back import stand_back
from collimate.kit.settings import settings


def serve(queue: Queue, handlers: dict[JobKind, Handler], *, pool: str) -> None:
    """Work a queue until told to stop; where processors are short, the web process goes first.

    `pool` is Celery's: `prefork` for light jobs; `threads` for torch, which must not be forked.
    """
    stand_back(settings().worker_niceness)
    app = celery_app()

    @app.task(name=RING)
    def rung(_job_id: str) -> None:
        work(queue, handlers)

    app.worker_main(
        ["worker", "-Q", str(queue), "-P", pool, "-c", "1", "-n", f"{queue}@%h",
         "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    )  # fmt: skip
