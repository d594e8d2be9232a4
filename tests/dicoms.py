"""Synthetic DICOM files built in code, with identifiers planted so that leaks can be searched for.

Every builder returns the bytes of one Part 10 file and takes keyword arguments only.
"""

import struct
import zlib
from functools import lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import (
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    EnhancedCTImageStorage,
    SegmentationStorage,
)

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"
JPEG_LS = "1.2.840.10008.1.2.4.80"
JPEG_2000 = "1.2.840.10008.1.2.4.90"
HTJ2K = "1.2.840.10008.1.2.4.201"
NATIVE = (IMPLICIT, EXPLICIT, DEFLATED, BIG_ENDIAN)
LOSSLESS = (*NATIVE, RLE, JPEG_LOSSLESS, JPEG_LOSSLESS_SV1, JPEG_LS, JPEG_2000, HTJ2K)

ROOT = "1.2.826.0.1.3680043.9.7777"
PATIENT_NAME = "Ruskin^Planted"
PATIENT_ID = "RUSKIN-47110815"
# whatever is searched for with these must not be found in anything that is stored or shown;
# the number is long enough not to stand in a random identifier
PLANTED = ("Ruskin", "RUSKIN", "Planted", "PLANTED", "47110815", "Brantwood", "BRANTWOOD", ROOT)


def pattern(
    rows: int = 96, columns: int = 80, *, bits: int = 12, seed: int = 0, signed: bool = False
) -> np.ndarray:
    """A smooth field with noise and a bright block that uses the whole range of `bits`."""
    random = np.random.default_rng(seed)
    top = (1 << bits) - 1
    down, across = np.mgrid[0:rows, 0:columns]
    field = 0.5 + 0.3 * np.sin(down / 9.0 + seed) * np.cos(across / 7.0)
    field += random.normal(0.0, 0.03, (rows, columns))
    field[rows // 3 : rows // 2, columns // 3 : columns // 2] = 0.95
    values = np.clip(field * top, 0, top).astype(np.int64)
    values.flat[0], values.flat[-1] = 0, top
    if signed:
        values -= 1 << (bits - 1)
    container = 8 if bits <= 8 else 16
    return values.astype(f"{'i' if signed else 'u'}{container // 8}")


def colours(rows: int = 40, columns: int = 48, *, seed: int = 0) -> np.ndarray:
    """(row, column, RGB) with 8 bits."""
    planes = [pattern(rows, columns, bits=8, seed=seed + index) for index in range(3)]
    return np.stack(planes, axis=-1)


def radiograph(
    *,
    array: np.ndarray | None = None,
    rows: int = 96,
    columns: int = 80,
    seed: int = 0,
    syntax: str = EXPLICIT,
    photometric: str | None = None,
    planted: bool = True,
    **attributes: Any,
) -> bytes:
    """A digital chest X-ray; `attributes` are set last, by DICOM keyword, None deletes."""
    pixels = pattern(rows, columns, seed=seed) if array is None else array
    dataset = _patient(seed, planted=planted)
    dataset.SOPClassUID = DigitalXRayImageStorageForPresentation
    dataset.Modality = "DX"
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.BodyPartExamined, dataset.ViewPosition = "CHEST", "PA"
    dataset.ImagerPixelSpacing = [0.15, 0.2]
    dataset.PresentationIntentType = "FOR PRESENTATION"
    dataset.BurnedInAnnotation = "NO"
    return finish(dataset, pixels, syntax=syntax, photometric=photometric, attributes=attributes)


def ct_slice(
    *,
    array: np.ndarray | None = None,
    slice_index: int = 0,
    rows: int = 64,
    columns: int = 64,
    seed: int = 0,
    syntax: str = EXPLICIT,
    planted: bool = True,
    **attributes: Any,
) -> bytes:
    """One axial slice of a CT series: signed 16 bits, Hounsfield units, geometry."""
    pixels = pattern(rows, columns, seed=seed + slice_index, signed=True)
    pixels = pixels if array is None else array
    dataset = _patient(seed, planted=planted)
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{ROOT}.{seed + 1}.1.{slice_index + 1}"
    dataset.Modality, dataset.ImageType = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.InstanceNumber = slice_index + 1
    dataset.BodyPartExamined = "CHEST"
    dataset.PixelSpacing, dataset.SliceThickness = [0.7, 0.8], 2.5
    dataset.ImagePositionPatient = [-100.0, -120.0, -50.0 + 2.5 * slice_index]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.FrameOfReferenceUID = f"{ROOT}.{seed + 1}.9"
    dataset.RescaleSlope, dataset.RescaleIntercept, dataset.RescaleType = 1, -24, "HU"
    dataset.WindowCenter, dataset.WindowWidth = [40, -600], [400, 1500]
    dataset.KVP = 120
    return finish(dataset, pixels, syntax=syntax, attributes=attributes)


def pet_slice(
    *,
    array: np.ndarray | None = None,
    syntax: str = EXPLICIT,
    injection: dict[str, Any] | None = None,
    **attributes: Any,
) -> bytes:
    """One axial slice of a PET series in Bq/ml: 403.2 MBq of fluorine-18 in 83.7 kg, injected
    3617 s before the scan; `injection` changes what is said of that. SUV by `SUV_FACTOR`."""
    radionuclide = {
        "RadiopharmaceuticalStartTime": "091731.00",
        "RadionuclideTotalDose": "403213579",
        "RadionuclideHalfLife": "6586.2",
        **(injection or {}),
    }
    item = Dataset()
    for keyword, value in radionuclide.items():
        if value is not None:
            setattr(item, keyword, value)
    stated = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.128",
        "Modality": "PT",
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "Units": "BQML",
        "CorrectedImage": ["NORM", "ATTN", "SCAT", "DECY"],
        "DecayCorrection": "START",
        "PatientWeight": "83.7",
        "SeriesDate": "20240229",
        "SeriesTime": "101748",
        "AcquisitionDate": "20240229",
        "AcquisitionTime": "101952.5",
        "RadiopharmaceuticalInformationSequence": Sequence([item]),
        "RescaleSlope": "0.7193",
        "RescaleIntercept": "0",
        **dict.fromkeys(("RescaleType", "WindowCenter", "WindowWidth", "KVP")),
    }
    return ct_slice(array=array, syntax=syntax, **(stated | attributes))


SUV_FACTOR = 83.7 * 1000 / (403213579 * 2 ** (-3617 / 6586.2))


def multi_frame(
    *,
    frames: int = 3,
    array: np.ndarray | None = None,
    rows: int = 32,
    columns: int = 40,
    seed: int = 0,
    syntax: str = EXPLICIT,
    planted: bool = True,
    **attributes: Any,
) -> bytes:
    """An enhanced CT with shared and per-frame functional groups."""
    stack = np.stack([pattern(rows, columns, seed=seed + index) for index in range(frames)])
    stack = stack if array is None else array
    dataset = _patient(seed, planted=planted)
    dataset.SOPClassUID = EnhancedCTImageStorage
    dataset.Modality, dataset.ImageType = "CT", ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    dataset.NumberOfFrames = len(stack)
    dataset.SharedFunctionalGroupsSequence = Sequence([_shared_groups()])
    items = [_frame_groups(index, planted=planted) for index in range(len(stack))]
    dataset.PerFrameFunctionalGroupsSequence = Sequence(items)
    return finish(dataset, stack, syntax=syntax, attributes=attributes, is_stack=True)


def directory(names: list[str]) -> bytes:
    """A DICOMDIR (PS3.10 8.6) that references the files of these names."""
    dataset = Dataset()
    dataset.SOPClassUID = "1.2.840.10008.1.3.10"
    dataset.SOPInstanceUID = f"{ROOT}.99"
    dataset.FileSetID = "PLANTED"
    records = []
    for name in names:
        record = Dataset()
        record.DirectoryRecordType = "IMAGE"
        record.ReferencedFileID = name.split("/")
        records.append(record)
    dataset.DirectoryRecordSequence = Sequence(records)
    return write(dataset, EXPLICIT)


BROKEN_KINDS = (
    "empty",
    "text",
    "zip",
    "truncated_header",
    "truncated_pixels",
    "lying_length",
    "deep",
    "deflate_bomb",
    "rle_bomb",
    "zero_rows",
    "zero_frames",
    "bad_uid",
    "no_pixels",
    "segmentation",
    "video",
    "damaged_jpeg2000",
    "two_samples",
    "private_syntax",
)


def broken(kind: str) -> bytes:
    """A file that cannot be used, one for each of `BROKEN_KINDS`."""
    makers = {
        "empty": lambda: b"",
        "text": lambda: b"This is a shopping list: " + b"apples, " * 50,
        "zip": lambda: b"PK\x03\x04" + bytes(200),
        "truncated_header": lambda: radiograph()[:400],
        "truncated_pixels": lambda: radiograph()[:-1000],
        "lying_length": lambda: _lying_length(radiograph()),
        "deep": lambda: deep(400),
        "deflate_bomb": deflate_bomb,
        "rle_bomb": rle_bomb,
        "zero_rows": lambda: radiograph(Rows=0),
        "zero_frames": lambda: radiograph(NumberOfFrames=-1),
        "bad_uid": lambda: radiograph(SOPInstanceUID="../../etc/passwd"),
        "no_pixels": lambda: radiograph(PixelData=None),
        "segmentation": lambda: radiograph(SOPClassUID=SegmentationStorage),
        "video": lambda: _relabel(radiograph(syntax=RLE), "1.2.840.10008.1.2.4.102"),
        "damaged_jpeg2000": lambda: _overwrite(radiograph(syntax=JPEG_2000)),
        "two_samples": lambda: radiograph(SamplesPerPixel=2),
        "private_syntax": lambda: _relabel(radiograph(syntax=RLE), "1.2.9.9"),
    }
    return makers[kind]()


def finish(
    dataset: Dataset,
    pixels: np.ndarray,
    *,
    syntax: str = EXPLICIT,
    photometric: str | None = None,
    attributes: dict[str, Any] | None = None,
    is_stack: bool = False,
) -> bytes:
    """Add the image pixel module and pixels in the given transfer syntax, then write."""
    frames = list(pixels) if is_stack else [pixels]
    colour = frames[0].ndim == 3
    bits = 8 * pixels.dtype.itemsize
    dataset.Rows, dataset.Columns = frames[0].shape[:2]
    dataset.SamplesPerPixel = 3 if colour else 1
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.PhotometricInterpretation = photometric or ("RGB" if colour else "MONOCHROME2")
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(pixels.dtype.kind == "i")
    if syntax in NATIVE:
        order = ">" if syntax == BIG_ENDIAN else "<"
        raw = np.stack(frames).astype(pixels.dtype.newbyteorder(order)).tobytes()
        dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    else:
        dataset.PixelData = encapsulate([encode_frame(frame, syntax) for frame in frames])
    dataset["PixelData"].VR = "OW" if bits > 8 and syntax in NATIVE else "OB"
    dataset["PixelData"].is_undefined_length = syntax not in NATIVE
    for keyword, value in (attributes or {}).items():
        if value is None:
            dataset.pop(keyword, None)
        else:
            setattr(dataset, keyword, value)
    return write(dataset, syntax)


def write(dataset: Dataset, syntax: str = EXPLICIT) -> bytes:
    """The bytes of a Part 10 file."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = f"{ROOT}.4"
    dataset.file_meta = meta
    target = BytesIO()
    dcmwrite(target, dataset, enforce_file_format=True)
    return target.getvalue()


def encode_frame(frame: np.ndarray, syntax: str) -> bytes:
    """One losslessly compressed frame."""
    import imagecodecs

    if syntax == RLE:
        return _encode_rle(frame)
    if syntax == JPEG_2000:
        return imagecodecs.jpeg2k_encode(frame, codecformat="j2k", reversible=True, mct=False)
    if syntax == HTJ2K:
        return imagecodecs.htj2k_encode(frame, reversible=True)
    if syntax == JPEG_LS:
        return imagecodecs.jpegls_encode(frame.view(f"u{frame.dtype.itemsize}"), level=0)
    if syntax == JPEG_BASELINE:
        return imagecodecs.jpeg8_encode(frame, level=95)
    words = frame.view(f"u{frame.dtype.itemsize}")
    bits = 8 * frame.dtype.itemsize
    return imagecodecs.ljpeg_encode(words, bitspersample=bits)


def _encode_rle(frame: np.ndarray) -> bytes:
    """PS3.5 annex G with literal runs only, one segment a byte plane, high byte first."""
    planes = np.moveaxis(frame, -1, 0) if frame.ndim == 3 else frame[None]
    segments = []
    for plane in planes:
        octets = plane.astype(plane.dtype.newbyteorder(">")).tobytes()
        size = plane.dtype.itemsize
        for place in range(size):
            data = octets[place::size]
            runs = (data[at : at + 128] for at in range(0, len(data), 128))
            packed = b"".join(bytes([len(run) - 1]) + run for run in runs)
            segments.append(packed + b"\0" * (len(packed) % 2))
    offsets = [64 + sum(map(len, segments[:index])) for index in range(len(segments))]
    header = [len(segments), *offsets, *[0] * (15 - len(segments))]
    return struct.pack("<16L", *header) + b"".join(segments)


def _patient(seed: int, *, planted: bool) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.StudyInstanceUID = f"{ROOT}.{seed + 1}"
    dataset.SeriesInstanceUID = f"{ROOT}.{seed + 1}.1"
    dataset.SOPInstanceUID = f"{ROOT}.{seed + 1}.1.1"
    dataset.PatientID = PATIENT_ID if planted else f"P{seed}"
    dataset.PatientName = PATIENT_NAME if planted else ""
    dataset.PatientSex, dataset.PatientBirthDate = "F", "19521130"
    dataset.StudyDate, dataset.StudyTime = "20240229", "101530"
    dataset.SeriesNumber, dataset.InstanceNumber = 1, 1
    dataset.Manufacturer, dataset.ManufacturerModelName = "Acme Imaging", "Lumen 3"
    if planted:
        plant(dataset)
    return dataset


_TEXTS = """
AccessionNumber InstitutionName InstitutionAddress ReferringPhysicianName StationName
StudyDescription SeriesDescription InstitutionalDepartmentName PerformingPhysicianName
NameOfPhysiciansReadingStudy OperatorsName AdmittingDiagnosesDescription DerivationDescription
OtherPatientNames PatientBirthName PatientAddress PatientMotherBirthName PatientTelephoneNumbers
Occupation AdditionalPatientHistory PatientComments DeviceSerialNumber ProtocolName StudyID
ImageComments RequestingPhysician RequestedProcedureDescription CurrentPatientLocation
PerformedProcedureStepDescription PerformedProcedureStepID AcquisitionComments
ContributionDescription FrameComments IssuerOfPatientID MedicalAlerts Allergies EthnicGroup
SoftwareVersions WindowCenterWidthExplanation AcquisitionDeviceProcessingDescription
SpecialNeeds PatientState VisitComments ReasonForStudy TextComments
"""


def plant(dataset: Dataset) -> None:
    """Put the identifiers everywhere a sloppy or hostile sender might."""
    from pydicom.datadict import dictionary_VR

    limits = {"SH": 16, "LO": 64, "ST": 200, "LT": 200, "PN": 64, "UT": 200}
    for keyword in _TEXTS.split():
        vr = dictionary_VR(keyword)
        text = PATIENT_NAME if vr == "PN" else "Ruskin 47110815 Brantwood House"
        setattr(dataset, keyword, text[: limits.get(vr, 16)])
    _plant_sequences(dataset)
    private = dataset.private_block(0x0029, "RUSKIN PRIVATE", create=True)
    private.add_new(0x10, "LO", PATIENT_NAME)
    nested = Dataset()
    nested.PatientName = PATIENT_NAME
    private.add_new(0x11, "SQ", Sequence([nested]))
    dataset.add_new(0x60000010, "US", 16)
    dataset.add_new(0x60000011, "US", 16)
    dataset.add_new(0x60000022, "LO", "Ruskin 47110815")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    dataset.add_new(0x60003000, "OW", b"RUSKIN PLANTED 47110815 BRANTWOOD...")
    dataset.add_new(0x50003000, "OW", b"RUSKIN..")


def _plant_sequences(dataset: Dataset) -> None:
    request = Dataset()
    request.RequestedProcedureDescription = "for Ruskin 47110815"
    request.ScheduledProcedureStepID = "47110815"
    dataset.RequestAttributesSequence = Sequence([request])
    other = Dataset()
    other.PatientID = PATIENT_ID
    dataset.OtherPatientIDsSequence = Sequence([other])
    # inside a sequence that is kept: an attribute that is not, and a text that is not a code
    region = Dataset()
    region.CodeValue, region.CodingSchemeDesignator = "51185008", "SCT"
    region.CodeMeaning = "Chest of Ruskin"
    region.PatientComments = "Ruskin 47110815"
    block = region.private_block(0x0011, "RUSKIN", create=True)
    block.add_new(0x01, "LT", "Ruskin of Brantwood")
    dataset.AnatomicRegionSequence = Sequence([region])
    source = Dataset()
    source.ReferencedSOPClassUID = CTImageStorage
    source.ReferencedSOPInstanceUID = f"{ROOT}.1.1.1"
    dataset.SourceImageSequence = Sequence([source])


def _shared_groups() -> Dataset:
    measures, pixel_values, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.6], 1.0
    pixel_values.RescaleSlope, pixel_values.RescaleIntercept = 2, -1000
    pixel_values.RescaleType = "HU"
    orientation.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    shared = Dataset()
    shared.PixelMeasuresSequence = Sequence([measures])
    shared.PixelValueTransformationSequence = Sequence([pixel_values])
    shared.PlaneOrientationSequence = Sequence([orientation])
    return shared


def _frame_groups(index: int, *, planted: bool) -> Dataset:
    position, content, group = Dataset(), Dataset(), Dataset()
    position.ImagePositionPatient = [0.0, 0.0, 1.0 * index]
    content.StackID, content.InStackPositionNumber = "1", index + 1
    if planted:
        content.FrameComments = "Ruskin 47110815"
        content.FrameAcquisitionDateTime = "20240229101530"
    group.PlanePositionSequence = Sequence([position])
    group.FrameContentSequence = Sequence([content])
    return group


def explicit_element(tag: int, vr: bytes, value: bytes) -> bytes:
    """One explicit little-endian element, byte by byte."""
    head = struct.pack("<HH2s", tag >> 16, tag & 0xFFFF, vr)
    if vr in (b"OB", b"OW", b"SQ", b"UN", b"UT"):
        return head + struct.pack("<HL", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def deep(levels: int) -> bytes:
    """Sequences inside sequences, of undefined length."""
    opening = struct.pack("<HH2sHL", 0x0008, 0x1140, b"SQ", 0, 0xFFFFFFFF)
    opening += struct.pack("<HHL", 0xFFFE, 0xE000, 0xFFFFFFFF)
    closing = struct.pack("<HHLHHL", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return _header_of(radiograph()) + opening * levels + closing * levels


@lru_cache
def deflate_bomb(size: int = 2 << 30) -> bytes:
    """About 2 MB that inflate to `size` bytes of one long text.

    Every flush forgets what came before, so one packed piece stands for all of them.
    """
    head = explicit_element(0x00080018, b"UI", b"1.2.3.4\0")
    head += struct.pack("<HH2sHL", 0x0008, 0x2111, b"UT", 0, size)
    machine = zlib.compressobj(9, zlib.DEFLATED, -15)
    start = machine.compress(head) + machine.flush(zlib.Z_FULL_FLUSH)
    piece = machine.compress(bytes(16 << 20)) + machine.flush(zlib.Z_FULL_FLUSH)
    rest = machine.compress(bytes(size % (16 << 20))) + machine.flush()
    return _meta(DEFLATED) + start + piece * (size >> 24) + rest


def rle_bomb() -> bytes:
    """A few hundred bytes that claim 65535 by 65535 pixels."""
    tiny = radiograph(array=pattern(2, 2), syntax=RLE, planted=False)
    rows = explicit_element(0x00280010, b"US", struct.pack("<H", 2))
    columns = explicit_element(0x00280011, b"US", struct.pack("<H", 2))
    huge = struct.pack("<H", 65_535)
    tiny = tiny.replace(rows, explicit_element(0x00280010, b"US", huge))
    return tiny.replace(columns, explicit_element(0x00280011, b"US", huge))


def _meta(syntax: str) -> bytes:
    value = syntax.encode("ascii")
    value += b"\0" * (len(value) % 2)
    return bytes(128) + b"DICM" + explicit_element(0x00020010, b"UI", value)


def _header_of(file: bytes) -> bytes:
    """Everything up to the first element of group 8."""
    return file[: file.index(struct.pack("<HH", 0x0008, 0x0005))]


def _lying_length(file: bytes) -> bytes:
    """Pixel Data that claims nearly 4 GB."""
    at = file.rindex(struct.pack("<HH2s", 0x7FE0, 0x0010, b"OW"))
    return file[: at + 8] + struct.pack("<L", 0xFFFFFF00) + file[at + 12 :]


def _relabel(file: bytes, syntax: str) -> bytes:
    """The same file under another transfer syntax."""
    old = explicit_element(0x00020010, b"UI", RLE.encode("ascii") + b"\0" * (len(RLE) % 2))
    new = explicit_element(0x00020010, b"UI", syntax.encode("ascii") + b"\0" * (len(syntax) % 2))
    assert old in file
    return file.replace(old, new)


def _overwrite(file: bytes) -> bytes:
    """A compressed frame whose main header is gone."""
    at = file.rindex(b"\xff\x4f\xff\x51")
    return file[:at] + b"\xaa" * 200 + file[at + 200 :]
