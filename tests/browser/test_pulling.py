"""A data manager brings in what another server has, and pictures with a table."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests import dicoms
from tests.browser.clinic import Clinic
from tests.browser.window import Window
from tests.studies.test_import_folder import picture

pytestmark = pytest.mark.browser


def test_studies_are_pulled_from_another_server_after_a_look(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Pulling")
    window = open_window(project.lead, f"{project.path}/studies", width=1440, height=900)
    page = window.page
    page.get_by_role("button", name="Pull from a server").click()
    panel = page.get_by_role("region", name="Pull from another server")
    expect(panel.get_by_role("button", name="Pull", exact=True)).to_be_disabled()
    panel.get_by_label("Modality").fill("ct")
    panel.get_by_role("button", name="Show what matches").click()
    window.see("2 studies · 6 images · 2 CT")
    matches = panel.get_by_role("table", name="Matching studies")
    expect(matches.get_by_role("row")).to_have_count(1 + 2)
    assert not [word for word in dicoms.PLANTED if word in panel.inner_text()]
    panel.get_by_label("Modality").fill("mr")
    expect(matches).to_have_count(0)
    panel.get_by_role("button", name="Show what matches").click()
    window.see("Nothing matches")
    panel.get_by_label("Modality").fill("")
    panel.get_by_role("button", name="Show what matches").click()
    panel.get_by_role("button", name="Pull 2 studies").click()
    expect(page.get_by_role("table", name="Studies").get_by_role("row")).to_have_count(1 + 2)
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_have_count(0)


def test_where_no_server_is_open_pictures_come_in_with_a_table(
    clinic: Clinic, open_window: Callable[..., Window], tmp_path: Path
) -> None:
    project = clinic.project("Nothing to pull from")
    window = open_window(project.lead, f"{project.path}/studies")
    page = window.page
    page.get_by_role("button", name=re.compile("^Upload a folder")).wait_for()
    expect(page.get_by_role("button", name="Pull from a server")).to_have_count(0)
    page.get_by_role("button", name="Pictures with a table").click()
    panel = page.get_by_role("region", name="Pictures with a table")
    for seed in (1, 2):
        picture(tmp_path / f"{seed}.png", seed)
    (tmp_path / "table.csv").write_text("who;file\np;1.png\np;2.png\np;3.png\n")
    panel.get_by_label("Table and pictures").set_input_files(
        [tmp_path / name for name in ("table.csv", "1.png", "2.png")]
    )
    window.see("2 pictures of 2 patients")
    window.see("1 row names a picture not chosen")
    first_rows = panel.get_by_role("table", name="The first rows of the table")
    expect(first_rows.get_by_role("row")).to_have_count(1 + 3)
    choose(panel, "File name", "who")
    expect(panel.get_by_role("alert")).to_contain_text("None of the 3 files")
    expect(panel.get_by_role("button", name="Bring in")).to_be_disabled()
    choose(panel, "File name", "file")
    choose(panel, "Patient", "who")
    window.see("2 pictures of 1 patient")
    panel.get_by_role("button", name="Bring in 2 pictures").click()
    expect(panel).to_have_count(0)
    expect(page.get_by_role("table", name="Studies").get_by_role("row")).to_have_count(1 + 2)


def choose(panel: Locator, label: str, option: str) -> None:
    panel.get_by_role("combobox", name=label).click()
    panel.page.get_by_role("option", name=option, exact=True).click()
