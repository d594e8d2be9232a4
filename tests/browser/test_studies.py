"""A data manager brings a folder in, sees what became of each file, and puts it right."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, expect

from tests import dicoms
from tests.browser.clinic import Clinic, radiographs
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def make_folder(folder: Path) -> Path:
    """Three radiographs, two more in a zip, a text, and a DICOM file cut short."""
    images = list(radiographs(5).values())
    (folder / "site a").mkdir()
    for number, image in enumerate(images[:3]):
        (folder / "site a" / f"{number}.dcm").write_bytes(image)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, image in enumerate(images[3:]):
            archive.writestr(f"more/{number}.dcm", image)
    (folder / "more.zip").write_bytes(packed.getvalue())
    (folder / "shopping.txt").write_text("apples, pears, a ladder")
    (folder / "cut short.dcm").write_bytes(dicoms.broken("truncated_pixels"))
    return folder


def test_a_folder_with_a_zip_and_broken_files_is_brought_in_and_put_right(
    clinic: Clinic, open_window: Open, tmp_path: Path
) -> None:
    project = clinic.project("Bringing in")
    manager = clinic.person("Data Manager")
    clinic.join(project, manager, "data_manager")
    window = open_window(manager, f"{project.path}/studies", width=1440, height=900)
    page = window.page
    window.see("No images yet")
    page.get_by_label("Folder to upload").set_input_files(make_folder(tmp_path))
    window.see("6 of 6 files")
    expect(page.get_by_role("table", name="Files of this upload")).to_contain_text("received")
    studies = page.get_by_role("table", name="Studies")
    expect(studies.get_by_role("row")).to_have_count(1 + 5)
    window.see("5 studies")

    page.get_by_role("tab", name="Received files and quarantine").click()
    files = page.get_by_role("table", name="Received files")
    expect(files.get_by_role("row")).to_have_count(1 + 2)
    text = files.get_by_role("row").filter(has_text="shopping.txt")
    expect(text).to_contain_text("DICOM")
    text.get_by_role("button", name="Try again").click()
    expect(files.get_by_role("row").filter(has_text="shopping.txt")).to_contain_text("DICOM")
    text.get_by_role("button", name="Delete").click()
    expect(files.get_by_role("row").filter(has_text="shopping.txt")).to_have_count(0)
    files.get_by_role("row").filter(has_text="cut short").get_by_role(
        "button", name="Delete"
    ).click()
    window.see("Every file that came in could be used")


def test_files_already_here_are_not_sent_again(
    clinic: Clinic, open_window: Open, tmp_path: Path
) -> None:
    project = clinic.project("Twice")
    files = radiographs(2)
    project.bring_in(files)
    window = open_window(project.lead, f"{project.path}/studies")
    payloads: list[FilePayload] = [
        {"name": name.split("/")[-1], "mimeType": "application/dicom", "buffer": content}
        for name, content in files.items()
    ]
    window.page.get_by_label("Files to upload").set_input_files(payloads)
    window.see("2 files already here, not sent again")
    window.see("2 studies")


def test_a_study_shows_its_tags_and_what_was_removed_and_nothing_of_the_patient(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Looking into")
    project.bring_in({"planted.dcm": dicoms.radiograph()})
    window = open_window(project.lead, f"{project.path}/studies")
    page = window.page
    page.get_by_role("table", name="Studies").get_by_role("row").nth(1).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Acme Imaging")
    window.until(lambda: "Modality" in drawer.inner_text())
    shown = page.locator("body").inner_text()
    assert not [word for word in dicoms.PLANTED if word in shown]
    assert re.search("removed", shown, re.IGNORECASE)
