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
from collimate.learning import curve, measure, measure_drawn, versions
from collimate.learning.fit import Fitted, Lessons, exam_of
from collimate.learning.labels import Question
from collimate.learning.models import ModelVersion, TrainingRun
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
    return _promote_or_hold(session, project, fitted.version, found)


def promote_drawing(
    session: Session, project: Project, model: ModelVersion, pool: Pool,
    exam: measure_drawn.Exam, question: Question,
) -> bool:  # fmt: skip
    """The same for a model of masks or boxes: what may not fall is the mean score of a group."""
    present = versions.promoted_model(session, project.id)
    found: list[Drop] = []
    if present is not None and len(exam.items):
        before, _ = measure_drawn.scores_of(session, present.id, exam, question)
        after, _ = measure_drawn.scores_of(session, model.id, exam, question)
        known = (np.isfinite(before) & np.isfinite(after)).ravel()
        people = np.repeat(exam.patients, before.shape[1])
        members = {name: mask[known] for name, mask in _drawn_groups(pool, exam, question).items()}
        found = drops(
            before.ravel()[known], after.ravel()[known], people[known], members,
            limit=learning_rules(project).most_drop,
        )  # fmt: skip
    return _promote_or_hold(session, project, model, found)


def _drawn_groups(pool: Pool, exam: measure_drawn.Exam, question: Question) -> Members:
    cases, count = len(exam.items), len(question.keys)
    found: Members = {}
    for number, key in enumerate(question.keys):
        found["class", key] = np.tile(np.arange(count) == number, cases)
    for attribute, values in pool.groups.items():
        own = values[exam.rows]
        for value in np.unique(own[own != ""]):
            found[attribute, str(value)] = np.repeat(own == value, count)
    return found


def _promote_or_hold(
    session: Session, project: Project, model: ModelVersion, found: list[Drop]
) -> bool:
    if not found:
        versions.promote(session, model, by=None)
        return True
    run = session.get_one(TrainingRun, model.training_run_id)
    run.metrics = {**run.metrics, "held_back": [_rounded(drop) for drop in found]}
    session.flush()
    audit.record(
        session, None, "model_held_back", "model_version", model.id,
        project_id=project.id, number=model.number, drop_count=len(found),
    )  # fmt: skip
    return False


def _drops(
    session: Session, project: Project, fitted: Fitted, pool: Pool, lessons: Lessons,
    question: Question,
) -> list[Drop]:  # fmt: skip
    """Empty too where there is nothing to compare: no model speaks, or of something else."""
    present = versions.promoted_model(session, project.id)
    if present is None or present.attribute != question.attribute:
        return []
    exam = exam_of(pool, lessons)
    said = curve.said_of(session, present.id, exam)
    kept = [
        number
        for number, unit_id in enumerate(exam.unit_ids)
        if set(said.get(str(unit_id), ())) >= set(question.keys)
    ]
    if not kept:
        return []
    earlier = np.array([[said[str(exam.unit_ids[n])][k] for k in question.keys] for n in kept])
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
