"""A project, and short ways to bring files into it and to look at what became of them."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from sqlalchemy import select

from collimate.access.models import User
from collimate.access.policy import Role
from collimate.kit.database import open_session
from collimate.kit.settings import settings
from collimate.projects.models import Project
from collimate.studies import image_reads
from collimate.studies.act import Act, WayIn
from collimate.studies.dicomweb import opened
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, Patient, ReceivedFile, Series, Study
from collimate.studies.receive import receive
from collimate.studies.sandbox import close_sandbox
from collimate.studies.ways_in import ways_in
from tests import factories
from tests.live import free_port

SOURCE = '[[sources]]\nname = "PACS"\nurl = "{url}"\nprojects = ["{project}"]\n'
OpenSource = Callable[..., None]


@pytest.fixture(scope="session", autouse=True)
def _sandbox_ends() -> Iterator[None]:
    yield
    close_sandbox()


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    image_reads._noted.clear()
    opened.forget()


@dataclass
class Archive:
    """One project with its owner."""

    project: Project
    owner: User

    def send(self, data: bytes, name: str = "image.dcm", **facts: Any) -> UUID:
        """Receive without ingesting."""
        with open_session() as session:
            project = session.get_one(Project, self.project.id)
            return receive(
                session,
                project,
                act=Act(WayIn.UPLOAD, self.owner.id),
                name=name,
                chunks=[data],
                facts=facts,
            ).id

    def bring(self, data: bytes, name: str = "image.dcm", **facts: Any) -> ReceivedFile:
        """Receive and ingest; answers the file as it stands then."""
        file_id = self.send(data, name, **facts)
        ingest_waiting(self.project.id)
        return self.file(file_id)

    def file(self, file_id: UUID) -> ReceivedFile:
        with open_session() as session:
            return session.get_one(ReceivedFile, file_id)

    def files(self) -> list[ReceivedFile]:
        return self.rows(ReceivedFile)

    def rows(self, kind: Any) -> list[Any]:
        with open_session() as session:
            mine = select(kind).where(kind.project_id == self.project.id).order_by(kind.id)
            return list(session.scalars(mine))

    def image(self, file: ReceivedFile) -> SimpleNamespace:
        """The rows behind an accepted file."""
        with open_session() as session:
            instance = session.get_one(Instance, file.instance_id)
            study = session.get_one(Study, instance.study_id)
            return SimpleNamespace(
                instance=instance,
                series=session.get_one(Series, instance.series_id),
                study=study,
                patient=session.get_one(Patient, study.patient_id),
            )


@pytest.fixture
def make_archive(database: str) -> Callable[..., Archive]:
    def make(**rules: Any) -> Archive:
        with open_session() as session:
            owner = factories.make_user(session, name="Owner")
            project = factories.make_project(session, owner=owner, learning_rules=rules)
            return Archive(project, owner)

    return make


@pytest.fixture
def archive(make_archive: Callable[..., Archive]) -> Archive:
    return make_archive()


@pytest.fixture
def member(archive: Archive) -> Callable[[Role], User]:
    """A new member of the project with this role."""

    def make(role: Role) -> User:
        with open_session() as session:
            return factories.make_member(session, project=archive.project, role=role)

    return make


@pytest.fixture
def owner(archive, client):
    return client(archive.owner)


@pytest.fixture
def web(archive):
    return f"/dicomweb/{archive.project.id}"


@pytest.fixture
def server(app):
    """The application behind a real socket."""
    port = free_port()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="error",
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    running.should_exit = True
    thread.join()


@pytest.fixture
def open_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Have this text be the file of the ways in, in this process."""

    def write(text: str) -> None:
        path = tmp_path / "ways_in.toml"
        path.write_text(text)
        monkeypatch.setenv("COLLIMATE_WAYS_IN", str(path))
        settings.cache_clear()
        ways_in.cache_clear()

    yield write
    monkeypatch.undo()
    settings.cache_clear()
    ways_in.cache_clear()


@pytest.fixture
def open_source(archive: Any, open_ways: Callable[[str], None]) -> OpenSource:
    """Open one source to the archive's project in this process."""

    def write(url: str, extra: str = "") -> None:
        open_ways(SOURCE.format(url=url, project=archive.project.id) + extra)

    return write
