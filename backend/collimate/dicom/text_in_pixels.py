"""Find text that was drawn into an image, without a model: strokes, letters, lines of letters.

Letters drawn by a machine are thin strokes of one grey level on a calmer ground, of the same
height and side by side on a line. A top-hat leaves the strokes, connected components are the
letters, and four of them on a line are a candidate for a human to look at. Handwriting, single
letters such as side markers, and slanted text are not found.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

STROKE_PIXELS = 7
"""Wider strokes are not seen as strokes; the picture is looked at in half its size as well."""
CONTRAST = 60
LETTER_PIXELS = (6, 64)
LETTERS_IN_A_LINE = 4
WIDEST_PIXELS = 1024
MOST_LETTERS = 4000


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels from the top left corner; it covers whole pixels."""

    x: int
    y: int
    width: int
    height: int


def find_text(grey: NDArray[np.uint8]) -> list[Box]:
    """Boxes around lines of drawn text in a shown picture, (row, column), 0…255."""
    step = max(1, -(-max(grey.shape) // WIDEST_PIXELS))
    found: list[Box] = []
    for scale in (step, 2 * step):
        small = grey if scale == 1 else _shrunk(grey, scale)
        if min(small.shape) < 2 * STROKE_PIXELS:
            break
        for sign in (small, 255 - small):
            found += [
                _scaled(box, scale, grey.shape) for box in _lines(_letters(sign, _strokes(sign)))
            ]
    return merged(found)


def find_drawn_text(values: NDArray[Any]) -> list[Box]:
    """Boxes around text at the highest value of an image of a scanner, (row, column).

    Vessels in lung look like letters, but only what was drawn has one level, so here nothing else
    is looked at.
    """
    top = values.max()
    spread = float(top) - float(values.min())
    drawn = values >= top - 0.02 * spread
    share = np.count_nonzero(drawn)
    if spread <= 0 or not 40 <= share <= drawn.size // 5:
        return []
    bright = np.where(drawn, 255, 0).astype(np.uint8)
    lines = _lines(_letters(bright, drawn))
    return merged([_scaled(box, 1, values.shape) for box in lines])


def _shrunk(grey: NDArray[np.uint8], scale: int) -> NDArray[np.uint8]:
    rows, columns = (size // scale * scale for size in grey.shape)
    blocks = grey[:rows, :columns].reshape(rows // scale, scale, columns // scale, scale)
    return blocks.mean(axis=(1, 3)).astype(np.uint8)


def _strokes(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    opened = ndimage.grey_opening(bright, size=(STROKE_PIXELS, STROKE_PIXELS))
    hat = bright - opened
    # where everything is texture, only what stands out of it can be a stroke
    texture = float(np.percentile(hat[::4, ::4], 90))
    return np.asarray(hat > max(CONTRAST, 2.5 * texture))


def _letters(bright: NDArray[np.uint8], strokes: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(letter, [top, left, bottom, right, level]) of thin shapes that could be letters."""
    labels, count = ndimage.label(strokes, structure=np.ones((3, 3)))
    if not 0 < count <= MOST_LETTERS:
        return np.empty((0, 5), dtype=np.int64)
    slices = ndimage.find_objects(labels)
    boxes = np.array([(s[0].start, s[1].start, s[0].stop, s[1].stop) for s in slices])
    area = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    high, wide = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    fill = area / (high * wide)
    low, most = LETTER_PIXELS
    fits = (high >= low) & (high <= most) & (wide >= 1) & (wide <= 1.6 * high)
    fits &= (fill > 0.12) & ((fill < 0.85) | (wide <= 0.4 * high))
    level = np.asarray(ndimage.maximum(bright, labels, np.arange(1, count + 1)))
    # machine-drawn strokes have one level up to anti-aliasing; anatomy shades off
    near = bright >= np.concatenate(([256], level - 40))[labels]
    flat = np.bincount(labels[near], minlength=count + 1)[1:] / area
    fits &= (flat > 0.4) & (level > 110)
    return np.column_stack([boxes, level])[fits].astype(np.int64)


def _lines(letters: NDArray[np.int64]) -> list[Box]:
    """Boxes around rows of letters of like height, side by side."""
    found: list[Box] = []
    order = letters[np.argsort(letters[:, 1], kind="stable")] if len(letters) else letters
    free = np.ones(len(order), dtype=bool)
    for start in range(len(order)):
        if not free[start]:
            continue
        line = [start]
        for index in range(start + 1, len(order)):
            if free[index] and _follows(order[line[-1]], order[index]):
                line.append(index)
        if len(line) >= LETTERS_IN_A_LINE and _is_even(order[line]):
            free[line] = False
            found.append(_around(order[line]))
    return found


def _follows(left: NDArray[np.int64], right: NDArray[np.int64]) -> bool:
    high, other = int(left[2] - left[0]), int(right[2] - right[0])
    if max(high, other) > 1.8 * min(high, other) or abs(int(left[4] - right[4])) > 20:
        return False
    gap = int(right[1] - left[3])
    overlap = int(min(left[2], right[2]) - max(left[0], right[0]))
    return -1 <= gap <= 1.2 * max(high, other) and overlap >= 0.5 * min(high, other)


def _is_even(line: NDArray[np.int64]) -> bool:
    """Letters stand on one line: most of their heads or most of their feet agree."""
    high = float(np.median(line[:, 2] - line[:, 0]))
    off = np.abs(line[:, (0, 2)] - np.median(line[:, (0, 2)], axis=0))
    return float((off <= max(1.0, 0.08 * high)).mean(axis=0).max()) >= 0.75


def _around(line: NDArray[np.int64]) -> Box:
    top, left = line[:, 0].min(), line[:, 1].min()
    bottom, right = line[:, 2].max(), line[:, 3].max()
    pad = max(2, int(bottom - top) // 4)
    return Box(int(left) - pad, int(top) - pad, int(right - left) + 2 * pad,
               int(bottom - top) + 2 * pad)  # fmt: skip


def _scaled(box: Box, scale: int, shape: tuple[int, ...]) -> Box:
    """The box in pixels of the whole picture, cut to it."""
    left, top = max(0, box.x * scale), max(0, box.y * scale)
    right = min(shape[1], (box.x + box.width) * scale)
    bottom = min(shape[0], (box.y + box.height) * scale)
    return Box(left, top, right - left, bottom - top)


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that overlap become one, from top to bottom."""
    together: list[Box] = []
    for box in sorted(boxes, key=lambda one: (one.y, one.x)):
        for index, other in enumerate(together):
            if _touch(box, other):
                left, top = min(box.x, other.x), min(box.y, other.y)
                right = max(box.x + box.width, other.x + other.width)
                bottom = max(box.y + box.height, other.y + other.height)
                together[index] = Box(left, top, right - left, bottom - top)
                break
        else:
            together.append(box)
    return together


def _touch(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height
