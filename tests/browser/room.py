"""The reading room as a reader uses it: wait for the image, press keys, draw, see it saved."""

import math
import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.clinic import eventually

Points = list[list[float]]


def image_of(page: Page) -> Locator:
    """The viewport, once an image is on it."""
    viewport = page.locator(".viewer[data-state=shown]")
    viewport.wait_for()
    return viewport


def case_title(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def read_id(page: Page) -> str:
    """The read the address speaks of."""
    page.wait_for_url(re.compile(r"/read/[0-9a-f-]{36}"))
    return page.url.rsplit("/", 1)[1]


def see_saved(page: Page) -> None:
    """Wait until the window says that the server has everything."""
    badge = page.locator("[data-save]")
    expect(badge).to_have_attribute("data-save", "saved")
    expect(badge).to_have_text(re.compile(r"All saved|Saved \d\d:\d\d:\d\d"))


def choice(page: Page, name: str) -> Locator:
    return page.get_by_role("radio", name=re.compile(re.escape(name)))


def drag(
    page: Page, start: tuple[float, float], *stops: tuple[float, float], button: Any = "left"
) -> None:
    """Press at a place of the image, move over the stops, let go; shares of the viewport."""
    place = place_on(page)
    page.mouse.move(*place(start))
    page.mouse.down(button=button)
    for stop in stops:
        page.mouse.move(*place(stop), steps=3)
    page.mouse.up(button=button)


def click(page: Page, *places: tuple[float, float]) -> None:
    place = place_on(page)
    for one in places:
        page.mouse.click(*place(one))


def place_on(page: Page) -> Any:
    """Turns shares of the viewport into places on the page."""
    box = page.locator(".viewer-stage").bounding_box()
    assert box is not None
    return lambda at: (box["x"] + at[0] * box["width"], box["y"] + at[1] * box["height"])


def drawn_paths(page: Page) -> list[str]:
    """The outlines of the marks on screen, in canvas pixels."""
    paths = page.locator(".viewer-marks g[data-mark] path:first-child")
    return sorted(str(path.get_attribute("d")) for path in paths.all())


def numbers(path: str) -> list[float]:
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]


def is_near(one: Points, other: Points, *, within: float = 0.1) -> bool:
    return len(one) == len(other) and all(
        math.dist(first, second) <= within for first, second in zip(one, other, strict=True)
    )


def picture(page: Page) -> bytes:
    """The pixels of the viewport as they are on screen, once they stand still."""
    page.mouse.move(5, 5)
    last = b""

    def stands_still() -> bool:
        nonlocal last
        before, last = last, page.locator(".viewer-stage canvas").first.screenshot()
        return before == last

    eventually(stands_still)
    return last


def answer(page: Page, key: str) -> None:
    """Answer by key and wait until it is saved."""
    page.keyboard.press(key)
    expect(page.locator("[role=radio][aria-checked=true]")).to_have_count(1)
    see_saved(page)
