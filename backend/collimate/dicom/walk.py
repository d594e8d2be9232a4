"""Walk over the element headers of a data set without interpreting a single value.

The walk is iterative and only compares numbers, so nesting, lying lengths and cut-off files are
recognised before a real parser, which recurses and allocates, sees the bytes.
Source: PS3.5 chapter 7.
"""

import struct
from dataclasses import dataclass
from typing import NamedTuple

from pydicom.datadict import dictionary_VR

from collimate.dicom.limits import LIMITS, Limits
from collimate.dicom.rejection import Rejected, RejectionCode

Buffer = bytes | bytearray | memoryview

UNDEFINED = 0xFFFFFFFF
PIXEL_DATA = 0x7FE00010
ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
_LONG_VR = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN"}) | {
    b"UR",
    b"UT",
    b"UV",
}
_SHORT_VR = frozenset(
    b"AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US".split(),
)


class Header(NamedTuple):
    """One element header; `value` is the offset of the first byte after it."""

    tag: int
    vr: bytes
    length: int
    value: int


@dataclass(frozen=True)
class PixelElement:
    """Where Pixel Data stands: offset of its header, VR, and the span of its value."""

    header: int
    vr: bytes
    value: int
    length: int
    encapsulated: bool


@dataclass
class _Level:
    """A sequence (`items`) or an item being walked through; `end` is None when undefined."""

    items: bool
    end: int | None
    implicit: bool


class Walker:
    """Reads headers of one byte string in one byte order."""

    def __init__(self, data: Buffer, *, implicit: bool, little: bool, limits: Limits = LIMITS):
        self.data = data
        self.size = len(data)
        self.implicit = implicit
        self.limits = limits
        order = "<" if little else ">"
        self._tag = struct.Struct(order + "HH")
        self._short = struct.Struct(order + "H")
        self._long = struct.Struct(order + "L")

    def tag_at(self, offset: int) -> int:
        """The tag as one number."""
        group, element = self._tag.unpack_from(self.data, offset)
        return int(group) << 16 | int(element)

    def header_at(self, offset: int, *, implicit: bool) -> Header:
        """Read one header.

        Raises:
            Rejected: `truncated` when the bytes end inside it, `malformed` for an unknown VR.
        """
        if offset + 8 > self.size:
            raise Rejected(RejectionCode.truncated)
        tag = self.tag_at(offset)
        if implicit or tag >> 16 == 0xFFFE:
            return Header(tag, b"", self._long.unpack_from(self.data, offset + 4)[0], offset + 8)
        vr = bytes(self.data[offset + 4 : offset + 6])
        if vr in _LONG_VR:
            if offset + 12 > self.size:
                raise Rejected(RejectionCode.truncated)
            return Header(tag, vr, self._long.unpack_from(self.data, offset + 8)[0], offset + 12)
        if vr not in _SHORT_VR and not (vr.isalpha() and vr.isupper()):
            raise Rejected(RejectionCode.malformed)
        return Header(tag, vr, self._short.unpack_from(self.data, offset + 6)[0], offset + 8)

    def looks_implicit(self, offset: int) -> bool:
        """Whether the element at `offset` has no VR, as sequences in mixed files may."""
        if self.implicit or offset + 6 > self.size:
            return self.implicit
        return bytes(self.data[offset + 4 : offset + 6]) not in (_LONG_VR | _SHORT_VR)

    def find_pixels(self, start: int = 0) -> PixelElement | None:
        """Walk from `start` to Pixel Data at the top level; None when the data set ends first.

        Raises:
            Rejected: `truncated`, `malformed`, `nested_too_deep` or `too_large`.
        """
        offset, seen = start, 0
        levels: list[_Level] = [_Level(items=False, end=self.size, implicit=self.implicit)]
        while True:
            level = levels[-1]
            if level.end is not None and offset >= level.end:
                if len(levels) == 1:
                    return None
                if offset > level.end:
                    raise Rejected(RejectionCode.malformed)
                levels.pop()
                continue
            seen += 1
            if seen > self.limits.elements:
                raise Rejected(RejectionCode.too_large)
            if len(levels) == 1 and self.size - offset < 8:
                if any(self.data[offset : self.size]):
                    raise Rejected(RejectionCode.truncated)
                return None  # padding behind the last element
            header = self.header_at(offset, implicit=level.implicit)
            if header.tag == PIXEL_DATA and len(levels) == 1:
                return self._pixels(offset, header)
            offset = self._step(levels, header)
            # a sequence opens two levels, itself and its item
            if len(levels) > 2 * self.limits.nesting_depth + 1:
                raise Rejected(RejectionCode.nested_too_deep)

    def _step(self, levels: list[_Level], header: Header) -> int:
        """Enter, leave or skip what the header announces; returns the next offset."""
        level = levels[-1]
        if header.tag in (ITEM_END, SEQUENCE_END):
            fits = level.items == (header.tag == SEQUENCE_END) and len(levels) > 1
            if not fits or header.length:
                raise Rejected(RejectionCode.malformed)
            if level.end is None:
                levels.pop()
            elif level.end != header.value:
                # needless after a defined length, and elsewhere parsers differ on what it ends
                raise Rejected(RejectionCode.malformed)
            return header.value
        if level.items:
            if header.tag != ITEM:
                raise Rejected(RejectionCode.malformed)
            return self._enter(levels, header, items=False, implicit=level.implicit)
        if header.length == UNDEFINED or self._is_sequence(header, implicit=level.implicit):
            # an unknown element of undefined length is an implicit sequence (PS3.5 6.2.2)
            implicit = level.implicit or header.vr == b"UN"
            return self._enter(levels, header, items=True, implicit=implicit)
        return self._end(levels, header)

    def _enter(self, levels: list[_Level], header: Header, *, items: bool, implicit: bool) -> int:
        end = None if header.length == UNDEFINED else self._end(levels, header)
        if not items and not implicit and header.value + 8 <= self.size:
            implicit = self._item_is_implicit(header.value)
        levels.append(_Level(items=items, end=end, implicit=implicit))
        return header.value

    def _item_is_implicit(self, offset: int) -> bool:
        return self.tag_at(offset) >> 16 != 0xFFFE and self.looks_implicit(offset)

    def _end(self, levels: list[_Level], header: Header) -> int:
        """Where the value ends.

        Raises:
            Rejected: `truncated` past the end of the file, `malformed` past that of the item.
        """
        end = header.value + header.length
        if end > self.size:
            raise Rejected(RejectionCode.truncated)
        for level in reversed(levels):
            if level.end is not None:
                if end > level.end:
                    raise Rejected(RejectionCode.malformed)
                break
        return end

    def _is_sequence(self, header: Header, *, implicit: bool) -> bool:
        if not implicit:
            return header.vr == b"SQ"
        if header.length < 8 or (header.tag >> 16) % 2:
            return False
        try:
            return dictionary_VR(header.tag) == "SQ"
        except KeyError:
            return False

    def _pixels(self, offset: int, header: Header) -> PixelElement:
        if header.length != UNDEFINED:
            if header.value + header.length > self.size:
                raise Rejected(RejectionCode.truncated)
            return PixelElement(offset, header.vr, header.value, header.length, False)
        end = self._fragments_end(header.value)
        return PixelElement(offset, header.vr, header.value, end - header.value, True)

    def ends_cleanly(self, pixels: PixelElement) -> bool:
        """Whether only elements above Pixel Data, or zeros, stand behind it."""
        offset = pixels.value + pixels.length + (8 if pixels.encapsulated else 0)
        while offset + 8 <= self.size:
            if not any(self.data[offset : self.size]):
                return True
            try:
                header = self.header_at(offset, implicit=self.implicit)
            except Rejected:
                return False
            if header.tag <= PIXEL_DATA or header.value + header.length > self.size:
                return False
            offset = header.value + header.length
        return not any(self.data[offset : self.size])

    def _fragments_end(self, offset: int) -> int:
        """Where the last fragment ends; a missing delimiter at the end of the file is let pass."""
        fragments = 0
        while offset + 8 <= self.size:
            header = self.header_at(offset, implicit=True)
            if header.tag != ITEM:
                if header.tag != SEQUENCE_END:
                    raise Rejected(RejectionCode.undecodable)
                return offset
            if header.length == UNDEFINED or header.value + header.length > self.size:
                raise Rejected(RejectionCode.truncated)
            fragments += 1
            if fragments > self.limits.elements:
                raise Rejected(RejectionCode.too_large)
            offset = header.value + header.length
        return offset
