"""Large files sent in pieces over connections that drop."""

import hashlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from collimate.access import sign_in
from collimate.access.policy import Role
from collimate.kit import clock
from collimate.kit.database import open_session
from collimate.kit.settings import settings
from collimate.studies import resume
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, Upload
from tests import dicoms, live

IMAGE = dicoms.ct_slice(rows=512, columns=512)
SHA256 = hashlib.sha256(IMAGE).hexdigest()


def begin(browser: Any, archive: Any, **changes: Any) -> Any:
    body = {"name": "scan/1.dcm", "byte_count": len(IMAGE), "sha256": SHA256, **changes}
    return browser.post(f"/api/projects/{archive.project.id}/uploads", json=body)


def send(browser: Any, upload: dict[str, Any], offset: int, data: bytes) -> Any:
    return browser.patch(f"/api/uploads/{upload['id']}?offset={offset}", content=data)


def is_on_disk(upload: dict[str, Any]) -> bool:
    return (settings().home_path / "uploads" / upload["id"]).exists()


@pytest.fixture
def browser(archive: Any, client: Any) -> Any:
    return client(archive.owner)


def test_a_file_in_three_pieces_becomes_an_image(archive: Any, browser: Any) -> None:
    upload = begin(browser, archive).json()
    assert upload["offset"] == 0
    for start in range(0, len(IMAGE), 200_000):
        answer = send(browser, upload, start, IMAGE[start : start + 200_000])
        assert answer.status_code == 200, answer.text
    assert answer.json()["file"]["state"] == "received"
    assert answer.json()["file"]["file_name"] == "scan/1.dcm"
    assert not is_on_disk(upload)
    ingest_waiting(archive.project.id)
    assert len(archive.rows(Instance)) == 1
    again = browser.get(f"/api/uploads/{upload['id']}").json()
    assert (again["offset"], again["file"]["state"]) == (len(IMAGE), "accepted")
    # an answer that got lost is given once more, and nothing happens twice
    repeated = send(browser, upload, start, IMAGE[start:])
    assert repeated.status_code == 200
    assert len(archive.files()) == 1


def test_a_piece_at_the_wrong_place_is_refused_and_told_where_to_go_on(
    archive: Any, browser: Any
) -> None:
    upload = begin(browser, archive).json()
    send(browser, upload, 0, IMAGE[:1000])
    for offset in (0, 999, 2000):
        answer = send(browser, upload, offset, b"x" * 10)
        assert (answer.status_code, answer.json()["offset"]) == (409, 1000)
    assert browser.get(f"/api/uploads/{upload['id']}").json()["offset"] == 1000


def test_the_same_file_chosen_again_goes_on_where_it_was(archive: Any, browser: Any) -> None:
    upload = begin(browser, archive).json()
    send(browser, upload, 0, IMAGE[:1000])
    again = begin(browser, archive, name="other name.dcm").json()
    assert (again["id"], again["offset"]) == (upload["id"], 1000)
    other = begin(browser, archive, sha256="0" * 64).json()
    unknown = [begin(browser, archive, sha256=None).json()["id"] for _ in range(2)]
    assert len({upload["id"], other["id"], *unknown}) == 4


def test_nobody_else_goes_on_with_it(archive: Any, browser: Any, client: Any, member: Any) -> None:
    upload = begin(browser, archive).json()
    colleague = client(member(Role.DATA_MANAGER))
    assert colleague.get(f"/api/uploads/{upload['id']}").status_code == 404
    assert send(colleague, upload, 0, b"x").status_code == 404
    assert begin(colleague, archive).json()["id"] != upload["id"]


def test_bytes_that_are_not_those_announced_are_not_kept(archive: Any, browser: Any) -> None:
    upload = begin(browser, archive).json()
    answer = send(browser, upload, 0, b"x" * len(IMAGE))
    assert answer.status_code == 422
    assert browser.get(f"/api/uploads/{upload['id']}").json()["offset"] == 0
    assert archive.files() == []
    assert send(browser, upload, 0, IMAGE).json()["file"]["state"] == "received"


def test_more_than_was_announced_is_refused(archive: Any, browser: Any) -> None:
    upload = begin(browser, archive, byte_count=10, sha256=None).json()
    assert send(browser, upload, 0, b"x" * 11).status_code == 413
    assert begin(browser, archive, byte_count=1 << 50).status_code == 413


def test_an_upload_given_up_leaves_nothing(archive: Any, browser: Any) -> None:
    upload = begin(browser, archive).json()
    send(browser, upload, 0, IMAGE[:1000])
    assert browser.delete(f"/api/uploads/{upload['id']}").status_code == 204
    assert not is_on_disk(upload)
    assert browser.get(f"/api/uploads/{upload['id']}").status_code == 404


def test_uploads_nobody_went_on_with_are_given_up_after_days(archive: Any, browser: Any) -> None:
    old, fresh = (begin(browser, archive, sha256=None).json() for _ in range(2))
    for upload in (old, fresh):
        send(browser, upload, 0, b"x")
    with open_session() as session:
        session.get_one(Upload, old["id"]).created_at = clock.now() - 2 * resume.KEPT
    ingest_waiting(archive.project.id)
    assert [str(row.id) for row in archive.rows(Upload)] == [fresh["id"]]
    assert not is_on_disk(old)
    assert is_on_disk(fresh)
    browser.delete(f"/api/uploads/{fresh['id']}")


@pytest.fixture(scope="module")
def server(database_server: str) -> Iterator[str]:
    home = settings().home_path
    with live.running("web", home=home, database_url=database_server) as address:
        yield address


def cut_off(address: str, headers: dict[str, str], path: str, data: bytes, after: int) -> None:
    """Announce `data`, send a part of it, and vanish without a goodbye."""
    host, port = urlsplit(address).hostname, urlsplit(address).port
    lines = [f"PATCH {path} HTTP/1.1", f"Host: {host}:{port}", f"Content-Length: {len(data)}",
             *(f"{name}: {value}" for name, value in headers.items()), "", ""]  # fmt: skip
    with socket.create_connection((str(host), int(port or 0))) as line:
        line.sendall("\r\n".join(lines).encode() + data[:after])


def test_a_connection_that_drops_in_mid_file_costs_nothing_that_arrived(
    archive: Any, server: str
) -> None:
    with open_session() as session:
        _, secret = sign_in.new_token(session, session.merge(archive.owner), "sender")
    headers = {"Authorization": f"Bearer {secret}"}
    with httpx.Client(base_url=server, headers=headers, timeout=30) as browser:
        upload = begin(browser, archive).json()
        arrived = 0
        for _ in range(3):
            path = f"/api/uploads/{upload['id']}?offset={arrived}"
            cut_off(server, headers, path, IMAGE[arrived:], 150_000)
            before = arrived
            deadline = time.monotonic() + 20
            while arrived == before:  # the server notices in a moment
                assert time.monotonic() < deadline
                arrived = browser.get(f"/api/uploads/{upload['id']}").json()["offset"]
            assert arrived == before + 150_000
        while (answer := send(browser, upload, arrived, IMAGE[arrived:])).status_code == 409:
            assert answer.json()["type"] == "/problems/upload-busy"
        assert answer.json()["file"]["state"] == "received"
    ingest_waiting(archive.project.id)
    assert [file.state for file in archive.files()] == ["accepted"]


def test_two_connections_never_mix_their_pieces(archive: Any, server: str) -> None:
    with open_session() as session:
        _, secret = sign_in.new_token(session, session.merge(archive.owner), "sender")
    headers = {"Authorization": f"Bearer {secret}"}
    gate = threading.Barrier(4)
    codes: list[int] = []
    with httpx.Client(base_url=server, headers=headers, timeout=30) as browser:
        upload = begin(browser, archive).json()

        def race() -> None:
            gate.wait()
            codes.append(send(browser, upload, 0, IMAGE).status_code)

        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert codes.count(200) >= 1
    assert set(codes) <= {200, 409}
    assert [file.sha256 for file in archive.files()] == [SHA256]
