"""Write a query batch with its reasons, then reorder the queue by it."""

import hmac
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from collimate.kit import ids
from collimate.learning import reasons
from collimate.learning.cost import predicted_minutes
from collimate.learning.drawing import Opinion
from collimate.learning.fit import Fitted, HoldoutTouched, Lessons
from collimate.learning.labels import Question
from collimate.learning.models import QueryBatch, QueryPick
from collimate.learning.pool import Pool, still_open
from collimate.ml.batches import query_batch
from collimate.ml.draws import dropout_draws
from collimate.ml.limits import Limits
from collimate.ml.strategies import NEED_DRAWS, PoolView, QueryStrategy
from collimate.projects.models import Project
from collimate.projects.rules import LearningRules, learning_rules
from collimate.tasks import queue
from collimate.tasks.models import Task
from collimate.tasks.states import ReadState

ENOUGH_EVALUATED = 150
SPARE_SHARE = 0.25
TOP_PRIORITY = 1_000.0
EVALUATION = "evaluation"


@dataclass(frozen=True)
class Situation:
    """What is known when a batch is chosen, a row per study; `fitted` is None before the first
    model.

    `opinion` is what the newest model of masks or boxes thinks of the pool.
    """

    pool: Pool
    z: np.ndarray
    lessons: Lessons | None
    fitted: Fitted | None
    question: Question | None
    opinion: Opinion | None = None

    @property
    def model_version_id(self) -> UUID | None:
        """The model that the batch is chosen by."""
        if self.fitted is not None:
            return self.fitted.version.id
        return None if self.opinion is None else self.opinion.model_version_id


@dataclass(frozen=True)
class Written:
    """A stored batch and how many tasks it asks for."""

    batch: QueryBatch
    pick_count: int


@dataclass(frozen=True)
class _Ask:
    row: int
    arm: str
    scores: dict[str, float]
    reason_code: str
    reason: str


def write_batch(
    session: Session,
    project: Project,
    now: Situation,
    *,
    round_number: int,
    strategy: QueryStrategy,
    seed: int,
) -> Written:
    """Choose, store and then reorder. A quarter more is asked for than a round needs, so that
    nobody reads out of order while the next round is computed.
    """
    rules = learning_rules(project)
    rng = np.random.default_rng(seed)
    size = rules.batch_size + round(rules.batch_size * SPARE_SHARE)
    asked = _chosen(now, strategy, size, rules, rng)
    asked = _interleaved(asked, _to_measure(project, now, size, rules))
    earlier = _asked_before(session, project.id)
    # Locked in one go and in one order, like everyone who locks several tasks.
    free = still_open(session, [*earlier, *(now.pool.task_ids[ask.row] for ask in asked)])
    asked = [ask for ask in asked if now.pool.task_ids[ask.row] in free]
    if any(now.pool.is_holdout[ask.row] != (ask.arm == EVALUATION) for ask in asked):
        raise HoldoutTouched("A held-out patient was about to be sampled.")
    batch = QueryBatch(
        project_id=project.id,
        round_number=round_number,
        strategy=strategy,
        settings={
            "batch_size": rules.batch_size,
            "asked": size,
            "control_share": rules.control_share,
            # Readers of the control arm are not told what a model says (`annotations/case.py`).
            "control_is_unaided": True,
            "evaluation_share": rules.evaluation_share,
            "encoder_ids": [str(encoder_id) for encoder_id in now.pool.encoder_ids],
            "has_model": now.model_version_id is not None,
            "weighs_minutes": rules.weighs_minutes,
            "predicts": rules.predicts,
        },
        seed=seed,
        model_version_id=now.model_version_id,
        pool_count=int((~now.pool.is_holdout).sum()),
    )
    session.add(batch)
    session.flush()
    _store_picks(session, batch, now.pool, asked)
    queue.reprioritise(session, project.id, _order(now.pool, asked, back=earlier & free))
    return Written(batch, len(asked))


def _chosen(
    now: Situation,
    strategy: QueryStrategy,
    size: int,
    rules: LearningRules,
    rng: np.random.Generator,
) -> list[_Ask]:
    own = np.flatnonzero(~now.pool.is_holdout)
    pool = now.pool
    said = now.fitted.probabilities[own] if now.fitted else None
    view = PoolView(
        now.z[own],
        # What is being read counts as known; what a person placed is not the learner's to move.
        labelled=~pool.is_open[own],
        probabilities=said,
        multi_label=now.question is not None and now.question.is_multi,
        class_counts=None if now.lessons is None else now.lessons.class_counts,
        patients=pool.patients[own].astype(str),
        sites=pool.sites[own].astype(str),
        barred=pool.is_given[own],
        answers=_answers(now, own),
        draws=_draws(now, own, strategy, rng),
        minutes=_minutes(now, own, rules),
        progress=float(np.mean(~pool.is_open[own])) if len(own) else 0.0,
        **({} if now.opinion is None else now.opinion.of(own)),
    )
    picks = query_batch(
        strategy, view, size, rng=rng, control_share=rules.control_share,
        limits=_limits(now, own, rules),
    )  # fmt: skip
    return [
        _Ask(
            int(own[pick.index]),
            pick.arm.value,
            {name: round(value, 6) for name, value in pick.parts.items()},
            pick.reason.value,
            reasons.say(pick, now.question, None if said is None else said[pick.index]),
        )
        for pick in picks
    ]


def _minutes(now: Situation, own: np.ndarray, rules: LearningRules) -> np.ndarray | None:
    """Predicted reading times, where the project wants them weighed."""
    if not rules.weighs_minutes or now.lessons is None:
        return None
    return predicted_minutes(now.pool, now.z, now.lessons)[own]


def _limits(now: Situation, own: np.ndarray, rules: LearningRules) -> Limits:
    """The project's quotas, and what is being read now: its twins are not asked for."""
    is_read = np.zeros(len(now.pool), dtype=bool)
    if now.lessons is not None:
        is_read[now.lessons.rows] = True
    return Limits(
        {name: values[own] for name, values in now.pool.groups.items()},
        rules.quota_shares(),
        being_read=(~now.pool.is_open & ~is_read)[own],
    )


def _answers(now: Situation, own: np.ndarray) -> np.ndarray | None:
    """What readers said, per study of the pool and class: 1 yes, 0 no, -1 unknown."""
    if now.lessons is None:
        return None
    answers = np.full((len(now.pool), now.lessons.answers.shape[1]), -1, dtype=np.int8)
    answers[now.lessons.rows] = now.lessons.answers
    return answers[own]


def _draws(
    now: Situation, own: np.ndarray, strategy: QueryStrategy, rng: np.random.Generator
) -> np.ndarray | None:
    if now.fitted is None or strategy not in NEED_DRAWS:
        return None
    return dropout_draws(now.fitted.head, now.z[own], seed=int(rng.integers(2**31)))


def _to_measure(project: Project, now: Situation, size: int, rules: LearningRules) -> list[_Ask]:
    """Held-out cases in an order fixed by the project's key, whatever the model thinks of them."""
    pool = now.pool
    read = 0 if now.lessons is None else len(now.lessons.holdout_rows)
    share = rules.evaluation_share
    wanted = min(round(size * share / (1.0 - share)), max(0, ENOUGH_EVALUATED - read))
    free = np.flatnonzero(pool.is_holdout & pool.is_open & ~pool.is_given).tolist()
    free.sort(key=lambda row: hmac.digest(project.key, pool.order_keys[row].encode(), "sha256"))
    return [_Ask(row, EVALUATION, {}, EVALUATION, queue.HOLDOUT_REASON) for row in free[:wanted]]


def _interleaved(asked: list[_Ask], measuring: list[_Ask]) -> list[_Ask]:
    """Spread the measuring cases evenly between the others."""
    placed = [
        ((place + 0.5) / len(part), ask)
        for part in (asked, measuring)
        for place, ask in enumerate(part)
    ]
    return [ask for _, ask in sorted(placed, key=lambda pair: pair[0])]


def _store_picks(session: Session, batch: QueryBatch, pool: Pool, asked: list[_Ask]) -> None:
    rows: list[dict[str, Any]] = [
        {
            "id": ids.new_id(),
            "query_batch_id": batch.id,
            "task_id": pool.task_ids[ask.row],
            "rank": rank,
            "arm": ask.arm,
            "scores": ask.scores,
            "reason_code": ask.reason_code,
            "reason": ask.reason,
        }
        for rank, ask in enumerate(asked, 1)
    ]
    if rows:
        session.execute(insert(QueryPick), rows)


def _asked_before(session: Session, project_id: UUID) -> set[UUID]:
    query = select(Task.id).where(
        Task.project_id == project_id,
        Task.state == ReadState.OPEN,
        Task.arm.in_(["strategy", "control", EVALUATION]),
    )
    return set(session.scalars(query))


def _order(pool: Pool, asked: list[_Ask], *, back: set[UUID]) -> dict[UUID, tuple[float, str, str]]:
    """New places for what is asked for; what earlier batches asked for and nobody began goes back
    to its order of arrival.
    """
    order: dict[UUID, tuple[float, str, str]] = dict.fromkeys(back, (0.0, "arrival", ""))
    for rank, ask in enumerate(asked):
        order[pool.task_ids[ask.row]] = (TOP_PRIORITY - rank, ask.arm, ask.reason)
    return order
