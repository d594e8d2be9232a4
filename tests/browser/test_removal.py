"""Studies are deleted, restored and purged; a patient is erased with a typed confirmation."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import dicoms
from tests.browser.clinic import Clinic, radiographs
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def test_studies_are_chosen_by_keys_and_mouse_and_worked_on_together(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Many at once")
    project.bring_in(radiographs(4))
    window = open_window(project.lead, f"{project.path}/studies", width=1440, height=900)
    page = window.page
    chosen = page.get_by_role("region", name="Chosen studies")
    boxes = page.get_by_role("table", name="Studies").get_by_role("checkbox")
    expect(boxes).to_have_count(4)
    window.see("4 studies")
    page.keyboard.press("j")
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    for key in ("Shift+ArrowDown", "Shift+ArrowDown", "x"):
        page.keyboard.press(key)
    expect(chosen).to_contain_text("2 studies chosen")
    page.keyboard.press("Delete")
    page.keyboard.press("ArrowDown")
    page.get_by_role("option", name="Image quality").click()
    chosen.get_by_role("button", name="Delete 2 studies").click()
    expect(chosen).to_contain_text("2 studies deleted.")
    expect(boxes).to_have_count(2)
    page.get_by_role("heading", name="Studies").first.click()
    page.keyboard.press("Control+z")
    expect(chosen).to_contain_text("2 studies restored.")
    expect(boxes).to_have_count(4)

    boxes.nth(0).click()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(chosen).to_contain_text("3 studies chosen")
    rows = page.get_by_role("table", name="Studies").get_by_role("row")
    rows.nth(2).click(modifiers=["Control"])
    expect(chosen).to_contain_text("2 studies chosen")
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    page.keyboard.press("Control+a")
    expect(chosen).to_contain_text("4 studies chosen")
    page.keyboard.press("Shift+C")
    page.keyboard.type("Hand-picked")
    page.keyboard.press("Enter")
    expect(chosen).to_contain_text("The cohort Hand-picked has 4 studies.")
    boxes.nth(3).click()
    page.get_by_role("combobox", name="Assign the chosen studies to").click()
    page.get_by_role("option", name="Reader 1").click()
    chosen.get_by_role("button", name="Assign").click()
    expect(chosen).to_contain_text("1 case assigned.")

    window.go(f"{project.path}/assignment")
    page.get_by_role("combobox", name="Reader", exact=True).click()
    page.get_by_role("option", name="Reader 1").click()
    page.get_by_role("combobox", name="Cases of").click()
    page.get_by_role("option", name="Cohort Hand-picked").click()
    page.get_by_label("How many").fill("9")
    page.get_by_role("button", name="Assign 9 cases").click()
    window.see("3 cases assigned.")
    window.go(f"{project.path}/datasets")
    asked_of_cohort = re.compile('"cohort_id": ?"')
    with page.expect_request(lambda one: bool(asked_of_cohort.search(one.post_data or ""))):
        page.get_by_role("combobox", name="Studies", exact=True).click()
        page.get_by_role("option", name="Cohort Hand-picked").click()


def test_a_study_is_deleted_restored_deleted_again_and_its_images_removed(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Cleaning up")
    project.bring_in(radiographs(2))
    window = open_window(project.lead, f"{project.path}/studies", width=1440, height=900)
    page = window.page
    deleted = page.get_by_role("table", name="Deleted studies")

    def delete(reason: str) -> None:
        page.get_by_role("tab", name="Studies", exact=True).click()
        page.get_by_role("table", name="Studies").get_by_role("row").nth(1).click()
        drawer = page.get_by_role("dialog")
        expect(drawer.get_by_role("button", name="Delete this study")).to_be_disabled()
        drawer.get_by_placeholder("Choose a reason").click()
        page.get_by_role("option", name=reason).click()
        drawer.get_by_role("button", name="Delete this study").click()
        window.see("1 study")
        page.get_by_role("tab", name="Deleted").click()

    delete("Image quality")
    row = deleted.get_by_role("row").nth(1)
    for text in ("Image quality", project.lead.name, "images go on"):
        expect(row).to_contain_text(text)
    row.get_by_role("button", name="Restore").click()
    window.see("Nothing was deleted")
    delete("Consent withdrawn")
    row.get_by_role("button", name="Remove images now").click()
    row.get_by_role("button", name="Press again").click()
    expect(row).to_contain_text("images removed")
    expect(row.get_by_role("button")).to_have_count(0)


def test_a_patient_is_erased_after_typing_the_pseudonym_twice(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Forgetting")
    # nobody whom another test brings in: it would be refused from now on
    project.bring_in({f"{n}.dcm": dicoms.radiograph(seed=n, planted=False) for n in (981, 982)})
    clinic.join(project, clinic.admin, "data_manager")
    rows = project.lead.get(f"{project.path}/studies")["items"]
    other = open_window(project.lead, f"{project.path}/studies")
    other.see("2 studies")
    expect(other.page.get_by_role("tab", name="Erased patients")).to_have_count(0)
    window = open_window(clinic.admin, f"{project.path}/studies?tab=erased")
    page = window.page
    window.see("Nobody was erased from this project")
    window.expect_trouble("404 .*/erasures/preview")
    page.get_by_label("Pseudonym", exact=True).fill("Somebody else")
    page.get_by_role("button", name="Show what would go").click()
    window.see("No patient of this project has this pseudonym")
    page.get_by_label("Pseudonym", exact=True).fill(rows[0]["pseudonym"])
    page.get_by_role("button", name="Show what would go").click()
    window.see("1 study with 1 image in 1 project")
    erase = page.get_by_role("button", name="Erase for ever")
    expect(erase).to_be_disabled()
    page.get_by_label("Type the pseudonym once more").fill(rows[0]["pseudonym"])
    erase.click()
    row = page.get_by_role("table", name="Erased patients").get_by_role("row").nth(1)
    expect(row).to_contain_text("done")
    with page.expect_download() as download:
        row.get_by_role("link", name="Certificate").click()
    assert rows[0]["pseudonym"] not in download.value.path().read_text()
    other.see("1 study")
