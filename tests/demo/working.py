"""Workers for tests of the demo: the real handlers, worked in this process while waiting."""

from collimate.demo.settling import Advance


def real_workers() -> Advance:
    """An `advance` that does whatever waits in both queues."""
    from collimate import gpu_worker, worker
    from collimate.jobs.kinds import Queue
    from collimate.jobs.run import work

    def advance() -> None:
        work(Queue.LIGHT, worker.HANDLERS)
        work(Queue.ML, gpu_worker.HANDLERS)

    return advance
