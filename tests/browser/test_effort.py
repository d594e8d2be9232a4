"""How many keys and presses typical jobs take, counted by the page and published as a table."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.clinic import Clinic, eventually, radiographs
from tests.browser.room import choice, click, drag, image_of, read_id, see_saved
from tests.browser.window import Window

pytestmark = pytest.mark.browser

PUBLISHED = Path(__file__).parents[2] / "docs" / "benchmarks.md"

COUNT = """
  const effort = { keys: 0, presses: 0 };
  window.effort = effort;
  const MODIFIERS = ['Shift', 'Control', 'Alt', 'Meta'];
  addEventListener('keydown', (event) => {
    if (!event.repeat && !MODIFIERS.includes(event.key)) effort.keys += 1;
  }, true);
  addEventListener('pointerdown', () => { effort.presses += 1; }, true);
"""


class Counter:
    """Counts what each job takes from the reader's hands."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.rows: list[tuple[str, int, int]] = []

    def job(self, name: str, work: Callable[[], None]) -> None:
        before = self.page.evaluate("({ ...window.effort })")
        work()
        after = self.page.evaluate("({ ...window.effort })")
        spent = (after["keys"] - before["keys"], after["presses"] - before["presses"])
        self.rows.append((name, *spent))

    def table(self) -> str:
        rows = [f"| {name} | {keys} | {presses} |" for name, keys, presses in self.rows]
        return "\n".join(["| job | keys | presses of the mouse |", "|---|---|---|", *rows])


def test_routine_steps_take_one_key_or_press_each_and_the_table_says_so(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Effort")
    project.bring_in(radiographs(6))
    reader = project.readers[0]
    window = open_window(reader)
    page = window.alter()
    page.add_init_script(COUNT)
    window.go(f"{project.path}/read")
    counter = Counter(page)
    marks = page.locator("g[data-mark]")

    def press(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)

    def see_another(than: str) -> None:
        page.wait_for_url(re.compile(f"/read/(?!{than})[0-9a-f-]+$"))
        image_of(page)

    def answer_and_go_on() -> None:
        press("3", "Enter")
        see_another(first)

    def box_a_finding_and_go_on() -> None:
        press("4", "b")
        drag(page, (0.42, 0.3), (0.5, 0.45))
        expect(marks).to_have_count(1)
        press("Enter")
        see_another(second)

    def two_boxes() -> None:
        drag(page, (0.42, 0.3), (0.46, 0.4))
        drag(page, (0.55, 0.3), (0.6, 0.4))
        expect(marks).to_have_count(before + 2)

    def outline() -> None:
        press("g")
        click(page, (0.45, 0.6), (0.5, 0.6), (0.5, 0.7))
        press("Enter")
        expect(marks).to_have_count(before + 1)

    def length() -> None:
        press("l")
        drag(page, (0.42, 0.8), (0.58, 0.8))
        expect(marks).to_have_count(before + 1)

    def undo() -> None:
        press("Control+z")
        expect(marks).to_have_count(before - 1)

    def correct() -> None:
        press("2")
        expect(choice(page, "Pneumonia")).to_have_attribute("aria-checked", "true")

    def hide() -> None:
        page.keyboard.down("h")
        expect(marks).to_have_count(0)
        page.keyboard.up("h")
        expect(marks).to_have_count(before)

    def invert() -> None:
        press("i")

    def skip() -> None:
        press("k", "1")
        see_another(third)

    def raise_an_issue() -> None:
        press("Alt+q", "?", "Enter")
        see_another(fourth)

    def back_correct_and_submit() -> None:
        press("Shift+Enter")
        page.wait_for_url(re.compile(f"/read/{first}$"))
        image_of(page)
        press("Shift+Backspace")
        expect(choice(page, "Pneumothorax")).to_be_enabled()
        press("5")
        expect(choice(page, "Pneumothorax")).to_have_attribute("aria-checked", "true")
        press("Enter")
        see_another(first)

    image_of(page)
    first = read_id(page)
    counter.job("answer a case and open the next one", answer_and_go_on)
    counter.job("go back to the last read, correct it, submit it again", back_correct_and_submit)
    second = read_id(page)
    counter.job("answer, box one finding, open the next case", box_a_finding_and_go_on)
    third = read_id(page)
    press("b")
    before = 0
    counter.job("box two more findings with the tool in hand", two_boxes)
    before = 2
    counter.job("outline a finding with three corners", outline)
    before = 3
    counter.job("measure a length", length)
    before = 4
    counter.job("take back the last step", undo)
    before = 3
    press("1")
    counter.job("change the answer", correct)
    counter.job("hide all marks for a moment", hide)
    counter.job("invert the image", invert)
    see_saved(page)
    counter.job("skip a case with a reason and open the next one", skip)

    fourth = read_id(page)
    counter.job("raise an issue (with one letter) and open the next case", raise_an_issue)

    def stored() -> bool:
        (one,) = [
            row for row in reader.get(f"/reads/{first}")["annotations"] if row["kind"] == "answer"
        ]
        return one["revision"]["content"]["label_keys"] == ["pneumothorax"]

    eventually(stored)
    print(counter.table())
    assert counter.table() in PUBLISHED.read_text()
