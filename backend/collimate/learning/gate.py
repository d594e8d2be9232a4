"""Let a trained encoder serve only once the project's own labels say that it helps.

The rule: on the accepted reads of the pool, the head fitted on scattering + encoder must beat the
head fitted on what serves now, in cross-validation by patient. Where one of the encoders was taught
labels (`teach.py`), only patients whose labels it never saw count. Held-out patients have no say:
they measure the model that results.
"""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit import clock
from collimate.learning import encoders
from collimate.learning.fit import Lessons, lessons_of
from collimate.learning.labels import Question, labelled_units, question_of
from collimate.learning.models import Encoder
from collimate.learning.pool import Pool, load_pool
from collimate.learning.spaces import space_of
from collimate.ml.comparison import Comparison, compare
from collimate.projects.models import Project

FEWEST_LABELS = 60
FEWEST_PATIENTS_PER_CLASS = 5
GROWTH = 1.5
"""How many times more labels there must be before the question is asked again."""


def candidate(session: Session, project_id: UUID) -> Encoder | None:
    """The newest encoder that is complete and does not serve."""
    newest = encoders.deep_encoder(session, project_id, encoders.READY)
    return None if newest is None or newest.is_current else newest


def labels_needed(encoder: Encoder) -> int:
    """How many labels of the pool the next comparison waits for."""
    last = encoder.recipe.get("comparison")
    return FEWEST_LABELS if last is None else round(GROWTH * last["label_count"])


def ask(session: Session, project_id: UUID, label_count: int) -> None:
    """Have encoders compared, if one waits for it and there are labels enough."""
    waiting = candidate(session, project_id)
    if waiting is not None and label_count >= labels_needed(waiting):
        enqueue(
            session,
            JobKind.COMPARE_ENCODERS,
            project_id=project_id,
            dedup_key=f"compare:{project_id}",
        )


def decide(session: Session, project_id: UUID) -> bool | None:
    """Compare, keep the numbers, and swap the encoder in if it is better.

    Answers whether it serves now; None where nothing waits or the labels do not suffice.
    """
    waiting = candidate(session, project_id)
    project = session.get_one(Project, project_id)
    question = question_of(session, project)
    if waiting is None or question is None:
        return None
    labelled, _ = labelled_units(session, project, question)
    if sum(not item.is_holdout for item in labelled) < labels_needed(waiting):
        return None
    now = encoders.current_encoders(session, project_id)
    pools = [
        load_pool(session, project, these, scope=question.scope)
        for these in (now, _with(now, waiting))
    ]
    lessons = [lessons_of(pool, labelled, question) for pool in pools]
    shared = set.intersection(*({item.unit_id for item in one.items} for one in lessons))
    taught = encoders.taught_patients([*now, waiting])
    judged = {one.unit_id for one in lessons[0].items if str(one.patient_id) not in taught}
    if not _enough(lessons[0], shared & judged, question):
        return None
    found = _compared(pools, lessons, shared, question)
    _record(session, waiting, found, {"label_count": len(shared), "judged": len(shared & judged)})
    return found.is_better


def _with(now: list[Encoder], waiting: Encoder) -> list[Encoder]:
    """What would serve: a trained encoder replaces an earlier one, not the scattering."""
    return [encoder for encoder in now if encoder.kind not in encoders.DEEP] + [waiting]


def _enough(lessons: Lessons, shared: set[UUID], question: Question) -> bool:
    """Whether two classes (or one and its absence) were read in enough patients."""
    kept = np.array([item.unit_id in shared for item in lessons.items], dtype=bool)
    answers = lessons.answers[kept]
    people = np.array([str(item.patient_id) for item in lessons.items])[kept]
    columns = [*answers.T, *(~answers.T if question.is_multi else ())]
    known = [len(set(people[column])) >= FEWEST_PATIENTS_PER_CLASS for column in columns]
    return sum(known) >= 2


def _compared(
    pools: list[Pool], lessons: list[Lessons], shared: set[UUID], question: Question
) -> Comparison:
    tables, answers, patients, judged = [], np.zeros(0), np.zeros(0), np.ones(len(shared), bool)
    for pool, known in zip(pools, lessons, strict=True):
        own = np.flatnonzero(~pool.is_holdout)
        space = space_of({name: values[own] for name, values in pool.blocks.items()})
        kept = np.array([item.unit_id in shared for item in known.items], dtype=bool)
        rows = known.rows[kept]
        order = np.argsort([str(pool.unit_ids[row]) for row in rows])
        tables.append(space.transform({n: v[rows[order]] for n, v in pool.blocks.items()}))
        answers = known.answers[kept][order]
        patients = pool.patients[rows[order]].astype(str)
        judged &= ~pool.is_taught[rows[order]]
    return compare(
        tables[0],
        tables[1],
        answers if question.is_multi else answers.argmax(axis=1),
        patients,
        class_count=len(question.keys),
        seed=len(shared),
        judged=judged,
    )


def _record(session: Session, waiting: Encoder, found: Comparison, counts: dict[str, int]) -> None:
    locked = session.scalars(
        select(Encoder).where(Encoder.id == waiting.id).with_for_update()
    ).one()
    numbers = {name: value for name, value in asdict(found).items() if name != "is_better"}
    locked.recipe = {
        **locked.recipe,
        "comparison": {
            **{name: round(value, 5) for name, value in numbers.items()},
            **counts,
            "is_better": found.is_better,
            "compared_at": clock.now().isoformat(),
        },
    }
    if found.is_better:
        encoders.swap_in(session, locked)
    audit.record(
        session, None, "encoder_compared", "encoder", locked.id, project_id=locked.project_id,
        label_count=counts["label_count"], is_swapped_in=found.is_better,
    )  # fmt: skip


def describe(session: Session, project_id: UUID) -> dict[str, Any] | None:
    """How the newest trained encoder stands against the descriptors; None where none waits."""
    newest = encoders.deep_encoder(session, project_id, encoders.READY)
    if newest is None or newest.kind == encoders.GIVEN:
        return None
    last = newest.recipe.get("comparison")
    state = "in_use" if newest.is_current else "waiting" if last is None else "not_better"
    return {
        "kind": newest.kind,
        "state": state,
        "next_at_label_count": None if newest.is_current else labels_needed(newest),
        # of labels that an encoder was taught none was asked
        "last": last and {**last, "label_count": last.get("judged", last["label_count"])},
    }
