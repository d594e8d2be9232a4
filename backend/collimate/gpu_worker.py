"""The ML worker: the only door to torch. One process per GPU, or one on the CPU."""

from typing import Any

import torch

import collimate.tables  # noqa: F401
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler, JobFailed, JobRun, WorkerBroken
from collimate.jobs.worker import serve
from collimate.kit import logging
from collimate.kit.logging import logger
from collimate.kit.settings import settings
from collimate.learning import jobs as learning_jobs
from collimate.ml.device import is_device_lost
from collimate.ml.memory import MemoryTooSmall, is_out_of_memory


def on_a_device(handler: Handler) -> Handler:
    """Say in words what the device did; once it is lost, nothing in this process can reach it."""

    def guarded(run: JobRun) -> dict[str, Any] | None:
        try:
            return handler(run)
        except (RuntimeError, MemoryError) as error:
            if isinstance(error, MemoryTooSmall) or is_out_of_memory(error):
                raise JobFailed(
                    "Memory did not suffice, however little was done at once. What serves goes on "
                    "serving; end other programs on the machine, or use a larger one."
                ) from error
            if not is_device_lost(error):
                raise
            logger().error("device_lost", job_id=run.id, error_class=type(error).__name__)
            raise WorkerBroken(
                "The GPU stopped answering. What serves goes on serving and a fresh worker starts; "
                "tried again, training goes on from its last checkpoint."
            ) from error

    return guarded


HANDLERS: dict[JobKind, Handler] = {
    kind: on_a_device(handler) for kind, handler in learning_jobs.HANDLERS.items()
}


def main() -> None:
    """Work until told to stop."""
    logging.configure("gpu-worker")
    torch.set_num_threads(settings().torch_threads)
    serve(Queue.ML, HANDLERS, pool="threads")


if __name__ == "__main__":
    main()
