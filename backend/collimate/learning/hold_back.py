"""Whether a new model may speak: no class and no group of patients may lose by it.

Both models are asked about the same held-out cases, all that are read by now. A model that is
held back stays in the list, still orders the queue (its doubts are where it wants teaching), and a
person may let it speak all the same.
"""

from dataclasses import asdict
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.learning import curve, measure, versions
from collimate.learning.fit import Fitted, Lessons, exam_of
from collimate.learning.labels import Question
from collimate.learning.models import TrainingRun
from collimate.learning.pool import Pool
from collimate.ml.drops import Drop, Members, drops
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules


def promote_unless_worse(
    session: Session, project: Project, fitted: Fitted, pool: Pool, lessons: Lessons,
    question: Question,
) -> bool:  # fmt: skip
    """Let the new model speak, or keep with its run why it does not; answers which."""
    found = _drops(session, project, fitted, pool, lessons, question)
    if not found:
        versions.promote(session, fitted.version, by=None)
        return True
    run = session.get_one(TrainingRun, fitted.version.training_run_id)
    run.metrics = {**run.metrics, "held_back": [_rounded(drop) for drop in found]}
    session.flush()
    audit.record(
        session, None, "model_held_back", "model_version", fitted.version.id,
        project_id=project.id, number=fitted.version.number, drop_count=len(found),
    )  # fmt: skip
    return False


def _drops(
    session: Session, project: Project, fitted: Fitted, pool: Pool, lessons: Lessons,
    question: Question,
) -> list[Drop]:  # fmt: skip
    """Empty too where there is nothing to compare: no model speaks, or of other classes."""
    present = versions.promoted_model(session, project.id)
    if present is None:
        return []
    exam = exam_of(pool, lessons)
    said = curve.said_of(session, present.id, exam)
    kept = [
        number
        for number, study_id in enumerate(exam.study_ids)
        if set(said.get(str(study_id), ())) >= set(question.keys)
    ]
    if not kept:
        return []
    earlier = np.array([[said[str(exam.study_ids[n])][k] for k in question.keys] for n in kept])
    rows, answers = lessons.holdout_rows[kept], lessons.holdout_answers[kept]
    before = _right(answers, earlier, question)
    after = _right(answers, fitted.probabilities[rows], question)
    people = np.repeat(exam.patients[kept], before.shape[1])
    limit = learning_rules(project).most_drop
    groups = _groups(pool, rows, answers, question)
    return drops(before.ravel(), after.ravel(), people, groups, limit=limit)


def _right(answers: np.ndarray, said: np.ndarray, question: Question) -> np.ndarray:
    """Which answers are right: a column per class if several are allowed, else one column."""
    if question.is_multi:
        return (said >= measure.MULTI_THRESHOLD) == answers
    return (said.argmax(axis=1) == answers.argmax(axis=1))[:, None]


def _groups(pool: Pool, rows: np.ndarray, answers: np.ndarray, question: Question) -> Members:
    """Classes (and, where several are allowed, their absence), and the groups of the page."""
    columns = answers.shape[1] if question.is_multi else 1
    found: Members = {}
    for number, key in enumerate(question.keys):
        has = answers[:, number][:, None]
        asked = np.arange(columns)[None, :] == (number if question.is_multi else 0)
        found["class", key] = (has & asked).ravel()
        if question.is_multi:
            found["absence of", key] = (~has & asked).ravel()
    for attribute, values in pool.groups.items():
        own = values[rows]
        for value in np.unique(own[own != ""]):
            found[attribute, str(value)] = np.repeat(own == value, columns)
    return found


def _rounded(drop: Drop) -> dict[str, Any]:
    return {**asdict(drop), "before": round(drop.before, 4), "after": round(drop.after, 4)}
