"""Saving: append only, one line of revisions, one effect per key, nothing lost."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from collimate.access.actor import Actor
from collimate.access.idempotency import IdempotencyKeyReused
from collimate.access.models import AuditEvent
from collimate.annotations import save
from collimate.annotations.canonical import sha256_of
from collimate.annotations.content import ImageUnknown, LabelUnknown, SuggestionUnknown
from collimate.annotations.geometry import MarkMalformed, MarkOutsideImage
from collimate.annotations.models import AnnotationRevision, Submission
from collimate.kit import ids
from collimate.kit.database import open_session
from collimate.learning.models import Prediction
from collimate.tasks import claim, places
from collimate.tasks.models import Task
from tests import factories
from tests.annotations.reading import answer, box, hand_in, revision_id
from tests.annotations.test_blinding import teach_a_model
from tests.tasks.worlds import make_room


@pytest.fixture
def room(session):
    return make_room(session)


@pytest.fixture
def read(session, room):
    return claim.claim_next(session, room.project, room.readers[0])


def test_the_first_save_makes_a_draft(session, room, read):
    saved = answer(session, room.actor(), read, "viral")
    assert saved.is_held
    assert read.state == "draft"
    revision = saved.annotation["revision"]
    assert (revision["number"], revision["parent_id"]) == (1, None)
    assert revision["content"] == {"label_keys": ["viral"]}


def test_each_save_names_its_parent_and_all_stay_readable(session, room, read):
    actor = room.actor()
    first = answer(session, actor, read, "viral")
    second = answer(
        session, actor, read, "normal",
        annotation_id=first.annotation["id"], parent_id=revision_id(first),
    )  # fmt: skip
    stored = session.scalars(select(AnnotationRevision).order_by(AnnotationRevision.number)).all()
    assert [row.content["label_keys"] for row in stored] == [["viral"], ["normal"]]
    assert stored[1].parent_id == stored[0].id
    assert stored[1].id == revision_id(second)
    assert all(row.sha256 == sha256_of(row.content) for row in stored)
    assert all(row.sign_in_id == actor.sign_in_id for row in stored)


def test_a_stale_parent_is_refused_with_the_newest_revision(session, room, read):
    actor = room.actor()
    first = answer(session, actor, read, "viral")
    later = {"annotation_id": first.annotation["id"], "parent_id": revision_id(first)}
    second = answer(session, actor, read, "normal", **later)
    with pytest.raises(save.StaleRevision) as stale:
        answer(session, actor, read, "bacterial", **later)
    assert stale.value.status == 412
    assert stale.value.extra["current"] == second.annotation
    with pytest.raises(save.StaleRevision):
        answer(session, actor, read, "bacterial", annotation_id=first.annotation["id"])


def test_many_saves_in_one_request_are_answered_one_by_one_and_only_once(session, client):
    room = make_room(session)
    read = claim.claim_next(session, room.project, room.readers[0])
    session.commit()
    known = ids.new_id()

    def one(key, label, *, annotation_id=None, parent=None, kind="answer", fence=read.fence):
        return {
            "key": key, "annotation_id": str(annotation_id or ids.new_id()), "kind": kind,
            "parent_id": parent, "fence": fence, "content": {"label_keys": [label]},
        }  # fmt: skip

    saves = [
        one("key-00001", "viral", annotation_id=known),
        one("key-00002", "normal"),
        one("key-00003", "unheard-of", annotation_id=known),
    ]
    browser, path = client(room.readers[0]), f"/api/reads/{read.id}/saves"
    first = browser.post(path, json={"saves": saves})
    assert first.status_code == 200
    results = first.json()["results"]
    assert results[0]["annotation"]["revision"]["content"] == {"label_keys": ["viral"]}
    assert [one["annotation"] is None for one in results] == [False, True, True]
    assert results[1]["problem"]["type"] == "/problems/stale-revision"
    assert results[1]["problem"]["current"] == results[0]["annotation"]
    assert results[2]["problem"]["status"] == 422
    assert browser.post(path, json={"saves": saves}).json() == first.json()
    assert session.scalar(select(func.count()).select_from(AnnotationRevision)) == 1
    late = one(
        "key-00004", "normal", annotation_id=known,
        parent=results[0]["annotation"]["revision"]["id"], fence=read.fence - 1,
    )  # fmt: skip
    (lost,) = browser.post(path, json={"saves": [late]}).json()["results"]
    assert lost["problem"]["type"] == "/problems/lease-lost"
    kept = lost["problem"]["annotation"]["revision"]
    assert (kept["number"], kept["content"]) == (2, {"label_keys": ["normal"]})


def test_the_database_itself_refuses_a_fork(session, room, read):
    first = answer(session, room.actor(), read, "viral")
    copy = session.get_one(AnnotationRevision, revision_id(first))
    fields = ("annotation_id", "parent_id", "number", "author_id", "content", "sha256")
    twin = AnnotationRevision(**{field: getattr(copy, field) for field in fields})
    with pytest.raises(save.IntegrityError), session.begin_nested():
        session.add(twin)


def test_a_second_answer_from_another_window_is_a_conflict(session, room, read):
    first = answer(session, room.actor(), read, "viral")
    with pytest.raises(save.StaleRevision) as stale:
        answer(session, room.actor(), read, "normal")
    assert stale.value.extra["current"] == first.annotation


@pytest.mark.parametrize("statement", ["UPDATE annotation_revision SET number = 9",
                                       "DELETE FROM annotation_revision",
                                       "UPDATE submission SET number = 9",
                                       "DELETE FROM submission"])  # fmt: skip
@pytest.mark.parametrize("role", ["application", "owner"])
def test_the_database_refuses_to_rewrite_history(session, room, read, statement, role):
    schema = session.get_one(factories.LabelSchema, read.label_schema_id)
    answer(session, room.actor(), read, "viral")
    factories.make_submission(
        session, project=room.project, reader=room.readers[1], schema=schema, label_keys=["viral"]
    )
    session.commit()
    with open_session() as other:
        if role == "owner":
            other.execute(text("RESET ROLE"))
        with pytest.raises(ProgrammingError, match=r"denied|never changed"):
            other.execute(text(statement))
        other.rollback()
        other.execute(text("SET ROLE collimate_app"))


def test_the_same_key_has_one_effect_and_one_answer(session, room, read):
    actor, key, annotation_id = room.actor(), str(ids.new_id()), ids.new_id()
    first = answer(session, actor, read, "viral", key=key, annotation_id=annotation_id)
    again = answer(session, actor, read, "viral", key=key, annotation_id=annotation_id)
    assert again == first
    assert session.scalar(select(func.count()).select_from(AnnotationRevision)) == 1
    with pytest.raises(IdempotencyKeyReused):
        answer(session, actor, read, "normal", key=key, annotation_id=annotation_id)


def test_a_deletion_is_a_revision_and_can_be_undone(session, room, read):
    actor = room.actor()
    drawn = box(session, actor, read)
    gone = box(
        session, actor, read,
        annotation_id=drawn.annotation["id"], parent_id=revision_id(drawn), is_deleted=True,
    )  # fmt: skip
    assert gone.annotation["revision"]["content"] == {}
    back = box(
        session, actor, read,
        annotation_id=drawn.annotation["id"], parent_id=revision_id(gone),
    )  # fmt: skip
    assert back.annotation["revision"]["content"] == drawn.annotation["revision"]["content"]
    assert back.annotation["revision"]["number"] == 3


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"label_key": "outline"}, LabelUnknown),
        ({"label_key": "viral"}, LabelUnknown),
        ({"label_key": "nothing"}, LabelUnknown),
        ({"sop_instance_uid": "2.25.1"}, ImageUnknown),
        ({"frame_number": 2}, ImageUnknown),
        ({"points": [[0.0, 0.0], [500.0, 1.0]]}, MarkOutsideImage),
        ({"points": [[0.0, 0.0]]}, MarkMalformed),
        ({"colour": "red"}, MarkMalformed),
    ],
)
def test_a_mark_must_fit_the_schema_and_the_image(session, room, read, content, error):
    with pytest.raises(error):
        box(session, room.actor(), read, content=content)


def test_a_mark_cannot_lie_on_another_studys_image(session, room, read):
    other = factories.make_study(session, project=room.project)
    with pytest.raises(ImageUnknown):
        box(session, room.actor(), read, content={"sop_instance_uid": f"{other.study_uid}.1.1"})


@pytest.mark.parametrize(
    "keys", [["nothing"], ["opacity"], ["viral", "normal"], ["viral", "viral"]]
)
def test_an_answer_must_fit_the_question(session, room, read, keys):
    with pytest.raises(LabelUnknown):
        answer(session, room.actor(), read, *keys)


def test_a_script_cannot_label(session, room, read):
    with pytest.raises(save.TokenCannotLabel):
        answer(session, Actor(room.readers[0], None), read, "viral")


def test_nobody_writes_into_another_readers_case(session, room, read):
    mine = answer(session, room.actor(0), read, "viral")
    with pytest.raises(places.ReadNotFound):
        answer(session, room.actor(1), read, "normal")
    other = claim.claim_next(session, room.project, room.readers[1])
    with pytest.raises(save.AnnotationNotFound):
        answer(
            session, room.actor(1), other, "normal",
            annotation_id=mine.annotation["id"], parent_id=revision_id(mine),
        )  # fmt: skip


def test_a_suggestion_must_exist(session, room, read):
    with pytest.raises(SuggestionUnknown):
        answer(session, room.actor(), read, "viral", suggestion_id=ids.new_id())


@pytest.mark.parametrize(
    ("arm", "rules"),
    [
        ("strategy", {"is_staged": True}),
        ("strategy", {"show_suggestion": False}),
        ("strategy", {"wanted_reads": 2, "is_blinded": True}),
        ("control", {}),
    ],
)
def test_a_suggestion_hidden_from_the_reader_is_neither_accepted_nor_rejected(
    session, room, read, arm, rules
):
    teach_a_model(session, room, {"viral": 0.9, "normal": 0.1})
    task = session.get_one(Task, read.task_id)
    prediction = select(Prediction.id).where(Prediction.study_id == task.study_id)
    suggestion_id = session.scalars(prediction).one()
    actor = room.actor()

    def reject(is_rejected=True, **change):
        content = {"suggestion_id": suggestion_id, "is_rejected": is_rejected}
        return answer(session, actor, read, kind="rejection", content=content, **change)

    shown = room.project.reading_rules

    def apply(arm, rules):
        task.arm, task.wanted_reads = arm, rules.get("wanted_reads", 1)
        room.project.reading_rules = {**shown, **rules}

    apply(arm, rules)
    with pytest.raises(SuggestionUnknown), session.begin_nested():
        answer(session, actor, read, "viral", suggestion_id=suggestion_id)
    with pytest.raises(SuggestionUnknown), session.begin_nested():
        reject()
    apply("strategy", {})
    said = reject()
    apply(arm, rules)
    reject(False, annotation_id=said.annotation["id"], parent_id=revision_id(said))


def test_rejecting_a_suggestion_and_taking_that_back_are_both_on_record(session, room, read):
    teach_a_model(session, room, {"viral": 0.9, "normal": 0.1})
    study_id = session.get_one(Task, read.task_id).study_id
    mine, other = (
        session.scalars(select(Prediction.id).where(where)).first()
        for where in (Prediction.study_id == study_id, Prediction.study_id != study_id)
    )
    actor = room.actor()

    def say(is_rejected, of=mine, **change):
        content = {"suggestion_id": of, "is_rejected": is_rejected}
        return answer(session, actor, read, kind="rejection", content=content, **change)

    with pytest.raises(SuggestionUnknown):
        say(True, of=other)
    first = say(True)
    with pytest.raises(save.StaleRevision):
        say(True)
    place = {"annotation_id": first.annotation["id"], "parent_id": revision_id(first)}
    with pytest.raises(save.CannotMove):
        say(True, is_deleted=True, **place)
    second = say(False, **place)
    rows = session.scalars(select(AnnotationRevision).order_by(AnnotationRevision.number)).all()
    assert [row.content["is_rejected"] for row in rows] == [True, False]
    assert {(row.author_id, row.content["suggestion_id"]) for row in rows} == {
        (actor.user.id, str(mine))
    }
    hand_in(session, actor, read, answer(session, actor, read, "viral"), second)
    submission = session.scalars(select(Submission)).one()
    assert str(rows[1].id) in submission.revision_ids
    assert (submission.content["marks"], submission.content["segments"]) == ([], [])


def test_the_audit_trail_of_a_save_holds_its_hash_and_not_its_content(session, room, read):
    answer(session, room.actor(), read, "viral")
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "annotation_saved")).one()
    assert event.detail["sha256"] == sha256_of({"label_keys": ["viral"]})
    assert "viral" not in str(event.detail)


def test_saving_prolongs_the_lease_and_keeps_the_time_spent(session, room, read):
    before = read.lease_until
    answer(session, room.actor(), read, "viral", active_ms=1500)
    assert read.lease_until > before
    assert read.active_ms == 1500
