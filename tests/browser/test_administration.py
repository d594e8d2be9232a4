"""An administrator makes people and projects, and scripts get tokens."""

import re
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.clinic import Clinic, radiographs
from tests.browser.room import image_of
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def add_label(page: Page, kind: str, name: str) -> None:
    page.get_by_role("button", name=kind, exact=True).click()
    page.get_by_label("Name of new label").fill(name)


def test_a_project_is_made_with_labels_and_members_and_can_be_read(
    clinic: Clinic, open_window: Open
) -> None:
    reader = clinic.person("New Reader")
    window = open_window(clinic.admin, "/projects", width=1440, height=900)
    page = window.page
    window.button("New project").click()
    page.get_by_label("Name").fill("Fractures of the hand")
    page.get_by_label("Purpose").fill("Find fractures")
    window.button("Create and define the labels").click()
    page.wait_for_url(re.compile("/labels$"))
    page.get_by_label("Question").fill("Is anything broken?")
    add_label(page, "Class", "No fracture")
    add_label(page, "Class", "Fracture")
    add_label(page, "Box", "Fracture line")
    page.get_by_label("Key of Fracture", exact=True).fill("1")
    expect(window.button("Save", exact=True)).to_be_disabled()  # two labels on one key
    page.get_by_label("Key of Fracture", exact=True).fill("7")
    window.button("Save", exact=True).click()
    window.see("version 1")

    page.get_by_role("link", name="Members").click()
    page.get_by_label("E-mail").fill(reader.email)
    window.button("Add", exact=True).click()
    expect(page.get_by_role("table", name="Members")).to_contain_text(reader.name)

    path = re.sub("/members$", "", page.url).replace(window.address, "")
    # Several, because any one patient may be kept for measuring.
    for name, content in radiographs(6).items():
        clinic.admin.http.post(f"/api{path}/files", params={"name": name}, content=content)
    other = open_window(reader, f"{path}/worklist")
    expect(other.button("Read next")).to_be_enabled()
    other.page.keyboard.press("Enter")
    image_of(other.page)
    other.page.get_by_role("heading", name="Is anything broken?").wait_for()
    other.page.keyboard.press("7")
    expect(other.page.get_by_role("radio", name=re.compile("^.*7.*Fracture$"))).to_be_checked()


def test_an_administrator_makes_a_person_whose_first_password_is_shown_once(
    clinic: Clinic, open_window: Open
) -> None:
    window = open_window(clinic.admin, "/admin/people")
    page = window.page
    page.get_by_label("Name").fill("Dr. Late Arrival")
    page.get_by_label("E-mail").fill("late.arrival@clinic.example")
    window.button("Add", exact=True).click()
    window.see("First password of Dr. Late Arrival")
    password = page.locator("code").inner_text()
    expect(page.get_by_role("table", name="People")).to_contain_text("late.arrival@clinic.example")
    body = {"email": "late.arrival@clinic.example", "password": password}
    assert httpx.post(f"{clinic.address}/api/session", json=body).is_success
    page.reload()
    expect(page.get_by_role("table", name="People")).to_contain_text("Dr. Late Arrival")
    assert password not in page.content()


def test_a_token_lets_a_script_in_until_it_is_taken_back(clinic: Clinic, open_window: Open) -> None:
    project = clinic.project("Scripts")
    window = open_window(project.lead, "/account")
    page = window.page
    page.get_by_label("What it is for").fill("nightly export")
    window.button("Make a token").click()
    window.see("Token nightly export")
    headers = {"Authorization": f"Bearer {page.locator('code').inner_text()}"}
    answer = httpx.get(f"{clinic.address}/api/projects", headers=headers)
    assert [one["name"] for one in answer.json()["items"]] == ["Scripts"]
    page.get_by_role("row").filter(has_text="nightly export").get_by_role(
        "button", name="Take back"
    ).click()
    window.see("No token yet")
    assert httpx.get(f"{clinic.address}/api/projects", headers=headers).status_code == 401


def test_a_reviewer_returns_a_read_and_its_reader_corrects_it(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Second look", review_required=True)
    project.bring_in(radiographs(1))
    reviewer = clinic.person("Senior Radiologist")
    clinic.join(project, reviewer, "reviewer")
    reader = project.readers[0]
    case = reader.post(f"{project.path}/claim-next", {})
    content = {"label_keys": ["normal"]}
    saved = reader.save(
        case["read"], annotation_id=case["read"]["id"], kind="answer", content=content
    )
    reader.submit(case["read"], [saved["revision"]["id"]], active_ms=4000)

    window = open_window(reviewer, f"{project.path}/review", width=1440, height=900)
    expect(window.page.get_by_role("table", name="Submitted reads")).to_contain_text("Normal")
    window.page.get_by_label("Word to the reader").fill("Look at the left base again")
    window.button("Return").click()
    window.see("No read is waiting")

    other = open_window(reader, f"{project.path}/worklist")
    expect(other.page.get_by_role("table", name="My cases")).to_contain_text("returned")
    other.page.keyboard.press("j")
    other.page.keyboard.press("Enter")
    image_of(other.page)
    other.see("Look at the left base again")
    other.page.keyboard.press("3")
    other.page.keyboard.press("Enter")
    other.see("Nothing left to read")
    (row,) = reader.get(f"{project.path}/worklist")["mine"]
    assert row["state"] == "submitted"
