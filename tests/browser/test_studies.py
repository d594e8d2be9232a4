"""A data manager brings a folder in, sees what became of each file, and puts it right."""

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests import dicoms
from tests.browser.clinic import Clinic, eventually, radiographs
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
    (folder / "shopping").write_text("apples, pears, a ladder")
    (folder / "README.TXT").write_text("What is on this disc")
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
    window.see("1 file without an image left out")
    expect(page.get_by_role("table", name="Files of this upload")).to_contain_text("received")
    studies = page.get_by_role("table", name="Studies")
    expect(studies.get_by_role("row")).to_have_count(1 + 5)
    window.see("5 studies")

    window.expect_trouble("422")
    studies.get_by_role("row").nth(1).click()
    page.get_by_role("tab", name="Clinical text").click()
    page.get_by_role("textbox", name="Clinical text").fill("Cough.\nSeen on 12.03.2024")
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Line 2: a date").wait_for()
    page.get_by_role("textbox", name="Clinical text").fill("Cough for a week")
    page.get_by_label("I have read it").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Version 1 by Data Manager").wait_for()
    page.keyboard.press("Escape")

    page.get_by_role("tab", name="Received files and quarantine").click()
    files = page.get_by_role("table", name="Received files")
    expect(files.get_by_role("row")).to_have_count(1 + 2)
    text = files.get_by_role("row").filter(has_text="shopping")
    expect(text).to_contain_text("DICOM")
    with page.expect_response(lambda answer: answer.url.endswith("/retry")):
        text.get_by_role("button", name="Try again").click()
    # a file that is being looked at cannot be deleted
    eventually(project.is_settled)
    expect(files.get_by_role("row").filter(has_text="shopping")).to_contain_text("DICOM")
    text.get_by_role("button", name="Delete").click()
    expect(files.get_by_role("row").filter(has_text="shopping")).to_have_count(0)
    files.get_by_role("row").filter(has_text="cut short").get_by_role(
        "button", name="Delete"
    ).click()
    window.see("Every file that came in could be used")


def drop(page: Page, paths: list[Path]) -> None:
    """Let files and folders go over the page, as the desktop's file manager does."""
    session = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, "x": 640, "y": 400, "data": data})
        if kind == "dragOver":
            page.get_by_text("Drop DICOM files, folders or zips").wait_for()


def test_a_folder_and_files_dropped_with_the_mouse_come_in_with_their_paths(
    clinic: Clinic, open_window: Open, tmp_path: Path
) -> None:
    project = clinic.project("Dropping")
    folder = tmp_path / "day one"
    (folder / "room 2").mkdir(parents=True)
    images = list(radiographs(4).values())
    (folder / "a.dcm").write_bytes(images[0])
    (folder / "room 2" / "b.dcm").write_bytes(images[1])
    loose = [tmp_path / "c.dcm", tmp_path / "d.dcm"]
    for path, image in zip(loose, images[2:], strict=True):
        path.write_bytes(image)
    window = open_window(project.lead, f"{project.path}/studies")
    window.see("No images yet")
    drop(window.page, [folder, *loose])
    window.see("4 of 4 files")
    expect(window.page.get_by_text("Drop DICOM files, folders or zips")).to_have_count(0)
    window.see("4 studies")
    sent = window.page.get_by_role("table", name="Files of this upload")
    for name in ("day one/a.dcm", "day one/room 2/b.dcm", "c.dcm", "d.dcm"):
        expect(sent.get_by_role("row").filter(has_text=name)).to_contain_text("received")


def test_an_upload_goes_on_by_itself_after_the_connection_was_lost(
    clinic: Clinic, open_window: Open, tmp_path: Path
) -> None:
    project = clinic.project("Lost connection")
    for number, image in enumerate(radiographs(6).values()):
        (tmp_path / f"{number}.dcm").write_bytes(image)
    window = open_window(project.lead, f"{project.path}/studies")
    window.see("No images yet")
    window.expect_trouble("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    sent: list[str] = []

    def lose_the_rest(route: Route) -> None:
        sent.append(route.request.url)
        if len(sent) > 2:
            route.abort()
        else:
            route.continue_()

    window.page.route(re.compile(r"/files\?"), lose_the_rest)
    window.page.get_by_label("Folder to upload").set_input_files(tmp_path)
    window.see("The connection was lost; this file is sent again by itself.")
    window.see("2 of 6 files")
    window.page.unroute(re.compile(r"/files\?"))
    window.page.evaluate("window.dispatchEvent(new Event('online'))")
    window.see("6 of 6 files")
    window.see("6 studies")
    received = project.lead.get(f"{project.path}/files", limit=20)["items"]
    assert sorted(one["state"] for one in received) == ["accepted"] * 6


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
    twin = dicoms.radiograph(
        array=dicoms.pattern(96, 80, seed=0) + 9, seed=1, PatientID="another", planted=False
    )
    project.bring_in({"planted.dcm": dicoms.radiograph(), "twin.dcm": twin})
    window = open_window(project.lead, f"{project.path}/studies")
    page = window.page
    page.get_by_role("table", name="Studies").get_by_role("row").nth(2).click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Acme Imaging")
    window.until(lambda: "Modality" in drawer.inner_text())
    shown = page.locator("body").inner_text()
    assert not [word for word in dicoms.PLANTED if word in shown]
    assert re.search("removed", shown, re.IGNORECASE)
    tabs = [one.bounding_box() for one in drawer.get_by_role("tab").all()]
    assert len(tabs) >= 5
    assert len({one["y"] for one in tabs}) == 1
    drawer.get_by_role("tab", name="Alike", exact=True).click()
    same = drawer.get_by_label("Nearly the same picture").get_by_role("button")
    expect(same).to_contain_text("other patient")
    address = page.url
    same.click()
    window.until(lambda: page.url != address)
    expect(same).to_contain_text("of 64 bits differ")
    expect(drawer.get_by_label("Most alike to the encoder")).to_contain_text("similarity")


def test_studies_are_found_by_an_attribute_and_their_header_is_read_by_keyboard(
    clinic: Clinic, open_window: Open
) -> None:
    project = clinic.project("Headers")
    project.bring_in(
        {
            "thin.dcm": dicoms.ct_slice(seed=1, KVP=100),
            "thick.dcm": dicoms.ct_slice(seed=2, KVP=120),
            "frames.dcm": dicoms.multi_frame(seed=3),
        }
    )
    window = open_window(project.lead, f"{project.path}/studies", width=1440, height=900)
    page = window.page
    window.see("3 studies")
    condition = page.get_by_label("Condition on a DICOM attribute")
    condition.fill("KVP=110..130")
    condition.press("Enter")
    window.see("1 study")
    page.get_by_label("Name of the cohort").fill("Hard rays")
    page.get_by_label("keep exactly this study").check()
    page.get_by_label("Save as a cohort").get_by_role("button", name="Save").click()
    cohort = page.get_by_role("button", name="Hard rays 1", exact=True)
    expect(cohort).to_have_attribute("aria-pressed", "true")
    cohort.click()
    window.see("3 studies")
    cohort.click()
    window.see("1 study")
    cohort.click()
    condition.fill("KVP=110..130")
    condition.press("Enter")
    window.see("1 study")
    window.expect_trouble("422")
    condition.fill("Nonsense=1")
    condition.press("Enter")
    window.see("No attribute that is kept is called Nonsense")
    page.get_by_role("button", name="Take away Nonsense=1").click()
    page.get_by_role("button", name="Take away KVP=110..130").click()
    window.see("3 studies")
    condition.fill("PerFrameFunctionalGroupsSequence")
    condition.press("Enter")
    window.see("1 study")
    page.get_by_role("heading", name="Studies").first.click()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("Acme Imaging")
    page.keyboard.press("Control+i")
    tags = drawer.get_by_role("table", name="Tags")
    search = drawer.get_by_label("Find a tag")
    search.fill("PerFrameFunctional")
    expect(tags.get_by_role("row")).to_have_count(1 + 1)
    search.fill("Frame 1")
    expect(tags).to_contain_text("Frame 1")
    drawer.get_by_label("Frame", exact=True).fill("2")
    search.fill("Frame 2")
    expect(tags).to_contain_text("Frame 2")
    search.fill("")
    fold = tags.get_by_role("row").filter(has_text="SharedFunctionalGroupsSequence")
    count = tags.get_by_role("row").count()
    fold.click()
    window.until(lambda: tags.get_by_role("row").count() < count)
    drawer.get_by_text("Study", exact=True).last.click()
    expect(tags).to_contain_text("ModalitiesInStudy")
