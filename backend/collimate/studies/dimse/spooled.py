"""An object on disk as it came over an association, and the file it becomes."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from collimate.dicom.identity import check_uid
from collimate.dicom.peek import LOOKED_AT_BYTES, stated_identity
from collimate.dicom.rejection import Rejected
from collimate.dicom.write import part10_start

CHUNK_BYTES = 1 << 20
# PS3.4 table B.2-1 and PS3.7 annex C
SUCCESS = 0x0000
PROCESSING_FAILURE = 0x0110
INVALID_OBJECT_INSTANCE = 0x0117
OUT_OF_RESOURCES = 0xA700
DOES_NOT_MATCH_SOP_CLASS = 0xA900


class Spooled(NamedTuple):
    """What pynetdicom wrote at `path`: a header of its own, then the data set in `syntax`.

    `identity` is the SOP Class UID and SOP Instance UID that the request names.
    """

    path: Path
    identity: tuple[str, str]
    syntax: str


class NotAsStated(Exception):
    """The object is not what the request says; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04X}")
        self.status = status


def as_file(spooled: Spooled) -> Iterator[bytes]:
    """The object as a Part 10 file, the same bytes for the same object, always.

    Raises:
        NotAsStated: before the first bytes.
    """
    try:
        sop_class_uid, sop_instance_uid = (check_uid(uid) for uid in spooled.identity)
    except Rejected:
        raise NotAsStated(INVALID_OBJECT_INSTANCE) from None
    with spooled.path.open("rb") as file:
        offset = _offset(file.read(144))
        file.seek(offset)
        stated = stated_identity(file.read(LOOKED_AT_BYTES), spooled.syntax)
        if stated not in (None, (sop_class_uid, sop_instance_uid)):
            raise NotAsStated(DOES_NOT_MATCH_SOP_CLASS)
        file.seek(offset)
        yield part10_start(sop_class_uid, sop_instance_uid, spooled.syntax)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _offset(start: bytes) -> int:
    """Where the data set begins: the library writes a header of its own in front of it."""
    # preamble, DICM, then (0002,0000) UL with the length of the rest of its group
    return 144 + int.from_bytes(start[140:144], "little")
