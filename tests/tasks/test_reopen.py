"""A reader takes a submitted read back, corrects it, and submits it again."""

from uuid import UUID

import pytest

from collimate.annotations import save, submit
from collimate.annotations.play import play_read
from collimate.reviews.accepted import accepted_submissions
from collimate.reviews.review import review
from collimate.tasks import claim, places, progress
from collimate.tasks.reopen import ReadReviewed, reopen
from collimate.tasks.states import MoveNotAllowed
from tests.tasks.worlds import broken_promises, make_room


def played(session, room, answer):
    return play_read(session, project_id=room.project.id, reader=room.actor(0), answer=[answer])


def counting(session, room):
    return [row[0].content["answer"] for row in session.execute(accepted_submissions(room.project))]


def test_a_read_taken_back_counts_for_nothing_until_it_is_submitted_again(session):
    room = make_room(session, tasks=2)
    read = played(session, room, "normal")
    assert len(counting(session, room)) == 1
    reopen(session, room.readers[0], read.id)
    assert counting(session, room) == []
    assert progress.progress(session, room.project)["counts"]["returned"] == 1
    again = claim.claim_next(session, room.project, room.readers[0])
    assert (again.id, again.state) == (read.id, "draft"), "it comes before new cases"
    assert broken_promises(session) == []
    ((answer, head),) = save.heads(session, read.id)
    change = save.Change(
        annotation_id=answer.id, kind="answer", parent_id=head.id, fence=again.fence,
        content={"label_keys": ["viral"]},
    )  # fmt: skip
    saved = save.save(session, room.actor(0), read.id, None, change)
    submit.submit(
        session, room.actor(0), read.id, None, fence=again.fence, active_ms=10,
        revision_ids=[UUID(saved.annotation["revision"]["id"])], wants_next=False,
    )  # fmt: skip
    assert len(counting(session, room)) == 1, "the newest submission counts, once"
    assert broken_promises(session) == []


def test_another_readers_read_is_not_there(session):
    room = make_room(session, tasks=1)
    read = played(session, room, "normal")
    with pytest.raises(places.ReadNotFound):
        reopen(session, room.readers[1], read.id)


def test_what_a_reviewer_has_accepted_stays(session):
    room = make_room(session, tasks=1, readers=3)
    read = played(session, room, "normal")
    ((submission, *_),) = session.execute(accepted_submissions(room.project)).all()
    review(session, room.readers[2], submission, verdict="accepted", comment="")
    with pytest.raises(ReadReviewed):
        reopen(session, room.readers[0], read.id)


def test_what_was_not_submitted_cannot_be_taken_back(session):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    with pytest.raises(MoveNotAllowed):
        reopen(session, room.readers[0], read.id)
