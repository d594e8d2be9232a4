"""Write a Part 10 file piece by piece, so that the place of every pixel byte is known.

Source: PS3.10 chapter 7, PS3.5 7.1 and A.4.
"""

import struct
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID

IMPLEMENTATION_CLASS_UID = "2.25.283464578712630561849137562021804651372"
_UNDEFINED = 0xFFFFFFFF
_EMPTY_ITEM = b"\xfe\xff\x00\xe0\x00\x00\x00\x00"
_SEQUENCE_END = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00"


def write_part10(
    target: Path,
    dataset: Dataset,
    *,
    transfer_syntax_uid: str,
    pixels: Iterable[bytes | memoryview],
    pixel_bytes: int | None,
    pixel_vr: bytes,
) -> int:
    """Write an explicit little-endian file with a zeroed preamble and sync nothing.

    Args:
        target: file to create.
        dataset: everything but Pixel Data and group 2.
        transfer_syntax_uid: written as it is.
        pixels: the value of Pixel Data in pieces.
        pixel_bytes: its native length, or None for encapsulated fragments.
        pixel_vr: `b"OB"` or `b"OW"`.

    Returns:
        The offset of the first byte of the value of Pixel Data.
    """
    with target.open("wb") as file:
        file.write(part10_start(dataset.SOPClassUID, dataset.SOPInstanceUID, transfer_syntax_uid))
        file.write(_body(dataset))
        length = _UNDEFINED if pixel_bytes is None else pixel_bytes + pixel_bytes % 2
        file.write(struct.pack("<HH2sHL", 0x7FE0, 0x0010, pixel_vr, 0, length))
        start = file.tell()
        _write_all(file, pixels)
        if pixel_bytes is None:
            file.write(_SEQUENCE_END)
        elif pixel_bytes % 2:
            file.write(b"\0")
    return start


def object_head(
    dicom_json: dict[str, Any], transfer_syntax_uid: str, pixel_bytes: int | None
) -> bytes:
    """All of a file that stands before the value of its pixels, or before their first fragment.

    Args:
        dicom_json: describes the frames as they are served, without Pixel Data.
        transfer_syntax_uid: Explicit VR Little Endian, or HTJ2K of `progressive.py`.
        pixel_bytes: native length; None for fragments, whose offset table is left empty.
    """
    dataset = Dataset.from_json(dicom_json)
    vr = b"OW" if dataset.BitsAllocated > 8 and pixel_bytes is not None else b"OB"
    if pixel_bytes is None:
        # what the codestreams say of themselves (PS3.5 8.2.14)
        dataset.BitsStored = dataset.BitsAllocated
        dataset.HighBit = dataset.BitsStored - 1
        if dataset.SamplesPerPixel == 3:
            dataset.PhotometricInterpretation = "YBR_RCT"
    length = _UNDEFINED if pixel_bytes is None else pixel_bytes + pixel_bytes % 2
    return (
        part10_start(dataset.SOPClassUID, dataset.SOPInstanceUID, transfer_syntax_uid)
        + _body(dataset)
        + struct.pack("<HH2sHL", 0x7FE0, 0x0010, vr, 0, length)
        + (_EMPTY_ITEM if pixel_bytes is None else b"")
    )


def _write_all(file: BinaryIO, pieces: Iterable[bytes | memoryview]) -> None:
    for piece in pieces:
        file.write(piece)


def part10_start(sop_class_uid: str, sop_instance_uid: str, transfer_syntax_uid: str) -> bytes:
    """All that stands before the data set: the same for the same three UIDs, always."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = UID(sop_class_uid)
    meta.MediaStorageSOPInstanceUID = UID(sop_instance_uid)
    meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    meta.ImplementationVersionName = "COLLIMATE_1"
    target = DicomBytesIO()
    write_file_meta_info(target, meta, enforce_standard=True)
    return bytes(128) + b"DICM" + target.getvalue()


def _body(dataset: Dataset) -> bytes:
    target = DicomBytesIO()
    target.is_little_endian = True
    target.is_implicit_VR = False
    write_dataset(target, dataset)
    return target.getvalue()
