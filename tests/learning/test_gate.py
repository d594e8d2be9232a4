"""A trained encoder serves only once the project's labels say that it helps."""

from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import func, select

from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.jobs.models import Job
from collimate.learning import encoders, gate
from collimate.learning.models import Embedding, Encoder
from tests import factories
from tests.learning.worlds import make_world


def trial(session, *, labels, helps, holdout_labels=0):
    """A project whose descriptors are vague; a trained encoder waits that helps, or does not."""
    world = make_world(session, studies=150, spread=0.9, dimensions={"scattering": 8, "simclr": 6})
    waiting = session.scalars(select(Encoder).where(Encoder.kind == "simclr")).one()
    waiting.is_current = False
    rng = np.random.default_rng(1)
    for row in session.scalars(select(Embedding).where(Embedding.encoder_id == waiting.id)):
        meant = np.eye(3, 6)[world.truth[row.study_id]] if helps else np.zeros(6)
        row.vector = (meant + rng.normal(0, 0.1, 6)).tolist()
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    for study_id in pool[:labels] + sorted(world.holdout)[:holdout_labels]:
        world.read(study_id)
    session.flush()
    return world, waiting


def current(session, project_id: UUID) -> list[str]:
    return [encoder.kind for encoder in encoders.current_encoders(session, project_id)]


def test_an_encoder_that_helps_is_swapped_in_and_the_numbers_are_kept(session):
    world, waiting = trial(session, labels=70, helps=True)
    assert gate.decide(session, world.project.id) is True
    session.expire_all()
    assert current(session, world.project.id) == ["scattering", "simclr"]
    kept = waiting.recipe["comparison"]
    assert kept["label_count"] == 70
    assert kept["loss_other"] < kept["loss_now"]
    assert kept["score_other"] > kept["score_now"]
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "encoder_compared")).one()
    assert event.detail == {"label_count": 70, "is_swapped_in": True}
    assert gate.decide(session, world.project.id) is None, "nothing waits any more"


def test_an_encoder_that_does_not_help_stays_out_and_is_asked_about_again_with_more_labels(session):
    world, waiting = trial(session, labels=60, helps=False)
    assert gate.decide(session, world.project.id) is False
    assert current(session, world.project.id) == ["scattering"]
    assert gate.labels_needed(waiting) == 90
    assert gate.decide(session, world.project.id) is None
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    for study_id in pool[60:90]:
        world.read(study_id)
    assert gate.decide(session, world.project.id) is False
    assert gate.labels_needed(waiting) == 135


def test_with_too_few_labels_the_descriptors_go_on_and_held_out_labels_do_not_count(session):
    world, _ = trial(session, labels=59, helps=True, holdout_labels=20)
    assert gate.decide(session, world.project.id) is None
    assert current(session, world.project.id) == ["scattering"]


def test_labels_of_one_class_decide_nothing(session):
    world, _ = trial(session, labels=0, helps=True)
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    for study_id in pool[:70]:
        world.read(study_id, ["normal"])
    assert gate.decide(session, world.project.id) is None


@pytest.mark.parametrize(("labels", "asked"), [(59, 0), (60, 1)])
def test_a_round_asks_for_the_comparison_when_there_are_labels_enough(session, labels, asked):
    world, _ = trial(session, labels=0, helps=True)
    gate.ask(session, world.project.id, labels)
    found = session.scalar(select(func.count()).where(Job.kind == "compare_encoders"))
    assert found == asked


def test_the_learning_page_shows_how_the_trial_stands(session, client):
    world, _ = trial(session, labels=70, helps=True)
    admin = factories.make_member(session, project=world.project, role=Role.PROJECT_ADMIN)
    session.commit()
    path = f"/api/projects/{world.project.id}/learning"
    page = client(admin).get(path).json()
    before = page["encoder_trial"]
    assert not any("No encoder has been trained" in warning for warning in page["warnings"])
    assert before == {"kind": "simclr", "state": "waiting", "next_at_label_count": 60, "last": None}
    gate.decide(session, world.project.id)
    session.commit()
    after = client(admin).get(path).json()["encoder_trial"]
    assert after["state"] == "in_use"
    assert after["last"]["is_better"] is True
    assert after["last"]["low"] > 0
