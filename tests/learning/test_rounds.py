"""A round learns from what was read and asks for what to read next, never touching the hold-out."""

from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from collimate.kit.database import open_session
from collimate.learning import batch, encoders, fit, rounds
from collimate.learning.due import next_round_in
from collimate.learning.labels import labelled_units, question_of
from collimate.learning.models import (
    Encoder,
    ModelVersion,
    Prediction,
    QueryBatch,
    QueryPick,
    TrainingRun,
)
from collimate.learning.versions import list_models, promote, promoted_model
from collimate.projects.models import Project
from collimate.studies.models import Patient, Study
from collimate.tasks import places
from collimate.tasks.models import Task
from tests.learning.worlds import CLASSES, World, make_world


def picks_of(session: Session, batch_id: UUID) -> list[QueryPick]:
    query = select(QueryPick).where(QueryPick.query_batch_id == batch_id).order_by(QueryPick.rank)
    return list(session.scalars(query))


def play(world: World, count: int) -> list[rounds.RoundResult]:
    done = []
    for _ in range(count):
        done.append(rounds.run_round(world.session, world.project.id))
        world.read_next(10)
    return done


def test_the_first_round_orders_the_queue_without_a_model(session: Session) -> None:
    world = make_world(session)
    done = rounds.run_round(session, world.project.id)
    assert (done.round_number, done.model_version_id, done.label_count) == (1, None, 0)
    picks = picks_of(session, done.batch_id)
    asked = [pick for pick in picks if pick.arm != "evaluation"]
    assert len(asked) == 10
    assert {pick.reason_code for pick in asked} == {"typical", "control"}
    study_of = {task.id: task.study_id for task in session.scalars(select(Task))}
    strategic = [study_of[pick.task_id] for pick in asked if pick.arm == "strategy"]
    assert {world.truth[study_id] for study_id in strategic} == {0, 1, 2}


def test_the_queue_follows_the_batch_in_order_with_reasons(session: Session) -> None:
    world = make_world(session)
    done = rounds.run_round(session, world.project.id)
    picks = picks_of(session, done.batch_id)
    ordered = session.scalars(
        select(Task).where(Task.priority > 0).order_by(Task.priority.desc())
    ).all()
    assert [task.id for task in ordered] == [pick.task_id for pick in picks]
    assert [(t.arm, t.reason) for t in ordered] == [(p.arm, p.reason) for p in picks]
    assert all(pick.reason for pick in picks)
    measuring = [pick.rank for pick in picks if pick.arm == "evaluation"]
    # An evaluation share of a fifth: one of five served cases, spread between the others.
    assert len(measuring) == round(10 * 0.2 / 0.8)
    assert max(measuring) - min(measuring) > len(picks) // 3


def test_a_model_learns_is_measured_and_speaks_of_every_study(session: Session) -> None:
    world = make_world(session, studies=120)
    play(world, 5)
    model = promoted_model(session, world.project.id)
    assert model is not None
    run = session.get_one(TrainingRun, model.training_run_id)
    assert run.label_count >= 24
    assert run.metrics["score"]["value"] > 0.8
    assert run.metrics["confusion"]["keys"] == list(CLASSES)
    assert sum(map(sum, run.metrics["confusion"]["matrix"])) == run.metrics["score"]["n"]
    assert run.active_ms == run.label_count * 30_000
    said = session.scalars(select(Prediction).where(Prediction.model_version_id == model.id)).all()
    assert {p.study_id for p in said} == set(world.study_ids)
    right = [
        max(p.probabilities, key=p.probabilities.get) == CLASSES[world.truth[p.study_id]]
        for p in said
    ]
    assert np.mean(right) > 0.85
    loaded = fit.read_model(model)
    assert loaded.keys == CLASSES


def test_one_class_only_gives_no_model_and_the_cold_start_goes_on(session: Session) -> None:
    world = make_world(session)
    for study_id in [s for s in world.study_ids if s not in world.holdout][:6]:
        world.read(study_id, ["normal"])
    done = rounds.run_round(session, world.project.id)
    assert done.model_version_id is None
    assert done.label_count == 6
    assert session.scalar(select(func.count()).select_from(ModelVersion)) == 0
    assert done.pick_count > 0


@pytest.mark.parametrize("seed", range(3))
def test_held_out_patients_are_never_learned_from_or_sampled(session: Session, seed: int) -> None:
    world = make_world(session, studies=90, images_per_patient=3, holdout_every=3, seed=seed)
    play(world, 5)
    arms = session.execute(
        select(QueryPick.arm, Patient.is_holdout)
        .join(Task, Task.id == QueryPick.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
    ).all()
    assert {(arm == "evaluation") == is_holdout for arm, is_holdout in arms} == {True}
    question = question_of(session, world.project)
    assert question is not None
    labelled, _ = labelled_units(session, world.project, question)
    newest = session.scalars(
        select(TrainingRun).order_by(TrainingRun.round_number.desc()).limit(1)
    ).one()
    before = [item for item in labelled if item.submitted_at < newest.created_at]
    learned = [item for item in before if not item.is_holdout]
    assert {item.study_id for item in learned}.isdisjoint(world.holdout)
    assert newest.label_count == len(learned)
    people = {world.patient_of[item.study_id] for item in learned}
    measured = {world.patient_of[item.study_id] for item in before if item.is_holdout}
    assert people.isdisjoint(measured)


def test_labels_of_held_out_cases_do_not_change_the_model(session: Session) -> None:
    world = make_world(session, studies=80)
    play(world, 3)
    first = rounds.run_round(session, world.project.id, seed=5)
    for study_id in sorted(world.holdout)[:6]:
        if world.task_of(study_id).state == "open":
            world.read(study_id, ["viral"])
    second = rounds.run_round(session, world.project.id, seed=5)
    weights = [
        session.get_one(ModelVersion, done.model_version_id).weights_sha256
        for done in (first, second)
        if done.model_version_id
    ]
    assert len(weights) == 2
    assert weights[0] == weights[1]


def test_a_leak_would_be_refused_before_anything_is_stored(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(session)
    play(world, 2)
    honest = fit.lessons_of

    def leaking(pool, labelled, question):  # type: ignore[no-untyped-def]
        found = honest(pool, labelled, question)
        held = np.flatnonzero(pool.is_holdout)[:1]
        return fit.Lessons(
            np.concatenate([found.rows, held]),
            np.concatenate([found.answers, found.answers[:1]]),
            found.items,
            found.holdout_rows,
            found.holdout_answers,
        )

    monkeypatch.setattr(fit, "lessons_of", leaking)
    with pytest.raises(fit.HoldoutTouched):
        rounds.run_round(session, world.project.id)


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_control_arm_has_its_share_of_every_batch(session: Session, share: float) -> None:
    world = make_world(session, studies=150, learning={"control_share": share, "batch_size": 16})
    for done in play(world, 3):
        asked = [p for p in picks_of(session, done.batch_id) if p.arm != "evaluation"]
        assert sum(p.arm == "control" for p in asked) == round(20 * share)


def test_a_batch_asks_for_each_patient_once(session: Session) -> None:
    world = make_world(session, studies=120, images_per_patient=4, holdout_every=0)
    play(world, 2)
    done = rounds.run_round(session, world.project.id)
    study_of = {task.id: task.study_id for task in session.scalars(select(Task))}
    picks = picks_of(session, done.batch_id)
    people = [world.patient_of[study_of[p.task_id]] for p in picks if p.arm == "strategy"]
    controls = {world.patient_of[study_of[p.task_id]] for p in picks if p.arm == "control"}
    assert len(people) == len(set(people)) >= 7
    assert controls.isdisjoint(people)


def test_cases_in_work_and_cases_placed_by_a_person_are_left_alone(session: Session) -> None:
    world = make_world(session, studies=20, holdout_every=0)
    tasks = session.scalars(select(Task).order_by(Task.id)).all()
    tasks[0].arm, tasks[0].priority = "person", 5_000.0
    place = places.reads_of(session, tasks[1].id)[0]
    place.reader_id, place.state = world.reader.id, "claimed"
    tasks[1].state, tasks[1].arm, tasks[1].priority = "claimed", "control", 77.0
    session.flush()
    done = rounds.run_round(session, world.project.id)
    asked = {pick.task_id for pick in picks_of(session, done.batch_id)}
    assert asked.isdisjoint({tasks[0].id, tasks[1].id})
    session.expire_all()
    assert (tasks[0].arm, tasks[0].priority) == ("person", 5_000.0)
    assert (tasks[1].arm, tasks[1].priority) == ("control", 77.0)


def test_what_an_earlier_batch_asked_for_and_nobody_began_goes_back(session: Session) -> None:
    world = make_world(session, studies=100)
    first = rounds.run_round(session, world.project.id)
    second = rounds.run_round(session, world.project.id)
    before = {pick.task_id for pick in picks_of(session, first.batch_id)}
    now = {pick.task_id for pick in picks_of(session, second.batch_id)}
    session.expire_all()
    for task_id in before - now:
        task = session.get_one(Task, task_id)
        assert (task.arm, task.priority, task.reason) == ("arrival", 0.0, "")
    shown = session.scalars(select(Task.id).where(Task.priority > 0)).all()
    assert set(shown) == now


def test_rounds_are_repeatable_for_a_seed(session: Session) -> None:
    world = make_world(session, studies=90)
    play(world, 2)
    asked = []
    for _ in range(2):
        nested = session.begin_nested()
        done = rounds.run_round(session, world.project.id, seed=11)
        asked.append([(p.task_id, p.arm) for p in picks_of(session, done.batch_id)])
        nested.rollback()
        session.expire_all()
    assert asked[0] == asked[1]


def test_a_round_cut_short_leaves_the_earlier_model_and_queue(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_session() as session:
        world = make_world(session, studies=80)
        play(world, 3)
        project_id = world.project.id

    def snapshot() -> tuple:
        with open_session() as session:
            model = promoted_model(session, project_id)
            tasks = session.execute(
                select(Task.id, Task.priority, Task.arm, Task.reason).order_by(Task.id)
            ).all()
            batches = session.scalar(select(func.count()).select_from(QueryBatch))
            runs = session.scalar(select(func.count()).select_from(TrainingRun))
            return model.id if model else None, tasks, batches, runs

    before = snapshot()
    killed = RuntimeError("the worker was killed")

    def die(*_args: object, **_named: object) -> None:
        raise killed

    monkeypatch.setattr(batch.queue, "reprioritise", die)
    with pytest.raises(RuntimeError, match="killed"), open_session() as session:
        rounds.run_round(session, project_id)
    assert snapshot() == before
    monkeypatch.undo()
    with open_session() as session:
        done = rounds.run_round(session, project_id)
    assert snapshot()[0] == done.model_version_id != before[0]


def test_going_back_to_an_earlier_model(session: Session) -> None:
    world = make_world(session, studies=90)
    play(world, 4)
    models = session.scalars(select(ModelVersion).order_by(ModelVersion.number)).all()
    assert len(models) >= 2
    promote(session, models[0], by=None)
    promote(session, models[0], by=None)
    current = promoted_model(session, world.project.id)
    assert current is not None
    assert current.id == models[0].id
    listed = list_models(session, world.project.id)
    assert [item["is_promoted"] for item in listed].count(True) == 1
    assert listed[-1]["is_promoted"]
    later = rounds.run_round(session, world.project.id)
    assert promoted_model(session, world.project.id).id == later.model_version_id  # type: ignore[union-attr]


def test_several_answers_per_case_work_too(session: Session) -> None:
    world = make_world(session, studies=90, answer_mode="multi")
    rounds.run_round(session, world.project.id)
    for place, study_id in enumerate(world.study_ids[:40]):
        keys = [CLASSES[world.truth[study_id]]] + (["viral"] if place % 2 else [])
        world.read(study_id, sorted(set(keys)) if world.truth[study_id] else [])
    done = rounds.run_round(session, world.project.id)
    model = session.get_one(ModelVersion, done.model_version_id)
    run = session.get_one(TrainingRun, model.training_run_id)
    assert 0.5 < run.metrics["score"]["value"] <= 1.0
    assert run.metrics["confusion"] is None
    assert [item["key"] for item in run.metrics["per_class"]] == list(CLASSES)
    strategic = [p for p in picks_of(session, done.batch_id) if p.reason_code == "uncertain"]
    assert all(pick.reason.endswith("or not") for pick in strategic)


def test_a_study_that_one_encoder_has_not_seen_waits_for_the_next_round(session: Session) -> None:
    world = make_world(session, studies=40, dimensions={"scattering": 24, "simclr": 12})
    deep = session.scalars(select(Encoder).where(Encoder.kind == "simclr")).one()
    from collimate.learning.models import Embedding

    unseen = world.study_ids[1]
    session.execute(
        delete(Embedding).where(Embedding.encoder_id == deep.id, Embedding.study_id == unseen)
    )
    done = rounds.run_round(session, world.project.id)
    assert world.task_of(unseen).id not in {p.task_id for p in picks_of(session, done.batch_id)}
    assert session.get_one(QueryBatch, done.batch_id).pool_count == 31
    assert encoders.shown_encoder(session, world.project.id).id == deep.id  # type: ignore[union-attr]


def test_a_control_curve_is_measured_beside_the_strategy(session: Session) -> None:
    world = make_world(session, studies=150, learning={"control_share": 0.5})
    play(world, 5)
    run = session.scalars(select(TrainingRun).order_by(TrainingRun.round_number.desc())).first()
    assert run is not None
    assert 0 < run.control_label_count < run.label_count
    assert run.metrics["control"]["score"]["value"] > 0.5
    assert run.metrics["control"]["active_ms"] == run.control_label_count * 30_000


def test_a_pool_of_two_thousand_is_reordered(session: Session) -> None:
    world = make_world(
        session,
        studies=2_000,
        dimensions={"scattering": 400, "simclr": 48},
        learning={"batch_size": 20},
        spread=0.5,
    )
    rounds.run_round(session, world.project.id)
    session.commit()
    for study_id in world.study_ids[:300]:
        if world.task_of(study_id).state == "open":
            world.read(study_id)
    session.commit()
    done = rounds.run_round(session, world.project.id)
    assert done.model_version_id is not None
    assert done.score is not None
    assert done.score > 0.6
    asked = [p for p in picks_of(session, done.batch_id) if p.arm != "evaluation"]
    assert len(asked) == 25
    project = session.get_one(Project, world.project.id)
    assert next_round_in(session, project) == 20
