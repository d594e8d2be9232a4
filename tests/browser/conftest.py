"""A real Chromium against the production build, and real web, worker and ML worker processes."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from collimate.kit.settings import REPOSITORY
from tests import dicoms
from tests.browser.clinic import PASSWORD, Clinic, LetIn, Person
from tests.browser.taught import Taught, teach
from tests.browser.window import SECONDS, Browsers, Frame, Window
from tests.live import running
from tests.pacs import Pacs

ADMIN = "admin@clinic.example"

CHROMIUM: dict[str, Any] = {
    "executable_path": shutil.which("chromium-headless-shell")
    or shutil.which("chromium")
    or shutil.which("google-chrome"),
    "args": [
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        # only what pages draw by WebGL goes through it, not every frame of the page itself
        "--disable-gpu-compositing",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ],
}
"""How the browser is started: the system's where there is one, drawing on the processor."""


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each test opens windows of its own in it.

    It goes before other tests follow: its event loop would let them start none of their own.
    """
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def browser_database(database_server: str) -> str:
    """A database of its own, since the processes work on while other tests empty theirs."""
    with psycopg.connect(database_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE collimate_browser")
    address = database_server.replace("/collimate_test?", "/collimate_browser?")
    subprocess.run(
        [sys.executable, "-c", "from collimate.migrate import migrate; migrate()"],
        env={**os.environ, "COLLIMATE_DATABASE_URL": address},
        check=True,
    )
    return address


@pytest.fixture(scope="package")
def let_in(browser_database: str) -> Iterator[LetIn]:
    """Opens sessions as a sign-in does once the password was found right."""
    from collimate.access.models import User
    from collimate.access.sign_in import open_sign_in

    engine = create_engine(browser_database)

    def open_one(email: str) -> str:
        with Session(engine) as session, session.begin():
            user = session.scalars(select(User).where(User.email == email)).one()
            return open_sign_in(session, user).secret

    yield open_one
    engine.dispose()


@pytest.fixture(scope="package")
def clinic(
    browser_database: str, let_in: LetIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Clinic]:
    """A running installation with one administrator."""
    from collimate.access.accounts import create_user

    built = REPOSITORY / "frontend" / "dist"
    assert (built / "index.html").exists(), (
        "build the frontend first: make frontend/dist/index.html"
    )
    home = tmp_path_factory.mktemp("clinic")
    # a build that happens while the tests run must not change what they look at
    pages = Path(shutil.copytree(built, home / "pages"))
    engine = create_engine(browser_database)
    with Session(engine) as session:
        create_user(session, email=ADMIN, name="Administrator", password=PASSWORD, is_admin=True)
        session.commit()
    engine.dispose()
    settings = {"COLLIMATE_FRONTEND": str(pages), "COLLIMATE_ENCODER_SECONDS": "5"}
    # the other server that one project may pull from
    scans = [
        [dicoms.ct_slice(slice_index=index, seed=seed) for index in range(3)] for seed in (1, 2)
    ]
    pacs = Pacs({f"1.2.3.{number}": scan for number, scan in enumerate(scans)})
    source = f'[[sources]]\nname = "Hospital PACS"\nurl = "{pacs.url}"\nprojects = ["Pulling"]\n'
    (home / "ways_in.toml").write_text(source)
    names = ("web", "worker", "puller", "gpu-worker", "prompter")
    with running(*names, home=home, database_url=browser_database, settings=settings) as address:
        admin = Person(address, ADMIN, "Administrator", let_in=let_in)
        yield Clinic(address, admin, let_in)
    pacs.close()


@pytest.fixture(scope="package")
def taught(clinic: Clinic) -> Taught:
    """A project whose model has learned."""
    return teach(clinic)


@pytest.fixture(scope="package")
def browsers(chromium: Browser, clinic: Clinic, let_in: LetIn) -> Browsers:
    """Profiles that windows are opened in."""
    return Browsers(chromium, clinic.address, let_in)


@pytest.fixture
def open_window(browsers: Browsers) -> Iterator[Callable[..., Window]]:
    """`open_window(person, path)` is a fresh browser window, signed in where a person is given."""
    opened: list[Window] = []

    def make(person: Person | None = None, path: str = "/", **options: Any) -> Window:
        window = Window(browsers, Frame(**options))
        opened.append(window)
        if person is not None:
            window.sign_in(person.email)
        window.go(path)
        return window

    yield make
    for window in opened:
        window.close()
    troubles = [trouble for window in opened for trouble in window.troubles()]
    assert not troubles, "\n".join(troubles)
