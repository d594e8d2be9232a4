"""A round: learn from what was read, then ask for what to read next."""

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.jobs import events
from collimate.kit.errors import Conflict
from collimate.learning import batch as batches
from collimate.learning import doubts, drawing, fit, hold_back
from collimate.learning.auto_accept import estimate
from collimate.learning.cases import by_case
from collimate.learning.due import newest_batch
from collimate.learning.kinds import KINDS, TaskKind
from collimate.learning.labels import STUDY, Question, labelled_units, question_of
from collimate.learning.models import QueryBatch
from collimate.learning.pool import load_pool
from collimate.learning.spaces import space_of
from collimate.ml.strategies import QueryStrategy
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules
from collimate.tasks import queue

Report = Callable[[float, str], None]


class PoolNotEmbedded(Conflict):
    """No study of the pool has been looked at by an encoder yet."""


@dataclass(frozen=True)
class RoundResult:
    """What a round did. `model_version_id` and `score` are None where nothing can be learned."""

    round_number: int
    batch_id: UUID
    model_version_id: UUID | None
    label_count: int
    pick_count: int
    score: float | None
    seconds: float


def run_round(
    session: Session,
    project_id: UUID,
    *,
    seed: int | None = None,
    strategy: str | None = None,
    report: Report | None = None,
) -> RoundResult:
    """Fit a model where two classes are known, write a query batch, then reorder the queue.

    Everything happens in the caller's transaction: a round cut short leaves the earlier model
    and the earlier queue. Without a model the first batches cover the pool evenly. `strategy`
    overrides the project's, `seed` the derived one.

    Raises: PoolNotEmbedded; HoldoutTouched (a defect, never expected).
    """
    started = time.monotonic()
    tell = report or (lambda fraction, text: None)
    session.execute(
        select(func.pg_advisory_xact_lock(func.hashtextextended(f"round:{project_id}", 4)))
    )
    project = session.get_one(Project, project_id)
    rules = learning_rules(project)
    tell(0.05, "Reading the pool")
    queue.open_missing(session, project_id)
    question = question_of(session, project)
    pool = load_pool(session, project, scope=STUDY if question is None else question.scope)
    own = np.flatnonzero(~pool.is_holdout)
    if len(own) == 0:
        raise PoolNotEmbedded("It is done in the background as studies arrive.")
    round_number = _next_number(session, project_id)
    seed = seed_of(project, round_number) if seed is None else seed
    space = space_of({name: values[own] for name, values in pool.blocks.items()})
    tell(0.35, "Learning from the newest reads")
    ground = fit.Ground(pool, space, space.transform(pool.blocks))
    kind = question.kind if question is not None else TaskKind.CLASSIFICATION
    fitted, lessons = _learn(
        session, project, ground, question, round_number=round_number, seed=seed
    )
    opinion = drawing.newest_opinion(session, project_id, pool, question)
    tell(0.7, "Choosing what to ask for next")
    written = batches.write_batch(
        session,
        project,
        by_case(batches.Situation(pool, ground.z, lessons, fitted, question, opinion)),
        round_number=round_number,
        strategy=KINDS[kind].chosen(QueryStrategy(strategy or rules.strategy)),
        seed=seed,
    )
    drawing.ask_to_train(session, project, question)
    if fitted is not None and lessons is not None and question is not None:
        if question.scope == STUDY:
            known = estimate.Known(ground, lessons, question)
            estimate.keep(session, project, fitted, known)
        # After the tasks: whoever locks the audit chain must not wait for a task.
        hold_back.promote_unless_worse(session, project, fitted, pool, lessons, question)
    events.publish(session, "round", project_id, query_batch_id=written.batch.id)
    return RoundResult(
        round_number,
        written.batch.id,
        written.batch.model_version_id,
        len(lessons.rows) if lessons else 0,
        written.pick_count,
        fitted.score if fitted else opinion.score if opinion else None,
        time.monotonic() - started,
    )


def _learn(
    session: Session,
    project: Project,
    ground: fit.Ground,
    question: Question | None,
    *,
    round_number: int,
    seed: int,
) -> tuple[fit.Fitted | None, fit.Lessons | None]:
    if question is None:
        return None, None
    labelled, _ = labelled_units(session, project, question)
    lessons = fit.lessons_of(ground.pool, labelled, question)
    if question.kind is not TaskKind.CLASSIFICATION or not fit.can_learn(lessons, question):
        # Masks and boxes take minutes to learn: that is done in the background.
        return None, lessons
    fitted = fit.fit_model(
        session, project, ground, lessons, question, round_number=round_number, seed=seed
    )
    if question.scope == STUDY:
        doubts.keep(session, fitted, ground, lessons, question)
    return fitted, lessons


def _next_number(session: Session, project_id: UUID) -> int:
    newest: QueryBatch | None = newest_batch(session, project_id)
    return 1 if newest is None else newest.round_number + 1


def seed_of(project: Project, round_number: int) -> int:
    """A seed that differs between projects and rounds and can be derived again."""
    content = f"round {round_number}".encode()
    return int.from_bytes(hmac.digest(project.key, content, hashlib.sha256)[:4], "big") >> 1
