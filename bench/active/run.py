"""One run: an arm, a pool and a seed; every arm learns by the same recipe from the same start."""

import time
from dataclasses import asdict, dataclass, replace

import numpy as np

from active.arms import Arm
from collimate.demo.replay.answers import Known
from collimate.demo.replay.lessons import Classes, Lessons, Masks
from collimate.ml.pixels import pixel_features
from collimate.ml.strategies import PoolView, QueryStrategy

ORACLE_BATCHES = 20
_features: dict[int, np.ndarray] = {}


@dataclass(frozen=True)
class Course:
    """Labels at the start, per batch and at most."""

    start: int
    batch: int
    cap: int


@dataclass(frozen=True)
class Run:
    """What came out after every batch; `ask_seconds` is CPU time spent choosing, `full` the score
    with every label of the pool (0 until it is known).
    """

    pool: str
    arm: str
    seed: int
    labels: tuple[int, ...]
    scores: tuple[float, ...]
    minutes: tuple[float, ...]
    ask_seconds: float
    full: float = 0.0

    def as_dict(self) -> dict:
        return asdict(self)


def teacher(known: Known, seed: int, *, needs_draws: bool = False) -> Lessons:
    """The recipe every arm learns by."""
    if known.masks is None:
        return Classes(known, QueryStrategy.BALD if needs_draws else None, seed)
    if id(known) not in _features:
        _features[id(known)] = pixel_features(known.small)
    return Masks(known, _features[id(known)], seed)


def full_score(known: Known, seed: int) -> float:
    """The score of the same recipe with every label of the pool."""
    return teacher(known, seed).learn(known.pool, empty(known))[0]


def play(known: Known, name: str, arm: Arm, seed: int, course: Course) -> Run:
    """Ask, read, learn, measure until the cap."""
    pool = known.pool
    lessons = teacher(known, seed, needs_draws=arm.needs_draws)
    view = empty(known)
    cap = min(course.cap, len(pool))
    is_labelled = np.zeros(len(pool), bool)
    counts, scores, minutes, spent = [], [], [], 0.0
    while is_labelled.sum() < cap:
        rng = np.random.default_rng((seed, len(counts)))
        wanted = min(course.batch if counts else course.start, cap - int(is_labelled.sum()))
        view = replace(view, labelled=is_labelled.copy())
        before = time.process_time()
        if counts or arm.own_start:
            rows = arm.ask(view, wanted, rng)
        else:
            rows = rng.permutation(len(pool))[:wanted]
        spent += time.process_time() - before
        _check(rows, is_labelled, wanted)
        is_labelled[rows] = True
        score, view = lessons.learn(pool[is_labelled], view)
        counts.append(int(is_labelled.sum()))
        scores.append(score)
        minutes.append((minutes[-1] if minutes else 0.0) + lessons.minutes(pool[rows]))
    return Run(name, arm.name, seed, tuple(counts), tuple(scores), tuple(minutes), spent)


def oracle(known: Known, name: str, seed: int, course: Course) -> Run:
    """A ceiling nobody can reach: the best of twenty random batches by their gain on the test."""
    pool = known.pool
    lessons = teacher(known, seed)
    is_labelled = np.zeros(len(pool), bool)
    counts, scores, minutes = [], [], []
    while is_labelled.sum() < min(course.cap, len(pool)):
        rng = np.random.default_rng((seed, len(counts)))
        wanted = course.batch if counts else course.start
        best: tuple[float, np.ndarray] | None = None
        for _ in range(ORACLE_BATCHES if counts else 1):
            rows = rng.permutation(np.flatnonzero(~is_labelled))[:wanted]
            tried = np.union1d(np.flatnonzero(is_labelled), rows)
            score = lessons.learn(pool[tried], empty(known))[0]
            if best is None or score > best[0]:
                best = (score, rows)
        is_labelled[best[1]] = True
        counts.append(int(is_labelled.sum()))
        scores.append(best[0])
        minutes.append((minutes[-1] if minutes else 0.0) + lessons.minutes(pool[best[1]]))
    return Run(name, "oracle of 20 batches", seed, tuple(counts), tuple(scores), tuple(minutes), 0)


def empty(known: Known) -> PoolView:
    """The pool before anything is known; peers know no patients, so they may come twice here."""
    pool = known.pool
    return PoolView(
        known.z[pool], np.zeros(len(pool), bool), patients=known.patients[pool],
        once_per_patient=False,
    )  # fmt: skip


def _check(rows: np.ndarray, is_labelled: np.ndarray, wanted: int) -> None:
    if len(set(rows.tolist())) != len(rows) or is_labelled[rows].any() or len(rows) > wanted:
        raise AssertionError("An arm asked for the same item twice or for a labelled one.")
    if len(rows) == 0:
        raise AssertionError("An arm asked for nothing.")
