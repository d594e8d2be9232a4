"""The guide: a text for each label, and examples only from cases that nobody has yet to read."""

import pytest

from collimate.annotations.play import play_read
from collimate.projects.create import change_project
from collimate.reviews import guide
from collimate.tasks import claim
from tests.annotations.reading import image_of
from tests.tasks.worlds import make_room


def chosen(session, read, **given):
    uid = image_of(session, read).sop_instance_uid
    return guide.Chosen(
        **{"label_key": "viral", "read_id": read.id, "sop_instance_uid": uid} | given
    )


def add(session, room, one):
    return guide.add_example(session, room.readers[0].id, room.project, one)


def test_a_label_has_a_text_and_examples_which_can_be_taken_away(session):
    room = make_room(session, tasks=1, guideline="Look twice.")
    rules = {"label_guidelines": {"viral": "**Diffuse**, both sides."}}
    change_project(session, room.readers[0].id, room.project, {"reading_rules": rules})
    read = play_read(session, project_id=room.project.id, reader=room.actor(), answer=["viral"])
    example = add(session, room, chosen(session, read, caption=" Both lungs "))
    found = guide.guide(session, room.project)
    assert found["guideline"] == "Look twice."
    (label,) = found["labels"]
    assert (label["label_key"], label["text"]) == ("viral", "**Diffuse**, both sides.")
    (shown,) = label["examples"]
    assert shown["caption"] == "Both lungs"
    assert f"/instances/{example.sop_instance_uid}/frames/1/rendered" in shown["picture_url"]
    guide.remove_example(session, room.readers[0].id, example)
    assert guide.guide(session, room.project)["labels"][0]["examples"] == []


def test_a_case_someone_may_still_read_is_no_example(session):
    room = make_room(session, tasks=1, wanted=2)
    read = play_read(session, project_id=room.project.id, reader=room.actor(), answer=["viral"])
    with pytest.raises(guide.CaseUnfinished):
        add(session, room, chosen(session, read))


@pytest.mark.parametrize(
    "wrong", [{"label_key": "other"}, {"sop_instance_uid": "1.2.3"}, {"frame_number": 2}]
)
def test_an_example_is_an_image_of_the_project_with_a_label_of_its_schema(session, wrong):
    room = make_room(session, tasks=1)
    read = claim.claim_next(session, room.project, room.readers[0])
    with pytest.raises(guide.ExampleUnusable):
        add(session, room, chosen(session, read, **wrong))
