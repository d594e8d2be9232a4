"""Submitting: exact revisions, one effect, the next case at once."""

import pytest
from sqlalchemy import func, select

from collimate.access.actor import Actor
from collimate.access.idempotency import IdempotencyKeyReused
from collimate.annotations import said, save, submit
from collimate.annotations.canonical import sha256_of
from collimate.annotations.models import Submission
from collimate.jobs.models import Job
from collimate.kit import ids
from collimate.tasks import claim, lease
from tests import factories
from tests.annotations.reading import answer, box, hand_in, revision_id
from tests.tasks.worlds import broken_promises, let_lapse, make_room


@pytest.fixture
def room(session):
    return make_room(session)


@pytest.fixture
def read(session, room):
    return claim.claim_next(session, room.project, room.readers[0])


def person(user):
    return Actor(user, ids.new_id())


def submissions(session):
    return session.scalar(select(func.count()).select_from(Submission))


def test_a_submission_holds_the_exact_revisions_and_says_everything(session, room, read):
    actor = room.actor()
    said, drawn = answer(session, actor, read, "viral"), box(session, actor, read)
    done = hand_in(session, actor, read, said, drawn)
    row = session.get_one(Submission, done["submission_id"])
    assert row.revision_ids == [str(revision_id(said)), str(revision_id(drawn))]
    assert row.sha256 == sha256_of(row.content)
    assert row.content["answer"] == {"label_keys": ["viral"]}
    assert row.content["marks"][0]["points"] == [[4.0, 5.0], [20.0, 30.0]]
    assert (read.state, read.lease_until) == ("submitted", None)
    assert room.tasks[0].state == "submitted"


def test_submitting_gives_the_next_case(session, room, read):
    actor = room.actor()
    done = hand_in(session, actor, read, answer(session, actor, read, "viral"), wants_next=True)
    assert done["next"]["read"]["task_id"] == str(room.tasks[1].id)
    assert done["next"]["position"] == {"number": 2, "count": 3, "has_more": False}
    assert done["next"]["annotations"] == []


def test_the_last_case_is_followed_by_none(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    done = hand_in(
        session, room.actor(), read, answer(session, room.actor(), read, "viral"), wants_next=True
    )
    assert done["next"] is None


def test_a_lost_reply_asked_for_again_is_the_same(session, room, read):
    actor, key = room.actor(), str(ids.new_id())
    said = answer(session, actor, read, "viral")
    first = hand_in(session, actor, read, said, key=key, wants_next=True)
    again = hand_in(session, actor, read, said, key=key, wants_next=True)
    assert again == first
    assert submissions(session) == 1
    with pytest.raises(IdempotencyKeyReused):
        hand_in(session, actor, read, said, key=key, wants_next=False)


def test_a_double_submit_under_another_key_has_no_second_effect(session, room, read):
    actor = room.actor()
    said = answer(session, actor, read, "viral")
    first = hand_in(session, actor, read, said, key=str(ids.new_id()))
    again = hand_in(session, actor, read, said, key=str(ids.new_id()))
    assert again["submission_id"] == first["submission_id"]
    assert submissions(session) == 1


def test_a_question_needs_an_answer(session, room, read):
    with pytest.raises(said.AnswerMissing):
        hand_in(session, room.actor(), read)
    with pytest.raises(said.AnswerMissing):
        hand_in(session, room.actor(), read, answer(session, room.actor(), read))
    assert submissions(session) == 0


def test_marks_alone_are_enough_where_no_question_is_asked(session):
    project = factories.make_project(session)
    factories.make_schema(session, project=project, answer_mode="none", classes=())
    reader = factories.make_member(session, project=project)
    factories.make_task(session, project=project)
    read = claim.claim_next(session, project, reader)
    actor = person(reader)
    hand_in(session, actor, read, box(session, actor, read))
    assert read.state == "submitted"


def test_several_classes_may_be_none_of_them(session):
    project = factories.make_project(session)
    factories.make_schema(session, project=project, answer_mode="multi")
    reader = factories.make_member(session, project=project)
    factories.make_task(session, project=project)
    read = claim.claim_next(session, project, reader)
    actor = person(reader)
    done = hand_in(session, actor, read, answer(session, actor, read))
    row = session.get_one(Submission, done["submission_id"])
    assert row.content["answer"] == {"label_keys": []}


def test_classes_are_kept_in_the_schemas_order(session):
    project = factories.make_project(session)
    factories.make_schema(session, project=project, answer_mode="multi")
    reader = factories.make_member(session, project=project)
    factories.make_task(session, project=project)
    read = claim.claim_next(session, project, reader)
    saved = answer(session, person(reader), read, "viral", "normal")
    assert saved.annotation["revision"]["content"] == {"label_keys": ["normal", "viral"]}


def test_what_another_window_saved_must_have_been_seen(session, room, read):
    actor = room.actor()
    said = answer(session, actor, read, "viral")
    unseen = box(session, actor, read)
    with pytest.raises(submit.RevisionsMoved) as moved:
        hand_in(session, actor, read, said)
    shown = {item["id"] for item in moved.value.extra["current"]}
    assert shown == {said.annotation["id"], unseen.annotation["id"]}
    with pytest.raises(submit.RevisionsMoved):
        hand_in(session, actor, read, said, revision_ids=[revision_id(said), ids.new_id()])


def test_a_deleted_mark_is_not_submitted(session, room, read):
    actor = room.actor()
    said, drawn = answer(session, actor, read, "viral"), box(session, actor, read)
    gone = box(
        session, actor, read,
        annotation_id=drawn.annotation["id"], parent_id=revision_id(drawn), is_deleted=True,
    )  # fmt: skip
    done = hand_in(session, actor, read, said, gone)
    row = session.get_one(Submission, done["submission_id"])
    assert row.content["marks"] == []
    assert row.revision_ids == [str(revision_id(said))]


def test_a_zombies_submit_is_refused_and_its_work_kept(session):
    room = make_room(session, tasks=1)
    actor = room.actor()
    read = claim.claim_next(session, room.project, room.readers[0])
    let_lapse(session, read.id)
    other = claim.claim_next(session, room.project, room.readers[1])
    late = answer(session, actor, read, "viral")
    assert not late.is_held
    with pytest.raises(lease.LeaseLost) as lost:
        hand_in(session, actor, read, late)
    assert lost.value.extra["task_id"] == str(room.tasks[0].id)
    assert submissions(session) == 0
    assert [revision.id for _, revision in save.heads(session, read.id)] == [revision_id(late)]
    lease.release(session, room.readers[1], other.id, other.fence)
    back = claim.claim_task(session, room.readers[0], room.tasks[0].id)
    assert (back.id, back.state) == (read.id, "draft")
    hand_in(session, actor, back, late, fence=back.fence)
    assert submissions(session) == 1
    assert not broken_promises(session)


def test_an_old_fence_cannot_submit(session, room, read):
    said = answer(session, room.actor(), read, "viral")
    with pytest.raises(lease.LeaseLost):
        hand_in(session, room.actor(), read, said, fence=read.fence - 1)


def test_one_job_wakes_the_learner_however_many_submit(session):
    room = make_room(session)
    for _ in range(2):
        read = claim.claim_next(session, room.project, room.readers[0])
        hand_in(session, room.actor(), read, answer(session, room.actor(), read, "viral"))
    jobs = session.scalars(select(Job).where(Job.kind == "run_round")).all()
    assert [(job.project_id, job.state) for job in jobs] == [(room.project.id, "queued")]


def test_no_job_where_the_learner_is_off(session):
    room = make_room(session, learning=False)
    read = claim.claim_next(session, room.project, room.readers[0])
    hand_in(session, room.actor(), read, answer(session, room.actor(), read, "viral"))
    assert session.scalar(select(func.count()).select_from(Job)) == 0
