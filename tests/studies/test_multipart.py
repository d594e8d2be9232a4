"""A multipart body is taken apart the same way however it is cut."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.studies.dicomweb.accept import CannotBeServedSo, Offer, both, choose
from collimate.studies.dicomweb.multipart import (
    BadMultipart,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
)

BOUNDARY = "a.boundary-of.ours"


def body(parts: list[bytes], *, preamble: bytes = b"", epilogue: bytes = b"") -> bytes:
    pieces = [preamble + b"\r\n" if preamble else b""]
    for part in parts:
        pieces.append(f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode())
        pieces.append(part + b"\r\n")
    pieces.append(f"--{BOUNDARY}--\r\n".encode() + epilogue)
    return b"".join(pieces)


def read(data: bytes, cuts: list[int] | None = None) -> list[bytes]:
    reader = MultipartReader(BOUNDARY)
    found: list[bytes] = []
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
    for start, end in pairwise(edges):
        for event in reader.feed(data[start:end]):
            if isinstance(event, PartBegins):
                assert event.headers == {"content-type": "application/dicom"}
                found.append(b"")
            elif isinstance(event, PartData):
                found[-1] += event.data
            else:
                assert isinstance(event, PartEnds)
    reader.finish()
    return found


LOOKALIKES = st.sampled_from(
    [b"\r\n", b"\r\n--", b"--" + BOUNDARY.encode(), b"\r\n--a.boundary", b"\r", b"\n", b""]
)
PART = st.lists(st.one_of(st.binary(max_size=40), LOOKALIKES), max_size=5).map(b"".join)


@settings(deadline=None)
@given(st.lists(PART, min_size=1, max_size=4), st.lists(st.integers(0, 10_000), max_size=12))
def test_any_parts_in_any_pieces_come_out_whole(parts, cuts):
    mark = b"\r\n--" + BOUNDARY.encode()
    parts = [part for part in parts if mark not in b"\r\n" + part] or [b"x"]
    assert read(body(parts), cuts) == parts


def test_byte_by_byte_with_preamble_and_epilogue():
    data = body([b"one", b"", b"\r\nthree\r\n"], preamble=b"hello", epilogue=b"bye\r\n")
    assert read(data, list(range(len(data)))) == [b"one", b"", b"\r\nthree\r\n"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no boundary at all",
        b"x" * 100_000,
        body([b"one"])[:-6],
        f"--{BOUNDARY}\r\n".encode() + b"x" * 100_000,
        f"--{BOUNDARY}\r\nno colon\r\n\r\n".encode() + f"\r\n--{BOUNDARY}--".encode(),
        f"--{BOUNDARY}more\r\n\r\n\r\n--{BOUNDARY}--".encode(),
        f"--{BOUNDARY}".encode() + b" " * 1000,
    ],
)
def test_what_is_not_multipart_is_refused(data):
    with pytest.raises(BadMultipart):
        read(data)


@pytest.mark.parametrize("boundary", ["", "x" * 71, "a\r\nb", "ü"])
def test_what_is_no_boundary_is_refused(boundary):
    with pytest.raises(BadMultipart):
        MultipartReader(boundary)


def test_too_many_parts_are_refused():
    with pytest.raises(BadMultipart, match="10000 parts"):
        read(body([b""] * 10_001))


LITTLE, RPCL = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.202"
OCTETS = both("application/octet-stream", LITTLE, "", "*")
FRAMES = (*OCTETS, *both("image/jphc", RPCL, "", "*"))


@pytest.mark.parametrize(
    ("header", "form"),
    [
        (None, "multipart"),
        ("*/*", "multipart"),
        ('multipart/related; type="application/octet-stream"; transfer-syntax=*', "multipart"),
        ("multipart/related; type=application/octet-stream", "multipart"),
        ("application/octet-stream", "single"),
        ('multipart/related; type="image/jp2", application/octet-stream; q=0.2', "single"),
        ("multipart/related; q=0.1, application/octet-stream; q=0.9", "single"),
    ],
)
def test_the_form_follows_the_accept_header(header, form):
    assert choose(header, OCTETS).form == form


@pytest.mark.parametrize(
    "header",
    [
        "text/html",
        'multipart/related; type="image/jpeg"',
        'multipart/related; type="application/octet-stream"; transfer-syntax=1.2.840.10008.1.2.5',
        "application/octet-stream; q=0",
    ],
)
def test_what_we_cannot_serve_is_406_with_a_list(header):
    with pytest.raises(CannotBeServedSo, match=f"{LITTLE} .multipart or single"):
        choose(header, OCTETS)


@pytest.mark.parametrize(
    ("header", "media_type"),
    [
        ("*/*", "application/octet-stream"),
        ("image/*", "image/jphc"),
        ("*/*;q=0.5, image/jphc", "image/jphc"),
        ("image/jphc;q=0, */*", "application/octet-stream"),
        (f"image/jphc; transfer-syntax={RPCL}, */*; q=0.9", "image/jphc"),
        (f"image/jphc; transfer-syntax={RPCL}; q=0.1, */*; q=0.2", "application/octet-stream"),
        ('image/jphc; x=",;q=0"', "image/jphc"),
    ],
)
def test_the_closest_range_speaks_for_a_representation(header, media_type):
    assert choose(header, FRAMES).media_type == media_type


def test_pictures_are_jpeg_unless_png_is_preferred():
    pictures = (Offer("single", "image/jpeg"), Offer("single", "image/png"))
    assert choose(None, pictures).media_type == "image/jpeg"
    assert choose("image/png", pictures).media_type == "image/png"
    assert choose("image/jpeg;q=0.1, image/png", pictures).media_type == "image/png"
    with pytest.raises(CannotBeServedSo, match="image/jpeg, image/png"):
        choose("image/webp", pictures)
