"""Nothing that names a person, a place or an order is left in anything that is stored or shown."""

import json
import re
import struct
from datetime import date

import numpy as np
import pydicom
import pytest
from pydicom.datadict import DicomDictionary, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collimate.dicom import keep
from collimate.dicom.comments import blank_comments
from collimate.dicom.deidentify import deidentify, walk_elements
from collimate.dicom.profile_table import rows
from tests import dicoms
from tests.dicom.conftest import PROFILE, Outcome

TEXT_VRS = ("PN", "LO", "SH", "ST", "LT", "UT", "UC", "AE", "UR")
BUILDERS = (dicoms.radiograph, dicoms.ct_slice, dicoms.multi_frame)


def stored_bytes(outcome: Outcome) -> bytes:
    """Everything that is kept of a file, pictures included."""
    files = b"".join(path.read_bytes() for path in sorted(outcome.out.iterdir()))
    return files + json.dumps(outcome.prepared.to_json()).encode()


@pytest.mark.parametrize("syntax", [dicoms.EXPLICIT, dicoms.IMPLICIT, dicoms.RLE, dicoms.DEFLATED])
@pytest.mark.parametrize("build", BUILDERS)
def test_no_planted_identifier_survives(prepare, build, syntax):
    received = build(syntax=syntax)
    if syntax != dicoms.DEFLATED:
        assert all(text.encode() in received for text in ("Ruskin", "Brantwood", "RUSKIN-47110815"))
    kept = stored_bytes(prepare(received))
    for planted in (*dicoms.PLANTED, "19521130", "20240229", "2024-02-29"):
        assert planted.encode() not in kept, planted
        assert planted.encode("utf-16-le") not in kept, planted


def every_attribute(target: Dataset) -> int:
    """Give every attribute of the dictionary that can hold text an identifying value."""
    count = 0
    others = {"DA": "19521130", "DT": "19521130101530", "UI": f"{dicoms.ROOT}.1", "CS": "RUSKIN"}
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        if not keyword or tag >> 16 == 0x0002 or keyword in keep.NAMING | keep.PATIENT_NAMES:
            continue
        value = "Ruskin 47110815" if vr in TEXT_VRS else others.get(vr)
        if value is not None:
            target.add_new(tag, vr, value)
            count += 1
    return count


def test_no_attribute_of_the_standard_lets_an_identifier_through():
    dataset, inner = Dataset(), Dataset()
    assert every_attribute(dataset) > 1500
    every_attribute(inner)
    dataset.PatientName, dataset.PatientID = dicoms.PATIENT_NAME, dicoms.PATIENT_ID
    for keyword in sorted(keep.KEPT_SEQUENCES):
        setattr(dataset, keyword, Sequence([inner]))
    cleaned = deidentify(dataset, PROFILE, source_sha256="0" * 64).dataset
    text = json.dumps(cleaned.to_json_dict())
    for planted in (*dicoms.PLANTED, "19521130"):
        assert planted not in text, planted


def test_only_listed_attributes_are_kept(prepare):
    added = {
        *("PatientName", "PatientID", "PatientBirthDate", "PatientSex", "PatientAge", "StudyID"),
        *("AccessionNumber", "ReferringPhysicianName", "PatientIdentityRemoved", "CodeMeaning"),
        *("DeidentificationMethod", "DeidentificationMethodCodeSequence", "PixelData"),
        "LongitudinalTemporalInformationModified",
    }
    table = {keyword_for_tag(tag) for tag in rows()}
    allowed = keep.KEPT | keep.KEPT_SEQUENCES | keep.REMAPPED_UIDS | table
    for build in BUILDERS:
        dataset = pydicom.dcmread(prepare(build()).out / "instance.dcm")
        found = {element.keyword for element in walk_elements(dataset)}
        assert found <= allowed | added


def test_the_allow_list_names_no_free_text():
    vrs = {entry[4]: entry[0] for entry in DicomDictionary.values()}
    free = {name for name in keep.KEPT if vrs[name] in ("PN", "ST", "LT", "UT", "UC", "UR", "AE")}
    assert not free
    # short texts are let through one by one, after a look at what equipment writes there
    short = {name for name in keep.KEPT if vrs[name] in ("LO", "SH")}
    assert short == {
        *("Manufacturer", "ManufacturerModelName", "ConvolutionKernel", "FilterType"),
        *("ImagedNucleus", "ModalityLUTType", "PlateType", "RescaleType", "StackID"),
        *("CodeValue", "CodingSchemeDesignator"),
    }


def test_the_marks_of_deidentification_are_set(prepare):
    dataset = pydicom.dcmread(prepare(dicoms.radiograph()).out / "instance.dcm")
    assert dataset.PatientIdentityRemoved == "YES"
    assert dataset.DeidentificationMethod
    codes = {item.CodeValue for item in dataset.DeidentificationMethodCodeSequence}
    assert codes == {"113100", "113107", "113108"}
    assert dataset.LongitudinalTemporalInformationModified == "MODIFIED"
    assert re.fullmatch("P-[A-Z2-7]{8}", str(dataset.PatientName))
    assert dataset.PatientName == dataset.PatientID
    assert not [element for element in walk_elements(dataset) if element.tag.is_private]
    assert not [tag for tag in dataset.keys() if tag.group & 0xFF00 in (0x5000, 0x6000)]  # noqa: SIM118


def test_what_was_removed_is_listed_by_name_without_values(prepare):
    removed = prepare(dicoms.radiograph()).prepared.removed
    for name in ("PatientName", "InstitutionName", "AccessionNumber", "OverlayData", "(0029,1010)"):
        assert any(name in one or (name == "OverlayData" and "6000" in one) for one in removed), (
            name
        )
    assert removed == sorted(set(removed))
    assert not [one for one in removed if any(text in one for text in dicoms.PLANTED)]


def test_references_still_point_to_their_targets(prepare):
    image = prepare(dicoms.radiograph()).prepared
    json_source = image.dicom_json["00082112"]["Value"][0]
    # the planted reference names the radiograph itself
    assert json_source["00081155"]["Value"] == [image.sop_instance_uid]


def test_dates_move_by_the_same_days_for_all_studies_of_a_patient(prepare):
    first = prepare(dicoms.ct_slice(StudyDate="20240101")).prepared.study["study_date"]
    second = prepare(dicoms.ct_slice(StudyDate="20240301")).prepared.study["study_date"]
    other = prepare(dicoms.ct_slice(StudyDate="20240101", PatientID="X")).prepared.study[
        "study_date"
    ]
    gap = date.fromisoformat(second) - date.fromisoformat(first)
    assert gap == date(2024, 3, 1) - date(2024, 1, 1)
    assert first < "2023-12-03"
    assert other != first


@pytest.mark.parametrize(
    ("attributes", "years"),
    [
        ({"PatientAge": "007Y"}, 7),
        ({"PatientAge": "018M"}, 1),
        ({"PatientAge": "093Y"}, 90),
        ({"PatientBirthDate": "19300101"}, 90),
        ({"PatientBirthDate": "20240301"}, None),
        ({"PatientBirthDate": "20230301"}, 0),
        ({"PatientBirthDate": ""}, None),
    ],
)
def test_ages_are_kept_in_years_and_the_very_old_are_ninety(prepare, attributes, years):
    assert prepare(dicoms.radiograph(**attributes)).prepared.study["patient_age_years"] == years


def test_a_manufacturer_that_repeats_the_patients_name_is_dropped(prepare):
    kept = prepare(dicoms.radiograph()).prepared.series
    dropped = prepare(dicoms.radiograph(ManufacturerModelName="Scanner of Ruskin")).prepared.series
    assert kept["manufacturer_model_name"] == "Lumen 3"
    assert dropped["manufacturer_model_name"] is None


def commented(file: bytes, marker: bytes) -> bytes:
    """The file with a comment behind the start marker of its one compressed frame."""
    text = b"Ruskin 47110815!"
    segment = marker + struct.pack(">H", 2 + len(text)) + text
    at = file.rindex(b"\xfe\xff\x00\xe0") + 4
    (length,) = struct.unpack_from("<L", file, at)
    frame_at = at + 6
    return (
        file[:at] + struct.pack("<L", length + len(segment)) + file[at + 4 : frame_at]
        + segment + file[frame_at:]
    )  # fmt: skip


@pytest.mark.parametrize(
    ("syntax", "marker"),
    [
        (dicoms.JPEG_LS, b"\xff\xfe"),
        (dicoms.JPEG_LOSSLESS_SV1, b"\xff\xe1"),
        (dicoms.JPEG_LOSSLESS_SV1, b"\xff\xef"),
    ],
)
def test_comments_inside_compressed_frames_are_blanked(prepare, syntax, marker):
    plain = dicoms.radiograph(syntax=syntax, planted=False)
    received = commented(plain, marker)
    assert b"Ruskin 47110815!" in received
    outcome = prepare(received)
    assert b"Ruskin" not in stored_bytes(outcome)
    assert np.array_equal(outcome.frame(), prepare(plain).frame())


def test_comments_of_jpeg_2000_are_blanked_and_its_pixels_kept():
    import imagecodecs

    array = dicoms.pattern(40, 40)
    frame = imagecodecs.jpeg2k_encode(array, codecformat="j2k", reversible=True)
    text = b"Ruskin 47110815!"
    siz_end = 4 + struct.unpack_from(">H", frame, 4)[0]
    segment = b"\xff\x64" + struct.pack(">HH", 4 + len(text), 1) + text
    frame = frame[:siz_end] + segment + frame[siz_end:]
    value = struct.pack("<HHLHHL", 0xFFFE, 0xE000, 0, 0xFFFE, 0xE000, len(frame)) + frame
    cleaned = bytes(blank_comments(memoryview(value)))
    assert len(cleaned) == len(value)
    assert b"Ruskin" in value
    assert b"Ruskin" not in cleaned
    assert np.array_equal(imagecodecs.jpeg2k_decode(cleaned[16:]), array)


def test_a_series_number_that_is_the_patients_number_is_dropped(prepare):
    prepared = prepare(dicoms.radiograph(PatientID="4711815", SeriesNumber=4711815)).prepared
    assert prepared.series["series_number"] is None
    assert "4711815" not in json.dumps(prepared.to_json())


@pytest.mark.parametrize(
    ("attributes", "suspected"),
    [
        ({}, False),
        ({"BurnedInAnnotation": "YES"}, True),
        ({"BurnedInAnnotation": None}, False),
        ({"BurnedInAnnotation": None, "Modality": "US"}, True),
        ({"BurnedInAnnotation": None, "ImageType": ["DERIVED", "SECONDARY"]}, True),
        ({"BurnedInAnnotation": None, "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, True),
    ],
)
def test_pictures_that_may_carry_text_are_suspected(prepare, attributes, suspected):
    prepared = prepare(dicoms.radiograph(**attributes)).prepared
    assert prepared.burned_in_suspected is suspected
