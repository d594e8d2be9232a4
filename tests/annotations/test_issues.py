"""Issues: a question takes the case out of its reader's hands, work kept, until it is answered."""

import pytest

from collimate.access.policy import Role
from collimate.annotations import comments, issues
from collimate.annotations.play import play_read
from collimate.kit import ids
from collimate.tasks import assign, claim, progress, reopen
from collimate.tasks.lease import LeaseLost
from tests import factories
from tests.annotations.reading import answer, hand_in
from tests.tasks.worlds import broken_promises, make_room


@pytest.fixture
def room(session):
    return make_room(session)


@pytest.fixture
def read(session, room):
    return claim.claim_next(session, room.project, room.readers[0])


def ask(session, actor, read, *, key=None, said=None, **options):
    values = {"fence": read.fence, "active_ms": 500, "wants_next": False} | options
    said = said or comments.Said(ids.new_id(), "Is this the right study?", is_issue=True)
    return issues.raise_issue(session, actor, read.id, key, said, **values), said.id


def reviewer_of(session, room):
    return factories.make_member(session, project=room.project, role=Role.REVIEWER)


def test_a_question_sets_the_case_aside_and_the_answer_brings_it_back(client, session):
    room = make_room(session)
    reviewer = reviewer_of(session, room)
    session.commit()
    reader, colleague = client(room.readers[0]), client(reviewer)
    project = f"/api/projects/{room.project.id}"
    case = reader.post(f"{project}/claim-next").json()
    read_id, fence = case["read"]["id"], case["read"]["fence"]

    def keyed(path, body):
        key = {"Idempotency-Key": str(ids.new_id())}
        return reader.post(f"/api/reads/{read_id}/{path}", headers=key, json=body)

    keyed(
        "annotations",
        {"annotation_id": str(ids.new_id()), "kind": "answer", "parent_id": None,
         "content": {"label_keys": ["viral"]}, "fence": fence, "active_ms": 5},
    )  # fmt: skip
    question = {"id": str(ids.new_id()), "text": "A fold?", "fence": fence, "active_ms": 9}
    raised = keyed("issue", question)
    assert raised.status_code == 201
    assert raised.json()["next"]["read"]["id"] != read_id
    again = keyed("issue", {**question, "wants_next": False})
    assert again.json() == {"next": None}

    (row,) = colleague.get(f"{project}/issues").json()["waiting"]
    assert (row["text"], row["read_id"], row["reader_name"]) == ("A fold?", read_id, None)
    seen = colleague.get(f"/api/reads/{read_id}").json()
    assert seen["annotations"][0]["revision"]["content"] == {"label_keys": ["viral"]}
    assert reader.get(f"{project}/issues").status_code == 403
    assert reader.post(f"/api/comments/{row['id']}/answer", json={}).status_code == 403
    reply = {"id": str(ids.new_id()), "text": "Yes, go on."}
    address = f"/api/comments/{row['id']}/answer"
    assert colleague.post(address, json=reply).status_code == 204
    assert colleague.post(address, json=reply).status_code == 204, "sent twice, said once"
    late = colleague.post(address, json={**reply, "id": str(ids.new_id())})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/issue-answered")

    back = reader.get(f"/api/reads/{read_id}").json()
    assert (back["read"]["state"], back["read"]["fence"]) == ("draft", fence)
    (thread,) = reader.get(f"/api/reads/{read_id}/comments").json()["items"]
    assert thread["is_issue"]
    assert [said["text"] for said in thread["comments"]] == ["A fold?", "Yes, go on."]
    listed = colleague.get(f"{project}/issues").json()
    assert (listed["waiting"], listed["answered"][0]["answer"]) == ([], "Yes, go on.")
    assert colleague.get(f"/api/reads/{read_id}").status_code == 404, "a draft again"


def test_meanwhile_the_case_is_nobodys_and_counted(session, room, read):
    actor = room.actor()
    saved = answer(session, actor, read, "viral")
    ask(session, actor, read)
    assert progress.progress(session, room.project)["counts"]["issue"] == 1
    others = [claim.claim_next(session, room.project, reader).id for reader in room.readers]
    assert read.id not in others
    with pytest.raises(LeaseLost):
        hand_in(session, actor, read, saved)
    late = answer(session, actor, read, "normal", annotation_id=ids.new_id(), kind="box",
                  is_deleted=True)  # fmt: skip
    assert not late.is_held, "kept, and the window is told"
    assert broken_promises(session) == []


def test_the_reader_takes_a_question_back_and_goes_on(session, room, read):
    actor = room.actor()
    saved = answer(session, actor, read, "viral")
    _, first = ask(session, actor, read)
    reopen.reopen(session, actor.user, read.id)
    assert issues.issues(session, room.project, reviewer_of(session, room))["waiting"] == []
    _, second = ask(session, actor, read)
    (row,) = issues.issues(session, room.project, reviewer_of(session, room))["waiting"]
    assert row["id"] == second != first
    reopen.reopen(session, actor.user, read.id)
    hand_in(session, actor, read, saved)
    assert broken_promises(session) == []


def test_an_admin_hands_a_waiting_case_to_someone_else(session, room, read):
    ask(session, room.actor(), read)
    by = room.readers[1].id
    given = assign.assign(session, by, room.project, room.readers[1], task_ids=[read.task_id])
    assert (given, read.state) == (1, "released")
    assert issues.issues(session, room.project, reviewer_of(session, room))["waiting"] == []
    assert broken_promises(session) == []


def test_a_question_unblinds_nobody_who_could_still_read_the_case(session):
    room = make_room(session, tasks=1, wanted=2, is_blinded=True)
    reviewer = reviewer_of(session, room)
    read = claim.claim_next(session, room.project, room.readers[0])
    ask(session, room.actor(), read)
    found = issues.issues(session, room.project, reviewer)
    assert (found["waiting"], found["hidden_count"]) == ([], 1), "a place is free"
    play_read(
        session, project_id=room.project.id, reader=room.actor(1), answer=["viral"],
        stop_at_draft=True,
    )  # fmt: skip
    assert len(issues.issues(session, room.project, reviewer)["waiting"]) == 1
    assert issues.issues(session, room.project, room.readers[1])["hidden_count"] == 1
