"""What was read is frozen, proved and taken away as files."""

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest

from tests.browser.taught import KEYS, Taught
from tests.browser.window import Window

pytestmark = pytest.mark.browser
Open = Callable[..., Window]


def fetch(window: Window, name: str) -> zipfile.ZipFile:
    """Follow the download of an export once it is ready."""
    link = window.page.get_by_role("link", name=re.compile(name))
    link.wait_for()
    with window.page.expect_download() as download:
        link.click()
    return zipfile.ZipFile(download.value.path())


def test_a_version_is_frozen_exported_as_csv_and_coco_and_opens(
    taught: Taught, open_window: Open
) -> None:
    window = open_window(taught.project.lead, f"{taught.project.path}/datasets")
    page = window.page
    window.see("Nothing was frozen yet")
    page.get_by_label("Name").fill("First release")
    window.button("Freeze").click()
    page.get_by_role("heading", name="First release").wait_for()
    (version,) = taught.project.lead.get(f"{taught.project.path}/datasets")["items"]
    assert version["counts"]["studies"] >= 20

    window.button("Verify").click()
    page.get_by_role("status").filter(has_text="intact").wait_for()

    window.button("Export CSV").click()
    archive = fetch(window, "download CSV of First release")
    rows = list(csv.DictReader(io.StringIO(archive.read("reads.csv").decode())))
    assert len(rows) == version["counts"]["reads"]
    assert {value for row in rows for value in row.values()} & set(KEYS)

    window.button("Export COCO with images", exact=True).click()
    archive = fetch(window, "download COCO of First release")
    names = archive.namelist()
    splits = [json.loads(archive.read(name)) for name in names if name.startswith("annotations/")]
    pictures = {name for name in names if re.match(r"images/.+", name)}
    described = [image["file_name"] for split in splits for image in split["images"]]
    assert len(described) == len(set(described)) == len(pictures) == version["counts"]["studies"]
