"""Plain pictures become DICOM without losing a value."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image

from collimate.dicom.rejection import Rejected
from tests import dicoms
from tests.dicom.conftest import Outcome

FACTS = {"patient_id": "patient-17", "study_key": "study-4", "modality": "CR"}


@pytest.fixture
def convert(sandbox, prepare_file, tmp_path_factory):
    def run(source: Path, **facts) -> Outcome:
        out = tmp_path_factory.mktemp("converted")
        (target,) = sandbox.convert(source, out, **{**FACTS, **facts})
        return prepare_file(target)

    return run


def save(path: Path, array: np.ndarray, **options) -> Path:
    Image.fromarray(array).save(path, **options)
    return path


@pytest.mark.parametrize("bits", [8, 16])
def test_a_grey_png_keeps_every_value(convert, tmp_path, bits):
    array = dicoms.pattern(30, 41, bits=bits)
    outcome = convert(save(tmp_path / "a.png", array))
    assert np.array_equal(outcome.frame(), array)
    assert outcome.prepared.bits_allocated == bits
    assert outcome.prepared.sop_class_uid == "1.2.840.10008.5.1.4.1.1.1"
    assert outcome.prepared.series["modality"] == "CR"
    assert outcome.prepared.is_lossy is False
    assert outcome.prepared.burned_in_suspected is False


def test_a_colour_png_becomes_secondary_capture(convert, tmp_path):
    array = dicoms.colours()
    outcome = convert(save(tmp_path / "a.png", array), modality="OT")
    assert np.array_equal(outcome.frame(), array)
    assert outcome.prepared.sop_class_uid == "1.2.840.10008.5.1.4.1.1.7"


def test_grey_saved_as_colour_is_grey(convert, tmp_path):
    array = dicoms.pattern(20, 20, bits=8)
    outcome = convert(save(tmp_path / "a.png", np.stack([array] * 3, axis=-1)))
    assert outcome.prepared.photometric_interpretation == "MONOCHROME2"
    assert np.array_equal(outcome.frame(), array)


def test_transparency_and_palettes_are_resolved(convert, tmp_path):
    array = dicoms.colours()
    with_alpha = np.dstack([array, np.full(array.shape[:2], 7, "u1")])
    outcome = convert(save(tmp_path / "a.png", with_alpha), modality="OT")
    assert np.array_equal(outcome.frame(), array)
    few = (array // 128 * 255).astype("u1")
    Image.fromarray(few).quantize(8).save(tmp_path / "p.png")
    assert convert(tmp_path / "p.png", modality="OT").prepared.samples_per_pixel == 3


def test_a_jpeg_is_known_as_lossy_and_turned_upright(convert, tmp_path):
    array = np.zeros((40, 60), "u1")
    array[:, :20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: rotate by 90 degrees clockwise
    outcome = convert(save(tmp_path / "a.jpg", array, exif=exif, quality=95))
    frame = outcome.frame()
    assert frame.shape == (60, 40)
    assert frame[:18].mean() > 240
    assert frame[22:].mean() < 15
    assert outcome.prepared.is_lossy is True


def test_facts_reach_the_tables(convert, tmp_path):
    outcome = convert(
        save(tmp_path / "a.png", dicoms.pattern(20, 20, bits=8)),
        body_part="chest",
        view_position="PA",
        site="Site B",
        sex="M",
        age_years=4,
        study_date="2024-05-06",
        pixel_spacing_mm=[0.2, 0.3],
    ).prepared
    assert outcome.study["body_part"] == "CHEST"
    assert outcome.study["patient_sex"] == "M"
    assert outcome.study["patient_age_years"] == 4
    assert outcome.study["study_date"] < "2024-05-06"
    assert outcome.series["manufacturer_model_name"] == "Site B"
    assert outcome.series["view_position"] == "PA"
    assert (outcome.pixel_spacing_mm, outcome.spacing_kind) == ([0.2, 0.3], "imager")


def test_uids_follow_from_keys_and_bytes(convert, tmp_path):
    one = save(tmp_path / "1.png", dicoms.pattern(20, 20, bits=8, seed=1))
    two = save(tmp_path / "2.png", dicoms.pattern(20, 20, bits=8, seed=2))
    first, again, second = (convert(path).prepared for path in (one, one, two))
    elsewhere = convert(one, study_key="study-5", patient_id="patient-17").prepared
    stranger = convert(one, study_key="study-6", patient_id="patient-18").prepared
    assert first == again
    assert first.study_uid == second.study_uid
    assert first.sop_instance_uid != second.sop_instance_uid
    assert first.study_uid != elsewhere.study_uid
    assert first.patient_hash == elsewhere.patient_hash != stranger.patient_hash


def test_the_object_is_complete_for_other_readers(sandbox, tmp_path):
    array = dicoms.pattern(33, 21, bits=16)
    (path,) = sandbox.convert(save(tmp_path / "a.png", array), tmp_path, **FACTS)
    dataset = pydicom.dcmread(path)
    assert np.array_equal(dataset.pixel_array, array)
    assert dataset.PatientID == "patient-17"
    assert dataset.WindowWidth == 65536


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + bytes(40)])
def test_what_is_no_picture_is_refused(convert, tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(Rejected) as caught:
        convert(tmp_path / "a.png")
    assert caught.value.code == "bad_image"


def test_a_cut_off_picture_is_refused(convert, tmp_path):
    path = save(tmp_path / "a.png", dicoms.pattern(200, 200, bits=8))
    path.write_bytes(path.read_bytes()[:-5000])
    with pytest.raises(Rejected) as caught:
        convert(path)
    assert caught.value.code == "bad_image"


def test_other_picture_formats_are_refused(convert, tmp_path):
    with pytest.raises(Rejected) as caught:
        convert(save(tmp_path / "a.bmp", dicoms.pattern(20, 20, bits=8)))
    assert caught.value.code == "bad_image"


def test_a_png_that_claims_to_be_huge_is_refused(convert, tmp_path):
    path = save(tmp_path / "a.png", dicoms.pattern(20, 20, bits=8))
    import zlib

    data = bytearray(path.read_bytes())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    path.write_bytes(data)
    with pytest.raises(Rejected) as caught:
        convert(path)
    assert caught.value.code == "bad_dimensions"


def tiff(path: Path, *pages: Image.Image, **options) -> Path:
    pages[0].save(path, save_all=True, append_images=pages[1:], **options)
    return path


@pytest.mark.parametrize("compression", [None, "tiff_lzw", "tiff_adobe_deflate"])
def test_every_page_of_a_tiff_is_an_image_of_the_series(
    sandbox, prepare_file, tmp_path, compression
):
    arrays = [dicoms.pattern(30, 41, bits=16, seed=seed) for seed in range(3)]
    arrays.append(dicoms.pattern(12, 9, bits=8))
    source = tiff(tmp_path / "a.tif", *map(Image.fromarray, arrays), compression=compression)
    paths = sandbox.convert(source, tmp_path, **FACTS)
    outcomes = [prepare_file(path) for path in paths]
    assert [one.prepared.instance_number for one in outcomes] == [1, 2, 3, 4]
    assert len({one.prepared.series_uid for one in outcomes}) == 1
    assert len({one.prepared.sop_instance_uid for one in outcomes}) == 4
    for outcome, array in zip(outcomes, arrays, strict=True):
        assert np.array_equal(outcome.frame(), array)


@pytest.mark.parametrize("bits", [8, 16])
def test_a_tiff_whose_white_is_zero_shows_white_as_white(convert, tmp_path, bits):
    array = dicoms.pattern(20, 31, bits=bits)
    path = tiff(tmp_path / "a.tif", Image.fromarray(array), tiffinfo={262: 0})
    with Image.open(path) as written:
        assert written.tag_v2[262] == 0
    # Pillow inverts what it writes so for 8 bits only
    expected = array if bits == 8 else 65_535 - array
    assert np.array_equal(convert(path).frame(), expected)


def test_signed_words_of_a_tiff_keep_their_sign(convert, tmp_path):
    array = dicoms.pattern(20, 31, bits=12, signed=True).astype("i4")
    outcome = convert(tiff(tmp_path / "a.tif", Image.fromarray(array)), modality="CT")
    assert np.array_equal(outcome.frame(), array)


def test_a_tiff_of_floating_point_numbers_is_refused(convert, tmp_path):
    with pytest.raises(Rejected) as caught:
        convert(tiff(tmp_path / "a.tif", Image.fromarray(np.ones((9, 9), "f4"))))
    assert caught.value.code == "bad_image"


def test_an_animated_png_is_no_set_of_pages(convert, tmp_path):
    pages = [Image.fromarray(dicoms.pattern(20, 20, bits=8, seed=seed)) for seed in range(2)]
    pages[0].save(tmp_path / "a.png", save_all=True, append_images=pages[1:])
    with pytest.raises(Rejected) as caught:
        convert(tmp_path / "a.png")
    assert caught.value.code == "bad_image"
