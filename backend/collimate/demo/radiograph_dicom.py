"""Synthetic radiographs as real DICOM Part 10 files, with invented identifiers planted in them."""

import hashlib
import io
from datetime import date, timedelta

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

from collimate.demo.radiographs import Case, Radiograph

DX_FOR_PRESENTATION = "1.2.840.10008.5.1.4.1.1.1.1"
COMPUTED_RADIOGRAPHY = "1.2.840.10008.5.1.4.1.1.1"
PLANTED = ("Collimate^Synthetic", "DEMO-", "Synthetic Hospital", "Planted^Referrer", "555-0142")
"""Texts that stand for a patient's identity here; none may survive de-identification."""


def patient_id(case: Case) -> str:
    """The hospital number of an invented patient."""
    return f"DEMO-{case.patient_number:05d}"


def _uid(*parts: object) -> str:
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def _identity(ds: Dataset, case: Case, taken: date) -> None:
    born = taken.replace(day=1) - timedelta(days=round(365.25 * case.body.age_years) + 40)
    ds.PatientName = f"Collimate^Synthetic {case.patient_number}"
    ds.PatientID = patient_id(case)
    ds.IssuerOfPatientID = "Synthetic Hospital"
    ds.PatientBirthDate = born.strftime("%Y%m%d")
    ds.PatientSex = case.body.sex
    ds.PatientAge = f"{case.body.age_years:03d}Y"
    ds.PatientTelephoneNumbers = "555-0142"
    ds.ReferringPhysicianName = "Planted^Referrer"
    ds.OperatorsName = "Planted^Operator"
    ds.AccessionNumber = f"A{case.number:07d}"
    ds.InstitutionName = f"Synthetic Hospital {case.site.name}"
    ds.StationName = f"{case.site.key}-1".upper()
    ds.PatientComments = "Collimate^Synthetic was seen at Synthetic Hospital"
    block = ds.private_block(0x0011, "SYNTHETIC HOSPITAL", create=True)
    block.add_new(0x01, "LO", f"DEMO-{case.patient_number:05d}")


def _examination(ds: Dataset, case: Case, taken: date) -> None:
    key = ("collimate-demo", case.seed, case.patient_number, case.study_number)
    ds.SOPClassUID = DX_FOR_PRESENTATION if case.site.modality == "DX" else COMPUTED_RADIOGRAPHY
    ds.SOPInstanceUID = _uid(*key, "instance")
    ds.StudyInstanceUID = _uid(*key, "study")
    ds.SeriesInstanceUID = _uid(*key, "series")
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = taken.strftime("%Y%m%d")
    minutes = 7 * 60 + case.seed % 660
    ds.StudyTime = ds.ContentTime = f"{minutes // 60:02d}{minutes % 60:02d}00"
    ds.StudyID = str(case.number)
    ds.SeriesNumber = ds.InstanceNumber = 1
    ds.StudyDescription = "Chest"
    ds.Modality = case.site.modality
    ds.BodyPartExamined = "CHEST"
    ds.ViewPosition = case.site.view
    ds.Manufacturer = case.site.manufacturer
    ds.ManufacturerModelName = case.site.model
    ds.PatientOrientation = ["L", "F"]
    ds.KVP = 90 if case.site.view == "AP" else 125
    ds.ImageType = ["ORIGINAL", "PRIMARY"]


def _image(ds: Dataset, case: Case, picture: Radiograph) -> None:
    rows, columns = picture.pixels.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.Rows, ds.Columns = rows, columns
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.ImagerPixelSpacing = [case.site.pixel_spacing_mm] * 2
    ds.WindowCenter, ds.WindowWidth = 2048, 4096
    ds.PresentationLUTShape = "IDENTITY"
    ds.LossyImageCompression = "00"
    ds.BurnedInAnnotation = "NO"
    ds.PixelData = picture.pixels.astype("<u2").tobytes()
    if case.site.modality != "DX":
        return
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.ImageLaterality = "U"
    region = Dataset()
    region.CodeValue, region.CodingSchemeDesignator = "43799004", "SCT"
    region.CodeMeaning = "Thoracic cavity"
    ds.AnatomicRegionSequence = Sequence([region])


def to_dicom(case: Case, picture: Radiograph) -> bytes:
    """A DX or CR object (PS3.3 A.26, A.2), Explicit VR Little Endian."""
    taken = date(2024, 1, 8) + timedelta(days=case.seed % 300 + 90 * (case.study_number - 1))
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    _identity(ds, case, taken)
    _examination(ds, case, taken)
    _image(ds, case, picture)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    buffer = io.BytesIO()
    ds.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()
