"""Replay of a folder of labelled pictures, without a database: the same mathematics, bare."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from collimate.demo.replay.answers import Known, load
from collimate.demo.replay.curves import Course, Curve
from collimate.demo.replay.lessons import lessons_of
from collimate.demo.replay.project import OF_PROJECT
from collimate.demo.replay.report import Outcome
from collimate.ml.batches import query_batch
from collimate.ml.strategies import DEFAULT_STRATEGY, PoolView, QueryStrategy
from collimate.studies.imports.label_table import Columns, read_table

Tell = Callable[[str], None]


def replay_folder(
    folder: Path,
    table: Path,
    columns: Columns,
    *,
    strategies: list[str],
    course: Course,
    tell: Tell,
) -> Outcome:
    """Play labels of a table in the order each strategy asks for them.

    Raises:
        TableUnusable, ValueError (unknown strategy)
    """
    from threadpoolctl import threadpool_limits

    usual = QueryStrategy.CLASP_PE if columns.mask else DEFAULT_STRATEGY
    chosen = [_named(usual if name == OF_PROJECT else name) for name in strategies]
    read = read_table(folder, table, columns)
    known = load(read.images, encoder_steps=course.encoder_steps, tell=tell)
    # Products of matrices this small are slower on two threads than on one.
    with threadpool_limits(1, user_api="blas"):
        tell("the whole pool")
        teacher = lessons_of(known, None, 0, network_steps=course.network_steps)
        full = teacher.learn(known.pool, _view(known))[0]
        curves = []
        for seed in range(course.seeds):
            for name in dict.fromkeys(chosen):
                tell(f"{name}, seed {seed + 1} of {course.seeds}")
                curves.append(play(known, name, seed=seed, course=course))
    refused = dict(known.refused)
    if read.missing:
        refused["The file is missing."] = len(read.missing)
    return Outcome(
        full, len(known.pool), int(known.is_holdout.sum()), course.batch_size, tuple(curves),
        metric=teacher.metric, refused=refused,
    )  # fmt: skip


def play(known: Known, strategy: QueryStrategy, *, seed: int, course: Course) -> Curve:
    """One strategy with one seed: ask, read, learn, measure, until the cap."""
    pool = known.pool
    cap = min(course.cap, len(pool))
    teacher = lessons_of(known, strategy, seed, network_steps=course.network_steps)
    is_labelled = np.zeros(len(pool), dtype=bool)
    view = _view(known)
    counts: list[int] = []
    scores: list[float] = []
    minutes: list[float] = []
    while is_labelled.sum() < cap:
        rng = np.random.default_rng((seed, len(counts)))
        wanted = min(course.batch_size, cap - int(is_labelled.sum()))
        view = replace(view, labelled=is_labelled.copy())
        # Pictures of a folder are slices or cases alike; only cases are one per patient.
        picks = query_batch(strategy, view, wanted, rng=rng, per_patient_once=known.masks is None)
        if not picks:
            break
        rows = np.array([pick.index for pick in picks])
        is_labelled[rows] = True
        score, view = teacher.learn(pool[is_labelled], view)
        counts.append(int(is_labelled.sum()))
        scores.append(score)
        minutes.append((minutes[-1] if minutes else 0.0) + teacher.minutes(pool[rows]))
    return Curve(str(strategy), seed, tuple(counts), tuple(scores), tuple(minutes))


def _view(known: Known) -> PoolView:
    pool = known.pool
    return PoolView(known.z[pool], np.zeros(len(pool), bool), patients=known.patients[pool])


def _named(name: str) -> QueryStrategy:
    try:
        return QueryStrategy(name)
    except ValueError as error:
        names = ", ".join(QueryStrategy)
        raise ValueError(f"There is no strategy {name!r}. There are: {names}.") from error
