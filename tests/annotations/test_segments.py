"""Segments: one annotation per segment and frame, saved like every mark, never forked."""

import pytest
from sqlalchemy import select

from collimate.annotations import save
from collimate.annotations.content import LabelUnknown
from collimate.annotations.models import Annotation, Submission
from collimate.annotations.runs import MaskMalformed, MaskOutsideImage
from collimate.kit import ids
from collimate.tasks import claim
from tests.annotations.reading import answer, hand_in, image_of, revision_id
from tests.tasks.worlds import make_room


@pytest.fixture
def room(session):
    return make_room(session)


@pytest.fixture
def read(session, room):
    return claim.claim_next(session, room.project, room.readers[0])


def paint(session, actor, read, runs, **change):
    content = {
        "label_key": "lung",
        "sop_instance_uid": image_of(session, read).sop_instance_uid,
        "frame_number": 1,
        "runs": runs,
    } | change.pop("content", {})
    values = {
        "annotation_id": ids.new_id(), "kind": "segment", "parent_id": None, "fence": read.fence,
        "content": content,
    } | change  # fmt: skip
    return save.save(session, actor, read.id, None, save.Change(**values))


def later(saved):
    return {"annotation_id": saved.annotation["id"], "parent_id": revision_id(saved)}


def test_each_stroke_is_a_revision_of_its_frame(session, room, read):
    first = paint(session, room.actor(), read, [10, 4])
    second = paint(session, room.actor(), read, [10, 6], **later(first))
    assert second.annotation["revision"]["content"]["runs"] == [10, 6]
    assert second.annotation["revision"]["number"] == 2


def test_two_windows_that_begin_one_segment_on_one_frame_collide(session, room, read):
    first = paint(session, room.actor(), read, [10, 4])
    with pytest.raises(save.StaleRevision) as stale:
        paint(session, room.actor(), read, [50, 4])
    assert stale.value.extra["current"] == first.annotation


def test_the_database_itself_holds_one_segment_per_frame(session, room, read):
    first = paint(session, room.actor(), read, [10, 4])
    made = session.get_one(Annotation, first.annotation["id"])
    twin = Annotation(project_id=made.project_id, read_id=read.id, kind="segment", place=made.place)
    with pytest.raises(save.IntegrityError), session.begin_nested():
        session.add(twin)


def test_a_segment_stays_on_its_frame_and_is_emptied_not_deleted(session, room, read):
    first = paint(session, room.actor(), read, [10, 4])
    with pytest.raises(save.CannotMove):
        paint(session, room.actor(), read, [], is_deleted=True, **later(first))
    emptied = paint(session, room.actor(), read, [], **later(first))
    assert emptied.annotation["revision"]["content"]["runs"] == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ({"runs": [1, 0]}, MaskMalformed),
        ({"runs": [0, 10**9]}, MaskOutsideImage),
        ({"label_key": "opacity"}, LabelUnknown),
    ],
)
def test_what_is_no_mask_of_the_schema_is_refused(session, room, read, content, error):
    with pytest.raises(error):
        paint(session, room.actor(), read, [1, 2], content=content)


def test_a_submission_holds_the_painted_frames_and_leaves_the_emptied_out(session, room, read):
    actor = room.actor()
    said = answer(session, actor, read, "viral")
    painted = paint(session, actor, read, [10, 4])
    hand_in(session, actor, read, said, painted)
    content = session.scalars(select(Submission)).one().content
    assert content["marks"] == []
    assert [(one["label_key"], one["runs"]) for one in content["segments"]] == [("lung", [10, 4])]


def test_an_emptied_segment_is_part_of_what_is_handed_in_but_says_nothing(session, room, read):
    actor = room.actor()
    said = answer(session, actor, read, "viral")
    painted = paint(session, actor, read, [10, 4])
    emptied = paint(session, actor, read, [], **later(painted))
    hand_in(session, actor, read, said, emptied)
    assert session.scalars(select(Submission)).one().content["segments"] == []
