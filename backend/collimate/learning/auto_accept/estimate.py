"""What the model would do by itself now: how many cases, how surely, and what is missing.

The model that decides is fitted beside the round's own, on the same reads without the patients of
the control arm. Half of that arm calibrates it class by class, the other half counts its errors.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from collimate.kit.blobs import blobs, work_folder
from collimate.learning.auto_accept import audit_arm, candidates
from collimate.learning.fit import Fitted, Ground, Lessons, can_learn
from collimate.learning.labels import Question
from collimate.learning.models import TrainingRun
from collimate.learning.pool import Pool
from collimate.ml import drift
from collimate.ml.conformal import (
    Decider,
    calibrate_decider,
    checks_needed,
    fewest_per_class,
    sureness,
    upper_bound,
)
from collimate.ml.heads import fit_head, probabilities
from collimate.ml.model_file import Model
from collimate.projects.models import Project

KEPT_AS = "auto_accept"
TARGETS = (0.01, 0.02, 0.05, 0.1)
FEWEST_AUDITED = 2 * fewest_per_class(max(TARGETS))
CHANCE = 0.01
"""Below this p-value two samples count as drawn from different populations."""


@dataclass(frozen=True)
class Known:
    """What a round knows when it estimates."""

    ground: Ground
    lessons: Lessons
    question: Question


@dataclass(frozen=True)
class _Halves:
    """The control arm: `places` in the lessons, and which of them calibrate."""

    places: np.ndarray
    calibrates: np.ndarray


def keep(session: Session, project: Project, fitted: Fitted, known: Known) -> None:
    """Store the estimate with the round's run. After the batch, whose picks stay with readers."""
    run = session.get_one(TrainingRun, fitted.version.training_run_id)
    drawn = audit_arm.control_patients(session, project.id)
    places = audit_arm.audited(session, project, known.lessons)
    # An encoder that learned a patient's label has answered the question the audit would ask.
    places = places[~known.ground.pool.is_taught[known.lessons.rows[places]]]
    people = known.ground.pool.patients[known.lessons.rows[places]].astype(str)
    answers = known.lessons.answers[places]
    halves = _Halves(places, audit_arm.calibrates(project, people, answers))
    learned = _without(known.lessons, drawn)
    found: dict[str, Any] = {"audit_count": len(places), "weights_sha256": None}
    if len(places) >= FEWEST_AUDITED and can_learn(learned, known.question):
        rows = candidates.rows_of(session, project, known.ground.pool, drawn)
        found |= _estimated(known, halves, learned, rows, run.seed)
    else:
        found |= _counted(known, halves)
    run.metrics = {**run.metrics, KEPT_AS: found}
    session.flush()


def _without(lessons: Lessons, patients: set[str]) -> Lessons:
    kept = np.array([str(item.patient_id) not in patients for item in lessons.items], dtype=bool)
    items = [item for item, is_kept in zip(lessons.items, kept, strict=True) if is_kept]
    return Lessons(
        lessons.rows[kept], lessons.answers[kept], items,
        lessons.holdout_rows, lessons.holdout_answers,
    )  # fmt: skip


def _counted(known: Known, halves: _Halves) -> dict[str, Any]:
    """With too few reads to judge anything: how many of each class there are."""
    answers = known.lessons.answers[halves.places]
    own = answers[halves.calibrates]
    empty = np.full((0, len(known.question.keys)), 0.5)
    decider = calibrate_decider(empty, own[:0], is_multi=known.question.is_multi)
    checked = _Checked(answers[~halves.calibrates], np.zeros((0, own.shape[1])), decider)
    counts = _class_counts(own, known.question)
    return {
        "calibration_count": len(own),
        "check_count": int((~halves.calibrates).sum()),
        "class_counts": counts,
        "open_count": None,
        "targets": [_at(target, checked, counts, len(answers), None) for target in TARGETS],
    }


@dataclass(frozen=True)
class _Checked:
    """The half that checks: what readers said, what the model says (empty: it was not asked)."""

    answers: np.ndarray
    said: np.ndarray
    decider: Decider


def _estimated(
    known: Known, halves: _Halves, learned: Lessons, rows: np.ndarray, seed: int
) -> dict[str, Any]:
    pool, question = known.ground.pool, known.question
    head = fit_head(
        known.ground.z[learned.rows],
        learned.answers if question.is_multi else learned.answers.argmax(axis=1),
        class_count=len(question.keys),
        seed=seed,
        patients=pool.patients[learned.rows].astype(str),
        judged=~pool.is_taught[learned.rows],
    )
    said = probabilities(head, known.ground.z)
    asked = known.lessons.rows[halves.places]
    answers, own = known.lessons.answers[halves.places], halves.calibrates
    decider = calibrate_decider(said[asked[own]], answers[own], is_multi=question.is_multi)
    checked = _Checked(answers[~own], said[asked[~own]], decider)
    counts = _class_counts(answers[own], question)
    return {
        "weights_sha256": _stored(Model(known.ground.space, head, question.keys)),
        "label_count": len(learned.rows),
        "calibration_count": int(own.sum()),
        "check_count": int((~own).sum()),
        "class_counts": counts,
        "open_count": len(rows),
        "strangeness": [[one.tolist() for one in part.scores] for part in decider.questions],
        "sites": dict(Counter(pool.sites[asked].astype(str).tolist())),
        "sureness": sureness(said[asked], is_multi=question.is_multi).tolist(),
        "drift": _drift(pool, said, asked, question.is_multi),
        "targets": [_at(target, checked, counts, len(answers), said[rows]) for target in TARGETS],
    }


def _stored(model: Model) -> str:
    with work_folder() as folder:
        path = folder / "model.safetensors"
        path.write_bytes(model.to_bytes())
        return blobs().put(path).sha256


def _drift(pool: Pool, said: np.ndarray, asked: np.ndarray, is_multi: bool) -> dict[str, float]:
    """Whether the control arm still looks like the pool it was drawn from."""
    own = np.flatnonzero(~pool.is_holdout)
    sure = sureness(said, is_multi=is_multi)
    return {
        "sites": drift.share_difference(pool.sites[asked], pool.sites[own], seed=len(asked)),
        "scores": drift.score_difference(sure[asked], sure[own]),
    }


def _class_counts(answers: np.ndarray, question: Question) -> list[dict[str, Any]]:
    """How many cases calibrate each answer; of several answers presence and absence apart."""
    present = [
        {"key": key, "is_absence": False, "count": int(column.sum())}
        for key, column in zip(question.keys, answers.T, strict=True)
    ]
    if not question.is_multi:
        return present
    absent = [
        {"key": key, "is_absence": True, "count": int((~column).sum())}
        for key, column in zip(question.keys, answers.T, strict=True)
    ]
    return [*present, *absent]


def _at(
    target: float,
    checked: _Checked,
    counts: list[dict[str, Any]],
    audit_count: int,
    waiting: np.ndarray | None,
) -> dict[str, Any]:
    """What the model would do at one target; `waiting` is what it says of the open cases."""
    errors = accepted = 0
    if len(checked.said):
        answered, is_decided = checked.decider.decide(checked.said, target)
        accepted = int(is_decided.sum())
        errors = int((answered != checked.answers)[is_decided].any(axis=1).sum())
    would = 0
    if waiting is not None and len(waiting):
        would = int(checked.decider.decide(waiting, target)[1].sum())
    return {
        "target": target,
        "accepted_check_count": accepted,
        "error_count": errors,
        "bound": upper_bound(errors, accepted),
        "would_accept_count": would,
        "lacking": _lacking(target, counts),
        "more_reads": _more_reads(
            target, counts, (errors, accepted, len(checked.answers)), audit_count
        ),
    }


def _lacking(target: float, counts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Answers that too few cases calibrate to be ruled out, and how many more it takes."""
    fewest = fewest_per_class(target)
    return [{**one, "more": fewest - one["count"]} for one in counts if one["count"] < fewest]


def _more_reads(
    target: float, counts: list[dict[str, Any]], checks: tuple[int, int, int], audit_count: int
) -> int | None:
    """At least how many more reads of the control arm it takes, at the shares seen so far.

    0 where the target is met; None where the share of errors is too large for any number.
    """
    errors, accepted, check_count = checks
    needed = checks_needed(errors, accepted, target)
    if needed is None:
        return None
    calibration_count = max(1, audit_count - check_count)
    waits = [
        2 * one["more"] * calibration_count / max(1, one["count"])
        if audit_count
        else 2 * one["more"]
        for one in _lacking(target, counts)
    ]
    share = accepted / check_count if accepted else 1.0
    waits.append(2 * max(0, needed - accepted) / share)
    if not accepted:
        # Nothing is accepted yet: what is read already will count once it can be.
        waits[-1] = max(0, 2 * needed - audit_count)
    return int(np.ceil(max(waits)))


def is_met(found: dict[str, Any], at: dict[str, Any]) -> bool:
    """Whether a target may be turned on by this estimate."""
    if found["weights_sha256"] is None or at["lacking"]:
        return False
    return at["bound"] <= at["target"] and min(found["drift"].values()) >= CHANCE
