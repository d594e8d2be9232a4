"""A blinded reader sees the same whatever another reader of the case did."""

import json
import re

import pytest

from collimate.access.actor import Actor
from collimate.access.policy import Role
from collimate.annotations.play import play_read
from collimate.jobs import events
from collimate.kit import clock, ids
from collimate.kit.database import open_session
from collimate.learning.models import ModelVersion, Prediction, TrainingRun
from collimate.projects import members
from collimate.studies.models import Instance
from tests import factories
from tests.tasks.worlds import make_room


def mark_on(session):
    def draw(study):
        image = session.query(Instance).filter(Instance.study_id == study.id).one()
        return [
            {"kind": "box", "label_key": "opacity", "sop_instance_uid": image.sop_instance_uid,
             "frame_number": 1, "points": [[1, 1], [9, 9]]}
        ]  # fmt: skip

    return draw


def do_nothing(session, room):
    pass


def draft_one(session, room):
    play_read(
        session, project_id=room.project.id, reader=room.actor(1), answer=["viral"],
        stop_at_draft=True,
    )  # fmt: skip


def submit_all_normal(session, room):
    for _ in room.tasks:
        play_read(session, project_id=room.project.id, reader=room.actor(1), answer=["normal"])


def submit_all_viral_with_marks_slowly(session, room):
    for _ in room.tasks:
        play_read(
            session, project_id=room.project.id, reader=room.actor(1), answer=["viral"],
            marks=mark_on(session), active_ms=900_000,
        )  # fmt: skip


def teach_a_model(session, room, keys):
    """A promoted model whose prediction follows what the other reader said."""
    schema = session.query(factories.LabelSchema).filter_by(project_id=room.project.id).one()
    run = TrainingRun(
        project_id=room.project.id, round_number=1, label_count=3, control_label_count=0,
        manifest_sha256="0" * 64, code_version="0", seed=0, seconds=0.1,
    )  # fmt: skip
    session.add(run)
    session.flush()
    model = ModelVersion(
        project_id=room.project.id, training_run_id=run.id, encoder_ids=[], number=1,
        label_schema_id=schema.id, weights_sha256="0" * 64, promoted_at=clock.now(),
    )  # fmt: skip
    session.add(model)
    session.flush()
    for task in room.tasks:
        session.add(
            Prediction(
                project_id=room.project.id,
                model_version_id=model.id,
                study_id=task.study_id,
                probabilities=keys,
            )
        )
        task.arm, task.reason = "strategy", f"model thinks {max(keys, key=keys.get)}"


VARIANTS = [
    (do_nothing, {"normal": 0.5, "viral": 0.5}),
    (draft_one, {"normal": 0.2, "viral": 0.8}),
    (submit_all_normal, {"normal": 0.9, "viral": 0.1}),
    (submit_all_viral_with_marks_slowly, {"normal": 0.1, "viral": 0.9}),
]


def without_names(text):
    """Ids, times and made-up names replaced by the order they appear in."""
    seen = {}
    pattern = (
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
        r"|\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)|P-\d{8}|2\.25\.[\d.]+"
    )
    return re.sub(pattern, lambda m: seen.setdefault(m[0], f"<{len(seen)}>"), text)


def everything_the_reader_gets(browser, project_id, foreign):
    """Every answer a reader can ask for, headers included, through a whole read."""
    answers = []

    def ask(method, path, **options):
        answer = browser.request(method, path, **options)
        headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
        answers.append(f"{method} {answer.status_code} {json.dumps(headers)} {answer.text}")
        return answer

    for path in ("worklist", "label-schema"):
        ask("GET", f"/api/projects/{project_id}/{path}")
    ask("POST", f"/api/projects/{project_id}/peek-next")
    case = ask("POST", f"/api/projects/{project_id}/claim-next").json()
    read_id, fence = case["read"]["id"], case["read"]["fence"]
    saved = ask(
        "POST", f"/api/reads/{read_id}/annotations",
        headers={"Idempotency-Key": str(ids.new_id())},
        json={"annotation_id": str(ids.new_id()), "kind": "answer", "parent_id": None,
              "content": {"label_keys": ["bacterial"]}, "fence": fence, "active_ms": 5},
    ).json()  # fmt: skip
    ask("GET", f"/api/reads/{read_id}")
    ask("GET", f"/api/annotations/{saved['id']}/revisions")
    ask(
        "POST", f"/api/reads/{read_id}/submit", headers={"Idempotency-Key": str(ids.new_id())},
        json={"fence": fence, "active_ms": 9, "revision_ids": [saved["revision"]["id"]]},
    )  # fmt: skip
    ask("GET", f"/api/projects/{project_id}/worklist")
    for path in foreign:
        answer = ask("GET", path)
        assert answer.status_code == 404, path
    for path in ("progress", "tasks", "reviews", "agreement", "learning", "datasets"):
        answer = ask("GET", f"/api/projects/{project_id}/{path}")
        assert answer.status_code == 403, path
    return without_names("\n".join(answers))


def foreign_paths(session, room):
    """Addresses of the other reader's work, or of nothing where there is none."""
    from collimate.annotations.models import Annotation
    from collimate.tasks.models import Read

    read = session.query(Read).filter(Read.reader_id == room.readers[1].id).first()
    mark = session.query(Annotation).filter(Annotation.read_id == read.id).first() if read else None
    return [
        f"/api/reads/{read.id if read else ids.new_id()}",
        f"/api/annotations/{mark.id if mark else ids.new_id()}/revisions",
    ]


def test_a_blinded_reader_sees_nothing_of_anothers_work(client):
    seen = {}
    for act, belief in VARIANTS:
        with open_session() as session:
            room = make_room(session, wanted=2, is_blinded=True)
            act(session, room)
            teach_a_model(session, room, belief)
            foreign = foreign_paths(session, room)
            project_id, reader = room.project.id, room.readers[0]
        browser = client(reader)
        seen[act.__name__] = everything_the_reader_gets(browser, project_id, foreign)
    assert "bacterial" in seen["do_nothing"]
    for name, answers in seen.items():
        assert answers == seen["do_nothing"], name


def test_the_difference_would_be_seen_if_the_project_were_not_blinded(client):
    """The detector works: without blinding the model's belief shows."""
    seen = set()
    for act, belief in VARIANTS[:2]:
        with open_session() as session:
            room = make_room(session, wanted=2, is_blinded=False)
            act(session, room)
            teach_a_model(session, room, belief)
            foreign = [f"/api/reads/{ids.new_id()}", f"/api/annotations/{ids.new_id()}/revisions"]
            project_id, reader = room.project.id, room.readers[0]
        seen.add(everything_the_reader_gets(client(reader), project_id, foreign))
    assert len(seen) == 2


def test_a_blinded_reader_does_not_hear_another_ones_pace(session):
    room = make_room(session, wanted=2, is_blinded=True)
    before = events.newest_id(session)
    submit_all_normal(session, room)
    session.flush()

    def heard(reader):
        topics = members.topics_heard(session, reader, room.project.id)
        return {e.topic for e in events.after(session, before, room.project.id, reader.id, topics)}

    assert heard(room.readers[0]) == set()
    assert heard(room.readers[1]) == {"read"}


@pytest.mark.parametrize("is_blinded", [True, False])
def test_a_reviewer_sees_a_case_once_nobody_is_to_be_blinded(session, client, is_blinded):
    room = make_room(session, tasks=1, wanted=2, is_blinded=is_blinded)
    reviewer = factories.make_member(session, project=room.project, role=Role.REVIEWER)
    read = play_read(session, project_id=room.project.id, reader=room.actor(1), answer=["viral"])
    session.commit()
    browser = client(reviewer)
    early = browser.get(f"/api/reads/{read.id}")
    assert early.status_code == (404 if is_blinded else 200)
    waiting = browser.get(f"/api/projects/{room.project.id}/reviews").json()["items"]
    assert len(waiting) == (0 if is_blinded else 1)
    play_read(session, project_id=room.project.id, reader=room.actor(0), answer=["normal"])
    session.commit()
    case = browser.get(f"/api/reads/{read.id}")
    assert case.status_code == 200
    assert case.json()["annotations"][0]["revision"]["content"] == {"label_keys": ["viral"]}
    waiting = browser.get(f"/api/projects/{room.project.id}/reviews").json()["items"]
    names = [item["reader_name"] for item in waiting]
    assert len(names) == 2
    assert (names == [None, None]) == is_blinded


def test_a_reviewer_who_reads_the_case_too_stays_blinded_until_done(session, client):
    room = make_room(session, tasks=1, wanted=2, is_blinded=True)
    reviewer = factories.make_member(session, project=room.project, role=Role.REVIEWER)
    read = play_read(session, project_id=room.project.id, reader=room.actor(1), answer=["viral"])
    play_read(
        session, project_id=room.project.id, reader=Actor(reviewer, ids.new_id()),
        answer=["normal"], stop_at_draft=True,
    )  # fmt: skip
    session.commit()
    assert client(reviewer).get(f"/api/reads/{read.id}").status_code == 404


def test_a_reviewer_who_takes_his_own_read_back_is_blinded_again(session, client):
    room = make_room(session, tasks=1, wanted=2, is_blinded=True)
    reviewer = factories.make_member(session, project=room.project, role=Role.REVIEWER)
    other = factories.make_member(session, project=room.project, role=Role.REVIEWER)
    read = play_read(session, project_id=room.project.id, reader=room.actor(1), answer=["viral"])
    own = play_read(
        session, project_id=room.project.id, reader=Actor(reviewer, ids.new_id()),
        answer=["normal"],
    )  # fmt: skip
    session.commit()
    reviews = f"/api/projects/{room.project.id}/reviews"
    assert client(reviewer).get(f"/api/reads/{read.id}").status_code == 200
    assert len(client(reviewer).get(reviews).json()["items"]) == 1
    assert client(reviewer).post(f"/api/reads/{own.id}/reopen").status_code < 300
    assert client(reviewer).get(f"/api/reads/{read.id}").status_code == 404
    assert client(reviewer).get(reviews).json()["items"] == []
    # who has no part in the case is kept from nothing: every place of it was read
    assert client(other).get(f"/api/reads/{read.id}").status_code == 200
