"""Facts about a cleaned data set that tables, filters and the viewer need."""

from typing import Any, Literal

from pydicom.dataset import Dataset

from collimate.dicom import identity, kinds
from collimate.dicom.patient import patient_age_years, patient_sex

_SCREEN_MODALITIES = frozenset({"US", "IVUS", "XA", "RF", "ES", "XC", "GM", "OT"})


def describe_study(clean: Dataset) -> dict[str, Any]:
    """Study facts; the date is the shifted one, as ISO text."""
    shifted = identity.parse_date(text(clean, "StudyDate") or "")
    return {
        "study_date": None if shifted is None else shifted.isoformat(),
        "study_time": text(clean, "StudyTime"),
        "body_part": text(clean, "BodyPartExamined"),
        "patient_sex": patient_sex(clean),
        "patient_age_years": patient_age_years(clean),
    }


def describe_series(clean: Dataset) -> dict[str, Any]:
    """Series facts."""
    return {
        "modality": text(clean, "Modality") or "OT",
        "series_number": integer(clean, "SeriesNumber"),
        "laterality": text(clean, "Laterality") or text(clean, "ImageLaterality"),
        "view_position": text(clean, "ViewPosition"),
        "manufacturer": text(clean, "Manufacturer"),
        "manufacturer_model_name": text(clean, "ManufacturerModelName"),
        "body_part": text(clean, "BodyPartExamined"),
    }


def spacing_mm(clean: Dataset) -> tuple[list[float] | None, Literal["pixel", "imager"] | None]:
    """`[row, column]` in millimetres in the patient, or at the detector.

    Source: PS3.3 10.7.1.3 and C.7.6.16.2.1.
    """
    measures = _first_item(_first_item(clean, "SharedFunctionalGroupsSequence"), _MEASURES)
    if measures is None:
        measures = _first_item(_first_item(clean, "PerFrameFunctionalGroupsSequence"), _MEASURES)
    for dataset in (clean, measures):
        pair = _pair(dataset, "PixelSpacing")
        if pair:
            return pair, "pixel"
    pair = _pair(clean, "ImagerPixelSpacing")
    return (pair, "imager") if pair else (None, None)


_MEASURES = "PixelMeasuresSequence"


def _first_item(dataset: Dataset | None, keyword: str) -> Dataset | None:
    items = None if dataset is None else dataset.get(keyword)
    return items[0] if items else None


def _pair(dataset: Dataset | None, keyword: str) -> list[float] | None:
    value = None if dataset is None else dataset.get(keyword)
    if value is None or isinstance(value, str) or not hasattr(value, "__len__") or len(value) != 2:
        return None
    pair = [float(value[0]), float(value[1])]
    return pair if min(pair) > 0 else None


def is_lossy(clean: Dataset, transfer_syntax_uid: str) -> bool:
    """True where pixel values were changed by compression at any time."""
    stated = text(clean, "LossyImageCompression")
    if stated == "01" or transfer_syntax_uid in kinds.LOSSY:
        return True
    return transfer_syntax_uid in kinds.PERHAPS_LOSSY and stated != "00"


def is_burned_in_suspected(clean: Dataset) -> bool:
    """True where identifying text may be part of the picture and nobody has said it is not."""
    stated = text(clean, "BurnedInAnnotation")
    if stated in ("YES", "NO"):
        return stated == "YES"
    image_type = [str(value) for value in (clean.get("ImageType") or [])]
    return (
        text(clean, "Modality") in _SCREEN_MODALITIES
        or kinds.is_secondary_capture(str(clean.SOPClassUID))
        or "SECONDARY" in image_type
    )


def text(dataset: Dataset, keyword: str) -> str | None:
    """The first value as text; None when empty."""
    value = dataset.get(keyword)
    return None if value in (None, "") else str(value)


def integer(dataset: Dataset, keyword: str) -> int | None:
    """The value as a whole number that a database can hold; None when it is none."""
    try:
        number = int(str(dataset.get(keyword)))
    except ValueError:
        return None
    return number if -(2**31) <= number < 2**31 else None
