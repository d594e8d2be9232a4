"""Write a heat map of one frame as a DICOM Parametric Map that names where it comes from.

Source: PS3.3 A.75, C.8.23.1, C.8.32.2 and .3; floating point pixels, one frame. A radiograph has no
place in the patient, but the object needs one: its map gets a frame of reference of its own, with
the detector as its plane.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRLittleEndian

from collimate.dicom.planes import Plane, planes_of
from collimate.dicom.write import IMPLEMENTATION_CLASS_UID

PARAMETRIC_MAP = "1.2.840.10008.5.1.4.1.1.30"
IMAGE_TYPE = ["DERIVED", "PRIMARY", "OTHER", "ATTENTION"]
# Patient and study, as the source has them; type 2 ones are there even if empty.
_KEPT = {
    "PatientName": True, "PatientID": True, "PatientBirthDate": True, "PatientSex": True,
    "PatientAge": False, "PatientIdentityRemoved": False, "DeidentificationMethod": False,
    "StudyInstanceUID": True, "StudyDate": True, "StudyTime": True, "StudyID": True,
    "ReferringPhysicianName": True, "AccessionNumber": True, "StudyDescription": False,
}  # fmt: skip
_CHEST = ("51185008", "SCT", "Chest")
_ANATOMY = {
    "CHEST": _CHEST, "HEAD": ("69536005", "SCT", "Head"), "BRAIN": ("12738006", "SCT", "Brain"),
    "ABDOMEN": ("818983003", "SCT", "Abdomen"), "BREAST": ("76752008", "SCT", "Breast"),
    "HEART": ("80891009", "SCT", "Heart"), "PROSTATE": ("41216001", "SCT", "Prostate"),
}  # fmt: skip
_WHOLE_BODY = ("38266002", "SCT", "Entire body")
DERIVATION = ("113085", "DCM", "Spatial resampling")
PURPOSE = ("121322", "DCM", "Source image for image processing operation")


@dataclass(frozen=True)
class Uids:
    """The UIDs of a new map."""

    series: str
    instance: str
    frame_of_reference: str
    dimensions: str


@dataclass(frozen=True)
class Origin:
    """What a map was made from and by: a frame of a stored image, a model, a method, a class.

    `frame_number` counts from 1.
    """

    dicom_json: dict[str, Any]
    frame_number: int
    class_name: str
    method: str
    model_number: int
    model_sha256: str
    code_version: str
    made_at: datetime
    uids: Uids


def write_map(
    target: Path, values: Float32[np.ndarray, "rows columns"], origin: Origin
) -> None:  # fmt: skip
    """Write values (0 is nothing, 1 the strongest place) that cover the whole frame evenly.

    Raises: ValueError where values are not finite.
    """
    if not np.isfinite(values).all():
        raise ValueError("A map needs finite values.")
    source = Dataset.from_json(
        {tag: one for tag, one in origin.dicom_json.items() if "BulkDataURI" not in one}
    )
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    for keyword, is_needed in _KEPT.items():
        if keyword in source:
            dataset[keyword] = source[keyword]
        elif is_needed:
            setattr(dataset, keyword, None)
    _add_identity(dataset, origin)
    _add_content(dataset, origin)
    _add_pixels(dataset, values)
    _add_groups(dataset, source, values, origin)
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = UID(PARAMETRIC_MAP)
    meta.MediaStorageSOPInstanceUID = UID(origin.uids.instance)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = UID(IMPLEMENTATION_CLASS_UID)
    dataset.file_meta = meta
    dcmwrite(target, dataset, enforce_file_format=True)


def _add_identity(dataset: Dataset, origin: Origin) -> None:
    dataset.SOPClassUID, dataset.SOPInstanceUID = PARAMETRIC_MAP, origin.uids.instance
    dataset.SeriesInstanceUID, dataset.Modality = origin.uids.series, "OT"
    dataset.SeriesNumber, dataset.InstanceNumber = 9000 + origin.model_number % 1000, 1
    dataset.SeriesDescription = "Heat map of a model, not a lesion outline"
    dataset.Manufacturer, dataset.ManufacturerModelName = "Collimate", "Collimate"
    dataset.SoftwareVersions = origin.code_version[:64]
    dataset.DeviceSerialNumber = origin.model_sha256[:64]
    dataset.PositionReferenceIndicator = None
    for name in ("ContentDate", "InstanceCreationDate"):
        setattr(dataset, name, origin.made_at.strftime("%Y%m%d"))
    for name in ("ContentTime", "InstanceCreationTime"):
        setattr(dataset, name, origin.made_at.strftime("%H%M%S"))


def _add_content(dataset: Dataset, origin: Origin) -> None:
    """PS3.3 C.8.32.2 and C.7.6.1; the contributing equipment says which model and method."""
    dataset.ImageType, dataset.ContentQualification = IMAGE_TYPE, "RESEARCH"
    dataset.ContentLabel = "ATTENTION"
    dataset.ContentDescription = f"{origin.method}: {origin.class_name}"[:64]
    dataset.ContentCreatorName = None
    dataset.LossyImageCompression, dataset.BurnedInAnnotation = "00", "NO"
    dataset.RecognizableVisualFeatures, dataset.PresentationLUTShape = "NO", "IDENTITY"
    dataset.PatientOrientation, dataset.AcquisitionContextSequence = None, Sequence()
    maker = Dataset()
    maker.PurposeOfReferenceCodeSequence = _coded("109102", "DCM", "Processing Equipment")
    maker.Manufacturer, maker.ManufacturerModelName = "Collimate", f"Model {origin.model_number}"
    maker.SoftwareVersions = origin.code_version[:64]
    maker.DeviceSerialNumber = origin.model_sha256[:64]
    maker.ContributionDescription = (
        f"Map of “{origin.class_name}” by {origin.method}; model {origin.model_number}, weights "
        f"sha256 {origin.model_sha256}"
    ).replace("“", '"').replace("”", '"')[:1024]  # fmt: skip
    dataset.ContributingEquipmentSequence = Sequence([maker])


def _add_pixels(dataset: Dataset, values: Float32[np.ndarray, "rows columns"]) -> None:
    dataset.Rows, dataset.Columns = values.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.NumberOfFrames = 32, 1
    dataset.FloatPixelData = np.ascontiguousarray(values, dtype="<f4").tobytes()


def _add_groups(dataset: Dataset, source: Dataset, values: np.ndarray, origin: Origin) -> None:
    planes = planes_of(origin.dicom_json)
    plane = planes[min(origin.frame_number, len(planes)) - 1]
    is_placed = plane.position_mm is not None and plane.directions is not None
    frame_of_reference = str(source.get("FrameOfReferenceUID") or "") if is_placed else ""
    dataset.FrameOfReferenceUID = frame_of_reference or origin.uids.frame_of_reference
    shared = Dataset()
    _place(shared, plane, source, values.shape, is_placed=is_placed)
    anatomy = Dataset()
    part = str(source.get("BodyPartExamined", "")).upper()
    anatomy.FrameLaterality = "U"
    anatomy.AnatomicRegionSequence = _coded(*_ANATOMY.get(part, _WHOLE_BODY))
    shared.FrameAnatomySequence = Sequence([anatomy])
    unchanged = Dataset()
    unchanged.RescaleIntercept, unchanged.RescaleSlope, unchanged.RescaleType = "0", "1", "US"
    shared.PixelValueTransformationSequence = Sequence([unchanged])
    window = Dataset()
    window.WindowCenter, window.WindowWidth = "0.5", "1"
    shared.FrameVOILUTSequence = Sequence([window])
    kind = Dataset()
    kind.FrameType = IMAGE_TYPE
    shared.ParametricMapFrameTypeSequence = Sequence([kind])
    shared.RealWorldValueMappingSequence = Sequence([_meaning(origin)])
    shared.DerivationImageSequence = Sequence([_derivation(source, origin)])
    dataset.SharedFunctionalGroupsSequence = Sequence([shared])
    _number_frames(dataset, origin)
    _refer(dataset, source)


def _place(
    shared: Dataset, plane: Plane, source: Dataset, shape: tuple[int, ...], *, is_placed: bool
) -> None:
    """Where the map lies: the frame's corner stays, pixels are larger or smaller."""
    rows, columns = int(source.Rows), int(source.Columns)
    down, across = plane.spacing_mm or (1.0, 1.0)
    spacing = (down * rows / shape[0], across * columns / shape[1])
    measures = Dataset()
    measures.PixelSpacing = [_short(value) for value in spacing]
    measures.SliceThickness = _short(float(source.get("SliceThickness") or 1.0))
    shared.PixelMeasuresSequence = Sequence([measures])
    position, right, below = (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    if is_placed and plane.position_mm is not None and plane.directions is not None:
        right, below = plane.directions
        # from the middle of the source's first pixel to the middle of the map's
        step_right, step_below = (spacing[1] - across) / 2, (spacing[0] - down) / 2
        position = tuple(
            p + step_right * r + step_below * b
            for p, r, b in zip(plane.position_mm, right, below, strict=True)
        )  # type: ignore[assignment]
    where, how = Dataset(), Dataset()
    where.ImagePositionPatient = [_short(value) for value in position]
    how.ImageOrientationPatient = [_short(value) for value in (*right, *below)]
    shared.PlanePositionSequence = Sequence([where])
    shared.PlaneOrientationSequence = Sequence([how])


def _meaning(origin: Origin) -> Dataset:
    """What a value is: a share of the strongest evidence, without a unit."""
    mapping = Dataset()
    mapping.LUTExplanation, mapping.LUTLabel = origin.method[:64], "ATTENTION"
    mapping.DoubleFloatRealWorldValueFirstValueMapped = 0.0
    mapping.DoubleFloatRealWorldValueLastValueMapped = 1.0
    mapping.RealWorldValueIntercept, mapping.RealWorldValueSlope = 0.0, 1.0
    mapping.MeasurementUnitsCodeSequence = _coded("1", "UCUM", "no units")
    quantity = Dataset()
    quantity.ValueType = "CODE"
    quantity.ConceptNameCodeSequence = _coded("246205007", "SCT", "Quantity")
    quantity.ConceptCodeSequence = _coded(
        "attention", "99COLLIMATE", f"Evidence for {origin.class_name}"[:64]
    )
    mapping.QuantityDefinitionSequence = Sequence([quantity])
    return mapping


def _derivation(source: Dataset, origin: Origin) -> Dataset:
    image = Dataset()
    image.ReferencedSOPClassUID = source.SOPClassUID
    image.ReferencedSOPInstanceUID = source.SOPInstanceUID
    if int(source.get("NumberOfFrames") or 1) > 1:
        image.ReferencedFrameNumber = origin.frame_number
    image.PurposeOfReferenceCodeSequence = _coded(*PURPOSE)
    image.SpatialLocationsPreserved = "YES"
    derived = Dataset()
    derived.DerivationCodeSequence = _coded(*DERIVATION)
    derived.DerivationDescription = f"{origin.method}, model {origin.model_number}"[:1024]
    derived.SourceImageSequence = Sequence([image])
    return derived


def _number_frames(dataset: Dataset, origin: Origin) -> None:
    organization, index, own, content = Dataset(), Dataset(), Dataset(), Dataset()
    organization.DimensionOrganizationUID = origin.uids.dimensions
    dataset.DimensionOrganizationSequence = Sequence([organization])
    index.DimensionIndexPointer, index.FunctionalGroupPointer = 0x00200032, 0x00209113
    index.DimensionOrganizationUID = organization.DimensionOrganizationUID
    index.DimensionDescriptionLabel = "Image Position Patient"
    dataset.DimensionIndexSequence = Sequence([index])
    content.DimensionIndexValues = [1]
    own.FrameContentSequence = Sequence([content])
    dataset.PerFrameFunctionalGroupsSequence = Sequence([own])


def _refer(dataset: Dataset, source: Dataset) -> None:
    """Common instance reference (PS3.3 C.12.2): the series the map was made from."""
    image, series = Dataset(), Dataset()
    image.ReferencedSOPClassUID = source.SOPClassUID
    image.ReferencedSOPInstanceUID = source.SOPInstanceUID
    series.SeriesInstanceUID = source.SeriesInstanceUID
    series.ReferencedInstanceSequence = Sequence([image])
    dataset.ReferencedSeriesSequence = Sequence([series])


def _coded(value: str, scheme: str, meaning: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def _short(value: float) -> str:
    """A decimal string of at most 16 characters (PS3.5 6.2)."""
    return f"{value:.9g}" if len(f"{value:.9g}") <= 16 else f"{value:.6g}"
