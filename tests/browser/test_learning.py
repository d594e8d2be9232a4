"""The learning page shows what was learned, and the queue reorders after a batch of reads."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.clinic import CLASSES, Clinic, eventually
from tests.browser.room import image_of, picture, read_id, see_saved
from tests.browser.taught import KEYS, Taught, learn_by_image
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def test_the_learning_page_shows_curve_calibration_and_recall_with_tables_behind_them(
    taught: Taught, open_window: Open
) -> None:
    window = open_window(
        taught.project.lead, f"{taught.project.path}/learning", width=1440, height=900
    )
    page = window.page
    learned = taught.project.lead.get(f"{taught.project.path}/learning")
    for title in ("Learning curve", "Recall per class", "Calibration", "Confusion"):
        page.get_by_role("heading", name=title).wait_for()
    window.until(lambda: page.locator("[role=img] svg").count() >= 4)
    window.see(f"of {learned['pool_count']} cases")

    page.get_by_role("radiogroup", name="Recall per class: plot or table").get_by_text(
        "Table"
    ).click()
    table = page.get_by_role("table", name="Recall per class")
    for name in CLASSES:
        expect(table).to_contain_text(name)
    with page.expect_download() as download:
        window.button("Download Learning curve as SVG").click()
    assert download.value.path().read_text().startswith("<svg")


def test_every_pick_of_the_next_batch_says_why(taught: Taught, open_window: Open) -> None:
    window = open_window(taught.project.lead, f"{taught.project.path}/learning")
    page = window.page
    page.get_by_role("tab", name="What it asks next").click()
    queue = taught.project.lead.get(f"{taught.project.path}/learning/queue")
    picks = page.get_by_role("article")
    expect(picks).to_have_count(len(queue["items"]))
    for item in queue["items"]:
        pick = page.get_by_role("article", name=f"Pick {item['rank']}", exact=True)
        expect(pick).to_contain_text(item["pseudonym"])
        assert item["reason"]
        expect(pick).to_contain_text(item["reason"])


def open_a_suggested_case(taught: Taught, open_window: Open) -> tuple[Window, dict[str, Any]]:
    """The reading room on a case the model has something to say about."""
    held = taught.claim_suggested()
    window = open_window(taught.reader, f"{taught.project.path}/read")
    image_of(window.page)
    assert read_id(window.page) == held["read"]["id"]
    return window, held


def test_the_heat_map_is_laid_over_the_image_and_a_place_of_it_leads_to_its_like(
    taught: Taught, open_window: Open
) -> None:
    window, case = open_a_suggested_case(taught, open_window)
    page = window.page
    without = picture(page)
    page.keyboard.press("e")
    heat = page.locator(".viewer-heat")
    heat.wait_for()
    window.until(lambda: heat.evaluate("map => map.complete && map.naturalWidth > 0"))
    expect(window.button(re.compile("Hide heat map"))).to_have_attribute("aria-pressed", "true")
    first = heat.get_attribute("src")
    window.expect_trouble("409.*method=grad-cam-plus-plus")  # no encoder was trained here
    page.keyboard.press("Alt+A")
    expect(page.get_by_role("radio", name="Grad-CAM++")).to_be_checked()
    window.see("no heat map of this kind")
    page.keyboard.press("Alt+A")
    expect(page.get_by_role("radio", name="Occlusion")).to_be_checked()
    window.until(lambda: heat.count() > 0 and heat.get_attribute("src") != first)
    page.keyboard.press("e")
    expect(heat).to_have_count(0)
    assert picture(page) == without

    image_of(page).hover()
    page.keyboard.press("Alt+F")
    window.button("Show them").click(timeout=60_000)
    page.wait_for_url(re.compile("/hunts/"))
    best = page.get_by_role("article", name="Match 1", exact=True)
    expect(best).to_contain_text("Likeness")
    # another examination of the same patient may well be the likest
    hunt = taught.reader.get(f"/hunts/{page.url.rsplit('/', 1)[1]}")
    assert case["study"]["id"] not in {match["study_id"] for match in hunt["items"]}
    expect(best).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    expect(page.get_by_role("article", name="Match 2", exact=True)).to_have_attribute(
        "aria-current", "true"
    )


def test_the_queue_reorders_on_the_open_page_after_a_batch_of_reads(
    taught: Taught, open_window: Open
) -> None:
    window = open_window(taught.project.lead, f"{taught.project.path}/learning")
    page = window.page
    page.get_by_role("tab", name="What it asks next").click()
    before = taught.round_number()
    window.see(f"Batch of round {before}")
    points = len(taught.project.lead.get(f"{taught.project.path}/learning")["curve"]["strategy"])
    taught.read(12)
    after = eventually(lambda: (now := taught.round_number()) > before and now, seconds=30)
    window.see(re.compile(rf"Batch of round ({'|'.join(map(str, range(after, after + 9)))})"))
    curve = eventually(
        lambda: taught.project.lead.get(f"{taught.project.path}/learning")["curve"]["strategy"]
    )
    assert len(curve) >= points


def test_a_reader_is_told_why_and_what_the_model_thinks(taught: Taught, open_window: Open) -> None:
    case = taught.claim_asked_for()
    window = open_window(taught.reader, f"{taught.project.path}/read")
    page = window.page
    image_of(page)
    assert read_id(page) == case["read"]["id"]
    window.see(re.compile(re.escape(case["reason"]["text"]), re.IGNORECASE))
    page.keyboard.press("Shift+Q")
    page.wait_for_url(re.compile("/worklist"))


def test_an_accepted_suggestion_is_a_revision_of_the_reader_that_names_it(
    taught: Taught, open_window: Open
) -> None:
    window, case = open_a_suggested_case(taught, open_window)
    page = window.page
    assert case["annotations"] == []
    page.keyboard.press("y")
    see_saved(page)
    expect(window.button(re.compile("^Accepted"))).to_be_disabled()
    (annotation,) = taught.reader.get(f"/reads/{case['read']['id']}")["annotations"]
    (revision,) = taught.reader.get(f"/annotations/{annotation['id']}/revisions")["items"]
    assert revision["suggestion_id"] == case["suggestion"]["id"]
    assert revision["author_id"] == taught.reader.id
    assert revision["content"]["label_keys"] == [case["suggestion"]["label_key"]]
    page.keyboard.press("Control+z")

    def answered() -> list[str]:
        (kept,) = taught.reader.get(f"/reads/{case['read']['id']}")["annotations"]
        return list(kept["revision"]["content"]["label_keys"])

    eventually(lambda: answered() == [])
    expect(window.button(re.compile("^Accept"))).to_be_enabled()
    page.keyboard.press("Shift+Y")
    expect(window.button(re.compile("^Rejected"))).to_have_attribute("aria-pressed", "true")
    see_saved(page)
    _, rejection = taught.reader.get(f"/reads/{case['read']['id']}")["annotations"]
    assert rejection["revision"]["content"] == {
        "suggestion_id": case["suggestion"]["id"],
        "is_rejected": True,
    }
    page.keyboard.press("y")
    expect(window.button(re.compile("^Reject"))).to_be_disabled()


def test_a_first_read_is_locked_offline_too_and_then_the_model_is_shown(
    taught: Taught, open_window: Open
) -> None:
    case, lead, path = taught.claim_suggested(), taught.project.lead, taught.project.path
    first, final = [key for key in KEYS if key != case["suggestion"]["label_key"]][:2]
    lead.patch(path, {"reading_rules": {"is_staged": True}})
    try:
        window = open_window(taught.reader, f"{path}/read")
        page = window.page
        image_of(page)
        window.see("First read, no AI")
        page.keyboard.press("y")
        with window.offline():
            page.keyboard.press(str(KEYS.index(first) + 1))
            page.keyboard.press("Enter")
            window.see("lock is kept here")
            expect(page.get_by_role("heading", name="Suggestion")).to_have_count(0)
        page.get_by_role("heading", name="Suggestion").wait_for()
        window.see("The first read is locked")
        page.keyboard.press(str(KEYS.index(final) + 1))
        # what was only just revealed is not submitted by the same double press
        expect(page.get_by_role("button", name="Submit & next")).to_be_enabled()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(f"/read/(?!{case['read']['id']})"))
        (pair,) = lead.get(f"{path}/staged-reads")["pairs"]
        assert (pair["first"], pair["final"]) == (first, final)
        assert (pair["suggested"], pair["is_changed"]) == (case["suggestion"]["label_key"], True)
    finally:
        lead.patch(path, {"reading_rules": {"is_staged": False}})


def test_what_the_model_says_of_an_image_is_shown_after_the_lock_and_accepted(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("By image", learns=True)
    case = learn_by_image(project)
    project.lead.patch(project.path, {"reading_rules": {"is_staged": True}})
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    assert read_id(page) == case["read"]["id"]
    window.see("First read, no AI")
    page.keyboard.press("1")
    see_saved(page)
    expect(page.get_by_role("heading", name="Suggestion")).to_have_count(0)
    page.keyboard.press("Enter")
    window.see("The first read is locked")
    page.get_by_role("heading", name="Suggestion").wait_for()
    window.see("Low spot, this image")
    page.keyboard.press("y")
    expect(window.button(re.compile("^Accepted"))).to_be_disabled()
    see_saved(page)
    kept = reader.get(f"/reads/{case['read']['id']}")
    (taken,) = (one for one in kept["annotations"] if one["kind"] == "attributes")
    (said,) = kept["unit_suggestions"]
    assert taken["revision"]["content"] == {
        "scope": "image", "target": said["target"], "values": {"low_spot": said["keys"][0]},
    }  # fmt: skip
    (revision,) = reader.get(f"/annotations/{taken['id']}/revisions")["items"]
    assert (revision["suggestion_id"], revision["author_id"]) == (said["id"], reader.id)
