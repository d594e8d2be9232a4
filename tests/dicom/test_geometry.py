"""The geometry report: every fault in a stack of slices is found, and nothing else is."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collimate.dicom.geometry import (
    TRUST_OF,
    FindingCode,
    SeriesGeometry,
    Trust,
    assess_geometry,
    worst,
)
from collimate.dicom.geometry_words import in_words
from collimate.dicom.planes import Plane, planes_of
from tests import dicoms
from tests.conftest import sample_data

AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))


def slices(
    depths, *, directions=AXIAL, origin=(-100.0, -120.0, 30.0), shear=(0.0, 0.0), **facts
) -> list[Plane]:
    """One plane a depth along the normal, sideways by `shear` millimetres a millimetre."""
    across, down = (np.array(direction) for direction in directions)
    normal = np.cross(across, down)
    planes = []
    for depth in depths:
        place = np.array(origin) + depth * (normal + shear[0] * across + shear[1] * down)
        values = {"rows": 64, "columns": 64, "spacing_mm": (0.7, 0.7), **facts}
        planes.append(Plane(position_mm=tuple(place.tolist()), directions=directions, **values))
    return planes


def codes(report: SeriesGeometry) -> list[str]:
    return [finding.code for finding in report.findings]


def steps(count: int, spacing: float = 2.5) -> list[float]:
    return [spacing * index for index in range(count)]


def test_an_even_stack_is_a_volume_and_sound():
    report = assess_geometry(slices(steps(40)), modality="CT")
    assert codes(report) == []
    assert report.trust == Trust.SOUND
    assert report.is_volume
    assert (report.slice_spacing_mm, report.plane, report.place_count) == (2.5, "axial", 40)


def test_missing_slices_are_counted_and_placed():
    depths = [depth for depth in steps(20) if depth not in (10.0, 30.0, 32.5)]
    report = assess_geometry(slices(depths), modality="CT")
    (finding,) = report.findings
    assert (finding.code, finding.count) == ("missing_slices", 3)
    assert finding.at_mm == (10.0, 30.0, 32.5)
    assert not report.is_volume
    assert report.trust == Trust.UNRELIABLE


def test_one_missing_slice_among_three_is_missing_not_normal():
    report = assess_geometry(slices([0.0, 1.0, 3.0]), modality="MR")
    assert codes(report) == ["missing_slices"]
    assert report.slice_spacing_mm == 1.0


def test_a_place_imaged_twice_is_a_duplicate_but_phases_are_not():
    doubled = assess_geometry(slices([*steps(10), 5.0]), modality="CT")
    assert codes(doubled) == ["duplicate_slices"]
    assert doubled.findings[0].at_mm == (5.0,)
    phases = assess_geometry(slices(steps(10) * 4), modality="MR")
    assert codes(phases) == []
    assert (phases.images_per_place, phases.place_count, phases.is_volume) == (4, 10, True)


def test_a_phase_that_lacks_a_slice_is_found():
    report = assess_geometry(slices((steps(10) * 3)[:-1]), modality="MR")
    assert codes(report) == ["missing_slices"]
    assert report.findings[0].at_mm == (22.5,)


def test_uneven_steps_are_not_taken_for_missing_slices():
    report = assess_geometry(slices([0.0, 2.5, 5.0, 8.6, 11.1, 13.6]), modality="CT")
    assert codes(report) == ["uneven_spacing"]
    assert report.findings[0].at_mm == (5.0,)


def test_a_tilted_gantry_is_measured():
    report = assess_geometry(
        slices(steps(20), shear=(0.0, math.tan(math.radians(12)))), modality="CT"
    )
    assert codes(report) == ["gantry_tilt"]
    assert report.tilt_degrees == pytest.approx(12.0, abs=0.01)
    assert not report.is_volume


def test_a_scout_of_two_directions_is_mixed():
    coronal = ((1.0, 0.0, 0.0), (0.0, 0.0, -1.0))
    planes = slices(steps(3)) + slices(steps(3), directions=coronal)
    report = assess_geometry(planes, modality="MR")
    assert codes(report) == ["mixed_orientation"]
    assert report.findings[0].count == 2
    assert report.trust == Trust.CAUTION


def test_slices_upside_down_are_another_direction():
    flipped = ((-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    report = assess_geometry(slices(steps(3)) + slices([9], directions=flipped), modality="CT")
    assert codes(report) == ["mixed_orientation"]


def test_what_is_not_stated_is_said():
    nowhere = Plane(64, 64, None, None, None)
    report = assess_geometry([nowhere, nowhere], modality="CT")
    assert codes(report) == ["missing_position", "missing_spacing"]
    assert [finding.count for finding in report.findings] == [2, 2]


def test_a_radiograph_needs_no_position():
    report = assess_geometry([Plane(64, 64, None, None, (0.15, 0.15))], modality="DX")
    assert codes(report) == []
    assert not report.is_volume


def test_one_slice_without_its_place_among_others_is_found():
    report = assess_geometry(
        [*slices(steps(5)), Plane(64, 64, None, None, (0.7, 0.7))], modality="CT"
    )
    assert codes(report) == ["missing_position"]
    assert report.findings[0].count == 1


def test_other_sizes_spacings_and_lossy_images_are_counted():
    planes = slices(steps(4)) + slices([10.0], rows=32, spacing_mm=(1.4, 0.7), is_lossy=True)
    report = assess_geometry(planes, modality="CT")
    assert codes(report) == ["mixed_spacing", "mixed_size", "lossy"]
    assert report.trust == Trust.UNRELIABLE


def test_a_lossy_stack_is_still_a_volume():
    report = assess_geometry(slices(steps(5), is_lossy=True), modality="CT")
    assert codes(report) == ["lossy"]
    assert report.is_volume


@pytest.mark.parametrize(
    ("directions", "name"),
    [
        (AXIAL, "axial"),
        (((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)), "sagittal"),
        (((1.0, 0.0, 0.0), (0.0, 0.0, -1.0)), "coronal"),
        (((1.0, 0.0, 0.0), (0.0, 0.6, 0.8)), "oblique"),
    ],
)
def test_planes_are_named(directions, name):
    assert assess_geometry(slices(steps(3), directions=directions), modality="CT").plane == name


def test_nothing_at_all_is_sound():
    assert assess_geometry([], modality="CT").trust == Trust.SOUND
    assert worst([]) == Trust.SOUND
    assert worst(["caution", "unreliable", "sound"]) == Trust.UNRELIABLE


@st.composite
def stacks(draw):
    spacing = draw(st.floats(0.3, 10.0))
    count = draw(st.integers(8, 30))
    missing = draw(st.sets(st.integers(2, count - 3), max_size=2))
    turn = draw(st.tuples(*[st.floats(-3.0, 3.0)] * 3))
    return spacing, count, missing, turn


@settings(max_examples=60, deadline=None)
@given(stack=stacks(), seed=st.integers(0, 9))
def test_the_report_depends_on_neither_order_nor_pose(stack, seed):
    spacing, count, missing, turn = stack
    rotation = np.eye(3)
    for axis, angle in enumerate(turn):
        one, two = (axis + 1) % 3, (axis + 2) % 3
        step = np.eye(3)
        step[one, one] = step[two, two] = math.cos(angle)
        step[one, two], step[two, one] = -math.sin(angle), math.sin(angle)
        rotation = rotation @ step
    directions = (tuple(rotation[:, 0].tolist()), tuple(rotation[:, 1].tolist()))
    depths = [spacing * index for index in range(count) if index not in missing]
    planes = slices(depths, directions=directions, origin=(50.0, -300.0, 1200.0))
    random.Random(seed).shuffle(planes)
    report = assess_geometry(planes, modality="CT")
    assert codes(report) == (["missing_slices"] if missing else [])
    assert sum(finding.count for finding in report.findings) == len(missing)
    assert report.slice_spacing_mm == pytest.approx(spacing, abs=0.001)
    assert report.tilt_degrees < 0.01


def test_every_finding_has_a_trust_and_words():
    assert set(TRUST_OF) == set(FindingCode)
    for code in FindingCode:
        for count in (1, 5):
            text = in_words({"code": code, "count": count, "at_mm": [2.5] * count}, tilt_degrees=3)
            assert text.endswith(".")
            assert "{" not in text
    assert in_words(
        {"code": "missing_slices", "count": 2, "at_mm": [5.0, 7.5]}, tilt_degrees=0
    ).startswith("2 slices are missing, at 5, 7.5 mm from the first slice.")


def test_planes_are_read_from_what_is_stored(prepare):
    prepared = [prepare(dicoms.ct_slice(slice_index=index)).prepared for index in (2, 0, 1)]
    planes = [plane for one in prepared for plane in planes_of(one.dicom_json)]
    assert planes[0].spacing_mm == (0.7, 0.8)
    report = assess_geometry(planes, modality="CT")
    assert (codes(report), report.slice_spacing_mm, report.is_volume) == ([], 2.5, True)


def test_frames_of_one_object_are_planes(prepare):
    prepared = prepare(dicoms.multi_frame(frames=5)).prepared
    planes = planes_of(prepared.dicom_json)
    assert len(planes) == 5
    report = assess_geometry(planes, modality="CT")
    assert (codes(report), report.place_count) == ([], 5)


def test_values_that_are_no_geometry_are_not_believed():
    def element(values):
        return {"vr": "DS", "Value": values}

    (plane,) = planes_of(
        {
            "00200032": element([1.0, None, 3.0]),
            "00200037": element([1, 0, 0, 1, 0, 0]),
            "00280030": element([0.0, 0.7]),
        }
    )
    assert (plane.position_mm, plane.directions, plane.spacing_mm) == (None, None, None)


@pytest.mark.skipif(sample_data() is None, reason="no sample images")
def test_real_series_get_the_report_they_deserve(prepare_file):
    folder = sample_data() / "ct-chest-volume"
    series: dict[str, list[Plane]] = {}
    for path in sorted(folder.glob("*.dcm")):
        prepared = prepare_file(path).prepared
        planes = planes_of(prepared.dicom_json, is_lossy=prepared.is_lossy)
        series.setdefault(prepared.series_uid, []).extend(planes)
    (planes,) = series.values()
    whole = assess_geometry(planes, modality="CT")
    assert (codes(whole), whole.is_volume) == ([], True)
    holed = assess_geometry(planes[:10] + planes[11:], modality="CT")
    assert codes(holed) == ["missing_slices"]
