"""Masks in the loop: reads train a model, it draws, and its doubts order the queue."""

from uuid import UUID

import numpy as np
import pytest
import torch
from sqlalchemy import func, select

from collimate.annotations.models import AnnotationRevision
from collimate.annotations.runs import from_mask, to_mask
from collimate.jobs.models import Job
from collimate.kit.database import open_session
from collimate.learning import ask, page
from collimate.learning.drawn import Reading, boxes_of, evenly, mask_of, unpack
from collimate.learning.due import newest_batch
from collimate.learning.images import FramePlace
from collimate.learning.models import ModelVersion, Prediction, QueryPick, TrainingRun
from collimate.learning.suggest import suggestion_for_read
from collimate.learning.versions import list_models, promoted_model
from collimate.ml import dense_training
from collimate.ml import steps as steps_of_training
from collimate.ml.boxes import iou
from collimate.projects.models import Project
from collimate.studies.models import Study
from collimate.tasks import queue
from collimate.tasks.models import Read, Task
from tests import factories
from tests.learning.painted import SIDE, disc, make_painting_clinic, paint, said, train_quickly
from tests.learning.pictures import make_picture, work_all


def learn_now(project_id: UUID) -> list[tuple[str, str]]:
    with open_session() as session:
        ask.learn_anew(session, project_id)
    return work_all()


def test_masks_are_learned_measured_drawn_and_asked_for_where_they_are_doubtful(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_quickly(monkeypatch)
    project_id = make_painting_clinic(17)
    with open_session() as session:
        project = session.get_one(Project, project_id)
        make_picture(session, project=project, pixels=np.full((SIDE, SIDE), 7, np.uint16))
        queue.open_missing(session, project_id)
    work_all()
    paint(project_id, [0, 1, 4, 6], arm="control")
    paint(project_id, [2, 3, 5, *range(7, 15), 17])
    assert learn_now(project_id) == [
        ("run_round", "done"), ("train_model", "done"), ("run_round", "done"),
    ]  # fmt: skip
    with open_session() as session:
        project = session.get_one(Project, project_id)
        model = promoted_model(session, project_id)
        assert model is not None
        run = session.get_one(TrainingRun, model.training_run_id)
        assert run.label_count == 11, "five of the fifteen are held out; one image is constant"
        assert run.metrics["intake"] == {"side": 32, "spacing_mm": 0.3, "low": None, "high": None}
        score = run.metrics["score"]
        assert score["value"] > 0.65
        assert score["n"] == 5
        assert run.metrics["per_class"][0]["distance_mm"] < 1.0

        batch = newest_batch(session, project_id)
        assert batch is not None
        assert (batch.strategy, batch.model_version_id) == ("clasp_pe", model.id)
        picks = session.scalars(select(QueryPick).where(QueryPick.query_batch_id == batch.id)).all()
        assert "uncertain where Lung is" in {pick.reason for pick in picks}

        drawings = session.scalars(
            select(Prediction).where(Prediction.model_version_id == model.id)
        )
        number_of = {
            study_id: number
            for number, study_id in enumerate(
                session.scalars(
                    select(Study.id).where(Study.project_id == project_id).order_by(Study.id)
                )
            )
        }
        overlaps = []
        for found in drawings:
            if number_of[found.study_id] == 17:
                del number_of[found.study_id]
                assert (found.drawn, found.probabilities) == (None, {})
                continue
            [frame] = unpack(found.drawn)
            assert 0.0 <= frame["doubt"] <= 1.0
            mask = disc(number_of.pop(found.study_id))[1]
            runs = next((one["runs"] for one in frame["segments"]), [])
            drawn = to_mask(runs, SIDE, SIDE)
            if mask.any():
                overlaps.append(2 * (mask & drawn).sum() / (mask.sum() + drawn.sum()))
        assert not number_of, "every study was drawn on, held-out ones too"
        assert np.mean(overlaps) > 0.65
        assert session.scalar(select(func.count()).select_from(AnnotationRevision)) == 0

        shown = page.learning_page(session, project)
        assert (shown["kind"], shown["curve"]["metric"]) == ("segmentation", "mean Dice")
        assert [point["label_count"] for point in shown["curve"]["strategy"]] == [11]
        [alone] = shown["curve"]["control"]
        assert 4 <= alone["label_count"] == 2 * alone["active_minutes"] < 11
        assert alone["score"] > 0.3
    assert learn_now(project_id) == [("run_round", "done")], "nothing new was read"


def test_a_worker_killed_in_training_goes_on_and_a_failed_one_leaves_the_earlier_model(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_quickly(monkeypatch, steps=12)
    monkeypatch.setattr(steps_of_training, "STEPS_BETWEEN_CHECKPOINTS", 5)
    honest, steps = dense_training.dense_step, []

    def killed(training, *rest):  # type: ignore[no-untyped-def]
        step = honest(training, *rest)

        def counted(batch: int) -> torch.Tensor:
            if len(steps) == 8:
                raise KeyboardInterrupt
            steps.append(training.step)
            return step(batch)

        return counted

    project_id = make_painting_clinic(10)
    work_all()
    paint(project_id, range(6))
    monkeypatch.setattr(dense_training, "dense_step", killed)
    with pytest.raises(KeyboardInterrupt):
        learn_now(project_id)
    with open_session() as session:
        job = session.scalars(select(Job).where(Job.kind == "train_model")).one()
        assert job.state == "running"
        job.state = "queued"  # as the reaper does once the lease is over
        assert list_models(session, project_id) == []
    steps.clear()
    assert work_all()[0] == ("train_model", "done")
    assert steps == [5, 6, 7, 8, 9, 10, 11], "it went on from the checkpoint"

    paint(project_id, range(6, 8))
    diverged = torch.tensor(float("nan"))
    monkeypatch.setattr(dense_training, "dense_step", lambda *_: lambda batch: diverged)
    assert ("train_model", "failed") in learn_now(project_id)
    with open_session() as session:
        [model] = session.scalars(select(ModelVersion)).all()
        assert promoted_model(session, project_id) == model
        warnings = page.learning_page(session, session.get_one(Project, project_id))["warnings"]
        assert any("no longer a finite number" in warning for warning in warnings)
        batch = newest_batch(session, project_id)
        assert batch is not None
        assert batch.model_version_id == model.id, "the queue goes on by the earlier model"


def test_boxes_are_learned_the_same_way_and_suggested_to_the_reader(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    train_quickly(monkeypatch, steps=100)
    project_id = make_painting_clinic(13, kind="box")
    with open_session() as session:
        project = session.get_one(Project, project_id)
        make_picture(session, project=project, pixels=np.full((SIDE, SIDE), 7, np.uint16))
        queue.open_missing(session, project_id)
    work_all()
    paint(project_id, [*range(10), 13], kind="box")
    assert ("train_model", "done") in learn_now(project_id), "a box on an even image is left out"
    with open_session() as session:
        model = promoted_model(session, project_id)
        assert model is not None
        run = session.get_one(TrainingRun, model.training_run_id)
        assert run.metrics["score"]["value"] > 0.6
        [opacity] = page.learning_page(session, session.get_one(Project, project_id))["per_class"]
        assert opacity["average_precision"]["value"] > 0.6
        assert opacity["froc"][-1] >= opacity["froc"][0]
        batch = newest_batch(session, project_id)
        assert batch is not None
        assert batch.strategy == "class_balanced_detection"
        reader = factories.make_member(session, project=session.get_one(Project, project_id))
        study_id = session.scalars(
            select(Study.id).where(Study.project_id == project_id).order_by(Study.id)
        ).all()[12]
        read = session.scalars(select(Read).join(Task).where(Task.study_id == study_id)).one()
        read.reader_id, read.state = reader.id, "claimed"
        session.flush()
        suggestion = suggestion_for_read(session, reader, read.id)
        assert suggestion is not None
        [frame] = suggestion["frames"]
        truth = said(disc(12)[1], frame["sop_instance_uid"], "box")[0]["points"]
        assert iou(frame["boxes"][0]["points"], truth) > 0.3
        assert all(box["probability"] >= 0.3 for box in frame["boxes"])
        spoke = model.id

    # every image reads as numbers that are none: the job says so, the earlier model serves on
    broken = np.full((SIDE, SIDE), np.nan, np.float32)
    monkeypatch.setattr(FramePlace, "values", lambda _: (broken, False))
    paint(project_id, [10], kind="box")
    assert ("train_model", "failed") in learn_now(project_id)
    with open_session() as session:
        failed = session.scalars(select(Job).where(Job.state == "failed")).one()
        assert "No image that was read shows anything" in failed.error
        model = promoted_model(session, project_id)
        assert model is not None
        assert model.id == spoke
        newest = newest_batch(session, project_id)
        assert newest is not None
        assert newest.model_version_id == spoke


def test_several_readers_count_by_pixel_and_by_box() -> None:
    place = ("1.2", 1)

    def painted(*runs: int) -> Reading:
        return {place: {"lung": [{"runs": list(runs)}]}}

    def boxed(*boxes: list[list[float]]) -> Reading:
        return {place: {"opacity": [{"points": box} for box in boxes]}}

    readers = [painted(0, 6), painted(2, 6), painted(4, 8)]
    assert from_mask(mask_of(readers, place, "lung", 3, 4)) == [2, 6]
    assert from_mask(mask_of(readers[:2], place, "lung", 3, 4)) == [2, 4], "both of two"
    assert not mask_of(readers, ("1.2", 2), "lung", 3, 4).any()
    here, there = [[0.0, 0.0], [10.0, 10.0]], [[50.0, 50.0], [60.0, 60.0]]
    nearly = [[1.0, 0.0], [10.0, 10.0]]
    three = [boxed(here, there), boxed(nearly), boxed()]
    assert boxes_of(three, place, "opacity") == [here], "the other was seen by one of three"
    assert boxes_of(three[:2], place, "opacity") == [here, there], "half of two is enough"
    assert evenly(5, 9) == [0, 1, 2, 3, 4]
    assert evenly(100, 4) == [12, 37, 62, 87]
