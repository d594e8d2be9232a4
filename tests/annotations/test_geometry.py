"""Marks: what is accepted lies in the image, keeps its shape, and survives the database's JSON."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collimate.annotations.canonical import canonical, sha256_of
from collimate.annotations.geometry import (
    CLOSED_KINDS,
    MARGIN,
    MARK_KINDS,
    MAX_POINTS,
    ImageGrid,
    MarkMalformed,
    MarkOutsideImage,
    checked_places,
    checked_points,
    polygon_area,
    ring_of,
)
from collimate.annotations.schemas import SpaceMarkContent

GRID = ImageGrid(rows=64, columns=48, frame_count=1)
inside = st.tuples(st.floats(0, 48), st.floats(0, 64))
anything = st.floats(allow_nan=True, allow_infinity=True)


@given(inside, inside)
def test_a_box_comes_back_with_its_smallest_corner_first(a, b):
    try:
        (x1, y1), (x2, y2) = checked_points("box", [a, b], GRID)
    except MarkMalformed:
        assert abs(a[0] - b[0]) < 1e-3 or abs(a[1] - b[1]) < 1e-3
        return
    assert x1 < x2
    assert y1 < y2
    assert checked_points("box", [b, a], GRID) == [[x1, y1], [x2, y2]]
    assert checked_points("box", [[x1, y1], [x2, y2]], GRID) == [[x1, y1], [x2, y2]]


@given(
    st.lists(st.tuples(anything, anything), max_size=6),
    st.sampled_from(MARK_KINDS),
)
def test_whatever_is_accepted_is_finite_inside_and_survives_json(points, kind):
    try:
        accepted = checked_points(kind, points, GRID)
    except (MarkMalformed, MarkOutsideImage):
        return
    assert all(math.isfinite(value) for point in accepted for value in point)
    assert all(-MARGIN <= x <= 48 + MARGIN and -MARGIN <= y <= 64 + MARGIN for x, y in accepted)
    assert canonical(json.loads(canonical(accepted))) == canonical(accepted)
    assert not any(math.copysign(1, v) < 0 and v == 0 for p in accepted for v in p)


@pytest.mark.parametrize(
    ("kind", "points", "error"),
    [
        ("polygon", [[0, 0], [1, 1]], MarkMalformed),
        ("polygon", [[0, 0]] * (MAX_POINTS + 1), MarkMalformed),
        ("polygon", [[1, 1], [2, 1], [3, 1]], MarkMalformed),
        ("box", [[0, 0], [1, 1], [2, 2]], MarkMalformed),
        ("box", [[1, 1], [1, 5]], MarkMalformed),
        ("length", [[3, 3], [3, 3]], MarkMalformed),
        ("length", [[3, 3]], MarkMalformed),
        ("length", [[3, float("nan")], [4, 4]], MarkMalformed),
        ("length", [[3, 3], [4, float("inf")]], MarkMalformed),
        ("length", [[3, 3, 3], [4, 4, 4]], MarkMalformed),
        ("circle", [[3, 3], [4, 4]], MarkMalformed),
        ("circle", [[10, 20], [30, 20], [20, 10], [20, 40]], MarkMalformed),
        ("ellipse", [[10, 20], [30, 20], [20, 20], [20, 20]], MarkMalformed),
        ("angle", [[3, 3], [3, 3], [4, 4]], MarkMalformed),
        ("cobb", [[3, 3], [9, 3], [5, 5], [5, 5]], MarkMalformed),
        ("polyline", [[3, 3], [3, 3]], MarkMalformed),
        ("point", [[3, 3], [4, 4]], MarkMalformed),
        ("point", [[49, 3]], MarkOutsideImage),
        ("scribble", [[3, 3], [4, 4]], MarkMalformed),
        ("box", [[-0.51, 0], [4, 4]], MarkOutsideImage),
        ("box", [[0, 0], [48.51, 4]], MarkOutsideImage),
        ("box", [[0, 0], [4, 64.51]], MarkOutsideImage),
    ],
)
def test_what_makes_no_mark_is_refused(kind, points, error):
    with pytest.raises(error):
        checked_points(kind, points, GRID)


ACROSS, DOWN = [0.6, 0.8, 0.0], [0.0, 0.0, -1.0]
"""A plane at an angle: everything on it keeps 0.8 x - 0.6 y."""


def test_places_on_a_plane_are_kept_as_they_were_drawn():
    places = [[3.0, 4.0, -7.5], [6.00001, 8.0, 12.0]]
    assert checked_places("length", places, ACROSS, DOWN) == (
        [[3.0, 4.0, -7.5], [6.0, 8.0, 12.0]],
        ACROSS,
        DOWN,
    )
    assert checked_places("point", [[1, 2, 3]], ACROSS, DOWN)[0] == [[1.0, 2.0, 3.0]]
    # as on an image, whatever the plane: corners of a box along its directions, ends of diameters
    for kind, drawn in (
        ("box", [[3.0, 4.0, 5.0], [6.0, 8.0, -5.0]]),
        ("polygon", [[3.0, 4.0, 0.0], [6.0, 8.0, 0.0], [6.0, 8.0, 9.0]]),
        ("spline", [[3.0, 4.0, 0.0], [6.0, 8.0, 0.0], [6.0, 8.0, 9.0]]),
        ("ellipse", [[0.0, 0.0, 0.0], [6.0, 8.0, 0.0], [3.0, 4.0, 2.0], [3.0, 4.0, -2.0]]),
    ):
        assert checked_places(kind, drawn, ACROSS, DOWN)[0] == drawn
        # the request takes as many
        plane = {"frame_of_reference_uid": "1.2", "row_direction": ACROSS, "column_direction": DOWN}
        image = {"label_key": "lesion", "sop_instance_uid": "1.2.3", "frame_number": 1}
        assert SpaceMarkContent(**image, **plane, places=drawn).places == drawn


@pytest.mark.parametrize(
    ("kind", "places", "across", "down"),
    [
        ("length", [[3, 4, 0], [6, 9, 0]], ACROSS, DOWN),
        ("length", [[3, 4, 0]], ACROSS, DOWN),
        ("length", [[3, 4, 0], [3, 4, 0]], ACROSS, DOWN),
        ("length", [[3, 4, 0], [6, 8, float("nan")]], ACROSS, DOWN),
        ("length", [[3, 4, 0], [6, 8, 1e6]], ACROSS, DOWN),
        ("length", [[3, 4, 0], [6, 8, 0]], [0.6, 0.7, 0], DOWN),
        ("length", [[3, 4, 0], [6, 8, 0]], ACROSS, ACROSS),
        ("length", [[3, 4, 0], [6, 8, 0]], [float("nan")] * 3, DOWN),
        ("box", [[3, 4, 0], [6, 8, 0]], ACROSS, DOWN),
        ("polygon", [[3, 4, 0], [6, 8, 0], [3, 4, 9], [3, 5, 0]], ACROSS, DOWN),
        ("circle", [[3, 4, 0], [9, 12, 0], [6, 8, 9], [6, 8, 2]], ACROSS, DOWN),
    ],
)
def test_what_lies_on_no_plane_is_refused(kind, places, across, down):
    with pytest.raises(MarkMalformed):
        checked_places(kind, places, across, down)


def test_the_edge_of_the_image_is_inside():
    assert checked_points("box", [[-0.5, -0.5], [48.5, 64.5]], GRID) == [[-0.5, -0.5], [48.5, 64.5]]
    assert checked_points("length", [[0, 0], [0, 5]], GRID) == [[0.0, 0.0], [0.0, 5.0]]


def test_area_of_shapes_one_can_see():
    assert polygon_area([[0, 0], [4, 0], [4, 3], [0, 3]]) == 12
    assert polygon_area([[0, 3], [4, 3], [4, 0], [0, 0]]) == 12
    assert polygon_area([[0, 0], [4, 0], [0, 3]]) == 6


def test_the_same_value_has_one_hash_whatever_its_order():
    assert sha256_of({"b": [1.5, 2.0], "a": "é"}) == sha256_of({"a": "é", "b": [1.5, 2.0]})
    assert sha256_of({"a": 1}) != sha256_of({"a": 2})
    with pytest.raises(ValueError, match="JSON"):
        sha256_of({"a": float("nan")})


MARKS = {
    "point": [[10, 20]],
    "length": [[10, 20], [30, 20]],
    "bidirectional": [[10, 20], [40, 20], [25, 14], [25, 26]],
    "angle": [[10, 20], [30, 40], [40, 40]],
    "cobb": [[10, 20], [40, 20], [10, 60], [40, 55]],
    "box": [[10, 20], [30, 40]],
    "circle": [[10, 20], [30, 20], [20, 10], [20, 30]],
    "ellipse": [[10, 20], [30, 20], [20, 15], [20, 25]],
    "polygon": [[10, 20], [30, 20], [20, 40]],
    "freehand": [[10, 20], [30, 20], [20, 40]],
    "spline": [[10, 20], [30, 20], [30, 40], [10, 40]],
    "polyline": [[10, 20], [30, 20], [20, 40]],
}


def test_every_kind_of_mark_is_kept_as_it_was_drawn():
    assert set(MARKS) == set(MARK_KINDS)
    for kind, points in MARKS.items():
        assert checked_points(kind, points, GRID) == points


def test_the_ring_of_a_closed_mark_encloses_its_area():
    areas = {kind: polygon_area(ring_of(kind, MARKS[kind])) for kind in CLOSED_KINDS}
    assert areas["circle"] == pytest.approx(math.pi * 100, rel=0.002)
    assert areas["ellipse"] == pytest.approx(math.pi * 50, rel=0.002)
    assert areas["box"] == 400
    assert areas["polygon"] == areas["freehand"] == 200
    # a spline through the corners of a square bulges out of it
    assert 400 < areas["spline"] < math.pi * 200


def test_a_spline_passes_through_its_nodes():
    ring = ring_of("spline", MARKS["spline"])
    assert all(min(math.dist(node, place) for place in ring) < 1e-9 for node in MARKS["spline"])
