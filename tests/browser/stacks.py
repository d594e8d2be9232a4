"""Studies of several series for the browser tests: one body, cut in different ways."""

import numpy as np

from tests import dicoms

SIDE = 64
DEPTH = 32


def body() -> np.ndarray:
    """A cube of 64 mm in Hounsfield units, (slice, row, column): a ball with a bright core.

    The core lies off centre in all three directions, so that no view of it is symmetrical.
    """
    down, along, across = np.mgrid[0:DEPTH, 0:SIDE, 0:SIDE].astype(float)
    away = np.hypot(np.hypot((down - 16) * 2, along - 32), across - 32)
    values = np.where(away < 28, 40.0, -1000.0)
    values[core()] = 700.0
    return values + (down + along / 8)


def core() -> np.ndarray:
    """Where the core of the body is, (slice, row, column)."""
    down, along, across = np.mgrid[0:DEPTH, 0:SIDE, 0:SIDE].astype(float)
    away: np.ndarray = np.hypot(np.hypot((down - 10) * 2, along - 24), across - 40) < 8
    return away


def axial(*, step: int = 1, series: int = 1, **attributes: object) -> dict[str, bytes]:
    """Slices of 1 mm pixels, `2 * step` mm apart, as the scanner makes them."""
    volume = body()[::step]
    return {
        f"{series}/{index}.dcm": _slice(
            series,
            index,
            volume[index],
            ImagePositionPatient=[-31.5, -31.5, 2.0 * step * index],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            PixelSpacing=[1.0, 1.0],
            SliceThickness=2.0 * step,
            **attributes,
        )
        for index in range(len(volume))
    }


def over_time(*, phases: int = 3) -> dict[str, bytes]:
    """One series: five axial slices 14 mm apart, each imaged at several times, 100 HU apart."""
    volume = body()[::7]
    return {
        f"1/{index}-{phase}.dcm": _slice(
            1,
            index * phases + phase,
            volume[index] + 100 * phase,
            ImagePositionPatient=[-31.5, -31.5, 14.0 * index],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            PixelSpacing=[1.0, 1.0],
            SliceThickness=14.0,
            TemporalPositionIdentifier=phase + 1,
            NumberOfTemporalPositions=phases,
        )
        for index in range(len(volume))
        for phase in range(phases)
    }


def sagittal(*, series: int = 3, count: int = 8) -> dict[str, bytes]:
    """Slices 8 mm apart from right to left, the head on top."""
    volume = body()[::-1].transpose(2, 0, 1)[::8]
    return {
        f"{series}/{index}.dcm": _slice(
            series,
            index,
            volume[index],
            ImagePositionPatient=[-31.5 + 8.0 * index, -31.5, 2.0 * (DEPTH - 1)],
            ImageOrientationPatient=[0, 1, 0, 0, 0, -1],
            PixelSpacing=[2.0, 1.0],
            SliceThickness=8.0,
        )
        for index in range(count)
    }


def three_series() -> dict[str, bytes]:
    """Thin axial, thick axial and sagittal slices of the same body in one space."""
    return axial() | axial(step=4, series=2) | sagittal()


def _slice(series: int, index: int, values: np.ndarray, **attributes: object) -> bytes:
    # The builder's intercept is -24 and its samples are signed.
    stored = np.round(values + 24).astype(np.int16)
    return dicoms.ct_slice(
        array=stored,
        slice_index=index,
        planted=False,
        SeriesInstanceUID=f"{dicoms.ROOT}.1.{series}",
        SOPInstanceUID=f"{dicoms.ROOT}.1.{series}.{index + 1}",
        SeriesNumber=series,
        **attributes,
    )


HOT = 3.5
"""SUV of the core of the body; the rest of the ball has 1."""


def uptake(*, series: int = 5, **attributes: object) -> dict[str, bytes]:
    """PET of the same body in Bq/ml: coronal slices turned by 20 degrees, 3 mm pixels.

    Every slice has a slope of its own, as scanners write them.
    """
    turn = np.radians(20)
    across = np.array([np.cos(turn), np.sin(turn), 0.0])
    down = np.array([0.0, 0.0, -1.0])
    middle = np.array([0.5, 0.5, 32.0])
    grid = (np.arange(30) - 14.5) * 3.0
    files = {}
    for index in range(24):
        centre = middle + np.cross(across, down) * (index - 11.5) * 4.0
        places = centre + grid[:, None, None] * down + grid[None, :, None] * across
        values = np.where(np.linalg.norm(places - middle, axis=2) < 28, 1.0, 0.0)
        values[np.linalg.norm(places - np.array([8.5, -7.5, 20.0]), axis=2) < 9] = HOT
        suv_step = 0.001 + 0.00004 * index
        files[f"{series}/{index}.dcm"] = dicoms.pet_slice(
            array=np.round(values / suv_step).astype(np.int16),
            slice_index=index,
            planted=False,
            RescaleSlope=f"{suv_step / dicoms.SUV_FACTOR:.9g}",
            SeriesInstanceUID=f"{dicoms.ROOT}.1.{series}",
            SOPInstanceUID=f"{dicoms.ROOT}.1.{series}.{index + 1}",
            SeriesNumber=series,
            ImagePositionPatient=[round(float(part), 4) for part in places[0, 0]],
            ImageOrientationPatient=[round(float(part), 6) for part in (*across, *down)],
            PixelSpacing=[3.0, 3.0],
            SliceThickness=4.0,
            **attributes,
        )
    return files


def tilted(*, degrees: float = 20.0, count: int = 28) -> dict[str, bytes]:
    """A rod along the body in soft tissue, as a gantry tilted against the table scans it."""
    tilt = np.radians(degrees)
    across, down = np.array([1.0, 0.0, 0.0]), np.array([0.0, np.cos(tilt), -np.sin(tilt)])
    grid = np.arange(SIDE) - (SIDE - 1) / 2
    files = {}
    for index in range(count):
        centre = np.array([0.0, 0.0, 3.0 * (index - (count - 1) / 2)])
        places = centre + grid[:, None, None] * down + grid[None, :, None] * across
        away = np.hypot(places[..., 0], places[..., 1])
        values = np.where(away < 5, 700.0, np.where(away < 25, 40.0, -1000.0))
        files[f"7/{index}.dcm"] = _slice(
            7,
            index,
            values,
            ImagePositionPatient=[round(float(part), 4) for part in places[0, 0]],
            ImageOrientationPatient=[round(float(part), 6) for part in (*across, *down)],
            PixelSpacing=[1.0, 1.0],
            SliceThickness=2.8,
        )
    return files
