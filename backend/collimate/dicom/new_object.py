"""What pictures and volumes from outside DICOM have in common when they are written as DICOM."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from collimate.dicom import identity, kinds
from collimate.dicom.write import write_part10

_UID_KEY = b"collimate image import"


@dataclass(frozen=True)
class Facts:
    """What is known about a picture or volume besides its pixels.

    `patient_id` groups studies of a person; equal `study_key` make one study, `series_key` tells
    its series apart: UIDs follow from keys and bytes alone, so the same input gives the same
    objects. `site` is kept as the model name of the equipment; `study_date` is ISO text;
    `pixel_spacing_mm` is (row, column) at the detector, for pictures.
    """

    patient_id: str
    study_key: str
    modality: str = "OT"
    series_key: str = ""
    series_number: int = 1
    instance_number: int = 1
    body_part: str | None = None
    view_position: str | None = None
    laterality: str | None = None
    site: str | None = None
    sex: str | None = None
    age_years: int | None = None
    study_date: str | None = None
    pixel_spacing_mm: tuple[float, float] | None = None


# type 2 of every image: known or empty. Source: PS3.3 C.7.1.1, C.7.2.1, C.7.3.1, C.7.5.1, C.7.6.1
_TYPE_2 = (
    "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "StudyID", "AccessionNumber",
    "ReferringPhysicianName", "Manufacturer", "PatientOrientation",
)  # fmt: skip
# of these there are two, so that the side is asked for
_PAIRED = frozenset(
    {
        "ADRENAL", "ANKLE", "ARM", "AXILLA", "BREAST", "CALF", "CAROTID",
        "CLAVICLE", "ELBOW", "EXTREMITY", "EYE", "FEMUR", "FINGER", "FOOT",
        "FOREARM", "HAND", "HIP", "ILIUM", "KIDNEY", "KNEE", "LEG",
        "LOWERLEG", "LUNG", "MANDIBLE", "ORBIT", "OVARY", "RIB", "SCAPULA",
        "SHOULDER", "TESTIS", "THIGH", "THUMB", "TOE", "UPPERARM", "URETER",
        "WRIST",
    }
)  # fmt: skip


def new_dataset(facts: Facts) -> Dataset:
    """Patient, study and series of a new object."""
    dataset = Dataset()
    for keyword in _TYPE_2:
        setattr(dataset, keyword, None)
    dataset.PatientID, dataset.PatientName = facts.patient_id, ""
    dataset.StudyInstanceUID = new_uid("study", facts.study_key)
    dataset.SeriesInstanceUID = new_uid("series", facts.study_key, facts.series_key)
    dataset.Modality = facts.modality
    dataset.SeriesNumber, dataset.InstanceNumber = facts.series_number, facts.instance_number
    optional = {
        "BodyPartExamined": facts.body_part and facts.body_part.upper()[:16],
        "ViewPosition": facts.view_position and facts.view_position.upper()[:16],
        "Laterality": facts.laterality and facts.laterality.upper()[:1],
        "ManufacturerModelName": facts.site and facts.site[:64],
        "PatientSex": facts.sex if facts.sex in ("M", "F", "O") else None,
        "PatientAge": None if facts.age_years is None else _age(facts.age_years),
        "StudyDate": facts.study_date and date.fromisoformat(facts.study_date).strftime("%Y%m%d"),
    }
    if optional["BodyPartExamined"] in (None, "", *_PAIRED):
        dataset.Laterality = None
    for keyword, value in optional.items():
        if value:
            setattr(dataset, keyword, value)
    return dataset


def new_uid(*parts: str) -> str:
    """A UID that follows from its parts."""
    return identity.uid_from(identity.keyed(_UID_KEY, *parts))


def _age(years: int) -> str:
    return f"{min(max(years, 0), 999):03d}Y"


def add_pixel_module(dataset: Dataset, array: NDArray[Any]) -> None:
    """The image pixel module (PS3.3 C.7.6.3) of a (row, column) or (row, column, RGB) array."""
    bits = 8 * array.dtype.itemsize
    dataset.Rows, dataset.Columns = array.shape[:2]
    dataset.SamplesPerPixel = 1 if array.ndim == 2 else 3
    dataset.PhotometricInterpretation = "MONOCHROME2" if array.ndim == 2 else "RGB"
    if array.ndim == 3:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = bits, bits, bits - 1
    dataset.PixelRepresentation = int(array.dtype.kind == "i")


def write_object(dataset: Dataset, array: NDArray[Any], out: Path) -> None:
    """Write an uncompressed explicit little-endian file."""
    raw = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).tobytes()
    write_part10(
        out,
        dataset,
        transfer_syntax_uid=kinds.EXPLICIT_LITTLE,
        pixels=[raw],
        pixel_bytes=len(raw),
        pixel_vr=b"OW" if dataset.BitsAllocated > 8 else b"OB",
    )
