"""Look at the pixels of an image: thumbnail, quality, and text that may show who the patient is.

Runs inside the sandbox child only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from collimate.dicom import kinds
from collimate.dicom.frames import encode_picture, modality_values, shown
from collimate.dicom.limits import Limits
from collimate.dicom.part10 import Received
from collimate.dicom.prepared import frame_facts, padding_values
from collimate.dicom.quality import measure_quality, picture_hash
from collimate.dicom.stored import Stored
from collimate.dicom.suspicion import has_hidden_overlay, suspect
from collimate.dicom.text_in_pixels import Box

THUMBNAIL_NAME = "thumbnail.jpg"


@dataclass(frozen=True)
class Looked:
    """What the middle frame is like (`grey`: as it is shown), and why a person has to see it."""

    quality: dict[str, float]
    picture_hash: int | None
    grey: NDArray[np.uint8]
    suspicions: Sequence[str] = ()
    text_boxes: Sequence[Box] = ()


def look(stored: Stored, dicom_json: dict[str, Any], limits: Limits) -> Looked:
    """Write the thumbnail of the middle frame and measure that frame."""
    facts = frame_facts(dicom_json, stored.sample_index)
    grey = shown(stored.sample, facts)
    picture = encode_picture(grey, size=(limits.thumbnail_pixels,) * 2, kind="jpeg")
    (stored.out / THUMBNAIL_NAME).write_bytes(picture)
    if stored.sample.ndim == 3:
        luminance = grey.mean(axis=2).astype(np.uint8)
        return Looked(measure_quality(luminance, luminance), picture_hash(luminance), grey)
    values = modality_values(stored.sample, facts.slope, facts.intercept)
    quality = measure_quality(values, grey, padding=padding_values(dicom_json, facts))
    # whoever exports an image again may set another window, so the hash does not see the stated one
    plain = facts if facts.window is None else replace(facts, window=None)
    unwindowed = grey if plain is facts else shown(stored.sample, plain)
    return Looked(quality, picture_hash(unwindowed), grey)


def look_for_text(
    looked: Looked,
    received: Received,
    served: Dataset,
    stored: Stored,
    dicom_json: dict[str, Any],
    limits: Limits,
) -> Looked:
    """Add the reasons for a person to look; of many frames, a sample is searched for text."""
    indexes = spread(len(stored.ranges), limits.text_frames)
    pictures = (
        (
            frame,
            looked.grey if index == stored.sample_index
            else shown(frame, frame_facts(dicom_json, index)),
        )
        for index, frame in stored.frames(indexes)
    )  # fmt: skip
    compressed = received.transfer_syntax_uid in kinds.ENCAPSULATED
    hidden_overlay = compressed and has_hidden_overlay(received.dataset)
    reasons, boxes = suspect(served, pictures, hidden_overlay=hidden_overlay)
    return replace(looked, suspicions=reasons, text_boxes=boxes)


def spread(count: int, most: int) -> list[int]:
    """At most `most` (3 or more) of `count` frames, evenly: the first, the middle and the last."""
    if count <= most:
        return list(range(count))
    steps = np.linspace(0, count - 1, most).round().astype(int).tolist()
    steps[most // 2] = count // 2
    return sorted(set(steps))
