"""SUV survives de-identification; what it is worked out from does not."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset

from collimate.dicom.content import content_sha256
from collimate.dicom.profile import Profile, ProfileOptions
from collimate.dicom.suv import suv_factor
from tests import dicoms
from tests.dicom.conftest import PROFILE, Outcome
from tests.dicom.test_leaks import stored_bytes

SHARED = json.loads((Path(__file__).parent / "suv_cases.json").read_text())
NOTHING_KEPT = Profile(
    PROFILE.project_key,
    PROFILE.instance_key,
    ProfileOptions(retain_dates=False, retain_characteristics=False),
)
FACTOR = dicoms.SUV_FACTOR


def changed(given: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {tag: one for tag, one in {**given, **changes}.items() if one is not None}


def described(case: dict[str, Any]) -> Dataset:
    injection = changed(SHARED["injection"], case.get("injection", {}))
    mappings = [changed(SHARED["mapping"], one) for one in case.get("mappings", [])]
    sequences = {
        "00540016": {"vr": "SQ", "Value": [injection]},
        "00409096": {"vr": "SQ", "Value": mappings},
    }
    return Dataset.from_json(changed({**SHARED["image"], **sequences}, case.get("image", {})))


@pytest.mark.parametrize("case", SHARED["cases"], ids=lambda case: case["says"])
def test_suv_is_worked_out_by_the_rules_of_the_viewer(case):
    expected = case["factor"]
    assert suv_factor(described(case)) == (expected and pytest.approx(expected, rel=1e-9))


def mapping_of(dataset: Dataset) -> Dataset:
    (mapping,) = dataset.RealWorldValueMappingSequence
    return mapping


JUNK = np.uint16(0xA000)
TWELVE = {"BitsStored": 12, "HighBit": 11}
FORMS = {
    "served as stored": ({}, np.uint16(0), (-32768, 32767)),
    "unused bits cleared": ({"array": dicoms.pattern(signed=True), **TWELVE}, JUNK, (-2048, 2047)),
    "unsigned": ({"array": dicoms.pattern(), **TWELVE}, JUNK, (0, 4095)),
    "decoded": ({"syntax": dicoms.JPEG_2000, **TWELVE}, np.uint16(0), (-2048, 2047)),
    "turned over": ({"syntax": dicoms.BIG_ENDIAN}, np.uint16(0), (-32768, 32767)),
}


@pytest.mark.parametrize(("attributes", "junk", "ends"), FORMS.values(), ids=FORMS)
def test_stored_and_served_values_lead_to_suv(prepare, attributes, junk, ends):
    array = attributes.get("array", dicoms.pattern(64, 64, signed=True))
    sent = {**attributes, "array": (array.view("u2") | junk if junk else array).view(array.dtype)}
    outcome = prepare(dicoms.pet_slice(RescaleIntercept="-3.5", **sent))
    kept = pydicom.dcmread(outcome.out / "instance.dcm")
    served = Dataset.from_json(outcome.prepared.dicom_json)
    assert np.array_equal(outcome.frame(), array)
    for pixels, header in ((kept.pixel_array, kept), (outcome.frame(), served)):
        mapping = mapping_of(header)
        suv = pixels * mapping.RealWorldValueSlope + mapping.RealWorldValueIntercept
        assert np.allclose(suv, (array * 0.7193 - 3.5) * FACTOR, rtol=5e-4)
        first, last = mapping[0x00409216], mapping[0x00409211]
        assert (first.value, last.value) == ends
        assert first.VR == last.VR == ("SS" if header.PixelRepresentation else "US")


def test_neither_weight_nor_dose_nor_times_leave_with_it(prepare):
    outcome = prepare(dicoms.pet_slice(), NOTHING_KEPT)
    mapping = mapping_of(pydicom.dcmread(outcome.out / "instance.dcm"))
    unit = mapping.MeasurementUnitsCodeSequence[0]
    assert (mapping.LUTLabel, unit.CodeValue) == ("SUVbw", "{SUVbw}g/ml")
    # four figures: too few to search for what gives exactly them
    assert mapping.RealWorldValueSlope / 0.7193 == pytest.approx(float(f"{FACTOR:.3e}"), rel=1e-12)
    kept = stored_bytes(outcome)
    for gone in (b"83.7", b"403213579", b"6586.2", b"091731", b"101748", b"101952", b"20240229"):
        assert gone not in kept, gone


def other_mapping(**changes: Any) -> Dataset:
    item = Dataset.from_json(SHARED["mapping"])
    item.LUTLabel, item.LUTExplanation = "Ruskin", "SUV of Ruskin"
    for keyword, value in changes.items():
        setattr(item, keyword, value)
    return item


NOT_KNOWN = {
    "no weight": {"PatientWeight": None},
    "g/ml by lean body mass": {"Units": "GML", "SUVType": "LBM"},
    "no slope": {"RescaleSlope": None},
    "a slope that is dropped, since it is the number of the patient": {
        "RescaleSlope": "47110",
        "PatientID": "47110",
    },
    "a mapping that contradicts": {
        "RealWorldValueMappingSequence": [other_mapping(RealWorldValueSlope=0.7193 * 2 * FACTOR)],
    },
    "values that differ from frame to frame": {"PerFrameFunctionalGroupsSequence": [Dataset()]},
}


@pytest.mark.parametrize("attributes", NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_where_suv_is_not_known_no_image_says_it(prepare, attributes):
    assert "00409096" not in prepare(dicoms.pet_slice(**attributes)).prepared.dicom_json


def test_values_by_lean_body_mass_go_on_saying_so(prepare):
    # without its type g/ml is read as by body weight
    kept = prepare(dicoms.pet_slice(Units="GML", SUVType="LBM"), NOTHING_KEPT).prepared.dicom_json
    assert kept["00541006"]["Value"] == ["LBM"]


def test_a_mapping_that_is_sound_is_written_anew_in_its_place(prepare):
    stated = [other_mapping(RealWorldValueSlope=0.7193 * 0.00032), Dataset()]
    outcome = prepare(
        dicoms.pet_slice(PatientWeight=None, RealWorldValueMappingSequence=stated), NOTHING_KEPT
    )
    mapping = mapping_of(Dataset.from_json(outcome.prepared.dicom_json))
    assert mapping.RealWorldValueSlope == pytest.approx(0.7193 * 0.00032, rel=1e-12)
    assert mapping.LUTLabel == "SUVbw"
    assert b"Ruskin" not in stored_bytes(outcome)


def test_an_image_that_comes_back_keeps_its_mapping_and_is_the_same(prepare_file, prepare):
    first: Outcome = prepare(dicoms.pet_slice())
    again = prepare_file(first.out / "instance.dcm").prepared
    assert again.dicom_json["00409096"] == first.prepared.dicom_json["00409096"]
    assert again.content_sha256 == first.prepared.content_sha256
    # nor does an image that is here from before mappings were written become another one
    before = {tag: one for tag, one in again.dicom_json.items() if tag != "00409096"}
    uid, frames = again.sop_instance_uid, "0" * 64
    assert content_sha256(before, uid, frames) == content_sha256(again.dicom_json, uid, frames)
