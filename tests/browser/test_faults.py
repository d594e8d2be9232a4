"""Power cuts, full disks, long absences, second windows: at most two seconds of work are lost."""

import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.clinic import PASSWORD, Clinic, Person, Project, eventually, radiographs
from tests.browser.conftest import CHROMIUM
from tests.browser.room import (
    answer,
    drag,
    image_of,
    is_near,
    place_on,
    read_id,
    see_saved,
)
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def boxes_of(reader: Person, read: str) -> list[Any]:
    """The points of every box the server holds for a read, in the order they were begun."""
    return [
        one["revision"]["content"]["points"]
        for one in reader.get(f"/reads/{read}")["annotations"]
        if one["kind"] == "box" and not one["revision"]["is_deleted"]
    ]


def see_boxes(page: Page, count: int) -> None:
    expect(page.locator("g[data-mark]")).to_have_count(count)


def case_of(clinic: Clinic, name: str, cases: int = 1) -> tuple[Project, Person]:
    project = clinic.project(name)
    project.bring_in(radiographs(cases))
    return project, project.readers[0]


@pytest.fixture
def start_browser(chromium: Browser, tmp_path: Path) -> Iterator[Callable[[], BrowserContext]]:
    """Starts the same person's browser, again and again, on one profile on the disk."""
    profile, opened = tmp_path / "profile", []

    def start() -> BrowserContext:
        opened.append(
            chromium.browser_type.launch_persistent_context(
                str(profile), viewport={"width": 1280, "height": 800}, **CHROMIUM
            )
        )
        return opened[-1]

    yield start
    opened[-1].close()
    shutil.rmtree(profile, ignore_errors=True)


def kill_browser(profile: Path) -> None:
    """Kill every process of the browser at once, as a power cut would."""
    marked = f"--user-data-dir={profile}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if marked in (folder / "cmdline").read_bytes():
                os.kill(int(folder.name), signal.SIGKILL)
        except OSError:
            continue


def kept_items(page: Page) -> int:
    """How many items of one case lie in the browser's own database."""
    found: int = page.evaluate(
        """() => new Promise((resolve) => {
          const opened = indexedDB.open('collimate', 1);
          opened.onsuccess = () => {
            const all = opened.result.transaction('drafts').objectStore('drafts').getAll();
            all.onsuccess = () => {
              opened.result.close();
              resolve(Object.keys(all.result[0]?.items ?? {}).length);
            };
          };
        })"""
    )
    return found


def test_what_was_kept_offline_before_the_power_fails_is_there_afterwards(
    clinic: Clinic, start_browser: Callable[[], BrowserContext], tmp_path: Path
) -> None:
    project, reader = case_of(clinic, "Power cut")
    context = start_browser()
    sign_in = {"email": reader.email, "password": PASSWORD}
    assert context.request.post(f"{clinic.address}/api/session", data=sign_in).ok
    page = context.pages[0]
    page.goto(f"{clinic.address}{project.path}/read")
    image_of(page)
    read = read_id(page)
    context.set_offline(True)
    page.keyboard.press("b")
    drag(page, (0.42, 0.3), (0.5, 0.45))
    drag(page, (0.52, 0.5), (0.6, 0.6))
    see_boxes(page, 2)
    eventually(lambda: kept_items(page) == 2)
    kill_browser(tmp_path / "profile")
    assert boxes_of(reader, read) == []

    context = start_browser()
    assert context.request.post(f"{clinic.address}/api/session", data=sign_in).ok
    page = context.pages[0]
    page.goto(f"{clinic.address}{project.path}/read/{read}")
    image_of(page)
    see_boxes(page, 2)
    eventually(lambda: len(boxes_of(reader, read)) == 2)


def test_where_the_browser_has_no_room_the_window_says_so_and_asks_before_it_closes(
    clinic: Clinic, open_window: Open
) -> None:
    project, reader = case_of(clinic, "Full disk")
    window = open_window(reader, f"{project.path}/read")
    page = window.alter()
    image_of(page)
    read = read_id(page)
    chrome = window.context.new_cdp_session(page)
    room = {"origin": clinic.address}
    chrome.send("Storage.overrideQuotaForOrigin", {**room, "quotaSize": 1})
    with window.offline():
        page.keyboard.press("3")
        window.see("Not saved anywhere yet: keep this window open")
        asked: list[str] = []

        def stay(dialog: Any) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.close(run_before_unload=True)
        window.until(lambda: asked == ["beforeunload"])
    see_saved(page)
    (kept,) = reader.get(f"/reads/{read}")["annotations"]
    assert kept["revision"]["content"]["label_keys"] == ["effusion"]
    chrome.send("Storage.overrideQuotaForOrigin", room)


def test_after_ten_minutes_offline_every_mark_arrives_once(
    clinic: Clinic, open_window: Open
) -> None:
    project, reader = case_of(clinic, "Ten minutes")
    window = open_window(reader)
    page = window.alter()
    page.clock.install()
    window.go(f"{project.path}/read")
    image_of(page)
    read = read_id(page)
    with window.offline():
        page.keyboard.press("b")
        for step in range(4):
            drag(page, (0.42, 0.2 + step * 0.15), (0.5, 0.3 + step * 0.15))
            page.clock.run_for(150_000)
        window.see(re.compile(r"4 changes kept here"))
        see_boxes(page, 4)
    page.clock.run_for(20_000)
    eventually(lambda: len(boxes_of(reader, read)) == 4)
    numbers = [one["revision"]["number"] for one in reader.get(f"/reads/{read}")["annotations"]]
    assert numbers == [1, 1, 1, 1]
    see_saved(page)


def test_a_session_that_ends_under_a_stroke_keeps_the_stroke(
    clinic: Clinic, open_window: Open
) -> None:
    project, reader = case_of(clinic, "Ends under a stroke")
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    window.expect_trouble("401")
    page.keyboard.press("b")
    place = place_on(page)
    page.mouse.move(*place((0.42, 0.3)))
    page.mouse.down()
    page.mouse.move(*place((0.46, 0.4)), steps=3)
    window.context.clear_cookies()
    page.mouse.move(*place((0.5, 0.45)), steps=3)
    page.mouse.up()
    window.see("Your session has ended")
    see_boxes(page, 1)
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.keyboard.press("Enter")
    see_saved(page)
    (stored,) = boxes_of(reader, read)
    page.reload()
    image_of(page)
    see_boxes(page, 1)
    assert is_near(stored, boxes_of(reader, read)[0])


def test_two_tabs_on_one_case_keep_what_both_drew_and_the_second_is_shown_before_it_submits(
    clinic: Clinic, open_window: Open
) -> None:
    project, reader = case_of(clinic, "Two tabs")
    window = open_window(reader, f"{project.path}/read")
    first = window.page
    image_of(first)
    read = read_id(first)
    second = window.tab()
    second.goto(f"{project.path}/read/{read}")
    image_of(second)
    window.expect_trouble("409|412")
    answer(second, "2")
    for page, left in ((first, 0.42), (second, 0.55)):
        page.bring_to_front()
        page.keyboard.press("b")
        drag(page, (left, 0.3), (left + 0.06, 0.45))
        see_saved(page)
    assert len(boxes_of(reader, read)) == 2
    second.keyboard.press("Enter")
    expect(second.get_by_role("alert")).to_contain_text("Changed in another window")
    see_boxes(second, 2)
    second.keyboard.press("Enter")
    eventually(lambda: reader.get(f"/reads/{read}")["read"]["state"] == "submitted")
    assert len(boxes_of(reader, read)) == 2
