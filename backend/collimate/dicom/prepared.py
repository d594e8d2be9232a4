"""What is known about an image once it has been de-identified and made servable."""

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

EXPLICIT_VR_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"


@dataclass(frozen=True)
class PreparedInstance:
    """Facts about one stored object; everything here is free of identifiers and is JSON.

    `source_sha256` is of the file as it came, `content_sha256` of what is kept of it, however it
    was wrapped (`dicom/content.py`). `stated_pseudonym` is the Patient ID as it came, only where it
    has the form of a pseudonym: it may be one of ours, and must not be stored if it is not.

    `frame_ranges` are `[offset, length]` in bytes inside `instance.dcm` (`frames_in` = "file")
    or `frames.raw` ("frames"). Frames of `limits.progressive_frame_bytes` and more are also kept
    as HTJ2K (`dicom/progressive.py`), at `progressive_ranges` of `progressive.jhc`; empty where
    they are small. `dicom_json` follows PS3.18 annex F and describes the frames as
    they are served, without Pixel Data. `actions` counts what de-identification did, by action code
    of PS3.15 table E.1-1a and keyword. `suspicions` say why a person has to look at the pixels (see
    `dicom/suspicion.py`) and `text_boxes` where, as [x, y, width, height] in pixels.
    """

    study_uid: str
    series_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    original_transfer_syntax_uid: str
    source_sha256: str
    content_sha256: str
    patient_hash: str
    pseudonym: str
    stated_pseudonym: str | None
    study: dict[str, Any]
    series: dict[str, Any]
    rows: int
    columns: int
    frame_count: int
    samples_per_pixel: int
    bits_allocated: int
    photometric_interpretation: str
    instance_number: int | None
    pixel_spacing_mm: list[float] | None
    spacing_kind: Literal["pixel", "imager"] | None
    is_lossy: bool
    frames_in: Literal["file", "frames"]
    frame_ranges: list[list[int]]
    progressive_ranges: list[list[int]]
    dicom_json: dict[str, Any]
    quality: dict[str, float]
    picture_hash: int | None
    removed: list[str]
    actions: dict[str, dict[str, int]]
    burned_in_suspected: bool
    suspicions: list[str]
    text_boxes: list[list[int]]
    served_transfer_syntax_uid: str = EXPLICIT_VR_LITTLE_ENDIAN

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary that `json` can write."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "PreparedInstance":
        """The reverse of `to_json`."""
        return cls(**value)


@dataclass(frozen=True)
class FrameFacts:
    """What turns the bytes of one served frame into a picture.

    `slope` and `intercept` lead to modality values, `window` is `(centre, width)` in them.
    """

    rows: int
    columns: int
    samples_per_pixel: int
    bits_allocated: int
    signed: bool
    photometric_interpretation: str
    slope: float = 1.0
    intercept: float = 0.0
    window: tuple[float, float] | None = None

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        return self.rows * self.columns * self.samples_per_pixel * (self.bits_allocated // 8)

    def to_json(self) -> dict[str, Any]:
        """A plain dictionary that `json` can write."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "FrameFacts":
        """The reverse of `to_json`."""
        window = value.get("window")
        return cls(**{**value, "window": None if window is None else (window[0], window[1])})


def frame_facts(dicom_json: dict[str, Any], frame_index: int = 0) -> FrameFacts:
    """Read the facts of one frame from stored DICOM JSON.

    Functional groups (PS3.3 C.7.6.16) win over the top level where they are present.
    """
    groups = _frame_groups(dicom_json, frame_index)
    slope = _number(groups, "00281053")
    centre, width = _number(groups, "00281050"), _number(groups, "00281051")
    window = None if centre is None or width is None or width <= 0 else (centre, width)
    return FrameFacts(
        rows=int(_first(dicom_json, "00280010")),
        columns=int(_first(dicom_json, "00280011")),
        samples_per_pixel=int(_first(dicom_json, "00280002")),
        bits_allocated=int(_first(dicom_json, "00280100")),
        signed=bool(_first(dicom_json, "00280103")),
        photometric_interpretation=str(_first(dicom_json, "00280004")),
        slope=1.0 if slope in (None, 0.0) else float(slope or 1.0),
        intercept=_number(groups, "00281052") or 0.0,
        window=window,
    )


def padding_values(dicom_json: dict[str, Any], facts: FrameFacts) -> tuple[float, float] | None:
    """Modality values from … to that stand for "not imaged". Source: PS3.3 C.7.5.1.1.2."""
    first = _number([dicom_json], "00280120")
    last = _number([dicom_json], "00280121")
    if first is None:
        return None
    ends = [facts.slope * end + facts.intercept for end in (first, first if last is None else last)]
    return min(ends), max(ends)


def _frame_groups(dicom_json: dict[str, Any], frame_index: int) -> list[dict[str, Any]]:
    """The places to look in, nearest first."""
    places: list[dict[str, Any]] = []
    for tag, index in (("52009230", frame_index), ("52009229", 0)):
        items = dicom_json.get(tag, {}).get("Value", [])
        if index < len(items):
            for macro in ("00289132", "00289145"):
                places.extend(items[index].get(macro, {}).get("Value", []))
    return [*places, dicom_json]


def _first(dataset: dict[str, Any], tag: str) -> Any:
    values = dataset.get(tag, {}).get("Value")
    return values[0] if values else 0


def _number(places: list[dict[str, Any]], tag: str) -> float | None:
    for place in places:
        values = place.get(tag, {}).get("Value")
        if values and isinstance(values[0], int | float):
            return float(values[0])
    return None
