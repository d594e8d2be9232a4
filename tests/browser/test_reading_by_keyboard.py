"""A reader reads by keyboard only, and the server holds exactly what was pressed."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.clinic import CLASSES, Clinic, radiographs
from tests.browser.room import image_of, read_id, see_saved
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def test_ten_cases_are_read_by_keyboard_and_the_server_holds_those_answers(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Ten by keyboard")
    project.bring_in(radiographs(10))
    window = open_window(project.readers[0])
    page = window.page
    expect(window.button("Read next")).to_be_enabled()
    page.keyboard.press("Enter")
    pressed = []
    for number in range(10):
        page.get_by_role("heading", name=f"Case {number + 1} of").wait_for()
        image_of(page)
        here = read_id(page)
        digit = number * 3 % len(CLASSES)
        pressed.append((here, CLASSES[digit].lower()))
        page.keyboard.press(str(digit + 1))
        page.keyboard.press("Enter")
        if number < 9:
            page.wait_for_url(re.compile(f"/read/(?!{here})[0-9a-f-]+$"))
    window.see("Nothing left to read")

    stored = []
    for read in project.reads_of(project.readers[0]):
        (annotation,) = read["annotations"]
        (label,) = annotation["revision"]["content"]["label_keys"]
        assert read["read"]["state"] == "submitted"
        stored.append((read["read"]["id"], label))
    assert stored == pressed

    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/worklist"))
    page.get_by_text("10 cases").wait_for()


def test_a_case_without_an_answer_is_not_submitted(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("No answer")
    project.bring_in(radiographs(1))
    window = open_window(project.readers[0], f"{project.path}/read")
    image_of(window.page)
    window.page.keyboard.press("Enter")
    window.see("Choose an answer, then submit.")
    window.page.keyboard.press("2")
    see_saved(window.page)
    window.page.keyboard.press("Enter")
    window.see("Nothing left to read")


def test_a_case_is_skipped_with_a_reason_by_key(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Skipping")
    project.bring_in(radiographs(1))
    window = open_window(project.readers[0], f"{project.path}/read")
    image_of(window.page)
    window.page.keyboard.press("k")
    window.see("Why skip this case?")
    window.page.keyboard.press("1")
    window.see("Nothing left to read")
    (row,) = project.readers[0].get(f"{project.path}/worklist")["mine"]
    assert (row["state"], row["skip_reason"]) == ("skipped", "Image quality too poor")


def test_the_next_case_is_fetched_before_it_is_asked_for(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Prefetch")
    project.bring_in(radiographs(2))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    first = reader.get(f"/reads/{read_id(page)}")["study"]["study_uid"]

    def is_early(url: str) -> bool:
        return "/frames/" in url and first not in url

    window.until(lambda: any(is_early(url) for url in window.arrived))
    before = len(window.requests)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Case 2 of").wait_for()
    image_of(page)
    assert not [url for url in window.requests[before:] if "/frames/" in url]
