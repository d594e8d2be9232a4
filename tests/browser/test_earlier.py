"""An earlier study hangs beside the case, scrolls with it, and takes no marks."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests import dicoms
from tests.browser import stacks
from tests.browser.clinic import Clinic, eventually
from tests.browser.room import image_of, read_id
from tests.browser.test_layouts import cell, in_cell, shown
from tests.browser.test_marks import marks_of
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def visit(day: str, number: int, count: int, *, seed: int) -> dict[str, bytes]:
    """A short CT of one patient on this day, in a space of its own."""
    return {
        f"{day}/{index}.dcm": dicoms.ct_slice(
            slice_index=index, seed=seed, planted=False,
            array=np.tile(np.arange(64, dtype=np.int16), (64, 1)) + np.int16(100 * number + index),
            PatientID="one person", PatientName="One^Person", StudyDate=day,
        )
        for index in range(count)
    }  # fmt: skip


def test_one_key_hangs_the_earlier_study_beside_the_case_linked_and_only_to_look_at(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Earlier studies")
    project.bring_in(visit("20230910", 2, 5, seed=2) | visit("20230110", 1, 9, seed=1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    strip = page.get_by_role("navigation", name="Series")
    expect(strip).to_contain_text("8 months earlier")
    page.keyboard.press("End")
    shown(page, 1, 4)

    page.keyboard.press("Alt+E")
    expect(cell(page, 2)).to_contain_text("8 months earlier")
    shown(page, 2, 8)
    assert "earlier" not in cell(page, 1).inner_text()
    page.keyboard.press("ArrowUp")
    shown(page, 1, 3)
    shown(page, 2, 7)

    page.keyboard.press("b")
    page.mouse.move(*in_cell(page, 2, 0.4, 0.4))
    page.mouse.down()
    page.mouse.move(*in_cell(page, 2, 0.6, 0.6), steps=3)
    page.mouse.up()
    expect(page.locator("g[data-mark]")).to_have_count(0)
    page.mouse.move(*in_cell(page, 1, 0.4, 0.4))
    page.mouse.down()
    page.mouse.move(*in_cell(page, 1, 0.6, 0.6), steps=3)
    page.mouse.up()
    expect(page.locator("g[data-mark]")).to_have_count(1)
    eventually(lambda: set(marks_of(reader, read)) == {"box"})

    page.keyboard.press("Alt+E")
    expect(cell(page, 2)).to_have_count(0)
    shown(page, 1, 3)
    expect(page.locator("g[data-mark]")).to_have_count(1)


def test_an_earlier_study_in_a_space_of_its_own_is_aligned_by_what_it_shows(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    def ball(day: str, number: int, first: int) -> dict[str, bytes]:
        files = stacks.axial(
            series=number, StudyDate=day, StudyInstanceUID=f"{dicoms.ROOT}.7{number}",
            FrameOfReferenceUID=f"{dicoms.ROOT}.8{number}", PatientID="one person",
        )  # fmt: skip
        return dict(list(files.items())[first:])

    project = clinic.project("Aligned studies")
    project.bring_in(ball("20230910", 72, 0) | ball("20230110", 71, 6))
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    shown(page, 1, 0)
    for _ in range(2):
        page.keyboard.press("PageDown")
    shown(page, 1, 20)
    page.keyboard.press("Alt+E")
    expect(cell(page, 2)).to_contain_text("aligned by content, ±")
    shown(page, 2, 14)

    # by hand, two slices from there, and back
    page.keyboard.press("Shift+S")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+S")
    expect(cell(page, 2)).to_contain_text("linked by hand")
    page.keyboard.press("ArrowDown")
    shown(page, 1, 23)
    shown(page, 2, 15)
    page.keyboard.press("Alt+Shift+S")
    expect(cell(page, 2)).to_contain_text("aligned by content, ±")
    shown(page, 2, 17)


def test_a_second_window_shows_the_earlier_study_follows_and_marks_nothing(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Two windows", readers=2)
    project.bring_in(visit("20230910", 2, 9, seed=2) | visit("20230110", 1, 9, seed=1))
    reader, stranger = project.readers
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("Shift+P")
    page.evaluate("() => { window.kept = window.open; window.open = () => null; }")
    page.keyboard.press("Alt+j")
    expect(page.get_by_role("alert")).to_contain_text("blocked the second window")
    page.evaluate("() => { window.open = window.kept; }")
    page.keyboard.press("]")
    with page.expect_popup() as opened:
        page.keyboard.press("Alt+j")
    second = window.watch(opened.value)
    shown(second, 1, 0)
    expect(second.get_by_role("heading", level=1)).to_have_text("Second window")
    expect(cell(second, 1)).to_contain_text("8 months earlier")
    expect(page.get_by_role("alert")).to_have_count(0)
    grey = page.get_by_title("Choose a window")
    expect(second.get_by_title("Choose a window")).to_have_text(grey.inner_text())

    # whichever is used leads, from where both stand
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    shown(second, 1, 2)
    second.keyboard.press("ArrowDown")
    shown(page, 1, 3)
    before = grey.inner_text()
    second.keyboard.press("]")
    expect(grey).not_to_have_text(before)
    page.keyboard.press("ArrowUp")
    shown(second, 1, 2)

    # what is drawn here is seen there, and nothing is drawn there
    def draw(on: Page, start: float) -> None:
        on.keyboard.press("b")
        on.mouse.move(*in_cell(on, 1, start, start))
        on.mouse.down()
        on.mouse.move(*in_cell(on, 1, start + 0.2, start + 0.2), steps=3)
        on.mouse.up()

    draw(page, 0.4)
    eventually(lambda: set(marks_of(reader, read)) == {"box"})
    drawn = marks_of(reader, read)
    second.get_by_role("navigation", name="Series").get_by_role("button").first.click()
    shown(second, 1, 0)
    shown(page, 1, 2)
    second.keyboard.press("ArrowDown")
    shown(page, 1, 1)
    second.keyboard.press("ArrowDown")
    shown(second, 1, 2)
    expect(second.locator("g[data-mark]")).to_have_count(1)
    draw(second, 0.1)
    expect(page.locator("[data-save]")).to_have_attribute("data-save", "saved")
    assert marks_of(reader, read) == drawn

    # the first may be loaded anew, and both go on to the next case
    page.reload()
    image_of(page)
    page.keyboard.press("End")
    shown(second, 1, 8)
    assert marks_of(reader, read) == drawn
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: read not in url)
    following = read_id(page)
    second.wait_for_url(f"**/{following}/second")
    shown(second, 1, 0)

    # the worklist there marks what is read, and another case is opened from it, the first one kept
    second.keyboard.press("Alt+Shift+j")
    case = second.get_by_role("table", name="My cases").get_by_role("row")
    expect(case.nth(1)).to_have_attribute("aria-current", "true")
    expect(case.nth(1)).to_contain_text("on screen")
    page.keyboard.press("1")
    case.nth(2).click()
    page.wait_for_url(f"**/read/{read}")
    expect(case.nth(2)).to_contain_text("on screen")
    kept = reader.get(f"/reads/{following}")["annotations"]
    assert [one["kind"] for one in kept] == ["answer"]

    # once the first window is closed the list says so, and opens the reading room again
    page.close()
    expect(second.get_by_role("alert")).to_contain_text("The window that was read in is closed")
    again = second.get_by_role("button", name="Open the reading room again")
    # a browser that lets no window be opened answers null
    second.evaluate("() => { window.realOpen = window.open; window.open = () => null; }")
    again.click()
    expect(second.get_by_role("alert")).to_contain_text("The browser blocked a new one")
    second.evaluate("() => { window.open = window.realOpen; }")
    with second.context.expect_page() as opened_again:
        again.click()
    page = window.watch(opened_again.value)
    image_of(page)
    expect(case.nth(1)).to_contain_text("on screen")
    expect(second.get_by_role("alert")).to_have_count(0)
    second.keyboard.press("Alt+j")
    second.wait_for_url(f"**/{following}/second")
    shown(second, 1, 0)

    # another account that signs in in this browser gets to see nothing of it
    window.expect_trouble("404")
    window.sign_in(stranger.email)
    second.reload()
    second.get_by_role("alert").wait_for()
    expect(second.locator(".viewer")).to_have_count(0)
    second.close()
    page.keyboard.press("ArrowDown")
    shown(page, 1, 1)
