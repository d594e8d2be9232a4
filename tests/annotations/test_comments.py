"""Comments: pinned to a place, answered by a reviewer, unseen by another blinded reader."""

import pytest

from collimate.access.actor import Actor
from collimate.access.policy import Role
from collimate.annotations import comments
from collimate.annotations.comments import CommentNotFound, Said
from collimate.kit import ids
from collimate.kit.database import open_session
from collimate.tasks import claim
from tests import factories
from tests.annotations.reading import answer, hand_in, image_of
from tests.tasks.worlds import make_room


def pin(session, read, **given):
    place = {
        "series_uid": None, "sop_instance_uid": image_of(session, read).sop_instance_uid,
        "frame_number": 1, "point": [3.0, 4.0],
    } | given  # fmt: skip
    return place


def say(session, actor, read, text="Is this a fold?", **given):
    said = Said(given.pop("id", ids.new_id()), text, **given)
    comments.say(session, actor, read, said)
    return said.id


def texts(session, viewer, read):
    return [
        [one["text"] for one in thread["comments"]]
        for thread in comments.threads(session, viewer, read)
    ]


def reads(session, room):
    return [claim.claim_next(session, room.project, reader) for reader in room.readers]


def test_a_comment_is_pinned_answered_settled_and_said_once(session):
    room = make_room(session, tasks=1, review_required=True)
    actor = room.actor()
    read = claim.claim_next(session, room.project, actor.user)
    first = say(session, actor, read, place=pin(session, read))
    say(session, actor, read, id=first, place=pin(session, read))
    hand_in(session, actor, read, answer(session, actor, read, "viral"))
    reviewer = factories.make_member(session, project=room.project, role=Role.REVIEWER)
    thread = comments.seen_thread(session, reviewer, first)
    say(session, Actor(reviewer, ids.new_id()), read, "Yes.", thread_id=first)
    comments.resolve(session, actor, thread, True)
    (found,) = comments.threads(session, actor.user, read)
    assert (found["number"], found["place"]["point"]) == (1, [3.0, 4.0])
    assert found["resolved_at"] is not None
    assert [(one["text"], one["is_mine"], one["author_name"]) for one in found["comments"]] == [
        ("Is this a fold?", True, actor.user.name), ("Yes.", False, None),
    ]  # fmt: skip


def test_a_blinded_reader_neither_sees_nor_answers_nor_settles_anothers_comment(session):
    room = make_room(session, tasks=1, wanted=2)
    first, second = reads(session, room)
    thread = say(session, room.actor(0), first)
    assert texts(session, room.readers[1], second) == []
    with pytest.raises(CommentNotFound):
        say(session, room.actor(1), second, "No.", thread_id=thread)
    with pytest.raises(CommentNotFound):
        comments.seen_thread(session, room.readers[1], thread)


def test_where_nobody_is_blinded_readers_of_a_case_talk_to_each_other(session):
    room = make_room(session, tasks=1, wanted=2, is_blinded=False)
    first, second = reads(session, room)
    thread = say(session, room.actor(0), first)
    say(session, room.actor(1), second, "I think so.", thread_id=thread)
    say(session, room.actor(1), second, "And here?")
    assert texts(session, room.readers[0], first) == [
        ["Is this a fold?", "I think so."], ["And here?"],
    ]  # fmt: skip
    assert comments.seen_thread(session, room.readers[1], thread).id == thread


@pytest.mark.parametrize(
    "wrong",
    [{"sop_instance_uid": "1.2.3"}, {"frame_number": 2}, {"point": [-1.0, 4.0]},
     {"sop_instance_uid": None, "series_uid": "1.2.3"}],
)  # fmt: skip
def test_a_pin_lies_on_an_image_of_the_case(session, wrong):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    with pytest.raises(comments.PlaceUnknown):
        say(session, room.actor(), read, place=pin(session, read, **wrong))


def test_comments_over_http_are_for_those_who_see_the_read(client, database):
    with open_session() as session:
        room = make_room(session, tasks=1, wanted=2)
        mine, _ = reads(session, room)
        stranger = factories.make_user(session)
        session.expunge_all()
    body = {"id": str(ids.new_id()), "text": "Look here.", "place": None}
    address = f"/api/reads/{mine.id}/comments"
    answered = client(room.readers[0]).post(address, json=body)
    assert answered.status_code == 201, answered.text
    for other in (room.readers[1], stranger):
        assert client(other).get(address).status_code == 404
        assert client(other).post(address, json=body).status_code == 404
        change = client(other).patch(f"/api/comments/{body['id']}", json={"is_resolved": True})
        assert change.status_code == 404
    change = client(room.readers[0]).patch(
        f"/api/comments/{body['id']}", json={"is_resolved": True}
    )
    assert change.status_code == 204
    (thread,) = client(room.readers[0]).get(address).json()["items"]
    assert thread["resolved_at"]
