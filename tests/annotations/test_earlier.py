"""A case tells of the patient's earlier studies, and of nothing that came later."""

from datetime import date

import pytest
from sqlalchemy import select

from collimate.annotations.case import as_json
from collimate.tasks import claim, queue
from collimate.tasks.models import Task
from tests import factories


@pytest.fixture
def visits(session):
    """Studies of one patient on these days, a stranger's, and one in another project."""
    project = factories.make_project(session, learning_rules={"is_on": False})
    factories.make_schema(session, project=project)
    patient = factories.make_patient(session, project=project)
    days = (date(2020, 1, 5), date(2023, 3, 1), date(2024, 3, 1), date(2025, 9, 9), None)
    studies = []
    for day in days:
        study = factories.make_study(session, project=project, patient=patient)
        study.study_date = day
        studies.append(study)
    factories.make_study(session, project=project).study_date = date(2019, 1, 1)
    factories.make_study(session, project=factories.make_project(session))
    session.flush()
    return project, studies


def case_of(session, project, study):
    reader = factories.make_member(session, project=project)
    queue.open_missing(session, project.id)
    session.flush()
    task = session.scalars(select(Task).where(Task.study_id == study.id)).one()
    return as_json(session, reader, claim.claim_task(session, reader, task.id))


def test_what_came_before_is_told_newest_first_and_what_came_after_is_not(session, visits):
    project, (oldest, older, this, _later, undated) = visits
    found = case_of(session, project, this)["earlier"]
    told = [(one["study_uid"], one["days_before"]) for one in found]
    assert told == [(older.study_uid, 366), (oldest.study_uid, 1517), (undated.study_uid, None)]
    assert set(found[0]) == {"id", "study_uid", "modality", "body_part", "days_before"}


def test_without_dates_nothing_can_be_left_out_for_being_later(session, visits):
    project, studies = visits
    found = case_of(session, project, studies[-1])["earlier"]
    assert [one["days_before"] for one in found] == [None] * 4


def test_a_deleted_study_is_not_told_of(session, visits):
    project, (oldest, older, this, *_) = visits
    older.deleted_at = this.created_at
    session.flush()
    found = case_of(session, project, this)["earlier"]
    assert found[0]["study_uid"] == oldest.study_uid


def test_a_project_may_hide_earlier_studies(session, visits):
    project, (_, _, this, *_) = visits
    project.reading_rules = {**project.reading_rules, "show_earlier": False}
    assert case_of(session, project, this)["earlier"] == []
