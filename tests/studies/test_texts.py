"""Clinical texts: written by data managers, seen by readers, gone with the study."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from collimate import worker
from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.annotations.case import as_json
from collimate.dicom.identifying_text import Found, Sign
from collimate.dicom.identity import remap_uid
from collimate.jobs.kinds import Queue
from collimate.jobs.run import work
from collimate.kit.database import open_session
from collimate.projects.profile import profile_of
from collimate.studies.texts.from_table import TextOrder, give_texts
from collimate.studies.texts.models import StudyText
from collimate.studies.texts.write import current_text
from collimate.tasks import claim, queue
from collimate.tasks.models import Task
from tests import factories

COUGH = "Cough for three days. Pneumonia?"


def shown_text(session, study_id):
    found = current_text(session, study_id)
    return found and found.text


@pytest.fixture
def desk(session, client):
    """A study, its text's address, and the browser of the project's data manager."""
    project = factories.make_project(session, learning_rules={"is_on": False})
    factories.make_schema(session, project=project)
    manager = factories.make_member(session, project=project, role=Role.DATA_MANAGER)
    study = factories.make_study(session, project=project)
    session.commit()
    return project, study, manager, client(manager), f"/api/studies/{study.id}/text"


def put(browser, address, text, replaces=0, **more):
    body = {"text": text, "replaces": replaces, "is_deidentified": True, **more}
    return browser.put(address, json=body)


def test_a_text_is_written_and_replaced_and_every_version_is_kept(desk, session):
    _, study, manager, browser, address = desk
    assert browser.get(address).json() == {"text": "", "versions": []}
    assert put(browser, address, f"\r\n{COUGH}\r\nSmoker.\x07 ").json()["text"] == (
        f"{COUGH}\nSmoker."
    )
    stale = put(browser, address, "Fever.")
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/text-replaced")
    newer = put(browser, address, "Fever.", replaces=1).json()
    assert newer["text"] == "Fever."
    told = [(one["number"], one["written_by_name"]) for one in newer["versions"]]
    assert told == [(2, manager.name), (1, manager.name)]
    assert shown_text(session, study.id) == "Fever."
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("UPDATE study_text SET text = 'other'"))


def test_what_may_identify_someone_is_held_up_until_it_was_looked_at(desk, session):
    _, _, _, browser, address = desk
    unsure = f"{COUGH}\nSeen by Dr. Okonkwo on 12.03.2024"
    held = put(browser, address, unsure)
    assert (held.status_code, held.json()["type"]) == (422, "/problems/text-may-identify")
    assert held.json()["signs"] == [
        {"sign": "date", "line_number": 2},
        {"sign": "name", "line_number": 2},
    ]
    assert "Okonkwo" not in held.text
    unvouched = browser.put(address, json={"text": COUGH, "replaces": 0, "is_deidentified": False})
    assert unvouched.status_code == 422
    assert put(browser, address, " \n").json()["type"] == "/problems/text-empty"
    assert put(browser, address, unsure, is_checked=True).status_code == 200
    assert browser.delete(address).status_code == 204
    assert session.scalars(select(StudyText)).all() == []
    said = session.execute(
        select(AuditEvent.action, AuditEvent.detail).where(AuditEvent.action.like("study_text%"))
    ).all()
    assert {one[0] for one in said} == {"study_text_written", "study_text_removed"}
    assert "Okonkwo" not in str(said)


def test_a_reader_sees_the_text_in_the_case_unless_the_project_hides_it(desk, session):
    project, study, _, browser, address = desk
    put(browser, address, COUGH)
    reader = factories.make_member(session, project=project)
    queue.open_missing(session, project.id)
    task = session.scalars(select(Task).where(Task.study_id == study.id)).one()
    read = claim.claim_task(session, reader, task.id)
    assert as_json(session, reader, read)["clinical_text"] == COUGH
    project.reading_rules = {**project.reading_rules, "show_clinical_text": False}
    assert as_json(session, reader, read)["clinical_text"] is None


def test_a_purge_takes_the_text_with_the_images(desk, session):
    _, study, _, browser, address = desk
    put(browser, address, COUGH)
    browser.delete(f"/api/studies/{study.id}")
    assert browser.get(address).status_code == 404
    assert shown_text(session, study.id) == COUGH
    browser.post(f"/api/deleted-studies/{study.id}/purge")
    work(Queue.LIGHT, worker.HANDLERS)
    assert session.scalars(select(StudyText)).all() == []


def test_a_table_gives_texts_to_studies_by_their_uid_or_file(desk, session, tmp_path: Path):
    project, study, manager, _, _ = desk
    key = profile_of(session, project).project_key
    came_as = factories.make_study(session, project=project)
    came_as.study_uid = remap_uid(key, "1.2.3.4")
    elsewhere = factories.make_study(session, project=factories.make_project(session))
    session.commit()
    table = tmp_path / "texts.csv"
    table.write_text(
        "study;report\n"
        f'{study.study_uid};"{COUGH}\nSmoker."\n'
        "1.2.3.4;Seen on 12.03.2024\n"
        f"{elsewhere.study_uid};Never\n"
        "../secret.png;Never\n"
        "gone.dcm;\n"
    )
    order = TextOrder(table, tmp_path, project.id, manager.id, "study", "report")
    first = give_texts(order)
    assert (first.written, first.unknown, first.empty) == (1, 2, 1)
    assert first.signs == {3: [Found(Sign.DATE, 1)]}
    again = give_texts(replace(order, is_checked=True))
    assert (again.written, again.unchanged, again.signs) == (1, 1, {})
    with open_session() as fresh:
        assert shown_text(fresh, study.id) == f"{COUGH}\nSmoker."
        assert shown_text(fresh, came_as.id) == "Seen on 12.03.2024"
        assert shown_text(fresh, elsewhere.id) is None
