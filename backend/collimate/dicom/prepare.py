"""Turn one received file into what is stored and served. Runs inside the sandbox child only."""

import hashlib
import mmap
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset

from collimate.dicom import describe, jpeg8, kinds, pixels
from collimate.dicom.content import content_sha256
from collimate.dicom.deidentify import Cleaned, deidentify
from collimate.dicom.identity import variant_uid
from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.look import Looked, look, look_for_text
from collimate.dicom.part10 import Received, open_part10
from collimate.dicom.patient import mark_clean_pixels
from collimate.dicom.prepared import EXPLICIT_VR_LITTLE_ENDIAN, PreparedInstance
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.stored import (
    Stored,
    as_served,
    store,
    store_blacked_out,
    store_progressive,
)
from collimate.dicom.suv import add_suv
from collimate.dicom.text_in_pixels import Box

CONFLICT = "conflict"


@dataclass(frozen=True)
class _Order:
    """What is asked of this file: where to, how de-identified, within which limits."""

    out: Path
    profile: Profile
    sha256: str
    limits: Limits
    boxes: Sequence[Box] | None
    released: frozenset[str]
    pseudonym: str | None


def prepare(
    source: Path,
    out: Path,
    profile: Profile,
    limits: Limits = LIMITS,
    boxes: Sequence[Box] | None = None,
    *,
    released: frozenset[str] = frozenset(),
    sha256: str | None = None,
    pseudonym: str | None = None,
) -> PreparedInstance:
    """De-identify a file and make its frames servable.

    `boxes` are what a person has decided to black out in every frame, none where nothing has to
    be; None as long as nobody has looked. With boxes, the stored pixels are native.

    Writes `instance.dcm` (Part 10, native files always as Explicit VR Little Endian, compressed
    ones as they were), `thumbnail.jpg` and, unless the frames can be served from
    `instance.dcm`, `frames.raw`, all into the folder `out`. `released` are codes a person has
    let pass for this file: those of `rejection.RELEASABLE`, and `CONFLICT`, which gives the image
    an identity of its own. `sha256` is that of the file where it is known already. `pseudonym`
    is the one this patient is known by in the project; without it, it follows from Patient ID.

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
    sha256 = sha256 or hashlib.sha256(view).hexdigest()
    order = _Order(out, profile, sha256, limits, boxes, released, pseudonym)
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
    facts = pixels.read_facts(received, order.limits, released=order.released)
    cleaned = deidentify(
        received.dataset, order.profile, source_sha256=order.sha256, pseudonym=order.pseudonym
    )
    clean = cleaned.dataset
    add_suv(clean, received.dataset, facts)
    uid = str(clean.SOPInstanceUID)
    if CONFLICT in order.released:
        clean.SOPInstanceUID = variant_uid(order.profile.project_key, uid, order.sha256)
    if not clean.get("SOPClassUID"):
        clean.SOPClassUID = kinds.SECONDARY_CAPTURE
    if order.boxes is not None:
        mark_clean_pixels(clean)
    if order.boxes:
        stored = store_blacked_out(received, facts, clean, order.out, order.boxes)
    else:
        stored = store(received, facts, clean, order.out)
    progressive = store_progressive(stored, order.limits)
    served = as_served(clean, facts, stored.sample)
    dicom_json = dict(sorted(served.to_json_dict().items()))
    looked = look(stored, dicom_json, order.limits)
    if order.boxes is None:
        looked = look_for_text(looked, received, served, stored, dicom_json, order.limits)
    summary = _summary(received, cleaned, served, stored, dicom_json, looked, order)
    content = content_sha256(dicom_json, uid, stored.sha256)
    return replace(summary, progressive_ranges=progressive, content_sha256=content)


def _summary(
    received: Received,
    cleaned: Cleaned,
    served: Dataset,
    stored: Stored,
    dicom_json: dict[str, Any],
    looked: Looked,
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
        content_sha256="",
        stated_pseudonym=cleaned.stated_pseudonym,
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
