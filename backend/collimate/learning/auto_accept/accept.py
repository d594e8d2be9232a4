"""Answering clear cases: they leave the queue, one in fifty goes to a reader all the same."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.kit import ids
from collimate.kit.blobs import blobs
from collimate.learning import reasons
from collimate.learning.auto_accept import audit_arm, candidates, stop, watch
from collimate.learning.batch import TOP_PRIORITY
from collimate.learning.labels import Question, question_of
from collimate.learning.models import AutoAccept, AutoAcceptedCase, ModelVersion
from collimate.learning.pool import Pool, load_pool, still_open
from collimate.learning.rounds import seed_of
from collimate.ml.batches import Reason
from collimate.ml.conformal import Decider, Mondrian
from collimate.ml.model_file import Model
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.tasks.models import Task
from collimate.tasks.queue import REAUDIT_ARM
from collimate.tasks.states import AUTO_ACCEPTED

REAUDIT_SHARE = 0.02
CHUNK = 2000


@dataclass(frozen=True)
class _Decided:
    """What is answered: rows of the pool, answers and p-values beside them."""

    rows: np.ndarray
    answers: np.ndarray
    p_values: list[dict[str, Any]]


def accept_clear(session: Session, project_id: UUID) -> int:
    """Answer every open case that leaves no doubt, as long as nothing speaks against it.

    Answers how many. Turns itself off where something does (`watch.py`).
    """
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"round:{project_id}", 4)))
    )
    on = stop.current(session, project_id, lock=True)
    if on is None:
        return 0
    project = session.get_one(Project, project_id)
    code = watch.reason_to_stop(session, project, on)
    question = question_of(session, project)
    if code is not None or question is None:
        stop.turn_off(session, project_id, code or stop.QUESTION_CHANGED)
        return 0
    pool = load_pool(session, project)
    model = session.get_one(ModelVersion, on.model_version_id)
    if {str(one) for one in pool.encoder_ids} != set(model.encoder_ids):
        stop.turn_off(session, project_id, stop.NEW_MODEL)
        return 0
    said = Model.from_bytes(blobs().read(on.weights_sha256)).predict(pool.blocks)
    code = watch.drifted(session, on, pool, said, is_multi=question.is_multi)
    if code is not None:
        stop.turn_off(session, project_id, code)
        return 0
    drawn = audit_arm.control_patients(session, project_id)
    rows = candidates.rows_of(session, project, pool, drawn)
    return _write(session, project, on, pool, _decide(on, question, rows, said[rows]))


def _decide(on: AutoAccept, question: Question, rows: np.ndarray, said: np.ndarray) -> _Decided:
    decider = Decider(
        tuple(
            Mondrian(tuple(np.array(own, np.float64) for own in part))
            for part in on.grounds["strangeness"]
        ),
        question.is_multi,
    )
    answers, is_decided = decider.decide(said, on.target)
    tables = [np.round(table[is_decided], 6) for table in decider.p_values(said)]
    p_values: list[dict[str, Any]] = [
        dict(zip(question.keys, values.tolist(), strict=True)) for values in tables[0]
    ] if not question.is_multi else [
        {key: table[place].tolist() for key, table in zip(question.keys, tables, strict=True)}
        for place in range(int(is_decided.sum()))
    ]  # fmt: skip
    keys = np.array(question.keys, dtype=object)
    named = np.empty(int(is_decided.sum()), dtype=object)
    named[:] = [keys[row].tolist() for row in answers[is_decided]]
    return _Decided(rows[is_decided], named, p_values)


def _write(
    session: Session, project: Project, on: AutoAccept, pool: Pool, decided: _Decided
) -> int:
    order = sorted(range(len(decided.rows)), key=lambda place: pool.task_ids[decided.rows[place]])
    count = 0
    for start in range(0, len(order), CHUNK):
        count += _write_some(session, project, on, pool, decided, order[start : start + CHUNK])
    if count:
        events.publish(session, "task", project.id, count=count)
        audit.record(
            session, None, "cases_auto_accepted", "auto_accept", on.id, project_id=project.id,
            count=count, weights_sha256=on.weights_sha256,
        )  # fmt: skip
    return count


def _write_some(
    session: Session, project: Project, on: AutoAccept, pool: Pool, decided: _Decided,
    places: list[int],
) -> int:  # fmt: skip
    task_ids = {place: pool.task_ids[decided.rows[place]] for place in places}
    free = still_open(session, list(task_ids.values()))
    kept = [place for place in places if task_ids[place] in free]
    if not kept:
        return 0
    again = _drawn_again(session, project, on, kept)
    session.execute(
        insert(AutoAcceptedCase),
        [_record(on, pool, decided, place, is_reaudit=place in again) for place in kept],
    )
    rng = np.random.default_rng([seed_of(project, 0), len(kept)])
    size = learning_rules(project).batch_size
    asked = [_asked(task_ids[one], TOP_PRIORITY - float(rng.uniform(0, size))) for one in again]
    out = [{"id": task_ids[one], "state": AUTO_ACCEPTED} for one in kept if one not in again]
    for changes in (asked, out):
        if changes:
            session.execute(update(Task), changes)
    return len(kept)


def _asked(task_id: UUID, priority: float) -> dict[str, Any]:
    """Among the batch that is read now, with the words of the control arm."""
    reason = reasons.PLAIN[Reason.CONTROL]
    return {"id": task_id, "arm": REAUDIT_ARM, "priority": priority, "reason": reason}


def _drawn_again(session: Session, project: Project, on: AutoAccept, kept: list[int]) -> set[int]:
    """Which of these a reader answers all the same: of all so far one in fifty, rounded up."""
    before, asked = session.execute(
        select(func.count(), func.count().filter(AutoAcceptedCase.is_reaudit)).where(
            AutoAcceptedCase.auto_accept_id == on.id
        )
    ).one()
    wanted = int(np.ceil(REAUDIT_SHARE * (before + len(kept)))) - asked
    rng = np.random.default_rng([seed_of(project, 0), before])
    return {int(place) for place in rng.choice(kept, max(0, min(wanted, len(kept))), replace=False)}


def _record(
    on: AutoAccept, pool: Pool, decided: _Decided, place: int, *, is_reaudit: bool
) -> dict[str, Any]:
    row = decided.rows[place]
    names = ("project_id", "model_version_id", "label_schema_id", "weights_sha256", "target")
    return {
        "id": ids.new_id(),
        "auto_accept_id": on.id,
        "study_id": pool.study_ids[row],
        "task_id": pool.task_ids[row],
        "label_keys": decided.answers[place],
        "p_values": decided.p_values[place],
        "calibration_count": on.grounds["calibration_count"],
        "check_count": on.grounds["check_count"],
        "is_reaudit": is_reaudit,
        **{name: getattr(on, name) for name in names},
    }
