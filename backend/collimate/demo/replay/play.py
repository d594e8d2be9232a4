"""One run: read in the order the strategy asks, learn after every batch, measure, forget it all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from collimate.annotations.play import play_read
from collimate.demo.replay.copy import Copy, copy_project
from collimate.demo.replay.curves import Curve
from collimate.kit.blobs import blobs
from collimate.kit.database import engine
from collimate.learning.models import ModelVersion, Prediction
from collimate.learning.rounds import run_round
from collimate.ml.metrics import macro_recall
from collimate.studies.models import Study
from collimate.tasks.claim import WorklistEmpty

Tell = Callable[[str], None]
MS_PER_CASE = 10_000


@contextmanager
def forgotten() -> Iterator[Session]:
    """A transaction that is always rolled back, with the weights it stored."""
    weights: list[str] = []
    with Session(engine(), expire_on_commit=False) as session:
        try:
            yield session
        finally:
            if session.is_active:
                weights = list(session.scalars(_new_weights(session)))
            session.rollback()
    with Session(engine()) as session:
        kept = set(
            session.scalars(
                select(ModelVersion.weights_sha256).where(ModelVersion.weights_sha256.in_(weights))
            )
        )
        for sha256 in set(weights) - kept:
            blobs().delete(sha256)


def _new_weights(session: Session) -> Select[str]:
    return select(ModelVersion.weights_sha256).where(
        ModelVersion.project_id.in_(session.info.get("copies", []))
    )


def play_run(
    session: Session,
    project_id: UUID,
    *,
    strategy: str,
    seed: int,
    batch_size: int,
    cap: int,
) -> Curve:
    """Play one strategy with one seed, at most `cap` labels."""
    copy = copy_project(session, project_id, batch_size=batch_size, strategy=strategy)
    session.info.setdefault("copies", []).append(copy.project_id)
    counts: list[int] = []
    scores: list[float] = []
    done, number = 0, 0
    run_round(session, copy.project_id, seed=_seed(seed, number))
    while done < min(cap, len(copy.answers)):
        read = _read(session, copy, min(batch_size, cap - done))
        if read == 0:
            break
        done, number = done + read, number + 1
        result = run_round(session, copy.project_id, seed=_seed(seed, number))
        counts.append(done)
        scores.append(_score(session, copy, result.model_version_id))
        session.expunge_all()
        session.add(copy.reader.user)
    minutes = tuple(count * MS_PER_CASE / 60_000 for count in counts)
    return Curve(strategy, seed, tuple(counts), tuple(scores), minutes)


def full_score(session: Session, project_id: UUID) -> float:
    """The score of a model that learned from the whole pool."""
    copy = copy_project(session, project_id, batch_size=20, strategy="random")
    session.info.setdefault("copies", []).append(copy.project_id)
    _read(session, copy, len(copy.answers))
    result = run_round(session, copy.project_id, seed=0)
    return _score(session, copy, result.model_version_id)


def _seed(seed: int, number: int) -> int:
    return int(np.random.SeedSequence((seed, number)).generate_state(1)[0]) >> 1


def _read(session: Session, copy: Copy, count: int) -> int:
    """Read `count` cases from the top of the worklist with the right answers."""

    def answer(study: Study) -> list[str]:
        return [copy.answers[study.id]]

    for number in range(count):
        try:
            play_read(
                session,
                project_id=copy.project_id,
                reader=copy.reader,
                answer=answer,
                active_ms=MS_PER_CASE,
            )
        except WorklistEmpty:
            return number
    return count


def _score(session: Session, copy: Copy, model_id: UUID | None) -> float:
    """Macro recall on all hold-out studies; chance while there is no model."""
    keys = sorted(set(copy.answers.values()) | set(copy.holdout.values()))
    if model_id is None:
        return 1 / len(keys)
    rows = session.execute(
        select(Prediction.study_id, Prediction.probabilities).where(
            Prediction.model_version_id == model_id, Prediction.study_id.in_(copy.holdout)
        )
    ).all()
    number = {key: index for index, key in enumerate(keys)}
    said = np.array([number[max(keys, key=lambda k: p.get(k, 0.0))] for _, p in rows])
    right = np.array([number[copy.holdout[study_id]] for study_id, _ in rows])
    patients = np.array([copy.patients[study_id] for study_id, _ in rows])
    return float(macro_recall(right, said, patients, class_count=len(keys)).value or 0.0)
