"""Open a DICOM file as a data set without pixels plus the place where the pixels are.

Source: PS3.10 chapter 7 (file meta information), PS3.5 chapter 10 (transfer syntaxes).
"""

import zlib
from dataclasses import dataclass, replace
from io import BytesIO

from pydicom.datadict import dictionary_has_tag
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from collimate.dicom import kinds
from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.walk import Buffer, PixelElement, Walker

_TRANSFER_SYNTAX = 0x00020010
# programs, archives, pages, scripts; TIFF is let pass, as PS3.10 7.1 means the preamble for it
_OTHER_KINDS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe",
                b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"%PDF", b"<", b"#!", b"GIF8",
                b"\x89PNG", b"\xff\xd8\xff")  # fmt: skip
_GROUPS_AT_START = frozenset(range(0x0002, 0x0021))


@dataclass(frozen=True)
class Received:
    """One file taken apart: `pixels` points into `data`, `dataset` has all that stands before.

    `has_foreign_content`: it starts as another kind of file, or something stands behind it.
    """

    dataset: Dataset
    transfer_syntax_uid: str
    data: Buffer
    pixels: PixelElement | None
    little: bool
    has_foreign_content: bool = False

    def pixel_value(self) -> memoryview:
        """The raw value of Pixel Data.

        Raises:
            Rejected: `no_pixel_data`.
        """
        if self.pixels is None:
            raise Rejected(RejectionCode.no_pixel_data)
        start = self.pixels.value
        return memoryview(self.data)[start : start + self.pixels.length]


def open_part10(data: Buffer, limits: Limits = LIMITS) -> Received:
    """Take a file apart; values stay uninterpreted.

    Raises:
        Rejected: with the code for what is wrong.
    """
    if len(data) > limits.file_bytes:
        raise Rejected(RejectionCode.too_large)
    start = 132 if bytes(data[128:132]) == b"DICM" else 0
    if start == 0 and bytes(data[:4]) == b"PK\x03\x04":
        raise Rejected(RejectionCode.bad_zip)
    syntax, body_at = _read_meta(data, start, limits)
    if syntax is None:
        return _open_without_meta(data, body_at, limits)
    is_two_things = start == 132 and bytes(data[:16]).startswith(_OTHER_KINDS)
    if syntax == kinds.DEFLATED:
        data, body_at = inflate(memoryview(data)[body_at:], limits), 0
    received = _open_body(data, body_at, syntax, limits)
    return replace(received, has_foreign_content=True) if is_two_things else received


def _read_meta(data: Buffer, start: int, limits: Limits) -> tuple[str | None, int]:
    """The transfer syntax, if stated, and the offset of the first element outside group 2."""
    walker = Walker(data, implicit=False, little=True, limits=limits)
    offset, syntax = start, None
    while offset + 8 <= len(data) and walker.tag_at(offset) >> 16 == 0x0002:
        header = walker.header_at(offset, implicit=False)
        end = header.value + header.length
        if end > len(data):
            raise Rejected(RejectionCode.truncated)
        if header.tag == _TRANSFER_SYNTAX:
            syntax = bytes(data[header.value : end]).rstrip(b"\0 ").decode("ascii", "replace")
        offset = end
    if start == 132 and offset >= len(data):
        raise Rejected(RejectionCode.truncated)
    return syntax or None, offset


def _open_without_meta(data: Buffer, start: int, limits: Limits) -> Received:
    """Guess the encoding from the first element; only a whole image is accepted on a guess."""
    code = RejectionCode.malformed if start >= 132 else RejectionCode.not_dicom
    guess = _guess_syntax(data, start)
    if guess is None:
        raise Rejected(code)
    try:
        received = _open_body(data, start, guess, limits)
    except Rejected as error:
        if error.code in (RejectionCode.nested_too_deep, RejectionCode.too_large):
            raise
        raise Rejected(code) from None
    sop_class = str(received.dataset.get("SOPClassUID", "") or "")
    if kinds.is_derived_object(sop_class):
        raise Rejected(RejectionCode.derived_object)
    if received.pixels is None or not {"Rows", "Columns"} <= set(received.dataset.dir()):
        raise Rejected(code)
    if received.pixels.encapsulated:
        raise Rejected(RejectionCode.unsupported_transfer_syntax)
    return received


def _guess_syntax(data: Buffer, start: int) -> str | None:
    head = bytes(data[start : start + 8])
    if len(head) < 8:
        return None
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    if int.from_bytes(head[:2], "little") in _GROUPS_AT_START:
        return kinds.EXPLICIT_LITTLE if explicit else kinds.IMPLICIT_LITTLE
    if int.from_bytes(head[:2], "big") in _GROUPS_AT_START and explicit:
        return kinds.EXPLICIT_BIG
    return None


def _open_body(data: Buffer, start: int, syntax: str, limits: Limits) -> Received:
    if syntax not in kinds.NATIVE and not syntax.startswith("1.2.840.10008.1.2."):
        raise Rejected(RejectionCode.unsupported_transfer_syntax)
    implicit, little = syntax == kinds.IMPLICIT_LITTLE, syntax != kinds.EXPLICIT_BIG
    walker = Walker(data, implicit=implicit, little=little, limits=limits)
    if not implicit and walker.looks_implicit(start):
        # files that say explicit and are implicit do exist
        implicit = True
        walker = Walker(data, implicit=True, little=little, limits=limits)
    pixels = walker.find_pixels(start)
    end = len(data) if pixels is None else pixels.header
    if end - start > limits.header_bytes:
        raise Rejected(RejectionCode.too_large)
    head = bytes(data[start:end])
    try:
        dataset = read_dataset(BytesIO(head), implicit, little, bytelength=len(head))
        if not little:
            _swap_words(dataset)
    except RecursionError:
        raise Rejected(RejectionCode.nested_too_deep) from None
    except MemoryError:
        raise
    except Exception:
        raise Rejected(RejectionCode.malformed) from None
    is_clean = pixels is None or walker.ends_cleanly(pixels)
    return Received(dataset, syntax, data, pixels, little, has_foreign_content=not is_clean)


def _swap_words(dataset: Dataset) -> None:
    """Bring tables of 16 bit words into little-endian order; pixels are not in the data set."""
    for tag in list(dataset.keys()):
        element = dataset[tag] if dictionary_has_tag(tag) else None
        if element is None:
            continue
        if element.VR == "SQ":
            for item in element.value:
                _swap_words(item)
        elif element.VR == "OW" and isinstance(element.value, bytes):
            words = element.value[: len(element.value) // 2 * 2]
            swapped = bytearray(words)
            swapped[0::2], swapped[1::2] = words[1::2], words[0::2]
            element.value = bytes(swapped)


def inflate(deflated: Buffer, limits: Limits = LIMITS) -> bytearray:
    """Undo PS3.5 A.5 deflation, stopping as soon as a limit is passed.

    Raises:
        Rejected: `inflate_bomb`, `truncated` or `malformed`.
    """
    machine = zlib.decompressobj(-zlib.MAX_WBITS)
    plausible = max(limits.inflate_free_bytes, limits.inflate_ratio * len(deflated))
    most = min(limits.inflated_bytes, plausible)
    inflated = bytearray()
    source = BytesIO(deflated)
    pending = b""
    while not machine.eof:
        pending = pending or source.read(1 << 16)
        if not pending:
            raise Rejected(RejectionCode.truncated)
        try:
            inflated += machine.decompress(pending, 1 << 20)
        except zlib.error:
            raise Rejected(RejectionCode.malformed) from None
        pending = machine.unconsumed_tail
        if len(inflated) > most:
            raise Rejected(RejectionCode.inflate_bomb)
    return inflated
