"""A project that asks about every image learns of images, and asks for whole cases."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.access.policy import Role
from collimate.annotations import case, lock
from collimate.annotations.models import FirstRead
from collimate.kit import ids
from collimate.kit.database import open_session
from collimate.learning.auto_accept.switch import refusals
from collimate.learning.labels import labelled_units, question_of
from collimate.learning.models import Embedding, Prediction, QueryPick, TrainingRun
from collimate.learning.units import MOST_UNITS, looked_at
from collimate.learning.versions import promoted_model
from collimate.projects.models import Project
from collimate.studies.models import Instance, Series, Study
from collimate.tasks import claim, queue
from collimate.tasks.models import Read, Task
from tests import factories
from tests.annotations.reading import answer, revision_id
from tests.learning.pictures import chest, make_picture, work_all

Client = Callable[..., Any]
SHOWN = {"name": "Shown", "kind": "single", "scope": "image", "choices": ("Nothing", "Blob")}


def add_image(session: Session, study: Study, number: int) -> Instance:
    """One more image in a study's series, with the pixels of the first until others are given."""
    first = session.scalars(select(Instance).where(Instance.study_id == study.id).limit(1)).one()
    values = {
        column.name: getattr(first, column.name)
        for column in Instance.__table__.columns
        if column.name not in ("id", "created_at") and column.computed is None
    }
    uid = f"{study.study_uid}.1.{number}"
    image = Instance(**values | {"id": ids.new_id(), "sop_instance_uid": uid})
    image.instance_number = number
    session.add(image)
    session.flush()
    return image


def of_image(study: Study, number: int, key: str) -> dict[str, Any]:
    return {
        "scope": "image", "target": f"{study.study_uid}.1.{number}", "values": {"shown": key},
    }  # fmt: skip


def make_clinic(studies: int = 16) -> UUID:
    """Two images a study: a clear one, and in every other study one with a blob. One patient in
    four is held out; all but the last four studies are read, the clear image of three of them
    without an answer.
    """
    with open_session() as session:
        project = factories.make_project(session, learning_rules={"batch_size": 5})
        schema = factories.make_schema(session, project=project, attributes=[SHOWN])
        reader = factories.make_member(session, project=project)
        found = []
        for number in range(studies):
            is_holdout = number % 4 == 3
            blob = make_picture(
                session,
                project=project,
                pixels=chest(number // 2 % 2, number),
                is_holdout=is_holdout,
            )
            clear = make_picture(session, project=project, pixels=chest(0, 100 + number))
            image = add_image(session, blob, 2)
            other = session.scalars(select(Instance).where(Instance.study_id == clear.id)).one()
            image.frames_sha256 = other.frames_sha256
            clear.deleted_at = clear.created_at
            found.append(blob)
        queue.open_missing(session, project.id)
        for number, study in enumerate(found[:-4]):
            task = session.scalars(select(Task).where(Task.study_id == study.id)).one()
            first = ("nothing", "blob")[number // 2 % 2]
            shown = {1: first} if number < 3 else {1: first, 2: "nothing"}
            factories.make_submission(
                session, project=project, reader=reader, schema=schema, task=task,
                label_keys=["normal"],
                attributes=[of_image(study, place, key) for place, key in shown.items()],
            )  # fmt: skip
            task.state = "submitted"
        return project.id


def test_a_round_learns_of_images_and_asks_for_cases(database: str, client: Client) -> None:
    project_id = make_clinic()
    with open_session() as session:
        project = session.get_one(Project, project_id)
        admin = factories.make_member(session, project=project, role=Role.PROJECT_ADMIN)
    to = f"/api/projects/{project_id}"
    refused = client(admin).patch(to, json={"learning_rules": {"predicts": "size"}})
    assert refused.status_code == 422
    kept = client(admin).patch(to, json={"learning_rules": {"predicts": "shown"}}).json()
    assert kept["learning_rules"]["predicts"] == "shown"
    assert work_all()[:2] == [("embed_studies", "done"), ("run_round", "done")]
    with open_session() as session:
        project = session.get_one(Project, project_id)
        question = question_of(session, project)
        labelled, _ = labelled_units(session, project, question)
        learned = [item for item in labelled if not item.is_holdout]
        measured = [item for item in labelled if item.is_holdout]
        assert (len(learned), len(measured)) == (15, 6)
        vectors = select(func.count(), func.count(Embedding.unit_id)).select_from(Embedding)
        assert session.execute(vectors).one() == (48, 32)
        run = session.scalars(select(TrainingRun)).one()
        assert run.label_count == len(learned)
        assert run.active_ms == 9 * 30_000
        assert run.metrics["score"]["n"] == len(measured)
        assert sum(one["count"] for one in run.metrics["per_class"]) == len(measured)
        assert len(run.metrics["curve"]["strategy"]) == 1
        model = promoted_model(session, project_id)
        assert (model.scope, model.attribute) == ("image", "shown")
        said = session.scalars(select(Prediction.unit_id)).all()
        images = select(Instance.id).join(Study).where(Study.deleted_at.is_(None))
        assert sorted(said) == sorted(session.scalars(images))
        picks = session.execute(select(QueryPick.task_id, QueryPick.arm)).all()
        assert 0 < len(picks) == len({task_id for task_id, _ in picks})
        assert "per_unit" in refusals(session, project)
        assert told(session, project) == {"strategy": 2, "control": 0, "evaluation": 0}
        project.reading_rules = {**project.reading_rules, "is_staged": True}
        assert set(told(session, project).values()) == {0}
        shown = locked(session, project)
        (kept,) = session.scalars(select(FirstRead)).all()
        assert sorted(kept.suggestion_ids) == sorted(one["id"] for one in shown["unit_suggestions"])
        assert (len(kept.suggestion_ids), kept.suggested_key) == (2, None)
        project.reading_rules = {**project.reading_rules, "is_staged": False}
        said = session.scalars(select(Prediction).order_by(Prediction.unit_id).limit(1)).one()
        image = session.get_one(Instance, said.unit_id)
    assert shown_map(client, admin, said).status_code == 202
    assert ("explain", "done") in work_all()
    found = shown_map(client, admin, said)
    assert (found.status_code, found.headers["x-sop-instance-uid"]) == (200, image.sop_instance_uid)
    page = client(admin).get(f"{to}/learning").json()
    assert page["predicts"] == {"scope": "image", "name": "Shown"}
    assert [one["name"] for one in page["per_class"]] == ["Nothing", "Blob"]
    assert client(admin).get(f"{to}/learning/doubts").json()["items"] == []


def shown_map(client: Client, admin: Any, said: Prediction) -> Any:
    asked = {"class_key": "blob", "suggestion_id": str(said.id)}
    return client(admin).get(f"/api/studies/{said.study_id}/explanation", params=asked)


def told(session: Session, project: Project) -> dict[str, int]:
    """How many suggestions come with an open case of each arm; none is of the case as a whole."""
    found = {"strategy": 0, "control": 0, "evaluation": 0}
    reader = factories.make_member(session, project=project)
    query = select(Read, Task.arm).join(Task, Task.id == Read.task_id)
    for read, arm in session.execute(query.where(Read.state == "open", Task.priority > 0)):
        shown = case.as_json(session, reader, read)
        is_first = project.reading_rules.get("is_staged") and arm == "strategy"
        assert (shown["suggestion"], shown["stage"]) == (None, "first" if is_first else None)
        for one in shown["unit_suggestions"]:
            assert (one["scope"], one["attribute"]) == ("image", "shown")
            assert one["keys"] == [max(one["probabilities"], key=one["probabilities"].get)]
        targets = {one["target"] for one in shown["unit_suggestions"]}
        found[arm] = max(found[arm], len(targets))
    return found


def locked(session: Session, project: Project) -> dict[str, Any]:
    """A case that the strategy asked for, once its first read is locked."""
    actor = Actor(factories.make_member(session, project=project), ids.new_id())
    asked = select(Task.id).where(Task.arm == "strategy", Task.state == "open", Task.priority > 0)
    read = claim.claim_task(session, actor.user, session.scalars(asked.limit(1)).one())
    said = revision_id(answer(session, actor, read, "normal"))
    shown = lock.lock(
        session, actor, read.id, None, fence=read.fence, active_ms=900, revision_ids=[said]
    )
    assert shown["stage"] == "second"
    return shown


def test_of_many_images_evenly_spread_ones_are_looked_at(session: Session) -> None:
    project = factories.make_project(session)
    counts = (1, MOST_UNITS, MOST_UNITS + 1, 3 * MOST_UNITS)
    for count in counts:
        study = factories.make_study(session, project=project)
        for number in range(2, count + 1):
            add_image(session, study, number)
    found: dict[UUID, list[int]] = {}
    for study_id, image_id in session.execute(looked_at("image", project.id)):
        number = session.get_one(Instance, image_id).instance_number
        found.setdefault(study_id, []).append(int(number or 0))
    assert sorted(len(numbers) for numbers in found.values()) == [1, *[MOST_UNITS] * 3]
    widest = max(found.values(), key=max)
    assert {after - before for before, after in pairwise(sorted(widest))} == {3}
    series = session.execute(looked_at("series", project.id)).all()
    assert {one for _, one in series} == set(session.scalars(select(Series.id)))


def test_answers_of_units_are_counted_by_unit_and_ties_are_left_out(session: Session) -> None:
    project = factories.make_project(session, learning_rules={"predicts": "shown"})
    schema = factories.make_schema(session, project=project, attributes=[SHOWN])
    study = factories.make_study(session, project=project)
    add_image(session, study, 2)
    task = factories.make_task(session, project=project, study=study, wanted_reads=2)
    for keys in (("blob", "nothing"), ("blob", "blob")):
        factories.make_submission(
            session, project=project, schema=schema, task=task, label_keys=["normal"],
            reader=factories.make_member(session, project=project),
            attributes=[of_image(study, place, key) for place, key in enumerate(keys, 1)],
        )  # fmt: skip
    session.flush()
    found, undecided = labelled_units(session, project, question_of(session, project))
    assert undecided == 1
    assert [item.label_keys for item in found] == [("blob",)]
    assert found[0].unit_id != study.id
