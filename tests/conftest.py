"""Shared fixtures: a real PostgreSQL from the wheel, migrated once and emptied between tests."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from anyio.from_thread import start_blocking_portal
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis
from psycopg import sql

# until everything is imported there is no garbage (see `pytest_collection_finish`)
gc.disable()
HOME = Path(tempfile.mkdtemp(prefix="collimate-test-"))
REPOSITORY = Path(__file__).parents[1]
for name in [key for key in os.environ if key.startswith("COLLIMATE_")]:
    if name != "COLLIMATE_SAMPLE_DATA":
        del os.environ[name]
os.environ["COLLIMATE_HOME"] = str(HOME)
os.environ["COLLIMATE_ALLOWED_HOSTS"] = "localhost,127.0.0.1,testserver"
os.environ.setdefault("OMP_NUM_THREADS", "1")
# a busy machine is slow, which says nothing of the code
hypothesis.register_profile(
    "unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis.load_profile("unhurried")


LONGEST = (
    "tests/test_embedded.py",
    "tests/dicom/test_hostile_corpus.py",
    "tests/demo/",
    "tests/studies/test_samples.py",
    "tests/tasks/test_races.py",
    "tests/learning/",
)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file stays in one lane, and all files that need a browser do: they share an installation,
    a browser, and a model that learned.
    """
    from xdist.scheduler import LoadFileScheduling

    class Lanes(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "browser" if _is_in_browser(nodeid) else nodeid.split("::", 1)[0]

    return Lanes(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no lane works on alone at the end."""
    items.sort(
        key=lambda item: (not _is_in_browser(item.nodeid), not item.nodeid.startswith(LONGEST))
    )


def _is_in_browser(nodeid: str) -> bool:
    return nodeid.startswith("tests/browser/")


def pytest_collection_finish() -> None:
    """What is there by now stays: to look through it for garbage again and again costs a tenth."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_sessionfinish() -> None:
    shutil.rmtree(HOME, ignore_errors=True)


def sample_data() -> Path | None:
    """The folder of real sample images, where there is one."""
    given = os.environ.get("COLLIMATE_SAMPLE_DATA")
    folder = Path(given) if given else REPOSITORY.parent / "shared" / "data"
    return folder if (folder / "README.md").exists() else None


@pytest.fixture(scope="session")
def sample_folder() -> Path:
    """Real sample images; skips, saying so, where there are none."""
    folder = sample_data()
    if folder is None:
        pytest.skip("no real sample images here (COLLIMATE_SAMPLE_DATA); synthetic ones are used")
    return folder


@pytest.fixture(scope="session")
def database_server() -> Iterator[str]:
    """The address of a real PostgreSQL with the newest schema."""
    from collimate.embedded.postgres import start_postgres
    from collimate.kit.settings import settings

    postgres = start_postgres()
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        connection.execute("CREATE DATABASE collimate_test")
        # what these tests keep need not outlive a power cut
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
    address = postgres.address.replace("/postgres?", "/collimate_test?")
    os.environ["COLLIMATE_DATABASE_URL"] = address
    settings.cache_clear()
    from collimate.migrate import migrate

    migrate()
    yield address
    from collimate.kit.database import engine

    engine().dispose()
    postgres.stop()


@pytest.fixture
def database(database_server: str) -> Iterator[str]:
    """The database, emptied afterwards."""
    yield database_server
    empty(database_server)


def empty(address: str) -> None:
    """Delete every row (as the owner, past the keys and triggers that bind the application).

    Deleting a few rows takes a tenth of the time of truncating what refers to them.
    """
    connection, names = _owner(address), _which_hold_rows(address)
    with connection.transaction():
        for (name,) in connection.execute(names).fetchall():
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


def empty_tables(address: str, *names: str) -> None:
    """Delete every row of these tables only, past keys and triggers."""
    connection = _owner(address)
    with connection.transaction():
        for name in names:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))


@cache
def _owner(address: str) -> psycopg.Connection[Any]:
    """A connection that stands: a new one would read the catalogue of all tables again."""
    connection = psycopg.connect(address, autocommit=True)
    connection.execute("SET lock_timeout = '20s'")
    connection.execute("SET session_replication_role = replica")
    return connection


@cache
def _which_hold_rows(address: str) -> sql.Composed:
    names = _owner(address).execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
        "AND tablename <> 'alembic_version'"
    )
    return sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(
            sql.Literal(name), sql.Identifier(name)
        )
        for (name,) in names.fetchall()
    )


@pytest.fixture
def session(database: str) -> Iterator[Any]:
    """An open session that commits when the test ends well; `session.commit()` is fine in tests."""
    from collimate.kit.database import open_session

    with open_session() as opened:
        yield opened


@pytest.fixture(scope="session")
def app(database_server: str) -> Any:
    """The web application, made once: its first request works out what every route needs."""
    from collimate.app import make_app

    return make_app()


@pytest.fixture(scope="session")
def event_loop() -> Iterator[Any]:
    """A thread whose loop answers all requests: one for each request would cost a fifth of them."""
    with start_blocking_portal() as portal:
        yield portal


@pytest.fixture
def client(app: Any, event_loop: Any, database: str) -> Iterator[Callable[..., Any]]:
    """`client(user)` is a browser signed in as that user; `client()` is a stranger."""
    from fastapi.testclient import TestClient

    from collimate.access.sign_in import open_sign_in
    from collimate.kit.database import open_session

    opened: list[TestClient] = []

    def make(user: Any = None, **options: Any) -> TestClient:
        browser = TestClient(app, base_url="http://testserver", **options)
        browser.portal = event_loop
        opened.append(browser)
        if user is not None:
            with open_session() as session:
                new = open_sign_in(session, session.merge(user, load=True))
            browser.cookies.set("collimate_session", new.secret)
            browser.headers["x-csrf-token"] = new.sign_in.csrf_token
        return browser

    yield make
    for browser in opened:
        browser.close()
