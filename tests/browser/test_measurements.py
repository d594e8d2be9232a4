"""Every kind of mark drawn with the mouse, stored, and there again; what it measures is true."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from collimate.annotations.geometry import polygon_area
from tests import dicoms
from tests.browser import stacks
from tests.browser.clinic import Clinic, Project, eventually
from tests.browser.room import (
    click,
    drag,
    drawn_paths,
    image_of,
    is_near,
    numbers,
    read_id,
    see_saved,
)
from tests.browser.test_marks import marks_of, server_holds
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]

Places = tuple[tuple[float, float], ...]
CLICKED: dict[str, tuple[str, Places, int]] = {
    "point": ("j", ((0.3, 0.2),), 1),
    "bidirectional": ("u", ((0.4, 0.2), (0.5, 0.24), (0.46, 0.28)), 4),
    "angle": ("Shift+A", ((0.6, 0.2), (0.65, 0.3), (0.72, 0.22)), 3),
    "cobb": ("Shift+K", ((0.3, 0.4), (0.4, 0.42), (0.3, 0.5), (0.4, 0.47)), 4),
    "circle": ("Shift+C", ((0.5, 0.45), (0.53, 0.45)), 4),
    "ellipse": ("Shift+E", ((0.6, 0.4), (0.7, 0.47)), 4),
    "spline": ("Shift+G", ((0.3, 0.6), (0.4, 0.6), (0.4, 0.7), (0.3, 0.7)), 4),
    "polyline": ("Shift+J", ((0.5, 0.6), (0.6, 0.62), (0.55, 0.7)), 3),
}
"""Key of the tool, places clicked as shares of the viewport, points kept."""


def measured_project(clinic: Clinic, name: str, files: dict[str, bytes], **options: Any) -> Project:
    """A project with one label for each kind of mark."""
    project = clinic.project(name, **options)
    kinds = (*CLICKED, "freehand", "length", "box", "polygon")
    labels = [
        {"name": kind.title(), "kind": kind, "colour": "#56b4e9", "hotkey": None} for kind in kinds
    ]
    schema = {"question": "", "answer_mode": "none", "labels": labels}
    project.lead.post(f"{project.path}/label-schema", schema)
    project.bring_in(files)
    return project


def draw(page: Page, kind: str, count: int) -> None:
    key, places, _ = CLICKED[kind]
    page.keyboard.press(key)
    click(page, *places)
    if kind in ("spline", "polyline"):
        page.keyboard.press("Enter")
    expect(page.locator("g[data-mark]")).to_have_count(count)


def test_every_kind_is_stored_and_stands_where_it_was_drawn(
    clinic: Clinic, open_window: Open
) -> None:
    project = measured_project(clinic, "Every kind of mark", stacks.axial(step=8))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read", width=1440, height=900)
    page = window.page
    image_of(page)
    read = read_id(page)
    for count, kind in enumerate(CLICKED, start=1):
        draw(page, kind, count)
    page.keyboard.press("Shift+F")
    drag(page, (0.62, 0.6), (0.7, 0.6), (0.7, 0.7), (0.62, 0.7))
    expect(page.locator("g[data-mark]")).to_have_count(9)
    server_holds(reader, read, *CLICKED, "freehand")
    see_saved(page)
    stored = marks_of(reader, read)
    for kind, (_, _, count) in CLICKED.items():
        assert len(stored[kind]["points"]) == count, kind
    assert len(stored["freehand"]["points"]) >= 4
    drawn = [numbers(path) for path in drawn_paths(page)]

    # one command log covers all of them
    for _ in range(9):
        page.keyboard.press("Control+z")
    expect(page.locator("g[data-mark]")).to_have_count(0)
    for _ in range(9):
        page.keyboard.press("Control+y")
    expect(page.locator("g[data-mark]")).to_have_count(9)
    server_holds(reader, read, *CLICKED, "freehand")
    see_saved(page)

    page.reload()
    image_of(page)
    expect(page.locator("g[data-mark]")).to_have_count(9)
    again = marks_of(reader, read)
    for kind, content in stored.items():
        assert is_near(content["points"], again[kind]["points"]), kind
    for before, after in zip(drawn, [numbers(path) for path in drawn_paths(page)], strict=True):
        assert before == pytest.approx(after, abs=0.5)
    # a spline that was restored is edited like a new one: by its nodes
    node = CLICKED["spline"][1][2]
    click(page, node)
    drag(page, node, (node[0] + 0.02, node[1] + 0.02))
    nodes = stored["spline"]["points"]
    eventually(lambda: not is_near(nodes, marks_of(reader, read)["spline"]["points"]))
    moved = marks_of(reader, read)["spline"]["points"]
    assert [at for at in range(4) if moved[at] != nodes[at]] == [2]


def test_an_outline_along_edges_snaps_to_them_and_is_edited_by_its_nodes(
    clinic: Clinic, open_window: Open
) -> None:
    project = measured_project(clinic, "Livewire", stacks.axial(step=8))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read", width=1440, height=900)
    page = window.page
    image_of(page)
    read = read_id(page)
    for index in ("1", "2"):
        page.keyboard.press("ArrowDown")
        expect(page.locator(".viewer")).to_have_attribute("data-shown", index)
    box = page.locator(".viewer-stage").bounding_box()
    assert box is not None
    share = min(box["width"], box["height"]) / stacks.SIDE

    def beside(turn: float, away: float = 29.5) -> tuple[float, float]:
        """A place this far from the middle of the image, as a share of the viewport."""
        x, y = away * math.cos(turn) * share, away * math.sin(turn) * share
        return 0.5 + x / box["width"], 0.5 + y / box["height"]

    def anchor(at: tuple[float, float]) -> None:
        click(page, at)
        # the line to the next place is searched for: a hand takes longer than that
        page.locator(".viewer-marks[data-wire=ready]").wait_for()

    page.keyboard.press("Alt+w")
    for at in (beside(0), beside(1.6), beside(3.2), beside(4.0, 12)):
        anchor(at)
    page.keyboard.press("Backspace")
    anchor(beside(4.8))
    click(page, beside(0))
    server_holds(reader, read, "polygon")
    see_saved(page)
    outline = marks_of(reader, read)["polygon"]["points"]
    assert 6 <= len(outline) <= 80
    for x, y in outline:
        assert abs(math.hypot(x - 32, y - 32) - 28) < 2, "the edge of the ball, of 28 pixels"
    # steps from pixel centre to pixel centre and chords lie inside of a round edge
    assert polygon_area(outline) == pytest.approx(math.pi * 27**2, rel=0.08)

    window.go(f"{project.path}/read")
    image_of(page)
    for index in ("1", "2"):
        page.keyboard.press("ArrowDown")
        expect(page.locator(".viewer")).to_have_attribute("data-shown", index)
    assert is_near(outline, marks_of(reader, read)["polygon"]["points"])
    x, y = outline[2]
    at = (0.5 + (x - 32) * share / box["width"], 0.5 + (y - 32) * share / box["height"])
    click(page, at)
    drag(page, at, (at[0] - 0.03, at[1]))
    eventually(lambda: not is_near(outline, marks_of(reader, read)["polygon"]["points"]))
    moved = marks_of(reader, read)["polygon"]["points"]
    assert [one for one in range(len(outline)) if moved[one] != outline[one]] == [2]
    page.keyboard.press("Control+z")
    eventually(lambda: is_near(outline, marks_of(reader, read)["polygon"]["points"]))


def test_a_circle_says_what_its_pixels_are_whatever_the_window(
    clinic: Clinic, open_window: Open
) -> None:
    project = measured_project(clinic, "Statistics", stacks.axial(step=8))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    # slice 2 of 4 lies at the widest place of the ball: 40 HU plus a gentle slope
    for index in ("1", "2"):
        page.keyboard.press("ArrowDown")
        expect(page.locator(".viewer")).to_have_attribute("data-shown", index)
    page.keyboard.press("Shift+C")
    drag(page, (0.5, 0.5), (0.56, 0.5))
    server_holds(reader, read, "circle")
    tag = page.locator(".viewer-mark-tag")
    expect(tag).to_contain_text("HU")
    a, b, c, d = marks_of(reader, read)["circle"]["points"]
    centre = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]
    radius = abs(b[0] - a[0] + b[1] - a[1]) / 2 if a[0] == b[0] or a[1] == b[1] else None
    assert radius is not None
    assert [(c[0] + d[0]) / 2, (c[1] + d[1]) / 2] == pytest.approx(centre, abs=0.01)
    values = [
        value
        for row, line in enumerate(stacks.body()[16])
        for column, value in enumerate(line)
        if (column + 0.5 - centre[0]) ** 2 + (row + 0.5 - centre[1]) ** 2 < radius**2
    ]
    low, high = round(min(values)), round(max(values))
    expect(tag).to_contain_text(f"min {low} max {high} HU")
    text = tag.text_content()
    page.keyboard.press("Alt+4")
    page.keyboard.press("i")
    expect(page.locator(".viewer-corner-bl")).to_contain_text("W 1500 L −600")
    assert tag.text_content() == text


def test_values_with_a_slope_that_is_not_whole_are_what_the_header_says(
    clinic: Clinic, open_window: Open
) -> None:
    stored = np.full((64, 64), 50_000, np.uint16)
    # the extremes, 0 and 60, are whole and small: room for them is not room for what is stored
    stored[:8], stored[8:16] = 0, 60_000
    image = dicoms.ct_slice(array=stored, planted=False, RescaleSlope="0.001", RescaleIntercept="0")
    project = measured_project(clinic, "Slopes", {"1.dcm": image})
    window = open_window(project.readers[0], f"{project.path}/read")
    image_of(window.page)
    window.page.keyboard.press("Shift+C")
    drag(window.page, (0.5, 0.5), (0.56, 0.5))
    expect(window.page.locator(".viewer-mark-tag")).to_contain_text("min 50 max 50 HU")


def test_nodes_are_drawn_out_and_taken_out(clinic: Clinic, open_window: Open) -> None:
    project = measured_project(clinic, "Nodes", stacks.axial(step=8))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("g")
    click(page, (0.4, 0.3), (0.6, 0.3), (0.6, 0.6))
    page.keyboard.press("Enter")
    server_holds(reader, read, "polygon")
    page.keyboard.press("w")
    drag(page, (0.5, 0.3), (0.5, 0.2))
    eventually(lambda: len(marks_of(reader, read)["polygon"]["points"]) == 4)
    page.keyboard.down("Alt")
    click(page, (0.5, 0.2))
    page.keyboard.up("Alt")
    eventually(lambda: len(marks_of(reader, read)["polygon"]["points"]) == 3)


def test_without_a_spacing_that_holds_in_the_patient_lengths_are_in_pixels(
    clinic: Clinic, open_window: Open
) -> None:
    project = measured_project(clinic, "Detector", {"dx.dcm": dicoms.radiograph(planted=False)})
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("l")
    drag(page, (0.45, 0.4), (0.55, 0.4))
    expect(page.locator(".viewer-mark-tag")).to_contain_text(" px")
    expect(page.locator(".viewer-corner-br")).to_contain_text("at detector")
