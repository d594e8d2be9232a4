"""A reader pins a question to a place or sets the case aside with it; a reviewer answers."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.clinic import Clinic, eventually, radiographs
from tests.browser.room import answer, choice, image_of, read_id
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def test_a_comment_is_pinned_by_key_and_answered_where_it_lies(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Commented", review_required=True)
    project.bring_in(radiographs(2))
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    box = page.locator(".viewer-stage").bounding_box()
    assert box is not None
    spot = (box["x"] + 0.45 * box["width"], box["y"] + 0.4 * box["height"])
    page.mouse.move(*spot)
    page.keyboard.press("Alt+m")
    expect(page.get_by_label("Comment: Enter sends")).to_be_focused()
    page.keyboard.type("Is this a fold?")
    page.keyboard.press("Enter")
    pin = page.get_by_role("button", name="Comment 1")
    pin.wait_for()
    place = pin.bounding_box()
    assert place is not None
    # the tip of a pin is its lower left corner
    assert abs(place["x"] - spot[0]) < 2
    assert abs(place["y"] + place["height"] - spot[1]) < 2
    with window.offline():
        page.keyboard.press("Alt+m")
        page.keyboard.type("Said offline.")
        page.keyboard.press("Enter")
        window.see("Kept here, will be sent")
    eventually(lambda: len(project.readers[0].get(f"/reads/{read}/comments")["items"]) == 2)
    answer(page, "1")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/read/(?!{read})"))
    image_of(page)
    asked = read_id(page)
    answer(page, "2")
    page.keyboard.press("Alt+q")
    page.keyboard.type("Which lead is this?")
    page.keyboard.press("Enter")
    window.see("Nothing left to read")

    lead = open_window(project.lead, f"{project.path}/read/{read}")
    image_of(lead.page)
    lead.see(re.compile(r"Comments \(\d open\)"))
    lead.page.keyboard.press("Alt+.")
    lead.see("The reader,")
    lead.page.get_by_label("Reply: Enter sends").fill("Yes, a skin fold.")
    lead.page.keyboard.press("Enter")
    lead.see("Yes, a skin fold.")
    lead.page.get_by_role("button", name="Mark as settled").click()

    def thread_of() -> dict[str, Any]:
        found = project.readers[0].get(f"/reads/{read}/comments")["items"][0]
        return dict(found)

    eventually(lambda: thread_of()["resolved_at"])
    thread = thread_of()
    assert [one["text"] for one in thread["comments"]] == ["Is this a fold?", "Yes, a skin fold."]

    lead.go(f"{project.path}/review")
    lead.page.get_by_text("Issues", exact=True).click()
    lead.page.get_by_role("cell", name="Which lead is this?").click()
    lead.page.wait_for_url(re.compile(f"/read/{asked}$"))
    lead.page.get_by_label("Answer: Enter sends").fill("The pacemaker's.")
    lead.page.keyboard.press("Enter")
    lead.see("the case is with its reader again")

    window.go(f"{project.path}/read")
    image_of(page)
    assert read_id(page) == asked
    window.see("Your question was answered")
    window.see("The pacemaker's.")
    expect(choice(page, "Pneumonia")).to_have_attribute("aria-checked", "true")
