"""Whether long work on the GPU should stop for a moment."""

import time

from collimate.jobs.run import JobRun
from collimate.kit import database
from collimate.learning.urgent import urgent_job_waits

SECONDS_BETWEEN_LOOKS = 2.0


class Glance:
    """Look now and then whether to stop: somebody cancelled, or waits for something shorter."""

    def __init__(self, run: JobRun) -> None:
        self.run = run
        self.looked_at = time.monotonic()

    def __call__(self) -> bool:
        if self.run.should_stop():
            return True
        if time.monotonic() - self.looked_at < SECONDS_BETWEEN_LOOKS:
            return False
        self.looked_at = time.monotonic()
        with database.open_session() as session:
            return urgent_job_waits(session, self.run.kind)
