"""Every row of PS3.15 table E.1-1 is acted upon, under every option, at every depth."""

import itertools
import json
from datetime import date

import numpy as np
import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.tag import Tag

from collimate.dicom import identity
from collimate.dicom.clean_text import clean_text
from collimate.dicom.deidentify import deidentify
from collimate.dicom.profile import Profile, ProfileOptions, SafePrivate
from collimate.dicom.profile_table import Action, Place, action_for, edition, rows
from tests import dicoms
from tests.dicom.conftest import PROFILE
from tests.dicom.test_leaks import stored_bytes

CT = "1.2.840.10008.5.1.4.1.1.2"
FLAGS = ("retain_dates", "retain_characteristics", "retain_device", "clean_descriptors")
ALL_OPTIONS = [
    ProfileOptions(**dict(zip(FLAGS, chosen, strict=True)))
    for chosen in itertools.product([False, True], repeat=4)
]
EVERYTHING = ProfileOptions(True, True, True, True)
NOTHING = ProfileOptions(False, False, False, False)
KNOWN = {
    tag: row
    for tag, row in rows().items()
    if keyword_for_tag(tag) and tag >> 16 not in (0x0000, 0x0002, 0x0004)
}
PLANTED_VALUES = {
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UT", "UC"), "Ruskin 47110815"),
    "PN": dicoms.PATIENT_NAME, "AE": "RUSKIN47110815", "CS": "RUSKIN47110815", "UR": "http://ruskin/47110815",
    "DA": "19521130", "DT": "19521130101530", "TM": "101530", "UI": f"{dicoms.ROOT}.1",
    "OB": b"Ruskin 47110815!", "OW": b"Ruskin 47110815!", "UN": b"Ruskin 47110815!",
    "DS": "47110815", "IS": "47110815", "AS": "093Y",
}  # fmt: skip


NESTED = ("AnatomicRegionSequence", "SourceImageSequence", "PerFrameFunctionalGroupsSequence",
          "ContentSequence", "UDISequence", "AcquisitionContextSequence")  # fmt: skip


def profile(options: ProfileOptions) -> Profile:
    return Profile(PROFILE.project_key, PROFILE.instance_key, options)


def planted(depth: int = 2) -> Dataset:
    """Every attribute of the table with an identifying value, at every depth."""
    dataset = Dataset()
    for tag in KNOWN:
        vr = dictionary_VR(tag)
        if vr == "SQ":
            dataset.add_new(tag, "SQ", Sequence([Dataset()]))
        elif vr in PLANTED_VALUES:
            dataset.add_new(tag, vr, PLANTED_VALUES[vr])
    dataset.PatientName, dataset.PatientID = dicoms.PATIENT_NAME, dicoms.PATIENT_ID
    dataset.SOPClassUID = CT
    # kept by the device option, so they must name a device
    dataset.DeviceUID = dataset.ManufacturerDeviceClassUID = "1.3.12.2.1107"
    dataset.StudyInstanceUID = f"{dicoms.ROOT}.1"
    for keyword in NESTED if depth else ():
        setattr(dataset, keyword, Sequence([planted(depth - 1)]))
    return dataset


def clean(dataset: Dataset, options: ProfileOptions) -> Dataset:
    return deidentify(dataset, profile(options), source_sha256="0" * 64).dataset


def test_the_table_is_the_whole_table():
    assert edition() == "2026d"
    assert len(rows()) == 653
    basic = {row["basic"] for row in rows().values()}
    assert basic == {"X", "Z", "D", "U", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*"}
    spot = {
        "PatientName": "Z", "PatientAddress": "X", "SOPInstanceUID": "U", "ContentDate": "Z/D",
        "VerifyingObserverName": "D", "DeviceSerialNumber": "X/Z/D",
        "SourceImageSequence": "X/Z/U*",
    }  # fmt: skip
    assert {name: rows()[Tag(name)]["basic"] for name in spot} == spot


@pytest.mark.parametrize("options", [NOTHING, ProfileOptions(), EVERYTHING])
def test_no_identifier_planted_in_any_row_of_the_table_survives(options):
    text = json.dumps(clean(planted(), options).to_json_dict())
    for name in (*dicoms.PLANTED, "ruskin", "19521130", "1952-11-30"):
        assert name not in text, name
    assert "UnVza2luIDQ3MTEh" not in text  # the same name in base64


def test_every_row_gets_the_action_its_options_give_it():
    source = planted(0)
    place = Place(CT)
    for options in ALL_OPTIONS:
        after = clean(source, options)
        for tag, row in KNOWN.items():
            keyword = keyword_for_tag(tag)
            if tag not in source or keyword.startswith("Patient"):
                continue  # the patient module is set as a whole; see the tests of identity
            action = action_for(row, options, keyword=keyword, place=place)
            check_action(action, row, source, after, tag)


def check_action(action: Action, row, source: Dataset, after: Dataset, tag: int) -> None:
    said = f"{row['name']} {action}"
    before, now = source[tag].value, after[tag].value if tag in after else None
    vr = dictionary_VR(tag)
    if action is Action.REMOVE:
        assert tag not in after or keyword_for_tag(tag) in ("StudyID", "AccessionNumber"), said
    elif action is Action.EMPTY:
        assert tag in after, said
        assert after[tag].is_empty, said
    elif action is Action.REMAP and vr == "UI":
        assert now == identity.remap_uid(PROFILE.project_key, before), said
    elif action is Action.DUMMY and vr != "SQ":
        assert tag in after, said
        assert now != before or now in ("000000", 0), said
    elif action is Action.CLEAN and vr in ("DA", "DT"):
        assert 30 <= (day(before) - day(now)).days <= 1826, said
    elif action is Action.KEEP and vr in ("DA", "TM", "AS"):
        assert now in (before, "090Y"), said


def day(text: str) -> date:
    parsed = identity.parse_date(str(text))
    assert parsed is not None
    return parsed


@pytest.mark.parametrize(
    ("basic", "needed", "expected"),
    [
        ("X/Z", "3", "X"), ("X/Z", "2", "Z"), ("X/D", "1", "D"), ("X/D", "3", "X"),
        ("X/Z/D", "1", "D"), ("X/Z/D", "2", "Z"), ("X/Z/D", "3", "X"), ("Z/D", "3", "Z"),
        ("Z/D", "1", "D"), ("X/Z/U*", "3", "U"),
    ],
)  # fmt: skip
def test_compound_actions_are_as_strict_as_the_type_allows(basic, needed, expected):
    class Fixed(Place):
        def needed(self, keyword: str) -> str:
            return needed

    action = action_for({"basic": basic}, NOTHING, keyword="X", place=Fixed(CT))
    assert action == expected


def test_types_come_from_the_object_the_attribute_stands_in():
    enhanced = "1.2.840.10008.5.1.4.1.1.2.1"
    row = rows()[Tag("DeviceSerialNumber")]
    for sop_class, expected in ((CT, Action.REMOVE), (enhanced, Action.DUMMY)):
        place = Place(sop_class)
        action = action_for(row, NOTHING, keyword="DeviceSerialNumber", place=place)
        assert action is expected


def test_what_was_done_is_counted_by_action_and_name_without_values():
    cleaned = deidentify(planted(), profile(EVERYTHING), source_sha256="0" * 64)
    assert set(cleaned.actions) == set(Action)
    assert cleaned.actions["X"]["PatientAddress"] > 1
    assert cleaned.actions["C"]["StudyDate"] >= 1
    assert cleaned.actions["U"]["FrameOfReferenceUID"] >= 1
    text = json.dumps(cleaned.actions)
    assert not [name for name in (*dicoms.PLANTED, "19521130") if name in text]


def test_without_the_date_option_nothing_tells_when():
    after = clean(pydicom.dcmread(_file(dicoms.ct_slice())), NOTHING)
    assert not after.StudyDate
    assert not after.StudyTime
    assert "AcquisitionDate" not in after
    assert after.LongitudinalTemporalInformationModified == "REMOVED"
    assert after.PatientSex == ""
    assert "PatientAge" not in after
    codes = {item.CodeValue for item in after.DeidentificationMethodCodeSequence}
    assert codes == {"113100"}


def test_the_options_are_written_into_the_object():
    safe = (SafePrivate.parse("ACME", "0019xx0C"),)
    after = clean(planted(0), ProfileOptions(True, True, True, True, safe))
    codes = [item.CodeValue for item in after.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113105", "113107", "113108", "113109", "113111"]
    assert all(
        item.CodingSchemeDesignator == "DCM" for item in after.DeidentificationMethodCodeSequence
    )
    assert after.PatientIdentityRemoved == "YES"


def test_the_device_option_keeps_device_names_and_nothing_of_people():
    dataset = pydicom.dcmread(_file(dicoms.radiograph(
        StationName="XR-ROOM-3", DeviceSerialNumber="SN-0815", InstitutionName="Brantwood House",
    )))  # fmt: skip
    kept, gone = clean(dataset, EVERYTHING), clean(dataset, ProfileOptions())
    assert (kept.StationName, kept.DeviceSerialNumber) == ("XR-ROOM-3", "SN-0815")
    assert "StationName" not in gone
    dataset.StationName = "BRANTWOOD-3"
    assert "StationName" not in clean(dataset, EVERYTHING)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("CT Chest w/o contrast, 5mm axial", "CT Chest w/o contrast, 5mm axial"),
        ("MR knee left of Ruskin 47110815", "MR knee left of"),
        ("T2_TSE_SAG 3mm for Dr. Brantwood", "T2_TSE_SAG 3mm for"),
        ("born 30 11 1952", ""),
        ("Abdomen 19521130", "Abdomen"),
        ("John Abdomen", "Abdomen"),
        ("L5-S1 spine 1.5T", "L5-S1 spine 1.5T"),
        ("X", ""),
        ("Übersicht Thorax", "Thorax"),
    ],
)
def test_cleaned_descriptions_keep_only_words_of_anatomy_and_technique(said, kept):
    assert clean_text(said, frozenset(["RUSKIN"])) == kept


def test_a_patient_named_like_an_organ_is_not_named_in_a_description():
    dataset = pydicom.dcmread(_file(dicoms.ct_slice(PatientName="Foot^Liver")))
    dataset.SeriesDescription = "Liver of Foot venous"
    after = clean(dataset, ProfileOptions(clean_descriptors=True))
    assert after.SeriesDescription == "of venous"


@given(st.text(max_size=80))
def test_cleaning_a_text_twice_changes_nothing(text):
    once = clean_text(text, frozenset())
    assert clean_text(once, frozenset()) == once
    assert set(once.split()) <= set(text.split())


def test_private_attributes_are_kept_only_when_listed_and_plain():
    dataset = pydicom.dcmread(_file(dicoms.ct_slice()))
    block = dataset.private_block(0x0043, "GEMS_PARM_01", create=True)
    block.add_new(0x39, "IS", [1000, 8, 0, 0])
    block.add_new(0x40, "LO", "of Ruskin")
    block.add_new(0x41, "LO", "not listed")
    other = dataset.private_block(0x0043, "RUSKIN PRIVATE", create=True)
    other.add_new(0x39, "IS", 47110815)
    safe = tuple(SafePrivate.parse("GEMS_PARM_01", f"(0043,xx{low})") for low in ("39", "40"))
    after = clean(dataset, ProfileOptions(safe_private=safe))
    private = {str(one.tag): one.value for one in after if one.tag.is_private}
    assert private == {"(0043,0010)": "GEMS_PARM_01", "(0043,1039)": [1000, 8, 0, 0]}
    assert not [one for one in clean(dataset, ProfileOptions()) if one.tag.is_private]


@pytest.mark.parametrize("tag", ["0042xx39", "0043", "0043xx3", "(0043,1039)", "../../x"])
def test_what_is_no_private_tag_cannot_be_listed(tag):
    with pytest.raises(ValueError, match="private attribute"):
        SafePrivate.parse("ACME", tag)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.dates(date(1900, 1, 1), date(2100, 1, 1)), min_size=2, max_size=5),
    st.text(st.characters(min_codepoint=48, max_codepoint=90), min_size=1, max_size=12),
)
def test_shifted_dates_keep_every_interval_of_a_patient(days, patient):
    moved = []
    for one in days:
        dataset = Dataset()
        dataset.PatientID, dataset.StudyDate = patient, f"{one:%Y%m%d}"
        dataset.AcquisitionDateTime = f"{one:%Y%m%d}101530.25"
        after = clean(dataset, ProfileOptions())
        assert str(after.AcquisitionDateTime) == f"{after.StudyDate}101530.25"
        moved.append(day(after.StudyDate))
    gaps = {before - after for before, after in zip(days, moved, strict=True)}
    assert len(gaps) == 1


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=40, unique=True))
def test_uids_are_remapped_one_to_one(numbers):
    uids = [f"1.2.{number}" for number in numbers]
    images = [identity.remap_uid(b"k" * 32, uid) for uid in uids]
    assert len(set(images)) == len(uids)
    assert images == [identity.remap_uid(b"k" * 32, uid) for uid in uids]
    assert all(identity.is_own_uid(b"k" * 32, uid) for uid in images)
    assert not any(identity.is_own_uid(b"l" * 32, uid) for uid in images)
    assert not any(identity.is_own_uid(b"k" * 32, uid) for uid in uids)
    assert [identity.remap_uid(b"k" * 32, uid) for uid in images] == images


@pytest.mark.parametrize("options", [NOTHING, ProfileOptions(), EVERYTHING])
@pytest.mark.parametrize("build", [dicoms.radiograph, dicoms.ct_slice, dicoms.multi_frame])
def test_de_identifying_twice_changes_nothing(build, options):
    once = clean(pydicom.dcmread(_file(build())), options)
    assert clean(once, options).to_json_dict() == once.to_json_dict()


def test_everything_planted_twice_over_is_stable():
    once = clean(planted(), EVERYTHING)
    assert clean(once, EVERYTHING).to_json_dict() == once.to_json_dict()


def test_the_same_image_in_another_project_has_other_names(prepare):
    here = prepare(dicoms.ct_slice()).prepared
    there = prepare(dicoms.ct_slice(), Profile(b"q" * 32, PROFILE.instance_key)).prepared
    assert here.sop_instance_uid != there.sop_instance_uid
    assert here.patient_hash == there.patient_hash


def test_references_in_nested_sequences_and_the_file_meta_follow(prepare):
    outcome = prepare(dicoms.ct_slice(slice_index=1))
    target = prepare(dicoms.ct_slice(slice_index=0, seed=0)).prepared
    stored = pydicom.dcmread(outcome.out / "instance.dcm")
    assert stored.file_meta.MediaStorageSOPInstanceUID == stored.SOPInstanceUID
    assert stored.SourceImageSequence[0].ReferencedSOPInstanceUID == target.sop_instance_uid
    assert "ReferencedStudySequence" not in stored


def test_well_known_frames_of_reference_stay(prepare):
    atlas = "1.2.840.10008.1.4.1.1"
    stored = pydicom.dcmread(
        prepare(dicoms.ct_slice(FrameOfReferenceUID=atlas)).out / "instance.dcm"
    )
    assert stored.FrameOfReferenceUID == atlas


def test_overlays_in_the_unused_bits_of_pixels_are_cleared(prepare):
    array = dicoms.pattern(32, 32, bits=8).astype(np.uint16) | np.uint16(0x8000)
    file = dicoms.radiograph(array=array, BitsStored=12, HighBit=11)
    outcome = prepare(file)
    assert int(outcome.frame().max()) < 4096
    assert b"Ruskin" not in stored_bytes(outcome)


def _file(data: bytes):
    from io import BytesIO

    return BytesIO(data)
