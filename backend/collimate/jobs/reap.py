"""The reaper: puts jobs of silent workers back, rings again for jobs nobody came for."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from itertools import chain
from threading import Event, Thread

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collimate.jobs import events
from collimate.jobs.celery import ring
from collimate.jobs.kinds import Queue
from collimate.jobs.models import Job
from collimate.jobs.run import MAX_ATTEMPTS
from collimate.kit import clock, database
from collimate.kit.database import after_commit
from collimate.kit.logging import logger

UNHEARD = timedelta(seconds=5)
EVERY_SECONDS = 2.0
ONE_AT_A_TIME = 7_246_302
Chore = Callable[[Session], object]
GAVE_UP = "The worker died three times at this. Look at the worker's log, then try again."


def reap(session: Session) -> int:
    """One pass over the job table; answers how many jobs were put back or rung for."""
    lost = session.scalars(
        select(Job)
        .where(Job.state == "running", Job.lease_until < func.now())
        .with_for_update(skip_locked=True)
    ).all()
    for job in lost:
        if job.cancel_requested:
            job.state, job.finished_at = "cancelled", clock.now()
        elif job.attempt >= MAX_ATTEMPTS:
            job.state, job.error, job.finished_at = "failed", GAVE_UP, clock.now()
        else:
            _put_back(session, job)
        events.publish(session, "job", job.project_id, job_id=job.id)
    unheard = session.scalars(
        select(Job)
        .where(Job.state == "queued", Job.sent_at < clock.now() - UNHEARD)
        .with_for_update(skip_locked=True)
    ).all()
    for job in [*unheard, *(job for job in lost if job.state == "queued")]:
        job.sent_at = clock.now()
        after_commit(session, partial(ring, Queue(job.queue), job.id))
    return len(lost) + len(unheard)


def _put_back(session: Session, job: Job) -> None:
    # A newer job with the same dedup key may already wait; this one then gives up its key.
    waits = job.dedup_key is not None and session.scalar(
        select(Job.id).where(Job.dedup_key == job.dedup_key, Job.state == "queued")
    )
    if waits:
        job.dedup_key = None
    session.execute(update(Job).where(Job.id == job.id).values(state="queued", lease_until=None))
    session.refresh(job)


def start(each_minute: Sequence[Chore] = (), each_ten_minutes: Sequence[Chore] = ()) -> Event:
    """Reap in the background until the answered event is set, and do the chores.

    Every web process tries; an advisory lock lets one at a time do it. It lives there because
    the web process never forks and is always up.
    """
    stop = Event()
    chores = {30: each_minute, 300: [events.trim, *each_ten_minutes]}
    Thread(target=_reap_until, args=(stop, chores), daemon=True).start()
    return stop


def _reap_until(stop: Event, chores: dict[int, Sequence[Chore]]) -> None:
    count = 0
    while not stop.wait(EVERY_SECONDS):
        count += 1
        try:
            with database.open_session() as session:
                if not session.scalar(select(func.pg_try_advisory_xact_lock(ONE_AT_A_TIME))):
                    continue
                reap(session)
                due = [several for rounds, several in chores.items() if count % rounds == 0]
                for chore in chain.from_iterable(due):
                    chore(session)
        except Exception as error:  # the database may be away for a moment
            logger().warning("reaper_missed", error_class=type(error).__name__)
