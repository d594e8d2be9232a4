"""Scores by site, scanner, sex and age say who is served less well, and are silent on few."""

import numpy as np
import pytest
from sqlalchemy.orm import Session

from collimate.learning import rounds
from collimate.learning.models import QueryPick, TrainingRun
from collimate.learning.page import learning_page
from collimate.learning.subgroups import age_band, scores_by_group
from collimate.projects.rules import LearningRules, RuleOutOfRange, change
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Task
from tests.learning.worlds import make_world

KEYS = ("no", "yes")


def test_the_worse_group_shows() -> None:
    truth = np.tile([0, 1], 60)
    said = truth.copy()
    site = np.array(["north"] * 80 + ["south"] * 36 + ["east"] * 3 + [""])
    said[80:116:2] = 1
    p = np.eye(2)[said]
    found = scores_by_group(
        {"site": site, "sex": np.full(120, "F")}, truth, p, np.arange(120).astype(str), KEYS
    )
    assert [item["attribute"] for item in found] == ["site"] * 3
    by_value = {item["value"]: item for item in found}
    assert by_value["north"]["score"] == 1.0
    assert by_value["south"]["score"] == 0.5
    assert by_value["south"]["low"] <= 0.5 <= by_value["south"]["high"]
    assert by_value["east"] == {
        "attribute": "site", "value": "east", "score": None, "low": None, "high": None, "count": 3
    }  # fmt: skip


def test_few_patients_give_no_interval() -> None:
    truth = np.tile([0, 1], 10)
    people = np.repeat(["a", "b"], 10)
    sex = np.array(["F", "M"] * 10)
    found = scores_by_group({"sex": sex}, truth, np.eye(2)[truth], people, KEYS)
    assert [item["low"] for item in found] == [None, None]
    assert [item["count"] for item in found] == [10, 10]


def test_several_labels_are_scored_too() -> None:
    answers = np.random.default_rng(0).random((40, 2)) < 0.5
    sex = np.array(["F", "M"] * 20)
    found = scores_by_group(
        {"sex": sex}, answers, answers.astype(float), np.arange(40).astype(str), KEYS
    )
    assert [item["score"] for item in found] == [1.0, 1.0]


@pytest.mark.parametrize(
    ("age", "band"),
    [(None, ""), (0, "0-17"), (17, "0-17"), (18, "18-39"), (64, "40-64"), (90, "65 and over")],
)
def test_ages_fall_into_bands(age: int | None, band: str) -> None:
    assert age_band(age) == band


def test_quotas_name_a_group_and_a_share() -> None:
    rules = LearningRules()
    assert change(rules, {"quotas": {"sex:F": 0.4}})["quotas"] == {"sex:F": 0.4}
    assert LearningRules(quotas={"site:A:B": 0.2}).quota_shares() == {("site", "A:B"): 0.2}
    for wrong in ({"sex": 0.4}, {"hair:red": 0.4}, {"sex:F": 1.5}):
        with pytest.raises(RuleOutOfRange):
            change(rules, {"quotas": wrong})


def test_a_round_keeps_the_projects_quotas_and_measures_its_groups(session: Session) -> None:
    world = make_world(session, studies=90, learning={"batch_size": 16, "quotas": {"sex:M": 0.5}})
    for number, study_id in enumerate(world.study_ids):
        patient = session.get_one(Patient, session.get_one(Study, study_id).patient_id)
        patient.sex = "M" if number % 6 == 0 else "F"
    session.flush()
    rounds.run_round(session, world.project.id)
    for study_id in world.study_ids[:40]:
        world.read(study_id)
    done = rounds.run_round(session, world.project.id)
    picks = session.query(QueryPick).filter_by(query_batch_id=done.batch_id, arm="strategy").all()
    sexes = [
        session.get_one(Patient, world.patient_of[session.get_one(Task, pick.task_id).study_id]).sex
        for pick in picks
    ]
    open_men = sum(
        session.get_one(Patient, world.patient_of[s]).sex == "M"
        for s in world.study_ids[40:]
        if s not in world.holdout
    )
    assert sexes.count("M") >= min(open_men - 2, len(picks) // 2)
    run = session.query(TrainingRun).one()
    assert {item["attribute"] for item in run.metrics["subgroups"]} >= {"sex"}
    page = learning_page(session, world.project)
    assert page["subgroups"] == run.metrics["subgroups"]
