"""Review: accept, or send back to the same reader with a word; only then it counts."""

from uuid import UUID

import pytest
from sqlalchemy import select

from collimate.access.policy import Role
from collimate.annotations import case
from collimate.annotations.models import Submission
from collimate.annotations.play import play_read
from collimate.reviews import compare, review
from collimate.reviews.accepted import accepted_submissions
from collimate.tasks import claim
from tests import factories
from tests.annotations.reading import answer, hand_in
from tests.tasks.worlds import broken_promises, make_room


@pytest.fixture
def room(session):
    return make_room(session, tasks=2, review_required=True)


@pytest.fixture
def reviewer(session, room):
    return factories.make_member(session, project=room.project, role=Role.REVIEWER)


def read_one(session, room, index=0, keys=("viral",)):
    read = play_read(
        session, project_id=room.project.id, reader=room.actor(index), answer=list(keys)
    )
    submission = session.scalars(
        select(Submission)
        .where(Submission.read_id == read.id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).one()
    return read, submission


def counting(session, room):
    return [row[0].id for row in session.execute(accepted_submissions(room.project))]


def test_where_review_is_required_only_accepted_reads_count(session, room, reviewer):
    read, submission = read_one(session, room)
    assert counting(session, room) == []
    review.review(session, reviewer, submission, "accepted")
    assert (read.state, room.tasks[0].state) == ("accepted", "accepted")
    assert counting(session, room) == [submission.id]


def test_where_none_is_required_a_submitted_read_counts(session):
    room = make_room(session)
    _read, submission = read_one(session, room)
    assert counting(session, room) == [submission.id]


def test_a_returned_case_comes_back_to_its_reader_with_the_comment(session, room, reviewer):
    read, submission = read_one(session, room)
    review.review(session, reviewer, submission, "returned", "Look at the left base.")
    assert (read.state, room.tasks[0].state) == ("returned", "returned")
    again = claim.claim_next(session, room.project, room.readers[0])
    assert (again.id, again.state, again.fence) == (read.id, "draft", 2)
    shown = case.as_json(session, room.readers[0], again)
    assert shown["review"] == {"verdict": "returned", "comment": "Look at the left base."}
    before = shown["annotations"][0]
    assert before["revision"]["content"] == {"label_keys": ["viral"]}
    changed = answer(
        session, room.actor(), again, "normal",
        annotation_id=before["id"], parent_id=UUID(before["revision"]["id"]),
    )  # fmt: skip
    hand_in(session, room.actor(), again, changed)
    rows = session.scalars(
        select(Submission).where(Submission.read_id == read.id).order_by(Submission.number)
    ).all()
    assert [row.number for row in rows] == [1, 2]
    assert [row.content["answer"]["label_keys"] for row in rows] == [["viral"], ["normal"]]
    review.review(session, reviewer, rows[1], "accepted")
    assert counting(session, room) == [rows[1].id]
    assert not broken_promises(session)


def test_nobody_else_gets_a_returned_case(session, room, reviewer):
    read, submission = read_one(session, room)
    review.review(session, reviewer, submission, "returned", "Again, please.")
    other = claim.claim_next(session, room.project, room.readers[1])
    assert other.task_id != read.task_id


def test_a_verdict_is_given_once_by_someone_else_with_a_word_when_returned(session, room, reviewer):
    _read, submission = read_one(session, room)
    with pytest.raises(review.OwnSubmission):
        review.review(session, room.readers[0], submission, "accepted")
    with pytest.raises(review.CommentMissing):
        review.review(session, reviewer, submission, "returned", "  ")
    review.review(session, reviewer, submission, "accepted")
    with pytest.raises(review.AlreadyReviewed):
        review.review(session, reviewer, submission, "returned", "No.")


def test_the_list_holds_what_waits_and_what_is_done(session, room, reviewer):
    _first, submission = read_one(session, room)
    read_one(session, room, keys=("normal",))
    waiting = review.page(session, room.project, reviewer, state="waiting", after=None, limit=1)
    assert len(waiting["items"]) == 1
    rest = review.page(
        session, room.project, reviewer, state="waiting", after=waiting["next"], limit=1
    )
    assert rest["next"] is None
    assert rest["items"][0]["submission_id"] == submission.id
    assert rest["items"][0]["label_keys"] == ["viral"]
    assert rest["items"][0]["reader_name"] is None, "blinded"
    review.review(session, reviewer, submission, "returned", "Again.")
    done = review.page(session, room.project, reviewer, state="done", after=None, limit=5)
    assert [(item["verdict"], item["comment"]) for item in done["items"]] == [
        ("returned", "Again.")
    ]


def test_a_reviewer_of_another_project_finds_nothing(session, client, room):
    _read, submission = read_one(session, room)
    stranger = factories.make_member(
        session, project=factories.make_project(session), role=Role.REVIEWER
    )
    session.commit()
    answered = client(stranger).post(
        f"/api/submissions/{submission.id}/review", json={"verdict": "accepted", "comment": ""}
    )
    assert answered.status_code == 404


def test_review_over_http(session, client, room, reviewer):
    _read, submission = read_one(session, room)
    session.commit()
    browser = client(reviewer)
    address = f"/api/submissions/{submission.id}/review"
    missing = browser.post(address, json={"verdict": "returned"})
    assert (missing.status_code, missing.json()["type"]) == (422, "/problems/comment-missing")
    assert browser.post(address, json={"verdict": "accepted"}).status_code == 201
    assert browser.post(address, json={"verdict": "accepted"}).status_code == 409


def test_agreement_counts_cases_read_through_and_no_others(session):
    room = make_room(session, tasks=4, wanted=2)
    said = [("normal", "normal"), ("viral", "viral"), ("viral", "normal"), ("normal", None)]
    for first, second in said:
        read_one(session, room, 0, (first,))
        if second:
            read_one(session, room, 1, (second,))
    found = compare.agreement(session, room.project)
    assert found["double_read_count"] == 3
    assert found["raw_agreement"] == pytest.approx(2 / 3)
    assert found["pairs"] == [{"count": 3, "kappa": pytest.approx(0.4)}]
    empty = compare.agreement(session, make_room(session).project)
    assert empty == {
        "pairs": [], "fleiss_kappa": None, "raw_agreement": None, "double_read_count": 0,
        "attributes": [],
    }  # fmt: skip
