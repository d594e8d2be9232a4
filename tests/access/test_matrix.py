"""Every route × role × object: what the policy allows works, all else is refused alike."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from collimate.access import sign_in
from collimate.access.policy import ROLE_PERMISSIONS, Permission, Role
from collimate.jobs import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit import ids
from collimate.kit.database import open_session
from collimate.tasks.models import Read
from tests.access.matrix_world import House, World

P = Permission
OPEN, SIGNED_IN, ADMIN, OWN = "open", "signed_in", "admin", "own"
MISSING = "00000000-0000-7000-8000-000000000000"

# Every route stands here; a new route without a row fails the first test.
MATRIX: dict[str, Any] = {
    "GET /healthz": OPEN,
    "GET /api/session": OPEN,
    "POST /api/session": OPEN,
    "DELETE /api/session": SIGNED_IN,
    "PATCH /api/me": SIGNED_IN,
    "POST /api/me/password": SIGNED_IN,
    "GET /api/me/tokens": SIGNED_IN,
    "POST /api/me/tokens": SIGNED_IN,
    "DELETE /api/me/tokens/{token_id}": OWN,
    "GET /api/users": ADMIN,
    "POST /api/users": ADMIN,
    "PATCH /api/users/{user_id}": ADMIN,
    "GET /api/jobs": ADMIN,
    "GET /api/audit": ADMIN,
    "GET /api/audit/verify": ADMIN,
    "GET /api/projects": SIGNED_IN,
    "POST /api/projects": ADMIN,
    "GET /api/projects/{project_id}": P.SEE_PROJECT,
    "PATCH /api/projects/{project_id}": P.MANAGE_PROJECT,
    "GET /api/projects/{project_id}/deidentification": P.SEE_PROJECT,
    "PATCH /api/projects/{project_id}/deidentification": P.MANAGE_PROJECT,
    "POST /api/projects/{project_id}/deidentification/look-up": P.LOOK_UP_IDENTITIES,
    "POST /api/projects/{project_id}/deidentification/preview": P.MANAGE_DATA,
    "GET /api/projects/{project_id}/deidentification/report": P.SEE_STUDIES,
    "GET /api/projects/{project_id}/imports": P.SEE_STUDIES,
    "GET /api/projects/{project_id}/held-images": P.MANAGE_DATA,
    "GET /api/held-images/{held_image_id}/frames/{frame_number}": P.MANAGE_DATA,
    "POST /api/held-images/{held_image_id}/release": P.MANAGE_DATA,
    "GET /api/projects/{project_id}/members": P.MANAGE_PROJECT,
    "PUT /api/projects/{project_id}/members": P.MANAGE_PROJECT,
    "DELETE /api/projects/{project_id}/members/{user_id}": P.MANAGE_PROJECT,
    "GET /api/projects/{project_id}/label-schema": P.SEE_PROJECT,
    "POST /api/projects/{project_id}/label-schema": P.MANAGE_PROJECT,
    "GET /api/projects/{project_id}/label-schemas": P.SEE_PROJECT,
    "GET /api/label-schemas/{label_schema_id}": P.SEE_PROJECT,
    "GET /api/projects/{project_id}/jobs": P.SEE_LEARNING,
    "GET /api/projects/{project_id}/studies": P.SEE_STUDIES,
    "GET /api/projects/{project_id}/studies/facets": P.SEE_STUDIES,
    "GET /api/projects/{project_id}/studies/quality": P.SEE_STUDIES,
    "GET /api/projects/{project_id}/cohorts": P.SEE_STUDIES,
    "POST /api/projects/{project_id}/cohorts": P.MANAGE_DATA,
    "DELETE /api/cohorts/{cohort_id}": P.MANAGE_DATA,
    "GET /api/studies/{study_id}": P.SEE_IMAGES,
    "GET /api/studies/{study_id}/geometry": P.SEE_IMAGES,
    "GET /api/studies/{study_id}/lookalikes": P.SEE_STUDIES,
    "GET /api/studies/{study_id}/neighbours": P.SEE_STUDIES,
    "GET /api/studies/{study_id}/tags": P.SEE_IMAGES,
    "GET /api/studies/{study_id}/thumbnail": P.SEE_IMAGES,
    "DELETE /api/studies/{study_id}": P.MANAGE_DATA,
    "GET /api/studies/{study_id}/text": P.MANAGE_DATA,
    "PUT /api/studies/{study_id}/text": P.MANAGE_DATA,
    "DELETE /api/studies/{study_id}/text": P.MANAGE_DATA,
    "GET /api/projects/{project_id}/deleted-studies": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/deleted-studies": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/deleted-studies/restore": P.MANAGE_DATA,
    "POST /api/cohorts/{cohort_id}/studies": P.MANAGE_DATA,
    "POST /api/deleted-studies/{deleted_study_id}/restore": P.MANAGE_DATA,
    "POST /api/deleted-studies/{deleted_study_id}/purge": P.MANAGE_DATA,
    "GET /api/projects/{project_id}/erasures": P.ERASE_PATIENTS,
    "POST /api/projects/{project_id}/erasures": P.ERASE_PATIENTS,
    "POST /api/projects/{project_id}/erasures/preview": P.ERASE_PATIENTS,
    "GET /api/erasures/{erasure_id}/certificate": P.ERASE_PATIENTS,
    "POST /api/projects/{project_id}/files": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/files/known": P.MANAGE_DATA,
    "GET /api/projects/{project_id}/files": P.SEE_STUDIES,
    "POST /api/projects/{project_id}/uploads": P.MANAGE_DATA,
    "GET /api/uploads/{upload_id}": OWN,
    "PATCH /api/uploads/{upload_id}": OWN,
    "DELETE /api/uploads/{upload_id}": OWN,
    "GET /api/projects/{project_id}/sources": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/pictures": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/pictures/check": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/pulls": P.MANAGE_DATA,
    "POST /api/projects/{project_id}/pulls/preview": P.MANAGE_DATA,
    "POST /api/files/{file_id}/retry": P.MANAGE_DATA,
    "POST /api/files/{file_id}/release": P.MANAGE_DATA,
    "DELETE /api/files/{file_id}": P.MANAGE_DATA,
    "GET /api/projects/{project_id}/worklist": P.READ_CASES,
    "POST /api/projects/{project_id}/peek-next": P.READ_CASES,
    "POST /api/projects/{project_id}/claim-next": P.READ_CASES,
    "POST /api/tasks/{task_id}/claim": P.READ_CASES,
    "GET /api/projects/{project_id}/tasks": P.MANAGE_PROJECT,
    "POST /api/projects/{project_id}/assignments": P.MANAGE_PROJECT,
    "POST /api/projects/{project_id}/queue/first": P.MANAGE_PROJECT,
    "PATCH /api/tasks/{task_id}": P.MANAGE_PROJECT,
    "PUT /api/studies/{study_id}/hunts/{hunt_id}": P.HUNT_FINDINGS,
    "GET /api/projects/{project_id}/hunts": P.HUNT_FINDINGS,
    "GET /api/hunts/{hunt_id}": OWN,
    "GET /api/projects/{project_id}/progress": P.MANAGE_PROJECT,
    "POST /api/reads/{read_id}/renew": OWN,
    "POST /api/reads/{read_id}/release": OWN,
    "POST /api/reads/{read_id}/reopen": OWN,
    "POST /api/reads/{read_id}/skip": OWN,
    "POST /api/reads/{read_id}/annotations": OWN,
    "POST /api/reads/{read_id}/saves": OWN,
    "POST /api/reads/{read_id}/lock": OWN,
    "POST /api/reads/{read_id}/submit": OWN,
    "PUT /api/reads/{read_id}/prompt-sessions/{prompt_session_id}": OWN,
    "GET /api/reads/{read_id}/prompt-sessions/{prompt_session_id}": OWN,
    "DELETE /api/reads/{read_id}/prompt-sessions/{prompt_session_id}": OWN,
    "POST /api/reads/{read_id}/issue": OWN,
    "GET /api/projects/{project_id}/issues": P.REVIEW,
    "POST /api/comments/{comment_id}/answer": P.REVIEW,
    "GET /api/projects/{project_id}/reviews": P.REVIEW,
    "POST /api/submissions/{submission_id}/review": P.REVIEW,
    "GET /api/projects/{project_id}/agreement": P.REVIEW,
    "GET /api/projects/{project_id}/outcomes": P.MANAGE_PROJECT,
    "GET /api/projects/{project_id}/staged-reads": P.MANAGE_PROJECT,
    "GET /api/projects/{project_id}/guide": P.READ_CASES,
    "POST /api/projects/{project_id}/guide/examples": P.MANAGE_PROJECT,
    "DELETE /api/guide-examples/{example_id}": P.MANAGE_PROJECT,
    "GET /api/projects/{project_id}/datasets": P.MANAGE_DATASETS,
    "POST /api/projects/{project_id}/datasets/preview": P.MANAGE_DATASETS,
    "POST /api/projects/{project_id}/datasets": P.MANAGE_DATASETS,
    "GET /api/datasets/{dataset_id}/manifest": P.MANAGE_DATASETS,
    "POST /api/datasets/{dataset_id}/verify": P.MANAGE_DATASETS,
    "POST /api/datasets/{dataset_id}/exports": P.MANAGE_DATASETS,
    "GET /api/exports/{export_id}": P.MANAGE_DATASETS,
    "GET /api/exports/{export_id}/download": P.MANAGE_DATASETS,
    "GET /api/projects/{project_id}/learning": P.SEE_LEARNING,
    "GET /api/projects/{project_id}/learning/models": P.SEE_LEARNING,
    "GET /api/projects/{project_id}/learning/queue": P.SEE_LEARNING,
    "GET /api/projects/{project_id}/learning/doubts": P.REVIEW,
    "POST /api/projects/{project_id}/learning/round": P.MANAGE_LEARNING,
    "POST /api/projects/{project_id}/learning/encoder": P.MANAGE_LEARNING,
    "POST /api/projects/{project_id}/learning/encoder/weights": P.MANAGE_LEARNING,
    "POST /api/models/{model_id}/promote": P.MANAGE_LEARNING,
    "GET /api/projects/{project_id}/learning/auto-accept": P.SEE_LEARNING,
    "GET /api/projects/{project_id}/learning/auto-accept/cases": P.MANAGE_LEARNING,
    "POST /api/projects/{project_id}/learning/auto-accept/on": P.MANAGE_LEARNING,
    "POST /api/projects/{project_id}/learning/auto-accept/off": P.MANAGE_LEARNING,
    "POST /api/tasks/{task_id}/give-back": P.MANAGE_LEARNING,
    "GET /api/learning/strategies": SIGNED_IN,
}
# Decided by more than one permission; each has its own test, named here.
ELSEWHERE = {
    "GET /api/events": "test_events_are_for_members",
    "POST /api/jobs/{job_id}/cancel": "test_jobs_are_cancelled_by_those_who_manage_data",
    "POST /api/jobs/{job_id}/retry": "test_jobs_are_cancelled_by_those_who_manage_data",
    "GET /api/reads/{read_id}": "test_a_read_is_seen_by_its_reader_and_by_reviewers_once_submitted",
    "GET /api/reads/{read_id}/suggestion": "tests/learning",
    "GET /api/annotations/{annotation_id}/revisions": "tests/annotations",
    "GET /api/reads/{read_id}/comments": "tests/annotations/test_comments.py",
    "POST /api/reads/{read_id}/comments": "tests/annotations/test_comments.py",
    "PATCH /api/comments/{comment_id}": "tests/annotations/test_comments.py",
    "GET /api/studies/{study_id}/explanation": "tests/learning",
    "GET /api/studies/{study_id}/explanation/dicom": "tests/learning",
    "GET /api/studies/{study_id}/look-here": "tests/learning",
}
# A healthy 404 for someone who is allowed: the thing itself may be empty.
EMPTY_IS_FINE = {"/problems/worklist-empty", "/problems/blob-missing", "/problems/not-found",
                 "/problems/held-image-not-found"}  # fmt: skip


def routes(app) -> list[str]:
    found = []
    for path, operations in app.openapi()["paths"].items():
        found += [f"{method.upper()} {path}" for method in operations]
    return found


def test_every_route_stands_in_the_matrix(app):
    known = set(MATRIX) | set(ELSEWHERE)
    found = {r for r in routes(app) if not r.split(" ")[1].startswith("/dicomweb/")}
    assert len(found) > 60
    assert found - known == set(), "a route without a row"
    assert known - found == set(), "a row without a route"


def test_every_dicomweb_route_is_below_a_project(app):
    found = [r for r in routes(app) if r.split(" ")[1].startswith("/dicomweb/")]
    assert len(found) >= 12
    assert all("/dicomweb/{project_id}/" in route for route in found)


@dataclass(frozen=True)
class Who:
    name: str
    role: Role | None = None
    is_admin: bool = False
    is_signed_in: bool = True


WHO = [
    Who("anonymous", is_signed_in=False),
    Who("deactivated", is_signed_in=False),
    Who("stranger"),
    Who("member_elsewhere"),
    Who("instance_admin", is_admin=True),
    *[Who(role.value, role) for role in Role],
]


def allowed(rule: Any, who: Who) -> bool:
    if rule == OPEN:
        return True
    if not who.is_signed_in:
        return False
    if rule == SIGNED_IN:
        return True
    if rule == ADMIN:
        return who.is_admin
    if rule == OWN:
        return False
    return who.role is not None and rule in ROLE_PERMISSIONS[who.role]


def refusal(rule: Any, who: Who) -> int:
    if not who.is_signed_in:
        return 401
    if rule == ADMIN:
        return 403
    return 403 if who.role is not None and rule != OWN else 404


@pytest.fixture(scope="module")
def standing_house(database_server: str) -> Iterator[House]:
    house = House(database_server)
    yield house
    house.close()


@pytest.fixture
def house(standing_house: House) -> Iterator[House]:
    yield standing_house
    standing_house.leave()


@pytest.fixture
def world(house: House) -> World:
    return house.world()


def address(route: str, world: World, *, missing: bool = False) -> str:
    def fill(match: re.Match[str]) -> str:
        return MISSING if missing else str(world.ids[match.group(1)])

    return re.sub(r"\{(\w+)\}", fill, route.split(" ")[1])


@pytest.mark.parametrize("route", MATRIX)
def test_the_policy_decides(route, world, house):
    rule = MATRIX[route]
    path = address(route, world)
    method = route.split(" ")[0]
    for who in sorted(WHO, key=lambda who: allowed(rule, who)):
        answer = house.ask(who.name, method, path)
        if not allowed(rule, who):
            if answer.status_code == 404 and who.role is not None:
                continue  # a member who may not know of someone's own object
            assert answer.status_code == refusal(rule, who), (who.name, answer.text)
        elif rule != OPEN:
            assert answer.status_code not in (401, 403, 405, 500), (who.name, answer.text)
            if answer.status_code == 404:
                assert answer.json()["type"] in EMPTY_IS_FINE, (who.name, answer.text)
            if route.startswith("DELETE") or route.endswith("/restore"):
                break  # the thing is gone now


OBJECT_ROUTES = [route for route in MATRIX if "{" in route and MATRIX[route] != ADMIN]


@pytest.mark.parametrize("route", OBJECT_ROUTES)
def test_what_belongs_to_others_looks_like_what_does_not_exist(route, world, house):
    method = route.split(" ")[0]
    for name in ("stranger", "member_elsewhere", "instance_admin"):
        there = house.ask(name, method, address(route, world))
        nowhere = house.ask(name, method, address(route, world, missing=True))
        assert there.status_code == nowhere.status_code == 404, (name, there.text)
        assert there.json() == nowhere.json(), name


DICOMWEB = [
    "studies", "series", "instances", "studies/{study_uid}", "studies/{study_uid}/metadata",
    "studies/{study_uid}/series", "studies/{study_uid}/series/{series_uid}",
    "studies/{study_uid}/series/{series_uid}/metadata",
    "studies/{study_uid}/series/{series_uid}/instances",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/metadata",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/frames/1",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/bulkdata",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/bulkdata/7FE00010",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/rendered",
    "studies/{study_uid}/instances", "studies/{study_uid}/thumbnail",
    "studies/{study_uid}/series/{series_uid}/thumbnail", "studies/{study_uid}/rendered",
    "studies/{study_uid}/series/{series_uid}/rendered",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/frames/1/rendered",
    "studies/{study_uid}/series/{series_uid}/instances/{sop_instance_uid}/thumbnail",
]  # fmt: skip


@pytest.mark.parametrize("path", DICOMWEB)
def test_dicomweb_shows_nothing_of_a_foreign_project(path, world, house):
    tail = path.format(**world.uids)
    inside = f"/dicomweb/{world.ids['project_id']}/{tail}"
    other = f"/dicomweb/{world.other_project_id}/{tail}"
    for name in ("stranger", "member_elsewhere", "instance_admin"):
        refused = house.browser(name).get(inside)
        unknown = house.browser(name).get(inside.replace(str(world.ids["project_id"]), MISSING))
        assert refused.status_code == 404
        assert refused.json() == unknown.json()
    assert house.browser("anonymous").get(inside).status_code == 401
    # A member of the other project asks there for a UID of this one.
    answer = house.browser("member_elsewhere").get(other)
    if "{" in path:
        assert answer.status_code in (404, 204) or answer.json() == []
        assert world.uids["study_uid"] not in answer.text or answer.status_code == 404
    else:
        assert world.uids["study_uid"] not in answer.text


def test_events_are_for_members(world, house):
    for name in ("stranger", "member_elsewhere", "instance_admin"):
        answer = house.browser(name).get(f"/api/events?project_id={world.ids['project_id']}")
        assert answer.status_code == 404


def test_jobs_are_cancelled_by_those_who_manage_data(world, house):
    house.is_changed = True
    for who in WHO:
        with open_session() as session:
            job = enqueue.enqueue(
                session, JobKind.EXPORT_DATASET, project_id=UUID(str(world.ids["project_id"]))
            )
        answer = house.browser(who.name).post(f"/api/jobs/{job.id}/cancel")
        may = who.is_admin or (
            who.role is not None and P.MANAGE_DATASETS in ROLE_PERMISSIONS[who.role]
        )
        assert (answer.status_code == 200) == may, who.name


def test_a_read_is_seen_by_its_reader_and_by_reviewers_once_submitted(world, house):
    path = f"/api/reads/{world.ids['read_id']}"
    assert house.browser("the_reader").get(path).status_code == 200
    for name in ("reader", "data_manager", "stranger", "member_elsewhere", "instance_admin"):
        assert house.browser(name).get(path).status_code in (403, 404), name
    with open_session() as session:
        read = session.get(Read, world.ids["read_id"])
        assert read.state != "submitted"


def test_a_token_may_look_but_never_label(world, house):
    house.is_changed = True
    with open_session() as session:
        reader = session.merge(world.users["the_reader"])
        _, secret = sign_in.new_token(session, reader, "script")
    script = house.browser("nobody else")
    script.headers["authorization"] = f"Bearer {secret}"
    assert script.get(f"/api/reads/{world.ids['read_id']}").status_code == 200
    refused = script.post(
        f"/api/reads/{world.ids['read_id']}/annotations",
        headers={"idempotency-key": str(ids.new_id())},
        json={
            "annotation_id": str(ids.new_id()), "kind": "answer", "parent_id": None,
            "is_deleted": False, "content": {"label_keys": ["normal"]}, "fence": world.fence,
            "active_ms": 0,
        },
    )  # fmt: skip
    assert refused.status_code == 403
