"""DICOMweb as clients see it: search, retrieve, render, store."""

import gzip
import io
import json
import time

import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from sqlalchemy import func, select

from collimate.access.models import AuditEvent, User
from collimate.access.policy import Role
from collimate.access.sign_in import new_token
from collimate.kit.blobs import blobs
from collimate.kit.database import open_session
from collimate.studies.drain import ingest_waiting
from collimate.studies.models import Instance, MetadataCopy, Series, Study
from tests import dicoms
from tests.studies.dicomweb import MULTIPART, address_of, parts_of


@pytest.mark.parametrize("syntax", [dicoms.EXPLICIT, dicoms.BIG_ENDIAN, dicoms.JPEG_2000])
def test_frames_are_the_pixels_that_were_sent(owner, archive, syntax):
    stack = np.stack([dicoms.pattern(32, 40, seed=index) for index in range(4)])
    file = archive.bring(dicoms.multi_frame(array=stack, syntax=syntax))
    address = address_of(archive, archive.image(file).instance)
    answer = owner.get(f"{address}/frames/3,1", headers={"accept": MULTIPART})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) == len(answer.content)
    parts = parts_of(answer)
    arrays = [np.frombuffer(payload, "<u2").reshape(32, 40) for _, payload in parts]
    assert np.array_equal(arrays[0], stack[2])
    assert np.array_equal(arrays[1], stack[0])
    kind = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    assert parts[0][0]["Content-Type"] == kind
    single = owner.get(f"{address}/frames/2", headers={"accept": "application/octet-stream"})
    assert single.content == stack[1].astype("<u2").tobytes()


def test_a_frame_is_asked_for_again_only_when_it_changed(owner, archive):
    file = archive.bring(dicoms.radiograph())
    address = address_of(archive, archive.image(file).instance) + "/frames/1"
    first = owner.get(address)
    again = owner.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["cache-control"] == "private, no-cache"


def test_frames_that_are_not_there_or_not_numbers(owner, archive):
    file = archive.bring(dicoms.radiograph())
    address = address_of(archive, archive.image(file).instance)
    ends = {text: owner.get(f"{address}/frames/{text}").status_code
            for text in ("0", "2", "x", "1,", "-1", "1,2", "99999999", "١")}  # fmt: skip
    assert ends == {"0": 400, "2": 404, "x": 400, "1,": 400, "-1": 400, "1,2": 404,
                    "99999999": 400, "١": 400}  # fmt: skip
    refused = owner.get(f"{address}/frames/1", headers={"accept": "image/jp2"})
    assert refused.status_code == 406


def test_lost_bytes_are_an_error_before_the_answer_begins(owner, archive):
    file = archive.bring(dicoms.radiograph())
    instance = archive.image(file).instance
    blobs().delete(instance.frames_sha256)
    assert owner.get(address_of(archive, instance) + "/frames/1").status_code == 404


def test_metadata_of_a_series_lies_ready_before_anybody_asks(owner, archive, web):
    for index in (1, 0):
        archive.send(dicoms.ct_slice(slice_index=index))
    ingest_waiting(archive.project.id)
    with open_session() as session:
        (copy,) = session.scalars(select(MetadataCopy)).all()
    (study,), (series,) = archive.rows(Study), archive.rows(Series)
    assert (copy.owner_id, copy.revision) == (series.id, study.revision)
    answer = owner.get(f"{web}/studies/{study.study_uid}/series/{series.series_uid}/metadata")
    assert answer.json() == json.loads(gzip.decompress(copy.packed))
    assert [one["00200013"]["Value"] for one in answer.json()] == [[1], [2]]
    link = answer.json()[0]["7FE00010"]["BulkDataURI"]
    assert owner.get(link).status_code == 200
    archive.bring(dicoms.ct_slice(slice_index=2))
    assert len(owner.get(answer.request.url.path).json()) == 3


def test_metadata_is_the_stored_dicom_json(owner, archive, web):
    for index in (1, 0):
        file = archive.bring(dicoms.ct_slice(slice_index=index))
    found = archive.image(file)
    objects = owner.get(f"{web}/studies/{found.study.study_uid}/metadata").json()
    assert [one["00200013"]["Value"] for one in objects] == [[1], [2]]
    dataset = pydicom.Dataset.from_json(objects[0])
    assert (dataset.Rows, dataset.Columns) == (64, 64)
    assert dataset.PatientID == found.patient.pseudonym
    series = f"{web}/studies/{found.study.study_uid}/series/{found.series.series_uid}"
    assert owner.get(f"{series}/metadata").json() == objects
    one = owner.get(address_of(archive, found.instance) + "/metadata").json()
    assert one == objects[:1]


def test_opening_a_study_is_one_audit_event_for_ten_minutes(owner, archive, web, monkeypatch):
    archive.bring(dicoms.radiograph())
    address = f"{web}/studies/{archive.rows(Study)[0].study_uid}/metadata"

    def events() -> int:
        opened = select(func.count()).where(AuditEvent.action == "images_opened")
        with open_session() as session:
            return session.scalar(opened)

    owner.get(address)
    owner.get(address)
    assert events() == 1
    later = time.monotonic() + 700
    monkeypatch.setattr("collimate.studies.image_reads.time.monotonic", lambda: later)
    owner.get(address)
    assert events() == 2


def test_objects_are_de_identified_part_10_files(owner, archive, web):
    for index in range(2):
        archive.bring(dicoms.ct_slice(slice_index=index))
    study = archive.rows(Study)[0]
    answer = owner.get(f"{web}/studies/{study.study_uid}", headers={"accept": "*/*"})
    parts = parts_of(answer)
    assert len(parts) == 2
    dataset = pydicom.dcmread(io.BytesIO(parts[0][1]))
    assert np.array_equal(dataset.pixel_array, dicoms.pattern(64, 64, seed=0, signed=True))
    assert dataset.StudyInstanceUID == study.study_uid
    assert b"Ruskin" not in answer.content
    assert int(answer.headers["content-length"]) == len(answer.content)
    alone = owner.get(f"{web}/studies/{study.study_uid}", headers={"accept": "application/dicom"})
    assert alone.status_code == 406
    address = address_of(archive, archive.rows(Instance)[0])
    single = owner.get(address, headers={"accept": "application/dicom"})
    assert single.content[128:132] == b"DICM"


@pytest.mark.parametrize(
    ("data", "syntax"),
    [
        (dicoms.multi_frame(syntax=dicoms.JPEG_2000), dicoms.JPEG_2000),
        (dicoms.radiograph(rows=33, columns=41, syntax=dicoms.RLE), dicoms.RLE),
    ],
)
def test_compressed_objects_are_served_as_they_came_or_uncompressed(owner, archive, data, syntax):
    address = address_of(archive, archive.image(archive.bring(data)).instance)

    def get(transfer_syntax: str = "") -> pydicom.Dataset:
        answer = owner.get(address, headers={"accept": f"application/dicom{transfer_syntax}"})
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["content-length"]) == len(answer.content)
        return pydicom.dcmread(io.BytesIO(answer.content))

    as_it_came = get("; transfer-syntax=*")
    assert as_it_came.file_meta.TransferSyntaxUID == syntax
    assert get(f"; transfer-syntax={syntax}") == as_it_came
    for wanted in ("", f"; transfer-syntax={dicoms.EXPLICIT}"):
        native = get(wanted)
        assert native.file_meta.TransferSyntaxUID == dicoms.EXPLICIT
        assert native.SOPInstanceUID == as_it_came.SOPInstanceUID
        assert np.array_equal(native.pixel_array, as_it_came.pixel_array)
    other = {"accept": f"application/dicom; transfer-syntax={dicoms.JPEG_LS}"}
    assert owner.get(address, headers=other).status_code == 406


def test_a_study_is_deleted_by_those_who_manage_data(owner, archive, web, client, member):
    file = archive.bring(dicoms.radiograph())
    address = f"{web}/studies/{archive.image(file).study.study_uid}"
    assert client(member(Role.READER)).delete(address).status_code == 403
    assert owner.get(f"{address}/metadata").status_code == 200
    assert owner.delete(address).status_code == 204
    assert owner.get(f"{address}/metadata").status_code == 404
    assert owner.delete(address).status_code == 404
    deleted = select(func.count()).where(AuditEvent.action == "study_deleted")
    with open_session() as session:
        assert session.scalar(deleted) == 1


def test_rendered_frames_follow_viewport_window_and_accept(owner, archive):
    file = archive.bring(dicoms.ct_slice())
    address = address_of(archive, archive.image(file).instance)
    jpeg = owner.get(f"{address}/rendered")
    assert jpeg.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(jpeg.content)).size == (64, 64)
    png = owner.get(
        f"{address}/frames/1/rendered",
        params={"viewport": "16,16", "window": "0,100000,linear"},
        headers={"accept": "image/png"},
    )
    small = Image.open(io.BytesIO(png.content))
    assert (small.format, small.size) == ("PNG", (16, 16))
    values = np.asarray(owner_image(owner, address, "-100000,2"))
    assert values.min() == 255
    for bad in ({"viewport": "a,b"}, {"window": "1"}, {"window": "0,-5,linear"},
                {"window": "nan,4"}, {"window": "1,2,sigmoid"}):  # fmt: skip
        assert owner.get(f"{address}/rendered", params=bad).status_code == 400
    for level in (address, address.split("/instances")[0], address.split("/series")[0]):
        assert owner.get(f"{level}/thumbnail").content[:2] == b"\xff\xd8"


def owner_image(owner, address: str, window: str) -> Image.Image:
    answer = owner.get(
        f"{address}/rendered", params={"window": window}, headers={"accept": "image/png"}
    )
    return Image.open(io.BytesIO(answer.content))


def test_another_project_s_study_does_not_exist(owner, archive, make_archive, client, web):
    other = make_archive()
    file = other.bring(dicoms.radiograph())
    uid = other.image(file).study.study_uid
    assert owner.get(f"{web}/studies/{uid}/metadata").status_code == 404
    assert owner.get(f"/dicomweb/{other.project.id}/studies/{uid}/metadata").status_code == 404
    assert client(other.owner).get(
        f"/dicomweb/{other.project.id}/studies/{uid}/metadata"
    ).status_code == 200  # fmt: skip


def test_dicomweb_client_searches_retrieves_and_stores(server, archive):
    with open_session() as session:
        _, secret = new_token(session, session.get_one(User, archive.owner.id), "script", 1)
    http = requests.Session()
    http.headers["authorization"] = f"Bearer {secret}"
    remote = DICOMwebClient(f"{server}/dicomweb/{archive.project.id}", session=http)
    sent = [pydicom.dcmread(io.BytesIO(dicoms.ct_slice(slice_index=index))) for index in range(3)]
    stored = remote.store_instances(sent)
    assert len(stored.ReferencedSOPSequence) == 3
    (study,) = remote.search_for_studies(search_filters={"ModalitiesInStudy": "CT"})
    study_uid = study["0020000D"]["Value"][0]
    (series,) = remote.search_for_series(study_uid)
    series_uid = series["0020000E"]["Value"][0]
    instances = remote.search_for_instances(study_uid, series_uid)
    assert [one["00200013"]["Value"][0] for one in instances] == [1, 2, 3]
    metadata = remote.retrieve_series_metadata(study_uid, series_uid)
    assert len(metadata) == 3
    uid = instances[1]["00080018"]["Value"][0]
    (frame,) = remote.retrieve_instance_frames(study_uid, series_uid, uid, [1])
    expected = dicoms.pattern(64, 64, seed=1, signed=True)
    assert np.array_equal(np.frombuffer(frame, "<i2").reshape(64, 64), expected)
    whole = remote.retrieve_instance(study_uid, series_uid, uid)
    assert np.array_equal(whole.pixel_array, expected)
    assert len(remote.retrieve_series(study_uid, series_uid)) == 3
    picture = remote.retrieve_instance_rendered(study_uid, series_uid, uid)
    assert picture[:2] == b"\xff\xd8"
