"""Asking for background work: a row now, a bell once the transaction is committed."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session

from collimate.jobs import events
from collimate.jobs.celery import ring
from collimate.jobs.kinds import PRIORITY_OF, QUEUE_OF, JobKind, Queue
from collimate.jobs.models import Job
from collimate.kit import clock, database
from collimate.kit.database import after_commit
from collimate.kit.errors import Conflict, NotFound

_HOLD = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("dedup_key", type_=String), 1))
)
_WAITING = select(Job).where(Job.dedup_key == bindparam("dedup_key"), Job.state == "queued")
_IS_WAITING = _WAITING.with_only_columns(Job.id)


class JobNotFound(NotFound):
    """There is no such job."""


class JobOver(Conflict):
    """The job has ended already."""


class JobNotFailed(Conflict):
    """Only a job that failed or was cancelled can be tried again."""


def enqueue(
    session: Session,
    kind: JobKind,
    *,
    project_id: UUID | None = None,
    requested_by: UUID | None = None,
    dedup_key: str | None = None,
    **ids: Any,
) -> Job:
    """Ask for work; `ids` are its arguments and hold ids and numbers only.

    With a `dedup_key` a job that still waits is answered instead of a second one.
    """
    if dedup_key is not None:
        session.execute(_HOLD, {"dedup_key": dedup_key})
        waiting = session.scalars(_WAITING, {"dedup_key": dedup_key}).one_or_none()
        if waiting is not None:
            # begun before the caller's work is committed, it would not see that
            again = partial(
                see_to_it, kind, project_id=project_id, requested_by=requested_by,
                dedup_key=dedup_key, **ids,
            )  # fmt: skip
            after_commit(session, again)
            return waiting
    job = Job(
        kind=kind,
        queue=QUEUE_OF[kind],
        arguments={key: str(value) for key, value in ids.items()},
        project_id=project_id,
        requested_by=requested_by,
        priority=PRIORITY_OF[kind],
        dedup_key=dedup_key,
        sent_at=clock.now(),
    )
    session.add(job)
    session.flush()
    events.publish(session, "job", project_id, job_id=job.id)
    _ring_after_commit(session, job)
    return job


def failed_lately(session: Session, dedup_key: str, *, since: datetime) -> Job | None:
    """The newest job of this key that failed since then."""
    return session.scalars(
        select(Job)
        .where(Job.dedup_key == dedup_key, Job.state == "failed", Job.finished_at >= since)
        .order_by(Job.id.desc())
        .limit(1)
    ).one_or_none()


def see_to_it(
    kind: JobKind,
    *,
    dedup_key: str,
    project_id: UUID | None,
    requested_by: UUID | None,
    **ids: Any,
) -> None:
    """Have a job wait that begins after everything that is committed by now; asks for one if none
    does. Works in a transaction of its own."""
    if database.read(_IS_WAITING, {"dedup_key": dedup_key}):
        return
    with database.open_session() as session:
        enqueue(
            session, kind, project_id=project_id, requested_by=requested_by, dedup_key=dedup_key,
            **ids,
        )  # fmt: skip


def _ring_after_commit(session: Session, job: Job) -> None:
    queue, job_id = Queue(job.queue), job.id
    after_commit(session, lambda: ring(queue, job_id))


def _locked(session: Session, job_id: UUID) -> Job:
    job = session.scalars(select(Job).where(Job.id == job_id).with_for_update()).one_or_none()
    if job is None:
        raise JobNotFound()
    return job


def cancel(session: Session, job_id: UUID) -> Job:
    """Stop a job: at once while it waits, at its next check while it runs.

    Raises:
        JobNotFound, JobOver
    """
    job = _locked(session, job_id)
    if job.state == "queued":
        job.state, job.finished_at, job.message = "cancelled", clock.now(), "Cancelled."
    elif job.state == "running":
        job.cancel_requested = True
    else:
        raise JobOver("There is nothing left to cancel.")
    events.publish(session, "job", job.project_id, job_id=job.id)
    return job


def retry(session: Session, job_id: UUID) -> Job:
    """Put a failed or cancelled job back into the queue.

    Raises:
        JobNotFound, JobNotFailed
    """
    job = _locked(session, job_id)
    if job.state not in ("failed", "cancelled"):
        raise JobNotFailed("It is waiting, running or done.")
    job.state, job.error, job.message, job.progress = "queued", "", "", 0.0
    job.cancel_requested, job.finished_at, job.attempt = False, None, 0
    job.sent_at = clock.now()
    job.dedup_key = None
    events.publish(session, "job", job.project_id, job_id=job.id)
    _ring_after_commit(session, job)
    return job
