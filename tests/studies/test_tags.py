"""The header of an image as rows: sequences item by item, frames, private attributes."""

from collimate.studies.tags import SHOWN_ITEMS, flat_rows


def named(rows):
    return [(row["depth"], row["tag"], row["keyword"], row["value"]) for row in rows]


def test_sequences_stand_item_by_item_below_their_tag():
    code = {"00080100": {"vr": "SH", "Value": ["R-10242"]}}
    rows = flat_rows({"00540220": {"vr": "SQ", "Value": [code, code]}})
    assert named(rows) == [
        (0, "(0054,0220)", "ViewCodeSequence", "2 items"),
        (1, "", "Item 1", ""),
        (2, "(0008,0100)", "CodeValue", "R-10242"),
        (1, "", "Item 2", ""),
        (2, "(0008,0100)", "CodeValue", "R-10242"),
    ]
    assert rows[2]["path"] == "(0054,0220)[1](0008,0100)"
    assert len({row["path"] for row in rows}) == 5


def test_of_functional_groups_per_frame_those_of_the_frame_are_there():
    frames = [
        {"00209153": {"vr": "FD", "Value": [float(number)]}} for number in range(1, 2 * SHOWN_ITEMS)
    ]
    header = {"52009230": {"vr": "SQ", "Value": frames}}
    assert named(flat_rows(header, 25))[1:] == [
        (1, "", "Frame 25", ""), (2, "(0020,9153)", "", "25"),
    ]  # fmt: skip


def test_a_long_sequence_says_how_much_it_leaves_out():
    many = {"00081140": {"vr": "SQ", "Value": [{}] * (SHOWN_ITEMS + 3)}}
    assert flat_rows(many)[-1]["value"] == "3 more items"


def test_private_attributes_say_whose_they_are():
    header = {
        "00190010": {"vr": "LO", "Value": ["ACME 1.0"]},
        "0019100C": {"vr": "IS", "Value": [1000]},
        "00211001": {"vr": "LO", "Value": ["x"]},
    }
    assert [row["keyword"] for row in flat_rows(header)] == [
        "Private creator", "Private: ACME 1.0", "Private",
    ]  # fmt: skip
