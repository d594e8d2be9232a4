"""Running jobs: claim the row, heartbeat, finish only as the attempt that claimed it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collimate.jobs import events
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.models import Job
from collimate.kit import clock, database
from collimate.kit.logging import logger
from collimate.kit.settings import settings

MAX_ATTEMPTS = 3


class JobFailed(Exception):
    """The work cannot be done; the message is for a person and holds no patient data."""


class WorkerBroken(JobFailed):
    """The work failed and so will all that comes after it in this process; it has to end."""


class JobCancelled(Exception):
    """Someone asked to stop."""


class LostLease(Exception):
    """Another worker has the job now; whatever this one holds must not be stored."""


Handler = Callable[["JobRun"], dict[str, Any] | None]


@dataclass
class JobRun:
    """A claimed job as its handler sees it."""

    id: UUID
    kind: JobKind
    arguments: dict[str, Any]
    project_id: UUID | None
    attempt: int
    _lost: threading.Event = field(default_factory=threading.Event)
    _cancelled: threading.Event = field(default_factory=threading.Event)
    _reported: float = -1.0

    @contextmanager
    def open_session(self) -> Iterator[Session]:
        """One committed step of the work; refuses to commit once the lease is lost.

        Raises:
            LostLease: another attempt has taken over.
        """
        with database.open_session() as session:
            yield session
            held = session.execute(
                update(Job)
                .where(Job.id == self.id, Job.attempt == self.attempt, Job.state == "running")
                .values(heartbeat_at=func.now(), lease_until=_lease())
                .returning(Job.id)
            ).first()
            if held is None:
                raise LostLease

    def report(self, fraction: float, message: str = "") -> None:
        """Show progress, 0 to 1; written at most every half percent or when the text changes."""
        self.check()
        if fraction - self._reported < 0.005 and fraction < 1 and fraction > self._reported:
            return
        self._reported = fraction
        with self.open_session() as session:
            session.execute(
                update(Job)
                .where(Job.id == self.id, Job.attempt == self.attempt)
                .values(progress=max(0.0, min(1.0, fraction)), message=message)
            )
            events.publish(session, "job", self.project_id, job_id=self.id)

    def should_stop(self) -> bool:
        """Whether to stop at the next safe place: cancelled, or taken over by another worker."""
        return self._lost.is_set() or self._cancelled.is_set()

    def check(self) -> None:
        """Stop here if we should.

        Raises:
            JobCancelled, LostLease
        """
        if self._lost.is_set():
            raise LostLease
        if self._cancelled.is_set():
            raise JobCancelled


def _lease() -> Any:
    return func.now() + timedelta(seconds=settings().job_lease_seconds)


def claim(queue: Queue) -> JobRun | None:
    """Take the most urgent waiting job of a queue, whichever bell rang."""
    with database.open_session() as session:
        job = session.scalars(
            select(Job)
            .where(Job.queue == queue, Job.state == "queued")
            .order_by(Job.priority.desc(), Job.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).first()
        if job is None:
            return None
        job.state = "running"
        job.attempt += 1
        session.execute(
            update(Job)
            .where(Job.id == job.id)
            .values(lease_until=_lease(), heartbeat_at=func.now())
        )
        events.publish(session, "job", job.project_id, job_id=job.id)
        return JobRun(job.id, JobKind(job.kind), job.arguments, job.project_id, job.attempt)


def _heartbeat(run: JobRun, over: threading.Event) -> None:
    while not over.wait(settings().job_lease_seconds / 3):
        try:
            with database.open_session() as session:
                row = session.execute(
                    update(Job)
                    .where(Job.id == run.id, Job.attempt == run.attempt, Job.state == "running")
                    .values(heartbeat_at=func.now(), lease_until=_lease())
                    .returning(Job.cancel_requested)
                ).first()
        except Exception as error:  # the database may be away for a moment
            logger().warning("heartbeat_missed", job_id=run.id, error_class=type(error).__name__)
            continue
        if row is None:
            run._lost.set()
            return
        if row.cancel_requested:
            run._cancelled.set()


def _finish(
    run: JobRun, state: str, *, error: str = "", result: dict[str, Any] | None = None
) -> bool:
    values: dict[str, Any] = {
        "state": state,
        "finished_at": clock.now(),
        "lease_until": None,
        "error": error,
        "result": result or {},
    }
    if state == "done":
        values["progress"] = 1.0
    with database.open_session() as session:
        mine = session.execute(
            update(Job)
            .where(Job.id == run.id, Job.attempt == run.attempt, Job.state == "running")
            .values(**values)
            .returning(Job.id)
        ).first()
        if mine is not None:
            events.publish(session, "job", run.project_id, job_id=run.id)
    return mine is not None


def execute(run: JobRun, handlers: dict[JobKind, Handler]) -> str:
    """Do a claimed job and store how it ended; answers the final state, or `lost`.

    Raises: WorkerBroken, once the failure is stored.
    """
    over = threading.Event()
    beat = threading.Thread(target=_heartbeat, args=(run, over), daemon=True)
    beat.start()
    state, error, result = "done", "", None
    broken: WorkerBroken | None = None
    try:
        result = handlers[run.kind](run)
    except JobCancelled:
        state = "cancelled"
    except LostLease:
        state = "lost"
    except JobFailed as failure:
        state, error = "failed", str(failure)
        broken = failure if isinstance(failure, WorkerBroken) else None
    except Exception as failure:
        state = "failed"
        error = f"Unexpected {type(failure).__name__}. The earlier results were kept."
        trace, place = failure.__traceback__, "?"
        while trace is not None:
            place = f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
            trace = trace.tb_next
        logger().error(
            "job_failed",
            job_id=run.id,
            kind=run.kind,
            where=place,
            error_class=type(failure).__name__,
        )
    finally:
        over.set()
        beat.join()
    if state != "lost" and not _finish(run, state, error=error, result=result):
        state = "lost"
    logger().info("job_over", job_id=run.id, kind=run.kind, state=state, attempt=run.attempt)
    if broken is not None:
        raise broken
    return state


def work(queue: Queue, handlers: dict[JobKind, Handler]) -> int:
    """Do waiting jobs of a queue until none is left; answers how many.

    Raises: WorkerBroken.
    """
    count = 0
    while (run := claim(queue)) is not None:
        execute(run, handlers)
        count += 1
    return count
