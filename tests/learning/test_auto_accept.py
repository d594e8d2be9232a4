"""A model answers clear cases only behind bounds, and everything it does can be undone."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.annotations import case
from collimate.annotations.models import Submission
from collimate.datasets.freeze import Wanted, choose, freeze
from collimate.datasets.splits import SplitShares
from collimate.datasets.verify import verify
from collimate.kit import clock, ids
from collimate.kit.blobs import blobs
from collimate.learning import encoders, rounds
from collimate.learning.auto_accept import panel, stop, switch, watch
from collimate.learning.auto_accept.accept import accept_clear
from collimate.learning.labels import labelled_units, question_of
from collimate.learning.models import (
    AutoAccept,
    AutoAcceptedCase,
    Embedding,
    Encoder,
    QueryBatch,
    QueryPick,
)
from collimate.learning.pool import load_pool
from collimate.ml.conformal import upper_bound
from collimate.ml.model_file import Model
from collimate.projects.rules import reading_rules
from collimate.studies.models import Patient, Study
from collimate.tasks import claim, queue
from collimate.tasks.models import Read, Task
from tests import factories
from tests.learning.worlds import CLASSES, World, make_world

Client = Callable[..., Any]
WIDTH = 6


def audited(session: Session, *, control: int = 160, picked: int = 30, **more: Any) -> World:
    """A world of 320 studies, the control arm and some picks of which are read, and a model."""
    world = make_world(
        session, studies=320, spread=0.05, dimensions={encoders.SCATTERING: WIDTH}, **more
    )
    batch = QueryBatch(
        project_id=world.project.id, round_number=1, strategy="random", seed=1, pool_count=256,
        settings={"control_is_unaided": True},
    )  # fmt: skip
    session.add(batch)
    session.flush()
    pool = [study_id for study_id in world.study_ids if study_id not in world.holdout]
    tasks = {task.study_id: task for task in session.scalars(select(Task))}
    drawn = [tasks[study_id] for study_id in pool[:control]]
    session.execute(
        insert(QueryPick),
        [
            {
                "id": ids.new_id(), "query_batch_id": batch.id, "task_id": task.id, "rank": rank,
                "arm": "control", "scores": {}, "reason_code": "control", "reason": "",
            }
            for rank, task in enumerate(drawn)
        ],
    )  # fmt: skip
    for task in drawn:
        task.arm = "control"
    read_all(world, [tasks[one] for one in [*pool[: control + picked], *list(world.holdout)[:20]]])
    rounds.run_round(session, world.project.id)
    return world


def read_all(world: World, tasks: list[Task]) -> None:
    """Have these read as they are, in a few statements."""
    session, now = world.session, clock.now()
    by_task = {read.task_id: read for read in session.scalars(select(Read))}
    for task in tasks:
        read = by_task[task.id]
        read.reader_id, read.label_schema_id = world.reader.id, world.schema.id
        read.state, read.submitted_at, task.state = "submitted", now, "submitted"
    session.flush()
    session.execute(
        insert(Submission),
        [
            {
                "id": ids.new_id(), "project_id": world.project.id, "number": 1, "sha256": "",
                "read_id": by_task[task.id].id, "author_id": world.reader.id, "revision_ids": [],
                "content": {"answer": {"label_keys": [CLASSES[world.truth[task.study_id]]]}},
            }
            for task in tasks
        ],
    )  # fmt: skip
    world.read_count += len(tasks)
    session.execute(text("ANALYZE"))


def on(world: World, target: float = 0.05) -> AutoAccept:
    found = switch.turn_on(
        world.session, world.reader.id, world.project, target=target, reason="clear enough"
    )
    accept_clear(world.session, world.project.id)
    return found


def tasks_in(world: World, state: str) -> list[Task]:
    query = select(Task).where(Task.project_id == world.project.id, Task.state == state)
    return list(world.session.scalars(query.execution_options(populate_existing=True)))


def records(world: World) -> list[AutoAcceptedCase]:
    return list(world.session.scalars(select(AutoAcceptedCase).order_by(AutoAcceptedCase.id)))


def at(world: World, target: float) -> dict[str, Any]:
    found = panel.panel(world.session, world.project)["estimate"]
    return next(one for one in found["targets"] if one["target"] == target)


def answer(world: World, task: Task, keys: list[str]) -> None:
    """A reader answers a re-audit."""
    world.read(task.study_id, keys)
    world.session.flush()


def test_off_it_says_what_it_would_do_and_how_many_reads_are_missing(session: Session) -> None:
    world = audited(session, control=40)
    shown = panel.panel(session, world.project)
    assert (shown["now"], shown["last"], shown["refusals"]) == (None, None, [])
    assert shown["estimate"]["audit_count"] == 40
    five = at(world, 0.05)
    assert not five["is_met"]
    assert five["more_reads"] > 50
    assert at(world, 0.01)["more_reads"] > five["more_reads"]
    with pytest.raises(switch.NotGuaranteed):
        on(world)
    assert tasks_in(world, "auto_accepted") == []


def test_clear_cases_leave_the_queue_and_one_in_fifty_goes_to_a_reader(session: Session) -> None:
    world = audited(session)
    would = at(world, 0.05)
    assert would["is_met"]
    assert would["bound"] <= 0.05
    turned = on(world)
    made = records(world)
    assert len(made) == would["would_accept_count"] > 30
    out = tasks_in(world, "auto_accepted")
    again = [one for one in made if one.is_reaudit]
    assert len(again) == int(np.ceil(0.02 * len(made)))
    assert {task.id for task in out} == {one.task_id for one in made if not one.is_reaudit}
    # Never held out, never of the control arm, never what was asked for.
    assert not {one.study_id for one in made} & world.holdout
    assert {task.arm for task in out} == {"arrival"}
    truth = {one.study_id: [CLASSES[world.truth[one.study_id]]] for one in made}
    assert np.mean([truth[one.study_id] != one.label_keys for one in made]) <= 0.05
    assert {one.weights_sha256 for one in made} == {turned.weights_sha256}
    assert all(set(one.p_values) == set(CLASSES) for one in made)
    # A person reads next what was drawn again, and is told what a control case is told.
    task = session.get_one(Task, again[0].task_id, populate_existing=True)
    control = session.scalars(
        select(QueryPick).where(QueryPick.arm == "control", QueryPick.reason != "").limit(1)
    ).one()
    assert (task.state, task.reason) == ("open", control.reason)
    # What is answered is no label: the learner does not see it.
    question = question_of(session, world.project)
    assert question is not None
    labelled, _ = labelled_units(session, world.project, question)
    assert len(labelled) == world.read_count
    # Who opens one all the same has it.
    read = claim.claim_task(session, world.reader, out[0].id)
    assert (read.state, out[0].state) == ("claimed", "claimed")
    with pytest.raises(DBAPIError, match="permission denied"):
        session.execute(update(AutoAcceptedCase).values(label_keys=["viral"]))


def test_a_case_is_given_back_by_a_person_and_all_when_it_is_turned_off(
    session: Session, client: Client
) -> None:
    world = audited(session)
    on(world)
    admin = factories.make_member(session, project=world.project, role=Role.PROJECT_ADMIN)
    count = len(tasks_in(world, "auto_accepted"))
    session.commit()
    browser, base = client(admin), f"/api/projects/{world.project.id}"
    listed = browser.get(f"{base}/learning/auto-accept/cases").json()["items"]
    assert len(listed) == count
    assert not {one["task_id"] for one in listed} & {
        str(one.task_id) for one in records(world) if one.is_reaudit
    }
    first = browser.post(f"/api/tasks/{listed[0]['task_id']}/give-back")
    assert (first.status_code, first.json()["state"]) == (200, "open")
    assert browser.post(f"/api/tasks/{listed[0]['task_id']}/give-back").status_code == 409
    # The model does not take it again: a person asked a reader for it.
    assert accept_clear(session, world.project.id) == 0
    assert len(tasks_in(world, "auto_accepted")) == count - 1
    assert browser.get(f"{base}/progress").json()["counts"]["auto_accepted"] == count - 1
    session.commit()
    off = browser.post(f"{base}/learning/auto-accept/off", json={"reason": "too early"})
    assert off.status_code == 200
    assert off.json()["now"] is None
    assert off.json()["last"]["off_reason"] == "too early"
    session.expire_all()
    assert tasks_in(world, "auto_accepted") == []
    assert len(records(world)) > count, "records stay"
    waiting = [t for t in tasks_in(world, "open") if t.arm == "reaudit"]
    assert waiting == []
    actions = set(session.scalars(select(AuditEvent.action)))
    assert actions >= {
        "auto_accept_turned_on", "cases_auto_accepted", "auto_accepted_case_given_back",
        "auto_accept_turned_off",
    }  # fmt: skip


def test_readers_who_disagree_turn_it_off(session: Session) -> None:
    world = audited(session)
    turned = on(world)
    again = [session.get_one(Task, one.task_id) for one in records(world) if one.is_reaudit]
    right = [CLASSES[world.truth[again[0].study_id]]]
    answer(world, again[0], right)
    assert not watch.look(session, world.project.id)
    (asked, read, wrong), bound = watch.reaudited(session, world.project, turned)
    assert (asked, read, wrong) == (len(again), 1, 0)
    assert bound < at(world, 0.05)["bound"]
    others = [key for key in CLASSES if key not in right]
    for task in again[1:]:
        answer(world, task, others[:1])
    # However few were drawn, so many more that say otherwise are beyond the target.
    errors = _errors_until_beyond(world, turned, len(again))
    for task in tasks_in(world, "auto_accepted")[:errors]:
        task.state, task.arm = "open", "reaudit"
        session.flush()
        _as_reaudit(session, turned, task)
        wrong_key = next(key for key in CLASSES if key != CLASSES[world.truth[task.study_id]])
        answer(world, task, [wrong_key])
    assert watch.look(session, world.project.id)
    assert turned.off_code == stop.DISAGREEMENT
    assert tasks_in(world, "auto_accepted") == []
    assert panel.panel(session, world.project)["refusals"] == [switch.DISPROVED]
    with pytest.raises(switch.NotGuaranteed):
        on(world)


def _errors_until_beyond(world: World, turned: AutoAccept, drawn: int) -> int:
    known = watch.at_target(turned)["accepted_check_count"]
    return next(k for k in range(100) if upper_bound(k, known + drawn + k) > turned.target)


def _as_reaudit(session: Session, turned: AutoAccept, task: Task) -> None:
    """The task as it would stand had it been drawn again."""
    made = session.scalars(
        select(AutoAcceptedCase).where(AutoAcceptedCase.task_id == task.id)
    ).one()
    names = [c.key for c in AutoAcceptedCase.__table__.columns if c.key not in ("id", "created_at")]
    row = {name: getattr(made, name) for name in names}
    earlier = AutoAccept(
        **{
            name: getattr(turned, name)
            for name in (
                "project_id", "model_version_id", "label_schema_id", "weights_sha256", "target",
                "reason", "grounds", "turned_on_by",
            )
        },
        off_at=clock.now(), off_code=stop.PERSON,
    )  # fmt: skip
    session.add(earlier)
    session.flush()
    row |= {"auto_accept_id": earlier.id, "is_reaudit": True, "id": ids.new_id()}
    session.execute(insert(AutoAcceptedCase), [row])


def test_what_it_cannot_answer_for_it_refuses(session: Session) -> None:
    blinded = audited(session, control=20, picked=20, reading={"wanted_reads": 2})
    assert stop.BLINDED_READERS in switch.refusals(session, blinded.project)
    nothing = factories.make_project(session)
    assert switch.refusals(session, nothing) == [switch.NOT_CLASSIFICATION, switch.NO_MODEL]


def test_with_several_answers_every_label_must_be_decided(session: Session) -> None:
    world = audited(session, answer_mode="multi")
    assert at(world, 0.05)["is_met"]
    on(world)
    made = records(world)
    assert made
    assert all(len(one.label_keys) == 1 for one in made)
    assert all(len(pair) == 2 for pair in made[0].p_values.values())


def test_a_dataset_holds_them_only_by_choice_and_names_them(session: Session) -> None:
    world = audited(session)
    on(world)
    by, shares = world.reader.id, SplitShares()
    patients = session.scalars(select(Patient)).all()
    for number, patient in enumerate(patients):
        patient.keyed_hash = f"{number * 9973 % 65536:04x}" + "0" * 60
    session.flush()
    plain = freeze(session, by, world.project, name="plain", note="", shares=shares)
    assert {one["provenance"] for one in plain.manifest["entries"]} == {"reader"}
    assert plain.counts["auto_accepted"] == 0
    mixed = freeze(
        session, by, world.project, name="mixed", note="", shares=shares,
        wanted=Wanted(includes_auto_accepted=True),
    )  # fmt: skip
    model = [one for one in mixed.manifest["entries"] if one["provenance"] == "auto-accepted"]
    assert 0 < len(model) < len(tasks_in(world, "auto_accepted"))
    assert {one["split"] for one in model} == {"train"}, "never what something is measured against"
    assert {one["model_sha256"] for one in model} == {records(world)[0].weights_sha256}
    assert mixed.counts == {**plain.counts, "auto_accepted": len(model)}
    assert len(choose(session, world.project, shares)) == plain.counts["reads"]
    kinds = {problem["kind"] for problem in verify(session, mixed)["problems"]}
    assert not kinds & {"manifest", "entry", "auto_accepted_case"}


def test_cases_of_another_population_turn_it_off(session: Session) -> None:
    world = audited(session)
    turned = on(world)
    arrive(world, 40)
    pool = load_pool(session, world.project)
    model = Model.from_bytes(blobs().read(turned.weights_sha256))
    said = model.predict(pool.blocks)
    assert watch.drifted(session, turned, pool, said, is_multi=False) is None
    unsure = np.full_like(said, 1 / 3)
    assert watch.drifted(session, turned, pool, unsure, is_multi=False) == stop.SCORE_DRIFT
    session.execute(
        update(Study).where(Study.created_at > turned.created_at).values(site="elsewhere")
    )
    assert accept_clear(session, world.project.id) == 0
    assert turned.off_code == stop.SITE_DRIFT
    assert tasks_in(world, "auto_accepted") == []


def arrive(world: World, count: int) -> None:
    """New studies like the others."""
    session, rng = world.session, np.random.default_rng(9)
    encoder = session.scalars(select(Encoder)).one()
    for number in range(count):
        study = factories.make_study(
            session, project=world.project, site=("north", "south")[number % 2]
        )
        vector = np.eye(3, WIDTH)[number % 3] + rng.normal(0, 0.05, WIDTH)
        session.add(Embedding(study_id=study.id, encoder_id=encoder.id, vector=vector.tolist()))
    session.flush()
    queue.open_missing(session, world.project.id)


def test_another_model_turns_it_off_and_only_unaided_reads_count(session: Session) -> None:
    world = audited(session)
    turned = on(world)
    session.execute(update(QueryBatch).values(settings={}))
    rounds.run_round(session, world.project.id)
    assert watch.look(session, world.project.id)
    assert turned.off_code == stop.NEW_MODEL
    assert panel.panel(session, world.project)["estimate"]["audit_count"] == 0
    # A control case is read without the suggestion, and so is one that is read again.
    rules = reading_rules(world.project)
    task = next(t for t in tasks_in(world, "open") if t.study_id not in world.holdout)
    for arm, sees in (("strategy", True), ("control", False), ("reaudit", False)):
        task.arm = arm
        assert case.shows_machine(session, rules, task) is sees
