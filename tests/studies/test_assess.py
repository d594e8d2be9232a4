"""Series are assessed as a whole once their images are in, and again when more arrive."""

import threading

from collimate.kit.database import open_session
from collimate.studies import assess, drain
from collimate.studies.models import Series, Study
from tests import dicoms


def send_slices(archive, *indices, **attributes):
    for index in indices:
        archive.send(dicoms.ct_slice(slice_index=index, **attributes))
    drain.ingest_waiting(archive.project.id)


def codes(series) -> list[str]:
    return [finding["code"] for finding in series.geometry["findings"]]


def test_a_gap_is_reported_and_closes_when_the_slice_arrives(archive, client):
    send_slices(archive, 4, 0, 1, 3)
    (series,) = archive.rows(Series)
    assert (series.trust, series.is_assessed) == ("unreliable", True)
    assert codes(series) == ["missing_slices"]
    (study,) = archive.rows(Study)
    assert study.trust == "unreliable"
    answer = client(archive.owner).get(f"/api/studies/{study.id}/geometry").json()
    assert answer["trust"] == "unreliable"
    (finding,) = answer["series"][0]["geometry"]["findings"]
    assert finding["text"].startswith("1 slice is missing, at 5 mm from the first slice.")
    send_slices(archive, 2)
    (series,) = archive.rows(Series)
    assert (series.trust, codes(series), series.geometry["is_volume"]) == ("sound", [], True)
    (row,) = (
        client(archive.owner).get(f"/api/projects/{archive.project.id}/studies").json()["items"]
    )
    assert row["trust"] == "sound"


def test_a_study_is_trusted_as_its_least_series(archive):
    send_slices(archive, 0, 1, 2)
    other = f"{dicoms.ROOT}.1.77"
    for index in (0, 1, 3):
        archive.send(
            dicoms.ct_slice(
                slice_index=index,
                SeriesInstanceUID=other,
                SOPInstanceUID=f"{other}.{index}",
                SeriesNumber=2,
            )
        )
    drain.ingest_waiting(archive.project.id)
    assert sorted(series.trust for series in archive.rows(Series)) == ["sound", "unreliable"]
    assert archive.rows(Study)[0].trust == "unreliable"


def test_what_a_process_that_died_left_is_assessed_by_the_next(archive, monkeypatch):
    monkeypatch.setattr(drain, "assess_waiting", lambda project_id: set())
    send_slices(archive, 0, 1, 2)
    assert archive.rows(Series)[0].geometry is None
    monkeypatch.undo()
    drain.ingest_waiting(archive.project.id)
    assert archive.rows(Series)[0].trust == "sound"


def test_images_that_arrive_while_series_are_assessed_are_not_overlooked(archive):
    waiting = [archive.send(dicoms.ct_slice(slice_index=index)) for index in range(12)]
    gate = threading.Barrier(3)
    failures = []

    def work(step):
        try:
            gate.wait()
            step()
        except Exception as error:
            failures.append(error)

    def take_in():
        for file_id in waiting:
            drain.ingest_received([file_id])

    def look():
        for _ in range(40):
            assess.assess_waiting(archive.project.id)

    threads = [threading.Thread(target=work, args=(one,)) for one in (take_in, look, look)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assess.assess_waiting(archive.project.id)
    assert failures == []
    (series,) = archive.rows(Series)
    assert (series.geometry["image_count"], series.trust) == (12, "sound")


def test_a_manifest_carries_reports_even_of_series_that_wait(archive, monkeypatch):
    monkeypatch.setattr(drain, "assess_waiting", lambda project_id: set())
    send_slices(archive, 0, 1, 3)
    (study,) = archive.rows(Study)
    with open_session() as session:
        reports = assess.reports_of(session, {study.id})
    (report,) = reports[study.id]
    assert report["trust"] == "unreliable"
    assert report["findings"][0]["code"] == "missing_slices"
    assert archive.rows(Series)[0].is_assessed
