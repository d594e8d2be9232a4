"""What is asked for in Accept is what comes: HTJ2K, pictures of a series, JSON, or a clear no."""

import io

import imagecodecs
import numpy as np
import pydicom
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom.encaps import encapsulate

from collimate.access.models import User
from collimate.access.sign_in import new_token
from collimate.kit.database import open_session
from tests import dicoms
from tests.dicom.test_progressive import decoded_elsewhere
from tests.studies.dicomweb import address_of, parts_of

LOSSLESS, RPCL, ANY = (f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203))
JPHC, OCTETS = "image/jphc", "application/octet-stream"


@pytest.fixture
def large(archive):
    """Address and pixels of two frames that are also kept as HTJ2K."""
    stack = np.stack([dicoms.pattern(1460, 1450, seed=seed) for seed in range(2)])
    file = archive.bring(dicoms.multi_frame(array=stack))
    return address_of(archive, archive.image(file).instance), stack


def test_large_frames_come_as_htj2k_to_who_asks(owner, large):
    address, stack = large

    def ask(accept: str, frames: str = "2", **headers: str):
        return owner.get(f"{address}/frames/{frames}", headers={"accept": accept, **headers})

    whole = ask(JPHC)
    assert whole.headers["content-type"] == f"{JPHC}; transfer-syntax={LOSSLESS}"
    assert np.array_equal(decoded_elsewhere(whole.content, stack[1]), stack[1])
    assert len(whole.content) < stack[1].nbytes
    for syntax in (LOSSLESS, RPCL, ANY):
        for kind in (JPHC, OCTETS):
            found = ask(f"{kind}; transfer-syntax={syntax}")
            assert found.headers["content-type"] == f"{kind}; transfer-syntax={syntax}"
            assert found.content == whole.content
    both = ask(f'multipart/related; type="{JPHC}"; transfer-syntax={RPCL}', "2,1")
    assert int(both.headers["content-length"]) == len(both.content)
    (head, second), (_, first) = parts_of(both)
    assert head["Content-Type"] == f"{JPHC}; transfer-syntax={RPCL}"
    assert head["Content-Location"] == f"{address}/frames/2"
    assert second == whole.content
    assert np.array_equal(decoded_elsewhere(first, stack[0]), stack[0])

    start = ask(JPHC, range="bytes=0-4095")
    assert (start.status_code, start.content) == (206, whole.content[:4096])
    same = ask(JPHC, **{"if-none-match": whole.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    plain = ask(f"{OCTETS}, {JPHC}; q=0.9")
    assert plain.content == stack[1].tobytes()
    assert plain.headers["etag"] != whole.headers["etag"]
    assert ask(f"{OCTETS}; q=0.5, {JPHC}; q=0.9").content == whole.content
    assert ask(f"*/*; q=0.1, {JPHC}").content == whole.content
    assert parts_of(ask(f"*/*, {JPHC}; q=0"))[0][1] == plain.content
    refused = ask("image/jp2")
    assert refused.status_code == 406
    for part in (OCTETS, JPHC, RPCL, "multipart or single"):
        assert part in refused.json()["detail"]
    assert ask(JPHC, "1,2").status_code == 406
    by_query = owner.get(f"{address}/frames/2?accept={JPHC};transfer-syntax={RPCL}")
    assert by_query.content == whole.content


def test_large_objects_come_as_htj2k_and_searches_say_so(owner, archive, large, web):
    address, stack = large
    colours = dicoms.colours(1190, 1181)
    file = archive.bring(dicoms.radiograph(array=colours, photometric="RGB", seed=5))
    coloured = address_of(archive, archive.image(file).instance)

    def get(where: str, syntax: str, **headers: str):
        accept = f"application/dicom; transfer-syntax={syntax}"
        return owner.get(where, headers={"accept": accept, **headers})

    for syntax in (LOSSLESS, RPCL, ANY):
        answer = get(address, syntax)
        assert int(answer.headers["content-length"]) == len(answer.content)
        dataset = pydicom.dcmread(io.BytesIO(answer.content))
        assert dataset.file_meta.TransferSyntaxUID == syntax
        assert (dataset.BitsStored, dataset.HighBit) == (16, 15)
    assert np.array_equal(dataset.pixel_array, stack)
    dataset = pydicom.dcmread(io.BytesIO(get(coloured, RPCL).content))
    assert dataset.PhotometricInterpretation == "YBR_RCT"
    assert np.array_equal(dataset.pixel_array, colours)
    series = address.split("/instances/")[0]
    accept = f'multipart/related; type="application/dicom"; transfer-syntax={RPCL}'
    (part,) = parts_of(owner.get(series, headers={"accept": accept}))
    assert np.array_equal(pydicom.dcmread(io.BytesIO(part[1])).pixel_array, stack)
    (found,) = owner.get(f"{series}/instances").json()
    assert found["00083002"]["Value"] == [dicoms.EXPLICIT, LOSSLESS, RPCL, ANY]
    refused = get(address, dicoms.JPEG_LS)
    assert refused.status_code == 406
    assert RPCL in refused.json()["detail"]

    small = address_of(archive, archive.image(archive.bring(dicoms.ct_slice(seed=7))).instance)
    assert get(small, RPCL).status_code == 406
    none = owner.get(f"{small}/frames/1", headers={"accept": JPHC})
    assert (none.status_code, RPCL in none.json()["detail"]) == (406, False)


DECODE = {
    dicoms.JPEG_LS: ("image/jls", imagecodecs.jpegls_decode),
    dicoms.JPEG_2000: ("image/jp2", imagecodecs.jpeg2k_decode),
    dicoms.HTJ2K: (JPHC, imagecodecs.htj2k_decode),
    dicoms.JPEG_LOSSLESS_SV1: ("image/jpeg", imagecodecs.ljpeg_decode),
    dicoms.RLE: ("image/dicom-rle", None),
}


@pytest.mark.parametrize("syntax", DECODE)
def test_compressed_frames_come_as_they_were_sent_to_who_names_them(owner, archive, syntax):
    stack = np.stack([dicoms.pattern(32, 40, seed=seed) for seed in range(3)])
    sent = [dicoms.encode_frame(frame, syntax) for frame in stack]
    parts = 1 if syntax == dicoms.RLE else 2
    split = encapsulate(sent, fragments_per_frame=parts, has_bot=parts == 1)
    file = archive.bring(dicoms.multi_frame(array=stack, syntax=syntax, PixelData=split))
    address = address_of(archive, archive.image(file).instance)
    media_type, decode = DECODE[syntax]

    def ask(accept: str, frames: str = "2", **headers: str):
        return owner.get(f"{address}/frames/{frames}", headers={"accept": accept, **headers})

    assert parts_of(ask("*/*"))[0][1] == stack[1].tobytes()
    named = f"{media_type}; transfer-syntax={syntax}"
    for accept in (named, media_type, f"{media_type}; transfer-syntax=*"):
        one = ask(accept)
        assert one.headers["content-type"] == named
        assert len(one.content) - len(sent[1]) in (0, 1)
        if decode is None:
            assert one.content == sent[1]
        else:
            assert np.array_equal(decode(one.content), stack[1])
    both = ask(f'multipart/related; type="{media_type}"; transfer-syntax={syntax}', "2,3")
    assert int(both.headers["content-length"]) == len(both.content)
    (head, second), (_, third) = parts_of(both)
    assert (head["Content-Type"], second) == (named, one.content)
    assert third == ask(f"{OCTETS}; transfer-syntax={syntax}", "3").content
    same = ask(named, **{"if-none-match": one.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert media_type in ask("image/webp").json()["detail"]


@pytest.fixture
def slices(archive):
    """The series address of three CT slices and the addresses of the slices, in order."""
    files = [archive.bring(dicoms.ct_slice(slice_index=index)) for index in range(3)]
    addresses = [address_of(archive, archive.image(file).instance) for file in files]
    return addresses[0].split("/instances/")[0], addresses


def test_a_series_is_shown_by_its_middle_image_or_by_all(owner, slices, web):
    series, addresses = slices
    study = series.split("/series/")[0]
    middle = owner.get(f"{addresses[1]}/rendered")
    for level in (series, study):
        one = owner.get(f"{level}/rendered?viewport=64,64")
        assert one.headers["content-type"] == "image/jpeg"
        assert Image.open(io.BytesIO(one.content)).size == (64, 64)
        assert owner.get(f"{level}/rendered").content == middle.content
        accept = {"accept": 'multipart/related; type="image/png"'}
        many = owner.get(f"{level}/rendered", headers=accept)
        parts = parts_of(many)
        wheres = [head["Content-Location"] for head, _ in parts]
        assert wheres == [f"{address}/frames/1/rendered" for address in addresses]
        for where, (head, picture) in zip(wheres, parts, strict=True):
            assert head["Content-Type"] == "image/png"
            assert owner.get(where, headers={"accept": "image/png"}).content == picture
        again = owner.get(
            f"{level}/rendered", headers={**accept, "if-none-match": many.headers["etag"]}
        )
        assert again.status_code == 304
        refused = owner.get(f"{level}/rendered", headers={"accept": "video/mp4"})
        assert refused.status_code == 406
        assert "image/png" in refused.json()["detail"]
    assert owner.get(f"{addresses[0]}/thumbnail", headers={"accept": "text/css"}).status_code == 406


def test_a_viewport_is_filled_by_the_whole_image_or_a_part_of_it(owner, archive):
    pixels = dicoms.pattern(60, 80, bits=8)
    file = archive.bring(dicoms.radiograph(array=pixels, WindowCenter=128, WindowWidth=256))
    address = address_of(archive, archive.image(file).instance) + "/rendered"

    def shown(viewport: str) -> np.ndarray:
        png = owner.get(address, params={"viewport": viewport}, headers={"accept": "image/png"})
        assert png.status_code == 200, png.text
        return np.asarray(Image.open(io.BytesIO(png.content)))

    assert shown("40,100").shape == (30, 40)
    assert shown("100,15").shape == (15, 20)
    whole = shown("80,60")
    assert np.array_equal(shown("80,60,10,20,30,15"), whole[20:35, 10:40])
    assert np.array_equal(shown("80,60,70,,500,"), whole[:, 70:])
    for bad in (
        "40",
        "0,40",
        "40,40,1",
        "40,40,0,0,-5,5",
        "40,40,0,0,0,5",
        "a,b",
        "40,40,80,0,5,5",
    ):
        assert owner.get(address, params={"viewport": bad}).status_code == 400, bad


def test_quality_decides_how_large_a_jpeg_is_and_nothing_of_a_png(owner, slices):
    _, (address, *_) = slices

    def drawn(quality: str, accept: str = "image/jpeg"):
        asked = {"params": {"quality": quality}, "headers": {"accept": accept}}
        first, again = (
            owner.get(f"{address}/rendered", **asked),
            owner.get(f"{address}/frames/1/rendered", **asked),
        )
        assert first.content == again.content
        return first

    assert len(drawn("5").content) < len(drawn("60").content) < len(drawn("100").content)
    assert drawn("5", "image/png").content == drawn("100", "image/png").content
    plain = owner.get(f"{address}/rendered")
    assert plain.headers["etag"] not in {drawn("5").headers["etag"], drawn("100").headers["etag"]}
    for bad in ("0", "101", "1.5", "best", "-5"):
        answer = owner.get(f"{address}/rendered", params={"quality": bad})
        assert (answer.status_code, "1 to 100" in answer.json()["detail"]) == (400, True)


def test_frames_of_a_list_are_drawn_in_parts_only(owner, archive, monkeypatch):
    file = archive.bring(dicoms.multi_frame(frames=3))
    address = address_of(archive, archive.image(file).instance)
    accept = {"accept": "multipart/related"}
    two = parts_of(owner.get(f"{address}/frames/3,1/rendered", headers=accept))
    assert [picture for _, picture in two] == [
        owner.get(f"{address}/frames/{number}/rendered").content for number in (3, 1)
    ]
    assert owner.get(f"{address}/frames/3,1/rendered").status_code == 406
    assert len(parts_of(owner.get(f"{address}/rendered", headers=accept))) == 3
    monkeypatch.setattr("collimate.studies.dicomweb.rendered.MOST_PICTURES", 2)
    too_many = owner.get(f"{address}/rendered", headers=accept)
    assert too_many.status_code == 413
    assert owner.get(f"{address}/rendered").status_code == 200


def test_head_says_what_get_would_and_sends_nothing(owner, slices, web):
    series, (address, *_) = slices
    for path in (
        f"{web}/studies", f"{series}/metadata", f"{address}/metadata", f"{address}/frames/1",
        f"{address}/rendered", f"{address}/thumbnail", address, f"{address}/bulkdata",
    ):  # fmt: skip
        whole, head = owner.get(path), owner.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        for name in ("content-type", "etag", "cache-control", "vary"):
            assert head.headers[name] == whole.headers[name], (path, name)
        same = owner.get(path, headers={"if-none-match": whole.headers["etag"]})
        assert (same.status_code, same.content) == (304, b""), path
    assert owner.head(f"{series}/nothing").status_code == 404
    assert owner.head(f"{address}/frames/9").status_code == 404


def test_json_is_sent_to_who_takes_it_packed_or_not(owner, slices, web):
    series, (address, *_) = slices
    for path in (f"{web}/studies", f"{series}/metadata", f"{address}/metadata"):
        for accept in ("application/dicom+json", "application/json", "*/*", "text/css, */*;q=0.1"):
            answer = owner.get(path, headers={"accept": accept})
            assert answer.headers["content-type"] == "application/dicom+json", accept
        for accept in ("application/dicom+xml", "text/html"):
            refused = owner.get(path, headers={"accept": accept})
            assert refused.status_code == 406
            assert "application/dicom+json" in refused.json()["detail"]
        assert owner.get(f"{path}?accept=application/dicom+json").status_code == 200
    for encoding, is_packed in (("gzip", True), ("gzip;q=0", False), ("*", True), ("br", False)):
        answer = owner.get(f"{address}/metadata", headers={"accept-encoding": encoding})
        assert ("content-encoding" in answer.headers) == is_packed, encoding


def test_dicomweb_client_takes_htj2k_and_pictures_of_series(server, archive, large):
    address, stack = large
    with open_session() as session:
        _, secret = new_token(session, session.get_one(User, archive.owner.id), "script", 1)
    http = requests.Session()
    http.headers["authorization"] = f"Bearer {secret}"
    remote = DICOMwebClient(f"{server}/dicomweb/{archive.project.id}", session=http)
    *_, study_uid, _, series_uid, _, uid = address.split("/")
    accept = f'multipart/related; type="{JPHC}"; transfer-syntax={RPCL}'
    frames = remote.retrieve_instance_frames(
        study_uid, series_uid, uid, [1, 2], additional_params={"accept": accept}
    )
    assert all(
        np.array_equal(decoded_elsewhere(frame, one), one)
        for frame, one in zip(frames, stack, strict=True)
    )
    accept = f'multipart/related; type="application/dicom"; transfer-syntax={RPCL}'
    whole = remote.retrieve_instance(
        study_uid, series_uid, uid, additional_params={"accept": accept}
    )
    assert whole.file_meta.TransferSyntaxUID == RPCL
    assert np.array_equal(whole.pixel_array, stack)
    assert remote.retrieve_series_rendered(study_uid, series_uid)[:2] == b"\xff\xd8"
    png = remote.retrieve_series_rendered(study_uid, series_uid, media_types=("image/png",))
    assert Image.open(io.BytesIO(png)).format == "PNG"
