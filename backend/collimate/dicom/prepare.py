"""Turn one received file into what is stored and served. Runs inside the sandbox child only."""

import copy
import hashlib
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydicom.dataset import Dataset

from collimate.dicom import describe, jpeg8, kinds, pixels
from collimate.dicom.blackout import blacked_out
from collimate.dicom.comments import blank_comments
from collimate.dicom.deidentify import Cleaned, deidentify
from collimate.dicom.frames import encode_picture, modality_values, shown
from collimate.dicom.identity import variant_uid
from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.part10 import Received, open_part10
from collimate.dicom.patient import mark_clean_pixels
from collimate.dicom.pixels import Frame, PixelFacts
from collimate.dicom.prepared import (
    EXPLICIT_VR_LITTLE_ENDIAN,
    PreparedInstance,
    frame_facts,
    padding_values,
)
from collimate.dicom.profile import Profile
from collimate.dicom.progressive import encode_progressive
from collimate.dicom.quality import measure_quality, picture_hash
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.suspicion import has_hidden_overlay, suspect
from collimate.dicom.text_in_pixels import Box
from collimate.dicom.write import write_part10

CONFLICT = "conflict"
INSTANCE_NAME = "instance.dcm"
FRAMES_NAME = "frames.raw"
PROGRESSIVE_NAME = "progressive.jhc"
THUMBNAIL_NAME = "thumbnail.jpg"


@dataclass(frozen=True)
class _Stored:
    """Where the frames lie, one frame to look at, and how long each is."""

    frames_in: Literal["file", "frames"]
    ranges: list[list[int]]
    sample: Frame
    sample_index: int


@dataclass(frozen=True)
class _Looked:
    """What the middle frame is like, and whether a person has to see it."""

    quality: dict[str, float]
    picture_hash: int | None
    grey: Frame
    suspicions: Sequence[str] = ()
    text_boxes: Sequence[Box] = ()


@dataclass(frozen=True)
class _Order:
    """What is asked of this file: where to, how de-identified, within which limits."""

    out: Path
    profile: Profile
    sha256: str
    limits: Limits
    boxes: Sequence[Box] | None
    released: frozenset[str]


def prepare(
    source: Path,
    out: Path,
    profile: Profile,
    limits: Limits = LIMITS,
    boxes: Sequence[Box] | None = None,
    *,
    released: frozenset[str] = frozenset(),
) -> PreparedInstance:
    """De-identify a file and make its frames servable.

    `boxes` are what a person has decided to black out in every frame, none where nothing has to
    be; None as long as nobody has looked. With boxes, the stored pixels are native.

    Writes `instance.dcm` (Part 10, native files always as Explicit VR Little Endian, compressed
    ones as they were), `thumbnail.jpg` and, unless the frames can be served from
    `instance.dcm`, `frames.raw`, all into the folder `out`. `released` are codes a person has
    let pass for this file: those of `rejection.RELEASABLE`, and `CONFLICT`, which gives the image
    an identity of its own.

    Raises:
        Rejected: when the file cannot be used; `out` may then hold incomplete files.
    """
    size = source.stat().st_size
    if size > limits.file_bytes:
        raise Rejected(RejectionCode.too_large)
    if size < 8:
        raise Rejected(RejectionCode.not_dicom)
    out.mkdir(parents=True, exist_ok=True)
    jpeg8.register()
    with source.open("rb") as file:
        # not closed by hand: views into it live as long as the objects made from them
        view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    sha256 = hashlib.sha256(view).hexdigest()
    order = _Order(out, profile, sha256, limits, boxes, released)
    return _prepare(_open_image(view, order), order)


def _open_image(view: memoryview, order: _Order) -> Received:
    received = open_part10(view, order.limits)
    sop_class = describe.text(received.dataset, "SOPClassUID") or ""
    if kinds.is_derived_object(sop_class.strip("\0 ")):
        raise Rejected(RejectionCode.derived_object)
    received.pixel_value().release()
    _check_identity(received.dataset)
    syntax = received.transfer_syntax_uid
    if syntax not in kinds.NATIVE | kinds.ENCAPSULATED:
        raise Rejected(RejectionCode.unsupported_transfer_syntax)
    if received.has_foreign_content and RejectionCode.foreign_content not in order.released:
        raise Rejected(RejectionCode.foreign_content)
    return received


def _check_identity(dataset: Dataset) -> None:
    """An identity that is there but under another VR must not be taken for one that is missing."""
    for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
        raw = dataset.get_item(keyword)
        if raw is not None and raw.value and raw.VR not in (None, "UI", "UN"):
            raise Rejected(RejectionCode.bad_uid)


def _prepare(received: Received, order: _Order) -> PreparedInstance:
    out = order.out
    facts = pixels.read_facts(received, order.limits, released=order.released)
    cleaned = deidentify(received.dataset, order.profile, source_sha256=order.sha256)
    clean = cleaned.dataset
    if CONFLICT in order.released:
        uid = str(clean.SOPInstanceUID)
        clean.SOPInstanceUID = variant_uid(order.profile.project_key, uid, order.sha256)
    if not clean.get("SOPClassUID"):
        clean.SOPClassUID = kinds.SECONDARY_CAPTURE
    if order.boxes is not None:
        mark_clean_pixels(clean)
    if order.boxes:
        stored = _store_blacked_out(received, facts, clean, out, order.boxes)
    else:
        stored = _store(received, facts, clean, out)
    progressive = _store_progressive(stored, out, order.limits)
    served = _as_served(clean, facts, stored.sample)
    dicom_json = dict(sorted(served.to_json_dict().items()))
    looked = _look(stored, dicom_json, out, order.limits)
    if order.boxes is None:
        looked = _suspect(looked, received, served, stored)
    summary = _summary(received, cleaned, served, stored, dicom_json, looked, order)
    return replace(summary, progressive_ranges=progressive)


def _store(received: Received, facts: PixelFacts, clean: Dataset, out: Path) -> _Stored:
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
    return _Stored("file", ranges, frame.copy(), middle)


def _store_blacked_out(
    received: Received, facts: PixelFacts, clean: Dataset, out: Path, boxes: Sequence[Box]
) -> _Stored:
    """Write every frame plain, with the boxes black."""
    native = received.transfer_syntax_uid in kinds.NATIVE
    value = pixels.native_value(received, facts) if native else received.pixel_value()
    frames = pixels.decode_frames(received, facts, value)
    first = blacked_out(next(frames), facts, boxes)
    middle, kept = facts.frame_count // 2, [first]

    def written() -> Iterator[memoryview]:
        yield first.data
        for index, frame in enumerate(frames, 1):
            black = blacked_out(frame, facts, boxes)
            if black.nbytes != first.nbytes:
                raise Rejected(RejectionCode.undecodable)
            if index == middle:
                kept[0] = black
            yield black.data

    if describe.is_lossy(clean, received.transfer_syntax_uid):
        clean.LossyImageCompression = "01"
    start = write_part10(
        out / INSTANCE_NAME,
        _as_served(clean, facts, first),
        transfer_syntax_uid=kinds.EXPLICIT_LITTLE,
        pixels=written(),
        pixel_bytes=first.nbytes * facts.frame_count,
        pixel_vr=b"OW" if first.dtype.itemsize > 1 else b"OB",
    )
    ranges = [[start + index * first.nbytes, first.nbytes] for index in range(facts.frame_count)]
    return _Stored("file", ranges, kept[0], middle)


def _store_frames(received: Received, facts: PixelFacts, value: memoryview, out: Path) -> _Stored:
    ranges: list[list[int]] = []
    middle = facts.frame_count // 2
    sample: Frame | None = None
    dtype: np.dtype[Any] | None = None
    offset = 0
    with (out / FRAMES_NAME).open("wb") as file:
        for index, frame in enumerate(pixels.decode_frames(received, facts, value)):
            dtype = dtype or frame.dtype
            if frame.dtype != dtype:
                raise Rejected(RejectionCode.undecodable)
            file.write(frame.data)
            ranges.append([offset, frame.nbytes])
            offset += frame.nbytes
            if index == middle:
                sample = frame.copy()
    if sample is None:
        raise Rejected(RejectionCode.undecodable)
    return _Stored("frames", ranges, sample, middle)


def _store_progressive(stored: _Stored, out: Path, limits: Limits) -> list[list[int]]:
    """Write large frames a second time as HTJ2K; answers where each lies, nothing for small."""
    sample = stored.sample
    if sample.nbytes < limits.progressive_frame_bytes:
        return []
    ranges: list[list[int]] = []
    name = INSTANCE_NAME if stored.frames_in == "file" else FRAMES_NAME
    with (out / name).open("rb") as frames, (out / PROGRESSIVE_NAME).open("wb") as target:
        for offset, length in stored.ranges:
            frames.seek(offset)
            frame = np.frombuffer(frames.read(length), sample.dtype).reshape(sample.shape)
            ranges.append([target.tell(), target.write(encode_progressive(frame))])
    return ranges


def _as_served(clean: Dataset, facts: PixelFacts, sample: Frame) -> Dataset:
    """The cleaned data set with the image pixel module of the frames that are served."""
    served = copy.copy(clean)
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


def _suspect(looked: _Looked, received: Received, served: Dataset, stored: _Stored) -> _Looked:
    compressed = received.transfer_syntax_uid in kinds.ENCAPSULATED
    hidden_overlay = compressed and has_hidden_overlay(received.dataset)
    reasons, boxes = suspect(served, stored.sample, looked.grey, hidden_overlay=hidden_overlay)
    return replace(looked, suspicions=reasons, text_boxes=boxes)


def _look(stored: _Stored, dicom_json: dict[str, Any], out: Path, limits: Limits) -> _Looked:
    """Write the thumbnail of the middle frame and measure that frame."""
    facts = frame_facts(dicom_json, stored.sample_index)
    grey = shown(stored.sample, facts)
    picture = encode_picture(grey, size=limits.thumbnail_pixels, kind="jpeg")
    (out / THUMBNAIL_NAME).write_bytes(picture)
    if stored.sample.ndim == 3:
        luminance = grey.mean(axis=2).astype(np.uint8)
        return _Looked(measure_quality(luminance, luminance), picture_hash(luminance), grey)
    values = modality_values(stored.sample, facts.slope, facts.intercept)
    quality = measure_quality(values, grey, padding=padding_values(dicom_json, facts))
    # whoever exports an image again may set another window, so the hash does not see the stated one
    unwindowed = shown(stored.sample, replace(facts, window=None))
    return _Looked(quality, picture_hash(unwindowed), grey)


def _summary(
    received: Received,
    cleaned: Cleaned,
    served: Dataset,
    stored: _Stored,
    dicom_json: dict[str, Any],
    looked: _Looked,
    order: _Order,
) -> PreparedInstance:
    syntax = kinds.EXPLICIT_LITTLE if order.boxes else received.transfer_syntax_uid
    spacing, spacing_kind = describe.spacing_mm(served)
    return PreparedInstance(
        study_uid=str(served.StudyInstanceUID),
        series_uid=str(served.SeriesInstanceUID),
        sop_instance_uid=str(served.SOPInstanceUID),
        sop_class_uid=str(served.SOPClassUID),
        original_transfer_syntax_uid=syntax,
        source_sha256=order.sha256,
        patient_hash=cleaned.patient_hash,
        pseudonym=cleaned.pseudonym,
        study=describe.describe_study(served),
        series=describe.describe_series(served),
        rows=stored.sample.shape[0],
        columns=stored.sample.shape[1],
        frame_count=len(stored.ranges),
        samples_per_pixel=int(served.SamplesPerPixel),
        bits_allocated=int(served.BitsAllocated),
        photometric_interpretation=str(served.PhotometricInterpretation),
        instance_number=describe.integer(served, "InstanceNumber"),
        pixel_spacing_mm=spacing,
        spacing_kind=spacing_kind,
        is_lossy=describe.is_lossy(served, received.transfer_syntax_uid),
        frames_in=stored.frames_in,
        frame_ranges=stored.ranges,
        progressive_ranges=[],
        dicom_json=dicom_json,
        quality=looked.quality,
        picture_hash=looked.picture_hash,
        removed=cleaned.removed,
        actions=cleaned.actions,
        burned_in_suspected=describe.is_burned_in_suspected(served),
        suspicions=list(looked.suspicions),
        text_boxes=[list(astuple(box)) for box in looked.text_boxes],
        served_transfer_syntax_uid=EXPLICIT_VR_LITTLE_ENDIAN,
    )
