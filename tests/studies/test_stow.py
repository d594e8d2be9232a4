"""STOW-RS: what is answered is durable, and said of each object (PS3.18 10.5)."""

import asyncio
import hashlib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from collimate.access import sign_in
from collimate.access.policy import Role
from collimate.dicom.sent_as import SentAs, read_names
from collimate.jobs.models import Job
from collimate.kit.blobs import Blob, blobs, work_folder
from collimate.kit.database import open_session
from collimate.studies.dicomweb.spool import spool_parts
from collimate.studies.dicomweb.stow import prefers_async
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Study
from collimate.studies.receive import Arrived
from tests import dicoms
from tests.studies.dicomweb import statements


def names_of(data: bytes) -> SentAs:
    return read_names(data[:2048])


BOUNDARY = "stow-boundary"


def stow(browser, web, *files: bytes, boundary: str = BOUNDARY, **headers):
    pieces = []
    for data in files:
        pieces.append(f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode())
        pieces.append(data + b"\r\n")
    body = b"".join([*pieces, f"--{BOUNDARY}--".encode()])
    kind = f'multipart/related; type="application/dicom"; boundary={boundary}'
    return browser.post(f"{web}/studies", content=body, headers={"content-type": kind, **headers})


def test_storing_says_for_each_object_what_became_of_it(owner, archive, web):
    good = dicoms.radiograph()
    other = dicoms.radiograph(array=dicoms.pattern(96, 80, seed=9))
    answer = stow(owner, web, good, dicoms.broken("truncated_pixels"), other,
                  dicoms.broken("segmentation"))  # fmt: skip
    assert answer.status_code == 202
    body = answer.json()
    (done,) = body["00081199"]["Value"]
    failed = [one["00081197"]["Value"][0] for one in body["00081198"]["Value"]]
    assert body["00081198"]["Value"][1]["00081155"]["Value"] == [names_of(other)[1]]
    assert failed == [0xC000, 0x0111, 0x0122]
    assert owner.get(done["00081190"]["Value"][0] + "/frames/1").status_code == 200
    assert owner.get(body["00081190"]["Value"][0]).status_code == 200
    assert stow(owner, web, good).status_code == 200
    assert stow(owner, web, dicoms.broken("text")).status_code == 409
    with open_session() as session:
        kinds = set(session.scalars(select(Job.kind)))
    assert kinds == {"ingest_received", "embed_studies"}


def test_storing_what_is_no_multipart_stores_nothing(owner, archive, web):
    assert stow(owner, web, b"x", boundary="other").status_code == 400
    assert stow(owner, web).status_code == 400
    json = owner.post(f"{web}/studies", content=b"{}", headers={"content-type": "application/json"})
    assert json.status_code == 415
    assert archive.rows(Study) == []


def test_only_those_who_manage_data_may_store(archive, client, member, web):
    reader = client(member(Role.READER))
    assert stow(reader, web, dicoms.radiograph()).status_code == 403
    unsafe = client(archive.owner)
    assert stow(unsafe, web, dicoms.radiograph(), **{"x-csrf-token": "no"}).status_code == 403
    assert stow(client(), web, dicoms.radiograph()).status_code == 401
    assert archive.files() == []


def test_the_leave_a_token_gives_is_remembered_and_ends_with_it(archive, client, web):
    with open_session() as session:
        token, secret = sign_in.new_token(session, archive.owner, "sender", 1)
    program = client()
    program.headers["authorization"] = f"Bearer {secret}"
    asked = []
    for seed in range(2):
        with statements() as found:
            assert stow(
                program, web, dicoms.radiograph(seed=seed), prefer="respond-async"
            ).is_success
        asked.append(any("personal_token" in one for one in found))
    assert asked == [True, False]
    with open_session() as session:
        sign_in.revoke_token(session, archive.owner, token.id)
    assert stow(program, web, dicoms.radiograph(seed=2)).status_code == 401


def test_who_prefers_not_to_wait_is_answered_when_everything_is_durable(owner, archive, web):
    sent = [dicoms.ct_slice(slice_index=index) for index in range(3)]
    sent.append(dicoms.broken("text"))
    answer = stow(owner, web, *sent, prefer="respond-async, wait=5")
    assert (answer.status_code, answer.headers["preference-applied"]) == (202, "respond-async")
    kept = answer.json()["00081199"]["Value"]
    assert [one.get("00081155", {}).get("Value") for one in kept] == [
        *([names_of(one)[1]] for one in sent[:3]), None,
    ]  # fmt: skip
    assert all(one["00081190"] == {"vr": "UR"} for one in kept)
    assert "00081198" not in answer.json()
    assert [file.state for file in archive.files()] == ["received"] * 4
    for one in sent:
        assert blobs().read(hashlib.sha256(one).hexdigest()) == one
    with open_session() as session:
        assert session.scalar(select(Job.kind)) == "ingest_received"
    assert ingest_waiting(archive.project.id) == {"accepted": 3, "quarantined": 1}
    again = stow(owner, web, sent[0], prefer="respond-async")
    assert again.status_code == 200
    assert owner.get(again.json()["00081199"]["Value"][0]["00081190"]["Value"][0]).is_success


def test_many_objects_become_durable_in_as_many_statements_as_one(owner, archive, web):
    def send(*files: bytes) -> int:
        with statements() as asked:
            assert stow(owner, web, *files, prefer="respond-async").status_code == 202
        return len(asked)

    send(dicoms.radiograph(seed=50))
    one = send(dicoms.radiograph(seed=51))
    many = send(*(dicoms.ct_slice(slice_index=index) for index in range(6)))
    assert many <= one + 1


def test_the_same_object_twice_in_a_request_is_one_image(owner, archive, web):
    good = dicoms.radiograph()
    answer = stow(owner, web, good, good)
    assert answer.status_code == 200
    assert len(answer.json()["00081199"]["Value"]) == 2
    assert sorted(file.state for file in archive.files()) == ["accepted", "duplicate"]


def test_a_request_that_breaks_off_keeps_nothing(owner, archive, web):
    good = dicoms.radiograph()
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    kind = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
    cut = head + good + b"\r\n" + head + good[:500]
    answer = owner.post(f"{web}/studies", content=cut, headers={"content-type": kind})
    assert answer.status_code == 400
    assert archive.files() == []
    with pytest.raises(Exception, match="cannot be found"):
        blobs().read(hashlib.sha256(good).hexdigest())


def test_a_large_part_is_never_in_memory_as_a_whole():
    async def body():
        yield f"--{BOUNDARY}\r\n\r\n".encode()
        for _ in range(1024):
            yield bytes(1 << 16)
        yield f"\r\n--{BOUNDARY}--".encode()

    async def take() -> tuple[int, Arrived]:
        with work_folder() as folder:
            tracemalloc.start()
            (arrived,) = await spool_parts(body(), BOUNDARY, folder, "x")
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            return most, arrived

    # In a thread of its own: a browser driven by this process keeps a loop in the main one.
    with ThreadPoolExecutor(1) as thread:
        most, arrived = thread.submit(asyncio.run, take()).result()
    assert most < 8 << 20
    assert arrived.blob == Blob(hashlib.sha256(bytes(64 << 20)).hexdigest(), 64 << 20)


@pytest.mark.parametrize("syntax", [dicoms.EXPLICIT, dicoms.IMPLICIT, dicoms.DEFLATED])
def test_an_object_is_called_what_it_calls_itself(syntax):
    names = names_of(dicoms.ct_slice(syntax=syntax))
    assert names.sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"
    assert names.sop_instance_uid == f"{dicoms.ROOT}.1.1.1"


def test_what_is_no_name_is_not_said_back():
    good = dicoms.ct_slice()
    assert read_names(b"") == read_names(b"x" * 5000) == SentAs()
    for cut in range(0, 400, 7):
        read_names(good[:cut])
    uid = f"{dicoms.ROOT}.1.1.1".encode()
    for bad in (b"<script>", b"1..2", b"\r\nX: y"):
        spoiled = good[:500].replace(uid, bad.ljust(len(uid), b"x")[: len(uid)])
        assert read_names(spoiled).sop_instance_uid is None


@pytest.mark.parametrize(
    ("header", "found"),
    [("respond-async", True), ("wait=3, Respond-Async; x=1", True), ("", False), ("wait=9", False)],
)
def test_preferences_are_read_as_http_says(header, found):
    assert prefers_async(header) is found
