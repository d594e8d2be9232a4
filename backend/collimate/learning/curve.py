"""The learning curve: every point measured on the same held-out cases, all that are read by now.

A score measured when five held-out cases were read cannot be compared with one measured on fifty.
So each round measures the earlier models again: what they said of the hold-out is stored.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.learning import measure
from collimate.learning.labels import Question
from collimate.learning.models import ModelVersion, Prediction, TrainingRun

MOST_POINTS = 60


@dataclass(frozen=True)
class Exam:
    """Held-out units that are answered: studies, ids (those of the studies where they were asked),
    what was answered (units, classes), whose they are.
    """

    study_ids: list[UUID]
    unit_ids: list[UUID]
    answers: np.ndarray
    patients: np.ndarray


def drawn(
    session: Session, project_id: UUID, exam: Exam, question: Question
) -> dict[str, list[dict[str, Any]]]:
    """The points of the strategy and of the control arm; at most 60, evenly taken."""
    rows = session.execute(
        select(TrainingRun, ModelVersion.id)
        .join(ModelVersion, ModelVersion.training_run_id == TrainingRun.id)
        .where(TrainingRun.project_id == project_id)
        .where(ModelVersion.attribute == question.attribute)
        .order_by(TrainingRun.round_number)
    ).all()
    step = -(-len(rows) // MOST_POINTS) if rows else 1
    strategy, control = [], []
    for run, model_id in rows[::-1][::step][::-1]:
        said = said_of(session, model_id, exam)
        if point := _point(said, exam, question, run.label_count, run.active_ms):
            strategy.append(point)
        alone = run.metrics.get("control") or {}
        if point := _point(
            alone.get("holdout") or {},
            exam,
            question,
            run.control_label_count,
            alone.get("active_ms", 0),
        ):
            control.append(point)
    return {"strategy": strategy, "control": control}


def said_of(session: Session, model_id: UUID, exam: Exam) -> dict[str, dict[str, float]]:
    """What a model said of these studies, by unit, where it knew them."""
    unit = func.coalesce(Prediction.unit_id, Prediction.study_id)
    rows = session.execute(
        select(unit, Prediction.probabilities).where(
            Prediction.model_version_id == model_id, Prediction.study_id.in_(set(exam.study_ids))
        )
    )
    return {str(unit_id): said for unit_id, said in rows}


def _point(
    said: dict[str, dict[str, float]],
    exam: Exam,
    question: Question,
    label_count: int,
    active_ms: int,
) -> dict[str, Any] | None:
    """A point, or None where the model did not speak of these cases in these classes."""
    known = [
        number
        for number, unit_id in enumerate(exam.unit_ids)
        if set(said.get(str(unit_id), ())) >= set(question.keys)
    ]
    if not known:
        return None
    probabilities = np.array(
        [[said[str(exam.unit_ids[number])][key] for key in question.keys] for number in known]
    )
    answers = exam.answers[known]
    score = measure.score_of(
        answers if question.is_multi else answers.argmax(axis=1),
        probabilities,
        exam.patients[known],
        question.keys,
    )
    if score["value"] is None:
        return None
    return {
        "label_count": label_count,
        "active_minutes": round(active_ms / 60_000, 2),
        "score": score["value"],
        "low": score["low"],
        "high": score["high"],
    }
