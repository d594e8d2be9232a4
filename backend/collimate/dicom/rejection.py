"""Why a file cannot be used, as a code for machines and a sentence for people."""

from enum import StrEnum


class RejectionCode(StrEnum):
    """Stable names; they are stored, so a name is never reused for another reason."""

    not_dicom = "not_dicom"
    truncated = "truncated"
    malformed = "malformed"
    undecodable = "undecodable"
    unsupported_transfer_syntax = "unsupported_transfer_syntax"
    unsupported_pixel_format = "unsupported_pixel_format"
    no_pixel_data = "no_pixel_data"
    derived_object = "derived_object"
    too_large = "too_large"
    inflate_bomb = "inflate_bomb"
    nested_too_deep = "nested_too_deep"
    bad_uid = "bad_uid"
    bad_dimensions = "bad_dimensions"
    implausible_ratio = "implausible_ratio"
    foreign_content = "foreign_content"
    decode_timeout = "decode_timeout"
    out_of_memory = "out_of_memory"
    parser_crashed = "parser_crashed"
    bad_image = "bad_image"
    bad_volume = "bad_volume"
    sheared_volume = "sheared_volume"
    bad_zip = "bad_zip"
    encrypted_zip = "encrypted_zip"


TEXTS: dict[RejectionCode, str] = {
    RejectionCode.not_dicom: (
        "This is not a DICOM image file. Check that the right file was chosen; "
        'plain PNG, JPEG and TIFF pictures come in under "Pictures with a table".'
    ),
    RejectionCode.truncated: (
        "The file ends before its image does, so it was probably cut off while being copied. "
        "Send it again from the source."
    ),
    RejectionCode.malformed: (
        "The file contradicts itself and cannot be read safely. "
        "Export it again from the source system."
    ),
    RejectionCode.undecodable: (
        "The compressed image inside this file is damaged and cannot be decoded. "
        "Export it again from the source system, uncompressed if possible."
    ),
    RejectionCode.unsupported_transfer_syntax: (
        "The image is compressed in a way that is not supported (video, or a retired method). "
        "Export it uncompressed, or as JPEG, JPEG-LS or JPEG 2000."
    ),
    RejectionCode.unsupported_pixel_format: (
        "The pixels are stored in a form that is not supported "
        "(only 1, 8 and 16 bit grey, palette and colour images are). "
        "Export the image in one of these forms."
    ),
    RejectionCode.no_pixel_data: (
        "The file is valid DICOM but holds no image. There is nothing to read in it."
    ),
    RejectionCode.derived_object: (
        "This is not an image but an object about images "
        "(for example a segmentation, report, dose or structure set). "
        "Upload the images themselves."
    ),
    RejectionCode.too_large: (
        "The file is larger than this system accepts. Ask an administrator, or split the image."
    ),
    RejectionCode.inflate_bomb: (
        "The file expands to an implausible size when unpacked and was stopped. "
        "Export it again without deflate compression."
    ),
    RejectionCode.nested_too_deep: (
        "The file nests its contents deeper than any real image does. "
        "Export it again from the source system."
    ),
    RejectionCode.bad_uid: (
        "A unique identifier in the file is not written as the DICOM standard demands. "
        "Export it again from the source system."
    ),
    RejectionCode.bad_dimensions: (
        "The stated image size is impossible or does not fit the stored pixels. "
        "Export it again from the source system."
    ),
    RejectionCode.implausible_ratio: (
        "The image would unpack to far more than real images do, as an almost empty one or a trap. "
        "If you know where it comes from, release it: it is then read within the same limits."
    ),
    RejectionCode.foreign_content: (
        "The file is a DICOM image and something else besides: a program, an archive or a page in "
        "front of it, or bytes behind it. If you know why, release it: only the image is kept."
    ),
    RejectionCode.decode_timeout: (
        "Reading this file took longer than any real image needs, so it was stopped. "
        "Export it again, uncompressed if possible."
    ),
    RejectionCode.out_of_memory: (
        "Reading this file needs more memory than is allowed for one file. "
        "Split the image into smaller objects."
    ),
    RejectionCode.parser_crashed: (
        "Reading this file made the reader stop unexpectedly; nothing else was affected. "
        "Export it again, uncompressed if possible."
    ),
    RejectionCode.bad_image: (
        "This picture cannot be read as PNG, JPEG or TIFF. Check that it opens elsewhere, "
        "then save it again as an 8 or 16 bit PNG or TIFF, or a JPEG."
    ),
    RejectionCode.bad_volume: (
        "This NIfTI volume cannot be read: its header contradicts itself, or its voxels lie in "
        "another file. Save it again as one .nii or .nii.gz file."
    ),
    RejectionCode.sheared_volume: (
        "The axes of this NIfTI volume are not at right angles, so no image plane can hold it "
        "without interpolation. Resample it to a rectangular grid, or send the original images."
    ),
    RejectionCode.bad_zip: (
        "This zip archive is damaged, unsafe or nested. "
        "Pack the files again into one plain zip, or upload the folder itself."
    ),
    RejectionCode.encrypted_zip: (
        "This zip archive is protected by a password. Unpack it and upload the folder itself."
    ),
}


RELEASABLE = frozenset({RejectionCode.implausible_ratio, RejectionCode.foreign_content})
"""What a data manager may let pass after looking: nothing of it is served, all limits stay."""


class Rejected(Exception):
    """The input cannot be used; `text` never holds a value from the file."""

    def __init__(self, code: RejectionCode) -> None:
        self.code = code
        self.text = TEXTS[code]
        super().__init__(f"{code}: {self.text}")

    def __reduce__(self) -> tuple[type["Rejected"], tuple[RejectionCode]]:
        return Rejected, (self.code,)
