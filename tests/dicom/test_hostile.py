"""Bad files are refused with the right reason, quickly, and hurt nobody."""

import struct
import time

import pytest

from collimate.dicom.identity import check_uid
from collimate.dicom.limits import LIMITS
from collimate.dicom.rejection import TEXTS, Rejected, RejectionCode
from tests import dicoms

EXPECTED = {
    "empty": "not_dicom",
    "text": "not_dicom",
    "zip": "bad_zip",
    "truncated_header": "truncated",
    "truncated_pixels": "truncated",
    "lying_length": "truncated",
    "deep": "nested_too_deep",
    "deflate_bomb": "inflate_bomb",
    "rle_bomb": "bad_dimensions",
    "zero_rows": "bad_dimensions",
    "zero_frames": "bad_dimensions",
    "bad_uid": "bad_uid",
    "no_pixels": "no_pixel_data",
    "segmentation": "derived_object",
    "video": "unsupported_transfer_syntax",
    "damaged_jpeg2000": "undecodable",
    "two_samples": "bad_dimensions",
    "private_syntax": "unsupported_transfer_syntax",
}


def test_every_broken_kind_has_an_expected_reason():
    assert set(EXPECTED) == set(dicoms.BROKEN_KINDS)


@pytest.mark.parametrize("kind", dicoms.BROKEN_KINDS)
def test_a_broken_file_is_refused_with_its_reason(prepare, kind):
    data = dicoms.broken(kind)
    started = time.monotonic()
    with pytest.raises(Rejected) as caught:
        prepare(data)
    assert caught.value.code == EXPECTED[kind]
    assert time.monotonic() - started < 10
    for planted in dicoms.PLANTED:
        assert planted not in str(caught.value)


def test_every_reason_has_a_text_that_says_what_to_do():
    assert set(TEXTS) == set(RejectionCode)
    assert all(len(text) > 40 and text.endswith(".") for text in TEXTS.values())


@pytest.mark.parametrize("size", [1, 131, 132, 136, 200, 350, 700, 1200])
def test_a_file_cut_anywhere_in_its_header_is_refused(prepare, size):
    with pytest.raises(Rejected) as caught:
        prepare(dicoms.radiograph()[:size])
    assert caught.value.code in ("truncated", "not_dicom", "no_pixel_data", "malformed")


@pytest.mark.parametrize(
    "attributes",
    [
        {"Rows": 65_535, "Columns": 65_535},
        {"NumberOfFrames": 2**31 - 1},
        {"BitsStored": 17},
        {"BitsStored": 0},
        {"SamplesPerPixel": 3},
        {"Rows": None},
    ],
)
def test_impossible_sizes_are_refused_before_anything_is_allocated(prepare, attributes):
    with pytest.raises(Rejected) as caught:
        prepare(dicoms.radiograph(**attributes))
    assert caught.value.code == "bad_dimensions"


@pytest.mark.parametrize(
    "attributes",
    [{"BitsAllocated": 32, "BitsStored": 32}, {"PhotometricInterpretation": "HSV"}],
)
def test_pixels_in_an_unknown_form_are_refused(prepare, attributes):
    with pytest.raises(Rejected) as caught:
        prepare(dicoms.radiograph(**attributes))
    assert caught.value.code == "unsupported_pixel_format"


@pytest.mark.parametrize(
    "uid", ["../../x", "1.2.3\x004", "1." * 40, "1.2.3a", "1..2", ".1.2", "1.2.", "1 2", "１.2"]
)
def test_text_that_is_no_uid_is_refused(uid):
    with pytest.raises(Rejected) as caught:
        check_uid(uid)
    assert caught.value.code == "bad_uid"


def test_an_identity_under_another_vr_is_not_taken_for_a_missing_one(prepare):
    head = struct.pack("<HH", 0x0020, 0x000E)
    with pytest.raises(Rejected) as caught:
        prepare(dicoms.radiograph().replace(head + b"UI", head + b"FD", 1))
    assert caught.value.code == "bad_uid"


def test_padding_of_a_uid_is_forgiven():
    assert check_uid("1.2.840.1\0") == "1.2.840.1"
    assert check_uid("1.2.840.1 ") == "1.2.840.1"


@pytest.mark.parametrize("levels", [5, 20])
def test_nesting_within_the_limit_is_read(levels):
    from collimate.dicom.part10 import open_part10

    assert open_part10(dicoms.deep(levels)).pixels is None


@pytest.mark.parametrize("levels", [33, 100, 5000])
def test_nesting_beyond_the_limit_is_refused(levels):
    from collimate.dicom.part10 import open_part10

    with pytest.raises(Rejected) as caught:
        open_part10(dicoms.deep(levels))
    assert caught.value.code == "nested_too_deep"
    assert levels > LIMITS.nesting_depth


def test_a_compressed_frame_without_its_end_is_refused(prepare):
    whole = dicoms.radiograph(syntax=dicoms.JPEG_LS)
    assert whole.count(b"\xff\xd9") >= 1
    with pytest.raises(Rejected) as caught:
        prepare(whole.replace(b"\xff\xd9", b"\x00\x00"))
    assert caught.value.code == "undecodable"


def test_a_run_that_leaves_its_segment_is_refused(prepare):
    # a repeat where a literal stood makes the segment too long, and one decoder panic
    frame = bytearray(dicoms.encode_frame(dicoms.pattern(24, 24), dicoms.RLE))
    frame[struct.unpack_from("<L", frame, 4)[0]] = 0x81
    whole = dicoms.radiograph(rows=24, columns=24, syntax=dicoms.RLE)
    clean = dicoms.encode_frame(dicoms.pattern(24, 24), dicoms.RLE)
    assert clean in whole
    with pytest.raises(Rejected) as caught:
        prepare(whole.replace(clean, bytes(frame)))
    assert caught.value.code == "undecodable"
