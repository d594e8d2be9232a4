"""Offline, lost replies, ended sessions and second windows: no work is lost or counted twice."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.clinic import PASSWORD, Clinic, Person, eventually, radiographs
from tests.browser.room import answer, choice, image_of, read_id, see_saved
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def answers_of(reader: Person, read: str) -> list[str]:
    """The label keys the server holds for a read."""
    annotations = reader.get(f"/reads/{read}")["annotations"]
    return [
        key
        for one in annotations
        if one["kind"] == "answer" and not one["revision"]["is_deleted"]
        for key in one["revision"]["content"]["label_keys"]
    ]


def see_state(page: Page, state: str) -> None:
    expect(page.locator("[data-save]")).to_have_attribute("data-save", state)


def test_an_answer_given_offline_is_kept_said_and_saved_when_the_network_is_back(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Offline")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    with window.offline():
        page.keyboard.press("3")
        see_state(page, "offline")
        window.see(re.compile(r"Offline since \d\d:\d\d:\d\d, 1 change kept here"))
        assert answers_of(reader, read) == []
    eventually(lambda: answers_of(reader, read) == ["effusion"])
    see_saved(page)


def test_a_case_submitted_offline_is_sent_once_by_itself_and_the_next_one_opens(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Submit offline")
    project.bring_in(radiographs(2))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    with window.offline():
        page.keyboard.press("3")
        page.keyboard.press("Enter")
        window.see("Offline, submit is kept here and will be sent")
        window.see("1 change and the submit kept here")
        page.keyboard.press("Enter")
    page.get_by_role("heading", name="Case 2 of").wait_for()
    assert answers_of(reader, read) == ["effusion"]
    assert reader.get(f"{project.path}/worklist")["today"]["submitted_count"] == 1
    submits = [url for url in window.arrived if url.endswith(f"/reads/{read}/submit")]
    assert len(submits) == 1


def test_a_submit_that_waits_is_sent_even_if_the_case_is_never_opened_again(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Closed while waiting")
    project.bring_in(radiographs(2))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    image_of(window.page)
    read = read_id(window.page)
    with window.offline():
        window.page.keyboard.press("2")
        window.page.keyboard.press("Enter")
        window.see("submit is kept here")
        window.page.close()
    window.page = window.tab()
    window.go("/account")
    window.see("A case kept here was submitted")
    assert answers_of(reader, read) == ["pneumonia"]
    assert reader.get(f"/reads/{read}")["read"]["state"] == "submitted"


def test_a_reload_while_the_server_is_away_says_what_is_kept_and_goes_on_by_itself(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Reload")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read", keeps_the_shell=True)
    page = window.page
    window.until(lambda: page.evaluate("navigator.serviceWorker.controller !== null"))
    image_of(page)
    read = read_id(page)
    window.expect_trouble("ERR_FAILED .*/assets/")  # what is fetched ahead for later
    with window.offline():
        page.keyboard.press("4")
        see_state(page, "offline")
        page.reload()
        window.see("The server cannot be reached")
        window.see("One case with work that is not on the server yet is kept on this computer")
        window.see(re.compile(r"Trying again in \d s"))
        assert "Nodule" not in page.locator("body").inner_text()
    image_of(page)
    expect(choice(page, "Nodule")).to_have_attribute("aria-checked", "true")
    see_saved(page)
    assert answers_of(reader, read) == ["nodule"]


def test_going_back_leaves_the_answer_of_the_case_one_comes_from_alone(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Back and forth")
    project.bring_in(radiographs(2))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    first = read_id(page)
    answer(page, "1")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Case 2 of").wait_for()
    image_of(page)
    second = read_id(page)
    answer(page, "4")
    page.keyboard.press("Shift+Enter")
    page.wait_for_url(f"**/read/{first}")
    expect(choice(page, "Normal")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/read/{second}")
    expect(choice(page, "Nodule")).to_have_attribute("aria-checked", "true")
    see_saved(page)
    assert (answers_of(reader, first), answers_of(reader, second)) == (["normal"], ["nodule"])
    (annotation,) = reader.get(f"/reads/{second}")["annotations"]
    assert annotation["revision"]["number"] == 1


def test_work_done_offline_survives_a_closed_tab(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Closed tab")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    image_of(window.page)
    read = read_id(window.page)
    with window.offline():
        window.page.keyboard.press("4")
        see_state(window.page, "offline")
        window.page.close()
    window.page = window.tab()
    window.go(f"{project.path}/read/{read}")
    image_of(window.page)
    expect(choice(window.page, "Nodule")).to_have_attribute("aria-checked", "true")
    see_saved(window.page)
    eventually(lambda: answers_of(reader, read) == ["nodule"])


def test_a_lost_reply_has_one_effect(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Lost replies")
    project.bring_in(radiographs(2))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    window.expect_trouble("net::ERR_FAILED|Failed to fetch")
    lost: list[str] = []

    def lose_first(route: Route) -> None:
        kind = route.request.url.rsplit("/", 1)[1]
        if kind in lost:
            route.continue_()
            return
        lost.append(kind)
        route.fetch()  # it reaches the server, and its answer does not come back
        route.abort()

    page.route(re.compile(r"/api/reads/[^/]+/(annotations|submit)$"), lose_first)
    page.keyboard.press("2")
    see_saved(page)
    page.keyboard.press("Enter")
    window.until(lambda: "submit" in lost)
    page.get_by_role("heading", name="Case 2 of").wait_for()
    assert lost == ["annotations", "submit"]
    assert answers_of(reader, read) == ["pneumonia"]
    (annotation,) = reader.get(f"/reads/{read}")["annotations"]
    assert annotation["revision"]["number"] == 1
    assert reader.get(f"{project.path}/worklist")["today"]["submitted_count"] == 1


def test_a_session_that_ends_in_mid_read_keeps_the_work(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Session ends")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    window.expect_trouble("401")
    window.context.clear_cookies()
    page.keyboard.press("5")
    window.see("Your session has ended")
    see_state(page, "signed-out")
    assert answers_of(reader, read) == []
    page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your session has ended")).to_have_count(0)
    eventually(lambda: answers_of(reader, read) == ["pneumothorax"])
    see_saved(page)
    expect(choice(page, "Pneumothorax")).to_have_attribute("aria-checked", "true")


def test_a_second_window_that_saved_first_is_compared_and_both_versions_stay(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Two windows")
    project.bring_in(radiographs(1))
    reader = project.readers[0]
    window = open_window(reader, f"{project.path}/read")
    page = window.page
    image_of(page)
    read = read_id(page)
    answer(page, "1")
    (first,) = reader.get(f"/reads/{read}")["annotations"]
    other = reader.get(f"/reads/{read}")["read"]
    reader.save(
        other,
        annotation_id=first["id"],
        kind="answer",
        parent_id=first["revision"]["id"],
        content={"label_keys": ["nodule"]},
    )
    window.expect_trouble("412")
    page.keyboard.press("2")
    notice = page.get_by_role("alert").filter(has_text="Changed in another window")
    expect(notice).to_contain_text("Here: Pneumonia")
    expect(notice).to_contain_text("There: Nodule")
    notice.get_by_role("button", name="Keep mine").click()
    eventually(lambda: answers_of(reader, read) == ["pneumonia"])
    see_saved(page)
    history = reader.get(f"/annotations/{first['id']}/revisions")["items"]
    keys = [one["content"]["label_keys"][0] for one in history]
    assert sorted(keys) == ["nodule", "normal", "pneumonia"]
    # half a sentence, and the page is loaded anew in the same breath
    page.keyboard.press("Alt+m")
    field = page.get_by_role("complementary").get_by_role("textbox")
    expect(field).to_be_focused()
    page.keyboard.type("Is this a fo")
    page.reload()
    expect(field).to_have_value("Is this a fo")


def test_unsaved_work_of_one_person_is_never_shown_to_another_on_the_same_computer(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Shared computer", readers=2)
    project.bring_in(radiographs(1))
    first, second = project.readers
    window = open_window(first, f"{project.path}/read")
    image_of(window.page)
    read = read_id(window.page)
    window.expect_trouble("ERR_FAILED")
    window.page.route("**/api/reads/*/annotations", lambda route: route.abort())
    window.page.keyboard.press("4")
    see_state(window.page, "offline")
    window.context.clear_cookies()  # closing sends what it can, now as nobody
    window.page.close()
    window.sign_in(second.email)
    window.page = window.tab()
    window.expect_trouble("401|404")
    window.go(f"{project.path}/read/{read}")
    window.see(re.compile("not there|not found|no such|Nothing", re.IGNORECASE))
    window.go(f"{project.path}/worklist")
    window.see("You have not read a case yet")
    assert "Nodule" not in window.page.locator("body").inner_text()
    assert answers_of(first, read) == []
