"""Cohorts: a filter under a name, shared in the project, frozen or asked anew."""

import pytest
from sqlalchemy import select

from collimate.access.policy import Role
from collimate.datasets.models import DatasetVersion
from collimate.kit.database import open_session
from collimate.kit.ids import new_id
from collimate.removal import erase
from collimate.studies.models import Cohort, Patient, Study
from collimate.tasks.models import Read
from tests import factories
from tests.datasets import frozen

SHARES = {"train": 0.7, "validation": 0.1, "test": 0.2}


@pytest.fixture
def world(session, client):
    """Four studies that were read, two of them of site `south`, and a browser of the owner."""
    room = frozen.read_project(session, studies=4)
    studies = list(session.scalars(select(Study).order_by(Study.id)))
    for study in studies[:2]:
        study.site = "south"
    lead = factories.make_member(session, project=room.project, role=Role.PROJECT_ADMIN)
    session.commit()
    room.address, room.browser = f"/api/projects/{room.project.id}", client(lead)
    room.lead, room.studies = lead, studies
    session.commit()
    return room


def save(world, name="Southern", *, freeze=False, **said):
    body = {"name": name, "filter": said or {"site": "south"}, "freeze": freeze}
    return world.browser.post(f"{world.address}/cohorts", json=body)


def test_a_cohort_is_saved_once_by_name_listed_and_given_up(world, client, session):
    made = save(world)
    assert made.status_code == 201
    assert (made.json()["study_count"], made.json()["made_by_name"]) == (None, world.lead.name)
    assert save(world).json()["type"] == "/problems/cohort-name-taken"
    assert save(world, "Bad", attribute=["Nonsense=1"]).status_code == 422
    manager = factories.make_member(session, project=world.project, role=Role.DATA_MANAGER)
    session.commit()
    (listed,) = client(manager).get(f"{world.address}/cohorts").json()["items"]
    assert listed["filter"]["site"] == "south"
    assert world.browser.delete(f"/api/cohorts/{listed['id']}").status_code == 204
    assert world.browser.get(f"{world.address}/cohorts").json()["items"] == []


def test_a_frozen_cohort_keeps_its_studies_and_narrows_the_list(world):
    cohort = save(world, freeze=True).json()
    assert cohort["study_count"] == 2
    with open_session() as session:
        session.get_one(Study, world.studies[0].id).site = "north"
    page = world.browser.get(f"{world.address}/studies", params={"cohort": cohort["id"]}).json()
    assert {row["id"] for row in page["items"]} == {str(one.id) for one in world.studies[:2]}
    live = world.browser.get(f"{world.address}/studies", params={"site": "south"}).json()
    assert live["total"] == 1
    world.browser.delete(f"/api/studies/{world.studies[0].id}")
    page = world.browser.get(f"{world.address}/studies", params={"cohort": cohort["id"]}).json()
    assert page["total"] == 1


@pytest.mark.parametrize("freeze", [False, True])
def test_a_dataset_is_frozen_of_a_cohort_and_says_so(world, freeze):
    cohort = save(world, freeze=freeze).json()
    body = {"split_shares": SHARES, "cohort_id": cohort["id"]}
    preview = world.browser.post(f"{world.address}/datasets/preview", json=body).json()
    assert preview["counts"]["studies"] == 2
    made = world.browser.post(f"{world.address}/datasets", json={**body, "name": "v1"})
    assert made.json()["counts"]["studies"] == 2
    with open_session() as session:
        manifest = session.scalars(select(DatasetVersion.manifest)).one()
    assert manifest["cohort"]["name"] == "Southern"
    assert manifest["cohort"]["filter"] == {"site": "south"}


def test_work_of_a_cohort_or_of_chosen_studies_is_given_to_a_reader(world, session):
    tasks = [
        factories.make_task(
            session, project=world.project,
            study=factories.make_study(session, project=world.project, site=site),
        )
        for site in ("south", "north", "south", "west")
    ]  # fmt: skip
    reader = factories.make_member(session, project=world.project)
    world.project.learning_rules = {**world.project.learning_rules, "is_on": False}
    session.merge(world.project)
    session.commit()
    cohort = save(world).json()
    given = world.browser.post(
        f"{world.address}/assignments",
        json={"reader_id": str(reader.id), "count": 10, "cohort_id": cohort["id"]},
    )
    assert given.json()["assigned_count"] == 2
    with open_session() as fresh:
        mine = fresh.scalars(select(Read.task_id).where(Read.reader_id == reader.id)).all()
    assert set(mine) == {tasks[0].id, tasks[2].id}
    for chosen in ({"study_ids": [str(tasks[3].study_id)]}, {"filter": {"site": "north"}}):
        body = {"reader_id": str(reader.id), "studies": chosen}
        given = world.browser.post(f"{world.address}/assignments", json=body)
        assert given.json() == {"assigned_count": 1}
    with open_session() as fresh:
        mine = fresh.scalars(select(Read.task_id).where(Read.reader_id == reader.id)).all()
    assert set(mine) == {task.id for task in tasks}


def test_a_cohort_of_another_project_does_not_exist(world, session):
    other = factories.make_project(session, name="Other")
    theirs = Cohort(
        project_id=other.id, name="x", filter={}, is_frozen=False, made_by=world.lead.id
    )
    session.add(theirs)
    session.commit()
    body = {"split_shares": SHARES, "cohort_id": str(theirs.id)}
    answer = world.browser.post(f"{world.address}/datasets/preview", json=body)
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/cohort-not-found")
    assert world.browser.delete(f"/api/cohorts/{theirs.id}").status_code == 404


def test_an_erased_patient_is_forgotten_in_cohorts_too(world, session):
    pseudonym = session.get_one(Patient, world.studies[0].patient_id).pseudonym
    session.commit()
    save(world, "One patient", search=pseudonym.lower())
    save(world, "Listed", freeze=True)
    with open_session() as fresh:
        ordered = erase.order(
            fresh, world.lead.id, fresh.merge(world.project, load=True), pseudonym
        )
        erase.remove_rows(fresh, ordered.id)
    found = {
        one["name"]: one for one in world.browser.get(f"{world.address}/cohorts").json()["items"]
    }
    assert found["One patient"]["filter"]["search"] == "(erased)"
    assert found["Listed"]["study_count"] == 1


def test_chosen_studies_become_a_cohort_and_are_added_to_one(world):
    first, second, third, fourth = (str(one.id) for one in world.studies)
    stranger = str(new_id())

    def made(**said):
        return world.browser.post(f"{world.address}/cohorts", json={"filter": {}, **said})

    cohort = made(name="By hand", study_ids=[first, third, stranger]).json()
    assert (cohort["is_frozen"], cohort["study_count"]) == (True, 2)
    grow = f"/api/cohorts/{cohort['id']}/studies"
    grown = world.browser.post(grow, json={"study_ids": [third, fourth]})
    assert (grown.status_code, grown.json()["study_count"]) == (200, 3)
    assert world.browser.post(grow, json={"filter": {"site": "south"}}).json()["study_count"] == 4
    page = world.browser.get(f"{world.address}/studies", params={"cohort": cohort["id"]}).json()
    assert {row["id"] for row in page["items"]} == {first, second, third, fourth}
    for unclear in ({}, {"study_ids": [first], "filter": {}}):
        assert world.browser.post(grow, json=unclear).status_code == 422
    live = made(name="Asked anew", filter={"site": "south"}).json()
    refused = world.browser.post(f"/api/cohorts/{live['id']}/studies", json={"study_ids": [first]})
    assert refused.json()["type"] == "/problems/cohort-asked-anew"
