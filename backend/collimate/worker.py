"""The light worker: ingest, exports and removal; it never loads torch."""

import collimate.tables  # noqa: F401
from collimate.datasets import jobs as dataset_jobs
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler, JobRun
from collimate.jobs.worker import serve
from collimate.kit import logging
from collimate.learning import explanations
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


def _export(run: JobRun) -> dict[str, object]:
    # Heat maps are made later in the data flow than datasets are frozen.
    return dataset_jobs.export_dataset(run, explanations.stored_maps)


HANDLERS: dict[JobKind, Handler] = {
    **dataset_jobs.HANDLERS,
    **removal_jobs.HANDLERS,
    JobKind.INGEST_RECEIVED: _ingest_and_open,
    JobKind.EXPORT_DATASET: _export,
}


def main() -> None:
    """Work until told to stop."""
    logging.configure("worker")
    serve(Queue.LIGHT, HANDLERS, pool="prefork")


if __name__ == "__main__":
    main()
