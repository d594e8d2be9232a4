"""Answers the learner doubts: likely label errors, and cases where it would answer otherwise.

Asked of models that did not learn from the patient, nor look through an encoder that was taught
labels. Held-out cases and the control arm are left out: looking again only where the model
disagrees would make the model look better than it is.
"""

from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.learning.fit import Fitted, Ground, Lessons
from collimate.learning.labels import Question
from collimate.learning.models import TrainingRun
from collimate.ml.comparison import FOLDS, held_out
from collimate.ml.confident_learning import find_doubts
from collimate.ml.folds import stratified_folds
from collimate.projects.models import Project
from collimate.reviews import review
from collimate.tasks.queue import UNAIDED_ARMS

FEWEST_LABELS = 40
MOST = 100
LIKELY_ERROR, DISAGREEMENT = "likely_error", "disagreement"


def keep(
    session: Session,
    fitted: Fitted,
    ground: Ground,
    lessons: Lessons,
    question: Question,
) -> None:
    """Store with the run which answers of the pool are doubted, the most doubtful first."""
    run = session.get_one(TrainingRun, fitted.version.training_run_id)
    found = _found(ground, lessons, question, fitted.head.strength, run.seed)
    run.metrics = {**run.metrics, "doubts": found}
    session.flush()


def _found(
    ground: Ground, lessons: Lessons, question: Question, strength: float, seed: int
) -> list[dict[str, Any]]:
    people = np.unique(ground.pool.patients[lessons.rows].astype(str), return_inverse=True)[1]
    if len(lessons.rows) < FEWEST_LABELS or people.max() + 1 < FOLDS:
        return []
    found = []
    for labels, keys in _questions(lessons, question):
        if len(np.unique(labels)) < 2:
            continue
        folds = stratified_folds(labels, people, folds=FOLDS, seed=seed)
        said = held_out(
            ground.unlearned_z[lessons.rows], labels, people, folds,
            class_count=len(keys), seed=seed, strength=strength,
        )  # fmt: skip
        found += _doubted(lessons, labels, said, keys)
    found.sort(key=lambda one: (one["kind"] != LIKELY_ERROR, -one["margin"]))
    return found[:MOST]


def _questions(lessons: Lessons, question: Question) -> list[tuple[np.ndarray, tuple[str, ...]]]:
    """Class indices and their words; where several answers are allowed, a yes or no per class."""
    if not question.is_multi:
        return [(lessons.answers.argmax(axis=1), question.keys)]
    columns = lessons.answers.T.astype(np.int64)
    return [
        (column, (f"not {key}", key)) for column, key in zip(columns, question.keys, strict=True)
    ]


def _doubted(
    lessons: Lessons, labels: np.ndarray, said: np.ndarray, keys: tuple[str, ...]
) -> list[dict[str, Any]]:
    doubts = find_doubts(labels, said)
    return [
        {
            "submission_ids": [str(one) for one in lessons.items[row].submission_ids],
            "kind": LIKELY_ERROR if doubts.is_error[row] else DISAGREEMENT,
            "given": keys[labels[row]],
            "likely": keys[doubts.likely[row]],
            "probability": round(float(said[row, doubts.likely[row]]), 4),
            "margin": round(float(doubts.margins[row]), 4),
        }
        for row in np.flatnonzero(doubts.likely != labels)
        if lessons.items[row].arm not in UNAIDED_ARMS
    ]


def doubted_reads(session: Session, project: Project, reviewer: User) -> dict[str, Any]:
    """Reads that wait for a verdict and are doubted by the newest model, with what it says."""
    newest = session.scalars(
        select(TrainingRun)
        .where(TrainingRun.project_id == project.id)
        .order_by(TrainingRun.round_number.desc())
        .limit(1)
    ).one_or_none()
    found = [] if newest is None else newest.metrics.get("doubts") or []
    by_submission: dict[UUID, dict[str, Any]] = {}
    for doubt in found:
        for submission_id in doubt["submission_ids"]:
            # An answer may be doubted in several classes; the strongest doubt comes first.
            by_submission.setdefault(UUID(submission_id), doubt)
    rows = review.waiting(session, project, reviewer, list(by_submission))
    place = {submission_id: number for number, submission_id in enumerate(by_submission)}
    rows.sort(key=lambda row: place[row["submission_id"]])
    words = ("kind", "given", "likely", "probability")
    return {
        "label_count": 0 if newest is None else newest.label_count,
        "items": [
            {**row, "doubt": {name: by_submission[row["submission_id"]][name] for name in words}}
            for row in rows
        ],
    }
