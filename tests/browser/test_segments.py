"""Segments painted and prompted: stored pixel by pixel, there again, undone, tidied."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from collimate.annotations.runs import to_mask
from tests.browser import stacks
from tests.browser.clinic import Clinic, Person, Project, eventually
from tests.browser.room import click, drag, image_of, place_on, read_id, see_saved
from tests.browser.test_layouts import in_cell
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]
Mask = np.ndarray[Any, np.dtype[np.bool_]]
_headers: dict[str, list[dict[str, Any]]] = {}


def painted_project(clinic: Clinic, name: str, step: int = 8) -> Project:
    project = clinic.project(name)
    labels = [
        {"name": name, "kind": "segment", "colour": colour, "hotkey": key}
        for name, colour, key in (("Liver", "#d55e00", "1"), ("Lesion", "#56b4e9", "2"))
    ]
    schema = {"question": "", "answer_mode": "none", "labels": labels}
    project.lead.post(f"{project.path}/label-schema", schema)
    project.bring_in(stacks.axial(step=step))
    return project


def masks(reader: Person, read: str) -> dict[str, list[Mask]]:
    """What the server holds: masks that are not empty, by label."""
    found: dict[str, list[Mask]] = {}
    case = reader.get(f"/reads/{read}")
    sizes = case_sizes(reader, case)
    for one in case["annotations"]:
        content = one["revision"]["content"]
        if one["kind"] == "segment" and content["runs"]:
            rows, columns = sizes[content["sop_instance_uid"]]
            found.setdefault(content["label_key"], []).append(
                to_mask(content["runs"], rows, columns)
            )
    return found


def images_of(reader: Person, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The headers of the images of a case, as the viewer gets them; asked for once."""
    path = f"/dicomweb/{case['project_id']}/studies/{case['study']['study_uid']}/metadata"
    if path not in _headers:
        answer = reader.http.get(path, headers={"Accept": "application/dicom+json"})
        _headers[path] = answer.json()
    return _headers[path]


def case_sizes(reader: Person, case: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {
        image["00080018"]["Value"][0]: (
            image["00280010"]["Value"][0],
            image["00280011"]["Value"][0],
        )
        for image in images_of(reader, case)
    }


def slice_heights(reader: Person, case: dict[str, Any]) -> dict[str, float]:
    """Millimetres of each slice along the body, by image."""
    return {
        image["00080018"]["Value"][0]: image["00200032"]["Value"][2]
        for image in images_of(reader, case)
    }


def colour_at(page: Page, x: float, y: float) -> list[int]:
    """Red, green, blue, alpha of the painted layer at a share of the viewport."""
    script = """(canvas, [x, y]) => [...canvas.getContext('2d').getImageData(
        Math.round(x * canvas.width), Math.round(y * canvas.height), 1, 1).data]"""
    found: list[int] = page.locator("canvas.viewer-segments").evaluate(script, [x, y])
    return found


def test_a_stroke_is_stored_where_it_was_seen_and_is_there_again(
    clinic: Clinic, open_window: Open
) -> None:
    project = painted_project(clinic, "Painted")
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read", width=1440, height=900)
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("1")
    drag(page, (0.4, 0.5), (0.6, 0.5))
    eventually(lambda: masks(reader, read).get("liver"))
    see_saved(page)
    (liver,) = masks(reader, read)["liver"]
    rows, columns = np.nonzero(liver)
    # a level stroke across the middle of the image: symmetric about it to the pixel
    assert abs(rows.mean() + 0.5 - liver.shape[0] / 2) <= 0.5
    assert abs(columns.mean() + 0.5 - liver.shape[1] / 2) <= 0.5
    assert colour_at(page, 0.5, 0.5)[3] > 60
    assert colour_at(page, 0.5, 0.2)[3] == 0

    window.go(f"{project.path}/read")
    image_of(page)
    eventually(lambda: colour_at(page, 0.5, 0.5)[3] > 60)
    (again,) = masks(reader, read)["liver"]
    assert np.array_equal(again, liver)


def test_erasing_filling_and_undoing_change_what_is_stored(
    clinic: Clinic, open_window: Open
) -> None:
    project = painted_project(clinic, "Erased")
    reader = project.readers[0]
    page = open_window(reader, f"{project.path}/read", width=1440, height=900).page
    image_of(page)
    read = read_id(page)

    def area(label: str = "liver") -> int:
        return sum(int(mask.sum()) for mask in masks(reader, read).get(label, []))

    page.keyboard.press("Alt+b")
    drag(page, (0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6), (0.4, 0.4))
    ring = eventually(area)
    page.keyboard.press("Alt+g")
    click(page, (0.5, 0.5))
    full = eventually(lambda: area() > ring and area())
    page.keyboard.press("Alt+x")
    drag(page, (0.4, 0.5), (0.6, 0.5))
    eventually(lambda: area() < full)
    page.keyboard.press("Control+z")
    eventually(lambda: area() == full)
    for _ in range(2):
        page.keyboard.press("Control+z")
    eventually(lambda: area() == 0)
    page.keyboard.press("Control+y")
    eventually(lambda: area() == ring)
    see_saved(page)


def test_segments_overlap_unless_they_are_left_alone(clinic: Clinic, open_window: Open) -> None:
    project = painted_project(clinic, "Overlap")
    reader = project.readers[0]
    page = open_window(reader, f"{project.path}/read", width=1440, height=900).page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("1")
    drag(page, (0.4, 0.5), (0.6, 0.5))
    page.keyboard.press("2")
    drag(page, (0.5, 0.4), (0.5, 0.6))
    eventually(lambda: len(masks(reader, read)) == 2)
    both = masks(reader, read)
    assert (both["liver"][0] & both["lesion"][0]).any()
    page.keyboard.press("Control+z")
    eventually(lambda: "lesion" not in masks(reader, read))
    page.get_by_label("Leave other segments alone").check()
    drag(page, (0.5, 0.4), (0.5, 0.6))
    eventually(lambda: "lesion" in masks(reader, read))
    apart = masks(reader, read)
    assert not (apart["liver"][0] & apart["lesion"][0]).any()
    assert np.array_equal(apart["liver"][0], both["liver"][0])
    page.get_by_role("button", name="Add the other segment").click()
    joined = apart["liver"][0] | apart["lesion"][0]
    eventually(lambda: np.array_equal(masks(reader, read)["lesion"][0], joined))


def test_slices_between_two_painted_ones_are_filled(clinic: Clinic, open_window: Open) -> None:
    project = painted_project(clinic, "Between")
    reader = project.readers[0]
    page = open_window(reader, f"{project.path}/read", width=1440, height=900).page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("1")
    drag(page, (0.45, 0.5), (0.55, 0.5))
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.locator(".viewer[data-shown='3']").wait_for()
    drag(page, (0.45, 0.5), (0.55, 0.5))
    eventually(lambda: len(masks(reader, read).get("liver", [])) == 2)
    page.get_by_role("button", name="Fill between slices").click()
    eventually(lambda: len(masks(reader, read).get("liver", [])) == 4)
    first, *rest = masks(reader, read)["liver"]
    assert all(np.array_equal(first, mask) for mask in rest)
    # what nobody drew waits to be looked at, and says so until it has been on screen
    waiting = page.get_by_text("filled between, not looked at yet")
    expect(waiting).to_contain_text("2 slices")
    page.keyboard.press("Alt+n")
    page.locator(".viewer[data-shown='1']").wait_for()
    expect(waiting).to_contain_text("1 slice ")
    page.keyboard.press("ArrowDown")
    expect(waiting).to_have_count(0)
    page.keyboard.press("Control+z")
    eventually(lambda: len(masks(reader, read).get("liver", [])) == 2)
    # a margin of 3 mm stays in its slices, which are 16 mm apart; one of 16 mm reaches across
    page.get_by_label("Tidy all slices").check()
    grow = page.get_by_role("button", name="Grow on all slices")
    page.get_by_label("Margin").fill("3")
    grow.click()
    eventually(lambda: all((mask > first).any() for mask in masks(reader, read)["liver"]))
    page.keyboard.press("Control+z")
    eventually(lambda: all(np.array_equal(first, mask) for mask in masks(reader, read)["liver"]))
    page.get_by_label("Margin").fill("16")
    page.get_by_text("margin 16 × 16 × 1 to each side").wait_for()
    grow.click()
    wide = disc_around(first, 16)

    def slices_with(mask: Mask) -> int:
        return sum(np.array_equal(mask, made) for made in masks(reader, read)["liver"])

    eventually(lambda: (slices_with(first), slices_with(wide)) == (2, 2))
    page.keyboard.press("Control+z")
    eventually(lambda: all(np.array_equal(first, mask) for mask in masks(reader, read)["liver"]))


def disc_around(mask: Mask, radius: float) -> Mask:
    """Pixels with one of the mask no farther than that, counted in pixels."""
    rows, columns = np.nonzero(mask)
    row, column = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]]
    away = np.hypot(row[..., None] - rows, column[..., None] - columns).min(axis=2)
    near: Mask = away <= radius
    return near


def stack_of(reader: Person, read: str) -> Mask:
    """What the server holds of the liver on all slices from the feet up, (slice, row, column)."""
    case = reader.get(f"/reads/{read}")
    heights = slice_heights(reader, case)
    found = np.zeros((len(heights), stacks.SIDE, stacks.SIDE), dtype=bool)
    for one in case["annotations"]:
        content = one["revision"]["content"]
        if one["kind"] == "segment" and content["label_key"] == "liver":
            at = sorted(heights.values()).index(heights[content["sop_instance_uid"]])
            found[at] = to_mask(content["runs"], stacks.SIDE, stacks.SIDE)
    return found


def test_brushes_go_through_slices_stop_at_edges_and_paint_on_planes(
    clinic: Clinic, open_window: Open
) -> None:
    project = painted_project(clinic, "Ball")
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read", width=1024, height=640)
    page = window.page
    image_of(page)
    read = read_id(page)
    page.keyboard.press("1")
    page.keyboard.press("Alt+s")
    for _ in range(8):
        page.keyboard.press("Alt+ArrowUp")
    radius = float(page.locator("label", has_text="Brush").locator("b").inner_text().split()[0])
    assert 16 < radius < 32, "the ball reaches the slices beside, 16 mm away, and no other"
    page.keyboard.press("ArrowDown")
    page.locator(".viewer[data-shown='1']").wait_for()
    click(page, (0.5, 0.5))
    eventually(lambda: stack_of(reader, read).any(axis=(1, 2)).sum() == 3)
    ball = stack_of(reader, read)
    down, row, column = np.mgrid[0:4, 0 : stacks.SIDE, 0 : stacks.SIDE].astype(float)
    away = np.sqrt(((down - 1) * 16) ** 2 + (row + 0.5 - 32) ** 2 + (column + 0.5 - 32) ** 2)
    sure = np.abs(away - radius) > 0.5
    assert np.array_equal(ball[sure], (away < radius)[sure])
    page.keyboard.press("Control+z")
    eventually(lambda: not stack_of(reader, read).any())

    page.keyboard.press("Alt+v")
    click(page, (0.5, 0.5))
    eventually(lambda: stack_of(reader, read).any())
    see_saved(page)
    alike = stack_of(reader, read)
    soft = (stacks.body()[::8] > -500) & (stacks.body()[::8] < 300)
    disc = (np.hypot(row + 0.5 - 32, column + 0.5 - 32) < radius - 1) & soft & (down == 1)
    assert not (alike & ~soft).any(), "neither the air around nor the bright core"
    assert (alike & disc).sum() > 0.95 * disc.sum()
    # the bright core is grown from a click into it, through the slices
    box = page.locator(".viewer-stage").bounding_box()
    assert box is not None
    pixel = min(box["width"], box["height"]) / stacks.SIDE
    page.keyboard.press("Alt+r")
    click(page, (0.5 + 8 * pixel / box["width"], 0.5 - 8 * pixel / box["height"]))
    core = stacks.body()[::8] > 300
    eventually(lambda: (stack_of(reader, read) & core).sum() > 0.95 * core.sum())
    assert not (stack_of(reader, read) & ~core & ~alike).any()
    page.keyboard.press("Control+z")
    eventually(lambda: np.array_equal(stack_of(reader, read), alike))

    window.go(f"{project.path}/read")
    image_of(page)
    assert np.array_equal(stack_of(reader, read), alike)

    # on the coronal plane, which runs exactly between rows 31 and 32 and shows the one behind
    page.keyboard.press("p")
    coronal = page.locator(".viewer[data-plane=coronal][data-state=shown]")
    expect(coronal).to_have_attribute("data-loaded", "4")
    page.keyboard.press("1")
    for _ in range(8):
        page.keyboard.press("Alt+ArrowUp")
    page.mouse.click(*in_cell(page, 2, 0.5, 0.5))
    eventually(lambda: stack_of(reader, read)[2].sum() > 0)
    see_saved(page)
    added = stack_of(reader, read) & ~alike
    away = np.hypot((down - 1.5) * 16, column + 0.5 - 32)
    sure = (np.abs(away - radius) > 0.5) & ~alike
    assert np.array_equal(added[sure], ((away < radius) & (row == 31))[sure])
    assert coronal.locator("canvas.viewer-segments").evaluate(
        "canvas => canvas.getContext('2d').getImageData("
        "canvas.width / 2, canvas.height / 2, 1, 1).data[3]"
    )
    see_in_space(
        page,
        lambda: page.mouse.click(*in_cell(page, 2, 0.5, 0.3)),
        lambda: cut_in_space(page, reader, read),
    )
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    eventually(lambda: np.array_equal(stack_of(reader, read), alike))
    # a region grown there goes into the slices: what is soft on the plane, then in the volume
    page.keyboard.press("Alt+r")
    on_row = soft & (row == 31)
    for through, most in ((False, on_row), (True, soft)):
        page.mouse.click(*in_cell(page, 2, 0.5, 0.45))
        eventually(lambda: not np.array_equal(stack_of(reader, read), alike))
        grown = stack_of(reader, read)
        assert not (grown & ~alike & ~most).any()
        shares = (grown & most).sum(axis=(1, 2)) / np.maximum(most.sum(axis=(1, 2)), 1)
        assert shares.max() > 0.95, through
        page.keyboard.press("Control+z")
        eventually(lambda: np.array_equal(stack_of(reader, read), alike))
        page.keyboard.press("Alt+s")


def cut_in_space(page: Page, reader: Person, read: str) -> None:
    """Scissors in 3D, from the front: the left half of the patient is cut away, or kept alone."""
    see_saved(page)
    before = stack_of(reader, read)
    is_left = np.arange(stacks.SIDE) >= stacks.SIDE / 2
    page.keyboard.press("Alt+c")
    start, *line = [in_cell(page, 4, x, y) for x in (0.5, 0.97) for y in (0.03, 0.97)]
    for held, kept in ("", ~is_left), ("Shift", is_left):
        page.mouse.move(*start)
        if held:
            page.keyboard.down(held)
        page.mouse.down()
        for spot in (line[1], line[2], line[0]):
            page.mouse.move(*spot)
        page.mouse.up()
        if held:
            page.keyboard.up(held)
        eventually(lambda kept=kept: np.array_equal(stack_of(reader, read), before & kept))
        page.keyboard.press("Control+z")
    eventually(lambda: np.array_equal(stack_of(reader, read), before))
    page.keyboard.press("Alt+b")


def see_in_space(page: Page, paint: Callable[[], object], cut: Callable[[], object]) -> None:
    """Beside the planes: the segment as a surface, which follows what is painted."""
    page.keyboard.press("Alt+t")
    space = page.locator(".viewer[data-volume=bone][data-state=shown]")
    expect(space).to_have_attribute("data-loaded", "4")
    expect(space).to_have_attribute("data-surfaces", "1")
    canvas = space.locator("canvas")

    def shares() -> tuple[float, float]:
        """How much of the picture is orange as the label, and how much anything at all."""
        pixels = np.asarray(Image.open(BytesIO(canvas.screenshot())).convert("RGB")).astype(int)
        red, green, blue = np.moveaxis(pixels[30:-30, 30:-30], 2, 0)
        return float((red > 1.5 * green + 2 * blue + 20).mean()), float((red > 25).mean())

    # the core is bone, the soft tissue around it is seen through
    eventually(lambda: shares()[0] > 0.05)
    assert shares()[1] > shares()[0]
    for _ in range(3):
        page.keyboard.press("Alt+h")
    alone = eventually(lambda: abs(shares()[1] - shares()[0]) < 0.01 and shares()[0])
    paint()
    eventually(lambda: shares()[0] > alone * 1.05)
    page.keyboard.down("h")
    expect(space).to_have_attribute("data-surfaces", "0")
    eventually(lambda: shares()[1] == 0)
    page.keyboard.up("h")
    expect(space).to_have_attribute("data-surfaces", "1")
    cut()
    page.keyboard.press("Alt+h")
    # from the front the left of the patient is at the right; turned by hand it is elsewhere
    right = space.locator(".viewer-edge-right")
    expect(right).to_have_text("L")
    x, y = in_cell(page, 4, 0.5, 0.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 250, y, steps=2)
    page.mouse.up()
    expect(right).to_have_text("A")
    page.keyboard.press("Alt+l")
    page.locator(".viewer[data-volume=soft]").wait_for()
    page.keyboard.press("Alt+t")
    expect(page.locator("[data-volume]")).to_have_count(0)


def test_a_pen_paints_fingers_move_the_image_and_the_palm_beside_the_pen_rests(
    clinic: Clinic, open_window: Open
) -> None:
    project = painted_project(clinic, "Pen and finger")
    reader = project.readers[0]
    page = open_window(reader, f"{project.path}/read", width=1440, height=900).alter()
    image_of(page)
    read, at, hand = read_id(page), place_on(page), page.context.new_cdp_session(page)
    hand.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5})

    def pen(kind: str, spot: tuple[float, float], *, buttons: int = 1) -> None:
        x, y = at(spot)
        button = "none" if kind == "mouseMoved" and buttons == 0 else "left"
        event = {"type": kind, "x": x, "y": y, "button": button, "buttons": buttons}
        hand.send("Input.dispatchMouseEvent", {**event, "pointerType": "pen", "clickCount": 1})

    def fingers(kind: str, *spots: tuple[float, float]) -> None:
        points = [
            {"x": x, "y": y, "id": number} for number, (x, y) in enumerate(map(at, spots), start=1)
        ]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def stroke_of_fingers(*steps: list[tuple[float, float]]) -> None:
        fingers("touchStart", *steps[0])
        for step in steps[1:]:
            fingers("touchMove", *step)
        fingers("touchEnd")

    page.keyboard.press("1")
    pen("mouseMoved", (0.4, 0.5), buttons=0)
    expect(page.locator(".viewer-brush")).to_have_css("visibility", "visible")
    pen("mousePressed", (0.4, 0.5))
    # the palm lands while the pen writes: neither paint nor a turned page
    stroke_of_fingers([(0.3, 0.8)], [(0.3, 0.5)])
    for x in (0.45, 0.5, 0.55, 0.6):
        pen("mouseMoved", (x, 0.5))
    pen("mouseReleased", (0.6, 0.5), buttons=0)
    (liver,) = eventually(lambda: masks(reader, read).get("liver"))
    rows, columns = np.nonzero(liver)
    assert abs(rows.mean() + 0.5 - liver.shape[0] / 2) <= 0.5
    assert abs(columns.mean() + 0.5 - liver.shape[1] / 2) <= 0.5
    assert np.ptp(rows) < np.ptp(columns), "a level stroke and nothing of the palm"
    page.locator(".viewer[data-shown='0']").wait_for()

    # the pen is put away, and after a moment fingers count again
    page.mouse.move(*at((0.5, 0.9)))
    shown = page.locator(".viewer").first

    def scrolled() -> int:
        stroke_of_fingers([(0.5, 0.7)], [(0.5, 0.66)], [(0.5, 0.62)])
        return int(shown.get_attribute("data-shown") or 0)

    eventually(scrolled)
    percent = page.locator(".viewer-corner-tr span").first

    def zoom() -> int:
        return int(percent.inner_text().split()[0])

    before = zoom()
    near, far = [(0.45, 0.5), (0.55, 0.5)], [(0.35, 0.5), (0.65, 0.5)]
    stroke_of_fingers(near, [(0.4, 0.5), (0.6, 0.5)], far)
    window = page.locator(".viewer-corner-bl")
    eventually(lambda: zoom() > 2 * before)
    words = window.inner_text()
    three = [(0.4, 0.5), (0.5, 0.5), (0.6, 0.5)]
    stroke_of_fingers(three, [(x + 0.1, y) for x, y in three])
    eventually(lambda: window.inner_text() != words)
    (again,) = masks(reader, read)["liver"]
    assert np.array_equal(again, liver), "fingers painted nothing"


def volume(reader: Person, read: str, label: str) -> Mask:
    """A segment as the server holds it, (slice, row, column), slices of 2 mm from below."""
    case = reader.get(f"/reads/{read}")
    height = slice_heights(reader, case)
    found = np.zeros((stacks.DEPTH, stacks.SIDE, stacks.SIDE), dtype=bool)
    for one in case["annotations"]:
        content = one["revision"]["content"]
        if one["kind"] == "segment" and content["label_key"] == label:
            at = round(height[content["sop_instance_uid"]] / 2)
            found[at] = to_mask(content["runs"], stacks.SIDE, stacks.SIDE)
    return found


def see_prompts(page: Page, text: str) -> None:
    """Wait until all prompts are answered and the panel says this of them."""
    state = page.locator("[data-testid=prompt-state][data-waiting=false]")
    expect(state).to_contain_text(text)


def test_a_lesion_is_segmented_from_prompts_through_the_slices(
    clinic: Clinic, open_window: Open
) -> None:
    project = painted_project(clinic, "Prompted", step=1)
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read", width=1440, height=900)
    page = window.page
    image_of(page)
    read = read_id(page)
    for _ in range(10):
        page.keyboard.press("ArrowDown")
    page.locator(".viewer[data-shown='10']").wait_for()
    box = page.locator(".viewer-stage").bounding_box()
    assert box is not None
    pixel = min(box["width"], box["height"]) / stacks.SIDE

    def at(column: float, row: float) -> tuple[float, float]:
        """The share of the viewport at which a place of the image is seen."""
        half = stacks.SIDE / 2
        return (
            0.5 + (column - half) * pixel / box["width"],
            0.5 + (row - half) * pixel / box["height"],
        )

    page.keyboard.press("2")
    page.keyboard.press("Alt+p")
    click(page, at(41.5, 25.5))
    see_prompts(page, "1 prompt · mask on 7 slices")
    page.locator("canvas.viewer-prompts[data-preview=true]").wait_for()
    page.keyboard.press("s")
    drag(page, at(20, 40), at(28, 44), button="right")
    see_prompts(page, "2 prompts · mask on 7 slices")
    page.keyboard.press("t")
    see_prompts(page, "mask on 1 slice")
    page.keyboard.press("t")
    page.keyboard.press("Control+z")
    see_prompts(page, "1 prompt · mask on 7 slices")
    assert masks(reader, read) == {}
    page.keyboard.press("Enter")
    page.locator("canvas.viewer-prompts[data-prompts='0']").wait_for()
    eventually(lambda: len(masks(reader, read).get("lesion", [])) == 7)
    see_saved(page)
    lesion, truth = volume(reader, read, "lesion"), stacks.core()
    assert 2 * (lesion & truth).sum() / (lesion.sum() + truth.sum()) > 0.85
    case = reader.get(f"/reads/{read}")
    revisions = reader.get(f"/annotations/{case['annotations'][0]['id']}/revisions")["items"]
    assert revisions[-1]["prompt_session_id"]

    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    eventually(lambda: masks(reader, read) == {})
    page.keyboard.press("Control+y")
    eventually(lambda: len(masks(reader, read).get("lesion", [])) == 7)
    see_saved(page)
    window.go(f"{project.path}/read")
    image_of(page)
    assert np.array_equal(volume(reader, read, "lesion"), lesion)
