"""Mammograms for the browser tests: breasts against a chest wall, stored any way round."""

from typing import Any

import numpy as np

from tests import dicoms

WALL_MM = 100
"""How far every breast reaches along the chest wall."""
WIDEST_MM, TALLEST_MM, SPACING_MM = 100, 150, 0.5
"""The oblique views, the largest, and how far apart the pixels of most views lie."""
SPOT_MM = (20, 10, 25, 15)
"""A bright spot: from this far from the wall to that far, and as far above the middle."""


def breast(height_mm: int, width_mm: int, spacing: float) -> np.ndarray:
    """A right breast as it should hang: chest wall at the right, outer side up."""
    rows, columns = round(height_mm / spacing), round(width_mm / spacing)
    down, along = np.mgrid[0:rows, 0:columns].astype(float)
    above = height_mm / 2 - (down + 0.5) * spacing
    from_wall = (columns - along - 0.5) * spacing
    values = np.where((above / (WALL_MM / 2)) ** 2 + (from_wall / 70) ** 2 < 1, 1200, 0)
    left, right, top, bottom = SPOT_MM[0], SPOT_MM[1], SPOT_MM[2], SPOT_MM[3]
    in_spot = (from_wall < left) & (from_wall > right) & (above < top) & (above > bottom)
    values[in_spot] = 4000
    return values.astype(np.uint16)


WAYS = {
    "as it hangs": lambda array: array,
    "mirrored": lambda array: array[:, ::-1],
    "upside down": lambda array: array[::-1],
    "turned": lambda array: array[::-1, ::-1],
}


def mammogram(
    side: str, view: str, *, number: int, way: str = "as it hangs", spacing: float = SPACING_MM,
    height_mm: int = 120, width_mm: int = 90, day: str = "20240229", **attributes: Any,
) -> bytes:  # fmt: skip
    """One view; `way` is how the file stores it compared with how the right breast hangs."""
    across, down = ["A", "P"], ["H", "F"]
    if view == "CC":
        down = ["R", "L"] if side == "R" else ["L", "R"]
    if way in ("mirrored", "turned"):
        across = across[::-1]
    if way in ("upside down", "turned"):
        down = down[::-1]
    study = f"{dicoms.ROOT}.60.{day}"
    return dicoms.radiograph(
        array=WAYS[way](breast(height_mm, width_mm, spacing)),
        planted=False,
        SOPClassUID="1.2.840.10008.5.1.4.1.1.1.2",
        Modality="MG",
        BodyPartExamined="BREAST",
        ImageLaterality=side,
        ViewPosition=view,
        PatientOrientation=[across[1], down[1]],
        ImagerPixelSpacing=[spacing, spacing],
        WindowCenter=2000,
        WindowWidth=4000,
        PatientID="one person",
        StudyDate=day,
        StudyInstanceUID=study,
        SeriesInstanceUID=f"{study}.1",
        SOPInstanceUID=f"{study}.1.{number}",
        InstanceNumber=number,
        **attributes,
    )


def screening() -> dict[str, bytes]:
    """Four views of one visit, one of them repeated, all stored differently and in one series."""
    tall = {"height_mm": TALLEST_MM, "width_mm": WIDEST_MM}
    images = [
        mammogram("L", "MLO", number=1, **tall),
        mammogram("R", "CC", number=2),
        mammogram("R", "MLO", number=3, way="turned", **tall),
        mammogram("L", "CC", number=4, way="upside down", spacing=1.0),
        mammogram("R", "MLO", number=5, **tall),
    ]
    return {f"now/{index}.dcm": image for index, image in enumerate(images)}


def earlier() -> dict[str, bytes]:
    """The visit of the year before, when the left breast was not examined."""
    return {"before/1.dcm": mammogram("R", "CC", number=1, way="upside down", day="20230201")}
