"""Which SOP classes are not images for reading, and which transfer syntaxes can be decoded."""

IMPLICIT_LITTLE = "1.2.840.10008.1.2"
EXPLICIT_LITTLE = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
JPEG_BASELINE = "1.2.840.10008.1.2.4.50"
JPEG_EXTENDED = "1.2.840.10008.1.2.4.51"
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.57"
JPEG_LOSSLESS_SV1 = "1.2.840.10008.1.2.4.70"

NATIVE = frozenset({IMPLICIT_LITTLE, EXPLICIT_LITTLE, DEFLATED, EXPLICIT_BIG})
ENCAPSULATED = frozenset(
    {RLE, JPEG_BASELINE, JPEG_EXTENDED, JPEG_LOSSLESS, JPEG_LOSSLESS_SV1}
    | {f"1.2.840.10008.1.2.4.{number}" for number in (80, 81, 90, 91, 201, 202, 203)}
)
# the one decoder for each, so that a second and laxer one is never asked after a refusal
PLUGIN: dict[str, str] = {
    **dict.fromkeys(ENCAPSULATED, "pylibjpeg"),
    **dict.fromkeys((JPEG_EXTENDED, JPEG_LOSSLESS, JPEG_LOSSLESS_SV1), "collimate"),
    **dict.fromkeys(("1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.81"), "pyjpegls"),
    JPEG_BASELINE: "pillow",
}
LOSSY = frozenset({JPEG_BASELINE, JPEG_EXTENDED, "1.2.840.10008.1.2.4.81"})
PERHAPS_LOSSY = frozenset({"1.2.840.10008.1.2.4.91", "1.2.840.10008.1.2.4.203"})

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
MR_IMAGE = "1.2.840.10008.5.1.4.1.1.4"
COMPUTED_RADIOGRAPHY = "1.2.840.10008.5.1.4.1.1.1"
_STORAGE = "1.2.840.10008.5.1.4.1.1."
_SECONDARY_CAPTURES = frozenset({SECONDARY_CAPTURE, *(f"{_STORAGE}7.{n}" for n in range(1, 5))})

# PS3.4 B.5: storage classes that describe images, treatment or signals instead of being images
_NOT_IMAGES = frozenset(
    {
        *("4.2", "8", "9", "10", "11", "29", "30", "66", "67", "68.1", "68.2", "77.1.5.3"),
        *("90.1", "91.1", "200.1", "200.2", "200.3", "200.7", "200.8", "201.1"),
    }
)
# whole branches: waveforms, presentation states, registrations and masks, reports, documents,
# protocols, radiotherapy (but not RT images)
_NOT_IMAGE_BRANCHES = ("9.", "11.", "66.", "79.", "88.", "104.", "78.", "131", "481.")


def is_derived_object(sop_class_uid: str) -> bool:
    """True for segmentations, reports, doses, presentation states and their like."""
    if not sop_class_uid.startswith(_STORAGE):
        # Media Storage Directory, and the presentation and protocol classes outside storage
        return sop_class_uid == "1.2.840.10008.1.3.10"
    tail = sop_class_uid.removeprefix(_STORAGE)
    if tail in ("481.1", "481.23", "481.24"):
        return False
    return tail in _NOT_IMAGES or tail.startswith(_NOT_IMAGE_BRANCHES)


def is_secondary_capture(sop_class_uid: str) -> bool:
    """True for single and multi-frame Secondary Capture."""
    return sop_class_uid in _SECONDARY_CAPTURES
