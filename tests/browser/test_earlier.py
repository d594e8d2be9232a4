"""An earlier study hangs beside the case, scrolls with it, and takes no marks."""

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect

from tests import dicoms
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
            array=np.full((64, 64), 100 * number + index, np.int16),
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
