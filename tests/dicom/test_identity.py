"""The same person and the same object get the same replacement, and nobody else does."""

from hypothesis import given
from hypothesis import strategies as st

from collimate.dicom import identity
from collimate.dicom.profile import Profile
from tests import dicoms

KEYS = st.binary(min_size=16, max_size=32)
UIDS = st.lists(st.integers(0, 10**9), min_size=2, max_size=6).map(
    lambda parts: ".".join(map(str, parts))
)


@given(KEYS, UIDS)
def test_a_remapped_uid_is_stable_and_valid(key, uid):
    once = identity.remap_uid(key, uid)
    assert once == identity.remap_uid(key, uid)
    assert identity.check_uid(once) == once
    assert once.startswith("2.25.")
    assert int(once[5:]) < 2**128


@given(KEYS, KEYS, UIDS, UIDS)
def test_different_uids_or_keys_give_different_replacements(key, other_key, uid, other):
    assert (identity.remap_uid(key, uid) == identity.remap_uid(key, other)) == (uid == other)
    same_key = key == other_key
    assert (identity.remap_uid(key, uid) == identity.remap_uid(other_key, uid)) == same_key


@given(KEYS, st.text(max_size=20), st.text(max_size=20))
def test_the_parts_of_an_identity_do_not_run_into_each_other(key, patient, issuer):
    joined = identity.patient_hash(key, patient + issuer, "")
    apart = identity.patient_hash(key, patient, issuer)
    assert (joined == apart) == (issuer == "")


@given(KEYS, st.text(max_size=20))
def test_dates_always_move_back(key, patient):
    days = identity.shift_days(key, patient, "")
    assert 30 <= days <= 1826
    moved = identity.shift_date("20240229", days)
    assert moved is not None
    assert moved < "20240131"


def test_a_date_and_time_keeps_its_time():
    assert identity.shift_date("20240301101530.25", 1) == "20240229101530.25"
    assert identity.shift_date("2024.03.01", 1) == "20240229"


def test_what_is_no_date_is_dropped():
    for text in ("", "Ruskin", "20241301", "00010101", "2024"):
        assert identity.shift_date(text, 100) is None


def test_patients_agree_across_projects_only_by_the_installations_hash(prepare):
    one = prepare(dicoms.radiograph(), Profile(b"a" * 32, b"i" * 32)).prepared
    two = prepare(dicoms.radiograph(), Profile(b"b" * 32, b"i" * 32)).prepared
    elsewhere = prepare(dicoms.radiograph(), Profile(b"a" * 32, b"j" * 32)).prepared
    assert one.patient_hash == two.patient_hash
    assert one.pseudonym != two.pseudonym
    assert one.study_uid != two.study_uid
    assert one.study["study_date"] != two.study["study_date"]
    assert elsewhere.patient_hash != one.patient_hash
    assert elsewhere.study_uid == one.study_uid


def test_slices_of_a_series_stay_together(prepare):
    slices = [prepare(dicoms.ct_slice(slice_index=index)).prepared for index in range(3)]
    assert len({one.series_uid for one in slices}) == 1
    assert len({one.sop_instance_uid for one in slices}) == 3
    frames = {one.dicom_json["00200052"]["Value"][0] for one in slices}
    assert len(frames) == 1


def test_files_without_patient_id_are_told_apart_by_study(prepare):
    nameless = {"PatientID": None, "planted": False}
    first = prepare(dicoms.radiograph(seed=1, **nameless)).prepared
    again = prepare(dicoms.radiograph(seed=1, **nameless)).prepared
    other = prepare(dicoms.radiograph(seed=2, **nameless)).prepared
    assert first.patient_hash == again.patient_hash != other.patient_hash


def test_files_without_uids_get_uids_that_follow_from_their_bytes(prepare):
    missing = {"StudyInstanceUID": None, "SeriesInstanceUID": None}
    first = prepare(dicoms.radiograph(seed=1, **missing)).prepared
    again = prepare(dicoms.radiograph(seed=1, **missing)).prepared
    other = prepare(dicoms.radiograph(seed=2, **missing)).prepared
    assert first.study_uid == again.study_uid != other.study_uid
    assert first.study_uid != first.series_uid
