"""The ML worker: the only door to torch. One process per GPU, or one on the CPU."""

import torch

import collimate.tables  # noqa: F401
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler
from collimate.jobs.worker import serve
from collimate.kit import logging
from collimate.kit.settings import settings
from collimate.learning import jobs as learning_jobs

HANDLERS: dict[JobKind, Handler] = {**learning_jobs.HANDLERS}


def main() -> None:
    """Work until told to stop."""
    logging.configure("gpu-worker")
    torch.set_num_threads(settings().torch_threads)
    serve(Queue.ML, HANDLERS, pool="threads")


if __name__ == "__main__":
    main()
