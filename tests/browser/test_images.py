"""Images on screen: stacks, several instances, and those that cannot be shown."""

import re
from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Response, Route, expect

from tests import dicoms
from tests.browser.clinic import Clinic, radiographs
from tests.browser.room import image_of, picture, place_on
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def press_down_at_once(page: Page, times: int) -> None:
    """Arrow presses quicker than a slice arrives."""
    page.evaluate(
        """times => {
          const press = { key: 'ArrowDown', bubbles: true, cancelable: true };
          for (let i = 0; i < times; i++)
            document.body.dispatchEvent(new KeyboardEvent('keydown', press));
        }""",
        times,
    )


def test_a_multi_frame_image_is_paged_by_key_wheel_and_bar(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Multi-frame")
    project.bring_in({"enhanced.dcm": dicoms.multi_frame(frames=6, planted=False)})
    window = open_window(project.readers[0], f"{project.path}/read")
    page = window.page
    shown = image_of(page)
    first = picture(page)
    expect(shown).to_have_attribute("data-shown", "0")
    page.keyboard.press("ArrowDown")
    expect(shown).to_have_attribute("data-shown", "1")
    window.see("2/6")
    assert picture(page) != first
    page.locator(".viewer-stage").hover()
    page.mouse.wheel(0, 120)
    expect(shown).to_have_attribute("data-shown", "2")
    press_down_at_once(page, 3)
    expect(shown).to_have_attribute("data-shown", "5")
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(shown).to_have_attribute("data-shown", "5")
    page.keyboard.press("Home")
    expect(shown).to_have_attribute("data-shown", "0")
    page.get_by_role("slider", name="Slice").fill("3")
    expect(shown).to_have_attribute("data-shown", "3")


def test_slices_of_a_series_are_stacked_in_the_order_of_the_body(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("CT")
    slices = {
        f"ct/{number}.dcm": dicoms.ct_slice(slice_index=number, planted=False)
        for number in (2, 0, 1)
    }
    project.bring_in(slices)
    window = open_window(project.readers[0], f"{project.path}/read")
    shown = image_of(window.page)
    window.see("1/3")
    window.page.keyboard.press("End")
    expect(shown).to_have_attribute("data-shown", "2")


def test_compressed_images_are_shown(clinic: Clinic, open_window: Open) -> None:
    syntaxes = (
        dicoms.JPEG_2000, dicoms.HTJ2K, dicoms.JPEG_LS, dicoms.RLE, dicoms.JPEG_LOSSLESS_SV1
    )  # fmt: skip
    project = clinic.project("Compressed")
    project.bring_in(
        {
            f"{number}.dcm": dicoms.radiograph(syntax=syntax, seed=number, planted=False)
            for number, syntax in enumerate(syntaxes)
        }
    )
    window = open_window(project.readers[0], f"{project.path}/read")
    for number in range(len(syntaxes)):
        window.page.get_by_role("heading", name=f"Case {number + 1} of").wait_for()
        image_of(window.page)
        assert window.page.get_by_role("alert").count() == 0
        window.page.keyboard.press("1")
        window.page.keyboard.press("Enter")
    window.see("Nothing left to read")


def slowly(page: Page, bytes_per_second: int) -> None:
    """The network of this window brings no more than this; none, if negative, to end it."""
    connection = page.context.new_cdp_session(page)
    conditions = {
        "offline": False, "latency": 0, "uploadThroughput": -1,
        "downloadThroughput": bytes_per_second,
    }  # fmt: skip
    connection.send("Network.enable")
    connection.send("Network.emulateNetworkConditions", conditions)


def test_a_large_image_is_shown_early_and_then_exactly(clinic: Clinic, open_window: Open) -> None:
    stored = np.random.default_rng(1).integers(0, 16, (2048, 1024), np.uint16)
    stored += np.arange(1024, dtype=np.uint16) * 32
    image = dicoms.radiograph(array=stored, planted=False, RescaleSlope="0.5", RescaleIntercept="3")
    project = clinic.project("Large")
    project.bring_in({"large.dcm": image})
    window = open_window()
    window.sign_in(project.readers[0].email)
    page = window.alter()
    frames: list[Response] = []
    page.on("response", lambda one: "/frames/" in one.url and frames.append(one))

    def hold(route: Route) -> None:
        slowly(page, 250_000)
        route.continue_()

    page.route("**/frames/**", hold)
    window.go(f"{project.path}/read")
    fidelity = page.locator(".viewer-corner-tr")
    expect(fidelity).to_contain_text("partial")
    slowly(page, 1000)
    assert page.locator(".viewer").get_attribute("data-state") == "partial"
    early = Image.open(BytesIO(page.locator(".viewer-stage canvas").first.screenshot()))
    assert len(np.unique(np.asarray(early.convert("L")))) > 50
    value = page.locator("footer").first
    page.mouse.move(*place_on(page)((0.5, 0.5)))
    expect(value).not_to_contain_text(" at ")  # an early picture has no values
    slowly(page, -1)
    image_of(page)
    expect(fidelity).not_to_contain_text("partial")
    for x in (0.45, 0.5, 0.55):
        page.mouse.move(*place_on(page)((x, x)))
        expect(value).to_contain_text(" at ")
        shown, column, row = re.search(r"([\d.,]+) at (\d+), (\d+)", value.inner_text()).groups()
        exact = stored[int(row), int(column)] * 0.5 + 3
        assert float(shown.replace(",", "")) == exact
    (frame,) = frames
    assert frame.headers["content-type"].startswith("image/jphc")
    assert int(frame.headers["content-length"]) < stored.nbytes


def test_an_image_that_cannot_be_delivered_or_decoded_says_so_where_it_should_be(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Broken on the way")
    project.bring_in(radiographs(1))
    window = open_window()
    window.sign_in(project.readers[0].email)
    window.expect_trouble("status of 503|page error: frame|decod")
    frames = "**/dicomweb/**/frames/**"

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    window.page.route(frames, refuse)
    window.go(f"{project.path}/read")
    notice = window.page.locator(".viewer-problem")
    expect(notice).to_contain_text("The server could not deliver this image (503)")

    def damage(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.body()[:300])

    window.page.unroute(frames, refuse)
    window.page.route(frames, damage)
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_contain_text("could not be decoded")

    window.page.unroute(frames, damage)
    notice.get_by_role("button", name="Try again").click()
    image_of(window.page)
    expect(notice).to_have_count(0)
