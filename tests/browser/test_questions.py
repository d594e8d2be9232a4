"""A lead asks more than a class, a reader answers by key, nothing is submitted half answered."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.clinic import Clinic, Project, labels, radiographs
from tests.browser.room import drag, image_of, read_id, see_saved
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def ask(project: Project, *attributes: dict[str, object], **schema: object) -> None:
    body = {"question": "What is the main finding?", "answer_mode": "single", "labels": labels()}
    project.lead.post(f"{project.path}/label-schema", {**body, "attributes": attributes, **schema})


def design_an_attribute(window: Window) -> None:
    """A required choice for every opacity, made in the designer."""
    page = window.page
    page.get_by_role("button", name="Attribute", exact=True).click()
    card = page.get_by_role("region", name="new attribute")
    card.get_by_role("textbox", name="Attribute").fill("Margin")
    card = page.get_by_role("region", name="Margin")
    window.see("It needs 2 choices or more.")
    card.get_by_label("Asked of").click()
    page.get_by_role("option", name="Every mark").click()
    for choice in ("Sharp", "Blurred"):
        card.get_by_label("Choices").fill(choice)
        page.keyboard.press("Enter")
    card.get_by_label("Only for").click()
    page.get_by_role("option", name="Opacity").click()
    page.keyboard.press("Escape")
    card.get_by_label("Required").check()
    page.get_by_role("button", name="Save", exact=True).click()
    saved = page.get_by_role("button", name="Save", exact=True)
    expect(saved).to_be_disabled()


def test_what_is_asked_is_answered_by_key_before_a_case_is_submitted(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Questions")
    days = {"name": "Days ill", "kind": "number", "scope": "study", "unit": "d", "maximum": 60}
    when = {"attribute": "acute", "any_of": ["yes"]}
    ask(
        project,
        {"name": "Acute", "kind": "yes_no", "scope": "study", "is_required": True},
        {**days, "is_required": True, "shown_when": when},
    )
    design_an_attribute(open_window(project.lead, f"{project.path}/labels"))
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("2")
    page.keyboard.press("b")
    drag(page, (0.42, 0.3), (0.5, 0.45))
    page.keyboard.press("Enter")
    window.see("Acute (This study), and 1 more to be answered")
    page.keyboard.press("1")
    expect(page.get_by_label("Days ill")).to_be_focused()
    page.keyboard.type("90")
    window.see("60 d or less")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.press("Control+a")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    page.keyboard.press("/")
    window.see("Margin (Opacity) to be answered")
    page.keyboard.press("2")
    see_saved(page)
    page.keyboard.press("Enter")
    window.see("Nothing left to read")
    (_, about, mark) = (one["revision"]["content"] for one in answers(project, read))
    assert about["values"] == {"acute": "yes", "days_ill": 12}
    assert mark["values"] == {"margin": "blurred"}


def answers(project: Project, read: str) -> list[dict[str, object]]:
    """Everything said in words: the answer first, then attributes by what they are about."""
    found = project.readers[0].get(f"/reads/{read}")["annotations"]
    said = [one for one in found if one["kind"] in ("answer", "attributes")]
    return sorted(said, key=lambda one: (one["kind"], one["revision"]["content"].get("target")))


def test_a_case_is_excluded_by_key_counted_and_brought_back_by_review(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Excluding", review_required=True)
    reasons = [{"name": "Wrong body part"}, {"name": "Unreadable"}]
    ask(project, exclusion_reasons=reasons, quality_verdict="required")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    window.see("Image quality (This study) to be answered")
    page.keyboard.press("2")
    see_saved(page)
    page.keyboard.press("Alt+k")
    window.see("Why leave this case out?")
    page.keyboard.press("2")
    window.see("Nothing left to read")

    lead = open_window(project.lead, project.path)
    lead.see("Unreadable: 1")
    lead.go(f"{project.path}/review")
    lead.see("Excluded: Unreadable")
    lead.page.get_by_label("Word to the reader").fill("The lungs are shown well enough.")
    lead.page.get_by_role("button", name="Return").click()
    lead.see("No read is waiting")

    window.go(f"{project.path}/read/{read}")
    image_of(page)
    window.see("The lungs are shown well enough.")
    page.keyboard.press("Alt+k")
    page.keyboard.press("0")
    expect(page.get_by_role("region", name="Excluded")).to_have_count(0)
    page.keyboard.press("Enter")
    window.see("Nothing left to read")
    assert project.lead.get(f"{project.path}/outcomes") == {
        "excluded_count": 0, "by_reason": {}, "by_quality": {"limited": 1},
    }  # fmt: skip
