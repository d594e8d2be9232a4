"""A read's whole life in any order: the promises hold after every step."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.access.policy import Role
from collimate.annotations import said, save, submit
from collimate.annotations.models import AnnotationRevision, Submission
from collimate.kit import ids
from collimate.kit.database import engine
from collimate.reviews import review
from collimate.tasks import assign, claim, lease, places, queue
from collimate.tasks.models import Read
from collimate.tasks.skip import skip
from collimate.tasks.states import DONE, HELD, MoveNotAllowed
from tests import factories
from tests.tasks.worlds import broken_promises, make_room

readers = st.integers(0, 2)


class LifeOfReads(RuleBasedStateMachine):
    """Three readers, two tasks wanting two reads each; a model counts what was acknowledged."""

    def __init__(self):
        super().__init__()
        self.session = Session(engine(), expire_on_commit=False)
        self.room = make_room(
            self.session, tasks=2, readers=3, wanted=2, review_required=True, is_blinded=False
        )
        self.reviewer = factories.make_member(
            self.session, project=self.room.project, role=Role.REVIEWER
        )
        self.hands: dict[int, tuple] = {}
        self.kept: set = set()
        self.handed_in: set = set()

    def teardown(self):
        self.session.rollback()
        self.session.close()

    def hand(self, index):
        return self.hands.get(index)

    @rule(index=readers)
    def claim_a_case(self, index):
        try:
            read = claim.claim_next(self.session, self.room.project, self.room.readers[index])
        except claim.WorklistEmpty:
            return
        assert read.state in HELD
        self.hands[index] = (read.id, read.fence)

    @rule(index=readers, key=st.sampled_from(["normal", "viral"]))
    def save_an_answer(self, index, key):
        if not (hand := self.hand(index)):
            return
        known = save.heads(self.session, hand[0])
        change = save.Change(
            annotation_id=known[0][0].id if known else ids.new_id(), kind="answer",
            parent_id=known[0][1].id if known else None,
            content={"label_keys": [key]}, fence=hand[1],
        )  # fmt: skip
        actor = Actor(self.room.readers[index], ids.new_id())
        saved = save.save(self.session, actor, hand[0], None, change)
        self.kept.add(saved.annotation["revision"]["id"])

    @rule(index=readers)
    def submit_the_case(self, index):
        if not (hand := self.hand(index)):
            return
        heads = [revision.id for _, revision in save.heads(self.session, hand[0])]
        actor = Actor(self.room.readers[index], ids.new_id())
        try:
            done = submit.submit(
                self.session, actor, hand[0], None,
                fence=hand[1], active_ms=10, revision_ids=heads, wants_next=False,
            )  # fmt: skip
            self.handed_in.add(done["submission_id"])
        except (lease.LeaseLost, said.AnswerMissing):
            pass

    @rule(index=readers)
    def let_time_run_out(self, index):
        if hand := self.hand(index):
            self.session.execute(
                update(Read)
                .where(Read.id == hand[0], Read.lease_until.is_not(None))
                .values(lease_until=lease.database_now() - timedelta(seconds=1))
            )
            self.session.expire_all()

    @rule(index=readers, how=st.sampled_from(["release", "skip"]))
    def give_up(self, index, how):
        if not (hand := self.hand(index)):
            return
        reader = self.room.readers[index]
        try:
            if how == "release":
                lease.release(self.session, reader, hand[0], hand[1])
            else:
                skip(self.session, reader, hand[0], fence=hand[1], reason="-", active_ms=0)
        except lease.LeaseLost:
            pass

    @rule(index=readers, task=st.integers(0, 1))
    def assign_by_name(self, index, task):
        assign.assign(
            self.session, self.reviewer.id, self.room.project, self.room.readers[index],
            task_ids=[self.room.tasks[task].id],
        )  # fmt: skip

    @rule(verdict=st.sampled_from(["accepted", "returned"]))
    def review_one(self, verdict):
        waiting = review.page(
            self.session, self.room.project, self.reviewer, state="waiting", after=None, limit=1
        )["items"]
        if waiting:
            submission = self.session.get_one(Submission, waiting[0]["submission_id"])
            review.review(self.session, self.reviewer, submission, verdict, "Look again.")

    @rule()
    def tidy(self):
        project_id = self.room.project.id
        queue.open_missing(self.session, project_id)
        lease.record_lapsed(self.session, lease.release_lapsed(self.session, project_id))

    @invariant()
    def the_promises_hold(self):
        assert broken_promises(self.session) == []

    @invariant()
    def every_acknowledged_save_and_submission_is_there(self):
        stored = {str(found) for found in self.session.scalars(select(AnnotationRevision.id))}
        assert stored == self.kept
        handed_in = {str(found) for found in self.session.scalars(select(Submission.id))}
        assert handed_in == self.handed_in

    @invariant()
    def every_finished_read_has_a_submission(self):
        bare = (
            select(func.count())
            .select_from(Read)
            .outerjoin(Submission, Submission.read_id == Read.id)
            .where(Read.state.in_(DONE), Submission.id.is_(None))
        )
        assert self.session.scalar(bare) == 0


def test_the_promises_hold_in_any_order_of_steps(database):
    run_state_machine_as_test(
        LifeOfReads,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_step_no_table_has_is_refused(session):
    room = make_room(session, tasks=1)
    task = room.tasks[0]
    read = places.reads_of(session, task.id)[0]
    read.reader_id, read.state = room.readers[0].id, "accepted"
    with pytest.raises(MoveNotAllowed):
        places.recount(session, task)
    session.rollback()
