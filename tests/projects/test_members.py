"""Membership decides everything a project shows."""

import threading

import pytest

from collimate.access.policy import Role
from collimate.jobs import events
from collimate.kit.database import open_session
from collimate.kit.errors import Problem
from collimate.projects import members, rules
from tests.factories import make_member, make_project, make_user


def test_a_stranger_cannot_tell_a_project_from_none(session, client):
    project, stranger = make_project(session), make_user(session, is_admin=True)
    session.commit()
    browser = client(stranger)
    there = browser.get(f"/api/projects/{project.id}")
    nowhere = browser.get("/api/projects/00000000-0000-7000-8000-000000000000")
    assert there.status_code == nowhere.status_code == 404
    assert there.json() == nowhere.json()


def test_a_role_lowered_in_mid_session_counts_at_once(session, client):
    project = make_project(session)
    manager = make_member(session, project=project, role=Role.PROJECT_ADMIN)
    session.commit()
    browser = client(manager)
    assert browser.get(f"/api/projects/{project.id}/members").status_code == 200
    with open_session() as other:
        members.put_member(other, None, other.merge(project), manager.email, Role.READER)
    assert browser.get(f"/api/projects/{project.id}/members").status_code == 403


def test_two_admins_removing_each_other_leave_one(session):
    project = make_project(session)
    second = make_member(session, project=project, role=Role.PROJECT_ADMIN)
    first = members.list_members(session, project)[0]["user_id"]
    ids = {first, second.id} | {m["user_id"] for m in members.list_members(session, project)}
    session.commit()
    refused = []

    def remove(user_id):
        try:
            with open_session() as own:
                members.remove_member(own, user_id, own.merge(project), user_id)
        except Problem as problem:
            refused.append(type(problem).__name__)

    threads = [threading.Thread(target=remove, args=(user_id,)) for user_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["LastProjectAdmin"]


@pytest.mark.parametrize(
    ("name", "value"), [("wanted_reads", 0), ("wanted_reads", 11)], ids=["none", "too_many"]
)
def test_reading_rules_out_of_range_are_refused(name, value):
    with pytest.raises(rules.RuleOutOfRange):
        rules.change(rules.ReadingRules(), {name: value})


def test_there_is_always_a_control_arm():
    with pytest.raises(rules.RuleOutOfRange):
        rules.change(rules.LearningRules(), {"control_share": 0.0})


def test_changing_one_rule_keeps_the_others(session, client):
    project = make_project(session, learning_rules={"batch_size": 30})
    admin = make_member(session, project=project, role=Role.PROJECT_ADMIN)
    session.commit()
    answer = client(admin).patch(
        f"/api/projects/{project.id}", json={"learning_rules": {"strategy": "random"}}
    )
    assert answer.json()["learning_rules"]["strategy"] == "random"
    assert answer.json()["learning_rules"]["batch_size"] == 30


def test_a_reader_hears_of_their_own_reads_and_of_nothing_that_tells_of_others(session):
    project = make_project(session)
    reader = make_member(session, project=project)
    manager = make_member(session, project=project, role=Role.PROJECT_ADMIN)
    for topic in members.TOPICS:
        events.publish(session, topic, project.id)
    events.publish(session, "read", project.id, user_id=manager.id)
    session.flush()

    def heard(user):
        topics = members.topics_heard(session, user, project.id)
        return [event.topic for event in events.after(session, 0, project.id, user.id, topics)]

    assert sorted(set(heard(reader))) == ["member", "project", "read"]
    assert heard(reader).count("read") == 1
    assert sorted(set(heard(manager))) == sorted(members.TOPICS)
    assert heard(manager).count("read") == 2
    assert members.topics_heard(session, make_user(session), project.id) == frozenset()
