"""A lead writes what a label means and gives an example; a reader opens both beside the image."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.clinic import Clinic, radiographs
from tests.browser.room import answer, image_of, read_id
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def test_a_reader_opens_the_guide_by_key_and_sees_a_finished_case_as_an_example(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Lungs by the book", guideline="# Rules\n- Look **twice**.")
    project.bring_in(radiographs(2))
    for study in project.lead.get(f"{project.path}/studies")["items"]:
        text = {"text": "Cough.\nPneumonia?", "replaces": 0, "is_deidentified": True}
        project.lead.put(f"/studies/{study['id']}/text", text)
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    clinical = page.get_by_role("region", name="Text of the study")
    expect(clinical).to_have_text("Cough.\nPneumonia?")
    page.keyboard.press("Alt+z")
    expect(clinical).to_have_count(0)
    answer(page, "2")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Case 2 of").wait_for()

    lead = open_window(project.lead, f"{project.path}/rules")
    lead.page.get_by_role("combobox", name="What a label means").click()
    lead.page.get_by_role("option", name="Pneumonia").click()
    lead.page.get_by_label("Text for this label").fill("An opacity with *air* bronchograms.")
    lead.page.get_by_role("button", name="Save").first.click()
    lead.see("Saved.")
    lead.go(f"{project.path}/read/{read}")
    image_of(lead.page)
    lead.page.keyboard.press("F1")
    guide = lead.page.get_by_role("region", name="Guide")
    guide.get_by_role("combobox", name="Of").click()
    lead.page.get_by_role("option", name="Pneumonia").click()
    guide.get_by_label("Caption").fill("Right lower lobe")
    guide.get_by_role("button", name="Show as an example").click()
    guide.get_by_role("img", name="Right lower lobe").wait_for()

    image_of(page)
    expect(clinical).to_have_count(0)
    page.get_by_role("button", name="Clinical text").click()
    clinical.wait_for()
    page.keyboard.press("F1")
    guide = page.get_by_role("region", name="Guide")
    expect(guide.get_by_role("strong")).to_have_text("twice")
    expect(guide.get_by_role("emphasis")).to_have_text("air")
    example = guide.get_by_role("img", name="Right lower lobe")
    window.until(lambda: example.evaluate("one => one.naturalWidth") > 100)
    expect(guide.get_by_role("button")).to_have_count(0)
    page.keyboard.press("F1")
    expect(guide).to_have_count(0)
