"""Every point of the learning curve is measured on the same held-out cases."""

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning import rounds
from collimate.learning.models import ModelVersion, Prediction, TrainingRun
from collimate.ml import metrics
from tests.learning.worlds import CLASSES, World, make_world


def runs_of(session: Session, world: World) -> list[TrainingRun]:
    query = select(TrainingRun).where(TrainingRun.project_id == world.project.id)
    return list(session.scalars(query.order_by(TrainingRun.round_number)))


def score_now(session: Session, world: World, run: TrainingRun) -> float | None:
    """The run's model measured by hand on every held-out case read by now."""
    read = [s for s in world.holdout if world.task_of(s).state == "submitted"]
    rows = session.execute(
        select(Prediction.study_id, Prediction.probabilities)
        .join(ModelVersion, ModelVersion.id == Prediction.model_version_id)
        .where(ModelVersion.training_run_id == run.id, Prediction.study_id.in_(read))
    ).all()
    said = np.array([CLASSES.index(max(p, key=p.get)) for _, p in rows])
    truth = np.array([world.truth[study_id] for study_id, _ in rows])
    recalls = [float((said[truth == c] == c).mean()) for c in range(3) if (truth == c).any()]
    return float(np.mean(recalls))


def test_earlier_models_are_measured_again_when_more_of_the_hold_out_is_read(
    session: Session,
) -> None:
    world = make_world(session, studies=150)
    for _ in range(4):
        rounds.run_round(session, world.project.id)
        world.read_next(25)
    for study_id in list(world.holdout):
        if world.task_of(study_id).state == "open":
            world.read(study_id)
    rounds.run_round(session, world.project.id)
    runs = runs_of(session, world)
    points = runs[-1].metrics["curve"]["strategy"]
    assert len(runs) >= 3
    assert [point["label_count"] for point in points] == [run.label_count for run in runs]
    for point, run in zip(points, runs, strict=True):
        assert abs(point["score"] - score_now(session, world, run)) < 1e-9
    assert points[-1]["score"] == runs[-1].metrics["score"]["value"]


def test_the_control_arm_has_a_curve_of_its_own_labels(session: Session) -> None:
    world = make_world(session, studies=150, learning={"control_share": 0.5})
    for _ in range(5):
        rounds.run_round(session, world.project.id)
        world.read_next(25)
    rounds.run_round(session, world.project.id)
    newest = runs_of(session, world)[-1]
    control = newest.metrics["curve"]["control"]
    assert control[-1]["label_count"] == newest.control_label_count
    assert control[-1]["score"] == newest.metrics["control"]["score"]["value"]
    assert all(0 <= point["low"] <= point["score"] <= point["high"] <= 1 for point in control[-1:])


def test_measuring_knows_the_plain_definition_of_macro_recall() -> None:
    truth, said = np.array([0, 0, 1, 1, 1, 2]), np.array([0, 1, 1, 1, 0, 2])
    people = np.arange(6).astype(str)
    found = metrics.macro_recall(truth, said, people, class_count=3)
    assert abs(found.value - (1 / 2 + 2 / 3 + 1) / 3) < 1e-12
