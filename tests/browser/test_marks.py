"""Marks drawn with the mouse are stored in image coordinates and stand where they were drawn."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clinic import Clinic, Person, Project, eventually, radiographs
from tests.browser.room import (
    answer,
    click,
    drag,
    drawn_paths,
    image_of,
    is_near,
    numbers,
    picture,
    read_id,
    see_saved,
)
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def open_case(
    clinic: Clinic, open_window: Open, name: str, files: dict[str, bytes] | None = None
) -> tuple[Project, Person, Window, str]:
    project = clinic.project(name)
    project.bring_in(files or radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    image_of(window.page)
    return project, reader, window, read_id(window.page)


def marks_of(reader: Person, read: str) -> dict[str, dict[str, Any]]:
    """The marks the server holds, by kind."""
    return {
        one["kind"]: one["revision"]["content"]
        for one in reader.get(f"/reads/{read}")["annotations"]
        if one["kind"] != "answer" and not one["revision"]["is_deleted"]
    }


def server_holds(reader: Person, read: str, *kinds: str) -> None:
    eventually(lambda: set(marks_of(reader, read)) == set(kinds))


def draw_all_kinds(page: Page) -> None:
    page.keyboard.press("b")
    drag(page, (0.42, 0.3), (0.5, 0.45))
    expect(page.locator("g[data-mark]")).to_have_count(1)
    page.keyboard.press("g")
    click(page, (0.55, 0.6), (0.6, 0.6), (0.6, 0.7))
    page.keyboard.press("Enter")
    expect(page.locator("g[data-mark]")).to_have_count(2)
    page.keyboard.press("l")
    drag(page, (0.42, 0.8), (0.58, 0.8))
    expect(page.locator("g[data-mark]")).to_have_count(3)


def test_a_box_an_outline_and_a_length_are_stored_and_stand_there_again(
    clinic: Clinic, open_window: Open
) -> None:
    _, reader, window, read = open_case(clinic, open_window, "Three kinds of marks")
    page = window.page
    draw_all_kinds(page)
    server_holds(reader, read, "box", "polygon", "length")
    see_saved(page)
    stored = marks_of(reader, read)
    assert [len(stored[kind]["points"]) for kind in ("box", "polygon", "length")] == [2, 3, 2]
    (left, top), (right, bottom) = stored["box"]["points"]
    assert left < right
    assert top < bottom
    drawn = [numbers(path) for path in drawn_paths(page)]

    page.reload()
    image_of(page)
    expect(page.locator("g[data-mark]")).to_have_count(3)
    again = marks_of(reader, read)
    for kind, content in stored.items():
        assert content["label_key"] == again[kind]["label_key"]
        assert is_near(content["points"], again[kind]["points"])
    for before, after in zip(drawn, [numbers(path) for path in drawn_paths(page)], strict=True):
        assert before == pytest.approx(after, abs=0.5)


def test_steps_are_undone_and_done_again(clinic: Clinic, open_window: Open) -> None:
    _, reader, window, read = open_case(clinic, open_window, "Undo")
    page = window.page
    page.keyboard.press("1")
    page.keyboard.press("b")
    drag(page, (0.4, 0.3), (0.5, 0.4))
    expect(page.locator("g[data-mark]")).to_have_count(1)
    server_holds(reader, read, "box")
    page.keyboard.press("Control+z")
    expect(page.locator("g[data-mark]")).to_have_count(0)
    server_holds(reader, read)
    page.keyboard.press("Control+z")
    expect(page.locator("[role=radio][aria-checked=true]")).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    page.keyboard.press("Control+y")
    expect(page.locator("g[data-mark]")).to_have_count(1)
    expect(page.locator("[role=radio][aria-checked=true]")).to_have_count(1)
    server_holds(reader, read, "box")


def test_a_mark_is_taken_hold_of_moved_and_deleted(clinic: Clinic, open_window: Open) -> None:
    _, reader, window, read = open_case(clinic, open_window, "Moving a mark")
    page = window.page
    page.keyboard.press("b")
    drag(page, (0.4, 0.3), (0.5, 0.5))
    server_holds(reader, read, "box")
    first = marks_of(reader, read)["box"]["points"]
    drag(page, (0.4, 0.4), (0.45, 0.4))  # taken by an edge, the whole box moves
    eventually(lambda: marks_of(reader, read)["box"]["points"] != first)
    (left, top), (right, bottom) = marks_of(reader, read)["box"]["points"]
    assert left > first[0][0]
    assert right - left == pytest.approx(first[1][0] - first[0][0], abs=0.1)
    assert (top, bottom) == pytest.approx((first[0][1], first[1][1]), abs=0.1)
    page.keyboard.press("Delete")
    expect(page.locator("g[data-mark]")).to_have_count(0)
    server_holds(reader, read)


def test_looking_changes_the_picture_and_never_what_is_stored(
    clinic: Clinic, open_window: Open
) -> None:
    _, reader, window, read = open_case(clinic, open_window, "Looking")
    page = window.page
    answer(page, "1")
    page.keyboard.press("b")
    drag(page, (0.4, 0.3), (0.5, 0.4))
    server_holds(reader, read, "box")
    stored = reader.get(f"/reads/{read}")["annotations"]
    page.keyboard.press("w")
    pictures = [picture(page)]
    drag(page, (0.5, 0.6), (0.6, 0.7))  # window and level
    pictures.append(picture(page))
    for key in ("i", "r", "v", "+"):
        page.keyboard.press(key)
        pictures.append(picture(page))
    page.keyboard.press("m")
    drag(page, (0.5, 0.6), (0.6, 0.7))
    pictures.append(picture(page))
    assert all(before != after for before, after in itertools.pairwise(pictures))
    page.keyboard.press("Space")
    assert picture(page) == pictures[0]
    see_saved(page)
    assert reader.get(f"/reads/{read}")["annotations"] == stored
