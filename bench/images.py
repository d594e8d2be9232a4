"""CT instances for the load: 512 × 512 pixels of 16 bits with noise, one study per 100 slices."""

import io
from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ROOT = "1.2.826.0.1.3680043.9.7777.5"
BOUNDARY = "collimate-bench-0123456789abcdef"
SLICES = 100


def pixels(size: int, seed: int) -> bytes:
    """A round body with noise, in stored values of a CT (16 bits, signed)."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    body = np.where(down**2 + across**2 < 0.7, 40.0, -1000.0)
    return (body + random.normal(0, 12, (size, size))).astype("<i2").tobytes()


def instance(number: int, *, size: int, frame: bytes, slices: int = SLICES) -> bytes:
    """A Part 10 file; every `slices` of them make one study of one series."""
    study, place = divmod(number, slices)
    dataset = Dataset()
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{ROOT}.{size}.3.{number + 1}"
    dataset.StudyInstanceUID = f"{ROOT}.{size}.1.{study + 1}"
    dataset.SeriesInstanceUID = f"{ROOT}.{size}.2.{study + 1}"
    dataset.FrameOfReferenceUID = f"{ROOT}.{size}.4.{study + 1}"
    dataset.PatientName, dataset.PatientID = f"Bench^{study}", f"BENCH{study:06d}"
    dataset.StudyDate, dataset.StudyTime = f"2021{study % 12 + 1:02d}{study % 28 + 1:02d}", "101500"
    dataset.Modality, dataset.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.AccessionNumber, dataset.StudyID = f"A{study}", "1"
    dataset.SeriesNumber, dataset.InstanceNumber = 1, place + 1
    dataset.Manufacturer, dataset.ManufacturerModelName = "Bench", "One"
    dataset.BodyPartExamined, dataset.PatientPosition = "CHEST", "HFS"
    dataset.PixelSpacing, dataset.SliceThickness = [0.7, 0.7], 1.0
    dataset.ImagePositionPatient = [-180.0, -180.0, float(place)]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, 0, "HU"
    dataset.WindowCenter, dataset.WindowWidth, dataset.KVP = 40, 400, 120
    dataset.Rows = dataset.Columns = size
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = 1
    dataset.add_new(0x7FE00010, "OW", frame)
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = CTImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    target = io.BytesIO()
    dataset.save_as(target, enforce_file_format=True)
    return target.getvalue()


def bodies(
    first: int, count: int, *, size: int = 512, together: int = 10, slices: int = SLICES
) -> Iterator[bytes]:
    """Multipart bodies of `together` instances each."""
    frames = [pixels(size, seed) for seed in range(8)]
    for start in range(first, first + count, together):
        parts = []
        for number in range(start, min(start + together, first + count)):
            data = instance(number, size=size, frame=frames[number % 8], slices=slices)
            parts += [f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode(), data]
            parts.append(b"\r\n")
        yield b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])
