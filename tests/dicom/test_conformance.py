"""What is written is DICOM: dciodvfy finds no error in it that its source did not have."""

import re
import shutil
import subprocess
from pathlib import Path

import nibabel
import numpy as np
import pytest
from PIL import Image

from tests import dicoms, independent
from tests.conftest import sample_data
from tests.dicom.conftest import PROFILE

pytestmark = pytest.mark.skipif(
    not independent.HAS_DCIODVFY,
    reason="dciodvfy is not installed (Debian: dicom3tools): sh tools/install_test_tools.sh",
)
DATA = sample_data()


def errors(path: Path) -> set[str]:
    """What dciodvfy calls an error, without the values it quotes."""
    ran = subprocess.run(
        ["dciodvfy", "-new", path], capture_output=True, text=True, errors="replace", check=False
    )
    found = (ran.stdout + ran.stderr).splitlines()
    return {re.sub(r"<[^>]*>$", "", line) for line in found if line.startswith("Error")}


def picture(folder: Path) -> Path:
    Image.fromarray(dicoms.pattern(64, 48, bits=8)).save(folder / "picture.png")
    return folder / "picture.png"


def photograph(folder: Path) -> Path:
    Image.fromarray(dicoms.colours()).save(folder / "photograph.jpg")
    return folder / "photograph.jpg"


def pages(folder: Path) -> Path:
    first, *others = [Image.fromarray(dicoms.pattern(64, 48, seed=seed)) for seed in range(2)]
    first.save(folder / "pages.tif", save_all=True, append_images=others)
    return folder / "pages.tif"


def volume(folder: Path) -> Path:
    voxels = np.arange(8 * 9 * 2, dtype="i2").reshape(8, 9, 2)
    image = nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 2.0, 1.0]))
    image.to_filename(folder / "volume.nii.gz")
    return folder / "volume.nii.gz"


def fractions(folder: Path) -> Path:
    voxels = np.random.default_rng(1).random((8, 9, 2)).astype("f4")
    image = nibabel.Nifti1Image(voxels, np.diag([-1.0, -1.0, 2.0, 1.0]))
    image.to_filename(folder / "fractions.nii")
    return folder / "fractions.nii"


KNOWN = {"body_part": "KNEE", "laterality": "R", "sex": "F", "age_years": 40, "site": "North",
         "study_date": "2020-01-31"}  # fmt: skip


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (picture, {}), (picture, {"modality": "CR", **KNOWN}), (picture, {"body_part": "CHEST"}),
        (photograph, {"modality": "XC"}), (pages, KNOWN), (volume, {"modality": "CT"}),
        (volume, {"modality": "MR", **KNOWN}), (volume, {"modality": "PT"}),
        (fractions, {"modality": "MR"}),
    ],
)  # fmt: skip
def test_pictures_and_volumes_become_objects_without_an_error(sandbox, tmp_path, make, facts):
    source = make(tmp_path)
    (tmp_path / "written").mkdir()
    written = sandbox.convert(source, tmp_path / "written", patient_id="p", study_key="k", **facts)
    assert written
    assert errors(written[-1]) == set()
    sandbox.prepare(written[-1], tmp_path / "out", PROFILE)
    assert errors(tmp_path / "out" / "instance.dcm") == set()


def test_the_mapping_of_a_pet_image_to_suv_is_no_error(prepare):
    known, unknown = prepare(dicoms.pet_slice()), prepare(dicoms.pet_slice(PatientWeight=None))
    assert "00409096" in known.prepared.dicom_json
    assert errors(known.out / "instance.dcm") == errors(unknown.out / "instance.dcm")


REAL = (
    "ct-chest-volume/*.dcm", "mr-prostate-adc/*.dcm", "cr-dx/*.dcm", "ultrasound/*.dcm",
    "compressed/CTImage*4.70.dcm", "compressed/SC_rgb_rle*.dcm", "charset/chrGerm.dcm",
)  # fmt: skip


@pytest.mark.skipif(DATA is None, reason="no sample images (COLLIMATE_SAMPLE_DATA)")
@pytest.mark.parametrize("which", REAL)
def test_de_identification_adds_no_error_to_real_images(prepare_file, which):
    source = sorted(DATA.glob(which))[0]
    outcome = prepare_file(source)
    assert errors(outcome.out / "instance.dcm") - errors(source) == set()
    shutil.rmtree(outcome.out)
