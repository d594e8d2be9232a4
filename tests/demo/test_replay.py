"""Replay: the real loop on a copy that leaves no trace, and honest statistics."""

import json
from pathlib import Path

import numpy as np
import psycopg
import pytest
from rich.console import Console
from sqlalchemy.orm import Session
from tests import factories

from collimate.demo.replay.copy import NothingToReplay
from collimate.demo.replay.curves import Curve
from collimate.demo.replay.project import replay_project
from collimate.demo.replay.report import Outcome, plot, show, write_json
from collimate.demo.replay.statistics import area, difference, labels_to_reach, reached
from collimate.kit.settings import settings
from collimate.learning.models import Embedding, Encoder
from collimate.projects.models import Project
from collimate.studies.models import AnswerKey

CLASSES = ("normal", "bacterial", "viral")


def known_project(session: Session, *, pool: int = 40, holdout: int = 20) -> Project:
    """Three classes as clouds in a plane of 12 features, one rare."""
    project = factories.make_project(session, learning_rules={"batch_size": 10})
    factories.make_schema(session, project=project, classes=CLASSES)
    encoder = Encoder(
        project_id=project.id, kind="scattering", state="ready", dimension=12, is_current=True
    )
    session.add(encoder)
    session.flush()
    rng = np.random.default_rng(3)
    middles = rng.normal(0, 2.2, (3, 12))
    for number in range(pool + holdout):
        label = int(rng.choice(3, p=(0.55, 0.33, 0.12)))
        study = factories.make_study(session, project=project, is_holdout=number >= pool)
        vector = middles[label] + rng.normal(0, 1, 12)
        session.add(Embedding(study_id=study.id, encoder_id=encoder.id, vector=vector.tolist()))
        session.add(
            AnswerKey(project_id=project.id, study_id=study.id, label_keys=[CLASSES[label]])
        )
    session.commit()
    return project


def row_counts(address: str) -> dict[str, int]:
    with psycopg.connect(address) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        found = {}
        for (name,) in names:
            row = connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # type: ignore[arg-type]
            assert row is not None
            found[name] = row[0]
    return found


def blob_names() -> set[str]:
    return {path.name for path in (settings().home_path / "blobs").rglob("*") if path.is_file()}


def test_a_replay_learns_from_hidden_answers_and_leaves_nothing_behind(
    session: Session, database: str, tmp_path: Path
) -> None:
    project = known_project(session)
    rows, files = row_counts(database), blob_names()
    told: list[str] = []
    outcome = replay_project(
        project.id, strategies=["project", "random"], seeds=2, batch_size=10, cap=20,
        tell=told.append,
    )  # fmt: skip
    assert row_counts(database) == rows
    assert blob_names() == files
    assert (outcome.pool_count, outcome.holdout_count) == (40, 20)
    assert outcome.strategies == ["rare_aware_herding", "random"]
    assert len(outcome.curves) == 4
    assert all(curve.label_counts == (10, 20) for curve in outcome.curves)
    assert outcome.full > 0.8
    assert all(0.3 < score <= 1 for curve in outcome.curves for score in curve.scores)
    assert np.mean([curve.scores[-1] for curve in outcome.curves]) > 0.7
    assert len(told) == 5

    write_json(outcome, tmp_path / "out.json")
    kept = json.loads((tmp_path / "out.json").read_text())
    assert [item["strategy"] for item in kept["strategies"]] == outcome.strategies
    plot(outcome, tmp_path / "out.png")
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_a_project_without_hidden_answers_says_so(session: Session) -> None:
    project = factories.make_project(session)
    factories.make_schema(session, project=project)
    session.commit()
    with pytest.raises(NothingToReplay):
        replay_project(project.id, strategies=["random"], seeds=1, batch_size=5, cap=10, tell=str)


def test_an_unknown_strategy_is_refused(session: Session) -> None:
    project = known_project(session, pool=6, holdout=3)
    with pytest.raises(ValueError, match="clairvoyance"):
        replay_project(
            project.id, strategies=["clairvoyance"], seeds=1, batch_size=5, cap=10, tell=str
        )


def curve(seed: int, *scores: float, strategy: str = "a") -> Curve:
    return Curve(strategy, seed, tuple(range(10, 10 + 10 * len(scores), 10)), scores)


def test_a_target_counts_only_when_the_next_score_confirms_it() -> None:
    assert labels_to_reach(curve(0, 0.5, 0.9, 0.6, 0.9, 0.9), 0.8) == 40
    assert labels_to_reach(curve(0, 0.5, 0.6), 0.8) is None
    assert labels_to_reach(curve(0, 0.5, 0.9), 0.8) is None


def test_a_missed_target_is_said_and_never_hidden_in_a_median() -> None:
    found = reached([curve(0, 0.9, 0.9), curve(1, 0.1, 0.2), curve(2, 0.9, 0.9)], 0.9, 0.9)
    assert (found.median, found.low, found.high, found.missed) == (10.0, 10, None, 1)
    lost = reached([curve(0, 0.9, 0.9), curve(1, 0.1, 0.2), curve(2, 0.1, 0.1)], 0.9, 0.9)
    assert lost.median is None
    assert lost.missed == 2


def test_area_is_the_mean_height() -> None:
    assert area(curve(0, 0.5, 0.5, 0.5)) == pytest.approx(0.5)
    assert area(curve(0, 0.0, 1.0)) == pytest.approx(0.5)


def test_differences_are_paired_by_seed() -> None:
    ours = [curve(seed, 0.6 + 0.1 * seed, 0.6 + 0.1 * seed) for seed in range(3)]
    theirs = [curve(seed, 0.5 + 0.1 * seed, 0.5 + 0.1 * seed, strategy="b") for seed in range(3)]
    found = difference(ours, theirs)
    assert found is not None
    assert found.mean == pytest.approx(0.1)
    assert found.low == pytest.approx(found.high)
    assert (found.better, found.pair_count) == (3, 3)


def test_the_table_names_strategies_targets_and_misses() -> None:
    curves = (
        *(curve(seed, 0.7, 0.9, 0.95) for seed in range(2)),
        *(curve(seed, 0.4, 0.5, 0.6, strategy="random") for seed in range(2)),
    )
    screen = Console(record=True, width=160)
    show(Outcome(0.95, 100, 30, 10, curves), screen)
    text = screen.export_text()
    assert "20 (20-20)" in text
    assert "not reached by 2 of 2" in text
    assert "better in 2 of 2" in text
