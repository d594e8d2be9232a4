"""Pulling from real DICOMweb servers: a second Collimate, Orthanc, and one that misbehaves."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import Any

import pytest
from sqlalchemy import select

from collimate import puller, worker
from collimate.access import sign_in
from collimate.access.policy import Role
from collimate.jobs import enqueue
from collimate.jobs.kinds import Queue
from collimate.jobs.models import Job
from collimate.jobs.run import claim, execute
from collimate.jobs.run import work as work_all
from collimate.kit.database import open_session
from collimate.kit.settings import settings
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, Pull, Study
from collimate.studies.pulls import fetch
from collimate.studies.pulls.wanted import Wanted
from collimate.studies.ways_in import WaysInUnusable, ways_in
from tests import dicoms, live
from tests.pacs import Pacs

OpenSource = Callable[..., None]


def ordered(client: Any, archive: Any, **wanted: Any) -> dict[str, Any]:
    answer = client(archive.owner).post(
        f"/api/projects/{archive.project.id}/pulls", json={"source": "PACS", "wanted": wanted}
    )
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def work() -> str:
    """Do the pull that waits, and then what it brought; the final state of its job."""
    run = claim(Queue.PULL)
    assert run is not None
    state = execute(run, puller.HANDLERS)
    work_all(Queue.LIGHT, worker.HANDLERS)
    return state


def job_of(pulled: dict[str, Any]) -> Job:
    with open_session() as session:
        return session.get_one(Job, pulled["id"])


def test_a_second_collimate_is_searched_and_pulled_from(
    archive: Any, make_archive: Any, client: Any, open_source: OpenSource, tmp_path: Path,
    database: str,
) -> None:  # fmt: skip
    other = make_archive()
    for seed in range(3):
        other.send(dicoms.radiograph(seed=seed, PatientID=f"person {seed}"))
    for index in range(2):
        other.send(dicoms.ct_slice(slice_index=index, seed=9, PatientID="person 9"))
    ingest_waiting(other.project.id)
    with open_session() as session:
        _, secret = sign_in.new_token(session, session.merge(other.owner), "pull")
    token = tmp_path / "token"
    token.write_text(secret + "\n")
    with live.running("web", home=settings().home_path, database_url=database) as address:
        open_source(f"{address}/dicomweb/{other.project.id}/", f'token_file = "{token}"\n')
        browser = client(archive.owner)
        base = f"/api/projects/{archive.project.id}"
        assert browser.get(f"{base}/sources").json() == {"items": [{"name": "PACS"}]}
        seen = browser.post(
            f"{base}/pulls/preview", json={"source": "PACS", "wanted": {"modality": "CT"}}
        ).json()
        assert (seen["study_count"], seen["instance_count"]) == (1, 2)
        assert seen["modalities"] == [{"value": "CT", "count": 1}]
        assert not [word for word in dicoms.PLANTED if word in json.dumps(seen)]
        pulled = ordered(client, archive, modality="CT")
        assert work() == "done"
        assert len(archive.rows(Instance)) == 2
        ordered(client, archive)
        assert work() == "done"
    assert len(archive.rows(Study)) == 4
    assert {file.state for file in archive.files()} == {"accepted", "duplicate"}
    assert job_of(pulled).result == {"study_count": 1, "missing_image_count": 0}


@contextmanager
def orthanc(folder: Path) -> Iterator[str]:
    """A real Orthanc with its DICOMweb plugin, empty, on a free port."""
    port = live.free_port()
    configuration = {
        "StorageDirectory": str(folder / "db"), "IndexDirectory": str(folder / "db"),
        "HttpPort": port, "DicomServerEnabled": False, "RemoteAccessAllowed": False,
        "AuthenticationEnabled": False, "Plugins": ["/usr/share/orthanc/plugins"],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/"},
    }  # fmt: skip
    path = folder / "orthanc.json"
    path.write_text(json.dumps(configuration))
    with (folder / "orthanc.log").open("wb") as log:
        process = subprocess.Popen(["Orthanc", str(path)], stdout=log, stderr=log)
    try:
        live.wait_for_port(port, folder / "orthanc.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(which("Orthanc") is None, reason="Orthanc is not installed here")
def test_orthanc_is_searched_by_every_filter_and_pulled_from(
    archive: Any, client: Any, open_source: OpenSource, tmp_path: Path
) -> None:
    import httpx

    with orthanc(tmp_path) as address:
        for seed, day in enumerate(("20240105", "20240210", "20240315")):
            image = dicoms.radiograph(
                seed=seed, StudyDate=day, PatientID=f"ID-{seed}", PatientName=f"Finch^A{seed}",
                AccessionNumber=f"ACC{seed}", StudyDescription=f"Chest {seed}",
            )  # fmt: skip
            httpx.post(f"{address}/instances", content=image).raise_for_status()
        open_source(f"{address}/dicom-web")
        browser = client(archive.owner)
        matched = {
            "all": {}, "date": {"date_from": "2024-02-01", "date_to": "2024-02-28"},
            "since": {"date_from": "2024-02-01"}, "patient": {"patient_id": "ID-1"},
            "name": {"patient_name": "Finch*"}, "accession": {"accession_number": "ACC2"},
            "description": {"study_description": "?hest*"}, "modality": {"modality": "DX"},
            "none": {"modality": "MR"}, "limit": {"limit": 2},
        }  # fmt: skip
        counts = {}
        for name, wanted in matched.items():
            answer = browser.post(
                f"/api/projects/{archive.project.id}/pulls/preview",
                json={"source": "PACS", "wanted": wanted},
            )
            assert answer.status_code == 200, answer.text
            counts[name] = (answer.json()["study_count"], answer.json()["is_cut_off"])
        assert counts == {
            "all": (3, False), "date": (1, False), "since": (2, False), "patient": (1, False),
            "name": (3, False), "accession": (1, False), "description": (3, False),
            "modality": (3, False), "none": (0, False), "limit": (2, True),
        }  # fmt: skip
        ordered(client, archive, patient_name="Finch*")
        assert work() == "done"
    assert len(archive.rows(Study)) == 3
    stored = json.dumps([study.dicom_json for study in archive.rows(Study)])
    assert "Finch" not in stored


@pytest.fixture
def pacs() -> Iterator[Pacs]:
    studies = {
        f"1.2.3.{seed}": [dicoms.ct_slice(slice_index=index, seed=seed) for index in range(3)]
        for seed in range(2)
    }
    running = Pacs(studies)
    yield running
    running.close()


def test_a_redirect_is_refused_and_its_target_never_asked(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    other = Pacs({})
    pacs.redirect_to = f"{other.url}/studies"
    open_source(pacs.url)
    answer = client(archive.owner).post(
        f"/api/projects/{archive.project.id}/pulls/preview", json={"source": "PACS", "wanted": {}}
    )
    assert answer.status_code == 502
    assert "redirect" in answer.json()["detail"]
    assert other.asked == []
    other.close()


def test_a_pull_that_is_cut_off_fails_and_goes_on_where_it_was(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    open_source(pacs.url)
    pulled = ordered(client, archive)
    original, served = pacs.multipart, []

    def cut_second(uid: str) -> bytes:
        served.append(uid)
        pacs.cut_off_at = 15_000 if len(served) == 2 else None
        return original(uid)

    pacs.multipart = cut_second  # type: ignore[method-assign]
    assert work() == "failed"
    assert "try again" in job_of(pulled).error
    assert len(archive.files()) == 4
    with open_session() as session:
        enqueue.retry(session, job_of(pulled).id)
    assert work() == "done"
    # the first study was whole: it is not asked for again, and neither is the search
    assert served == ["1.2.3.0", "1.2.3.1", "1.2.3.1"]
    assert sum(path.startswith("/studies?") for path in pacs.asked) == 2
    assert len(archive.rows(Instance)) == 6


def test_a_pull_can_be_cancelled_between_images(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    open_source(pacs.url)
    pulled = ordered(client, archive)
    original = fetch.keep

    def cancel_then_keep(*arguments: Any, **more: Any) -> Any:
        running[0]._cancelled.set()
        return original(*arguments, **more)

    monkeypatch.setattr(fetch, "keep", cancel_then_keep)
    run = claim(Queue.PULL)
    assert run is not None
    running = [run]
    assert execute(run, puller.HANDLERS) == "cancelled"
    assert job_of(pulled).state == "cancelled"
    assert len(archive.files()) == 1


def test_an_upload_does_not_wait_for_a_pull_that_takes_long(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    open_source(pacs.url)
    ordered(client, archive)
    served: list[str] = []
    original = pacs.multipart

    def upload_meanwhile(uid: str) -> bytes:
        if not served:
            client(archive.owner).post(
                f"/api/projects/{archive.project.id}/files",
                params={"name": "a.dcm"},
                content=dicoms.radiograph(),
            )
            work_all(Queue.LIGHT, worker.HANDLERS)
            served.extend(file.state for file in archive.files())
        return original(uid)

    pacs.multipart = upload_meanwhile  # type: ignore[method-assign]
    assert work() == "done"
    assert served == ["accepted"]


def test_what_is_searched_for_lies_in_no_job_and_is_emptied_at_the_end(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    open_source(pacs.url)
    pulled = ordered(client, archive, patient_name="Ruskin*", patient_id="RUSKIN-47110815")
    row = job_of(pulled)
    assert list(row.arguments) == ["pull_id"]
    assert not [word for word in dicoms.PLANTED if word in json.dumps([row.arguments, row.message])]
    assert work() == "done"
    (pull,) = archive.rows(Pull)
    assert (pull.wanted, pull.study_uids) == ({}, [])
    assert "PatientName=Ruskin*" in pacs.asked[0]


@pytest.mark.parametrize("uid", ["../../admin", "1.2.3/../../x", ""])
def test_a_source_cannot_lead_us_to_other_addresses(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs, uid: str
) -> None:
    pacs.studies = {uid: [dicoms.ct_slice()]}
    open_source(pacs.url)
    ordered(client, archive)
    assert work() == ("failed" if uid else "done")
    assert all(path.startswith("/studies?") for path in pacs.asked)
    assert archive.files() == []


def test_a_source_is_open_to_its_projects_only(
    archive: Any, make_archive: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    open_source(pacs.url)
    other = make_archive()
    browser = client(other.owner)
    assert browser.get(f"/api/projects/{other.project.id}/sources").json() == {"items": []}
    for path in ("pulls", "pulls/preview"):
        answer = browser.post(
            f"/api/projects/{other.project.id}/{path}", json={"source": "PACS", "wanted": {}}
        )
        assert answer.status_code == 404
    assert pacs.asked == []


def test_a_reader_may_not_pull(
    archive: Any, member: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    open_source(pacs.url)
    answer = client(member(Role.READER)).post(
        f"/api/projects/{archive.project.id}/pulls", json={"source": "PACS", "wanted": {}}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "wanted",
    [{"modality": "ct; drop"}, {"date_from": "yesterday"}, {"limit": 0}, {"limit": 10**6},
     {"patient_name": "x" * 65}, {"patient_id": "a\\b"}, {"study_uid": "1.2"}],
)  # fmt: skip
def test_filters_that_cannot_be_meant_are_refused(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs, wanted: dict[str, Any]
) -> None:
    open_source(pacs.url)
    answer = client(archive.owner).post(
        f"/api/projects/{archive.project.id}/pulls", json={"source": "PACS", "wanted": wanted}
    )
    assert answer.status_code == 422


def test_a_range_of_days_is_asked_for_as_dicom_has_it() -> None:
    def dates(**wanted: Any) -> str | None:
        return Wanted(**wanted).asked().get("StudyDate")

    assert dates() is None
    assert dates(date_from="2024-01-05", date_to="2024-02-01") == "20240105-20240201"
    assert dates(date_from="2024-01-05") == "20240105-"
    assert dates(date_to="2024-02-01") == "-20240201"
    assert dates(date_from="2024-01-05", date_to="2024-01-05") == "20240105"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://pacs/", "http://pacs/?a=b",
                                 "https://user:secret@pacs/"])  # fmt: skip
def test_addresses_that_are_no_dicomweb_root_are_refused(open_source: OpenSource, url: str) -> None:
    open_source(url)
    with pytest.raises(WaysInUnusable) as caught:
        ways_in()
    assert "secret" not in str(caught.value)


def test_every_pull_is_written_down(
    archive: Any, client: Any, open_source: OpenSource, pacs: Pacs
) -> None:
    from collimate.access.models import AuditEvent

    open_source(pacs.url)
    ordered(client, archive)
    work()
    with open_session() as session:
        actions = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.object_kind == "pull")
            .order_by(AuditEvent.id)
        ).all()
    assert actions == ["pull_ordered", "pull_done"]
