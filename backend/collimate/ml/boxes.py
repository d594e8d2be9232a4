"""Judge boxes: which were found, average precision, and sensitivity at false marks per image."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

HIT = 0.3
"""Intersection over union from which a box counts as found: readers' boxes of a finding seldom
agree better."""
FALSE_MARKS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Mean false marks per image at which FROC is read. Source: LUNA16, van Ginneken et al., 2010."""

Corners = Sequence[Sequence[float]]
"""Smallest and largest corner, (x, y) each."""


def iou(one: Corners, other: Corners) -> float:
    """Shared area over joint area."""
    width = min(one[1][0], other[1][0]) - max(one[0][0], other[0][0])
    height = min(one[1][1], other[1][1]) - max(one[0][1], other[0][1])
    shared = max(0.0, width) * max(0.0, height)
    joint = _area(one) + _area(other) - shared
    return shared / joint if joint > 0 else 0.0


def _area(box: Corners) -> float:
    return max(0.0, box[1][0] - box[0][0]) * max(0.0, box[1][1] - box[0][1])


def matched(reference: Sequence[Corners], said: Sequence[Corners]) -> dict[int, int]:
    """Which said box (key, in the given order: best first) found which reference box, each once."""
    free = set(range(len(reference)))
    found = {}
    for number, box in enumerate(said):
        best = max(free, key=lambda at: iou(reference[at], box), default=None)
        if best is not None and iou(reference[best], box) >= HIT:
            found[number] = best
            free.discard(best)
    return found


def f1_of(hits: int, drawn: int, wanted: int) -> float | None:
    """Twice the hits over all boxes of both sides; None where there is none."""
    return 2.0 * hits / (drawn + wanted) if drawn + wanted else None


@dataclass(frozen=True)
class Finding:
    """One said box of one class on all images: its score, and whether it found a reference box."""

    score: float
    is_hit: bool


def average_precision(findings: Sequence[Finding], wanted: int) -> float | None:
    """The area under the precision envelope over recall; None where nothing was to be found.

    Source: Everingham et al., "The PASCAL VOC challenge: a retrospective", IJCV 2015.
    """
    if wanted == 0:
        return None
    hits = _hits(findings)
    if len(hits) == 0:
        return 0.0
    found = np.cumsum(hits)
    precision = found / np.arange(1, len(hits) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    gained = np.diff(np.concatenate([[0.0], found / wanted]))
    return float((gained * envelope).sum())


def froc(findings: Sequence[Finding], wanted: int, images: int) -> list[float] | None:
    """The share found at each number of false marks per image in `FALSE_MARKS`."""
    if wanted == 0 or images == 0:
        return None
    hits = _hits(findings)
    found, false = np.cumsum(hits), np.cumsum(1.0 - hits)
    return [float(found[false <= rate * images].max(initial=0.0) / wanted) for rate in FALSE_MARKS]


def _hits(findings: Sequence[Finding]) -> Float64[np.ndarray, " findings"]:
    ordered = sorted(findings, key=lambda finding: -finding.score)
    return np.array([finding.is_hit for finding in ordered], dtype=np.float64)
