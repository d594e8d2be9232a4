"""What an object calls itself, so that the answer can name it to its sender (PS3.10 7.1).

Only the two UIDs of the File Meta Information are looked for, in a few hundred bytes, and only
what is written as a UID is one. Everything else about a file is for the sandbox to find out.
"""

import re
from typing import NamedTuple

LOOKED_AT_BYTES = 2048
_UID = re.compile(rb"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")
_SOP_CLASS, _SOP_INSTANCE = 0x0002, 0x0003
_LONG = frozenset({b"OB", b"OW", b"OF", b"SQ", b"UN", b"UT", b"UC", b"UR", b"OD", b"OL", b"OV"})


class SentAs(NamedTuple):
    """SOP Class and SOP Instance UID; None where the file does not say."""

    sop_class_uid: str | None = None
    sop_instance_uid: str | None = None


def read_names(start: bytes) -> SentAs:
    """The names in the first bytes of a Part 10 file; of anything else, none."""
    if start[128:132] != b"DICM":
        return SentAs()
    found: dict[int, str] = {}
    at = 132
    # group 2 is always Explicit VR Little Endian and comes in order
    while start[at : at + 2] == b"\x02\x00" and len(start) >= at + 12:
        element = int.from_bytes(start[at + 2 : at + 4], "little")
        if start[at + 4 : at + 6] in _LONG:
            head, length = 12, int.from_bytes(start[at + 8 : at + 12], "little")
        else:
            head, length = 8, int.from_bytes(start[at + 6 : at + 8], "little")
        value = start[at + head : at + head + length].rstrip(b"\0 ")
        if element in (_SOP_CLASS, _SOP_INSTANCE) and length <= 64 and _UID.fullmatch(value):
            found[element] = value.decode("ascii")
        at += head + length
        if element > _SOP_INSTANCE:
            break
    return SentAs(found.get(_SOP_CLASS), found.get(_SOP_INSTANCE))
