"""The synthetic radiographs: repeatable, quick, true to their masks, and real DICOM."""

import io
from collections import Counter

import numpy as np
import pytest
from pydicom import dcmread

from collimate.demo.lesions import CLASSES
from collimate.demo.radiograph_dicom import PLANTED, to_dicom
from collimate.demo.radiographs import Case, cohort, draw


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    return cohort(360, seed=7)


def one_of(cases: list[Case], label_key: str) -> Case:
    return next(case for case in cases if case.label_key == label_key)


def test_the_same_seed_gives_the_same_set_and_the_same_pixels(cases: list[Case]) -> None:
    again = cohort(360, seed=7)
    assert again == cases
    assert np.array_equal(draw(cases[3]).pixels, draw(again[3]).pixels)
    assert cohort(360, seed=8) != cases


def test_a_longer_set_begins_with_the_shorter_one(cases: list[Case]) -> None:
    assert cohort(100, seed=7) == cases[:100]


def test_the_set_has_every_class_and_site_with_rare_ones_rare(cases: list[Case]) -> None:
    counts = Counter(case.label_key for case in cases)
    assert set(counts) == set(CLASSES)
    assert counts["nodule"] < 0.1 * len(cases)
    assert counts["pneumothorax"] < 0.1 * len(cases)
    assert counts["normal"] > 0.35 * len(cases)
    assert len({case.site.key for case in cases}) == 4
    studies = Counter(case.patient_number for case in cases)
    assert {1, 2, 3} == set(studies.values())


def test_a_patient_keeps_body_sex_and_age_over_studies(cases: list[Case]) -> None:
    bodies: dict[int, set[int]] = {}
    for case in cases:
        bodies.setdefault(case.patient_number, set()).add(case.body.seed)
    assert all(len(seeds) == 1 for seeds in bodies.values())


@pytest.mark.parametrize("label_key", CLASSES)
def test_a_picture_is_12_bit_and_marks_what_is_there(cases: list[Case], label_key: str) -> None:
    case = one_of(cases, label_key)
    picture = draw(case)
    assert picture.pixels.shape == (case.site.rows, case.site.columns)
    assert picture.pixels.max() <= 4095
    assert picture.pixels.std() > 300
    if label_key == "normal":
        assert picture.mask is None
        assert picture.box is None
        return
    assert picture.mask is not None
    assert picture.box is not None
    x0, y0, x1, y1 = picture.box
    rows, columns = np.nonzero(picture.mask)
    assert (columns.min(), rows.min()) == (x0, y0)
    assert (columns.max() + 1, rows.max() + 1) == (x1, y1)


@pytest.mark.parametrize(
    ("label_key", "sign"), [("pneumonia", 1), ("effusion", 1), ("nodule", 1), ("pneumothorax", -1)]
)
def test_a_finding_changes_the_picture_inside_its_mask(
    cases: list[Case], label_key: str, sign: int
) -> None:
    """The same chest drawn without the finding is darker there (brighter for free air)."""
    differences = []
    for case in [case for case in cases if case.label_key == label_key][:6]:
        healthy = draw(Case(**{**case.__dict__, "label_key": "normal"})).pixels.astype(float)
        picture = draw(case)
        assert picture.mask is not None
        change = picture.pixels.astype(float) - healthy
        differences.append(change[picture.mask].mean() - change[~picture.mask].mean())
    assert sign * np.mean(differences) > 30


def test_the_file_is_real_dicom_with_identifiers_to_remove(cases: list[Case]) -> None:
    case = cases[0]
    picture = draw(case)
    content = to_dicom(case, picture)
    assert content == to_dicom(case, picture)
    ds = dcmread(io.BytesIO(content))
    assert ds.Modality == case.site.modality
    assert np.array_equal(ds.pixel_array, picture.pixels)
    assert ds.PatientSex == case.body.sex
    text = str(ds)
    assert all(planted in text for planted in PLANTED)


def test_studies_of_a_patient_share_the_patient_and_nothing_else(cases: list[Case]) -> None:
    first = next(c for c in cases if c.study_number == 2)
    before = cases[first.number - 2]
    a, b = (dcmread(io.BytesIO(to_dicom(c, draw(c)))) for c in (before, first))
    assert a.PatientID == b.PatientID
    assert a.StudyInstanceUID != b.StudyInstanceUID
    assert a.SOPInstanceUID != b.SOPInstanceUID
