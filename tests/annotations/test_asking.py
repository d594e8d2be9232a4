"""Attributes in a read: saved like every mark, asked for before submitting, said in exports."""

import csv
import io
import json
import zipfile

import pytest
from sqlalchemy import select

from collimate.annotations import said, save
from collimate.annotations.content import AttributeUnknown, ImageUnknown
from collimate.annotations.models import Submission
from collimate.datasets.exports.coco import write_coco
from collimate.datasets.exports.csv import write_csv
from collimate.datasets.exports.version import load
from collimate.datasets.freeze import freeze
from collimate.datasets.jobs import picture
from collimate.datasets.splits import SplitShares
from collimate.kit import ids
from collimate.studies.models import Study
from collimate.tasks import claim
from collimate.tasks.models import Task
from tests import factories
from tests.annotations.reading import answer, box, hand_in, revision_id
from tests.annotations.test_segments import paint
from tests.datasets.frozen import store_image
from tests.tasks.worlds import make_room

ASKED = [
    {"name": "Acute", "label_keys": ["viral"], "is_required": True},
    {"name": "Days ill", "kind": "number", "unit": "d", "minimum": 0.0, "maximum": 60.0,
     "is_required": True, "shown_when": {"attribute": "acute", "any_of": ["yes"]}},
    {"name": "Rotated", "scope": "image"},
    {"name": "Margin", "kind": "single", "scope": "region", "label_keys": ["opacity"],
     "choices": ["Sharp", "=Blurred"], "is_required": True},
    {"name": "Side", "kind": "multi", "scope": "region", "label_keys": ["lung"],
     "choices": ["Right", "Left"]},
]  # fmt: skip


@pytest.fixture
def room(session):
    room = make_room(session, tasks=1)
    factories.make_schema(session, project=room.project, attributes=ASKED)
    return room


@pytest.fixture
def read(session, room):
    return claim.claim_next(session, room.project, room.readers[0])


def say(session, actor, read, scope="study", target="", *, after=None, **values):
    change = save.Change(
        annotation_id=after.annotation["id"] if after else ids.new_id(),
        kind="attributes",
        parent_id=revision_id(after) if after else None,
        content={"scope": scope, "target": target, "values": values},
        fence=read.fence,
    )
    return save.save(session, actor, read.id, None, change)


def study_of(session, read):
    return session.get_one(Study, session.get_one(Task, read.task_id).study_id)


def lacking(session, actor, read, *saved):
    with pytest.raises(said.AttributesLacking) as error:
        hand_in(session, actor, read, *saved)
    return [(one["attribute"], one["why"]) for one in error.value.extra["lacks"]]


def test_a_case_is_submitted_once_everything_asked_of_it_is_answered(session, room, read):
    actor = room.actor()
    viral, mark = answer(session, actor, read, "viral"), box(session, actor, read)
    assert lacking(session, actor, read, viral, mark) == [("acute", "missing"),
                                                          ("margin", "missing")]  # fmt: skip
    acute = say(session, actor, read, acute="yes", days_ill=90)
    edge = say(session, actor, read, "region", mark.annotation["id"], margin="sharp")
    assert lacking(session, actor, read, viral, mark, acute, edge) == [("days_ill", "above")]
    acute = say(session, actor, read, after=acute, acute="no", days_ill=90)
    hand_in(session, actor, read, viral, mark, acute, edge)
    content = session.scalars(select(Submission)).one().content
    assert content["attributes"] == [{"scope": "study", "target": "", "values": {"acute": "no"}}]
    assert content["marks"][0]["attributes"] == {"margin": "sharp"}


def test_what_hangs_on_another_class_is_not_asked(session, room, read):
    actor = room.actor()
    assert hand_in(session, actor, read, answer(session, actor, read, "normal"))


def test_answers_about_a_mark_that_was_taken_back_say_nothing(session, room, read):
    actor = room.actor()
    normal, mark = answer(session, actor, read, "normal"), box(session, actor, read)
    edge = say(session, actor, read, "region", mark.annotation["id"], margin="sharp")
    gone = box(
        session, actor, read, annotation_id=mark.annotation["id"], parent_id=revision_id(mark),
        is_deleted=True,
    )  # fmt: skip
    hand_in(session, actor, read, normal, gone, edge)
    content = session.scalars(select(Submission)).one().content
    assert (content["marks"], content["attributes"]) == ([], [])


@pytest.mark.parametrize(
    ("where", "values", "error"),
    [
        (("study", ""), {"acute": "perhaps"}, AttributeUnknown),
        (("study", ""), {"margin": "sharp"}, AttributeUnknown),
        (("study", ""), {"days_ill": "ten"}, AttributeUnknown),
        (("image", "1.2.3"), {"rotated": "yes"}, ImageUnknown),
        (("region", "liver"), {"margin": "sharp"}, ImageUnknown),
    ],
)
def test_what_is_not_asked_there_is_refused(session, room, read, where, values, error):
    with pytest.raises(error):
        say(session, room.actor(), read, *where, **values)


def test_two_windows_that_answer_about_one_thing_collide(session, room, read):
    first = say(session, room.actor(), read, acute="no")
    with pytest.raises(save.StaleRevision) as stale:
        say(session, room.actor(), read, acute="yes")
    assert stale.value.extra["current"] == first.annotation


def test_exports_say_what_was_answered_of_each_thing(session, room, read, tmp_path):
    actor, image = room.actor(), store_image(session, study_of(session, read), 1)
    mark, lung = box(session, actor, read), paint(session, actor, read, [3, 4])
    hand_in(
        session, actor, read, mark, lung, answer(session, actor, read, "viral"),
        say(session, actor, read, acute="yes", days_ill=2.5),
        say(session, actor, read, "image", image.sop_instance_uid, rotated="no"),
        say(session, actor, read, "region", mark.annotation["id"], margin="blurred"),
        say(session, actor, read, "region", "lung", side=["right", "left"]),
    )  # fmt: skip
    version = load(session, freeze(
        session, room.readers[0].id, room.project, name="v1", note="", shares=SplitShares()
    ))  # fmt: skip
    write_csv(version, tmp_path / "csv.zip")
    with zipfile.ZipFile(tmp_path / "csv.zip") as archive:
        tables = {
            name: list(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode())))
            for name in ("reads", "images", "marks", "segments", "attributes")
        }
    assert tables["reads"][0]["attribute_days_ill"] == "2.5"
    assert tables["images"][0]["attribute_rotated"] == "no"
    assert tables["marks"][0]["attribute_margin"] == "blurred"
    assert tables["segments"][0]["attribute_side"] == "right;left"
    assert {row["key"]: row["choices"] for row in tables["attributes"]}["margin"] == (
        "sharp=Sharp;blurred==Blurred"
    )
    write_coco(version, tmp_path / "coco.zip", picture)
    with zipfile.ZipFile(tmp_path / "coco.zip") as archive:
        content = json.loads(archive.read(f"annotations/{version.reads[0].split}.json"))
    (about,) = content["images"][0]["attributes"]["answers"]
    assert (about["study"], about["image"]) == (
        {"acute": "yes", "days_ill": 2.5}, {"rotated": "no"},
    )  # fmt: skip
    assert [one["attributes"]["values"] for one in content["annotations"]] == [
        {"margin": "blurred"}, {"side": ["right", "left"]},
    ]  # fmt: skip
    assert {one["key"] for one in content["attributes"]} >= {"acute", "margin"}
