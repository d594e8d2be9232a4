"""What the model changed: switches against what is held to be right, and no share of few reads."""

import pytest

from collimate.kit import ids
from collimate.reviews.anchoring import Pair, Said, reference, tally


def pair(first, final, right, suggested="b"):
    return Pair(ids.new_id(), "P-1", "Ann", first, suggested, final, right, 1000, 2000)


def test_switches_are_counted_against_what_is_held_right():
    row = tally(
        "Ann",
        [
            pair("a", "b", "a"),
            pair("a", "b", "b"),
            pair("b", "b", "b"),
            pair("a", "c", "d"),
            pair("a", "b", None),
        ],
    )
    assert (row["count"], row["changed_count"], row["followed_count"]) == (5, 4, 3)
    assert row["judged_count"] == 4
    assert (row["right_to_wrong_count"], row["wrong_to_right_count"]) == (1, 1)


@pytest.mark.parametrize(("count", "share"), [(9, None), (10, 1.0)])
def test_below_ten_reads_no_share_is_given(count, share):
    row = tally("Ann", [pair("a", "b", "b")] * count)
    assert (row["changed_share"], row["final_right_share"]) == (share, share)


def test_what_is_right_is_what_reviewers_accepted_else_what_most_others_say():
    mine, others = ids.new_id(), [Said(ids.new_id(), answer, False) for answer in "aab"]
    assert reference(mine, [Said(mine, "b", False), *others]) == "a"
    assert reference(mine, [Said(mine, "b", True), *others]) == "b"
    assert reference(mine, [Said(mine, "b", False), others[0]]) is None, "one is no majority"
    assert reference(mine, [Said(mine, "b", False), others[0], others[2]]) is None, "a tie"
    assert reference(mine, []) is None
