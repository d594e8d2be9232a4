"""Look at what an object says it is, in the first bytes of its data set and no further.

Source: PS3.5 chapter 7; data elements stand in ascending order, so both UIDs come early.
"""

import zlib

from collimate.dicom import kinds
from collimate.dicom.rejection import Rejected
from collimate.dicom.walk import UNDEFINED, Buffer, Header, Walker

LOOKED_AT_BYTES = 64 * 1024
_SOP_CLASS_UID = 0x00080016
_SOP_INSTANCE_UID = 0x00080018
_MOST_ELEMENTS = 64


def stated_identity(start: bytes, transfer_syntax_uid: str) -> tuple[str, str] | None:
    """SOP Class and SOP Instance UID of the data set that begins with `start`.

    None where they are not found by plain reading (a sequence stands in front, or nonsense):
    whoever parses the object as a whole will say what is wrong.
    """
    data: Buffer = start
    if transfer_syntax_uid == kinds.DEFLATED:
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(start, LOOKED_AT_BYTES)
        except zlib.error:
            return None
    implicit = transfer_syntax_uid == kinds.IMPLICIT_LITTLE
    walker = Walker(data, implicit=implicit, little=transfer_syntax_uid != kinds.EXPLICIT_BIG)
    found: dict[int, str] = {}
    offset = 0
    for _ in range(_MOST_ELEMENTS):
        header = _header(walker, offset)
        if header is None or header.tag > _SOP_INSTANCE_UID:
            break
        offset = header.value + header.length
        if header.tag in (_SOP_CLASS_UID, _SOP_INSTANCE_UID):
            raw = bytes(data[header.value : offset])
            found[header.tag] = raw.decode("ascii", "replace").rstrip("\0 ")
    if len(found) < 2:
        return None
    return found[_SOP_CLASS_UID], found[_SOP_INSTANCE_UID]


def _header(walker: Walker, offset: int) -> Header | None:
    try:
        header = walker.header_at(offset, implicit=walker.implicit)
    except Rejected:
        return None
    is_inside = header.length != UNDEFINED and header.value + header.length <= walker.size
    return header if is_inside else None
