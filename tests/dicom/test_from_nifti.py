"""A NIfTI volume becomes a DICOM series in which every voxel stands where it stood."""

import gzip
import itertools
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from collimate.dicom.from_nifti import nifti_to_dicom
from collimate.dicom.limits import Limits
from collimate.dicom.new_object import Facts
from collimate.dicom.plane import lay_out
from collimate.dicom.rejection import Rejected
from collimate.dicom.starts import is_nifti

FACTS = {"patient_id": "sub-01", "study_key": "sub-01", "modality": "MR"}
SHAPE = (3, 4, 5)
TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
ORIENTATIONS = list(itertools.product(itertools.permutations(range(3)), *[(1, -1)] * 3))
# thickest along each voxel axis in turn, and the same along all
SPACINGS = [(4.0, 1.0, 1.5), (1.0, 4.0, 1.5), (1.0, 1.5, 4.0), (1.0, 1.0, 1.0)]


def affine_of(axes: tuple[int, ...], signs: tuple[int, ...], spacing: tuple[float, ...]) -> Any:
    """RAS affine whose voxel axis n runs along world axis `axes[n]`."""
    affine = np.eye(4)
    affine[:3, :3] = 0
    for voxel in range(3):
        affine[axes[voxel], voxel] = signs[voxel] * spacing[voxel]
    affine[:3, 3] = (-11.0, 23.5, 7.25)
    return affine


def write(
    folder: Path, voxels: np.ndarray, affine: Any = None, *, name: str = "volume.nii", **header: Any
) -> Path:
    image = nib.Nifti1Image(voxels, np.eye(4) if affine is None else affine)
    for key, value in header.items():
        image.header[key] = value
    path = folder / name
    nib.save(image, path)
    return path


def read(folder: Path) -> list[Any]:
    return [pydicom.dcmread(path) for path in sorted(folder.glob("*.dcm"))]


def convert(source: Path, **facts: Any) -> list[Any]:
    out = source.parent / "out"
    out.mkdir(exist_ok=True)
    for old in out.glob("*"):
        old.unlink()
    count = nifti_to_dicom(source, out, Facts(**{**FACTS, **facts}))
    written = read(out)
    assert len(written) == count
    return written


def values_in_space(written: list[Any]) -> dict[tuple[float, ...], float]:
    """LPS point in mm, rounded, to real value; by the equation of PS3.3 C.7.6.2.1.1."""
    found = {}
    for one in written:
        cosines = np.array(one.ImageOrientationPatient, float)
        between_rows, between_columns = (float(x) for x in one.PixelSpacing)
        position = np.array(one.ImagePositionPatient, float)
        pixels = one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept)
        for (row, column), value in np.ndenumerate(pixels):
            point = (
                position + cosines[:3] * between_columns * column + cosines[3:] * between_rows * row
            )
            found[tuple(np.round(point, 3) + 0.0)] = float(value)
    return found


def values_of(voxels: np.ndarray, ras: np.ndarray) -> dict[tuple[float, ...], float]:
    lps = TO_LPS @ ras
    return {
        tuple(np.round((lps @ (*index, 1))[:3], 3) + 0.0): float(value)
        for index, value in np.ndenumerate(voxels)
    }


def numbered(dtype: str = "i2") -> np.ndarray:
    return np.arange(np.prod(SHAPE), dtype=dtype).reshape(SHAPE)


@pytest.mark.parametrize("is_thick", [True, False])
def test_every_voxel_of_all_48_orientations_stays_where_it_was(tmp_path, is_thick):
    assert len(ORIENTATIONS) == 48
    for number, (axes, *signs) in enumerate(ORIENTATIONS):
        affine = affine_of(axes, tuple(signs), SPACINGS[number % 3 if is_thick else 3])
        source = write(tmp_path, numbered(), affine)
        assert values_in_space(convert(source)) == values_of(numbered(), affine), (axes, signs)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_images_lie_as_radiologists_look_at_them(spacing):
    standing = {
        0: [0, 1, 0, 0, 0, -1],  # sagittal: to the back, down
        1: [1, 0, 0, 0, 0, -1],  # coronal: to the left, down
        2: [1, 0, 0, 0, 1, 0],  # axial: to the left, to the back
    }
    for axes, *signs in ORIENTATIONS:
        affine = TO_LPS @ affine_of(axes, tuple(signs), spacing)
        plane = lay_out(affine, (1, 1, 1), SHAPE)
        thickest = axes[int(np.argmax(spacing))] if max(spacing) > 1 else 2
        assert plane.orientation == pytest.approx(standing[thickest])
        assert plane.slice_spacing_mm == pytest.approx(max(spacing))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    angles=st.tuples(*[st.floats(-180, 180)] * 3),
    spacing=st.tuples(*[st.floats(0.3, 5.0)] * 3),
    mirrored=st.booleans(),
    offset=st.tuples(*[st.floats(-300, 300)] * 3),
)
def test_every_voxel_of_an_oblique_volume_stays_where_it_was(
    tmp_path, angles, spacing, mirrored, offset
):
    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_euler("xyz", angles, degrees=True).as_matrix() * spacing
    if mirrored:
        affine[:3, 0] *= -1
    affine[:3, 3] = offset
    source = write(tmp_path, numbered(), affine)
    stored = nib.load(source).affine  # the header holds single precision
    after, before = values_in_space(convert(source)), values_of(numbered(), stored)
    points = {value: np.array(point) for point, value in after.items()}
    for point, value in before.items():
        assert np.linalg.norm(points[value] - point) < 5e-3


def test_slices_are_ordered_along_the_normal_and_number_from_one(tmp_path):
    for axes, *signs in ORIENTATIONS[::5]:
        written = convert(write(tmp_path, numbered(), affine_of(axes, tuple(signs), SPACINGS[3])))
        heights = [one.ImagePositionPatient[2] for one in written]
        assert heights == sorted(heights)
        assert [one.InstanceNumber for one in written] == list(range(1, len(written) + 1))


def test_the_sform_wins_over_the_qform_and_the_qform_stands_in_for_it(tmp_path):
    sform = affine_of((0, 1, 2), (1, 1, 1), (1, 1, 1))
    qform = affine_of((1, 0, 2), (-1, 1, 1), (1, 1, 1))
    image = nib.Nifti1Image(numbered(), sform)
    image.set_qform(qform, code=1)
    image.set_sform(sform, code=2)
    path = tmp_path / "a.nii"
    nib.save(image, path)
    assert values_in_space(convert(path)) == values_of(numbered(), sform)
    image.set_sform(sform, code=0)
    nib.save(image, path)
    assert values_in_space(convert(path)) == values_of(numbered(), qform)


def test_without_orientation_none_is_invented(tmp_path):
    image = nib.Nifti1Image(numbered(), None)
    image.header.set_zooms((0.5, 0.6, 3.0))
    image.set_qform(None, code=0)
    image.set_sform(None, code=0)
    nib.save(image, tmp_path / "a.nii")
    written = convert(tmp_path / "a.nii")
    assert written[0].SOPClassUID.name == "Secondary Capture Image Storage"
    assert "ImageOrientationPatient" not in written[0]
    assert [float(one) for one in written[0].PixelSpacing] == pytest.approx([0.6, 0.5])
    assert np.array_equal(written[2].pixel_array, numbered()[:, :, 2].T)


@pytest.mark.parametrize(("unit", "factor"), [(1, 1000.0), (2, 1.0), (3, 0.001), (0, 1.0)])
def test_units_are_turned_into_millimetres_and_missing_ones_are_millimetres(tmp_path, unit, factor):
    written = convert(write(tmp_path, numbered(), np.diag([2.0, 3.0, 4.0, 1]), xyzt_units=unit))
    assert float(written[0].PixelSpacing[0]) == pytest.approx(3.0 * factor)
    assert float(written[0].SliceThickness) == pytest.approx(4.0 * factor)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "u2", ">i2", "i4", "f4", "f8"])
def test_whole_numbers_stay_exact(tmp_path, dtype):
    voxels = numbered("i2").astype(dtype)
    written = convert(write(tmp_path, voxels, np.eye(4)))
    assert values_in_space(written) == values_of(voxels, np.eye(4))
    assert written[0].BitsAllocated == (8 if dtype in ("u1", "i1") else 16)


def test_scaling_is_kept_and_not_applied(tmp_path):
    source = write(tmp_path, numbered(), np.eye(4))
    data = bytearray(source.read_bytes())
    data[112:120] = np.array([0.25, -7.5], "<f4").tobytes()
    source.write_bytes(data)
    written = convert(source)
    assert (float(written[0].RescaleSlope), float(written[0].RescaleIntercept)) == (0.25, -7.5)
    assert values_in_space(written) == values_of(numbered() * 0.25 - 7.5, np.eye(4))


@pytest.mark.parametrize("slope", [0.0, np.nan, np.inf])
def test_a_slope_that_means_nothing_scales_nothing(tmp_path, slope):
    source = write(tmp_path, numbered(), np.eye(4))
    data = bytearray(source.read_bytes())
    data[112:120] = np.array([slope, 5.0], "<f4").tobytes()
    source.write_bytes(data)
    assert float(convert(source)[0].RescaleSlope) == 1.0


def test_fractions_are_off_by_half_a_step_at_most(tmp_path):
    random = np.random.default_rng(4)
    voxels = random.normal(0, 1e-3, SHAPE).astype("f4")
    voxels[0, 0, 0] = np.nan
    found = values_in_space(convert(write(tmp_path, voxels, np.eye(4))))
    step = (np.nanmax(voxels) - np.nanmin(voxels)) / 65_535
    for point, value in values_of(voxels, np.eye(4)).items():
        assert np.isnan(value) or abs(found[point] - value) <= step * 0.51


def test_time_points_are_told_apart_in_one_series(tmp_path):
    voxels = np.stack([numbered(), numbered() + 500, numbered() + 1000], axis=-1)
    image = nib.Nifti1Image(voxels, np.eye(4))
    image.header.set_xyzt_units("mm", "sec")
    image.header["pixdim"][4] = 2.5
    nib.save(image, tmp_path / "a.nii")
    written = convert(tmp_path / "a.nii")
    assert len(written) == 15
    assert len({one.SeriesInstanceUID for one in written}) == 1
    assert float(written[0].RepetitionTime) == 2500
    for time_index in range(3):
        one = [x for x in written if x.TemporalPositionIdentifier == time_index + 1]
        assert values_in_space(one) == values_of(voxels[..., time_index], np.eye(4))


def test_a_colour_volume_becomes_colour_images(tmp_path):
    colours = np.random.default_rng(1).integers(0, 255, (*SHAPE, 3), dtype="u1")
    rgb = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
    packed = np.ascontiguousarray(colours).view(rgb)[..., 0]
    written = convert(write(tmp_path, packed, np.diag([-1.0, -1.0, 1.0, 1.0])))
    assert np.array_equal(written[3].pixel_array, colours[:, :, 3].transpose(1, 0, 2))


@pytest.mark.parametrize("modality", ["MR", "CT", "PT"])
def test_the_object_is_the_one_of_its_modality_where_that_can_be_said(tmp_path, modality):
    written = convert(write(tmp_path, numbered(), np.eye(4)), modality=modality)
    name = {"MR": "MR Image Storage", "CT": "CT Image Storage"}
    assert written[0].SOPClassUID.name == name.get(modality, "Secondary Capture Image Storage")
    assert written[0].Modality == modality


@pytest.mark.parametrize("kind", ["plain", "gzip", "nifti2"])
def test_a_file_goes_through_the_sandbox_and_into_frames(sandbox, prepare_file, tmp_path, kind):
    name = "a.nii.gz" if kind == "gzip" else "a.nii"
    image = (nib.Nifti2Image if kind == "nifti2" else nib.Nifti1Image)(numbered(), np.eye(4))
    nib.save(image, tmp_path / name)
    assert is_nifti(tmp_path / name)
    paths = sandbox.convert(tmp_path / name, tmp_path, **FACTS)
    again = sandbox.convert(tmp_path / name, tmp_path_of(tmp_path), **FACTS)
    assert [one.read_bytes() for one in paths] == [one.read_bytes() for one in again]
    outcome = prepare_file(paths[2])
    assert np.array_equal(outcome.frame(), numbered()[::-1, ::-1, 2].T)
    assert outcome.prepared.pixel_spacing_mm == [1.0, 1.0]


def tmp_path_of(folder: Path) -> Path:
    made = folder / "again"
    made.mkdir()
    return made


def damaged(folder: Path, change: Any) -> Path:
    source = write(folder, numbered(), np.eye(4))
    data = bytearray(source.read_bytes())
    change(data)
    source.write_bytes(data)
    return source


def poke(offset: int, value: Any) -> Any:
    def change(data: bytearray) -> None:
        raw = np.array(value).tobytes()
        data[offset : offset + len(raw)] = raw

    return change


HOSTILE = {
    "cut off": (lambda data: data.__delitem__(slice(400, None)), "truncated"),
    "huge": (poke(40, np.array([3, 15000, 15000, 15000], "<i2")), "too_large"),
    "negative": (poke(40, np.array([3, -4, 5, 6], "<i2")), "bad_dimensions"),
    "no rank": (poke(40, np.array([0], "<i2")), "bad_volume"),
    "five dimensions": (poke(40, np.array([5, 1, 1, 1, 1, 3], "<i2")), "unsupported_pixel_format"),
    "complex": (poke(70, np.array([32, 64], "<i2")), "unsupported_pixel_format"),
    "unknown type": (poke(70, np.array([7777, 16], "<i2")), "bad_volume"),
    "voxels elsewhere": (poke(344, np.frombuffer(b"ni1\0", "u1")), "bad_volume"),
    "offset inside the header": (poke(108, np.array([16], "<f4")), "bad_volume"),
    "offset no number": (poke(108, np.array([np.nan], "<f4")), "bad_volume"),
    "axis of no length": (poke(280, np.zeros(12, "<f4")), "bad_volume"),
    "axis no number": (poke(280, np.full(12, np.nan, "<f4")), "bad_volume"),
    "sheared": (poke(280, np.array([1, 0.2, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0], "<f4")),
                "sheared_volume"),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_a_volume_that_cannot_be_trusted_is_refused(sandbox, tmp_path, kind):
    change, code = HOSTILE[kind]
    source = damaged(tmp_path, change)
    with pytest.raises(Rejected) as caught:
        sandbox.convert(source, tmp_path, **FACTS)
    assert caught.value.code == code


def test_a_gzip_bomb_is_stopped(tmp_path):
    source = tmp_path / "bomb.nii.gz"
    source.write_bytes(gzip.compress(write(tmp_path, numbered()).read_bytes() + bytes(40 << 20)))
    limits = Limits(decoded_free_bytes=1 << 20, decoded_ratio=100)
    with pytest.raises(Rejected) as caught:
        nifti_to_dicom(source, tmp_path, Facts(**FACTS), limits)
    assert caught.value.code == "inflate_bomb"


def test_other_files_are_not_taken_for_volumes(tmp_path):
    from tests import dicoms

    for data in (b"", b"\x1f\x8b", gzip.compress(b"hello"), dicoms.ct_slice(), bytes(400)):
        (tmp_path / "x").write_bytes(data)
        assert not is_nifti(tmp_path / "x")
