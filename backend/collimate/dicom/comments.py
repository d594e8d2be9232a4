"""Blank the comments and camera data that compressed frames carry beside their pixels.

Encoders write software names there, scanners sometimes worse. The bytes are set to zero where
they stand, so no length, offset or pixel changes.
Source: ITU-T T.81 B.2.4 (JPEG), T.87 C.2.4 (JPEG-LS), T.800 A.9.2 (JPEG 2000), PS3.5 A.4.
"""

import struct

_SOI, _SOC = b"\xff\xd8", b"\xff\x4f"
_JPEG_COMMENT = 0xFE
_J2K_COMMENT = 0x64
_START_OF_SCAN, _START_OF_TILE = 0xDA, 0x90
# what decoders read colour from: JFIF, Adobe, and the colour transform of JPEG-LS
_COLOUR_SEGMENTS = {0xE0: b"JFIF\0", 0xEE: b"Adobe", 0xE8: b"mrfx"}


def blank_comments(value: memoryview) -> bytearray:
    """A copy of an encapsulated Pixel Data value with every comment zeroed."""
    cleaned = bytearray(value)
    offset = 0
    while offset + 8 <= len(cleaned):
        group, element, length = struct.unpack_from("<HHL", cleaned, offset)
        start = offset + 8
        if (group, element) != (0xFFFE, 0xE000) or start + length > len(cleaned):
            break
        _blank_fragment(cleaned, start, start + length)
        offset = start + length
    return cleaned


def _blank_fragment(data: bytearray, start: int, end: int) -> None:
    """Walk the marker segments in front of the entropy-coded data."""
    first = bytes(data[start : start + 2])
    if first not in (_SOI, _SOC):
        return
    stop = _START_OF_SCAN if first == _SOI else _START_OF_TILE
    at = start + 2
    while at + 4 <= end and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker == stop:
            return
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment_end = min(at + 2 + max(length, 2), end)
        body = at + 4
        if _is_comment(marker, bytes(data[body : body + 5]), jpeg=first == _SOI):
            if first == _SOC:
                body = min(body + 2, segment_end)  # the registration value tells what follows
            data[body:segment_end] = bytes(segment_end - body)
        at = segment_end


def _is_comment(marker: int, head: bytes, *, jpeg: bool) -> bool:
    if not jpeg:
        return marker == _J2K_COMMENT
    if 0xE0 <= marker <= 0xEF:
        wanted = _COLOUR_SEGMENTS.get(marker)
        return wanted is None or not head.startswith(wanted)
    return marker == _JPEG_COMMENT
