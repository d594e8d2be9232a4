"""Train a mask or box model on the newest reads, let it draw on every study, and measure it.

The work goes on from where it was left: after it stepped aside for a person, after a crash of the
worker. What is under way is written down in `plan.json` beside the checkpoints, by ids only.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.jobs.run import JobCancelled, JobFailed, JobRun
from collimate.kit.settings import settings
from collimate.learning import hold_back, measure_drawn
from collimate.learning.ask import learn_anew
from collimate.learning.drawing import lessons_of
from collimate.learning.fit import CONTROL, HoldoutTouched
from collimate.learning.gpu.draw import draw_all
from collimate.learning.gpu.gather import gather
from collimate.learning.gpu.glance import Glance
from collimate.learning.gpu.keep import Learned, keep
from collimate.learning.gpu.plan import Plan, plan_for, write_plan
from collimate.learning.kinds import TaskKind
from collimate.learning.labels import (
    Labelled,
    Question,
    labelled_units,
    question_of,
)
from collimate.learning.measure_drawn import exam_of
from collimate.learning.models import ModelVersion, TrainingRun
from collimate.learning.pool import load_pool
from collimate.learning.versions import UNFINISHED
from collimate.ml import together
from collimate.ml.checkpoints import UnreadableCheckpoint
from collimate.ml.dense_model import DenseModel
from collimate.ml.dense_training import DenseRun, NothingToLearn
from collimate.ml.device import available_device
from collimate.ml.memory import MemoryTooSmall
from collimate.ml.training import TrainingDiverged
from collimate.projects.models import Project

CONTROL_GROWTH = 1.5
FEWEST_CONTROL = 4
SHARES = {"model": 0.5, "control": 0.2}
"""Of the progress; the rest is drawing."""


@dataclass(frozen=True)
class Size:
    """How large a network learns, by what it runs on: pixels of the longest side, channels at the
    finest level, frames in a batch.
    """

    side: int
    width: int
    batch: int


SIZES = {"cpu": Size(96, 16, 8), "cuda": Size(256, 32, 16)}


def train_model(run: JobRun) -> dict[str, Any]:
    """Train, draw and measure; answers `paused` where it stepped aside.

    Raises: JobFailed with the reason, the earlier model serves on; JobCancelled; LostLease.
    """
    assert run.project_id is not None
    folder = settings().home_path / "work" / "models" / str(run.project_id)
    try:
        return _train(run, run.project_id, folder)
    except (NothingToLearn, TrainingDiverged, UnreadableCheckpoint, MemoryTooSmall) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise JobFailed(f"{error} The earlier model serves on.") from error
    except together.RanksFailed as error:
        raise JobFailed(str(error)) from error
    except JobCancelled:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _train(run: JobRun, project_id: UUID, folder: Path) -> dict[str, Any]:
    with run.open_session() as session:
        project = session.get_one(Project, project_id)
        question = question_of(session, project)
        if question is None or question.kind is TaskKind.CLASSIFICATION:
            return {"skipped": 1}
        own = lessons_of(session, project, question)
        plan, items = plan_for(session, project, question, own, folder)
    if plan.model_version_id is None:
        model = _learned(run, project_id, plan, items, question, folder)
        if model is None:
            return _pause(run)
        keep(run, project_id, plan, items, question, model)
        write_plan(plan, folder)
    assert plan.model_version_id is not None
    if not draw_all(run, UUID(plan.model_version_id), start=sum(SHARES.values())):
        return _pause(run)
    found = _finish(run, project_id, UUID(plan.model_version_id))
    shutil.rmtree(folder, ignore_errors=True)
    return found


def _learned(
    run: JobRun, project_id: UUID, plan: Plan, items: list[Labelled], question: Question,
    folder: Path,
) -> Learned | None:  # fmt: skip
    """The model, and one of the control arm alone where that grew; None if it stepped aside."""
    started = time.monotonic()
    trained = _fitted(run, plan, items, question, folder / "model.checkpoint", "model")
    if trained is None:
        return None
    model, done = trained
    own = [item for item in items if item.arm == CONTROL]
    control = None
    if _is_control_due(run, project_id, question, own):
        alone = _fitted(
            run, plan, own, question, folder / "control.checkpoint", "control", steps=done.steps
        )
        if alone is None:
            return None
        control = alone[0]
    plan.seconds += time.monotonic() - started
    return Learned(model, control, own)


def _fitted(
    run: JobRun, plan: Plan, items: Sequence[Labelled], question: Question, checkpoint: Path,
    name: str, *, steps: int | None = None,
) -> tuple[DenseModel, DenseRun] | None:  # fmt: skip
    size = SIZES[available_device().type]
    if any(item.is_holdout for item in items):
        raise HoldoutTouched("A held-out patient was about to be learned from.")
    run.report(0.02, "Reading what was drawn")
    with run.open_session() as session:
        samples, intake = gather(
            session, question, items, side=size.side, seed=plan.seed, check=run.check
        )
    start = SHARES["model"] if name == "control" else 0.0
    words = "Training on the control arm" if name == "control" else "Training on the newest reads"
    done = together.train_dense(
        samples,
        count=together.ranks_for(settings().training_gpus),
        kind=question.kind,
        width=size.width,
        checkpoint=checkpoint,
        seed=plan.seed,
        batch=size.batch,
        seconds=settings().model_seconds if steps is None else None,
        steps=steps,
        on_progress=lambda part, text: run.report(start + SHARES[name] * part, words),
        should_stop=Glance(run),
        threads=settings().torch_threads,
    )
    if done.network is None:
        run.check()
        return None
    about = {
        "frames": len(samples.images), "steps": done.steps, "seed": plan.seed, "loss": done.loss,
        "batch": done.batch,
    }  # fmt: skip
    model = DenseModel(done.network, question.kind, question.keys, intake, size.width, about)
    return model, done


def _is_control_due(
    run: JobRun, project_id: UUID, question: Question, own: Sequence[Labelled]
) -> bool:
    """Whether the control arm alone can teach, and grew by half since it last did."""
    if len(own) < FEWEST_CONTROL or not any(item.label_keys for item in own):
        return False
    with run.open_session() as session:
        newest = session.scalar(
            select(func.max(TrainingRun.control_label_count))
            .where(TrainingRun.project_id == project_id)
            .where(TrainingRun.metrics["kind"].astext == question.kind.value)
            .where(TrainingRun.metrics["control"]["cases"].is_not(None))
        )
    return newest is None or len(own) >= CONTROL_GROWTH * newest


def _finish(run: JobRun, project_id: UUID, model_id: UUID) -> dict[str, Any]:
    """Measure the model, let it speak unless somebody would lose by it, and reorder the queue."""
    with run.open_session() as session:
        project = session.get_one(Project, project_id)
        question = question_of(session, project)
        assert question is not None
        row = session.get_one(ModelVersion, model_id)
        training = session.get_one(TrainingRun, row.training_run_id)
        labelled, _ = labelled_units(session, project, question)
        pool = load_pool(session, project)
        exam = exam_of(pool, labelled)
        table, away = measure_drawn.scores_of(session, model_id, exam, question)
        kept = {key: value for key, value in training.metrics.items() if key != UNFINISHED}
        found = measure_drawn.metrics_of(table, away, exam, pool, question)
        training.metrics = {
            **kept, **measure_drawn.with_precision(session, model_id, exam, question, found)
        }  # fmt: skip
        session.flush()
        training.metrics = {
            **training.metrics,
            "curve": measure_drawn.curve_of(session, project_id, exam, question),
        }
        session.flush()
        learn_anew(session, project_id)
        hold_back.promote_drawing(session, project, row, pool, exam, question)
        score = (training.metrics.get("score") or {}).get("value")
        return {
            "model_number": row.number,
            "label_count": training.label_count,
            "score": None if score is None else round(score, 4),
        }


def _pause(run: JobRun) -> dict[str, Any]:
    """Queue the rest behind what is urgent; checkpoints carry the work over."""
    with run.open_session() as session:
        enqueue(
            session,
            JobKind.TRAIN_MODEL,
            project_id=run.project_id,
            dedup_key=f"model:{run.project_id}",
        )
    return {"paused": 1}
