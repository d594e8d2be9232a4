"""The findings of a geometry report in words, for the drawer beside the images."""

from typing import Any

from collimate.dicom.geometry import FindingCode

_C = FindingCode
_ONE_OR_MANY: dict[FindingCode, tuple[str, str, str]] = {
    _C.missing_slices: (
        "1 slice is missing",
        "{count} slices are missing",
        "Volumes and lengths across the gap come out wrong.",
    ),
    _C.duplicate_slices: (
        "1 place was imaged more often than the others",
        "{count} places were imaged more often than the others",
        "A slice may be there twice.",
    ),
    _C.uneven_spacing: (
        "1 step between slices differs from the others",
        "{count} steps between slices differ from the others",
        "Volumes and lengths through the slices come out wrong.",
    ),
    _C.gantry_tilt: (
        "The slices are tilted by {tilt:.1f}°",
        "The slices are tilted by {tilt:.1f}°",
        "Reformatted views are sheared unless they correct for it.",
    ),
    _C.mixed_orientation: (
        "The images lie in 1 direction",
        "The images lie in {count} directions",
        "They are no single volume; each image measures by itself.",
    ),
    _C.mixed_spacing: (
        "1 image has another pixel spacing than the first",
        "{count} images have another pixel spacing than the first",
        "Lengths taken from image to image cannot be compared.",
    ),
    _C.mixed_size: (
        "The images have 1 size",
        "The images have {count} sizes",
        "They are no single volume.",
    ),
    _C.missing_position: (
        "1 image does not say where it lies in the patient",
        "{count} images do not say where they lie in the patient",
        "The order of slices is a guess, and nothing can be measured through them.",
    ),
    _C.missing_spacing: (
        "1 image does not say how large its pixels are",
        "{count} images do not say how large their pixels are",
        "Lengths are in pixels.",
    ),
    _C.lossy: (
        "1 image was compressed with loss",
        "{count} images were compressed with loss",
        "Fine texture may be gone or added.",
    ),
}


def in_words(finding: dict[str, Any], *, tilt_degrees: float) -> str:
    """One stored finding as sentences: what, where, and what follows."""
    one, many, consequence = _ONE_OR_MANY[FindingCode(finding["code"])]
    count = int(finding["count"])
    what = (one if count == 1 else many).format(count=count, tilt=tilt_degrees)
    places = [f"{place:g}" for place in finding.get("at_mm") or ()][:3]
    if places:
        more = " and more" if count > len(places) else ""
        what += f", at {', '.join(places)}{more} mm from the first slice"
    return f"{what}. {consequence}"
