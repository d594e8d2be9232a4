"""Replay of a project: strategy by strategy, seed by seed, in transactions that are rolled back."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.demo.replay.copy import copy_project
from collimate.demo.replay.curves import Curve
from collimate.demo.replay.play import forgotten, full_score, play_run
from collimate.demo.replay.report import Outcome
from collimate.ml.strategies import QueryStrategy
from collimate.projects.models import Project
from collimate.projects.rules import learning_rules

Tell = Callable[[str], None]
OF_PROJECT = "project"


def replay_project(
    project_id: UUID,
    *,
    strategies: list[str],
    seeds: int,
    batch_size: int | None,
    cap: int,
    tell: Tell,
) -> Outcome:
    """Play the hidden answers of a project; nothing of it is kept.

    Raises:
        NothingToReplay
        ValueError: a strategy of that name does not exist.
    """
    with forgotten() as session:
        project = session.get_one(Project, project_id)
        rules = learning_rules(project)
        size = batch_size or rules.batch_size
        names = [rules.strategy if name == OF_PROJECT else name for name in strategies]
        names = [str(QueryStrategy(name)) for name in dict.fromkeys(names)]
        pool_count, holdout_count = _counts(session, project_id)
    tell("the whole pool")
    with forgotten() as session:
        full = full_score(session, project_id)
    curves: list[Curve] = []
    for seed in range(seeds):
        for name in names:
            tell(f"{name}, seed {seed + 1} of {seeds}")
            with forgotten() as session:
                curves.append(
                    play_run(
                        session, project_id, strategy=name, seed=seed, batch_size=size, cap=cap
                    )
                )
    return Outcome(full, pool_count, holdout_count, size, tuple(curves))


def _counts(session: Session, project_id: UUID) -> tuple[int, int]:
    copy = copy_project(session, project_id, batch_size=20, strategy="random")
    return len(copy.answers), len(copy.holdout)
