"""A model by which a class or a group of patients would lose does not speak by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.policy import Role
from collimate.learning import rounds
from collimate.learning.models import QueryBatch, QueryPick
from collimate.learning.versions import promoted_model
from collimate.studies.models import Study
from collimate.tasks.models import Read
from tests import factories
from tests.learning.worlds import CLASSES, World, make_world

Client = Callable[..., Any]


def misled(session: Session, **rules: Any) -> World:
    """A good model from twelve right answers, then a round after viral was taken for bacterial."""
    world = make_world(session, studies=150, holdout_every=2, **rules)
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    first = [s for c in range(3) for s in [s for s in pool if world.truth[s] == c][:4]]
    for study_id in [*first, *sorted(world.holdout)]:
        world.read(study_id)
    rounds.run_round(session, world.project.id)
    for study_id in pool:
        if study_id not in first:
            name = CLASSES[world.truth[study_id]]
            world.read(study_id, ["bacterial" if name == "viral" else name])
    return world


def test_the_earlier_model_goes_on_and_the_page_says_why(session: Session, client: Client) -> None:
    world = misled(session)
    before = promoted_model(session, world.project.id)
    assert before is not None
    done = rounds.run_round(session, world.project.id)
    assert done.model_version_id != before.id
    assert promoted_model(session, world.project.id).id == before.id  # type: ignore[union-attr]
    # The queue follows the new model all the same: where it errs is where to teach it.
    assert session.get_one(QueryBatch, done.batch_id).model_version_id == done.model_version_id
    admin = factories.make_member(session, project=world.project, role=Role.PROJECT_ADMIN)
    session.commit()
    browser = client(admin)
    path = f"/api/projects/{world.project.id}/learning"
    page, models = browser.get(path).json(), browser.get(f"{path}/models").json()["items"]
    assert page["model"]["number"] == 1
    assert any("Model 2 was held back" in words for words in page["warnings"])
    viral = next(item for item in page["per_class"] if item["key"] == "viral")
    drop = next(d for d in models[0]["held_back"] if d["value"] == "viral")
    assert (drop["attribute"], drop["count"]) == ("class", viral["count"])
    assert drop["after"] < drop["before"] - 0.1
    assert drop["before"] == pytest.approx(viral["score"], abs=1e-3)
    assert models[1]["held_back"] == []
    promoted = browser.post(f"/api/models/{models[0]['id']}/promote")
    assert promoted.status_code == 200
    after = browser.get(path).json()
    assert after["model"]["number"] == 2
    assert not any("held back" in words for words in after["warnings"])


def test_a_project_may_let_every_model_speak(session: Session) -> None:
    world = misled(session, learning={"most_drop": 1.0})
    done = rounds.run_round(session, world.project.id)
    assert promoted_model(session, world.project.id).id == done.model_version_id  # type: ignore[union-attr]


def test_with_several_answers_a_class_is_guarded_as_well(session: Session) -> None:
    world = misled(session, answer_mode="multi")
    done = rounds.run_round(session, world.project.id)
    assert promoted_model(session, world.project.id).id != done.model_version_id  # type: ignore[union-attr]


def test_quick_cases_come_first_where_the_project_weighs_minutes(session: Session) -> None:
    picked = {}
    for weighs in (False, True):
        world = make_world(
            session, studies=110, spread=0.8, learning={"weighs_minutes": weighs, "batch_size": 20}
        )
        _long_and_short(world)
        pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
        for study_id in pool[:40]:
            world.read(study_id)
            _took(world, study_id)
        session.flush()
        done = rounds.run_round(session, world.project.id)
        picks = [p for p in _picks(session, done.batch_id) if p.arm == "strategy"]
        tasks = {world.task_of(study_id).id: study_id for study_id in pool}
        picked[weighs] = sum(_is_long(world, tasks[pick.task_id]) for pick in picks)
        assert all(("minutes" in pick.scores) == weighs for pick in picks)
    assert picked[True] < picked[False]


def _is_long(world: World, study_id: Any) -> bool:
    return world.study_ids.index(study_id) % 4 < 2


def _long_and_short(world: World) -> None:
    for study in world.session.scalars(select(Study).where(Study.project_id == world.project.id)):
        study.instance_count = 400 if _is_long(world, study.id) else 2


def _took(world: World, study_id: Any) -> None:
    task_id = world.task_of(study_id).id
    read = world.session.scalars(select(Read).where(Read.task_id == task_id, Read.slot >= 1)).one()
    read.active_ms = 600_000 if _is_long(world, study_id) else 20_000


def _picks(session: Session, batch_id: Any) -> list[Any]:
    return list(session.scalars(select(QueryPick).where(QueryPick.query_batch_id == batch_id)))
