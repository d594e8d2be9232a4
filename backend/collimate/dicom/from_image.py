"""Wrap a PNG, JPEG or TIFF picture in DICOM objects, so that everything behind sees only DICOM.

Grey pictures become Computed Radiography where that is what they are, all others Secondary
Capture with the modality that was given; each page of a TIFF is an object of its own. Runs inside
the sandbox child.
Source: PS3.3 A.2 (CR image), A.8 (Secondary Capture).
"""

import hashlib
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from collimate.dicom import kinds
from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.new_object import Facts, add_pixel_module, new_dataset, new_uid, write_object
from collimate.dicom.rejection import Rejected, RejectionCode

_FORMATS = ("PNG", "JPEG", "TIFF")
_GREY_MODES = ("1", "L", "LA", "La")
_WORD_MODES = ("I;16", "I;16L", "I;16B", "I")
_TIFF_COMPRESSION, _TIFF_PHOTOMETRIC = 259, 262
_WHITE_IS_ZERO = 0
_TIFF_JPEGS = (6, 7)


@dataclass(frozen=True)
class _Picture:
    array: NDArray[Any]
    is_jpeg: bool


def image_to_dicom(source: Path, out: Path, facts: Facts, limits: Limits = LIMITS) -> int:
    """Write one file a page into the folder `out`; answers how many.

    PNG, JPEG or TIFF; 8 or 16 bit grey, or 8 bit colour. EXIF orientation is applied.

    Raises:
        Rejected: `bad_image`, `bad_dimensions` or `too_large`.
    """
    if source.stat().st_size > limits.file_bytes:
        raise Rejected(RejectionCode.too_large)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    count = 0
    for index, picture in enumerate(_pages(source, limits)):
        count += 1
        _write(picture, facts, (sha256, str(index)), out / f"{count:06d}.dcm")
    return count


def _write(picture: _Picture, facts: Facts, key: tuple[str, str], out: Path) -> None:
    array, index = picture.array, int(key[1])
    dataset = new_dataset(facts)
    is_cr = facts.modality == "CR" and array.ndim == 2
    dataset.SOPClassUID = kinds.COMPUTED_RADIOGRAPHY if is_cr else kinds.SECONDARY_CAPTURE
    dataset.ImageType = ["DERIVED", "PRIMARY"] if is_cr else ["DERIVED", "SECONDARY"]
    if not is_cr:
        dataset.ConversionType = "WSD"
    for keyword in ("BodyPartExamined", "ViewPosition") if is_cr else ():
        dataset.setdefault(keyword, None)  # type 2 (PS3.3 C.8.1.1)
    # the first page's UID is the one that pictures of a single page have always had
    page = () if index == 0 else (str(index),)
    dataset.SOPInstanceUID = new_uid("instance", facts.study_key, facts.series_key, key[0], *page)
    dataset.InstanceNumber = facts.instance_number + index
    if facts.pixel_spacing_mm:
        dataset.ImagerPixelSpacing = list(facts.pixel_spacing_mm)
    add_pixel_module(dataset, array)
    if array.ndim == 2:
        low, high = int(array.min()), int(array.max())
        dataset.WindowCenter, dataset.WindowWidth = (low + high + 1) / 2, max(high - low + 1, 2)
        dataset.PresentationLUTShape = "IDENTITY"
    dataset.LossyImageCompression = "01" if picture.is_jpeg else "00"
    if picture.is_jpeg:
        dataset.LossyImageCompressionMethod = "ISO_10918_1"
    write_object(dataset, array, out)


def _pages(source: Path, limits: Limits) -> Iterator[_Picture]:
    """Decode page after page; sizes are checked before pixels are touched."""
    Image.MAX_IMAGE_PIXELS = None  # our own gate below says what is wrong
    try:
        with warnings.catch_warnings(), Image.open(source, formats=_FORMATS) as image:
            warnings.simplefilter("ignore")
            total = 0
            for index in range(_page_count(image, limits)):
                if index:
                    image.seek(index)
                total += _check_size(image, limits)
                if total > limits.decoded_bytes:
                    raise Rejected(RejectionCode.too_large)
                yield _Picture(_upright(image), _is_jpeg(image))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, TypeError, EOFError):
        raise Rejected(RejectionCode.bad_image) from None


def _page_count(image: Image.Image, limits: Limits) -> int:
    count = int(getattr(image, "n_frames", 1))
    # several frames of a PNG are an animation, not pages
    if count != 1 and image.format != "TIFF":
        raise Rejected(RejectionCode.bad_image)
    if not 0 < count <= limits.frames:
        raise Rejected(RejectionCode.bad_dimensions)
    return count


def _check_size(image: Image.Image, limits: Limits) -> int:
    width, height = image.size
    if not (0 < width <= limits.columns and 0 < height <= limits.rows):
        raise Rejected(RejectionCode.bad_dimensions)
    if width * height * 4 > limits.frame_bytes:
        raise Rejected(RejectionCode.too_large)
    return width * height * 4


def _is_jpeg(image: Image.Image) -> bool:
    if image.format == "TIFF":
        return image.tag_v2.get(_TIFF_COMPRESSION) in _TIFF_JPEGS  # type: ignore[attr-defined]
    return image.format == "JPEG"


def _upright(image: Image.Image) -> NDArray[Any]:
    is_tiff = image.format == "TIFF"
    photometric = image.tag_v2.get(_TIFF_PHOTOMETRIC) if is_tiff else None  # type: ignore[attr-defined]
    # Pillow turns a TIFF upright by itself
    array = _plain_array(image if is_tiff else ImageOps.exif_transpose(image))
    if photometric == _WHITE_IS_ZERO and image.mode in _WORD_MODES:
        # Pillow inverts such pictures of 8 bits and fewer, but not of 16 (TIFF 6.0 section 4)
        return (65_535 - array) if array.dtype.kind == "u" else ~array
    return array


def _plain_array(image: Image.Image) -> NDArray[Any]:
    """(row, column) with 8 or 16 bits, or (row, column, RGB) with 8; transparency is dropped.

    Raises:
        Rejected: `bad_image` for colour models that cannot be turned into grey or RGB exactly.
    """
    if image.mode in _WORD_MODES:
        words = np.asarray(image).astype(np.int64)
        low, high = words.min(), words.max()
        if low >= 0 and high <= 65_535:
            return words.astype("<u2")
        if low >= -32_768 and high <= 32_767:
            return words.astype("<i2")
        raise Rejected(RejectionCode.bad_image)
    if image.mode in _GREY_MODES:
        return np.asarray(image.convert("L"), dtype=np.uint8)
    if image.mode not in ("RGB", "RGBA", "P", "PA", "RGBX"):
        raise Rejected(RejectionCode.bad_image)
    colour = np.asarray(image.convert("RGB"), dtype=np.uint8)
    red, green, blue = colour[..., 0], colour[..., 1], colour[..., 2]
    # a grey picture saved as colour is a grey picture
    return red.copy() if np.array_equal(red, green) and np.array_equal(red, blue) else colour
