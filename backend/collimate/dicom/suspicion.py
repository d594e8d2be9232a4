"""Whether identifying text may be part of the pixels, and where.

Source: PS3.15 E.3.1, PS3.3 C.7.6.1.1.5 (Burned In Annotation).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from collimate.dicom.describe import is_burned_in_suspected, text
from collimate.dicom.text_in_pixels import Box, find_drawn_text, find_text, merged


class Suspicion(StrEnum):
    """Why a person has to look. `stated`: the sender says so. `kind`: screens of ultrasound and
    angiography, and captures, usually carry text, and nobody said that this one does not.
    `text_found`: something looks like a line of text. `overlay`: graphics may hide in the bits
    of compressed pixels."""

    STATED = "stated"
    KIND = "kind"
    TEXT_FOUND = "text_found"
    OVERLAY = "overlay"


_SCANNERS = frozenset({"CT", "MR", "PT", "NM"})


def suspect(
    clean: Dataset,
    pictures: Iterable[tuple[NDArray[Any], NDArray[np.uint8]]],
    *,
    hidden_overlay: bool,
) -> tuple[list[Suspicion], list[Box]]:
    """Reasons for a person to look, and boxes around what looks like text.

    Args:
        clean: the data set after de-identification.
        pictures: frames as stored, (row, column) or (row, column, RGB), each with the same frame
            as it is shown, 0…255.
        hidden_overlay: the file has overlays in the bits of encapsulated pixels.
    """
    reasons: list[Suspicion] = []
    if is_burned_in_suspected(clean):
        stated = text(clean, "BurnedInAnnotation") == "YES"
        reasons.append(Suspicion.STATED if stated else Suspicion.KIND)
    scanned = text(clean, "Modality") in _SCANNERS and not reasons
    boxes = merged(
        box for values, grey in pictures for box in text_boxes(values, grey, scanned=scanned)
    )
    if boxes:
        reasons.append(Suspicion.TEXT_FOUND)
    if hidden_overlay:
        reasons.append(Suspicion.OVERLAY)
    return reasons, boxes


def text_boxes(values: NDArray[Any], grey: NDArray[np.uint8], *, scanned: bool) -> list[Box]:
    """Boxes around what looks like text in one frame; of a scanner's only what was drawn counts."""
    if scanned and values.ndim == 2:
        return find_drawn_text(values)
    return find_text(grey if grey.ndim == 2 else grey.max(axis=2))


def has_hidden_overlay(received: Dataset) -> bool:
    """Whether an overlay lies in unused bits of the pixels. Source: PS3.5 8.1.1 (retired)."""
    groups = {tag.group for tag in received.keys() if tag.group & 0xFF01 == 0x6000}  # noqa: SIM118
    return any((group, 0x3000) not in received for group in groups)
