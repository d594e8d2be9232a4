"""The light worker: ingest, exports and removal; it never loads torch."""

import collimate.tables  # noqa: F401
from collimate.datasets import jobs as dataset_jobs
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler, JobRun
from collimate.jobs.worker import serve
from collimate.kit import logging
from collimate.removal import jobs as removal_jobs
from collimate.studies import jobs as study_jobs
from collimate.tasks import queue


def _ingest_and_open(run: JobRun) -> dict[str, object] | None:
    # Studies stand before tasks in the data flow; here, above both, each new study gets its task.
    result = study_jobs.HANDLERS[JobKind.INGEST_RECEIVED](run)
    assert run.project_id is not None
    with run.open_session() as session:
        queue.open_missing(session, run.project_id)
    return result


HANDLERS: dict[JobKind, Handler] = {
    **dataset_jobs.HANDLERS,
    **removal_jobs.HANDLERS,
    JobKind.INGEST_RECEIVED: _ingest_and_open,
}


def main() -> None:
    """Work until told to stop."""
    logging.configure("worker")
    serve(Queue.LIGHT, HANDLERS, pool="prefork")


if __name__ == "__main__":
    main()
