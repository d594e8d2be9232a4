"""The reading room over HTTP: a whole case, a lost reply, a lost lease, problems in words."""

import json

import pytest

from collimate.access.sign_in import new_token
from collimate.kit import ids
from collimate.kit.database import open_session
from collimate.tasks import claim
from collimate.tasks.models import Read
from tests import factories
from tests.studies.dicomweb import statements
from tests.tasks.worlds import let_lapse, make_room

MOST_STATEMENTS = 39
"""To submit a case and hold and show the next one; the reader waits for every one of them."""


@pytest.fixture
def room(database):
    with open_session() as session:
        made = make_room(session, guideline="Look twice.")
        session.expunge_all()
    return made


@pytest.fixture
def browser(client, room):
    return client(room.readers[0])


def key():
    return {"Idempotency-Key": str(ids.new_id())}


def claimed(browser, room):
    answer = browser.post(f"/api/projects/{room.project.id}/claim-next")
    assert answer.status_code == 200, answer.text
    return answer.json()


def an_answer(case, *keys, **changes):
    return {
        "annotation_id": str(ids.new_id()), "kind": "answer", "parent_id": None,
        "content": {"label_keys": list(keys)}, "fence": case["read"]["fence"], "active_ms": 1200,
    } | changes  # fmt: skip


def save(browser, case, body, headers=None):
    address = f"/api/reads/{case['read']['id']}/annotations"
    return browser.post(address, json=body, headers=headers or key())


def submit(browser, case, *revision_ids, headers=None, **changes):
    body = {"fence": case["read"]["fence"], "active_ms": 2000, "revision_ids": list(revision_ids)}
    address = f"/api/reads/{case['read']['id']}/submit"
    return browser.post(address, json=body | changes, headers=headers or key())


def test_a_case_from_claim_to_submit_and_next(browser, room):
    worklist = browser.get(f"/api/projects/{room.project.id}/worklist").json()
    assert worklist["open_count"] == 3
    assert worklist["next"] == {
        "task_id": None, "reason": "", "is_available": True, "state": "open",
    }  # fmt: skip
    case = claimed(browser, room)
    assert case["position"] == {"number": 1, "count": 3, "has_more": False}
    assert case["guideline"] == "Look twice."
    assert [label["key"] for label in case["label_schema"]["labels"]][:3] == [
        "normal", "bacterial", "viral",
    ]  # fmt: skip
    assert case["reason"] == {"arm_label": "In order of arrival", "text": ""}
    ahead = browser.post(f"/api/projects/{room.project.id}/peek-next").json()
    saved = save(browser, case, an_answer(case, "viral"))
    assert saved.status_code == 201
    shown = browser.get(f"/api/reads/{case['read']['id']}").json()
    assert shown["annotations"] == [saved.json()]
    assert shown["read"]["state"] == "draft"
    with statements() as asked:
        done = submit(browser, case, saved.json()["revision"]["id"]).json()
    assert len(asked) <= MOST_STATEMENTS
    assert done["next"]["study"]["id"] == ahead["study_id"]
    after = browser.get(f"/api/projects/{room.project.id}/worklist").json()
    assert after["today"] == {"submitted_count": 1, "active_ms": 2000}
    assert after["open_count"] == 2
    assert [row["state"] for row in after["mine"]] == ["claimed", "submitted"]


def test_a_repeated_save_answers_the_same_and_another_body_is_refused(browser, room):
    case, headers = claimed(browser, room), key()
    body = an_answer(case, "viral")
    first = save(browser, case, body, headers)
    again = save(browser, case, body, headers)
    assert (again.status_code, again.json()) == (201, first.json())
    other = save(browser, case, body | {"content": {"label_keys": ["normal"]}}, headers)
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/idempotency-key-reused"


def test_a_stale_save_is_told_what_is_newest(browser, room):
    case = claimed(browser, room)
    body = an_answer(case, "viral")
    first = save(browser, case, body).json()
    stale = save(browser, case, body | {"content": {"label_keys": ["normal"]}})
    assert stale.status_code == 412
    assert stale.headers["content-type"] == "application/problem+json"
    assert stale.json()["type"] == "/problems/stale-revision"
    assert stale.json()["current"] == first


def test_a_late_save_is_refused_in_words_and_kept_in_the_database(browser, room):
    case = claimed(browser, room)
    with open_session() as session:
        let_lapse(session, case["read"]["id"])
        claim.claim_next(session, session.merge(room.project), session.merge(room.readers[1]))
    headers, body = key(), an_answer(case, "viral")
    late = save(browser, case, body, headers)
    assert late.status_code == 409
    assert late.json()["type"] == "/problems/lease-lost"
    assert late.json()["task_id"] == case["read"]["task_id"]
    assert late.json()["annotation"]["revision"]["content"] == {"label_keys": ["viral"]}
    assert save(browser, case, body, headers).json() == late.json(), "a retry stores nothing new"
    kept = browser.get(f"/api/reads/{case['read']['id']}").json()
    assert kept["read"]["state"] == "released"
    assert kept["annotations"] == [late.json()["annotation"]]
    refused = submit(browser, case, late.json()["annotation"]["revision"]["id"])
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/lease-lost")


def test_submitting_twice_by_a_lost_reply_gives_the_same_case_again(browser, room):
    case, headers = claimed(browser, room), key()
    saved = save(browser, case, an_answer(case, "viral")).json()
    first = submit(browser, case, saved["revision"]["id"], headers=headers)
    again = submit(browser, case, saved["revision"]["id"], headers=headers)
    assert (first.status_code, first.json()) == (200, again.json())


def test_a_missing_answer_is_a_conflict_with_words(browser, room):
    case = claimed(browser, room)
    answer = submit(browser, case)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/answer-missing")
    assert answer.json()["detail"] == "Choose an answer, then submit."


def test_a_token_reads_but_does_not_label(client, room):
    with open_session() as session:
        _token, secret = new_token(session, session.merge(room.readers[0]), "script")
    script = client()
    script.headers["authorization"] = f"Bearer {secret}"
    case = claimed(script, room)
    refused = save(script, case, an_answer(case, "viral"))
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/token-cannot-label")


@pytest.mark.parametrize(
    "change",
    [
        {"content": {"label_keys": ["viral"], "extra": 1}},
        {"content": {"label_keys": "viral"}},
        {"kind": "circle"},
        {"annotation_id": "1"},
        {"fence": -1},
        {"author_id": "me"},
        {"active_ms": -5},
    ],
)
def test_a_wrong_body_is_422_and_stores_nothing(browser, room, change):
    case = claimed(browser, room)
    answer = save(browser, case, an_answer(case, "viral") | change)
    assert answer.status_code == 422
    assert browser.get(f"/api/reads/{case['read']['id']}").json()["annotations"] == []


def test_a_save_needs_a_key(browser, room):
    case = claimed(browser, room)
    address = f"/api/reads/{case['read']['id']}/annotations"
    assert browser.post(address, json=an_answer(case, "viral")).status_code == 422


def test_numbers_that_are_none_are_refused(browser, room):
    case = claimed(browser, room)
    mark = {
        "label_key": "opacity", "sop_instance_uid": "2.25.1", "frame_number": 1,
        "points": [[float("nan"), 1], [2, 2]],
    }  # fmt: skip
    body = json.dumps(an_answer(case) | {"kind": "box", "content": mark})
    assert "NaN" in body
    answer = browser.post(
        f"/api/reads/{case['read']['id']}/annotations",
        content=body,
        headers={**key(), "content-type": "application/json"},
    )
    assert answer.status_code == 422


def test_an_empty_worklist_says_so(client, room):
    with open_session() as session:
        project = factories.make_project(session)
        factories.make_schema(session, project=project)
        reader = factories.make_member(session, project=project)
        project_id = project.id
    browser = client(reader)
    assert browser.post(f"/api/projects/{project_id}/claim-next").status_code == 204
    assert browser.post(f"/api/projects/{project_id}/peek-next").status_code == 204
    assert browser.get(f"/api/projects/{project_id}/worklist").json()["next"] is None


def test_renew_skip_and_release(browser, room):
    case = claimed(browser, room)
    fence = {"fence": case["read"]["fence"]}
    address = f"/api/reads/{case['read']['id']}"
    renewed = browser.post(f"{address}/renew", json=fence).json()
    assert renewed["lease_until"] >= case["read"]["lease_until"]
    assert browser.post(f"{address}/release", json=fence).json()["state"] == "released"
    lost = browser.post(f"{address}/renew", json=fence)
    assert (lost.status_code, lost.json()["type"]) == (409, "/problems/lease-lost")
    again = browser.post(f"/api/tasks/{case['read']['task_id']}/claim").json()
    assert again["read"]["fence"] == 2
    skipped = browser.post(
        f"{address}/skip", json={"fence": 2, "reason": "blurred", "active_ms": 10}
    ).json()
    assert (skipped["state"], skipped["skip_reason"]) == ("skipped", "blurred")


def test_an_assigned_case_can_be_looked_at_before_it_is_opened(client, room):
    with open_session() as session:
        read = session.query(Read).filter(Read.task_id == room.tasks[1].id).one()
    with open_session() as session:
        owner = factories.make_member(session, project=room.project, role="project_admin")
    admin = client(owner)
    given = admin.post(
        f"/api/projects/{room.project.id}/assignments",
        json={"reader_id": str(room.readers[0].id), "task_ids": [str(room.tasks[1].id)]},
    )
    assert given.json() == {"assigned_count": 1}
    browser = client(room.readers[0])
    assert browser.get(f"/api/reads/{read.id}").json()["read"]["state"] == "assigned"
    worklist = browser.get(f"/api/projects/{room.project.id}/worklist").json()
    assert worklist["next"]["task_id"] == str(room.tasks[1].id)
    case = claimed(browser, room)
    assert case["read"]["id"] == str(read.id)
    assert case["reason"]["arm_label"] == "Given to you by name"
