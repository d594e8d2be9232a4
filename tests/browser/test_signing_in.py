"""Signing in and out, and what a stranger or a person without the right sees."""

import re
from collections.abc import Callable

import pytest

from tests.browser.clinic import PASSWORD, Clinic
from tests.browser.window import Window

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_refused_and_the_right_one_opens_the_worklist(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Signing in")
    reader = project.readers[0]
    window = open_window(path="/")
    window.page.wait_for_url(re.compile("/sign-in"))
    window.page.get_by_label("E-mail").fill(reader.email)
    window.page.get_by_label(re.compile("^Password")).fill("not the password")
    window.expect_trouble("401")
    window.page.keyboard.press("Enter")
    window.see("E-mail or password is not right")
    window.page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    window.button("Sign in").click()
    window.page.wait_for_url(re.compile("/worklist"))
    window.page.get_by_role("heading", name="Worklist").wait_for()

    window.button(reader.name).click()
    window.page.get_by_role("menuitem", name="Sign out").click()
    window.page.wait_for_url(re.compile("/sign-in"))
    window.go(f"{project.path}/worklist")
    window.page.wait_for_url(re.compile("/sign-in"))


def test_an_address_is_returned_to_after_signing_in(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    project = clinic.project("Coming back")
    window = open_window(path=f"{project.path}/members")
    window.page.get_by_label("E-mail").fill(project.lead.email)
    window.page.get_by_label(re.compile("^Password")).fill(PASSWORD)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url(re.compile(f"{project.path}/members$"))


def test_what_is_not_there_and_what_is_not_mine_look_the_same(
    clinic: Clinic, open_window: Callable[..., Window]
) -> None:
    mine, foreign = clinic.project("Mine"), clinic.project("Not mine")
    window = open_window(mine.readers[0])
    for path in (f"{foreign.path}/worklist", "/projects/no-such-project/worklist", "/no/such/page"):
        window.go(path)
        window.see("Nothing is here")
        window.see("it belongs to a project you are not in")
        assert foreign.name not in window.page.locator("body").inner_text()
    window.page.get_by_role("link", name="Go to the start").click()
    window.page.wait_for_url(re.compile(f"{mine.path}/worklist"))
