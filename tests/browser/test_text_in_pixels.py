"""Text in pixels: an image waits, a person blacks the text out, and that is what readers see."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Route, expect

from tests import dicoms
from tests.browser.clinic import Clinic, Person, Project, eventually
from tests.browser.room import image_of
from tests.browser.window import Window
from tests.studies.test_held import BOX, ultrasound

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def pixels_for(person: Person, project: Project) -> np.ndarray:
    """The pixels of the one image, as they are served to somebody."""
    http = person.http
    (found,) = http.get(f"/dicomweb/{project.id}/instances").json()
    where = found["00081190"]["Value"][0]
    octets = {"accept": "application/octet-stream"}
    raw = http.get(f"{where}/frames/1", headers=octets).content
    shape = found["00280010"]["Value"][0], found["00280011"]["Value"][0]
    return np.frombuffer(raw, "<u2").reshape(shape)


def record_of(project: Project) -> dict[str, Any]:
    (record,) = project.lead.get(f"{project.path}/held-images", decided=True)["items"]
    return record


def test_text_is_blacked_out_by_mouse_and_readers_see_it_so(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Ultrasound by mouse")
    long = "very long folder name of a department/" * 4 + "obstetrics.dcm"
    project.bring_in({long: ultrasound()})
    reader = project.readers[0]
    assert reader.get(f"{project.path}/worklist")["mine"] == []
    window = open_window(project.lead, f"{project.path}/studies?tab=held")
    page = window.page
    window.see("obstetrics.dcm")
    window.see("something looks like a line of text")
    # away with what the detector proposes; this person draws a box of their own
    page.locator("svg[role=img] rect").first.click()
    window.button("Remove box").click()
    expect(window.button("Nothing names a person: release")).to_be_enabled()
    bounds = page.get_by_role("img", name="0 boxes to black out").bounding_box()
    assert bounds is not None
    assert abs(bounds["width"] / bounds["height"] - 200 / 96) < 0.02, "the picture is not stretched"
    scale = bounds["width"] / 200
    x, y, width, height = BOX
    page.mouse.move(bounds["x"] + (x + 0.5) * scale, bounds["y"] + (y + 0.5) * scale)
    page.mouse.down()
    page.mouse.move(
        bounds["x"] + (x + width - 0.5) * scale, bounds["y"] + (y + height - 0.5) * scale, steps=3
    )
    page.mouse.up()
    window.button("Black out 1 box and release").click()
    window.see("No image waits for a look")
    eventually(project.is_settled)

    stored, sent = pixels_for(project.lead, project), dicoms.pattern(96, 200)
    assert not stored[y : y + height, x : x + width].any()
    assert np.array_equal(stored[40:], sent[40:])
    assert record_of(project)["boxes"] == [BOX]
    page.get_by_text("Record of decisions").first.click()
    window.see(", ".join(map(str, BOX)))
    window.see("Lead Radiologist")

    assert np.array_equal(pixels_for(reader, project), stored)
    room = open_window(reader, f"{project.path}/read")
    image_of(room.page)


def test_text_is_blacked_out_by_keys_and_nothing_unseen_is_released(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Ultrasound by key")
    stack = {f"{n}.dcm": ultrasound(seed=n) for n in (1, 2)}
    project.bring_in(stack)
    window = open_window()
    window.sign_in(project.lead.email)
    window.expect_trouble("status of 503")
    frames = "**/api/held-images/*/frames/*"

    def refuse(route: Route) -> None:
        route.fulfill(status=503, body="")

    page = window.page
    page.route(frames, refuse)
    window.go(f"{project.path}/studies?tab=held")
    window.see("This frame could not be loaded")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="release")).to_be_disabled()
    page.unroute(frames, refuse)
    window.button("Try again").click()
    expect(page.get_by_role("button", name="release")).to_be_enabled()

    page.keyboard.press("i")
    expect(page.get_by_role("switch", name="Brighten")).to_be_checked()
    page.keyboard.press("Delete")
    window.see("Nothing names a person: release")
    page.keyboard.press("b")  # a line as wide as the image, 6 pixels high
    for _ in range(2):
        page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("table", name="Images waiting for a look").locator("tbody tr")
    ).to_have_count(1)
    page.keyboard.press("Shift+Delete")
    window.see("Delete for good?")
    page.keyboard.press("Shift+Delete")
    window.see("No image waits for a look")
    eventually(project.is_settled)
    stored = pixels_for(project.lead, project)
    assert not stored[8:30].any()
    assert stored[:8].any()
    decisions = project.lead.get(f"{project.path}/held-images", decided=True)["items"]
    assert {one["decision"] for one in decisions} == {"released", "deleted"}


def test_quarantine_conflict_and_report_say_what_happened_and_what_can_be_done(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Troubles")
    folder = "a very long folder name of a department/" * 4
    files = {
        "good.dcm": dicoms.radiograph(),
        f"{folder}other pixels.dcm": dicoms.radiograph(array=dicoms.pattern(96, 80, seed=9)),
        f"{folder}cut off.dcm": dicoms.broken("truncated_pixels"),
        "in-front.dcm": b"PK\x03\x04" + dicoms.radiograph(seed=4)[4:],
    }
    project.bring_in(files)
    window = open_window(project.lead, f"{project.path}/studies?tab=files", width=1440, height=900)
    page = window.page
    about = page.get_by_role("region", name="About this file")
    window.see("cut off.dcm").click()
    expect(about).to_contain_text(f"{folder}cut off.dcm")
    expect(about).to_contain_text("The file ends before its image does")
    row = page.get_by_role("row", name="in-front.dcm")
    row.get_by_role("button", name="Release").wait_for()
    row.get_by_role("button", name="Release").click()
    eventually(lambda: project.lead.get(f"{project.path}/files")["counts"].get("accepted") == 2)
    page.get_by_text("conflict 1").click()
    expect(about).to_contain_text("same identity")
    window.button("Keep both").click()
    eventually(lambda: project.lead.get(f"{project.path}/files")["counts"].get("accepted") == 3)
    window.see("No file disagrees with one that is already here")
    page.get_by_role("tab", name="De-identification report").click()
    window.see("3 accepted · 1 quarantined")
    page.get_by_role("row", name="PatientName emptied").wait_for()
