"""One fit: from the labels that stand to a model, its measurement, and its rows."""

import json
import time
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from collimate.kit import clock, ids
from collimate.kit.blobs import blobs, work_folder
from collimate.learning import curve, measure, subgroups
from collimate.learning.encoders import TAUGHT
from collimate.learning.labels import STUDY, Labelled, Question, active_ms_of, manifest_sha256
from collimate.learning.models import ModelVersion, TrainingRun
from collimate.learning.pool import Pool
from collimate.ml.features import Space
from collimate.ml.heads import Head, fit_head, probabilities
from collimate.ml.model_file import Model
from collimate.projects.models import Project

CONTROL = "control"
STORE = text(
    """INSERT INTO prediction (created_at, project_id, model_version_id,
      id, study_id, unit_id, probabilities)
    SELECT :now, :project, :model, one.* FROM unnest(CAST(:ids AS uuid[]),
      CAST(:studies AS uuid[]), CAST(:units AS uuid[]), CAST(:said AS jsonb[])) AS one"""
)


class HoldoutTouched(RuntimeError):
    """A held-out patient was about to be learned from or sampled; nothing was stored."""


@dataclass(frozen=True)
class Lessons:
    """Labelled rows of the pool (`rows` into the pool, `answers` beside them), hold-out apart."""

    rows: np.ndarray
    answers: np.ndarray
    items: list[Labelled]
    holdout_rows: np.ndarray
    holdout_answers: np.ndarray

    @property
    def class_counts(self) -> np.ndarray:
        """How many labelled cases of the pool say each class."""
        return np.asarray(self.answers.sum(axis=0), dtype=np.int64)


@dataclass(frozen=True)
class Ground:
    """The pool in its feature space: `z` has a row per row of the pool."""

    pool: Pool
    space: Space
    z: np.ndarray

    @property
    def unlearned_z(self) -> np.ndarray:
        """The part of z that no label has shaped."""
        kept = [name for name in sorted(self.space.blocks) if name != TAUGHT]
        return np.concatenate([self.z[:, self.space.columns(name)] for name in kept], axis=1)


@dataclass(frozen=True)
class Fitted:
    """A model, and what it says of every row of the pool."""

    version: ModelVersion
    head: Head
    probabilities: np.ndarray
    score: float | None


def lessons_of(pool: Pool, labelled: list[Labelled], question: Question) -> Lessons:
    """Sort labelled units into those to learn from and those to measure with.

    Answers are a boolean table (units, classes), whether one answer is allowed or several.
    """
    row_of = {unit_id: row for row, unit_id in enumerate(pool.unit_ids)}
    known = [item for item in labelled if item.unit_id in row_of]
    rows = np.array([row_of[item.unit_id] for item in known], dtype=np.int64)
    answers = np.array(
        [[key in item.label_keys for key in question.keys] for item in known], dtype=bool
    ).reshape(len(known), len(question.keys))
    apart = pool.is_holdout[rows] if len(rows) else np.zeros(0, dtype=bool)
    items = [item for item, is_apart in zip(known, apart, strict=True) if not is_apart]
    return Lessons(rows[~apart], answers[~apart], items, rows[apart], answers[apart])


def can_learn(lessons: Lessons, question: Question) -> bool:
    """Whether there is anything to tell apart yet."""
    counts = lessons.class_counts
    if question.is_multi:
        return bool(((counts > 0) & (counts < len(lessons.rows))).any())
    return int(np.count_nonzero(counts)) >= 2


def fit_model(
    session: Session,
    project: Project,
    ground: Ground,
    lessons: Lessons,
    question: Question,
    *,
    round_number: int,
    seed: int,
) -> Fitted:
    """Fit, measure and store a model; it does not speak before it is promoted.

    Raises: HoldoutTouched.
    """
    pool = ground.pool
    if pool.is_holdout[lessons.rows].any():
        raise HoldoutTouched("A held-out patient was about to be learned from.")
    started = time.monotonic()
    head = _head(ground, lessons, question, seed)
    said = probabilities(head, ground.z)
    found = {
        **_measure(said, pool, lessons, question),
        "subgroups": _by_group(said, pool, lessons, question),
    }
    control = _control_arm(ground, lessons, question, seed)
    run = TrainingRun(
        project_id=project.id,
        round_number=round_number,
        label_count=len(lessons.rows),
        control_label_count=sum(item.arm == CONTROL for item in lessons.items),
        active_ms=active_ms_of(lessons.items),
        manifest_sha256=manifest_sha256(lessons.items),
        code_version=version("collimate"),
        seed=seed,
        metrics={**found, "control": control, "head": _about(head)},
        seconds=round(time.monotonic() - started, 3),
    )
    session.add(run)
    session.flush()
    model = _store_model(session, pool, run, question, Model(ground.space, head, question.keys))
    _store_predictions(session, project, model, pool, said, question)
    run.metrics = {
        **run.metrics,
        "curve": curve.drawn(session, project.id, exam_of(pool, lessons), question),
    }
    session.flush()
    return Fitted(model, head, said, (found.get("score") or {}).get("value"))


def _head(ground: Ground, lessons: Lessons, question: Question, seed: int) -> Head:
    return fit_head(
        ground.z[lessons.rows],
        lessons.answers if question.is_multi else lessons.answers.argmax(axis=1),
        class_count=len(question.keys),
        seed=seed,
        patients=ground.pool.patients[lessons.rows].astype(str),
        judged=~ground.pool.is_taught[lessons.rows],
    )


def exam_of(pool: Pool, lessons: Lessons) -> curve.Exam:
    """The held-out units that are answered by now."""
    rows = lessons.holdout_rows
    return curve.Exam(
        [pool.study_ids[row] for row in rows],
        [pool.unit_ids[row] for row in rows],
        lessons.holdout_answers,
        pool.patients[rows].astype(str),
    )


def _measure(said: np.ndarray, pool: Pool, lessons: Lessons, question: Question) -> dict[str, Any]:
    answers = lessons.holdout_answers
    return measure.measured(
        answers if question.is_multi else answers.argmax(axis=1),
        said[lessons.holdout_rows],
        pool.patients[lessons.holdout_rows].astype(str),
        question.keys,
    )


def _by_group(
    said: np.ndarray, pool: Pool, lessons: Lessons, question: Question
) -> list[dict[str, Any]]:
    rows, answers = lessons.holdout_rows, lessons.holdout_answers
    return subgroups.scores_by_group(
        {name: values[rows] for name, values in pool.groups.items()},
        answers if question.is_multi else answers.argmax(axis=1),
        said[rows],
        pool.patients[rows].astype(str),
        question.keys,
    )


def _control_arm(ground: Ground, lessons: Lessons, question: Question, seed: int) -> dict[str, Any]:
    """Fit and measure a model of the control arm alone: what chance would have reached."""
    chosen = np.array([item.arm == CONTROL for item in lessons.items], dtype=bool)
    alone = Lessons(
        lessons.rows[chosen],
        lessons.answers[chosen],
        [item for item in lessons.items if item.arm == CONTROL],
        lessons.holdout_rows,
        lessons.holdout_answers,
    )
    if not can_learn(alone, question) or len(alone.holdout_rows) == 0:
        return {}
    said = probabilities(_head(ground, alone, question, seed), ground.z)
    return {
        "score": _measure(said, ground.pool, alone, question).get("score"),
        "active_ms": active_ms_of(alone.items),
        "holdout": _spoken(said, ground.pool, question),
    }


def _spoken(said: np.ndarray, pool: Pool, question: Question) -> dict[str, dict[str, float]]:
    """What a model that is not kept said of each held-out unit, to measure it again later."""
    return {
        str(pool.unit_ids[row]): dict(
            zip(question.keys, np.round(said[row], 4).tolist(), strict=True)
        )
        for row in np.flatnonzero(pool.is_holdout)
    }


def _about(head: Head) -> dict[str, Any]:
    return {
        "strength": head.strength,
        "temperature": head.temperature.tolist(),
        "class_counts": head.counts.tolist(),
    }


def _store_model(
    session: Session, pool: Pool, run: TrainingRun, question: Question, model: Model
) -> ModelVersion:
    with work_folder() as folder:
        path = folder / "model.safetensors"
        path.write_bytes(model.to_bytes())
        blob = blobs().put(path)
    newest = select(func.max(ModelVersion.number)).where(ModelVersion.project_id == run.project_id)
    stored = ModelVersion(
        project_id=run.project_id,
        training_run_id=run.id,
        encoder_ids=[str(encoder_id) for encoder_id in pool.encoder_ids],
        label_schema_id=question.schema_id,
        weights_sha256=blob.sha256,
        scope=question.scope,
        attribute=question.attribute,
        number=(session.scalar(newest) or 0) + 1,
    )
    session.add(stored)
    session.flush()
    return stored


def _store_predictions(
    session: Session,
    project: Project,
    model: ModelVersion,
    pool: Pool,
    said: np.ndarray,
    question: Question,
) -> None:
    """One statement for all of them: one a row would take a second for ten thousand."""
    session.execute(
        STORE,
        {
            "now": clock.now(),
            "project": project.id,
            "model": model.id,
            "ids": [ids.new_id() for _ in pool.study_ids],
            "studies": pool.study_ids,
            "units": [None if question.scope == STUDY else unit_id for unit_id in pool.unit_ids],
            "said": [
                json.dumps(dict(zip(question.keys, values, strict=True)))
                for values in np.round(said, 6).tolist()
            ],
        },
    )


def read_model(version_row: ModelVersion) -> Model:
    """The stored model of a version."""
    return Model.from_bytes(blobs().read(version_row.weights_sha256))
