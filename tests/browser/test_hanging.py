"""A layout kept once hangs the next cases alike, for its reader and for everyone in the project."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import dicoms
from tests.browser.clinic import Clinic, eventually
from tests.browser.room import image_of, read_id
from tests.browser.test_layouts import cell, shown
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def two_series(patient: int) -> dict[str, bytes]:
    """A CT of two axial series of five and three slices."""
    return {
        f"{patient}/{series}/{index}.dcm": dicoms.ct_slice(
            slice_index=10 * series + index, seed=40 + patient, planted=False,
            SeriesInstanceUID=f"{dicoms.ROOT}.{41 + patient}.{series}", SeriesNumber=series,
        )
        for series, count in ((1, 5), (2, 3))
        for index in range(count)
    }  # fmt: skip


def run(page: Page, title: str) -> None:
    """Run a command by its title from the palette."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("textbox", name="Find a command")
    box.fill(title)
    page.get_by_role("option", name=title).or_(page.get_by_role("button", name=title)).click()
    expect(box).to_have_count(0)


def test_a_layout_kept_for_oneself_and_for_everyone_hangs_the_next_cases(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Hanging")
    clinic.join(project, project.readers[0], "project_admin")
    second = clinic.person("Second Reader")
    clinic.join(project, second, "reader")
    files: dict[str, bytes] = {}
    for patient in range(3):
        files |= two_series(patient)
    project.bring_in(files)
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    first = read_id(page)

    # a window of one's own, by numbers, takes a key from a customary one
    page.keyboard.press("Alt+Shift+W")
    panel = page.get_by_role("region", name="Window by numbers")
    expect(panel.get_by_label("Centre")).to_be_focused()
    panel.get_by_label("Width").fill("90")
    panel.get_by_label("Centre").fill("30")
    grey = page.get_by_title("Choose a window")
    expect(grey).to_have_text("W 90 L 30")
    panel.get_by_label("Keep the window on screen as").fill("Cord")
    page.keyboard.press("Enter")
    panel.get_by_label("Key of Cord").select_option("3")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    page.keyboard.press("Alt+4")
    expect(grey).to_have_text("W 1500 L −600")
    page.keyboard.press("Alt+3")
    expect(grey).to_have_text("W 90 L 30")
    (own,) = eventually(lambda: reader.get("/session")["user"]["preferences"].get("windows"))
    assert (own["name"], own["modality"], own["unit"]) == ("Cord", "CT", "HU")
    page.keyboard.press("Alt+1")

    page.keyboard.press("Shift+L")
    shown(page, 2, 0)
    page.keyboard.press("n")
    page.keyboard.press("Alt+4")
    page.keyboard.press("Shift+U")
    overlay = cell(page, 2).locator("[data-overlay]")
    expect(overlay).to_contain_text("HU · 50 %")
    page.keyboard.press("Alt+9")
    expect(overlay).to_contain_text("HU · 40 %")
    run(page, "Hang cases like this as on screen, for me")
    page.get_by_role("status").get_by_text("cases like this hang so for you").wait_for()
    eventually(lambda: reader.get("/session")["user"]["preferences"].get("hanging"))
    (mine,) = reader.get("/session")["user"]["preferences"]["hanging"]
    assert mine["name"] == "CT CHEST"
    assert [one["number"] for one in mine["stages"][0]["cells"]] == [0, 1]
    assert mine["stages"][0]["cells"][1]["window"] == "Lung"
    kept = mine["stages"][0]["cells"][1]["overlay"]
    assert (kept["opacity"], kept["ends"]["unit"]) == (0.4, "HU")
    page.keyboard.press("Shift+L")
    page.keyboard.press("Shift+L")
    run(page, "Add what is on screen as a stage, for everyone")

    def of_project() -> Any:
        return project.lead.get(project.path)["reading_rules"]["hanging"]

    eventually(of_project)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/read/" in url and not url.endswith(first))
    shown(page, 1, 2)
    shown(page, 2, 1)
    expect(cell(page, 3)).to_have_count(0)
    expect(cell(page, 2)).to_contain_text("W 1500 L −600")
    expect(overlay).to_contain_text("CT · 1")
    expect(overlay).to_contain_text("HU · 40 %")
    expect(cell(page, 1).locator("[data-overlay]")).to_have_count(0)

    other = open_window(second, f"{project.path}/read")
    cell(other.page, 3).wait_for()
    shown(other.page, 1, 2)

    window.go("/account")
    window.see("CT · CHEST · no earlier study")
    window.button("Delete CT CHEST").click()
    window.see("No hanging protocol yet")
    eventually(lambda: reader.get("/session")["user"]["preferences"]["hanging"] == [])
