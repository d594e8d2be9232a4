"""One series laid over another in colour: by place in the patient, with its value and its unit."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import dicoms
from tests.browser import stacks
from tests.browser.clinic import Clinic, Project, eventually
from tests.browser.room import image_of
from tests.browser.test_layouts import cell
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]

CORE = (40.5 / 64, 24.5 / 64)
"""The middle of the bright core in axial slice 10, as shares of the image."""


@pytest.fixture(scope="module")
def fused(clinic: Clinic) -> Project:
    project = clinic.project("PET over CT")
    elsewhere = stacks.uptake(series=6, FrameOfReferenceUID=f"{dicoms.ROOT}.1.8")
    project.bring_in(stacks.axial() | stacks.uptake() | elsewhere)
    return project


def place(page: Page, number: int, share: tuple[float, float]) -> tuple[float, float]:
    """A place of a square image in CSS pixels of the page."""
    box = cell(page, number).bounding_box()
    assert box is not None
    side = min(box["width"], box["height"])
    left, top = box["x"] + (box["width"] - side) / 2, box["y"] + (box["height"] - side) / 2
    return left + share[0] * side, top + share[1] * side


def rgb(page: Page, number: int, share: tuple[float, float]) -> tuple[int, int, int]:
    """The mean colour of 5 x 5 pixels as they are on screen."""
    x, y = place(page, number, share)
    clip = {"x": round(x) - 2, "y": round(y) - 2, "width": 5, "height": 5}
    picture = Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB").resize((1, 1), 4)
    value = picture.getpixel((0, 0))
    assert isinstance(value, tuple)
    return value[0], value[1], value[2]


def is_reddish(colour: tuple[int, int, int]) -> bool:
    return colour[0] - colour[1] > 20 and colour[0] - colour[2] > 20


def is_grey(colour: tuple[int, int, int]) -> bool:
    return max(colour) - min(colour) < 8


def test_pet_lies_over_ct_where_it_is_in_the_patient(fused: Project, open_window: Open) -> None:
    window = open_window(fused.readers[0], f"{fused.path}/read", width=1440, height=900)
    page = window.page
    image_of(page)
    overlay = page.locator(".viewer-overlay")
    page.get_by_role("slider", name="Slice").fill("10")
    expect(page.locator(".viewer[data-state=shown]")).to_have_attribute("data-shown", "10")
    assert is_grey(rgb(page, 1, CORE))

    page.keyboard.press("Shift+U")
    expect(overlay).to_have_attribute("data-cut", "10")
    expect(page.locator("[data-overlay]")).to_contain_text(
        "PT · 5 · 0 – 7 SUVbw · 50 % · interpolated"
    )
    eventually(lambda: is_reddish(rgb(page, 1, CORE)))
    assert is_reddish(rgb(page, 1, (0.3, 0.6))), "the ball takes up some"
    assert is_grey(rgb(page, 1, (0.02, 0.02))), "nothing beside it"
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text("It lies in another frame of reference.")

    # the value under the pointer beside that of the image, which is what it was
    page.mouse.move(*place(page, 1, CORE))
    expect(page.locator("footer").first).to_contain_text("713 HU · 3.50 SUVbw at 40, 24")
    # away from the core the picture follows the slice
    page.get_by_role("slider", name="Slice").fill("24")
    expect(overlay).to_have_attribute("data-cut", "24")
    red, green, _ = rgb(page, 1, CORE)
    assert 20 < red - green < 80, "uptake of the ball, not of the core"

    bar = page.locator(".viewer-colours")
    expect(bar).to_have_attribute("data-map", "hot")
    page.keyboard.press("Shift+B")
    expect(bar).to_have_attribute("data-map", "rainbow")
    page.keyboard.press("Alt+9")
    expect(page.locator("[data-overlay]")).to_contain_text("40 %")
    page.keyboard.press("Shift+U")
    expect(overlay).to_have_count(0)
    assert is_grey(rgb(page, 1, CORE))

    # on planes too, with the look it had
    page.keyboard.press("Shift+U")
    page.keyboard.press("p")
    for number in (1, 2, 3):
        cell(page, number).locator(".viewer-overlay").wait_for()
        expect(cell(page, number).locator("[data-overlay]")).to_contain_text("40 %")
    page.keyboard.press("p")


def test_pet_by_itself_is_read_in_suv_and_in_colours(fused: Project, open_window: Open) -> None:
    window = open_window(fused.readers[0], f"{fused.path}/read", width=1440, height=900)
    page = window.page
    image_of(page)
    page.keyboard.press("ArrowRight")
    page.get_by_role("slider", name="Slice").fill("12")
    expect(page.locator(".viewer[data-state=shown]")).to_have_attribute("data-shown", "12")
    page.mouse.move(*place(page, 1, (0.5, 0.5)))
    expect(page.locator("footer").first).to_contain_text(re.compile(r"\b1\.0 SUVbw at 1[45], 15"))
    assert is_grey(rgb(page, 1, (0.5, 0.5)))
    for name in ("hot", "rainbow", "viridis"):
        page.keyboard.press("Shift+B")
        expect(page.locator(".viewer-colours")).to_have_attribute("data-map", name)
    expect(page.locator(".viewer-colours")).to_contain_text("SUVbw")
    eventually(lambda: not is_grey(rgb(page, 1, (0.5, 0.5))))
