"""Make regions of a frame black, so that what was written there is gone from the bytes."""

from collections.abc import Sequence

import numpy as np

from collimate.dicom.pixels import Frame, PixelFacts
from collimate.dicom.text_in_pixels import Box


def blacked_out(frame: Frame, facts: PixelFacts, boxes: Sequence[Box]) -> Frame:
    """A copy with every box at the value that is shown black.

    Grey frames get their own extreme value, so that no window or range changes; bits above those
    in use are cleared, since overlays may lie there. Boxes are cut to the frame.
    """
    clean = frame.copy()
    unused = 8 * frame.dtype.itemsize - facts.bits_stored
    if frame.ndim == 2 and unused > 0 and facts.bits_stored > 1:
        clean = np.right_shift(np.left_shift(clean, unused), unused)
    if frame.ndim == 3:
        black = 0
    else:
        black = clean.max() if facts.photometric == "MONOCHROME1" else clean.min()
    rows, columns = frame.shape[:2]
    for box in boxes:
        top, left = max(0, box.y), max(0, box.x)
        clean[top : min(rows, box.y + box.height), left : min(columns, box.x + box.width)] = black
    return clean
