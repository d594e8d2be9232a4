"""Excluded cases: said with a reason, counted, learned from by nobody, and overturned by review."""

import pytest

from collimate.access.policy import Role
from collimate.annotations import said, save
from collimate.annotations.content import LabelUnknown
from collimate.annotations.models import Submission
from collimate.datasets.exports.csv import write_csv
from collimate.datasets.exports.version import load
from collimate.datasets.freeze import Wanted, choose, freeze
from collimate.datasets.splits import SplitShares
from collimate.kit import ids
from collimate.learning.labels import labelled_units, question_of
from collimate.reviews import review
from collimate.reviews.accepted import excluded_studies
from collimate.reviews.compare import agreement
from collimate.reviews.outcomes import outcomes
from collimate.tasks import claim, reopen
from tests import factories
from tests.annotations.reading import answer, hand_in, revision_id
from tests.tasks.worlds import make_room

REASONS = ("Wrong body part", "Unreadable")
REQUIRED = [{"name": "Acute", "is_required": True}]


def world(session, *, quality="optional", **rules):
    room = make_room(session, readers=2, **rules)
    factories.make_schema(
        session, project=room.project, reasons=REASONS, quality=quality, attributes=REQUIRED
    )
    return room


def say(session, actor, read, *, after=None, **content):
    change = save.Change(
        annotation_id=after.annotation["id"] if after else ids.new_id(),
        kind="outcome",
        parent_id=revision_id(after) if after else None,
        content={"exclusion": None, "quality": None, "note": ""} | content,
        fence=read.fence,
    )
    return save.save(session, actor, read.id, None, change)


def read_next(session, room, index=0, **content):
    """Read a case: with an answer, or excluded where `exclusion` is given."""
    actor = room.actor(index)
    read = claim.claim_next(session, room.project, actor.user)
    saved = [say(session, actor, read, **content)]
    if not content.get("exclusion"):
        saved.append(answer(session, actor, read, "viral"))
        saved.append(acute(session, actor, read))
    done = hand_in(session, actor, read, *saved)
    return read, session.get_one(Submission, done["submission_id"])


def acute(session, actor, read):
    content = {"scope": "study", "target": "", "values": {"acute": "no"}}
    change = save.Change(ids.new_id(), "attributes", None, content, read.fence)
    return save.save(session, actor, read.id, None, change)


def learned_from(session, room):
    found, _ = labelled_units(session, room.project, question_of(session, room.project))
    return [one.study_id for one in found]


def test_an_excluded_case_needs_no_answer_is_counted_and_is_learned_from_by_nobody(session):
    room = world(session, tasks=2)
    _, submission = read_next(session, room, exclusion="unreadable", quality="non_diagnostic")
    assert (submission.exclusion, submission.quality) == ("unreadable", "non_diagnostic")
    assert submission.content["outcome"]["exclusion"] == "unreadable"
    _, kept = read_next(session, room, quality="diagnostic")
    assert outcomes(session, room.project) == {
        "excluded_count": 1,
        "by_reason": {"unreadable": 1},
        "by_quality": {"diagnostic": 1, "non_diagnostic": 1},
    }
    assert len(learned_from(session, room)) == 1
    assert [one.submission.id for one in choose(session, room.project, SplitShares())] == [kept.id]


def test_a_dataset_holds_excluded_cases_only_where_they_are_asked_for(session, tmp_path):
    room = world(session, tasks=1)
    read_next(session, room, exclusion="wrong_body_part")
    by = room.readers[0].id
    version = freeze(
        session, by, room.project, name="all", note="", shares=SplitShares(),
        wanted=Wanted(includes_excluded=True),
    )  # fmt: skip
    assert version.counts["excluded"] == 1
    (frozen,) = load(session, version).reads
    assert frozen.exclusion == "wrong_body_part"
    write_csv(load(session, version), tmp_path / "out.zip")


def test_review_overturns_an_exclusion_and_so_does_its_reader(session):
    room = world(session, tasks=2, review_required=True)
    reviewer = factories.make_member(session, project=room.project, role=Role.REVIEWER)
    read, submission = read_next(session, room, exclusion="unreadable")
    assert session.scalars(excluded_studies(room.project.id)).all()
    review.review(session, reviewer, submission, "returned", "It can be read.")
    assert session.scalars(excluded_studies(room.project.id)).all() == []
    again = claim.claim_next(session, room.project, room.readers[0])
    assert (again.id, again.state) == (read.id, "draft")
    other, _ = read_next(session, room, 1, exclusion="unreadable")
    reopen.reopen(session, room.readers[1], other.id)
    assert outcomes(session, room.project)["excluded_count"] == 0


def test_one_of_two_readers_excluding_keeps_the_case_out_and_counts_as_disagreement(session):
    room = world(session, tasks=1, wanted=2, learning=False)
    read_next(session, room, 0, exclusion="unreadable")
    read_next(session, room, 1)
    assert learned_from(session, room) == []
    assert agreement(session, room.project)["raw_agreement"] == 0.0


def test_a_required_verdict_on_quality_blocks_submitting_until_it_is_given(session):
    room = world(session, tasks=1, quality="required")
    actor = room.actor()
    read = claim.claim_next(session, room.project, actor.user)
    saved = [answer(session, actor, read, "viral"), acute(session, actor, read)]
    with pytest.raises(said.QualityMissing):
        hand_in(session, actor, read, *saved)
    hand_in(session, actor, read, *saved, say(session, actor, read, quality="limited"))


def test_agreement_compares_each_attribute_by_itself(session):
    room = make_room(session, tasks=2, wanted=2, learning=False)
    factories.make_schema(
        session, project=room.project,
        attributes=[{"name": "Acute"}, {"name": "Days", "kind": "number", "unit": "d"}],
    )  # fmt: skip
    said_by = [[("yes", 3), ("no", None)], [("yes", 7), ("yes", None)]]
    for index, cases in enumerate(said_by):
        actor = room.actor(index)
        for acute_value, days in cases:
            read = claim.claim_next(session, room.project, actor.user)
            values = {"acute": acute_value} | ({} if days is None else {"days": days})
            content = {"scope": "study", "target": "", "values": values}
            change = save.Change(ids.new_id(), "attributes", None, content, read.fence)
            saved = save.save(session, actor, read.id, None, change)
            hand_in(session, actor, read, saved, answer(session, actor, read, "viral"))
    acute_row, days_row = agreement(session, room.project)["attributes"]
    assert (acute_row["count"], acute_row["raw_agreement"]) == (2, 0.5)
    assert (days_row["count"], days_row["mean_difference"], days_row["raw_agreement"]) == (
        1,
        4,
        None,
    )


@pytest.mark.parametrize("content", [{"exclusion": "bored"}, {"quality": "diagnostic"}])
def test_only_what_the_schema_offers_can_be_said(session, content):
    room = world(session, tasks=1, quality="none")
    read = claim.claim_next(session, room.project, room.readers[0])
    with pytest.raises(LabelUnknown):
        say(session, room.actor(), read, **content)
