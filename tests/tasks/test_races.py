"""Readers at work at the same moment, on a real database, in threads of their own."""

import random
import threading
import time
from collections import Counter
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from collimate.access.actor import Actor
from collimate.access.models import User
from collimate.annotations import save, submit
from collimate.kit import ids
from collimate.kit.database import engine, open_session
from collimate.projects.models import Project
from collimate.tasks import claim, lease, places
from collimate.tasks.models import Read, Task
from collimate.tasks.skip import skip
from collimate.tasks.states import DONE
from tests.tasks.worlds import broken_promises, let_lapse, make_room

BUSY = text(
    "SELECT task.id FROM task JOIN read ON read.task_id = task.id"
    " WHERE read.state IN ('claimed', 'draft', 'submitted', 'accepted')"
    " GROUP BY task.id, task.wanted_reads HAVING count(*) > task.wanted_reads"
    " OR count(DISTINCT read.reader_id) < count(*)"
)


def unread(project_id) -> int:
    """How many cases still want a read."""
    with open_session() as session:
        return session.scalar(
            select(func.count())
            .where(Task.project_id == project_id)
            .where(Task.state.not_in(["submitted", "skipped"]))
        )


class Reader(threading.Thread):
    """A reader who claims, answers, submits, and sometimes skips, gives back or falls asleep.

    Whoever finds the worklist empty looks again for as long as a case is unread: it may be in
    the hands of someone who gives it back.
    """

    def __init__(self, seed, project_id, user_id, start):
        super().__init__(daemon=True)
        self.dice = random.Random(seed)
        self.project_id, self.user_id, self.start_line = project_id, user_id, start
        self.errors: list[BaseException] = []
        self.submitted: list = []
        self.lost = 0

    def run(self):
        self.start_line.wait()
        while True:
            try:
                if not self.one_case():
                    if unread(self.project_id) == 0:
                        return
                    time.sleep(0.02)
            except lease.LeaseLost:
                self.lost += 1
            except BaseException as error:
                self.errors.append(error)
                return

    def one_case(self):
        with open_session() as session:
            user = session.get_one(User, self.user_id)
            project = session.get_one(Project, self.project_id)
            try:
                read = claim.claim_next(session, project, user)
            except claim.WorklistEmpty:
                return False
            read_id, fence = read.id, read.fence
        actor = Actor(user, ids.new_id())
        fate = self.dice.random()
        if fate < 0.1:
            with open_session() as session:
                lease.release(session, user, read_id, fence)
            return True
        if fate < 0.2:
            with open_session() as session:  # falls asleep; the place is given on, then wakes up
                session.execute(
                    text("UPDATE read SET lease_until = now() - interval '1 s' WHERE id = :id"),
                    {"id": read_id},
                )
        if fate > 0.97:
            with open_session() as session:
                skip(session, user, read_id, fence=fence, reason="blurred", active_ms=10)
            return True
        self.answer_and_submit(actor, read_id, fence)
        return True

    def answer_and_submit(self, actor, read_id, fence):
        with open_session() as session:
            known = save.heads(session, read_id)
            change = save.Change(
                annotation_id=known[0][0].id if known else ids.new_id(),
                kind="answer",
                parent_id=known[0][1].id if known else None,
                content={"label_keys": ["normal"]},
                fence=fence,
            )
            saved = save.save(session, actor, read_id, str(ids.new_id()), change)
        with open_session() as session:
            submit.submit(
                session, actor, read_id, str(ids.new_id()), fence=fence, active_ms=10,
                revision_ids=[UUID(saved.annotation["revision"]["id"])],
                wants_next=self.dice.random() < 0.5,
            )  # fmt: skip
        self.submitted.append(read_id)


@pytest.mark.parametrize("wanted", [1, 3])
def test_eight_readers_never_exceed_the_wanted_reads_and_leave_nothing_unread(database, wanted):
    with open_session() as session:
        room = make_room(session, tasks=24, readers=8, wanted=wanted)
        project_id, user_ids = room.project.id, [reader.id for reader in room.readers]
    start = threading.Barrier(8)
    readers = [Reader(seed, project_id, user_id, start) for seed, user_id in enumerate(user_ids)]
    for reader in readers:
        reader.start()
    looks, deadline = 0, time.monotonic() + 120
    with engine().connect() as connection:
        while any(reader.is_alive() for reader in readers) and time.monotonic() < deadline:
            assert connection.execute(BUSY).all() == []
            connection.rollback()
            looks += 1
            time.sleep(0.01)
    assert [str(error) for reader in readers for error in reader.errors] == []
    assert unread(project_id) == 0, "a case was left unread"
    assert not any(reader.is_alive() for reader in readers), "someone waits for ever"
    assert looks > 10
    with open_session() as session:
        assert broken_promises(session) == []
        done = session.scalars(select(Read.id).where(Read.state.in_(DONE))).all()
        assert sorted(done) == sorted(read for reader in readers for read in reader.submitted)
    print(f"wanted {wanted}: {looks} looks, {sum(r.lost for r in readers)} late hands refused")


def test_two_readers_claiming_at_once_get_different_tasks(database):
    with open_session() as session:
        room = make_room(session, tasks=8, readers=8)
        project_id, user_ids = room.project.id, [reader.id for reader in room.readers]
    start, got, errors = threading.Barrier(8), [], []

    def take(user_id):
        start.wait()
        try:
            with open_session() as session:
                read = claim.claim_next(
                    session, session.get_one(Project, project_id), session.get_one(User, user_id)
                )
                got.append(read.task_id)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=take, args=(user_id,)) for user_id in user_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert len(set(got)) == len(got) == 8


def test_one_reader_clicking_twice_gets_one_case(database):
    with open_session() as session:
        room = make_room(session, tasks=8, readers=1, wanted=2)
        project_id, user_id = room.project.id, room.readers[0].id
    start, got = threading.Barrier(6), Counter()

    def take():
        start.wait()
        with open_session() as session:
            read = claim.claim_next(
                session, session.get_one(Project, project_id), session.get_one(User, user_id)
            )
            got[read.id] += 1

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert list(got.values()) == [6]


IS_WAITED_FOR = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


def while_it_is_saved(reader_id, read_id, act):
    """What `act` answers when it begins while that read is locked, as each save locks it.

    The save ends once somebody waits for it, or nobody had to.
    """
    answers = []
    with open_session() as saving:
        places.lock_own(saving, saving.get_one(User, reader_id), read_id)
        thread = threading.Thread(target=lambda: answers.append(act()))
        thread.start()
        with engine().connect() as looking:
            while thread.is_alive() and not looking.scalar(IS_WAITED_FOR):
                looking.rollback()
                thread.join(0.01)
    thread.join(60)
    return answers.pop()


def test_a_reader_whose_case_is_being_saved_gets_that_case_and_no_second_one(database):
    with open_session() as session:
        room = make_room(session, tasks=4, readers=2)
        project_id, user_id = room.project.id, room.readers[0].id
        own_id = claim.claim_next(session, room.project, room.readers[0]).id
        fell_asleep = claim.claim_next(session, room.project, room.readers[1])
        let_lapse(session, fell_asleep.id)

    def claimed():
        with open_session() as session:
            project, user = session.get_one(Project, project_id), session.get_one(User, user_id)
            return claim.claim_next(session, project, user).id

    assert while_it_is_saved(user_id, own_id, claimed) == own_id


@pytest.mark.parametrize("submits_the_older", [True, False])
def test_who_submits_goes_on_with_another_case_in_hand_though_it_is_being_saved(
    database, submits_the_older
):
    with open_session() as session:
        room = make_room(session, tasks=4, readers=1)
        actor = room.actor()
        reads = [claim.claim_task(session, actor.user, task.id) for task in room.tasks[:2]]
        reads.sort(key=lambda read: read.task_id, reverse=not submits_the_older)
        now, following = reads
        content = {"label_keys": ["normal"]}
        change = save.Change(ids.new_id(), "answer", None, content=content, fence=now.fence)
        saved = save.save(session, actor, now.id, str(ids.new_id()), change)

    def submitted():
        with open_session() as session:
            return submit.submit(
                session, actor, now.id, None, fence=now.fence, active_ms=10,
                revision_ids=[UUID(saved.annotation["revision"]["id"])],
            )["next"]  # fmt: skip

    case = while_it_is_saved(actor.user.id, following.id, submitted)
    assert case["read"]["id"] == str(following.id)
