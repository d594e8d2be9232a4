"""Pulling by C-FIND and C-GET or C-MOVE: from DCMTK's dcmqrscp, and from peers that misbehave."""

import io
import json
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pydicom
import pytest
from pydantic import ValidationError
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import (  # type: ignore[attr-defined]
    CTImageStorage,
    StudyRootQueryRetrieveInformationModelFind,
    StudyRootQueryRetrieveInformationModelGet,
)

from collimate.dicom import kinds
from collimate.dicom.limits import Limits
from collimate.jobs.run import JobCancelled
from collimate.studies.dimse import find
from collimate.studies.dimse.associated import (
    PeerFailed,
    associated,
    prepare_library,
)
from collimate.studies.dimse.find import find_context
from collimate.studies.dimse.listen import Listener
from collimate.studies.dimse.orders import Retrieve, Trouble
from collimate.studies.dimse.retrieve import MOST_STORAGE, Taker, retrieve, storage_contexts
from collimate.studies.models import Instance, Pull, Study
from collimate.studies.pulls.peer import PeerRemote
from collimate.studies.pulls.remote import SourceFailed
from collimate.studies.pulls.wanted import Wanted
from collimate.studies.ways_in import DimseSource, WaysIn, WaysInUnusable, ways_in
from tests import dicoms, live
from tests.studies.test_pulls import job_of, ordered, work

SOURCE = """
[[dimse_sources]]
name = "PACS"
host = "127.0.0.1"
port = {port}
called_ae_title = "PACS"
projects = ["{project}"]
"""
RECEIVER = """
[receiver]
port = {port}
[[receiver.senders]]
calling_ae_title = "PACS"
addresses = ["127.0.0.0/8"]
[[receiver.destinations]]
called_ae_title = "CHEST_STUDY"
project = "{project}"
"""


@contextmanager
def dcmqrscp(folder: Path, files: list[bytes], *options: str, move_port: int = 1) -> Iterator[int]:
    """DCMTK's archive with these files, on a free port."""
    kept = folder / "kept"
    kept.mkdir(parents=True)
    paths = []
    for number, data in enumerate(files):
        paths.append(kept / f"{number}.dcm")
        paths[-1].write_bytes(data)
    subprocess.run(["dcmqridx", str(kept), *map(str, paths)], check=True, capture_output=True)
    port = live.free_port()
    configuration = folder / "dcmqrscp.cfg"
    configuration.write_text(
        f"NetworkTCPPort = {port}\nMaxPDUSize = 16384\nMaxAssociations = 8\n"
        f"HostTable BEGIN\nours = (CHEST_STUDY, localhost, {move_port})\nHostTable END\n"
        "VendorTable BEGIN\nVendorTable END\n"
        f"AETable BEGIN\nPACS {kept} R (200, 1024mb) ANY\nAETable END\n"
    )
    with (folder / "dcmqrscp.log").open("wb") as log:
        process = subprocess.Popen(
            ["dcmqrscp", "-c", str(configuration), *options, str(port)], stdout=log, stderr=log
        )
    try:
        live.wait_for_port(port, folder / "dcmqrscp.log")
        yield port
    finally:
        process.terminate()
        process.wait(20)


def test_a_pacs_is_searched_and_pulled_from(
    archive: Any, client: Any, open_ways: Callable[[str], None], tmp_path: Path
) -> None:
    files = [
        dicoms.ct_slice(seed=1, slice_index=0, StudyDescription="Thorax A"),
        dicoms.ct_slice(seed=1, slice_index=1, syntax=dicoms.JPEG_LS, StudyDescription="Thorax A"),
        dicoms.radiograph(seed=2, StudyDate="20240310", StudyDescription="Chest B"),
    ]
    with dcmqrscp(tmp_path, files, "+xt") as port:
        open_ways(SOURCE.format(port=port, project=archive.project.id))
        browser, base = client(archive.owner), f"/api/projects/{archive.project.id}"
        assert browser.get(f"{base}/sources").json() == {"items": [{"name": "PACS"}]}

        def seen(**wanted: Any) -> Any:
            answer = browser.post(
                f"{base}/pulls/preview", json={"source": "PACS", "wanted": wanted}
            )
            assert answer.status_code == 200, answer.text
            return answer.json()

        assert seen(date_from="2024-03-01")["study_count"] == 1
        both = seen(modality="CT", study_description="Thorax*", patient_name="Ruskin*")
        assert both["modalities"] == [{"value": "CT", "count": 1}]
        assert not [word for word in dicoms.PLANTED if word in json.dumps(both)]
        pulled = ordered(client, archive, modality="CT")
        assert list(job_of(pulled).arguments) == ["pull_id"]
        assert work() == "done"
    assert job_of(pulled).result == {"study_count": 1, "missing_image_count": 0}
    instances = archive.rows(Instance)
    assert {one.original_transfer_syntax_uid for one in instances} == {
        dicoms.EXPLICIT, dicoms.JPEG_LS,
    }  # fmt: skip
    assert {(file.state, file.way_in) for file in archive.files()} == {("accepted", "pull")}
    assert [study.instance_count for study in archive.rows(Study)] == [2]
    (pull,) = archive.rows(Pull)
    assert (pull.wanted, pull.study_uids) == ({}, [])


class Peer:
    """A PACS of pynetdicom with one CT study, as good as it is told to be."""

    def __init__(self, tls: ssl.SSLContext | None = None, **found: Any) -> None:
        self.images = [
            pydicom.dcmread(io.BytesIO(dicoms.ct_slice(slice_index=index))) for index in range(3)
        ]
        self.found = {"StudyDate": "20240229", **found}
        self.studies = ["1.2.3"]
        self.asked: list[Dataset] = []
        self.after = 0x0000
        self.fails_at: int | None = None
        self.breaks_off = False
        entity = AE(ae_title="PACS")
        for uid in (
            StudyRootQueryRetrieveInformationModelFind, StudyRootQueryRetrieveInformationModelGet,
        ):  # fmt: skip
            entity.add_supported_context(uid)
        entity.add_supported_context(CTImageStorage, scu_role=True, scp_role=True)
        handlers = [(evt.EVT_C_FIND, self._find), (evt.EVT_C_GET, self._get)]
        self._server = entity.start_server(
            ("127.0.0.1", 0), block=False, evt_handlers=handlers, ssl_context=tls
        )
        self.source = DimseSource(
            name="PACS", host="127.0.0.1", port=self._server.server_address[1],
            called_ae_title="PACS", projects=("x",), idle_seconds=5,
        )  # fmt: skip

    def close(self) -> None:
        self._server.shutdown()

    def _find(self, event: Any) -> Iterator[Any]:
        asked = event.identifier
        self.asked.append(asked)
        level = asked.QueryRetrieveLevel
        several = {"STUDY": self.studies, "SERIES": ["1.2.3.1"]}.get(level) or self.images
        for one in several:
            answer = Dataset()
            answer.QueryRetrieveLevel = level
            if level == "STUDY":
                answer.StudyInstanceUID = one
                for keyword, value in self.found.items():
                    setattr(answer, keyword, value)
            elif level == "SERIES":
                answer.SeriesInstanceUID = one
                answer.Modality = "MR" if asked.StudyInstanceUID == "1.2.4" else "CT"
            else:
                answer.SOPInstanceUID, answer.SOPClassUID = one.SOPInstanceUID, one.SOPClassUID
            yield 0xFF00, answer
        if self.after:
            yield self.after, None

    def _get(self, event: Any) -> Iterator[Any]:
        if self.breaks_off:
            event.assoc.abort()
            return
        yield len(self.images)
        for index, one in enumerate(self.images):
            if index == self.fails_at:
                one.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
            yield 0xFF00, one


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    running: list[Peer] = []
    prepare_library()

    def start(**found: Any) -> Peer:
        running.append(Peer(**found))
        return running[-1]

    yield start
    for one in running:
        one.close()


def searched(peer: Peer, most: int = 10, **asked: str) -> list[str]:
    with associated(peer.source, [find_context()], otherwise=Trouble.NO_SEARCH) as opened:
        return [study.study_uid for study in find.search(opened, asked, most)]


def test_modalities_are_asked_series_by_series_where_a_study_does_not_say(peer: Any) -> None:
    pacs = peer()
    pacs.studies = ["1.2.3", "1.2.4", "1.2.5"]
    assert searched(pacs, ModalitiesInStudy="CT") == ["1.2.3", "1.2.5"]
    assert searched(pacs, ModalitiesInStudy="MR") == ["1.2.4"]
    assert searched(pacs, most=2) == ["1.2.3", "1.2.4"]


def test_a_pacs_that_does_not_come_to_an_end_is_cut_off(
    peer: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs = peer()
    pacs.studies = [f"1.2.{number}" for number in range(5)]
    monkeypatch.setattr(find, "LIMITS", Limits(peer_studies=4))
    with pytest.raises(PeerFailed) as caught:
        searched(pacs, ModalitiesInStudy="MR")
    assert caught.value.trouble is Trouble.TOO_MANY
    assert searched(pacs, most=3) == ["1.2.0", "1.2.1", "1.2.2"]


def test_studies_a_pacs_does_not_match_itself_are_left_out(peer: Any) -> None:
    pacs = peer(ModalitiesInStudy=["CT", "SR"], StudyDescription="Thorax [low] dose")
    assert searched(pacs, ModalitiesInStudy="MR") == []
    assert searched(pacs, ModalitiesInStudy="CT", StudyDescription="thorax [LOW]*") == ["1.2.3"]
    assert searched(pacs, StudyDescription="abdomen*") == []
    with pytest.raises(PeerFailed) as caught:
        searched(peer(), StudyDescription="abdomen*")
    assert caught.value.trouble is Trouble.NO_DESCRIPTIONS


def fetched(pacs: Peer, monkeypatch: pytest.MonkeyPatch, folder: Path) -> SimpleNamespace:
    files: list[bytes] = []

    def take(path: Path) -> bool:
        files.append(path.read_bytes())
        return True

    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    wanted = Retrieve(study_uid="1.2.3", folder=str(folder))
    over = retrieve(pacs.source, wanted, Taker(take), lambda *_: None)
    return SimpleNamespace(files=files, missing=over.missing_count)


def test_what_a_pacs_does_not_send_is_counted(
    peer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs = peer()
    whole = fetched(pacs, monkeypatch, tmp_path)
    assert (len(whole.files), whole.missing) == (3, 0)
    assert whole.files == fetched(pacs, monkeypatch, tmp_path).files
    sent = pydicom.dcmread(io.BytesIO(whole.files[1]))
    assert sent.PixelData == pacs.images[1].PixelData
    pacs.fails_at = 1
    part = fetched(pacs, monkeypatch, tmp_path)
    assert (len(part.files), part.missing) == (2, 1)


def test_a_pacs_that_breaks_off_or_refuses_says_so_in_words(
    peer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pacs = peer()
    pacs.breaks_off = True
    with pytest.raises(PeerFailed) as caught:
        fetched(pacs, monkeypatch, tmp_path)
    assert caught.value.trouble is Trouble.BROKE_OFF
    pacs.after = 0xA700
    with PeerRemote(pacs.source, None, lambda: None) as remote, pytest.raises(SourceFailed) as said:
        remote.search(Wanted(), 5)
    assert said.value.detail == "It answered with DICOM status A700."
    closed = pacs.source.model_copy(update={"port": live.free_port()})
    with (
        pytest.raises(PeerFailed) as caught,
        associated(closed, [find_context()], otherwise=Trouble.NO_SEARCH),
    ):
        pass
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_over_tls_only_the_host_that_is_meant_is_spoken_to(peer: Any, tmp_path: Path) -> None:
    for name, subject in (("pacs", "IP:127.0.0.1"), ("other", "DNS:pacs.example.org")):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2",
             "-subj", f"/CN={name}", "-addext", f"subjectAltName={subject}"],
            cwd=tmp_path, capture_output=True, check=True,
        )  # fmt: skip

    def found(served: str, trusted: str, **more: Any) -> list[str]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tmp_path / f"{served}.pem", tmp_path / f"{served}.key")
        pacs = peer(tls=context)
        authorities = {"tls": True, "certificate_authorities": tmp_path / f"{trusted}.pem"}
        pacs.source = pacs.source.model_copy(update=authorities | more)
        return searched(pacs)

    assert found("pacs", "pacs") == ["1.2.3"]
    for refused in (
        {"served": "pacs", "trusted": "other"}, {"served": "other", "trusted": "other"},
        {"served": "pacs", "trusted": "pacs", "tls": False},
    ):  # fmt: skip
        with pytest.raises(PeerFailed) as caught:
            found(**refused)  # type: ignore[arg-type]
        assert caught.value.trouble is Trouble.UNREACHABLE


def test_a_cancelled_pull_ends_while_the_pacs_is_still_sending(peer: Any, tmp_path: Path) -> None:
    pacs, seen = peer(), []

    def wait() -> None:
        if seen:
            raise JobCancelled

    with PeerRemote(pacs.source, None, wait) as remote, pytest.raises(JobCancelled):
        for path in remote.images("1.2.3", tmp_path):
            seen.append(path.read_bytes())
    assert len(seen) == 1


def test_images_come_through_our_receiver_where_there_is_no_c_get(
    archive: Any, client: Any, open_ways: Callable[[str], None], tmp_path: Path
) -> None:
    project, port = archive.project.id, live.free_port()
    with dcmqrscp(tmp_path, [dicoms.radiograph()], "--disable-get", move_port=port) as pacs_port:
        source = SOURCE.format(port=pacs_port, project=project)
        open_ways(source + "may_move = true\n" + RECEIVER.format(port=port, project=project))
        listener = Listener(ways_in().receiver)
        ordered(client, archive)
        assert work() == "done"
        listener.close()
    assert [(file.state, file.way_in) for file in archive.files()] == [("accepted", "c_store")]


@pytest.mark.parametrize(
    "wrong",
    [{"host": "-oProxy"}, {"host": "a b"}, {"host": "http://pacs"}, {"port": 0},
     {"called_ae_title": "x" * 17}, {"certificate": "a.pem"}, {"certificate_authorities": "a.pem"},
     {"url": "http://pacs"}],
)  # fmt: skip
def test_sources_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    right = {"name": "PACS", "host": "pacs", "called_ae_title": "PACS", "projects": ["x"]}
    assert WaysIn.model_validate({"dimse_sources": [right]}).all_sources
    with pytest.raises(ValidationError):
        WaysIn.model_validate({"dimse_sources": [right | wrong]})


def test_a_move_needs_a_receiver(open_ways: Callable[[str], None]) -> None:
    open_ways(SOURCE.format(port=104, project="x") + "may_move = true\n")
    with pytest.raises(WaysInUnusable, match="may_move needs a receiver"):
        ways_in()


@pytest.mark.parametrize("count", [0, 1, 9, 10, 70, 200])
def test_as_much_is_proposed_as_one_association_can_hold(count: int) -> None:
    classes = [f"1.2.840.10008.5.1.4.1.1.2.{number}" for number in range(count)]
    contexts = storage_contexts(classes)
    assert len(contexts) <= MOST_STORAGE
    assert len({str(one.abstract_syntax) for one in contexts}) == min(count or 64, 125)
    if 0 < count <= 9:
        proposed = [str(one.transfer_syntax[0]) for one in contexts]
        assert set(proposed) >= kinds.ENCAPSULATED
