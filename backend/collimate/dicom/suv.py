"""SUV by body weight of a PET image: worked out before de-identification takes weight, dose and
times away, and written down as what one step of the stored values is worth.

The viewer follows the same rules (`frontend/src/viewer/suv.ts`); both are held to the cases of
`tests/dicom/suv_cases.json`. Source: the vendor-neutral computation of the Quantitative Imaging
Biomarkers Alliance ("happy path only"); PS3.3 C.7.6.1 and C.7.6.16.2.11 (real world value mapping).
"""

import math
import re
from datetime import date
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from collimate.dicom.clean_values import values_of
from collimate.dicom.pixels import PixelFacts

FIGURES = 4
"""Of the factor that is written: one of more could be searched for the weights, doses and times
that give exactly it, and SUV of one patient repeat to about a tenth."""

_UNIT = ("{SUVbw}g/ml", "UCUM")
_MEANING = "Standardized Uptake Value body weight"
_MOST_S = 24 * 3600
"""Nobody waits a day between injection and scan: dates or times must be wrong."""
_DIFFERENCE = 0.01
"""Two sources of one factor may differ by this share of it."""
_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2}(?:\.[0-9]+)?)?")


def add_suv(clean: Dataset, received: Dataset, facts: PixelFacts) -> None:
    """Give a de-identified PET image its mapping to SUV, where the received one allows it.

    Mappings that the received image has are not copied: a sound one to SUV by body weight is
    written anew, all others are gone. An image without one stands for "not known".
    """
    factor, rescale = suv_factor(received), _rescale(clean)
    if factor is None or rescale is None:
        return
    groups = ("SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence")
    if not facts.photometric.startswith("MONOCHROME") or any(name in received for name in groups):
        return
    factor = float(f"{factor:.{FIGURES}g}")
    slope, intercept = (part * factor for part in rescale)
    if math.isfinite(slope) and math.isfinite(intercept):
        clean.RealWorldValueMappingSequence = Sequence([_mapping(slope, intercept, facts)])


def suv_factor(image: Dataset) -> float | None:
    """By what modality values have to be multiplied to be SUV by body weight, in g/ml.

    As the image's own mapping says, else worked out of weight, dose and times; None where neither
    can be had, or where the two contradict each other.
    """
    if _text(image, "Modality") != "PT":
        return None
    stated, derived = _stated(image), _derived(image)
    if stated is not None and derived is not None and abs(stated / derived - 1) > _DIFFERENCE:
        return None
    return derived if stated is None else stated


def _stated(image: Dataset) -> float | None:
    """The factor of the one mapping to SUV by body weight, if it is a plain multiple."""
    mappings = [
        item
        for item in _items(image, "RealWorldValueMappingSequence")
        if [_unit(unit) for unit in _items(item, "MeasurementUnitsCodeSequence")] == [_UNIT]
    ]
    rescale = _rescale(image)
    if len(mappings) != 1 or "RealWorldValueLUTData" in mappings[0] or rescale is None:
        return None
    slope = _number(mappings[0], "RealWorldValueSlope")
    intercept = _number(mappings[0], "RealWorldValueIntercept")
    if slope is None or intercept is None:
        return None
    factor = slope / rescale[0]
    # values at zero uptake agree to a thousandth of a stored step
    is_multiple = abs(intercept - factor * rescale[1]) <= abs(slope) / 1000
    return factor if is_multiple and 0 < factor < math.inf else None


def _unit(code: Dataset) -> tuple[str, str]:
    return _text(code, "CodeValue"), _text(code, "CodingSchemeDesignator")


def _derived(image: Dataset) -> float | None:
    """Values in Bq/ml, corrected for attenuation and decay, by weight and dose; or g/ml already."""
    units = _text(image, "Units")
    if units == "GML":
        return 1.0 if (_text(image, "SUVType") or "BW") == "BW" else None
    corrections = {str(value).strip() for value in _values(image, "CorrectedImage")}
    if units != "BQML" or not {"ATTN", "DECY"} <= corrections:
        return None
    weight_kg, dose_bq = _number(image, "PatientWeight"), _dose_bq(image)
    if not weight_kg or not dose_bq:
        return None
    factor = weight_kg * 1000 / dose_bq
    return factor if 0 < factor < math.inf else None


def _dose_bq(image: Dataset) -> float | None:
    """The dose that is left at the time the images are corrected to."""
    injections = _items(image, "RadiopharmaceuticalInformationSequence")
    if len(injections) != 1:
        return None
    dose_bq = _number(injections[0], "RadionuclideTotalDose")
    if dose_bq is None or dose_bq <= 0:
        return None
    corrected_to = _text(image, "DecayCorrection")
    if corrected_to == "ADMIN":
        return dose_bq
    half_s = _number(injections[0], "RadionuclideHalfLife")
    start, end = _injected_s(injections[0], image), _started_s(image)
    if corrected_to != "START" or not half_s or half_s <= 0 or start is None or end is None:
        return None
    decay_s = end - start
    return dose_bq * 2 ** (-decay_s / half_s) if 0 <= decay_s <= _MOST_S else None


def _started_s(image: Dataset) -> float | None:
    """The scan started when the series did, unless that is later than the acquisition: then the
    series was made afterwards and its time says nothing."""
    series = _seconds(_text(image, "SeriesDate"), _text(image, "SeriesTime"))
    acquired = _seconds(_text(image, "AcquisitionDate"), _text(image, "AcquisitionTime"))
    return None if series is None or acquired is None or series > acquired else series


def _injected_s(injection: Dataset, image: Dataset) -> float | None:
    """With a date of its own, else on the day of the scan."""
    moment = _text(injection, "RadiopharmaceuticalStartDateTime")
    if moment:
        return _seconds(moment[:8], re.sub(r"[+-].*$", "", moment[8:]))
    return _seconds(_text(image, "SeriesDate"), _text(injection, "RadiopharmaceuticalStartTime"))


def _seconds(day: str, time: str) -> float | None:
    """Seconds since some midnight; None unless both are there, the time to the minute at least."""
    calendar, clock = _DATE.fullmatch(day), _CLOCK.match(time)
    if calendar is None or clock is None:
        return None
    try:
        days = date(int(calendar[1]), int(calendar[2]), int(calendar[3])).toordinal()
    except ValueError:
        return None
    return days * 86400 + int(clock[1]) * 3600 + int(clock[2]) * 60 + float(clock[3] or 0)


def _rescale(image: Dataset) -> tuple[float, float] | None:
    """Slope and intercept that lead from stored to modality values."""
    slope, intercept = _number(image, "RescaleSlope"), _number(image, "RescaleIntercept")
    return None if not slope or intercept is None else (slope, intercept)


def _mapping(slope: float, intercept: float, facts: PixelFacts) -> Dataset:
    """From every value the pixels can have to SUV."""
    unit, item = Dataset(), Dataset()
    unit.CodeValue, unit.CodingSchemeDesignator = _UNIT
    unit.CodeMeaning = _MEANING
    lowest = -(1 << (facts.bits_stored - 1)) if facts.signed else 0
    vr = "SS" if facts.signed else "US"
    item.LUTExplanation, item.LUTLabel = "SUV by body weight", "SUVbw"
    item.MeasurementUnitsCodeSequence = Sequence([unit])
    item.add_new(0x00409216, vr, lowest)
    item.add_new(0x00409211, vr, lowest + (1 << facts.bits_stored) - 1)
    item.RealWorldValueIntercept, item.RealWorldValueSlope = intercept, slope
    return item


def _values(dataset: Dataset, keyword: str) -> list[Any]:
    """All values, none where they cannot be read."""
    try:
        return values_of(dataset[keyword]) if keyword in dataset else []
    except MemoryError:
        raise
    except Exception:
        return []


def _text(dataset: Dataset, keyword: str) -> str:
    return next((str(value).strip("\0 ") for value in _values(dataset, keyword)), "")


def _number(dataset: Dataset, keyword: str) -> float | None:
    """The first of values that are all finite numbers."""
    try:
        numbers = [float(value) for value in _values(dataset, keyword)]
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers[0] if numbers and all(map(math.isfinite, numbers)) else None


def _items(dataset: Dataset, keyword: str) -> list[Dataset]:
    return [value for value in _values(dataset, keyword) if isinstance(value, Dataset)]
