"""What the name of a volume says about it."""

import pytest

from collimate.studies.imports.names import volume_facts


@pytest.mark.parametrize(
    ("name", "patient", "study", "modality"),
    [
        ("sub-01_T1w.nii.gz", "sub-01", "sub-01", "MR"),
        ("sub-01/ses-2/anat/sub-01_ses-2_run-1_FLAIR.nii", "sub-01", "sub-01 ses-2", "MR"),
        ("sub-A7_task-rest_bold.nii.gz", "sub-A7", "sub-A7", "MR"),
        ("sub-A7_ct.nii.gz", "sub-A7", "sub-A7", "CT"),
        ("sub-A7_something.nii.gz", "sub-A7", "sub-A7", None),
    ],
)
def test_names_as_bids_asks_are_understood(name, patient, study, modality):
    facts = volume_facts(name, "abc")
    assert (facts["patient_id"], facts["study_key"]) == (patient, study)
    assert facts.get("modality") == modality


@pytest.mark.parametrize(
    "name", ["T1.nii.gz", "patient-1_T1w.nii", "a/sub-01.nii", "sub-01 T1w.nii"]
)
def test_every_other_volume_is_a_patient_of_its_own(name):
    assert volume_facts(name, "abc")["patient_id"] != volume_facts(name, "abd")["patient_id"]
    assert "modality" not in volume_facts(name, "abc")
