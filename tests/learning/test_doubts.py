"""Answers a model blind to the patient contradicts come back to the reviewer, worst first."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.policy import Role
from collimate.learning import rounds
from collimate.projects.models import Member
from tests import factories
from tests.learning.worlds import CLASSES, World, make_world

Client = Callable[..., Any]


def with_errors(session: Session, answer_mode: str = "single") -> tuple[World, set[str]]:
    """Sixty answers of the pool of which five are wrong, and a held-out case answered wrong."""
    world = make_world(
        session, studies=90, holdout_every=3, spread=0.1, dimensions={"scattering": 4},
        answer_mode=answer_mode,
    )  # fmt: skip
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    wrong = set(pool[:50:10])
    held = sorted(world.holdout)[0]
    for study_id in [*pool, held]:
        name = CLASSES[world.truth[study_id]]
        is_wrong = study_id in wrong or study_id == held
        world.read(study_id, [next(c for c in CLASSES if c != name) if is_wrong else name])
    rounds.run_round(session, world.project.id)
    return world, {str(study_id) for study_id in wrong}


@pytest.mark.parametrize("answer_mode", ["single", "multi"])
def test_wrong_answers_of_the_pool_are_listed_and_leave_when_reviewed(
    session: Session, client: Client, answer_mode: str
) -> None:
    world, wrong = with_errors(session, answer_mode)
    reviewer = factories.make_member(session, project=world.project, role=Role.REVIEWER)
    session.commit()
    browser, path = client(reviewer), f"/api/projects/{world.project.id}/learning/doubts"
    listed = browser.get(path).json()
    assert listed["label_count"] == 60
    likely = [item for item in listed["items"] if item["doubt"]["kind"] == "likely_error"]
    found = {item["study_id"] for item in likely}
    assert wrong <= found
    assert len(found) <= len(wrong) + 1
    assert listed["items"][: len(likely)] == likely
    for item in likely:
        assert item["doubt"]["given"] != item["doubt"]["likely"]
        assert item["doubt"]["probability"] > 0.5
    first = likely[0]["submission_id"]
    verdict = {"verdict": "returned", "comment": "Please look again."}
    assert browser.post(f"/api/submissions/{first}/review", json=verdict).status_code == 201
    assert first not in [item["submission_id"] for item in browser.get(path).json()["items"]]


def test_nobody_is_shown_doubts_about_their_own_answers(session: Session, client: Client) -> None:
    world, _ = with_errors(session)
    member = session.scalars(select(Member).where(Member.user_id == world.reader.id)).one()
    member.role = Role.REVIEWER
    session.commit()
    listed = client(world.reader).get(f"/api/projects/{world.project.id}/learning/doubts").json()
    assert listed["items"] == []


def test_before_forty_labels_nothing_is_doubted(session: Session, client: Client) -> None:
    world = make_world(session, studies=40)
    for study_id in world.study_ids[:30]:
        world.read(study_id)
    rounds.run_round(session, world.project.id)
    reviewer = factories.make_member(session, project=world.project, role=Role.REVIEWER)
    session.commit()
    listed = client(reviewer).get(f"/api/projects/{world.project.id}/learning/doubts").json()
    assert listed["items"] == []
    assert 0 < listed["label_count"] < 40
