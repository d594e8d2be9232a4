"""Jobs: claimed once, fenced, reaped, cancelled, retried."""

import threading
import time

import pytest
from sqlalchemy import text

from collimate.jobs import enqueue, reap, run
from collimate.jobs.kinds import JobKind, Queue
from collimate.jobs.models import Job
from collimate.kit.database import open_session
from collimate.kit.ids import new_id


def ask(kind=JobKind.EXPORT_DATASET, **options):
    with open_session() as session:
        return enqueue.enqueue(session, kind, **options).id


def look(job_id):
    with open_session() as session:
        return session.get(Job, job_id)


@pytest.fixture(autouse=True)
def _database(database):
    pass


def test_a_job_is_done_once_and_keeps_its_result():
    job_id = ask(dataset_id=new_id())
    done = run.work(Queue.LIGHT, {JobKind.EXPORT_DATASET: lambda job: {"rows": 3}})
    assert done == 1
    job = look(job_id)
    assert (job.state, job.result, job.progress, job.attempt) == ("done", {"rows": 3}, 1.0, 1)
    assert run.claim(Queue.LIGHT) is None


def test_the_most_urgent_job_goes_first_whichever_bell_rang():
    slow, fast = ask(JobKind.TRAIN_ENCODER), ask(JobKind.EXPLAIN)
    assert [run.claim(Queue.ML).id, run.claim(Queue.ML).id] == [fast, slow]


def test_many_workers_take_every_job_exactly_once():
    ids = {ask(number=number) for number in range(60)}
    taken, lock = [], threading.Lock()

    def worker():
        while (claimed := run.claim(Queue.LIGHT)) is not None:
            with lock:
                taken.append(claimed.id)

    workers = [threading.Thread(target=worker) for _ in range(8)]
    for thread in workers:
        thread.start()
    for thread in workers:
        thread.join()
    assert len(taken) == 60
    assert set(taken) == ids


def test_a_waiting_twin_is_answered_instead_of_a_second_job_but_not_a_running_one():
    first = ask(dedup_key="round:1")
    assert ask(dedup_key="round:1") == first
    run.claim(Queue.LIGHT)
    assert ask(dedup_key="round:1") != first


def test_a_twin_that_is_begun_too_early_to_see_the_work_is_followed_by_another():
    first = ask(dedup_key="ingest:1")
    with open_session() as session:
        assert enqueue.enqueue(session, JobKind.EXPORT_DATASET, dedup_key="ingest:1").id == first
        assert run.work(Queue.LIGHT, {JobKind.EXPORT_DATASET: lambda job: None}) == 1
    second = run.claim(Queue.LIGHT)
    assert second is not None
    assert second.id != first


def test_twins_asked_for_at_the_same_time_become_one():
    found = []

    def asker():
        found.append(ask(dedup_key="ingest:1"))

    askers = [threading.Thread(target=asker) for _ in range(8)]
    for thread in askers:
        thread.start()
    for thread in askers:
        thread.join()
    assert len(set(found)) == 1


def forget_heartbeat(job_id):
    with open_session() as session:
        session.execute(
            text("UPDATE job SET lease_until = now() - interval '1 second' WHERE id = :id"),
            {"id": job_id},
        )


def test_a_worker_that_lost_its_lease_cannot_store_anything():
    job_id = ask()
    zombie = run.claim(Queue.LIGHT)
    forget_heartbeat(job_id)
    with open_session() as session:
        reap.reap(session)
    second = run.claim(Queue.LIGHT)
    assert (second.id, second.attempt) == (job_id, 2)
    with pytest.raises(run.LostLease), zombie.open_session() as session:
        session.execute(text("UPDATE job SET message = 'from the grave'"))
    assert run._finish(zombie, "done") is False
    assert look(job_id).message == ""
    assert run.execute(second, {JobKind.EXPORT_DATASET: lambda job: None}) == "done"


def test_a_job_that_kills_its_worker_three_times_fails_with_a_reason():
    job_id = ask()
    for _ in range(3):
        assert run.claim(Queue.LIGHT) is not None
        forget_heartbeat(job_id)
        with open_session() as session:
            reap.reap(session)
    job = look(job_id)
    assert job.state == "failed"
    assert "three times" in job.error


def test_a_lost_bell_is_rung_again(monkeypatch):
    job_id = ask()
    rung = []
    monkeypatch.setattr(reap, "ring", lambda queue, job: rung.append(job))
    with open_session() as session:
        reap.reap(session)
    assert rung == []
    with open_session() as session:
        session.execute(text("UPDATE job SET sent_at = now() - interval '1 minute'"))
    with open_session() as session:
        reap.reap(session)
    assert rung == [job_id]


def test_cancelling_stops_a_running_job_at_its_next_check(monkeypatch):
    from collimate.jobs.run import settings

    monkeypatch.setattr(
        run, "settings", lambda: settings().model_copy(update={"job_lease_seconds": 1})
    )
    job_id = ask()
    started = threading.Event()

    def patient(job):
        started.set()
        for _ in range(200):
            job.check()
            time.sleep(0.05)

    claimed = run.claim(Queue.LIGHT)
    worker = threading.Thread(target=run.execute, args=(claimed, {JobKind.EXPORT_DATASET: patient}))
    worker.start()
    started.wait(5)
    with open_session() as session:
        enqueue.cancel(session, job_id)
    worker.join(10)
    assert not worker.is_alive()
    assert look(job_id).state == "cancelled"


def test_a_failure_says_what_happened_without_the_exceptions_text():
    job_id = ask()

    def fails(_job):
        raise ValueError("Ruskin^Planted")

    run.work(Queue.LIGHT, {JobKind.EXPORT_DATASET: fails})
    job = look(job_id)
    assert job.state == "failed"
    assert "ValueError" in job.error
    assert "Ruskin" not in job.error


def test_a_failed_job_can_be_tried_again_and_a_done_one_cannot():
    job_id = ask()

    def fails(_job):
        raise run.JobFailed("The disk is full.")

    run.work(Queue.LIGHT, {JobKind.EXPORT_DATASET: fails})
    assert look(job_id).error == "The disk is full."
    with open_session() as session:
        enqueue.retry(session, job_id)
    assert run.work(Queue.LIGHT, {JobKind.EXPORT_DATASET: lambda job: None}) == 1
    with pytest.raises(enqueue.JobNotFailed), open_session() as session:
        enqueue.retry(session, job_id)


def test_nothing_is_asked_for_when_the_transaction_fails(monkeypatch):
    rung = []
    monkeypatch.setattr(enqueue, "ring", lambda queue, job: rung.append(job))
    with pytest.raises(RuntimeError), open_session() as session:
        enqueue.enqueue(session, JobKind.EXPLAIN)
        raise RuntimeError
    assert rung == []
    assert run.claim(Queue.ML) is None
