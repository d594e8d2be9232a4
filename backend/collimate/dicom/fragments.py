"""Where the compressed frames of a stored image lie in its file. Runs in the sandbox child only.

Source: PS3.5 A.4 (a frame is one fragment or more; offset tables may say which).
"""

import mmap
import struct
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from pydicom.encaps import generate_fragmented_frames

from collimate.dicom.limits import Limits
from collimate.dicom.part10 import open_part10
from collimate.dicom.pixels import read_facts
from collimate.dicom.rejection import Rejected, RejectionCode

_ITEM = 0xE000
Places = list[list[list[int]]]


def find_fragments(source: Path, limits: Limits) -> Places:
    """For each frame, `[offset, length]` in bytes of its fragments in the file.

    Raises:
        Rejected: `undecodable` where frames cannot be told from each other.
    """
    with source.open("rb") as file:
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    received = open_part10(view, limits)
    facts = read_facts(received, limits, released=frozenset({RejectionCode.implausible_ratio}))
    value = bytes(received.pixel_value())
    start = 0 if received.pixels is None else received.pixels.value
    offsets = received.dataset.get("ExtendedOffsetTable")
    lengths = received.dataset.get("ExtendedOffsetTableLengths")
    walked = _walk(value)
    next(walked, None)  # the first item is the basic offset table
    try:
        frames = generate_fragmented_frames(
            value,
            number_of_frames=facts.frame_count,
            extended_offsets=(offsets, lengths) if offsets and lengths else None,
        )
        found = [
            [_same(value, next(walked), part, start) for part in frame]
            for frame in islice(frames, facts.frame_count)
        ]
    except (ValueError, StopIteration, RuntimeError, struct.error):
        raise Rejected(RejectionCode.undecodable) from None
    if len(found) != facts.frame_count:
        raise Rejected(RejectionCode.undecodable)
    return found


def _walk(value: bytes) -> Iterator[tuple[int, int]]:
    """Offset and length of the items, in the order they lie in."""
    at = 0
    while at + 8 <= len(value):
        group, element, length = struct.unpack_from("<HHL", value, at)
        if (group, element) != (0xFFFE, _ITEM):
            return
        yield at + 8, length
        at += 8 + length


def _same(value: bytes, place: tuple[int, int], part: bytes, start: int) -> list[int]:
    """The place in the file, if it holds this fragment: tables may name them out of order."""
    offset, length = place
    if value[offset : offset + length] != part:
        raise ValueError("the fragments do not lie in the order of the frames")
    return [start + offset, length]
