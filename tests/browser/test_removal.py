"""A data manager deletes a study, has it back, and has its images removed for good."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

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
