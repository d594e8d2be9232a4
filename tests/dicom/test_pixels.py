"""What was put in comes out, whatever way it was packed."""

import hashlib
import struct

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from collimate.dicom.prepared import EXPLICIT_VR_LITTLE_ENDIAN, PreparedInstance, frame_facts
from tests import dicoms

SLOW_FIXTURES = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
SIDES = st.integers(min_value=1, max_value=24)


@st.composite
def grey_images(draw):
    dtype = draw(st.sampled_from(["u1", "u2", "i2"]))
    return draw(arrays.arrays(np.dtype(dtype), st.tuples(SIDES, SIDES)))


@SLOW_FIXTURES
@given(array=grey_images(), syntax=st.sampled_from([*dicoms.NATIVE, dicoms.RLE, dicoms.JPEG_LS]))
def test_any_grey_image_comes_out_as_it_went_in(prepare, array, syntax):
    outcome = prepare(dicoms.radiograph(array=array, syntax=syntax, planted=False))
    assert np.array_equal(outcome.frame(), array)
    assert outcome.frame().dtype == array.dtype
    assert (outcome.prepared.rows, outcome.prepared.columns) == array.shape


@SLOW_FIXTURES
@given(
    array=arrays.arrays(np.dtype("u1"), st.tuples(SIDES, SIDES, st.just(3))),
    syntax=st.sampled_from([*dicoms.NATIVE, dicoms.RLE, dicoms.JPEG_LS]),
)
def test_any_colour_image_comes_out_as_it_went_in(prepare, array, syntax):
    outcome = prepare(dicoms.radiograph(array=array, syntax=syntax, planted=False))
    assert np.array_equal(outcome.frame(), array)
    assert outcome.prepared.photometric_interpretation == "RGB"


@pytest.mark.parametrize("syntax", dicoms.LOSSLESS)
@pytest.mark.parametrize("build", [dicoms.radiograph, dicoms.ct_slice, dicoms.multi_frame])
def test_every_lossless_syntax_is_exact(prepare, syntax, build):
    plain = pydicom.dcmread(pydicom.filebase.DicomBytesIO(build())).pixel_array
    outcome = prepare(build(syntax=syntax))
    frames = outcome.frames()
    assert np.array_equal(frames if plain.ndim == 3 else frames[0], plain)
    assert outcome.prepared.original_transfer_syntax_uid == syntax
    assert outcome.prepared.served_transfer_syntax_uid == EXPLICIT_VR_LITTLE_ENDIAN
    assert outcome.prepared.is_lossy is False


@pytest.mark.parametrize("syntax", dicoms.LOSSLESS)
def test_the_stored_file_holds_the_same_pixels_and_an_empty_preamble(prepare, syntax):
    outcome = prepare(dicoms.ct_slice(syntax=syntax))
    stored = (outcome.out / "instance.dcm").read_bytes()
    assert stored[:132] == bytes(128) + b"DICM"
    dataset = pydicom.dcmread(outcome.out / "instance.dcm")
    if syntax not in (dicoms.JPEG_LOSSLESS, dicoms.JPEG_LOSSLESS_SV1):  # no free decoder here
        assert np.array_equal(dataset.pixel_array, outcome.frame())
    native = syntax in dicoms.NATIVE
    assert dataset.file_meta.TransferSyntaxUID == (dicoms.EXPLICIT if native else syntax)
    assert str(dataset.SOPInstanceUID) == outcome.prepared.sop_instance_uid


def test_compressed_bytes_are_stored_as_they_were_received(prepare):
    received = dicoms.ct_slice(syntax=dicoms.JPEG_2000)
    frame = dicoms.encode_frame(dicoms.pattern(64, 64, signed=True), dicoms.JPEG_2000)
    outcome = prepare(received)
    stored = (outcome.out / "instance.dcm").read_bytes()
    coded = frame[frame.index(b"\xff\x90") :]  # behind the main header, which holds comments
    assert frame in received
    assert coded in stored
    assert len(coded) > 1000


@pytest.mark.parametrize("frames_in", ["file", "frames"])
def test_frame_ranges_tile_the_pixels_without_gap_or_overlap(prepare, frames_in):
    syntax = dicoms.EXPLICIT if frames_in == "file" else dicoms.RLE
    outcome = prepare(dicoms.multi_frame(frames=7, syntax=syntax))
    ranges = outcome.prepared.frame_ranges
    assert outcome.prepared.frames_in == frames_in
    assert len(ranges) == outcome.prepared.frame_count == 7
    length = frame_facts(outcome.prepared.dicom_json).frame_bytes
    assert all(one[1] == length for one in ranges)
    assert [one[0] for one in ranges] == [ranges[0][0] + index * length for index in range(7)]
    if frames_in == "frames":
        assert ranges[0][0] == 0
        assert (outcome.out / "frames.raw").stat().st_size == 7 * length


def test_monochrome1_stays_monochrome1_and_its_thumbnail_is_inverted(prepare):
    array = np.zeros((64, 64), "u1")
    array[:, 32:] = 250
    one = prepare(dicoms.radiograph(array=array, photometric="MONOCHROME1"))
    two = prepare(dicoms.radiograph(array=array, photometric="MONOCHROME2"))
    assert one.prepared.photometric_interpretation == "MONOCHROME1"
    assert np.array_equal(one.frame(), array)
    left = [_mean_of_left_half(outcome.out / "thumbnail.jpg") for outcome in (one, two)]
    assert left[0] > 200
    assert left[1] < 55


def _mean_of_left_half(path) -> float:
    from PIL import Image

    with Image.open(path) as image:
        assert max(image.size) <= 256
        return float(np.asarray(image.convert("L"))[:, : image.width // 3].mean())


def test_planar_colour_becomes_interleaved(prepare):
    array = dicoms.colours()
    planes = np.ascontiguousarray(np.moveaxis(array, -1, 0)).tobytes()
    outcome = prepare(dicoms.radiograph(array=array, PlanarConfiguration=1, PixelData=planes))
    assert np.array_equal(outcome.frame(), array)
    assert outcome.prepared.dicom_json["00280006"]["Value"] == [0]


def test_uncompressed_ycbcr_becomes_rgb(prepare):
    array = np.zeros((8, 8, 3), "u1")
    array[...] = (76, 85, 255)  # pure red
    outcome = prepare(dicoms.radiograph(array=array, photometric="YBR_FULL"))
    assert np.abs(outcome.frame().astype(int) - (254, 0, 0)).max() <= 1
    assert outcome.prepared.photometric_interpretation == "RGB"


def test_a_palette_becomes_colour_and_leaves_the_metadata(prepare):
    array = np.arange(64, dtype="u1").reshape(8, 8)
    ramp = np.arange(256, dtype="<u2") * 257
    tables = {}
    for name, table in (("Red", ramp), ("Green", ramp[::-1]), ("Blue", ramp // 2)):
        tables[f"{name}PaletteColorLookupTableDescriptor"] = [256, 0, 16]
        tables[f"{name}PaletteColorLookupTableData"] = table.astype("<u2").tobytes()
    outcome = prepare(dicoms.radiograph(array=array, photometric="PALETTE COLOR", **tables))
    expected = np.stack([array, 255 - array, array // 2], axis=-1)
    assert np.array_equal(outcome.frame(), expected)
    assert outcome.prepared.bits_allocated == 8
    assert not [tag for tag in outcome.prepared.dicom_json if tag.startswith("00281")]


def test_one_bit_pixels_are_unpacked(prepare):
    array = (dicoms.pattern(9, 13, bits=8) > 128).astype("u1")
    packed = np.packbits(array.ravel(), bitorder="little").tobytes()
    outcome = prepare(
        dicoms.radiograph(
            array=array, BitsAllocated=1, BitsStored=1, HighBit=0, PixelData=packed + b"\0"
        )
    )
    assert np.array_equal(outcome.frame(), array)


def test_an_overlay_hidden_in_unused_bits_is_cleared(prepare):
    array = dicoms.pattern(32, 32, bits=12)
    hidden = array | np.uint16(0x8000)
    outcome = prepare(dicoms.radiograph(array=hidden, BitsStored=12, HighBit=11, planted=True))
    assert np.array_equal(outcome.frame(), array)


def test_signed_pixels_survive_the_clearing_of_unused_bits(prepare):
    array = dicoms.pattern(32, 32, bits=12, signed=True)
    hidden = (array.view("u2") & 0x0FFF) | np.uint16(0x4000)
    outcome = prepare(
        dicoms.ct_slice(array=hidden.view("i2"), BitsStored=12, HighBit=11, planted=True)
    )
    assert np.array_equal(outcome.frame(), array)


def test_padding_behind_the_pixels_is_not_stored(prepare):
    file = dicoms.radiograph(array=dicoms.pattern(10, 10, bits=8))
    at = file.rindex(struct.pack("<HH2s", 0x7FE0, 0x0010, b"OB"))
    longer = file[: at + 8] + struct.pack("<L", 120) + file[at + 12 :] + b"RUSKIN WAS HERE 4711"
    outcome = prepare(longer)
    assert np.array_equal(outcome.frame(), dicoms.pattern(10, 10, bits=8))
    assert b"RUSKIN" not in (outcome.out / "instance.dcm").read_bytes()


def test_a_file_without_preamble_and_meta_is_accepted_when_it_is_an_image(prepare):
    file = dicoms.radiograph()
    bare = file[file.index(struct.pack("<HH", 0x0008, 0x0005)) :]
    assert np.array_equal(prepare(bare).frame(), prepare(file).frame())


def test_what_is_known_survives_the_way_through_json(prepare):
    import json

    prepared = prepare(dicoms.multi_frame()).prepared
    text = json.dumps(prepared.to_json(), allow_nan=False)
    assert PreparedInstance.from_json(json.loads(text)) == prepared


def test_functional_groups_give_each_frame_its_facts(prepare):
    prepared = prepare(dicoms.multi_frame()).prepared
    facts = frame_facts(prepared.dicom_json, 1)
    assert (facts.slope, facts.intercept) == (2.0, -1000.0)
    assert prepared.pixel_spacing_mm == [0.5, 0.6]
    assert prepared.spacing_kind == "pixel"


def test_facts_for_tables_are_read(prepare):
    data = dicoms.radiograph()
    prepared = prepare(data).prepared
    assert prepared.source_sha256 == hashlib.sha256(data).hexdigest()
    assert prepared.series["modality"] == "DX"
    assert prepared.series["view_position"] == "PA"
    assert prepared.series["manufacturer_model_name"] == "Lumen 3"
    assert prepared.study["body_part"] == "CHEST"
    assert prepared.study["patient_sex"] == "F"
    assert prepared.study["patient_age_years"] == 71
    assert prepared.pixel_spacing_mm == [0.15, 0.2]
    assert prepared.spacing_kind == "imager"
    assert prepared.instance_number == 1
    assert prepared.burned_in_suspected is False
    assert "7FE00010" not in prepared.dicom_json
    assert list(prepared.dicom_json) == sorted(prepared.dicom_json)


def test_lossy_images_are_known_as_lossy(prepare):
    array = dicoms.pattern(64, 64, bits=8)
    prepared = prepare(dicoms.radiograph(array=array, syntax=dicoms.JPEG_BASELINE)).prepared
    assert prepared.is_lossy is True
