"""Wrap a PNG or JPEG picture in a DICOM object, so that everything behind sees only DICOM.

Grey pictures become Computed Radiography where that is what they are, all others Secondary
Capture with the modality that was given. Runs inside the sandbox child.
Source: PS3.3 A.2 (CR image), A.8 (Secondary Capture).
"""

import hashlib
import warnings
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from pydicom.dataset import Dataset

from collimate.dicom import identity, kinds
from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.write import write_part10

_UID_KEY = b"collimate image import"
_GREY_MODES = ("1", "L", "LA", "La")
_WORD_MODES = ("I;16", "I;16L", "I;16B", "I")


@dataclass(frozen=True)
class _Picture:
    array: NDArray[Any]
    is_jpeg: bool


def image_to_dicom(  # noqa: PLR0913 - the facts about a picture, all by name
    source: Path,
    out: Path,
    *,
    patient_id: str,
    study_key: str,
    modality: str = "CR",
    series_key: str = "",
    instance_number: int = 1,
    body_part: str | None = None,
    view_position: str | None = None,
    laterality: str | None = None,
    site: str | None = None,
    sex: str | None = None,
    age_years: int | None = None,
    study_date: str | None = None,
    pixel_spacing_mm: tuple[float, float] | None = None,
    limits: Limits = LIMITS,
) -> None:
    """Write one explicit little-endian Part 10 file.

    Args:
        source: PNG or JPEG; 8 or 16 bit grey, or colour. EXIF orientation is applied.
        out: file to create.
        patient_id: groups studies of a person.
        study_key: equal keys make one study; UIDs follow from keys and bytes alone.
        modality: "CR" makes grey pictures Computed Radiography.
        series_key: tells series of a study apart.
        instance_number: position in the series, from 1.
        site: where the picture comes from; kept as the model name of the equipment.
        study_date: ISO text.
        pixel_spacing_mm: (row, column), at the detector.

    Raises:
        Rejected: `bad_image`, `bad_dimensions` or `too_large`.
    """
    if source.stat().st_size > limits.file_bytes:
        raise Rejected(RejectionCode.too_large)
    picture = _read(source, limits)
    dataset = _pixel_module(picture)
    grey = picture.array.ndim == 2
    is_cr = modality == "CR" and grey
    dataset.SOPClassUID = kinds.COMPUTED_RADIOGRAPHY if is_cr else kinds.SECONDARY_CAPTURE
    dataset.Modality = modality
    dataset.ImageType = ["DERIVED", "PRIMARY"] if is_cr else ["DERIVED", "SECONDARY"]
    if not is_cr:
        dataset.ConversionType = "WSD"
    _add_keys(
        dataset, patient_id, study_key, series_key, hashlib.sha256(source.read_bytes()).hexdigest()
    )
    dataset.SeriesNumber, dataset.InstanceNumber = 1, instance_number
    optional = {
        "BodyPartExamined": body_part and body_part.upper()[:16],
        "ViewPosition": view_position and view_position.upper()[:16],
        "Laterality": laterality and laterality.upper()[:1],
        "ManufacturerModelName": site and site[:64],
        "PatientSex": sex if sex in ("M", "F", "O") else None,
        "PatientAge": None if age_years is None else f"{min(max(age_years, 0), 999):03d}Y",
        "StudyDate": study_date and date.fromisoformat(study_date).strftime("%Y%m%d"),
        "ImagerPixelSpacing": pixel_spacing_mm and list(pixel_spacing_mm),
    }
    for keyword, value in optional.items():
        if value:
            setattr(dataset, keyword, value)
    _write(dataset, picture.array, out)


def _read(source: Path, limits: Limits) -> _Picture:
    """Decode the picture; its size is checked before its pixels are touched."""
    Image.MAX_IMAGE_PIXELS = None  # our own gate below says what is wrong
    try:
        with warnings.catch_warnings(), Image.open(source, formats=("PNG", "JPEG")) as image:
            warnings.simplefilter("ignore")
            width, height = image.size
            if not (0 < width <= limits.columns and 0 < height <= limits.rows):
                raise Rejected(RejectionCode.bad_dimensions)
            if width * height * 4 > limits.frame_bytes:
                raise Rejected(RejectionCode.too_large)
            if getattr(image, "n_frames", 1) != 1:
                raise Rejected(RejectionCode.bad_image)
            is_jpeg = image.format == "JPEG"
            return _Picture(_plain_array(ImageOps.exif_transpose(image)), is_jpeg)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Rejected(RejectionCode.bad_image) from None


def _plain_array(image: Image.Image) -> NDArray[Any]:
    """(row, column) with 8 or 16 bits, or (row, column, RGB) with 8; transparency is dropped.

    Raises:
        Rejected: `bad_image` for colour models that cannot be turned into grey or RGB exactly.
    """
    if image.mode in _WORD_MODES:
        words = np.asarray(image).astype(np.int64)
        if words.min() < 0 or words.max() > 65_535:
            raise Rejected(RejectionCode.bad_image)
        return words.astype("<u2")
    if image.mode in _GREY_MODES:
        return np.asarray(image.convert("L"), dtype=np.uint8)
    if image.mode not in ("RGB", "RGBA", "P", "PA", "RGBX"):
        raise Rejected(RejectionCode.bad_image)
    colour = np.asarray(image.convert("RGB"), dtype=np.uint8)
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    # a grey picture saved as colour is a grey picture
    return red.copy() if np.array_equal(red, green) and np.array_equal(red, blue) else colour


def _pixel_module(picture: _Picture) -> Dataset:
    array, dataset = picture.array, Dataset()
    bits = 8 * array.dtype.itemsize
    dataset.Rows, dataset.Columns = array.shape[:2]
    dataset.SamplesPerPixel = 1 if array.ndim == 2 else 3
    dataset.PhotometricInterpretation = "MONOCHROME2" if array.ndim == 2 else "RGB"
    if array.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = 0
    if array.ndim == 2:
        low, high = int(array.min()), int(array.max())
        dataset.WindowCenter, dataset.WindowWidth = (low + high + 1) / 2, max(high - low + 1, 2)
        dataset.PresentationLUTShape = "IDENTITY"
    dataset.LossyImageCompression = "01" if picture.is_jpeg else "00"
    if picture.is_jpeg:
        dataset.LossyImageCompressionMethod = "ISO_10918_1"
    return dataset


def _add_keys(
    dataset: Dataset, patient_id: str, study_key: str, series_key: str, sha256: str
) -> None:
    def uid(*parts: str) -> str:
        return identity.uid_from(identity.keyed(_UID_KEY, *parts))

    dataset.PatientID, dataset.PatientName = patient_id, ""
    dataset.StudyInstanceUID = uid("study", study_key)
    dataset.SeriesInstanceUID = uid("series", study_key, series_key)
    dataset.SOPInstanceUID = uid("instance", study_key, series_key, sha256)


def _write(dataset: Dataset, array: NDArray[Any], out: Path) -> None:
    raw = np.ascontiguousarray(array).tobytes()
    write_part10(
        out,
        dataset,
        transfer_syntax_uid=kinds.EXPLICIT_LITTLE,
        pixels=[raw],
        pixel_bytes=len(raw),
        pixel_vr=b"OW" if dataset.BitsAllocated > 8 else b"OB",
    )
