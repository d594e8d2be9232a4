"""Mammograms hang with their chest walls meeting, at one scale, and marks stay where they are."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import breasts
from tests.browser.clinic import Clinic, eventually
from tests.browser.room import is_near, numbers, read_id, see_saved
from tests.browser.test_layouts import cell, in_cell, shown
from tests.browser.test_marks import marks_of, server_holds
from tests.browser.window import Window

pytestmark = pytest.mark.browser

WALLS = {1: "right", 2: "left", 3: "right", 4: "left"}
"""The side of each viewport at which the chest wall lies."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom in CSS pixels."""


def pixels(page: Page, number: int) -> np.ndarray:
    """Grey values of a viewport as it is on screen."""
    canvas = cell(page, number).locator("canvas").first
    return np.asarray(Image.open(BytesIO(canvas.screenshot())).convert("L"))


def along_edge(grey: np.ndarray, side: str) -> int:
    """How many pixels near this edge of a viewport show breast."""
    column = grey[6:-6, -4 if side == "right" else 3]
    return int((column > 40).sum())


def spot(page: Page, number: int, wall: str) -> Box:
    """Where the bright spot lies in a viewport."""
    grey = pixels(page, number)
    height, width = grey.shape
    middle = round(width / 2)
    first = middle if wall == "right" else 4
    # the upper half towards the chest wall, without the letters at the edges
    seen = grey[30 : round(height / 2) - 12, first : first + middle - 4] > 165
    down, along = np.nonzero(seen)
    if not len(down):
        return (0, 0, 0, 0)
    return (
        first + float(along.min()), 30 + float(down.min()),
        first + float(along.max()) + 1, 30 + float(down.max()) + 1,
    )  # fmt: skip


def place_of_canvas(page: Page, number: int) -> tuple[float, float, float, float]:
    """Left and top on the page, width and height in pixels of its own."""
    canvas = cell(page, number).locator("canvas").first
    box = canvas.bounding_box()
    assert box is not None
    width, height = canvas.evaluate("one => [one.clientWidth, one.clientHeight]")
    return box["x"], box["y"], width, height


def planned_spot(page: Page, number: int) -> Box:
    """Where the spot has to lie: the largest view fits, the chest wall at the edge of its side."""
    _, _, width, height = place_of_canvas(page, number)
    scale = min(width / breasts.WIDEST_MM, height / breasts.TALLEST_MM)
    far, near, up, low = (scale * length for length in breasts.SPOT_MM)
    left, right = (near, far) if WALLS[number] == "left" else (width - far, width - near)
    return left, height / 2 - up, right, height / 2 - low


def outline(page: Page, number: int) -> Box:
    """The corners of the only mark of a viewport."""
    path = cell(page, number).locator(".viewer-marks g[data-mark] path:first-child")
    values = numbers(path.get_attribute("d") or "")
    return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])


def is_at(one: Box, other: Box, *, within: float) -> bool:
    return all(abs(a - b) <= within for a, b in zip(one, other, strict=True))


def mirrored(box: Box, width: float) -> Box:
    return width - box[2], box[1], width - box[0], box[3]


def see_spot(page: Page, number: int) -> None:
    """The spot lies where it was planned, to what can be seen of its edges."""
    page.mouse.move(5, 5)
    wall = WALLS[number]
    eventually(lambda: is_at(spot(page, number, wall), planned_spot(page, number), within=2))


def see_four_views(page: Page) -> None:
    for number, name in enumerate(("R CC", "L CC", "R MLO", "L MLO"), start=1):
        shown(page, number, 0)
        expect(cell(page, number).locator(".viewer-view")).to_have_text(name)


def see_hung(page: Page) -> None:
    """Chest walls meet at one scale, letters and texts stand where they should."""
    for number in WALLS:
        see_spot(page, number)
    pictures = {number: pixels(page, number) for number in WALLS}
    lengths = [along_edge(pictures[number], side) for number, side in WALLS.items()]
    # 100 mm of chest wall are equally long in all four, whatever their pixels and sizes
    assert max(lengths) - min(lengths) <= 3, lengths
    for number, side in WALLS.items():
        away = {"right": "left", "left": "right"}[side]
        assert along_edge(pictures[number], away) == 0
        expect(cell(page, number).locator(f".viewer-edge-{side}")).to_have_text("P")
        expect(cell(page, number).locator(".viewer-edge-top")).to_have_text(
            {1: "R", 2: "L"}.get(number, "H")
        )
        # every text on the side away from the chest wall
        box = cell(page, number).bounding_box()
        assert box is not None
        for text in cell(page, number).locator(".viewer-corner").all():
            at = text.bounding_box()
            assert at is not None
            middle = at["x"] + at["width"] / 2 - box["x"]
            assert (middle < box["width"] / 2) == (away == "left")


def stored(page: Page, number: int, box: Box) -> list[list[float]]:
    """Corners in pixels of the left oblique view as its file holds it, chest wall at the right."""
    _, _, width, height = place_of_canvas(page, number)
    scale = min(width / breasts.WIDEST_MM, height / breasts.TALLEST_MM)

    def pixel(x: float, y: float) -> list[float]:
        from_wall, below = x / scale, (y - height / 2) / scale
        return [
            (breasts.WIDEST_MM - from_wall) / breasts.SPACING_MM,
            (breasts.TALLEST_MM / 2 + below) / breasts.SPACING_MM,
        ]

    return [pixel(box[2], box[1]), pixel(box[0], box[3])]


def test_four_views_hang_with_chest_walls_meeting_and_marks_stay_where_they_are(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Screening")
    project.bring_in(breasts.screening() | breasts.earlier())
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    see_four_views(page)
    read = read_id(page)
    see_hung(page)

    # a box drawn around the spot on a mirrored image lies on the spot of the stored one
    left, top, width, height = place_of_canvas(page, 4)
    planned = planned_spot(page, 4)
    drawn = (
        round(left + planned[0]) - left, round(top + planned[1]) - top,
        round(left + planned[2]) - left, round(top + planned[3]) - top,
    )  # fmt: skip
    page.keyboard.press("b")
    page.mouse.move(left + drawn[0], top + drawn[1])
    page.mouse.down()
    page.mouse.move(left + drawn[2], top + drawn[3], steps=4)
    page.mouse.up()
    server_holds(reader, read, "box")
    see_saved(page)
    points = marks_of(reader, read)["box"]["points"]
    assert is_near(points, stored(page, 4, drawn)), (points, stored(page, 4, drawn))
    pixel = min(width / breasts.WIDEST_MM, height / breasts.TALLEST_MM) * breasts.SPACING_MM
    expect(page.locator("g[data-mark]")).to_have_count(1)
    page.reload()
    see_four_views(page)
    expect(cell(page, 4).locator("g[data-mark]")).to_have_count(1)
    eventually(lambda: is_at(outline(page, 4), drawn, within=0.1 * pixel))
    assert is_near(marks_of(reader, read)["box"]["points"], points)

    # the exposure that was repeated comes second in its viewport, and hangs alike
    expect(cell(page, 3)).to_contain_text("1/2")
    page.mouse.click(*in_cell(page, 3, 0.3, 0.8))
    page.keyboard.press("End")
    shown(page, 3, 1)
    see_spot(page, 3)

    # zooming one zooms all, as far from the chest wall
    page.keyboard.press("-")
    wall = WALLS[3]
    small = 0.0

    def zoomed(number: int) -> Box:
        if number == 4:
            return outline(page, number)
        seen = spot(page, number, WALLS[number])
        return seen if WALLS[number] == "left" else mirrored(seen, width)

    def is_smaller() -> bool:
        nonlocal small
        box = spot(page, 3, wall)
        small = box[2] - box[0]
        return 0 < small < planned[2] - planned[0] - 1

    eventually(is_smaller)
    eventually(lambda: all(is_at(zoomed(number), zoomed(3), within=2) for number in (1, 2, 4)))
    page.keyboard.press("f")
    see_spot(page, 3)

    # the next stages are the pairs, larger, and the mark still lies on its spot
    page.keyboard.press("Alt+PageDown")
    expect(cell(page, 3)).to_have_count(0)
    for number, name in enumerate(("R CC", "L CC"), start=1):
        expect(cell(page, number).locator(".viewer-view")).to_have_text(name)
    page.keyboard.press("Alt+PageDown")
    for number, name in enumerate(("R MLO", "L MLO"), start=1):
        expect(cell(page, number).locator(".viewer-view")).to_have_text(name)
    see_spot(page, 1)
    expect(cell(page, 2).locator("g[data-mark]")).to_have_count(1)
    eventually(lambda: is_near(stored(page, 2, outline(page, 2)), points))

    # an earlier pair hangs below, at the same scale; what was not taken says so
    page.keyboard.press("Alt+PageUp")
    expect(cell(page, 1).locator(".viewer-view")).to_have_text("R CC")
    page.keyboard.press("Alt+E")
    shown(page, 3, 0)
    expect(cell(page, 3)).to_contain_text("13 months earlier")
    expect(cell(page, 4)).to_contain_text("No earlier L CC image")
    page.mouse.move(5, 5)

    def is_one_scale() -> bool:
        sides = {1: "right", 2: "left", 3: "right"}
        lengths = [along_edge(pixels(page, number), side) for number, side in sides.items()]
        return min(lengths) > 0 and max(lengths) - min(lengths) <= 3

    eventually(is_one_scale)
    page.keyboard.press("Alt+E")
    expect(cell(page, 3)).to_have_count(0)
    expect(cell(page, 2).locator(".viewer-view")).to_have_text("L CC")
