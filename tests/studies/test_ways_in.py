"""The file that opens further ways in, and the process that obeys it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from collimate.embedded import run
from collimate.kit.settings import settings
from collimate.studies.ways_in import Receiver, WaysInUnusable, ways_in
from tests import dicoms, live

RECEIVER = """
[receiver]
port = {port}
[[receiver.senders]]
calling_ae_title = "SCANNER1"
addresses = ["127.0.0.1"]
[[receiver.destinations]]
called_ae_title = "CHEST"
project = "{project}"
"""
Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write the file and have this process read it anew."""

    def put(text: str) -> Path:
        path = tmp_path / "ways_in.toml"
        path.write_text(text)
        monkeypatch.setenv("COLLIMATE_WAYS_IN", str(path))
        settings.cache_clear()
        ways_in.cache_clear()
        return path

    yield put
    monkeypatch.undo()
    settings.cache_clear()
    ways_in.cache_clear()


def test_nothing_is_open_without_the_file() -> None:
    ways_in.cache_clear()
    assert not ways_in().needs_receiver
    assert "receiver" not in run._wanted()


def test_a_receiver_in_the_file_is_started_with_everything_else(write: Write) -> None:
    write(RECEIVER.format(port=11112, project="Chest"))
    assert "receiver" in run._wanted()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[receiver]\nport = 1", "senders"),
        ("[reciever]\nport = 1", "reciever"),
        ("[receiver", "ways_in.toml"),
        (RECEIVER.format(port=99999, project="x"), "port"),
        (RECEIVER.format(port=1, project="x").replace("127.0.0.1", "everyone"), "addresses"),
        (RECEIVER.format(port=1, project="x").replace("CHEST", "A TITLE TOO LONG FOR DICOM"),
         "called_ae_title"),
        (RECEIVER.format(port=1, project="x").replace("port", 'key = "k"\nport'), "certificate"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_meant_is_refused_and_says_where(
    write: Write, text: str, said: str
) -> None:
    write(text)
    with pytest.raises(WaysInUnusable, match=said):
        ways_in()


def test_a_named_file_that_is_missing_is_not_taken_for_an_empty_one(
    write: Write,
) -> None:
    write("").unlink()
    with pytest.raises(WaysInUnusable, match="no such file"):
        ways_in()


def test_one_called_title_leads_to_one_project() -> None:
    destination = {"called_ae_title": "CHEST", "project": "x"}
    sender = {"calling_ae_title": "A", "addresses": ["10.0.0.0/8"]}
    with pytest.raises(ValueError, match="twice"):
        Receiver.model_validate({"senders": [sender], "destinations": [destination, destination]})


def test_the_receiver_process_takes_images_in(
    write: Write, archive: Any, tmp_path: Path, database: str
) -> None:
    port = live.free_port()
    path = write(RECEIVER.format(port=port, project=archive.project.id))
    image = tmp_path / "a.dcm"
    image.write_bytes(dicoms.ct_slice())
    home = tmp_path / "home"
    with live.running(
        "receiver", home=home, database_url=database, settings={"COLLIMATE_WAYS_IN": str(path)}
    ):
        live.wait_for_port(port, home / "receiver.log")
        sent = subprocess.run(
            ["storescu", "-aet", "SCANNER1", "-aec", "CHEST", "127.0.0.1", str(port), str(image)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert sent.returncode == 0, sent.stderr
    assert [file.state for file in archive.files()] == ["received"]
    assert not [word for word in dicoms.PLANTED if word in (home / "receiver.log").read_text()]


def test_a_receiver_with_an_unusable_file_ends_and_says_why(write: Write) -> None:
    path = write("[receiver]")
    ended = subprocess.run(
        [sys.executable, "-m", "collimate.receiver"],
        env={"COLLIMATE_WAYS_IN": str(path), "PATH": ""},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "senders" in ended.stderr
