"""One object in many wrappings, by every way in: what is kept decides whether it is the same."""

from io import BytesIO
from typing import Any

import numpy as np
import pydicom
from pynetdicom import AE

from collimate.studies.act import WayIn
from collimate.studies.dimse.listen import Listener
from collimate.studies.drain import ingest_waiting
from collimate.studies.imports.take_folder import ImportOrder, import_path
from collimate.studies.models import Instance
from collimate.studies.watch import FolderWatch
from collimate.studies.ways_in import Receiver, WatchedFolder
from tests import dicoms
from tests.pacs import Pacs
from tests.studies.test_pulls import ordered, work
from tests.studies.test_stow import stow

OTHER_SYNTAXES = [syntax for syntax in dicoms.LOSSLESS if syntax != dicoms.EXPLICIT]


def rewrapped(data: bytes, **meta: Any) -> bytes:
    """The same data set under another preamble and file meta information."""
    dataset = pydicom.dcmread(BytesIO(data))
    dataset.preamble = b"II*\0".ljust(128, b"\0")
    dataset.file_meta.ImplementationClassUID = "1.2.3.4"
    dataset.file_meta.ImplementationVersionName = "ROUTER"
    dataset.file_meta.SourceApplicationEntityTitle = "CT1"
    for keyword, value in meta.items():
        setattr(dataset.file_meta, keyword, value)
    return saved(dataset)


def saved(dataset: pydicom.Dataset) -> bytes:
    target = BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def with_open_sequences(data: bytes) -> bytes:
    dataset = pydicom.dcmread(BytesIO(data))
    for element in dataset:
        if element.VR == "SQ":
            element.is_undefined_length = True
    return saved(dataset)


def outcomes(archive, *files: bytes) -> list[str]:
    sent = [archive.send(data) for data in files]
    ingest_waiting(archive.project.id)
    return [archive.file(file_id).state for file_id in sent]


def test_another_wrapping_of_an_image_is_a_duplicate(archive):
    first = dicoms.ct_slice()
    others = [
        rewrapped(first), first[132:], with_open_sequences(first),
        *(dicoms.ct_slice(syntax=syntax) for syntax in OTHER_SYNTAXES),
    ]  # fmt: skip
    assert outcomes(archive, first, *others) == ["accepted"] + ["duplicate"] * len(others)
    assert len(archive.rows(Instance)) == 1


def test_colour_is_the_same_in_every_lossless_form(archive):
    array = dicoms.colours()
    planes = np.ascontiguousarray(array.transpose(2, 0, 1))
    planar = dicoms.radiograph(array=array, PlanarConfiguration=1, PixelData=planes.tobytes())
    others = [dicoms.radiograph(array=array, syntax=one) for one in (dicoms.RLE, dicoms.JPEG_LS)]
    assert outcomes(archive, dicoms.radiograph(array=array), planar, *others) == [
        "accepted", "duplicate", "duplicate", "duplicate",
    ]  # fmt: skip


def test_another_pixel_or_another_attribute_that_is_kept_is_a_conflict(archive):
    first = dicoms.ct_slice()
    pixels = dicoms.pattern(64, 64, signed=True)
    pixels[5, 5] += 1
    others = [
        dicoms.ct_slice(array=pixels), dicoms.ct_slice(array=pixels, syntax=dicoms.RLE),
        rewrapped(dicoms.ct_slice(RescaleIntercept=-1000)),
        dicoms.ct_slice(PatientID="somebody else"),
        dicoms.ct_slice(ImagePositionPatient=[-100.0, -120.0, -49.0], syntax=dicoms.IMPLICIT),
    ]  # fmt: skip
    assert outcomes(archive, first, *others) == ["accepted"] + ["conflict"] * len(others)


def test_an_image_kept_beside_another_is_known_in_another_wrapping(archive, client):
    archive.bring(dicoms.ct_slice())
    other = dicoms.ct_slice(RescaleIntercept=-1000)
    file = archive.bring(other)
    assert client(archive.owner).post(f"/api/files/{file.id}/release").status_code == 200
    ingest_waiting(archive.project.id)
    assert outcomes(archive, rewrapped(other)) == ["duplicate"]


def by_c_store(archive, data: bytes) -> None:
    given = {
        "port": 0,
        "senders": [{"calling_ae_title": "CT1", "addresses": ["127.0.0.0/8"]}],
        "destinations": [{"called_ae_title": "X", "project": str(archive.project.id)}],
    }
    dataset = pydicom.dcmread(BytesIO(data))
    listener = Listener(Receiver.model_validate(given))
    entity = AE(ae_title="CT1")
    entity.add_requested_context(dataset.SOPClassUID, dataset.file_meta.TransferSyntaxUID)
    opened = entity.associate("127.0.0.1", listener.port, ae_title="X")
    assert opened.send_c_store(dataset).Status == 0
    opened.release()
    listener.close()


def by_folder(archive, data: bytes, folder) -> None:
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "1.dcm").write_bytes(rewrapped(data, PrivateInformationCreatorUID="1.2"))
    watched = WatchedFolder(folder=inbox, project=str(archive.project.id), settle_seconds=0)
    assert FolderWatch(watched).look() == 1


def by_pull(archive, client, open_source, data: bytes) -> None:
    pacs = Pacs({"1.2.3": [rewrapped(data, SendingApplicationEntityTitle="PACS")]})
    open_source(pacs.url)
    ordered(client, archive)
    assert work() == "done"
    pacs.close()


def test_by_every_way_in_it_is_one_image_and_every_act_has_a_report(
    archive, client, owner, web, open_source, tmp_path
):
    data = dicoms.ct_slice()
    folder = tmp_path / "disc"
    folder.mkdir()
    for index in range(2):
        (folder / f"{index}.dcm").write_bytes(rewrapped(data, PrivateInformation=bytes([index, 0])))
    order = ImportOrder(folder, archive.project.id, by=archive.owner.id)
    stow(owner, web, rewrapped(data), rewrapped(data, SourceApplicationEntityTitle="X"))
    owner.post(f"/api/projects/{archive.project.id}/files?name=a.dcm", content=data)
    by_c_store(archive, dicoms.ct_slice(syntax=dicoms.IMPLICIT))
    by_folder(archive, data, tmp_path)
    by_pull(archive, client, open_source, data)
    import_path(order, progress=lambda done, total: None, on_ingested=lambda project_id: None)
    assert sorted(file.state for file in archive.files()) == ["accepted"] + ["duplicate"] * 7
    assert len(archive.rows(Instance)) == 1
    listed = owner.get(f"/api/projects/{archive.project.id}/imports").json()["items"]
    assert {row["way_in"]: row["file_count"] for row in listed} == {
        "stow_rs": 2, "upload": 1, "c_store": 1, "folder": 1, "pull": 1, "command_line": 2,
    }  # fmt: skip
    assert set(WayIn) == {row["way_in"] for row in listed}
    for row in listed:
        report = owner.get(
            f"/api/projects/{archive.project.id}/deidentification/report",
            params={"import_id": row["import_id"]},
        ).json()
        assert sum(report["files"].values()) == row["file_count"]
