"""An encoder is taught answers of some patients, and judged by others it knows nothing of."""

from uuid import UUID

import numpy as np
import pytest
import torch
from sqlalchemy import select

from collimate.access.models import AuditEvent
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.learning import encoders, gate, teach
from collimate.learning.fit import Ground, lessons_of
from collimate.learning.gpu import tune
from collimate.learning.labels import labelled_units, question_of
from collimate.learning.models import Embedding, Encoder
from collimate.learning.pool import load_pool
from collimate.ml import fine_tuning
from collimate.ml.encoder import Network, load_encoder, save_encoder
from collimate.ml.features import fit_space
from collimate.projects.schema import current_schema
from collimate.studies.models import Patient, Study
from collimate.tasks import queue
from collimate.tasks.models import Task
from tests import factories
from tests.learning.pictures import chest, make_picture, work_once
from tests.learning.worlds import make_world

CLASSES = ("normal", "bacterial", "viral")


def by_heart(session, *, truly: bool):
    """A taught encoder that knows the answers of its patients by heart, and of others truly helps
    or says nothing."""
    world = make_world(session, studies=150, spread=0.9, dimensions={"scattering": 8, "taught": 6})
    row = session.scalars(select(Encoder).where(Encoder.kind == "taught")).one()
    row.is_current = False
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    learned = {one for one in pool if not teach.is_apart(world.patient_of[one])}
    row.recipe = {"patients": [str(world.patient_of[one]) for one in learned], "label_count": 120}
    rng = np.random.default_rng(1)
    for seen in session.scalars(select(Embedding).where(Embedding.encoder_id == row.id)):
        knows = truly or seen.study_id in learned
        meant = np.eye(3, 6)[world.truth[seen.study_id]] * (1 if knows else 0)
        seen.vector = (meant + rng.normal(0, 0.1, 6)).tolist()
    for study_id in pool:
        world.read(study_id)
    session.flush()
    return world, row


@pytest.mark.parametrize("truly", [True, False])
def test_what_was_learned_by_heart_does_not_count_in_the_trial(session, truly):
    world, row = by_heart(session, truly=truly)
    assert gate.decide(session, world.project.id) is truly
    session.refresh(row)
    kept = row.recipe["comparison"]
    apart = {one for one in world.study_ids if teach.is_apart(world.patient_of[one])}
    assert kept["judged"] == len(apart - world.holdout)
    assert kept["label_count"] == 120
    shown = gate.describe(session, world.project.id)
    assert shown["last"]["label_count"] == kept["judged"]
    assert row.is_current is truly
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "encoder_compared")).one()
    assert event.detail == {"label_count": 120, "is_swapped_in": truly}


def test_doubts_and_the_strength_of_heads_come_from_what_no_label_has_shaped(session):
    world, row = by_heart(session, truly=True)
    encoders.swap_in(session, row)
    pool = load_pool(session, world.project)
    taught = {str(one) for one in row.recipe["patients"]}
    assert list(pool.is_taught) == [str(one) in taught for one in pool.patients]
    space = fit_space(pool.blocks)
    ground = Ground(pool, space, space.transform(pool.blocks))
    assert ground.unlearned_z.shape == (len(pool), 8)
    question = question_of(session, world.project)
    labelled, _ = labelled_units(session, world.project, question)
    assert len(lessons_of(pool, labelled, question).rows) == 120


def make_clinic(count: int, folder) -> tuple[UUID, UUID]:
    """Read studies of which every fifth is held out, and an encoder that serves."""
    with open_session() as session:
        project = factories.make_project(session, learning_rules={"batch_size": 6})
        factories.make_schema(session, project=project, classes=CLASSES)
        reader = factories.make_member(session, project=project)
        for number in range(count):
            make_picture(
                session, project=project, pixels=chest(number % 3, number),
                is_holdout=number % 5 == 4,
            )  # fmt: skip
        queue.open_missing(session, project.id)
        torch.manual_seed(0)
        path = folder / "e.safetensors"
        save_encoder(Network(), path, recipe={})
        serving = Encoder(
            project_id=project.id, kind="simclr", state="ready", dimension=192, is_current=True,
            recipe={}, weights_sha256=blobs().put(path).sha256,
        )  # fmt: skip
        session.add(serving)
        schema = current_schema(session, project.id)
        rows = session.execute(
            select(Study.id, Task).join(Task).where(Study.project_id == project.id)
        ).all()
        for number, (_, task) in enumerate(sorted(rows, key=lambda row: row[0])):
            factories.make_submission(
                session, project=project, reader=reader, schema=schema, task=task,
                label_keys=[CLASSES[number % 3]],
            )  # fmt: skip
            task.state = "submitted"
        session.flush()
        return project.id, serving.id


def test_an_encoder_is_taught_by_no_patient_kept_apart_and_then_waits_for_the_labels(
    database, monkeypatch, tmp_path
):
    project_id, serving_id = make_clinic(40, tmp_path)
    monkeypatch.setattr(fine_tuning, "STEPS", 3)
    monkeypatch.setattr(teach, "FEWEST_LABELS", 33)
    with open_session() as session:
        assert not teach.ask(session, project_id, 32)
        enqueue(session, JobKind.TEACH_ENCODER, project_id=project_id)
    assert work_once()[1].result == {"skipped": 1}, "32 labels of the pool are too few"
    monkeypatch.setattr(teach, "FEWEST_LABELS", 32)
    given = []
    honest = fine_tuning.train

    def interrupted(images, labels, **named):
        given.append((len(images), named["patients"]))
        calls = iter(range(9))
        stop = (lambda: next(calls) >= 1) if len(given) == 1 else named.pop("should_stop")
        return honest(images, labels, **{**named, "should_stop": stop})

    monkeypatch.setattr(tune.fine_tuning, "train", interrupted)
    with open_session() as session:
        assert teach.ask(session, project_id, 32)
    assert work_once()[1].result == {"paused": 1}
    state, job = work_once()
    assert (state, job.kind) == ("done", "teach_encoder"), job.error
    with open_session() as session:
        row = gate.candidate(session, project_id)
        assert (row.kind, row.recipe["steps"], row.recipe["label_count"]) == ("taught", 3, 32)
        assert row.recipe["base_id"] == str(serving_id)
        patients = {str(one): one for one in session.scalars(select(Study.patient_id))}
        apart = {name for name, one in patients.items() if teach.is_apart(one)}
        held = set(session.scalars(select(Patient.id).where(Patient.is_holdout)).all())
        assert apart, "some patients are kept apart"
        for count, seen in given:
            assert count == len(seen) < 32
            assert not set(seen) & (apart | {str(one) for one in held})
        assert set(given[0][1]) == set(row.recipe["patients"])
        seen_by = session.scalars(select(Embedding).where(Embedding.encoder_id == row.id)).all()
        assert len(seen_by) == 40
        assert teach.labels_needed(session, project_id) == 48
        assert encoders.current_encoders(session, project_id)[0].id == serving_id
        encoders.swap_in(session, row)
        assert teach.base_of(session, project_id).id == serving_id, "never taught on top of taught"
        with blobs().local(row.weights_sha256) as path:
            assert load_encoder(path).recipe["recipe"] == fine_tuning.RECIPE
    assert work_once()[1].kind == "compare_encoders"
