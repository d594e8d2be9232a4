"""What this process remembers makes frames cheap, and never lets anybody see too much."""

import os
import socket
import threading
import time

import numpy as np
import pytest
import requests

from collimate.access import sign_in
from collimate.access.models import SignIn, User
from collimate.access.policy import Role
from collimate.access.sign_in import new_token
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.projects import members
from collimate.projects.models import Project
from collimate.studies.delete import delete_study
from collimate.studies.dicomweb.parts import read_range
from collimate.studies.models import Study
from tests import dicoms
from tests.studies.dicomweb import MULTIPART, address_of, parts_of, statements

OCTETS = {"accept": "application/octet-stream"}


@pytest.fixture
def film(archive):
    """Address and pixels of a radiograph."""
    pixels = dicoms.pattern(96, 80, seed=3)
    file = archive.bring(dicoms.radiograph(array=pixels))
    address = address_of(archive, archive.image(file).instance) + "/frames/1"
    return address, pixels.astype("<u2").tobytes()


def test_the_second_look_asks_the_database_nothing(owner, film):
    address, pixels = film
    first = owner.get(address, headers={"accept": MULTIPART})
    with statements() as asked:
        second = owner.get(address, headers={"accept": MULTIPART})
        single = owner.get(address, headers=OCTETS)
    assert asked == []
    assert parts_of(first)[0][1] == parts_of(second)[0][1] == single.content == pixels
    assert first.headers == second.headers
    assert second.headers["x-content-type-options"] == "nosniff"


def test_pictures_are_drawn_once_and_thumbnails_read_once(owner, film):
    address = film[0].removesuffix("/frames/1")
    for path in ("rendered", "rendered?viewport=20,20&window=100,300,linear", "thumbnail"):
        first = owner.get(f"{address}/{path}")
        with statements() as asked:
            second = owner.get(f"{address}/{path}")
            same = owner.get(f"{address}/{path}", headers={"if-none-match": first.headers["etag"]})
        assert asked == []
        assert (second.content, second.headers) == (first.content, first.headers)
        assert (same.status_code, same.content) == (304, b"")
    assert owner.get(f"{address}/rendered?window=x").status_code == 400
    assert owner.get(f"{address}/rendered", headers={"accept": "text/html"}).status_code == 406


def test_a_series_is_looked_up_once_for_all_its_slices(owner, archive):
    files = [archive.bring(dicoms.ct_slice(slice_index=index)) for index in range(3)]
    addresses = [address_of(archive, archive.image(file).instance) for file in files]
    owner.get(f"{addresses[0]}/frames/1")
    with statements() as asked:
        answers = [owner.get(f"{address}/frames/1", headers=OCTETS) for address in addresses[1:]]
    assert asked == []
    for index, answer in enumerate(answers, 1):
        assert answer.content == dicoms.pattern(64, 64, seed=index, signed=True).tobytes()
    late = archive.bring(dicoms.ct_slice(slice_index=3))
    assert owner.get(address_of(archive, archive.image(late).instance) + "/frames/1").is_success


def ends(name, archive, browser_user):
    """Take the right away in one of the ways there are."""
    with open_session() as session:
        user = session.get_one(User, browser_user.id)
        if name == "signed out":
            row = session.query(SignIn).filter(SignIn.user_id == user.id).one()
            sign_in.sign_out(session, sign_in.Actor(user, row.id))
        elif name == "no longer a member":
            members.remove_member(
                session, archive.owner.id, session.get_one(Project, archive.project.id), user.id
            )
        elif name == "deactivated":
            user.is_active = False
        else:
            study = session.query(Study).filter(Study.project_id == archive.project.id).one()
            delete_study(session, archive.owner.id, study)


@pytest.mark.parametrize(
    ("name", "status"),
    [("signed out", 401), ("no longer a member", 404), ("deactivated", 401), ("deleted", 404)],
)
def test_a_right_that_ends_ends_at_once(archive, member, client, film, name, status):
    address, _ = film
    user = member(Role.READER)
    browser = client(user)
    assert browser.get(address).status_code == 200
    assert browser.get(address).status_code == 200
    ends(name, archive, user)
    assert browser.get(address).status_code == status
    metadata = address.split("/series/")[0] + "/metadata"
    assert browser.get(metadata).status_code == status


def test_what_one_remembers_opens_nothing_to_another(owner, client, member, film, make_archive):
    address, _ = film
    assert owner.get(address).status_code == 200
    other = make_archive()
    assert client(other.owner).get(address).status_code == 404
    assert client().get(address).status_code == 401
    forged = client()
    forged.headers["authorization"] = "Bearer clm_nobody"
    assert forged.get(address).status_code == 401
    elsewhere = address.replace(address.split("/")[2], str(other.project.id))
    assert client(other.owner).get(elsewhere).status_code == 404
    assert client(other.owner).get(elsewhere).status_code == 404


def test_a_right_given_elsewhere_is_asked_for_again_soon(owner, film, monkeypatch):
    address, _ = film
    owner.get(address)
    later = time.monotonic() + 6
    monkeypatch.setattr("collimate.studies.dicomweb.opened.time.monotonic", lambda: later)
    with statements() as asked:
        assert owner.get(address).status_code == 200
    assert any("sign_in" in one for one in asked)


def test_lost_and_shortened_bytes_are_an_error_before_the_answer_begins(owner, archive, film):
    address, _ = film
    assert owner.get(address).status_code == 200
    (instance,) = archive.rows(Instance := type(archive.image(archive.files()[0]).instance))
    assert Instance is type(instance)
    path = blobs().path(instance.frames_sha256)
    os.truncate(path, path.stat().st_size - 1000)
    assert owner.get(address).status_code == 404
    path.unlink()
    assert owner.get(address).status_code == 404


def test_a_range_of_a_frame(owner, film):
    address, pixels = film

    def ask(text: str, **more: str):
        return owner.get(address, headers={**OCTETS, "range": text, **more})

    part = ask("bytes=100-299")
    assert (part.status_code, part.content) == (206, pixels[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(pixels)}"
    assert ask("bytes=-50").content == pixels[-50:]
    assert ask(f"bytes={len(pixels) - 7}-").content == pixels[-7:]
    beyond = ask(f"bytes={len(pixels)}-")
    assert (beyond.status_code, beyond.content) == (416, b"")
    for whole in ("bytes=1-2,5-6", "bytes=9-3", "lines=1-2", "bytes=a-b"):
        assert ask(whole).content == pixels
    assert ask("bytes=0-9", **{"if-range": part.headers["etag"]}).status_code == 206
    assert ask("bytes=0-9", **{"if-range": '"old"'}).status_code == 200
    many = owner.get(address, headers={"accept": MULTIPART, "range": "bytes=0-9"})
    assert parts_of(many)[0][1] == pixels


@pytest.mark.parametrize(
    ("header", "found"),
    [("bytes=0-0", (0, 0)), ("bytes=5-", (5, 9)), ("bytes=-3", (7, 9)), ("bytes=-99", (0, 9)),
     ("bytes=3-99", (3, 9)), ("bytes=-", None), (None, None), ("bytes=5-4", None)],
)  # fmt: skip
def test_ranges_are_read_as_http_says(header, found):
    assert read_range(header, 10) == found


def test_bulk_data_is_all_pixels(owner, archive):
    stack = np.stack([dicoms.pattern(32, 40, seed=index) for index in range(4)])
    file = archive.bring(dicoms.multi_frame(array=stack, syntax=dicoms.JPEG_2000))
    address = address_of(archive, archive.image(file).instance)
    (described,) = owner.get(f"{address}/metadata").json()
    where = described["7FE00010"]["BulkDataURI"]
    assert where == f"{address}/bulkdata/7FE00010"
    assert owner.get(where, headers=OCTETS).content == stack.astype("<u2").tobytes()
    assert parts_of(owner.get(f"{address}/bulkdata"))[0][0]["Content-Location"] == where
    assert owner.get(f"{address}/bulkdata/00281201").status_code == 404


@pytest.fixture
def bearer(archive):
    with open_session() as session:
        _, secret = new_token(session, session.get_one(User, archive.owner.id), "script", 1)
    return {"authorization": f"Bearer {secret}"}


@pytest.fixture
def large(archive):
    file = archive.bring(dicoms.radiograph(rows=1500, columns=1500))
    return address_of(archive, archive.image(file).instance) + "/frames/1"


def stall(server: str, address: str, bearer: dict[str, str], count: int) -> list[socket.socket]:
    """Readers with tiny receive buffers that ask and do not read."""
    host, port = server.removeprefix("http://").split(":")
    request = (
        f"GET {address} HTTP/1.1\r\nHost: {host}\r\n"
        f"Authorization: {bearer['authorization']}\r\n\r\n"
    ).encode()
    lines = []
    for _ in range(count):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect((host, int(port)))
        line.sendall(request)
        lines.append(line)
    return lines


def test_readers_that_stall_do_not_hold_up_the_others(server, large, bearer):
    stalled = stall(server, large, bearer, 60)
    answer = requests.get(server + large, headers=bearer, timeout=60)
    assert len(parts_of(answer)[0][1]) == 1500 * 1500 * 2
    for line in stalled:
        line.close()


def test_a_slow_reader_behind_a_small_buffer_gets_every_byte(server, large, bearer):
    whole = requests.get(server + large, headers={**bearer, **OCTETS}, timeout=60).content
    (line,) = stall(server, large, {**bearer}, 1)
    received = bytearray()
    head = b""
    while b"\r\n\r\n" not in head:
        head += line.recv(512)
    header, _, rest = head.partition(b"\r\n\r\n")
    length = int(header.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    received += rest
    while len(received) < length:
        received += line.recv(3000)
    assert whole in bytes(received)
    line.close()


def test_many_cold_frames_at_once_are_all_right(server, archive, bearer, monkeypatch):
    monkeypatch.setattr(type(blobs()), "read_warm", lambda *_: None)
    pixels = [dicoms.pattern(64, 64, seed=index, signed=True).tobytes() for index in range(4)]
    files = [archive.bring(dicoms.ct_slice(slice_index=index)) for index in range(4)]
    addresses = [address_of(archive, archive.image(file).instance) for file in files]
    wrong: list[int] = []

    def ask(index: int) -> None:
        address = f"{server}{addresses[index % 4]}/frames/1"
        got = requests.get(address, headers={**bearer, **OCTETS}, timeout=60)
        if got.content != pixels[index % 4]:
            wrong.append(index)

    threads = [threading.Thread(target=ask, args=(index,)) for index in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
