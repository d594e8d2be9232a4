"""A round that learned of series or images asks for whole cases: a row per study."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import numpy as np

from collimate.learning.batch import Situation
from collimate.learning.fit import Lessons
from collimate.learning.labels import Labelled
from collimate.learning.pool import Pool
from collimate.ml.folding import fold


def by_case(now: Situation) -> Situation:
    """The same with a row per study, in the pool's order.

    A case is as doubtful as its most doubtful unit and stands where that one stands; what any of
    its units shows, it shows. A pool of studies stays as it is.
    """
    cases, first = _cases(now.pool.study_ids)
    if len(first) == len(now.pool):
        return now
    fitted = now.fitted
    is_multi = now.question is not None and now.question.is_multi
    said = None if fitted is None else fitted.probabilities
    z, folded = fold(cases, now.z, said, multi_label=is_multi)
    if fitted is not None and folded is not None:
        fitted = replace(fitted, probabilities=folded)
    lessons = None if now.lessons is None else _lessons(now.lessons, cases)
    return replace(now, pool=_pool(now.pool, first), z=z, lessons=lessons, fitted=fitted)


def _cases(study_ids: Sequence[UUID]) -> tuple[np.ndarray, np.ndarray]:
    """The number of each row's study from 0, in the order they come, and the first row of each."""
    numbers: dict[UUID, int] = {}
    cases = np.array([numbers.setdefault(one, len(numbers)) for one in study_ids], dtype=np.int64)
    return cases, np.unique(cases, return_index=True)[1]


def _pool(pool: Pool, first: np.ndarray) -> Pool:
    rows = first.tolist()
    return Pool(
        study_ids=[pool.study_ids[row] for row in rows],
        unit_ids=[pool.study_ids[row] for row in rows],
        task_ids=[pool.task_ids[row] for row in rows],
        order_keys=[pool.order_keys[row] for row in rows],
        patients=pool.patients[first],
        sites=pool.sites[first],
        is_holdout=pool.is_holdout[first],
        is_open=pool.is_open[first],
        is_given=pool.is_given[first],
        blocks={name: values[first] for name, values in pool.blocks.items()},
        encoder_ids=pool.encoder_ids,
        groups={name: values[first] for name, values in pool.groups.items()},
        sizes=pool.sizes[first],
        is_taught=pool.is_taught[first],
    )


def _lessons(lessons: Lessons, cases: np.ndarray) -> Lessons:
    rows, answers = _joined(cases[lessons.rows], lessons.answers)
    holdout_rows, holdout_answers = _joined(cases[lessons.holdout_rows], lessons.holdout_answers)
    first: dict[int, Labelled] = {}
    for case, item in zip(cases[lessons.rows].tolist(), lessons.items, strict=True):
        first.setdefault(case, item)
    items = [
        replace(first[case], unit_id=first[case].study_id, label_keys=()) for case in rows.tolist()
    ]
    return Lessons(rows, answers, items, holdout_rows, holdout_answers)


def _joined(cases: np.ndarray, answers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each case once, with every class that any of its rows has."""
    rows, own = np.unique(cases, return_inverse=True)
    found = np.zeros((len(rows), answers.shape[1]), dtype=bool)
    np.logical_or.at(found, own, answers)
    return rows.astype(np.int64), found
