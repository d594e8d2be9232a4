"""Every screen at three sizes: nothing overflows, nothing fails, and everyone can use it."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from collimate.kit.settings import REPOSITORY
from tests.browser.clinic import Clinic, Project, labels, radiographs
from tests.browser.taught import Taught
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]
SIZES = [(1920, 1080), (1440, 900), (1280, 800)]
PROJECT_PAGES = (
    "worklist", "overview", "labels", "rules", "members", "assignment", "studies",
    "studies?tab=files", "studies?view=pictures", "learning", "datasets", "review",
)  # fmt: skip
OTHER_PAGES = ("/projects", "/account", "/admin/people", "/admin/jobs", "/admin/audit", "/no/page")
AXE = REPOSITORY / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

WIDER_THAN_THE_WINDOW = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const room = document.documentElement.clientWidth;
  const clipped = (node) => {
    for (let up = node.parentElement; up && up !== document.body; up = up.parentElement) {
      const { overflowX } = getComputedStyle(up);
      if (overflowX !== 'visible' && up.getBoundingClientRect().right <= room + 1) return true;
    }
    return false;
  };
  const look = () => {
    const found = [...document.body.querySelectorAll('*')]
      .filter((node) => node.getBoundingClientRect().right > room + 1 && !clipped(node))
      .map((node) => `${node.tagName} ${node.className}`);
    for (const node of [document.documentElement, document.querySelector('#page')]) {
      if (node && node.scrollWidth > node.clientWidth + 1)
        found.push(`${node.tagName} scrolls sideways`);
    }
    return found.slice(0, 5);
  };
  // Plots are drawn anew for another size in the next frame.
  if (look().length > 0) await frame().then(frame);
  return look();
}"""

GRAVE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'] });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map(({ html }) => html).join(' | ')}`);
}"""


SHOWN = """() => {
  const names = ['aria-label', 'title', 'placeholder', 'aria-description'];
  const texts = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) texts.push(walk.currentNode.data);
  for (const node of document.body.querySelectorAll('*'))
    for (const name of names) if (node.hasAttribute(name)) texts.push(node.getAttribute(name));
  return [...new Set(texts.map((text) => text.trim()))];
}"""


TURN_TO = "href => self.__TSR_ROUTER__.navigate({ href })"


def turn_to(window: Window, path: str) -> None:
    """Another page of the application that is open, as a link of it leads there; settled."""
    window.page.evaluate(TURN_TO, path)
    settle(window)


def settle(window: Window) -> None:
    """Wait until the page has what it asked for."""
    page = window.page
    page.get_by_role("main").wait_for()
    window.until(lambda: page.locator(".mantine-Skeleton-root, [aria-busy=true]").count() == 0)


def widths(window: Window) -> Iterator[str]:
    for width, height in SIZES:
        window.page.set_viewport_size({"width": width, "height": height})
        for text in window.page.evaluate(WIDER_THAN_THE_WINDOW):
            yield f"{window.page.url} at {width}: {text}"


def graves(window: Window) -> list[str]:
    """What axe finds serious or critical on the page."""
    if not window.page.evaluate("'axe' in self"):
        window.page.evaluate(AXE.read_text())
    found: list[Any] = window.page.evaluate(GRAVE)
    return [f"{window.page.url}: {text}" for text in found]


def test_no_screen_overflows_or_shuts_anyone_out(
    clinic: Clinic, taught: Taught, open_window: Open
) -> None:
    clinic.join(taught.project, clinic.admin, "project_admin")
    window = open_window(clinic.admin, "/projects")
    settle(window)
    flaws: list[str] = []
    titles: set[str] = set()
    for path in (*(f"{taught.project.path}/{page}" for page in PROJECT_PAGES), *OTHER_PAGES):
        turn_to(window, path)
        flaws += [*widths(window), *graves(window)]
        titles.add(window.page.title())
    assert not flaws, "\n".join(flaws)
    assert f"Learning · {taught.project.name} · Collimate" in titles
    assert "Nothing is here · Collimate" in titles
    assert len(titles) == len({path.split("?")[0] for path in PROJECT_PAGES}) + 4


@cache
def english_texts() -> re.Pattern[str]:
    """Every English text that German has other words for; a value may stand in each place."""
    folder = REPOSITORY / "frontend" / "src" / "words"
    german = json.loads((folder / "de.json").read_text())
    texts = {
        english.split(" // ")[0]
        for english, text in german.items()
        if english.split(" // ")[0] not in german.values() and ", plural," not in english
    }
    places = [re.sub(r"\\{\w+\\}", ".+", re.escape(text)) for text in texts]
    # A text that is little more than its places would fit anything.
    return re.compile("|".join(one for one in places if ".+" not in one or len(one) > 16))


def left_in_english(window: Window) -> list[str]:
    """What a window in German still says in English."""
    english = english_texts()
    texts: list[str] = window.page.evaluate(SHOWN)
    left = [text for text in texts if text != "English" and english.fullmatch(text)]
    return [f"{window.page.url}: {text}" for text in left]


def test_every_screen_speaks_german_to_a_browser_that_asks_for_it(
    clinic: Clinic, taught: Taught, open_window: Open
) -> None:
    flaws: list[str] = []

    def look(window: Window) -> None:
        wide = window.page.evaluate(WIDER_THAN_THE_WINDOW)
        flaws.extend((*left_in_english(window), *(f"{window.page.url}: {text}" for text in wide)))

    size = {"width": 1440, "height": 900, "locale": "de-DE"}
    door = open_window(path="/sign-in", **size)
    door.page.get_by_label("Passwort").wait_for()
    look(door)
    clinic.join(taught.project, clinic.admin, "project_admin")
    window = open_window(clinic.admin, "/projects", **size)
    settle(window)
    for path in (*(f"{taught.project.path}/{page}" for page in PROJECT_PAGES), *OTHER_PAGES):
        turn_to(window, path)
        look(window)
    assert window.page.locator("html").get_attribute("lang") == "de"
    flaws += graves(window)
    assert not flaws, "\n".join(flaws)


def test_the_sign_in_page_shuts_nobody_out(open_window: Open) -> None:
    window = open_window(path="/sign-in")
    window.page.get_by_label("E-mail").wait_for()
    flaws = [*widths(window), *graves(window)]
    assert not flaws, "\n".join(flaws)


def long_project(clinic: Clinic) -> Project:
    """Names as long as they may be, without a place to break."""
    project = clinic.project("Thorax" * 33, guideline="Gg" * 900)
    reader = clinic.person("Wolfeschlegelsteinhausenbergerdorff" * 5)
    clinic.join(project, reader, "reader")
    project.readers = [reader]
    body = {"question": "Whatis" * 80, "answer_mode": "multi", "labels": labels(["Xx" * 59, "Y"])}
    project.lead.post(f"{project.path}/label-schema", body)
    project.bring_in({"n" * 250 + ".dcm": next(iter(radiographs(1).values())), "t" * 260: b"text"})
    return project


def test_very_long_names_break_no_screen(clinic: Clinic, open_window: Open) -> None:
    project = long_project(clinic)
    window = open_window(project.lead, "/projects")
    settle(window)
    flaws: list[str] = []
    for path in (*(f"{project.path}/{page}" for page in PROJECT_PAGES), "/projects"):
        turn_to(window, path)
        flaws += widths(window)
    # German words are the longer ones.
    reading = open_window(project.readers[0], f"{project.path}/read", locale="de-DE")
    reading.page.locator(".viewer[data-state=shown]").wait_for()
    flaws += [*widths(reading), *graves(reading), *left_in_english(reading)]
    assert not flaws, "\n".join(flaws)
