"""The learning page says what is known, how good it is, and what is missing, in words."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from collimate.access.models import AuditEvent
from collimate.access.policy import Role
from collimate.jobs.models import Job
from collimate.kit import clock
from collimate.learning import alike, encoders, forecast, rounds
from collimate.learning.explanations import ALL_CLASSES, TRIED_AGAIN_AFTER
from collimate.learning.models import Embedding, Explanation, Prediction
from collimate.learning.versions import promoted_model
from collimate.ml.explain import Method
from collimate.studies.models import Study
from collimate.tasks.models import Read, Task
from tests import factories
from tests.learning.worlds import CLASSES, World, make_world

Client = Callable[..., Any]


def learned(session: Session, *, played: int = 4, **rules: Any) -> World:
    world = make_world(session, studies=100, **rules)
    for _ in range(played):
        rounds.run_round(session, world.project.id)
        world.read_next(10)
    return world


def admin_of(session: Session, world: World) -> Any:
    return factories.make_member(session, project=world.project, role=Role.PROJECT_ADMIN)


def test_an_empty_project_says_what_is_missing(session: Session, client: Client) -> None:
    project = factories.make_project(session)
    admin = factories.make_member(session, project=project, role=Role.PROJECT_ADMIN)
    session.commit()
    page = client(admin).get(f"/api/projects/{project.id}/learning").json()
    assert page["state"] == "collecting"
    assert page["encoder"] is None
    assert page["model"] is None
    assert page["curve"]["strategy"] == []
    assert page["per_class"] == []
    assert any("Nothing is asked" in warning for warning in page["warnings"])


def test_the_page_shows_curve_counts_and_quality(session: Session, client: Client) -> None:
    world = learned(session, learning={"control_share": 0.3})
    admin = admin_of(session, world)
    session.commit()
    page = client(admin).get(f"/api/projects/{world.project.id}/learning").json()
    assert page["state"] == "ready"
    assert page["encoder"] == {
        "kind": "scattering", "state": "ready", "dimension": 24, "progress": 1.0,
    }  # fmt: skip
    assert page["pool_count"] + page["holdout_count"] == 100
    assert page["labelled_count"] + page["evaluation_count"] == world.read_count
    assert 0 < page["control_count"] < page["labelled_count"]
    curve = page["curve"]
    assert curve["metric"] == "macro recall"
    counts = [point["label_count"] for point in curve["strategy"]]
    assert counts == sorted(counts)
    minutes = [point["active_minutes"] for point in curve["strategy"]]
    assert minutes == [count * 0.5 for count in counts]
    assert curve["strategy"][-1]["score"] > 0.6
    assert [item["name"] for item in page["per_class"]] == list(CLASSES)
    assert page["confusion"]["keys"] == list(CLASSES)
    assert 0.0 <= page["calibration"]["ece"] <= 1.0
    assert sum(b["count"] for b in page["calibration"]["bins"]) <= page["evaluation_count"]
    assert page["model"]["number"] >= 1
    assert any("held-out cases" in warning for warning in page["warnings"])
    assert any("No encoder has been trained" in warning for warning in page["warnings"])


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        ({"holdout_every": 0}, "No patient is held out"),
        ({"learning": {"is_on": False}}, "switched off"),
    ],
)
def test_warnings_in_words(
    session: Session, client: Client, prepare: dict[str, Any], words: str
) -> None:
    world = make_world(session, studies=20, **prepare)
    admin = admin_of(session, world)
    session.commit()
    page = client(admin).get(f"/api/projects/{world.project.id}/learning").json()
    assert any(words in warning for warning in page["warnings"])


def test_one_class_only_is_said(session: Session, client: Client) -> None:
    world = make_world(session, studies=20, holdout_every=0)
    for study_id in world.study_ids[:4]:
        world.read(study_id, ["normal"])
    row = encoders.scattering_encoder(session, world.project.id)
    encoders.note_refused(session, row, {world.study_ids[5]: "constant"})
    encoders.fail(session, encoders.begin_training(session, world.project.id), "it was stopped.")
    admin = admin_of(session, world)
    session.commit()
    warnings = client(admin).get(f"/api/projects/{world.project.id}/learning").json()["warnings"]
    assert any("same class" in warning for warning in warnings)
    assert "Images that no encoder can use: 1. They are read in their turn." in warnings
    assert "The last encoder could not be used: it was stopped." in warnings


def test_the_queue_shows_every_pick_with_its_reason(session: Session, client: Client) -> None:
    world = learned(session, played=3)
    done = rounds.run_round(session, world.project.id)
    reviewer = factories.make_member(session, project=world.project, role=Role.REVIEWER)
    session.commit()
    shown = client(reviewer).get(f"/api/projects/{world.project.id}/learning/queue").json()
    assert shown["batch"]["round_number"] == done.round_number
    assert shown["batch"]["strategy"] == "rare_aware_herding"
    assert [item["rank"] for item in shown["items"]] == list(range(1, done.pick_count + 1))
    assert {item["arm"] for item in shown["items"]} == {"strategy", "control", "evaluation"}
    uncertain = [item for item in shown["items"] if item["reason_code"] == "uncertain"]
    assert uncertain
    for item in uncertain:
        assert item["reason"].startswith("uncertain: ")
        assert item["scores"]["uncertainty"] > 0
    limited = client(reviewer).get(
        f"/api/projects/{world.project.id}/learning/queue", params={"limit": 2}
    )
    assert len(limited.json()["items"]) == 2


def test_models_are_listed_and_can_be_promoted_by_who_may(session: Session, client: Client) -> None:
    world = learned(session)
    admin = admin_of(session, world)
    reviewer = factories.make_member(session, project=world.project, role=Role.REVIEWER)
    stranger = factories.make_user(session)
    session.commit()
    address = f"/api/projects/{world.project.id}/learning/models"
    items = client(admin).get(address).json()["items"]
    assert [item["number"] for item in items] == sorted(
        (item["number"] for item in items), reverse=True
    )
    assert [item["is_promoted"] for item in items] == [True] + [False] * (len(items) - 1)
    assert all(len(item["weights_sha256"]) == 64 for item in items)
    promotion = f"/api/models/{items[-1]['id']}/promote"
    assert client(reviewer).post(promotion).status_code == 403
    assert client(stranger).post(promotion).status_code == 404
    assert client(admin).post(f"/api/models/{world.project.id}/promote").status_code == 404
    answer = client(admin).post(promotion)
    assert (answer.status_code, answer.json()["is_promoted"]) == (200, True)
    items = client(admin).get(address).json()["items"]
    assert [item["is_promoted"] for item in items] == [False] * (len(items) - 1) + [True]


def test_asking_for_work_answers_the_job_and_asks_once(session: Session, client: Client) -> None:
    world = make_world(session, studies=10)
    admin = admin_of(session, world)
    session.commit()
    browser = client(admin)
    for name, kind in (("round", "run_round"), ("encoder", "train_encoder")):
        address = f"/api/projects/{world.project.id}/learning/{name}"
        first, second = browser.post(address), browser.post(address)
        assert (first.status_code, first.json()["kind"]) == (202, kind)
        assert first.json()["id"] == second.json()["id"]
        assert client(world.reader).post(address).status_code == 403
    assert client(world.reader).get(f"/api/projects/{world.project.id}/learning").status_code == 403


def test_strategies_are_described(session: Session, client: Client) -> None:
    world = make_world(session, studies=5)
    session.commit()
    items = client(world.reader).get("/api/learning/strategies").json()["items"]
    assert items[0]["key"] == "rare_aware_herding"
    assert all(item["name"] and item["description"] and item["paper"] for item in items)
    assert client().get("/api/learning/strategies").status_code == 401


def open_read(world: World, *, arm: str = "strategy", known: bool = False) -> Read:
    """A read the reader has in hand, of a case the model has or has not learned from."""
    query = select(Task).where(Task.state == ("submitted" if known else "open"), Task.arm == arm)
    task = world.session.scalars(query.order_by(Task.id)).first()
    assert task is not None
    read = world.session.scalars(select(Read).where(Read.task_id == task.id)).first()
    assert read is not None
    read.reader_id, read.state = world.reader.id, "claimed"
    read.label_schema_id = world.schema.id
    task.state = "claimed"
    world.session.commit()
    return read


def ready_world(session: Session, **rules: Any) -> World:
    world = learned(session, **rules)
    rounds.run_round(session, world.project.id)
    return world


def suggestion(client: Client, user: Any, read: Read) -> Any:
    return client(user).get(f"/api/reads/{read.id}/suggestion")


def test_a_reader_sees_what_the_model_says_of_his_own_case(
    session: Session, client: Client
) -> None:
    world = ready_world(session)
    read = open_read(world)
    answer = suggestion(client, world.reader, read)
    assert answer.status_code == 200
    said = answer.json()
    assert set(said["probabilities"]) == set(CLASSES)
    assert said["label_key"] == max(said["probabilities"], key=said["probabilities"].get)
    assert session.get_one(Prediction, UUID(said["id"])).probabilities == said["probabilities"]
    other = factories.make_member(session, project=world.project)
    session.commit()
    assert suggestion(client, other, read).status_code == 404


@pytest.mark.parametrize(
    ("rules", "arm", "known"),
    [
        ({"reading": {"show_suggestion": False}}, "strategy", False),
        ({"reading": {"wanted_reads": 2, "is_blinded": True}}, "strategy", False),
        ({}, "evaluation", False),
        ({}, "strategy", True),
    ],
    ids=["switched off", "blinded double read", "measures the model", "learned from this case"],
)
def test_a_suggestion_is_hidden_where_it_would_bias(
    session: Session, client: Client, rules: dict[str, Any], arm: str, known: bool
) -> None:
    world = ready_world(session, **rules)
    read = open_read(world, arm=arm, known=known)
    assert suggestion(client, world.reader, read).status_code == 204


def test_no_model_no_suggestion(session: Session, client: Client) -> None:
    world = make_world(session, studies=20)
    rounds.run_round(session, world.project.id)
    assert suggestion(client, world.reader, open_read(world)).status_code == 204


def test_a_map_is_computed_once_then_served(session: Session, client: Client) -> None:
    world = ready_world(session)
    read = open_read(world)
    task = session.get_one(Task, read.task_id)
    address = f"/api/studies/{task.study_id}/explanation"
    browser = client(world.reader)
    waiting = browser.get(address, params={"class_key": "viral"})
    assert (waiting.status_code, waiting.json()["kind"]) == (202, "explain")
    assert browser.get(address, params={"class_key": "viral"}).json()["id"] == waiting.json()["id"]
    assert browser.get(address, params={"class_key": "unknown"}).status_code == 404
    job = session.get_one(Job, UUID(waiting.json()["id"]))
    assert set(job.arguments) == {"study_id", "model_version_id", "class_key", "method"}

    from collimate.kit.blobs import blobs, work_folder

    with work_folder() as folder:
        (folder / "map").write_bytes(b"\x89PNG\r\n")
        blob = blobs().put(folder / "map")
    model = promoted_model(session, world.project.id)
    assert model is not None
    session.add(
        Explanation(
            project_id=world.project.id,
            model_version_id=model.id,
            study_id=task.study_id,
            sop_instance_uid="2.25.7",
            frame_number=3,
            class_key="viral",
            method=Method.HIRESCAM.stored_name,
            blob_sha256=blob.sha256,
            dicom_sha256=blob.sha256,
        )
    )
    session.commit()
    slices = address.replace("explanation", "look-here")
    asked = browser.get(slices)
    assert (asked.status_code, asked.json()["kind"]) == (202, "explain")
    said = [{"sop_instance_uid": "2.25.7", "frame_number": 3, "uncertainty": 0.25}]
    with work_folder() as folder:
        (folder / "slices").write_text(json.dumps(said))
        known = blobs().put(folder / "slices")
    session.add(
        Explanation(
            project_id=world.project.id,
            model_version_id=model.id,
            study_id=task.study_id,
            sop_instance_uid="2.25.7",
            frame_number=3,
            class_key=ALL_CLASSES,
            method="slice-entropy-1",
            blob_sha256=known.sha256,
        )
    )
    session.commit()
    assert browser.get(slices).json() == {"model_number": model.number, "slices": said}
    ready = browser.get(address, params={"class_key": "viral"})
    assert (ready.status_code, ready.content) == (200, b"\x89PNG\r\n")
    assert ready.headers["content-type"] == "image/png"
    assert (ready.headers["x-sop-instance-uid"], ready.headers["x-frame-number"]) == ("2.25.7", "3")
    assert ready.headers["x-model-number"] == str(model.number)
    # another way to make it is another map; a way there is not is refused
    hidden = {"class_key": "viral", "method": "occlusion"}
    other = browser.get(address, params=hidden)
    assert (other.status_code, other.json()["id"] == waiting.json()["id"]) == (202, False)
    assert session.get_one(Job, UUID(other.json()["id"])).arguments["method"] == "occlusion"
    for door in (address, f"{address}/dicom"):
        assert browser.get(door, params={**hidden, "method": "grad-cam"}).status_code == 422
        unsuited = browser.get(door, params={**hidden, "method": "grad-cam-plus-plus"})
        assert unsuited.json()["type"] == "/problems/method-unsuited", "no network, no channels"
    file = browser.get(f"{address}/dicom", params={"class_key": "viral"})
    assert (file.status_code, file.content) == (200, b"\x89PNG\r\n")
    assert file.headers["content-type"] == "application/dicom"
    normal = {"class_key": "normal"}
    waiting = browser.get(f"{address}/dicom", params=normal)
    assert waiting.status_code == 202
    job = session.get_one(Job, UUID(waiting.json()["id"]))
    job.state, job.error, job.finished_at = "failed", "The image cannot be read.", clock.now()
    session.commit()
    refused = browser.get(address, params=normal)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/map-failed")
    assert refused.json()["detail"] == "The image cannot be read."
    job.finished_at -= 2 * TRIED_AGAIN_AFTER
    session.commit()
    assert browser.get(address, params=normal).status_code == 202, "tried again after a while"
    events = select(AuditEvent.action).where(AuditEvent.action == "map_downloaded")
    assert len(session.scalars(events).all()) == 1


def test_a_map_is_hidden_from_strangers_and_where_it_would_bias(
    session: Session, client: Client
) -> None:
    world = ready_world(session)
    measuring = open_read(world, arm="evaluation")
    mine = session.get_one(Task, measuring.task_id).study_id
    elsewhere = next(s for s in world.study_ids if world.task_of(s).state == "open")
    reviewer = factories.make_member(session, project=world.project, role=Role.REVIEWER)
    stranger = factories.make_user(session)
    session.commit()
    address = "/api/studies/{}/explanation"
    assert client(world.reader).get(address.format(mine)).status_code == 404
    assert client(world.reader).get(address.format(elsewhere)).status_code == 404
    assert client(stranger).get(address.format(mine)).status_code == 404
    assert client(world.reader).get(address.format(mine) + "/dicom").status_code == 404
    assert client(stranger).get(address.format(mine) + "/dicom").status_code == 404
    assert client(reviewer).get(address.format(elsewhere)).status_code == 202
    assert client(reviewer).get(address.format(world.project.id)).status_code == 404


@pytest.mark.parametrize(
    "rules", [{"is_staged": True}, {"wanted_reads": 2, "is_blinded": True}, {"show_reason": False}]
)
def test_who_may_still_read_a_case_does_not_learn_of_the_model_by_another_door(
    session: Session, client: Client, rules: dict[str, Any]
) -> None:
    world = ready_world(session, reading=rules)
    reviewer = factories.make_member(session, project=world.project, role=Role.REVIEWER)
    manager = factories.make_member(session, project=world.project, role=Role.DATA_MANAGER)
    picked = f"/api/projects/{world.project.id}/learning/queue"
    session.commit()
    everything = client(manager).get(picked).json()
    assert everything["items"]
    assert everything["hidden_count"] == 0
    hidden = client(reviewer).get(picked).json()
    assert hidden["items"] == []
    assert hidden["hidden_count"] == len(everything["items"])
    study = next(one["study_id"] for one in everything["items"] if one["arm"] == "strategy")
    drawn = next(one["study_id"] for one in everything["items"] if one["arm"] == "control")
    hides_maps = "show_reason" not in rules
    for door in ("explanation", "look-here"):
        address = f"/api/studies/{study}/{door}"
        assert client(reviewer).get(address).status_code == (404 if hides_maps else 202)
        assert client(manager).get(address).status_code == 202
    # what chance drew is read without the model, whose answers are judged by it
    assert client(reviewer).get(f"/api/studies/{drawn}/explanation").status_code == 404


def test_the_forecast_follows_the_logarithm_of_the_labels() -> None:
    import math

    points = [{"label_count": n, "score": 0.4 + 0.08 * math.log(n)} for n in range(20, 140, 20)]
    expected = forecast.forecast(points)
    assert expected is not None
    assert expected["label_count"] == 180
    assert expected["score"] == pytest.approx(0.4 + 0.08 * math.log(180), abs=1e-6)
    assert expected["trend"] == pytest.approx(points[-1]["score"], abs=1e-6)
    assert expected["low"] < expected["score"] < expected["high"]
    assert forecast.forecast(points[:4]) is None
    assert forecast.forecast([points[0]] * 8) is None
    high = [{"label_count": n, "score": min(1.0, 0.2 * math.log(n))} for n in range(20, 220, 20)]
    assert (forecast.forecast(high) or {})["high"] <= 1.0


def test_the_studies_most_alike_to_the_encoder_that_serves_come_first(
    session: Session, client: Client
) -> None:
    dimensions = {encoders.SCATTERING: 24, encoders.SIMCLR: 8}
    world = make_world(session, studies=40, dimensions=dimensions, spread=0.01)
    strangers = make_world(session, studies=3, spread=0.01, seed=1)
    admin = admin_of(session, world)
    session.commit()
    first, gone = world.study_ids[0], world.study_ids[1]
    world.truth[gone] = -1
    session.get_one(Study, gone).deleted_at = clock.now()
    session.commit()
    found = client(admin).get(f"/api/studies/{first}/neighbours").json()
    assert found["encoder_kind"] == encoders.SIMCLR
    ids = [UUID(one["study_id"]) for one in found["items"]]
    alike = [one for one, kind in world.truth.items() if kind == world.truth[first]]
    near = sorted(one["similarity"] for one in found["items"])
    assert first not in ids
    assert gone not in ids
    assert set(ids) <= set(alike)
    assert [one["similarity"] for one in found["items"]] == near[::-1]
    assert near[0] > 0.95
    address = f"/api/studies/{strangers.study_ids[0]}/neighbours"
    assert client(admin).get(address).status_code == 404


def test_the_index_of_likeness_finds_what_comparing_everything_finds(session: Session) -> None:
    dimensions = {encoders.SCATTERING: 24, encoders.SIMCLR: 192}
    world = make_world(session, studies=400, dimensions=dimensions, spread=0.5)
    make_world(session, studies=200, dimensions=dimensions, spread=0.5, seed=1)
    study = session.get_one(Study, world.study_ids[0])
    session.flush()
    exact = [one["study_id"] for one in alike.neighbours(session, study)["items"]]
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_bitmapscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    encoder = encoders.current_encoders(session, world.project.id)[-1]
    assert encoder.dimension == 192
    here = session.scalar(
        select(Embedding.vector).where(
            Embedding.study_id == study.id, Embedding.encoder_id == encoder.id
        )
    )
    asked = alike.nearest(session, encoder, here, study).compile(
        session.connection(), compile_kwargs={"literal_binds": True}
    )
    plan = session.connection().exec_driver_sql(f"EXPLAIN {asked}").scalars()
    assert "embedding_alike_192" in "\n".join(plan)
    found = [one["study_id"] for one in alike.neighbours(session, study)["items"]]
    assert len(found) == alike.FOUND
    assert len(set(found) & set(exact)) >= alike.FOUND - 1
