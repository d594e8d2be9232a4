"""What readers and models draw on a study, frame by frame."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import Submission
from collimate.annotations.runs import to_mask
from collimate.learning.kinds import KINDS
from collimate.learning.labels import Question
from collimate.ml.boxes import HIT, Corners, iou

SHOWN_BOX = 0.3
"""A box of less probability counts for measuring only: nobody is shown it."""

Place = tuple[str, int]
"""SOP Instance UID and frame number from 1."""
Reading = dict[Place, dict[str, list[dict[str, Any]]]]
"""What one reader (or model) drew: by frame and label key, run lengths or points."""


def readings_of(
    session: Session, question: Question, submission_ids: Iterable[UUID]
) -> dict[UUID, Reading]:
    """What each of these submissions drew of the question's labels.

    A frame that is not there was left empty by its reader.
    """
    row = KINDS[question.kind]
    found: dict[UUID, Reading] = {}
    query = select(Submission.id, Submission.content).where(Submission.id.in_(list(submission_ids)))
    for submission_id, content in session.execute(query):
        reading: Reading = defaultdict(lambda: defaultdict(list))
        for one in content.get(row.content, []):
            if one["kind"] == row.label_kind and one["label_key"] in question.keys:
                place = one["sop_instance_uid"], one["frame_number"]
                reading[place][one["label_key"]].append(one)
        found[submission_id] = reading
    return found


def mask_of(
    readings: Sequence[Reading], place: Place, key: str, rows: int, columns: int
) -> np.ndarray:
    """Where more than half of the readers painted (row, column)."""
    votes = np.zeros((rows, columns), dtype=np.int16)
    for reading in readings:
        for one in reading.get(place, {}).get(key, []):
            votes += to_mask(one["runs"], rows, columns)
    return 2 * votes > len(readings)


def boxes_of(readings: Sequence[Reading], place: Place, key: str) -> list[Corners]:
    """Boxes (smallest and largest corner) that at least half of the readers drew, each once."""
    drawn = [[one["points"] for one in reading.get(place, {}).get(key, [])] for reading in readings]
    kept: list[Corners] = []
    for box in (box for own in drawn for box in own):
        votes = sum(any(iou(other, box) >= HIT for other in own) for own in drawn)
        if 2 * votes >= len(readings) and all(iou(other, box) < HIT for other in kept):
            kept.append(box)
    return kept


def places_of(readings: Sequence[Reading]) -> set[Place]:
    """Frames on which any of the readers drew."""
    return {place for reading in readings for place, drawn in reading.items() if drawn}


def evenly(count: int, most: int) -> list[int]:
    """At most so many numbers below `count`, evenly spread, the middle one among few."""
    if count <= most:
        return list(range(count))
    return [int((step + 0.5) * count / most) for step in range(most)]


def pack(frames: list[dict[str, Any]]) -> bytes:
    """What a model drew, as a prediction keeps it."""
    return gzip.compress(json.dumps(frames, separators=(",", ":")).encode(), 6, mtime=0)


def unpack(drawn: bytes | None) -> list[dict[str, Any]]:
    """Frames in reading order: `sop_instance_uid`, `frame_number`, `doubt` (0 to 1, of the most a
    frame can have), `segments` (label_key, runs), `boxes` (label_key, points, probability).
    """
    found: list[dict[str, Any]] = [] if drawn is None else json.loads(gzip.decompress(drawn))
    return found


def as_reading(frames: list[dict[str, Any]], *, least: float = SHOWN_BOX) -> Reading:
    """What a model drew, in the form of a reader's; boxes of a probability of at least `least`."""
    reading: Reading = {}
    for frame in frames:
        own: dict[str, list[dict[str, Any]]] = defaultdict(list)
        likely = [one for one in frame["boxes"] if one["probability"] >= least]
        for one in [*frame["segments"], *likely]:
            own[one["label_key"]].append(one)
        reading[frame["sop_instance_uid"], frame["frame_number"]] = own
    return reading
