"""Help and palette read the same registry as the keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.clinic import Clinic, eventually, radiographs
from tests.browser.room import image_of
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def test_a_question_mark_lists_the_keys_of_where_one_is(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Help")
    project.bring_in(radiographs(1))
    window = open_window(project.readers[0], f"{project.path}/worklist")
    page = window.page
    expect(window.button("Read next")).to_be_enabled()
    page.keyboard.press("?")
    help_panel = page.get_by_role("dialog", name="Keys on this screen")
    for title in ("Read next", "Next row", "Go to Worklist", "Find a command"):
        help_panel.get_by_role("term").filter(has_text=title).first.wait_for()
    page.keyboard.press("Escape")
    expect(help_panel).to_have_count(0)
    page.keyboard.press("Enter")
    image_of(page)
    page.keyboard.press("?")
    for title in ("Normal", "Submit and next", "Undo", "Window and level", "Hide all marks"):
        help_panel.get_by_role("term").filter(has_text=title).first.wait_for()
    expect(help_panel.get_by_role("term").filter(has_text="Next row")).to_have_count(0)


def test_the_palette_finds_and_runs_a_command(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Palette")
    project.bring_in(radiographs(1))
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("Control+k")
    page.get_by_label("Find a command").fill("inv")
    expect(
        page.get_by_role("option", name="Invert").or_(window.button("Invert"))
    ).not_to_have_count(0)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    window.see("inverted")
    page.keyboard.press("Control+k")
    page.get_by_label("Find a command").fill("no such command at all")
    window.see("No command has this name")


def test_letters_typed_into_a_field_are_no_commands(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Typing")
    project.bring_in(radiographs(1))
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("k")
    page.get_by_label("Another reason").fill("")
    page.get_by_label("Another reason").press_sequentially("bilk 1?")
    expect(page.get_by_label("Another reason")).to_have_value("bilk 1?")
    expect(page.locator("[role=radio][aria-checked=true]")).to_have_count(0)


def test_words_grow_by_key_and_are_as_large_on_the_next_computer(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Far away")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    image_of(window.page)
    panel = window.page.get_by_role("complementary", name="Reading")
    usual = panel.bounding_box()
    assert usual is not None
    for _ in range(2):
        window.page.keyboard.press("Alt+=")
    eventually(lambda: reader.get("/session")["user"]["preferences"]["reading_scale"] == 130)
    other = open_window(reader, f"{project.path}/read")
    image_of(other.page)
    for page in (window.page, other.page):
        wide = page.get_by_role("complementary", name="Reading").bounding_box()
        assert wide is not None
        assert wide["width"] == pytest.approx(1.3 * usual["width"], abs=2)
        assert wide["x"] + wide["width"] == pytest.approx(1280, abs=1)
