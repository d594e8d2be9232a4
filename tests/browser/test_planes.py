"""A series cut in three planes: the same place in all of them, slabs, turning, and refusal."""

import math
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import stacks
from tests.browser.clinic import Clinic, Project, eventually
from tests.browser.room import drag, drawn_paths, image_of, numbers, read_id, see_saved
from tests.browser.test_layouts import cell, in_cell
from tests.browser.test_marks import marks_of, server_holds
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]

CORE = (40 / 64, 24 / 64)
"""Where the bright core lies in axial slice 10, as shares of the image."""


@pytest.fixture(scope="module")
def ball(clinic: Clinic) -> Project:
    project = clinic.project("A ball in planes", readers=2, wanted_reads=2)
    project.bring_in(stacks.axial())
    return project


def plane(page: Page, name: str) -> Locator:
    return page.locator(f".viewer[data-plane={name}][data-state=shown]")


def open_planes(page: Page) -> None:
    image_of(page)
    page.keyboard.press("p")
    for name in ("axial", "coronal", "sagittal"):
        expect(plane(page, name)).to_have_attribute("data-loaded", "32")


def brightness(page: Page, number: int, x: float, y: float) -> int:
    """Grey value at a place of a viewport, given in CSS pixels from its top left."""
    box = cell(page, number).locator("canvas").first.bounding_box()
    assert box is not None
    left, top = math.floor(box["x"] + x), math.floor(box["y"] + y)
    at = {"x": left, "y": top, "width": 1, "height": 1}
    # a picture of the whole viewport would cost three times as much
    value = Image.open(BytesIO(page.screenshot(clip=at))).convert("L").getpixel((0, 0))
    assert isinstance(value, int)
    return value


def crosshair(page: Page, number: int) -> tuple[float, float]:
    """Where the two lines of a viewport would meet, in CSS pixels from its top left."""
    lines = cell(page, number).locator(".viewer-crosshair line").all()
    ends = [[float(line.get_attribute(at) or 0) for at in ("x1", "y1")] for line in lines]
    return sum(x for x, _ in ends) / 4, sum(y for _, y in ends) / 4


def place_on_core(page: Page) -> None:
    """Scroll the axial plane to the core and put the crosshair onto it."""
    page.get_by_role("slider", name="Slice").fill("0")
    axial = plane(page, "axial")
    last = 31
    # the axial plane looks from the feet: its slices count from the head
    page.get_by_role("slider", name="Slice").fill(str(last - 10))
    expect(axial).to_have_attribute("data-shown", str(last - 10))
    box = cell(page, 1).bounding_box()
    assert box is not None
    side = min(box["width"], box["height"])
    left, top = (box["width"] - side) / 2, (box["height"] - side) / 2
    x, y = left + CORE[0] * side, top + CORE[1] * side
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    page.mouse.up()
    eventually(lambda: math.dist(crosshair(page, 1), (x, y)) < 2)


def test_one_place_is_found_in_all_three_planes(ball: Project, open_window: Open) -> None:
    reader = ball.readers[0]
    window = open_window(reader, f"{ball.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("b")
    drag(page, (0.4, 0.4), (0.5, 0.5))
    server_holds(reader, read, "box")
    page.keyboard.press("w")

    open_planes(page)
    place_on_core(page)
    # the core is white in all three planes around the crosshair, and nowhere beside it
    for number in (1, 2, 3):
        x, y = crosshair(page, number)
        eventually(lambda n=number, a=x, b=y: brightness(page, n, a + 6, b + 6) == 255)
        assert brightness(page, number, x + 100, y + 100) < 200
    # the stack as acquired follows to the slice of the core
    expect(cell(page, 4).locator(".viewer")).to_have_attribute("data-shown", "10")
    for number, text in ((2, "coronal"), (3, "sagittal")):
        expect(cell(page, number)).to_contain_text(text)
        expect(cell(page, number)).to_contain_text("interpolated")

    # a length from the core upwards on the coronal plane is kept in the patient
    page.keyboard.press("l")
    x, y = crosshair(page, 2)
    box = cell(page, 2).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.mouse.down()
    page.mouse.move(box["x"] + x + 60, box["y"] + y - 80, steps=3)
    page.mouse.up()
    expect(cell(page, 2).locator("g[data-mark]")).to_have_count(1)
    server_holds(reader, read, "box", "length")
    see_saved(page)
    drawn = marks_of(reader, read)["length"]
    (x1, y1, z1), (x2, y2, z2) = drawn["places"]
    assert math.dist((x1, y1, z1), (8, -8, 20)) < 1, "the middle of the core"
    assert y2 == pytest.approx(y1, abs=0.001), "on the coronal plane"
    assert x2 > x1
    assert z2 > z1
    assert (x2 - x1) / (z2 - z1) == pytest.approx(60 / 80, abs=0.01)
    length = math.dist(drawn["places"][0], drawn["places"][1])
    expect(page.get_by_role("complementary")).to_contain_text(f"{length:.1f} mm · on a plane")
    # the axial plane and the slice as acquired show where it cuts them
    for number in (1, 4):
        expect(cell(page, number).locator("[data-crossing]")).to_have_count(1)
    # a box beside it, as wide and as high in the patient as on the screen
    page.keyboard.press("b")
    page.mouse.move(box["x"] + x - 90, box["y"] + y - 60)
    page.mouse.down()
    page.mouse.move(box["x"] + x - 30, box["y"] + y - 20, steps=3)
    page.mouse.up()
    expect(cell(page, 2).locator("g[data-mark]")).to_have_count(2)

    def on_planes() -> list[dict[str, Any]]:
        saved = [one["revision"]["content"] for one in reader.get(f"/reads/{read}")["annotations"]]
        return [one for one in saved if "places" in one and one != drawn]

    eventually(lambda: len(on_planes()) == 1)
    (boxed,) = on_planes()
    (x1, y1, z1), (x2, y2, z2) = boxed["places"]
    assert y1 == pytest.approx(y2, abs=0.001)
    assert (x2 - x1) / (z1 - z2) == pytest.approx(60 / 40, abs=0.01)
    # an outline along edges finds the ball, which the plane cuts 8 mm in front of its middle
    page.keyboard.press("Alt+w")
    scale = 60 / (drawn["places"][1][0] - drawn["places"][0][0])
    radius = math.sqrt(28**2 - 8**2)
    middle = (box["x"] + x - 7.5 * scale, box["y"] + y - 12 * scale)
    for turn in (0, 1.6, 3.2, 4.8):
        away = (radius + 1) * scale
        page.mouse.click(middle[0] + away * math.cos(turn), middle[1] + away * math.sin(turn))
        cell(page, 2).locator(".viewer-marks[data-wire=ready]").wait_for()
    page.keyboard.press("Enter")
    eventually(lambda: len(on_planes()) == 2)
    outline = next(one for one in on_planes() if one != boxed)["places"]
    assert 6 <= len(outline) <= 80
    for x, y, z in outline:
        assert y == pytest.approx(y1, abs=0.001)
        assert abs(math.hypot(x - 0.5, z - 32) - radius) < 2
    before = [numbers(path) for path in drawn_paths(page)]

    window.go(f"{ball.path}/read")
    open_planes(page)
    place_on_core(page)
    expect(cell(page, 2).locator("g[data-mark]")).to_have_count(3)
    assert marks_of(reader, read)["length"] == drawn
    for path, drawn_before in zip(drawn_paths(page), before, strict=True):
        assert numbers(path) == pytest.approx(drawn_before, abs=1)

    page.keyboard.press("p")
    expect(page.locator(".viewer[data-plane]")).to_have_count(0)
    expect(page.locator(".viewer")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator("g[data-mark]")).to_have_count(1)


def test_slabs_project_and_planes_turn(ball: Project, open_window: Open) -> None:
    window = open_window(ball.readers[1], f"{ball.path}/read")
    page = window.page
    open_planes(page)
    place_on_core(page)
    x, y = crosshair(page, 1)
    # 24 mm above the core a thin cut shows soft tissue, a thick maximum the core
    page.keyboard.press("w")
    page.get_by_role("slider", name="Slice").fill("9")
    eventually(lambda: brightness(page, 1, x + 6, y + 6) < 200)
    page.keyboard.press("d")
    for _ in range(4):
        page.keyboard.press("Shift+ArrowUp")
    expect(cell(page, 1)).to_contain_text("MIP 50 mm")
    eventually(lambda: brightness(page, 1, x + 6, y + 6) == 255)
    page.keyboard.press("d")
    expect(cell(page, 1)).to_contain_text("MinIP 50 mm")
    eventually(lambda: brightness(page, 1, x + 6, y + 6) < 200)
    page.keyboard.press("Shift+D")
    expect(cell(page, 1)).not_to_contain_text("mm ")

    # the sagittal line of the axial view is turned by its grip: the sagittal plane becomes oblique
    page.keyboard.press("t")
    line = cell(page, 1).locator("[data-plane=sagittal] line").first
    before = line.get_attribute("x2")
    grip = cell(page, 1).locator("[data-plane=sagittal] circle").first.bounding_box()
    assert grip is not None
    centre = (grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2)
    page.mouse.move(*centre)
    page.mouse.down()
    page.mouse.move(centre[0] + 80, centre[1] + 20, steps=4)
    page.mouse.up()
    eventually(lambda: line.get_attribute("x2") != before)
    assert all(map(math.isfinite, numbers(str(line.get_attribute("x2")))))
    page.keyboard.press("Shift+X")
    eventually(lambda: abs(float(line.get_attribute("x2") or 0) - crosshair(page, 1)[0]) < 1)
    page.mouse.move(*in_cell(page, 2, 0.5, 0.5))


def test_a_tilted_gantry_leaves_what_is_straight_straight(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("A tilted gantry")
    project.bring_in(stacks.tilted())
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("p")
    for name in ("axial", "coronal", "sagittal"):
        expect(plane(page, name)).to_have_attribute("data-loaded", "28")
    for number in (2, 3):
        x, y = crosshair(page, number)
        for up in (-60, 60):
            eventually(lambda n=number, a=x, b=y + up: brightness(page, n, a + 8, b) == 255)
            assert brightness(page, number, x - 40, y + up) < 200
            assert brightness(page, number, x + 40, y + up) < 200


def test_uneven_slices_are_refused_in_words(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("A slice is missing")
    files = stacks.axial(step=4)
    files.pop("1/3.dcm")
    project.bring_in(files)
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    page.keyboard.press("p")
    notice = cell(page, 1).locator(".viewer-problem")
    expect(notice).to_contain_text("cannot be cut in other planes")
    expect(notice).to_contain_text("Slices are missing or unevenly spaced")
    cell(page, 4).locator(".viewer[data-state=shown]").wait_for()


def test_the_phases_of_a_series_are_volumes_of_their_own_and_gone_through_at_one_place(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Over time")
    project.bring_in(stacks.over_time())
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    image_of(page)
    shown = page.locator(".viewer[data-state=shown]")
    page.keyboard.press("PageDown")
    expect(shown).to_have_attribute("data-shown", "4")
    page.keyboard.press("ArrowUp")
    expect(shown).to_have_attribute("data-shown", "3")

    def grey() -> int:
        box = cell(page, 1).bounding_box()
        assert box is not None
        return brightness(page, 1, box["width"] / 2, box["height"] / 2)

    before = grey()
    page.get_by_text("Phase 1 of 3").wait_for()
    for key in ("+", "r", "v"):
        page.keyboard.press(key)

    def look() -> list[str]:
        places = (".viewer-edge-top", ".viewer-edge-left", "footer span")
        return [page.locator(place).first.inner_text() for place in places]

    eventually(lambda: look()[:2] == ["R", "A"])
    left = look()
    page.keyboard.press("Shift+ArrowRight")
    page.get_by_text("Phase 2 of 3").wait_for()
    expect(shown).to_have_attribute("data-shown", "3")
    eventually(lambda: grey() > before)
    eventually(lambda: look() == left)

    page.keyboard.press("i")
    page.keyboard.press("Alt+Shift+C")
    expect(shown).to_have_attribute("data-shown", "1")
    page.keyboard.press("ArrowDown")
    page.get_by_text("Phase 3 of 3").wait_for()
    page.keyboard.press("Alt+Shift+C")
    expect(shown).to_have_attribute("data-shown", "3")
    page.get_by_text("Phase 3 of 3").wait_for()
    page.get_by_text("inverted").wait_for()
    page.keyboard.press("i")

    page.keyboard.press("p")
    expect(plane(page, "coronal")).to_have_attribute("data-loaded", "5")
    page.keyboard.press("Shift+ArrowLeft")
    page.get_by_text("Phase 2 of 3").wait_for()
    expect(plane(page, "coronal")).to_have_attribute("data-loaded", "5")

    def inside(number: int) -> int:
        box = cell(page, number).bounding_box()
        assert box is not None
        return brightness(page, number, box["width"] * 0.6, box["height"] * 0.6)

    # a plane through slices that are far apart is as bright as the slice it lies on
    eventually(lambda: inside(4) > 100 and abs(inside(1) - inside(4)) <= 4)
