"""A place is pointed at: its like is found in the pool, never in the hold-out, and read sooner."""

from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select

from collimate.access.policy import Role
from collimate.kit import ids
from collimate.kit.database import open_session
from collimate.learning.models import Hunt, PatchGrid
from collimate.studies.models import Instance, Study
from collimate.tasks import queue
from collimate.tasks.models import Task
from tests import factories
from tests.learning.pictures import chest, make_picture, work_all

SPOT = {"x": 25.0, "y": 70.0, "frame_number": 1}


@pytest.fixture
def pool(session):
    """Twelve chests of the pool and two held out; every third has a spot, the first as well."""
    project = factories.make_project(session)
    factories.make_schema(session, project=project)
    studies = [
        make_picture(session, project=project, pixels=chest(int(n % 3 == 0), n),
                     is_holdout=n >= 12)
        for n in range(14)
    ]  # fmt: skip
    queue.open_missing(session, project.id)
    reader = factories.make_member(session, project=project)
    session.commit()
    return project, studies, reader


def begin(browser, study: Study, session, **place) -> tuple[UUID, object]:
    uid = session.scalars(
        select(Instance.sop_instance_uid).where(Instance.study_id == study.id)
    ).one()
    hunt_id = ids.new_id()
    body = {"sop_instance_uid": uid, **SPOT, **place}
    return hunt_id, browser.put(f"/api/studies/{study.id}/hunts/{hunt_id}", json=body)


def test_the_like_of_a_place_is_found_in_the_pool_and_can_be_read(session, client, pool):
    project, studies, reader = pool
    browser = client(reader)
    hunt_id, answer = begin(browser, studies[0], session)
    assert (answer.status_code, answer.json()["is_over"]) == (200, False)
    address = f"/api/studies/{studies[0].id}/hunts/{hunt_id}"
    place = {"sop_instance_uid": "1.2", **SPOT}
    assert browser.put(address, json=place).json()["id"] == str(hunt_id), "asked once"
    session.commit()
    assert work_all() == [("hunt", "done")]
    found = browser.get(f"/api/hunts/{hunt_id}").json()
    assert found["is_over"]
    # eleven others of the pool; three of them have the spot, and no held-out one is there
    assert found["pool_count"] == len(found["items"]) == 11
    spots = {str(studies[n].id) for n in (3, 6, 9)}
    assert {item["study_id"] for item in found["items"][:3]} == spots
    best = found["items"][0]
    assert best["x"] == pytest.approx(0.25, abs=0.06)
    assert best["y"] == pytest.approx(70 / 120, abs=0.06)
    assert found["items"][3]["likeness"] < best["likeness"] <= 1.0
    assert best["picture_url"].endswith("/thumbnail")
    read = browser.post(f"/api/tasks/{best['task_id']}/claim")
    assert read.status_code == 200
    taken = browser.get(f"/api/hunts/{hunt_id}").json()["items"][0]
    assert not taken["is_open"]
    (row,) = browser.get(f"/api/projects/{project.id}/hunts").json()["items"]
    assert (row["id"], row["match_count"], row["is_over"]) == (str(hunt_id), 11, True)


def test_a_second_hunt_describes_only_what_is_new(session, client, pool):
    project, studies, reader = pool
    browser = client(reader)
    begin(browser, studies[0], session)
    session.commit()
    work_all()
    with open_session() as fresh:
        before = set(fresh.scalars(select(PatchGrid.id)))
    make_picture(session, project=project, pixels=chest(1, 40))
    blank = make_picture(session, project=project, pixels=np.full((40, 40), 7, np.uint16))
    queue.open_missing(session, project.id)
    session.commit()
    hunt_id, _ = begin(browser, studies[3], session)
    session.commit()
    work_all()
    with open_session() as fresh:
        assert before < set(fresh.scalars(select(PatchGrid.id)))
        assert fresh.scalar(select(func.count()).select_from(PatchGrid)) == len(before) + 2
    shown = browser.get(f"/api/hunts/{hunt_id}").json()["items"]
    assert len(shown) == 12
    assert str(blank.id) not in {item["study_id"] for item in shown}


def test_only_places_of_the_pool_are_hunted_and_only_by_who_asked(session, client, pool):
    project, studies, reader = pool
    browser = client(reader)
    assert begin(browser, studies[13], session)[1].status_code == 409
    assert begin(browser, studies[0], session, x=101.0)[1].status_code == 422
    assert begin(browser, studies[0], session, frame_number=2)[1].status_code == 422
    hunt_id, _ = begin(browser, studies[0], session)
    other = factories.make_member(session, project=project)
    session.commit()
    assert client(other).get(f"/api/hunts/{hunt_id}").status_code == 404
    assert client(other).get(f"/api/projects/{project.id}/hunts").json()["items"] == []
    study = session.get_one(Study, studies[0].id)
    study.deleted_at = func.now()
    session.commit()
    assert browser.get(f"/api/hunts/{hunt_id}").status_code == 404


def test_matches_are_put_at_the_front_by_those_who_may_and_stay_there(session, client, pool):
    project, studies, reader = pool
    admin = factories.make_member(session, project=project, role=Role.PROJECT_ADMIN)
    tasks = {n: session.scalars(select(Task).where(Task.study_id == studies[n].id)).one()
             for n in (3, 6, 9, 12)}  # fmt: skip
    tasks[9].arm, before = "control", tasks[12].arm
    wanted = [str(tasks[n].id) for n in (6, 3, 9, 12)]
    session.commit()
    address = f"/api/projects/{project.id}/queue/first"
    assert client(reader).post(address, json={"task_ids": wanted}).status_code == 403
    answer = client(admin).post(address, json={"task_ids": wanted})
    # the control draw and the held-out case stay in their turn
    assert answer.json() == {"moved_count": 2}
    session.expire_all()
    assert tasks[6].priority > tasks[3].priority > 0
    assert (tasks[6].arm, tasks[9].arm, tasks[12].arm) == ("person", "control", before)


def test_a_control_draw_is_no_match(session, client, pool):
    _, studies, reader = pool
    task = session.scalars(select(Task).where(Task.study_id == studies[6].id)).one()
    task.arm = "control"
    session.commit()
    hunt_id, _ = begin(client(reader), studies[0], session)
    session.commit()
    work_all()
    items = client(reader).get(f"/api/hunts/{hunt_id}").json()["items"]
    assert str(studies[6].id) not in {item["study_id"] for item in items}
    assert session.get_one(Hunt, hunt_id).pool_count == 10
