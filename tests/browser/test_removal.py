"""Studies are deleted, restored and purged; a patient is erased with a typed confirmation."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import dicoms
from tests.browser.clinic import Clinic, radiographs
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


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
