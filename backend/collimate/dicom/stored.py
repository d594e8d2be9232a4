"""Write the frames of an image where they can be served from, and read them back.

Runs inside the sandbox child only.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydicom.dataset import Dataset

from collimate.dicom import describe, kinds, pixels
from collimate.dicom.blackout import blacked_out
from collimate.dicom.comments import blank_comments
from collimate.dicom.limits import Limits
from collimate.dicom.part10 import Received
from collimate.dicom.pixels import Frame, PixelFacts
from collimate.dicom.progressive import encode_progressive
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.text_in_pixels import Box
from collimate.dicom.write import write_part10

INSTANCE_NAME = "instance.dcm"
FRAMES_NAME = "frames.raw"
PROGRESSIVE_NAME = "progressive.jhc"


@dataclass(frozen=True)
class Stored:
    """Where the frames lie, `sample` (the middle one) to look at, and how long each is.

    `sha256` is of all frames in the plain form they are served in, as they came: before anything
    was blacked out.
    """

    out: Path
    frames_in: Literal["file", "frames"]
    ranges: list[list[int]]
    sample: Frame
    sample_index: int
    sha256: str

    def frames(self, indexes: Sequence[int]) -> Iterator[tuple[int, Frame]]:
        """Some of the frames with their indexes, one in memory at a time."""
        name = INSTANCE_NAME if self.frames_in == "file" else FRAMES_NAME
        with (self.out / name).open("rb") as file:
            for index in indexes:
                if index == self.sample_index:
                    yield index, self.sample
                    continue
                offset, length = self.ranges[index]
                file.seek(offset)
                raw = np.frombuffer(file.read(length), self.sample.dtype)
                yield index, raw.reshape(self.sample.shape)


def store(received: Received, facts: PixelFacts, clean: Dataset, out: Path) -> Stored:
    """Write `instance.dcm` and, where needed, `frames.raw`."""
    native = received.transfer_syntax_uid in kinds.NATIVE
    if native:
        value = pixels.native_value(received, facts)
    else:
        value = memoryview(blank_comments(received.pixel_value()))
    start = write_part10(
        out / INSTANCE_NAME,
        clean,
        transfer_syntax_uid=kinds.EXPLICIT_LITTLE if native else received.transfer_syntax_uid,
        pixels=[value],
        pixel_bytes=len(value) if native else None,
        pixel_vr=b"OW" if native and facts.bits_allocated > 8 else b"OB",
    )
    if not pixels.is_served_as_stored(received, facts):
        return _store_frames(received, facts, value, out)
    length = facts.stored_frame_bits // 8
    ranges = [[start + index * length, length] for index in range(facts.frame_count)]
    middle = facts.frame_count // 2
    dtype = f"<{'i' if facts.signed else 'u'}{facts.bits_allocated // 8}"
    shape = (facts.rows, facts.columns, 3)[: 3 if facts.samples == 3 else 2]
    frame = np.frombuffer(value[middle * length : (middle + 1) * length], dtype).reshape(shape)
    digest = hashlib.sha256(value[: facts.frame_count * length]).hexdigest()
    return Stored(out, "file", ranges, frame.copy(), middle, digest)


def store_blacked_out(
    received: Received,
    facts: PixelFacts,
    clean: Dataset,
    out: Path,
    boxes: Sequence[Box],
) -> Stored:
    """Write every frame plain, with the boxes black."""
    native = received.transfer_syntax_uid in kinds.NATIVE
    value = pixels.native_value(received, facts) if native else received.pixel_value()
    frames = pixels.decode_frames(received, facts, value)
    digest = hashlib.sha256()

    def blackened() -> Iterator[Frame]:
        for frame in frames:
            digest.update(frame.data)
            yield blacked_out(frame, facts, boxes)

    black = blackened()
    first = next(black)
    middle, kept = facts.frame_count // 2, [first]

    def written() -> Iterator[memoryview]:
        yield first.data
        for index, frame in enumerate(black, 1):
            if frame.nbytes != first.nbytes:
                raise Rejected(RejectionCode.undecodable)
            if index == middle:
                kept[0] = frame
            yield frame.data

    if describe.is_lossy(clean, received.transfer_syntax_uid):
        clean.LossyImageCompression = "01"
    start = write_part10(
        out / INSTANCE_NAME,
        as_served(clean, facts, first),
        transfer_syntax_uid=kinds.EXPLICIT_LITTLE,
        pixels=written(),
        pixel_bytes=first.nbytes * facts.frame_count,
        pixel_vr=b"OW" if first.dtype.itemsize > 1 else b"OB",
    )
    ranges = [[start + index * first.nbytes, first.nbytes] for index in range(facts.frame_count)]
    return Stored(out, "file", ranges, kept[0], middle, digest.hexdigest())


def _store_frames(received: Received, facts: PixelFacts, value: memoryview, out: Path) -> Stored:
    ranges: list[list[int]] = []
    middle = facts.frame_count // 2
    sample: Frame | None = None
    dtype: np.dtype[Any] | None = None
    offset, digest = 0, hashlib.sha256()
    with (out / FRAMES_NAME).open("wb") as file:
        for index, frame in enumerate(pixels.decode_frames(received, facts, value)):
            dtype = dtype or frame.dtype
            if frame.dtype != dtype:
                raise Rejected(RejectionCode.undecodable)
            file.write(frame.data)
            digest.update(frame.data)
            ranges.append([offset, frame.nbytes])
            offset += frame.nbytes
            if index == middle:
                sample = frame.copy()
    if sample is None:
        raise Rejected(RejectionCode.undecodable)
    return Stored(out, "frames", ranges, sample, middle, digest.hexdigest())


def store_progressive(stored: Stored, limits: Limits) -> list[list[int]]:
    """Write large frames a second time as HTJ2K; answers where each lies, nothing for small."""
    if stored.sample.nbytes < limits.progressive_frame_bytes:
        return []
    ranges: list[list[int]] = []
    with (stored.out / PROGRESSIVE_NAME).open("wb") as target:
        for _index, frame in stored.frames(range(len(stored.ranges))):
            ranges.append([target.tell(), target.write(encode_progressive(frame))])
    return ranges


def as_served(clean: Dataset, facts: PixelFacts, sample: Frame) -> Dataset:
    """The cleaned data set with the image pixel module of the frames that are served."""
    served = clean.copy()
    colour = sample.ndim == 3
    bits = 8 * sample.dtype.itemsize
    stored = facts.bits_stored if not colour and 1 < facts.bits_stored <= bits else bits
    served.SamplesPerPixel = 3 if colour else 1
    served.PhotometricInterpretation = "RGB" if colour else facts.photometric
    served.BitsAllocated, served.BitsStored, served.HighBit = bits, stored, stored - 1
    served.PixelRepresentation = int(sample.dtype.kind == "i")
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths", "PlanarConfiguration"):
        served.pop(keyword, None)
    if colour:
        served.PlanarConfiguration = 0
    if facts.photometric == "PALETTE COLOR":
        for tag in [tag for tag in served.keys() if 0x00281101 <= tag <= 0x00281223]:  # noqa: SIM118
            del served[tag]
    return served
