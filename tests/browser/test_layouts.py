"""Several series side by side: grids, the active viewport, linked scrolling, windows, cine."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import stacks
from tests.browser.clinic import Clinic, Project
from tests.browser.room import drag, image_of, is_near, read_id, see_saved
from tests.browser.test_marks import marks_of, server_holds
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


@pytest.fixture(scope="module")
def body(clinic: Clinic) -> Project:
    project = clinic.project("Three series", readers=4, wanted_reads=4)
    project.bring_in(stacks.three_series())
    return project


def cell(page: Page, number: int) -> Locator:
    return page.get_by_role("region", name=f"Viewport {number}")


def shown(page: Page, number: int, index: int) -> None:
    """The slice in the viewport with this number is drawn."""
    viewer = cell(page, number).locator(".viewer[data-state=shown]")
    expect(viewer).to_have_attribute("data-shown", str(index))


def in_cell(page: Page, number: int, x: float, y: float) -> tuple[float, float]:
    box = cell(page, number).bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_series_are_laid_out_linked_and_marks_survive_every_layout(
    body: Project, open_window: Open
) -> None:
    reader = body.readers[0]
    window = open_window(reader, f"{body.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    strip = page.get_by_role("navigation", name="Series")
    expect(strip.get_by_role("button")).to_have_count(3)
    expect(strip.get_by_role("button").first).to_contain_text("1 · CT · 32")

    page.keyboard.press("b")
    drag(page, (0.4, 0.4), (0.5, 0.5))
    server_holds(reader, read, "box")
    drawn = marks_of(reader, read)["box"]
    see_saved(page)

    page.keyboard.press("w")
    page.keyboard.press("Shift+L")
    shown(page, 1, 0)
    shown(page, 2, 0)
    expect(cell(page, 1).locator("g[data-mark]")).to_have_count(1)

    # thin and thick slices of one body go together by place: 4 thin ones make a thick one
    for _ in range(8):
        page.keyboard.press("ArrowDown")
    shown(page, 1, 8)
    shown(page, 2, 2)
    page.keyboard.press("n")
    page.keyboard.press("ArrowDown")
    shown(page, 2, 3)
    shown(page, 1, 12)
    page.keyboard.press("Shift+S")
    page.keyboard.press("Home")
    shown(page, 2, 0)
    shown(page, 1, 12)

    # a layout with the sagittal series: the axial slice is drawn on it as a line
    page.get_by_role("button", name="Layout", exact=True).click()
    page.get_by_role("button", name="2 × 2", exact=True).click()
    shown(page, 3, 0)
    expect(cell(page, 4)).to_contain_text("Drag a series here")
    expect(cell(page, 3).locator(".viewer-reference line")).to_have_count(2)
    # pictures are drawn in whole pixels, so a viewport has them: else marks would lie beside
    for stage in page.locator(".viewer-stage").all():
        box = stage.bounding_box()
        assert box is not None
        for side in (box["width"], box["height"]):
            assert side == pytest.approx(round(side), abs=1e-3)
    strip.get_by_role("button").nth(2).drag_to(cell(page, 4))
    shown(page, 4, 0)

    # maximised over all the others and back, by double click and by key
    one, last = cell(page, 1).bounding_box(), cell(page, 4).bounding_box()
    assert one is not None
    assert last is not None
    page.mouse.dblclick(*in_cell(page, 1, 0.2, 0.5))
    expect(cell(page, 1)).to_have_attribute("data-maximised", "true")
    whole = cell(page, 1).bounding_box()
    assert whole is not None
    assert (whole["x"], whole["y"]) == (one["x"], one["y"])
    assert whole["x"] + whole["width"] >= last["x"] + last["width"] - 1
    assert whole["y"] + whole["height"] >= last["y"] + last["height"] - 1
    page.keyboard.press("x")
    expect(cell(page, 1)).to_have_attribute("data-maximised", "false")

    page.get_by_role("button", name="Layout", exact=True).click()
    page.get_by_role("button", name="1 × 1", exact=True).click()
    page.keyboard.press("Home")
    shown(page, 1, 0)
    expect(page.locator("g[data-mark]")).to_have_count(1)
    page.reload()
    image_of(page)
    expect(page.locator("g[data-mark]")).to_have_count(1)
    assert is_near(marks_of(reader, read)["box"]["points"], drawn["points"])


def test_zoom_and_window_go_together_when_they_are_linked(body: Project, open_window: Open) -> None:
    window = open_window(body.readers[1], f"{body.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("Shift+L")
    shown(page, 2, 0)

    def corner(number: int) -> str:
        return cell(page, number).locator(".viewer-corner-bl").inner_text()

    def zoom(number: int) -> str:
        return cell(page, number).locator(".viewer-corner-tr").inner_text()

    page.keyboard.press("Alt+4")
    expect(cell(page, 1).locator(".viewer-corner-bl")).to_contain_text("W 1500 L −600")
    assert "W 1500" not in corner(2)
    before = zoom(2)
    page.keyboard.press("+")
    expect(cell(page, 1).locator(".viewer-corner-tr")).not_to_have_text(before)
    assert zoom(2) == before

    page.keyboard.press("Shift+Z")
    page.keyboard.press("Shift+W")
    page.keyboard.press("Alt+5")
    page.keyboard.press("+")
    for number in (1, 2):
        expect(cell(page, number).locator(".viewer-corner-bl")).to_contain_text("W 2500 L 480")
    window.until(lambda: zoom(1) == zoom(2) != before)


def test_a_stack_plays_and_stops(body: Project, open_window: Open) -> None:
    window = open_window(body.readers[2], f"{body.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("c")
    viewer = page.locator(".viewer")
    expect(viewer).to_have_attribute("data-shown", re.compile("[3-9]"))
    window.see("10 frames/s")
    page.keyboard.press("<")
    window.see("8 frames/s")
    page.keyboard.press("c")
    expect(page.get_by_role("button", name="Play or stop")).to_have_attribute(
        "aria-pressed", "false"
    )
    expect(page.get_by_text("frames/s")).to_have_count(0)


def test_windows_are_on_keys_with_the_protocols_own_first(body: Project, open_window: Open) -> None:
    window = open_window(body.readers[3], f"{body.path}/read")
    page = window.page
    image_of(page)
    corner = page.locator(".viewer-corner-bl")
    expect(corner).to_contain_text("W 400 L 40")
    customary = {"4": "W 1500 L −600", "5": "W 2500 L 480", "6": "W 80 L 40", "8": "W 160 L 60"}
    for key, text in customary.items():
        page.keyboard.press(f"Alt+{key}")
        expect(corner).to_contain_text(text)
    page.keyboard.press("Alt+1")
    expect(corner).to_contain_text("W 400 L 40")
