"""The pull worker: fetches studies from other servers, for hours if need be; never loads torch.

A lane of its own, so that nothing the light worker does has to wait for a slow server.
"""

import collimate.tables  # noqa: F401
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.run import Handler
from collimate.jobs.worker import serve
from collimate.kit import logging
from collimate.studies.pulls.fetch import pull_studies

HANDLERS: dict[JobKind, Handler] = {JobKind.PULL_STUDIES: pull_studies}


def main() -> None:
    """Work until told to stop."""
    logging.configure("puller")
    serve(Queue.PULL, HANDLERS, pool="prefork")


if __name__ == "__main__":
    main()
