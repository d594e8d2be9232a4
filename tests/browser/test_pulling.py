"""A data manager looks at what another server has, and pulls it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests import dicoms
from tests.browser.clinic import Clinic
from tests.browser.window import Window

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


def test_where_no_server_is_open_nothing_is_offered(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Nothing to pull from")
    window = open_window(project.lead, f"{project.path}/studies")
    expect(window.page.get_by_role("button", name=re.compile("^Upload a folder"))).to_be_visible()
    expect(window.page.get_by_role("button", name="Pull from a server")).to_have_count(0)
