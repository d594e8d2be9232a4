"""A heat map written as DICOM says where it comes from, lies where its image lies, and is valid."""

import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest

from collimate.dicom import identity
from collimate.dicom.parametric_map import PARAMETRIC_MAP, Origin, Uids, write_map
from tests import dicoms, independent

VALUES = np.linspace(0, 1, 48 * 40, dtype=np.float32).reshape(48, 40)


def origin_of(content: bytes, frame_number: int = 1) -> tuple[Origin, pydicom.Dataset]:
    source = pydicom.dcmread(BytesIO(content))
    described = source.to_json_dict(bulk_data_element_handler=lambda _: "x")
    names = ("series", "instance", "frame of reference", "dimensions")
    uids = Uids(*(identity.uid_from(identity.keyed(b"k" * 32, name)) for name in names))
    return Origin(
        dicom_json=described, frame_number=frame_number, class_name="Größe unklar", uids=uids,
        method="linear-evidence-1", model_number=7, model_sha256="ab" * 32, code_version="0.1.0",
        made_at=datetime(2026, 11, 27, 8, 30, tzinfo=UTC),
    ), source  # fmt: skip


def written(folder: Path, origin: Origin) -> pydicom.Dataset:
    write_map(folder / "map.dcm", VALUES, origin)
    return pydicom.dcmread(folder / "map.dcm")


@pytest.mark.parametrize("make", [dicoms.ct_slice, dicoms.radiograph], ids=["CT", "DX"])
def test_values_and_provenance_come_back(make, tmp_path: Path) -> None:
    origin, source = origin_of(make())
    found = written(tmp_path, origin)
    assert found.SOPClassUID == PARAMETRIC_MAP
    back = np.frombuffer(found.FloatPixelData, "<f4").reshape(found.Rows, found.Columns)
    assert (back == VALUES).all()
    assert (found.StudyInstanceUID, found.PatientID) == (source.StudyInstanceUID, source.PatientID)
    assert found.SeriesInstanceUID != source.SeriesInstanceUID
    (shared,) = found.SharedFunctionalGroupsSequence
    (image,) = shared.DerivationImageSequence[0].SourceImageSequence
    assert image.ReferencedSOPInstanceUID == source.SOPInstanceUID
    (maker,) = found.ContributingEquipmentSequence
    assert "weights sha256 " + "ab" * 32 in maker.ContributionDescription
    assert "linear-evidence-1" in maker.ContributionDescription
    (mapping,) = shared.RealWorldValueMappingSequence
    assert mapping.MeasurementUnitsCodeSequence[0].CodeValue == "1"


def test_the_map_covers_the_slice_it_was_made_from(tmp_path: Path) -> None:
    origin, source = origin_of(dicoms.ct_slice())
    (shared,) = written(tmp_path, origin).SharedFunctionalGroupsSequence
    spacing = [float(v) for v in shared.PixelMeasuresSequence[0].PixelSpacing]
    assert np.allclose(
        np.multiply(spacing, VALUES.shape),
        np.multiply([float(v) for v in source.PixelSpacing], (source.Rows, source.Columns)),
    )
    # the outer corner of the first pixel is the same place
    axes = np.reshape([float(v) for v in source.ImageOrientationPatient], (2, 3))

    def corner(position: list, sizes: list) -> np.ndarray:
        right, below = float(sizes[1]) / 2, float(sizes[0]) / 2
        return np.array([float(v) for v in position]) - right * axes[0] - below * axes[1]

    place = shared.PlanePositionSequence[0].ImagePositionPatient
    assert np.allclose(
        corner(place, spacing), corner(source.ImagePositionPatient, source.PixelSpacing), atol=1e-4
    )


def test_values_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    origin, _ = origin_of(dicoms.radiograph())
    with pytest.raises(ValueError, match="finite"):
        write_map(tmp_path / "map.dcm", np.full((4, 4), np.nan, np.float32), origin)


@pytest.mark.skipif(not independent.HAS_DCIODVFY, reason="dciodvfy is not installed")
@pytest.mark.parametrize("make", [dicoms.ct_slice, dicoms.radiograph], ids=["CT", "DX"])
def test_another_program_finds_no_error_in_it(make, tmp_path: Path) -> None:
    origin, _ = origin_of(make())
    written(tmp_path, origin)
    ran = subprocess.run(
        ["dciodvfy", "-new", tmp_path / "map.dcm"],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = (ran.stdout + ran.stderr).splitlines()
    assert [line for line in said if line.startswith("Error")] == []
