"""Staged reading: nothing of the model before the first read is locked, and both reads are kept."""

import json

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from collimate.annotations import lock, submit
from collimate.annotations.models import AnnotationRevision, FirstRead, Submission
from collimate.annotations.said import AnswerMissing
from collimate.annotations.staged import Stage
from collimate.kit import ids
from collimate.reviews import anchoring
from collimate.tasks import claim, reopen
from tests import factories
from tests.annotations.reading import answer, hand_in, revision_id
from tests.annotations.test_blinding import teach_a_model
from tests.tasks.worlds import make_room

BELIEF = {"normal": 0.123456, "viral": 0.876544}


def taught_room(session, **rules):
    room = make_room(session, is_staged=True, **rules)
    teach_a_model(session, room, BELIEF)
    return room


@pytest.fixture
def room(session):
    return taught_room(session)


@pytest.fixture
def read(session, room):
    return claim.claim_next(session, room.project, room.readers[0])


def lock_it(session, actor, read, *saved, **options):
    values = {"fence": read.fence, "active_ms": 700} | options
    named = [revision_id(one) for one in saved]
    return lock.lock(session, actor, read.id, None, revision_ids=named, **values)


def test_the_api_tells_nothing_of_the_model_before_the_lock_and_all_of_it_after(client, session):
    room = taught_room(session)
    session.commit()
    browser, project = client(room.readers[0]), f"/api/projects/{room.project.id}"
    told = [browser.get(f"{project}/worklist").text, browser.post(f"{project}/peek-next").text]
    case = browser.post(f"{project}/claim-next")
    read_id, fence = case.json()["read"]["id"], case.json()["read"]["fence"]
    study_id = case.json()["study"]["id"]

    def keyed(path, body):
        key = {"Idempotency-Key": str(ids.new_id())}
        return browser.post(f"/api/reads/{read_id}/{path}", headers=key, json=body)

    saved = keyed(
        "annotations",
        {"annotation_id": str(ids.new_id()), "kind": "answer", "parent_id": None,
         "content": {"label_keys": ["bacterial"]}, "fence": fence, "active_ms": 5},
    )  # fmt: skip
    body = {"fence": fence, "active_ms": 9, "revision_ids": [saved.json()["revision"]["id"]]}
    refused = keyed("submit", body)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/first-read-open")
    suggestion = browser.get(f"/api/reads/{read_id}/suggestion")
    heat = browser.get(f"/api/studies/{study_id}/explanation")
    slices = browser.get(f"/api/studies/{study_id}/look-here")
    assert (suggestion.status_code, heat.status_code, slices.status_code) == (204, 404, 404)
    told += [one.text for one in (case, saved, refused, suggestion, heat, slices)]
    told.append(browser.get(f"/api/reads/{read_id}").text)
    assert case.json()["stage"] == Stage.FIRST
    for answered in told:
        assert "model thinks" not in answered
        assert "0.87" not in answered

    shown = keyed("lock", body).json()
    assert (shown["stage"], shown["suggestion"]["probabilities"]) == (Stage.SECOND, BELIEF)
    assert shown["reason"]["text"] == "model thinks viral"
    assert browser.get(f"/api/reads/{read_id}/suggestion").status_code == 200
    assert browser.get(f"/api/studies/{study_id}/look-here").status_code == 202
    done = keyed("submit", body)
    assert done.status_code == 200
    following = done.json()["next"]
    assert (following["stage"], following["suggestion"]) == (Stage.FIRST, None)
    assert "model thinks" not in json.dumps(following)


def test_both_reads_are_kept_and_neither_can_be_rewritten(session, room, read):
    actor = room.actor()
    first = answer(session, actor, read, "bacterial")
    lock_it(session, actor, read, first)
    second = answer(
        session, actor, read, "viral",
        annotation_id=first.annotation["id"], parent_id=revision_id(first),
    )  # fmt: skip
    hand_in(session, actor, read, second)
    locked, handed_in = session.query(FirstRead).one(), session.query(Submission).one()
    assert locked.content["answer"] == {"label_keys": ["bacterial"]}
    assert locked.revision_ids == [str(revision_id(first))]
    assert (locked.suggested_key, locked.active_ms) == ("viral", 700)
    assert handed_in.content["answer"] == {"label_keys": ["viral"]}
    assert session.scalar(select(func.count()).select_from(AnnotationRevision)) == 2
    for statement in ("UPDATE first_read SET active_ms = 0", "DELETE FROM first_read"):
        with pytest.raises(ProgrammingError), session.begin_nested():
            session.execute(text(statement))


def test_a_first_read_is_as_whole_as_a_submission(session, room, read):
    with pytest.raises(AnswerMissing):
        lock_it(session, room.actor(), read)
    saved = answer(session, room.actor(), read, "viral")
    with pytest.raises(submit.RevisionsMoved):
        lock_it(session, room.actor(), read)
    lock_it(session, room.actor(), read, saved)


def test_locking_again_changes_nothing(session, room, read):
    actor = room.actor()
    first = answer(session, actor, read, "bacterial")
    lock_it(session, actor, read, first)
    second = answer(
        session, actor, read, "viral",
        annotation_id=first.annotation["id"], parent_id=revision_id(first),
    )  # fmt: skip
    again = lock_it(session, actor, read, second)
    assert again["stage"] == Stage.SECOND
    assert session.query(FirstRead).one().content["answer"] == {"label_keys": ["bacterial"]}


def test_where_there_is_nothing_to_show_there_is_one_stage(session):
    for arm, wanted in (("evaluation", 1), ("strategy", 2)):
        room = taught_room(session, wanted=wanted, is_blinded=True)
        for task in room.tasks:
            task.arm = arm
        read = claim.claim_next(session, room.project, room.readers[0])
        saved = answer(session, room.actor(), read, "viral")
        assert lock_it(session, room.actor(), read, saved)["stage"] is None
        hand_in(session, room.actor(), read, saved)
        assert session.query(FirstRead).filter_by(read_id=read.id).all() == []


def test_taken_back_the_first_read_stays_and_the_pair_is_that_of_the_reveal(session, room, read):
    actor = room.actor()
    saved = answer(session, actor, read, "bacterial")
    lock_it(session, actor, read, saved)
    hand_in(session, actor, read, saved)
    reopen.reopen(session, actor.user, read.id)
    read = claim.claim_task(session, actor.user, read.task_id)
    later = answer(
        session, actor, read, "viral",
        annotation_id=saved.annotation["id"], parent_id=revision_id(saved),
    )  # fmt: skip
    hand_in(session, actor, read, later)
    (pair,) = anchoring.staged_reads(session, room.project)["pairs"]
    assert (pair["first"], pair["suggested"], pair["final"]) == ("bacterial", "viral", "bacterial")


def test_an_excluded_case_needs_no_first_read(session):
    room = make_room(session, is_staged=True)
    schema = session.query(factories.LabelSchema).filter_by(project_id=room.project.id).one()
    schema.exclusion_reasons = [{"key": "broken", "name": "Broken"}]
    teach_a_model(session, room, BELIEF)
    read = claim.claim_next(session, room.project, room.readers[0])
    said = answer(
        session, room.actor(), read,
        kind="outcome", content={"exclusion": "broken", "quality": None, "note": ""},
    )  # fmt: skip
    hand_in(session, room.actor(), read, said)
    assert read.state == "submitted"
