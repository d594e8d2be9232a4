"""Real senders over DIMSE: DCMTK's tools and pynetdicom against our receiver."""

import io
import socket
import ssl
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pynetdicom import AE
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    CTImageStorage,
    SegmentationStorage,
    Verification,
)
from sqlalchemy import select

from collimate.access.models import AuditEvent
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.studies import receive
from collimate.studies.dimse import store as storing
from collimate.studies.dimse.listen import Listener
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, Study
from collimate.studies.ways_in import Receiver
from tests import dicoms

CALLED, CALLING = "CHEST_STUDY", "SCANNER1"
Listen = Callable[..., Listener]


@pytest.fixture
def listen(archive: Any) -> Iterator[Listen]:
    """A receiver for the archive's project on a free port; options change what it lets in."""
    running: list[Listener] = []

    def start(**options: Any) -> Listener:
        given = {
            "port": 0,
            "senders": [{"calling_ae_title": CALLING, "addresses": ["127.0.0.0/8"]}],
            "destinations": [{"called_ae_title": CALLED, "project": str(archive.project.id)}],
            **options,
        }
        running.append(Listener(Receiver.model_validate(given)))
        return running[-1]

    yield start
    for listener in running:
        listener.close()


def dcmtk(tool: str, listener: Listener, *arguments: str, **titles: str) -> Any:
    """Run one of DCMTK's tools against the receiver."""
    return subprocess.run(
        [tool, "-aet", titles.get("calling", CALLING), "-aec", titles.get("called", CALLED),
         "-to", "10", "-ta", "10", *arguments, "127.0.0.1", str(listener.port)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def storescu(listener: Listener, *files: Path, options: tuple[str, ...] = (), **titles: str) -> Any:
    return subprocess.run(
        ["storescu", "-aet", titles.get("calling", CALLING),
         "-aec", titles.get("called", CALLED), *options,
         "127.0.0.1", str(listener.port), *map(str, files)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@contextmanager
def association(listener: Listener, *contexts: Any, calling: str = CALLING, **more: Any) -> Any:
    """An open association of pynetdicom, released afterwards."""
    entity = AE(ae_title=calling)
    for uid in contexts or (CTImageStorage,):
        entity.add_requested_context(uid, dicoms.EXPLICIT)
    opened = entity.associate("127.0.0.1", listener.port, ae_title=CALLED, **more)
    try:
        yield opened
    finally:
        if opened.is_established:
            opened.release()


def files_of(folder: Path, count: int, *, seed: int = 0) -> list[Path]:
    paths = []
    for index in range(count):
        path = folder / f"{seed}-{index}.dcm"
        path.write_bytes(dicoms.ct_slice(slice_index=index, seed=seed))
        paths.append(path)
    return paths


def until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def dataset(data: bytes) -> Any:
    return pydicom.dcmread(io.BytesIO(data))


def test_echoscu_is_answered(listen: Listen) -> None:
    answer = dcmtk("echoscu", listen())
    assert answer.returncode == 0, answer.stderr


def test_storescu_sends_a_series_that_becomes_a_study(
    listen: Listen, archive: Any, tmp_path: Path
) -> None:
    answer = storescu(listen(), *files_of(tmp_path, 3))
    assert answer.returncode == 0, answer.stderr
    assert {(file.state, file.file_name) for file in archive.files()} == {
        ("received", f"C-STORE from {CALLING}")
    }
    assert all(blobs().path(file.sha256).exists() for file in archive.files())
    assert ingest_waiting(archive.project.id) == {"accepted": 3}
    (study,) = archive.rows(Study)
    assert study.instance_count == 3
    sent = dataset(dicoms.ct_slice(slice_index=1))
    (stored,) = [one for one in archive.rows(Instance) if one.instance_number == 2]
    frame = blobs().read(stored.frames_sha256, *stored.frame_ranges[0])
    assert frame == sent.PixelData


@pytest.mark.parametrize("syntax", [dicoms.IMPLICIT, dicoms.DEFLATED, dicoms.JPEG_2000, dicoms.RLE])
def test_objects_keep_the_transfer_syntax_they_are_sent_in(
    listen: Listen, archive: Any, syntax: str
) -> None:
    listener = listen()
    entity = AE(ae_title=CALLING)
    entity.add_requested_context(CTImageStorage, syntax)
    opened = entity.associate("127.0.0.1", listener.port, ae_title=CALLED)
    assert opened.send_c_store(dataset(dicoms.ct_slice(syntax=syntax))).Status == 0x0000
    opened.release()
    assert ingest_waiting(archive.project.id) == {"accepted": 1}
    assert archive.rows(Instance)[0].original_transfer_syntax_uid == syntax


def test_the_same_object_again_is_a_success_and_a_duplicate(listen: Listen, archive: Any) -> None:
    listener = listen()
    for _ in range(2):
        with association(listener) as opened:
            assert opened.send_c_store(dataset(dicoms.ct_slice())).Status == 0x0000
        ingest_waiting(archive.project.id)
    assert [file.state for file in archive.files()] == ["accepted", "duplicate"]


def test_several_associations_at_once_lose_nothing(
    listen: Listen, archive: Any, tmp_path: Path
) -> None:
    listener = listen()
    batches = [files_of(tmp_path, 5, seed=seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda files: storescu(listener, *files), batches))
    assert [answer.returncode for answer in answers] == [0] * 4, [one.stderr for one in answers]
    assert ingest_waiting(archive.project.id) == {"accepted": 20}
    assert len(archive.rows(Study)) == 4


def test_what_came_over_an_association_is_written_down(listen: Listen, archive: Any) -> None:
    with association(listen()) as opened:
        opened.send_c_store(dataset(dicoms.ct_slice()))

    def noted() -> Any:
        with open_session() as session:
            return session.scalars(
                select(AuditEvent).where(AuditEvent.action == "files_sent_by_dimse")
            ).all()

    until(noted)
    (event,) = noted()
    assert event.project_id == archive.project.id
    assert event.detail["calling_ae_title"] == CALLING
    assert (event.detail["stored_count"], event.detail["refused_count"]) == (1, 0)


@pytest.mark.parametrize(
    ("titles", "reason"),
    [({"calling": "STRANGER"}, "Calling AE Title Not Recognized"),
     ({"called": "ELSEWHERE"}, "Called AE Title Not Recognized")],
)  # fmt: skip
def test_unknown_titles_are_refused_with_the_reason(
    listen: Listen, archive: Any, titles: dict[str, str], reason: str
) -> None:
    answer = dcmtk("echoscu", listen(), **titles)
    assert answer.returncode != 0
    assert reason in answer.stderr
    assert archive.files() == []


def test_a_known_title_from_another_address_is_refused(listen: Listen) -> None:
    senders = [
        {"calling_ae_title": CALLING, "addresses": ["10.9.8.7"]},
        {"calling_ae_title": "OTHER", "addresses": ["127.0.0.1"]},
    ]
    answer = dcmtk("echoscu", listen(senders=senders))
    assert "Calling AE Title Not Recognized" in answer.stderr


def test_an_unknown_address_is_not_even_talked_to(listen: Listen) -> None:
    senders = [{"calling_ae_title": CALLING, "addresses": ["10.9.8.7"]}]
    with socket.create_connection(("127.0.0.1", listen(senders=senders).port), 5) as line:
        assert line.recv(1) == b""


def test_objects_that_are_no_images_are_refused_when_negotiating(listen: Listen) -> None:
    with association(listen(), SegmentationStorage, Verification) as opened:
        assert [str(one.abstract_syntax) for one in opened.rejected_contexts] == [
            str(SegmentationStorage)
        ]


def test_an_object_that_is_not_what_the_request_says_is_refused(
    listen: Listen, archive: Any
) -> None:
    sent = dataset(dicoms.ct_slice())
    with association(listen()) as opened:
        original = opened.dimse.send_msg

        def lie(message: Any, context_id: int) -> None:
            message.AffectedSOPInstanceUID = "1.2.3.4.5"
            original(message, context_id)

        opened.dimse.send_msg = lie
        assert opened.send_c_store(sent).Status == 0xA900
    assert archive.files() == []


def test_a_full_disk_is_out_of_resources_and_the_next_try_works(
    listen: Listen, archive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: Any) -> None:
        raise OSError(28, "No space left on device")

    sent = dataset(dicoms.ct_slice())
    with association(listen()) as opened:
        with monkeypatch.context() as patch:
            patch.setattr(receive, "spool", full)
            assert opened.send_c_store(sent).Status == 0xA700
        assert archive.files() == []
        assert opened.send_c_store(sent).Status == 0x0000
    assert [file.state for file in archive.files()] == ["received"]


def test_an_error_of_ours_is_a_processing_failure(
    listen: Listen, archive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(storing, "ask_for_ingest", broken)
    with association(listen()) as opened:
        assert opened.send_c_store(dataset(dicoms.ct_slice())).Status == 0x0110
    assert archive.files() == []


def test_an_abort_in_mid_file_keeps_nothing_and_disturbs_nobody(
    listen: Listen, archive: Any
) -> None:
    listener = listen()
    with association(listener) as other, association(listener) as opened:
        half = sent_half_of(opened, dataset(dicoms.ct_slice(rows=256, columns=256)))
        until(lambda: list(listener.folder.iterdir()))
        half()
        until(lambda: not list(listener.folder.iterdir()))
        assert other.send_c_store(dataset(dicoms.ct_slice())).Status == 0x0000
    assert len(archive.files()) == 1


def sent_half_of(opened: Any, sent: Any) -> Callable[[], None]:
    """Send the request and part of the object; the answer cuts the line."""
    line = opened.dul.socket.socket
    original = opened.dul.socket.send
    budget = [40_000]

    def send(data: bytes) -> None:
        if budget[0] > 0:
            original(data)
        budget[0] -= len(data)

    opened.dul.socket.send = send
    opened.dimse_timeout = 1
    pool = ThreadPoolExecutor(1)
    pool.submit(opened.send_c_store, sent)

    def cut() -> None:
        # a reset, as when the sender's machine dies
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()
        pool.shutdown(wait=False)

    return cut


def test_an_object_without_end_is_cut_off(
    listen: Listen, archive: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from collimate.dicom.limits import Limits
    from collimate.studies.dimse import listen as listening

    monkeypatch.setattr(listening, "LIMITS", Limits(file_bytes=100_000))
    monkeypatch.setattr(listening, "_COMMAND_BYTES", 0)
    listener = listen()
    with association(listener) as opened:
        answer = opened.send_c_store(dataset(dicoms.ct_slice(rows=512, columns=512)))
        assert "Status" not in answer
    until(lambda: not list(listener.folder.iterdir()))
    assert archive.files() == []


def certificates(folder: Path) -> dict[str, Path]:
    """An authority, a server and a client certificate by it, and one of a stranger."""

    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True)

    for name in ("authority", "stranger"):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
                "-subj", f"/CN={name}")  # fmt: skip
    for name in ("server", "client"):
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                "-keyout", f"{name}.key", "-out", f"{name}.csr",
                "-subj", f"/CN={name}")  # fmt: skip
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "authority.pem",
                "-CAkey", "authority.key", "-CAcreateserial", "-days", "2",
                "-out", f"{name}.pem")  # fmt: skip
    return {path.name: path for path in folder.iterdir()}


def test_tls_lets_in_clients_with_a_certificate_only(
    listen: Listen, archive: Any, tmp_path: Path
) -> None:
    made = certificates(tmp_path)
    listener = listen(
        certificate=made["server.pem"], key=made["server.key"],
        client_authorities=made["authority.pem"],
    )  # fmt: skip
    # a client that never says a word must not keep out the others
    silent = socket.create_connection(("127.0.0.1", listener.port))

    def context(name: str | None) -> ssl.SSLContext:
        made_context = ssl.create_default_context(cafile=str(made["authority.pem"]))
        made_context.check_hostname = False
        if name is not None:
            made_context.load_cert_chain(made[f"{name}.pem"], made[f"{name}.key"])
        return made_context

    with association(listener, tls_args=(context("client"), "server")) as opened:
        assert opened.send_c_store(dataset(dicoms.ct_slice())).Status == 0x0000
    for refused in (context(None), context("stranger")):
        with association(listener, tls_args=(refused, "server")) as opened:
            assert not opened.is_established
    with association(listener) as plain:
        assert not plain.is_established
    silent.close()
    tls = ("+tls", str(made["client.key"]), str(made["client.pem"]),
           "+cf", str(made["authority.pem"]))  # fmt: skip
    answer = storescu(listener, *files_of(tmp_path, 1, seed=3), options=tls)
    assert answer.returncode == 0, answer.stderr
    assert len(archive.files()) == 2
