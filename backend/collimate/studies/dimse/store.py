"""One C-STORE request: durable under its hash before the sender hears Success."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from collimate.dicom.identity import check_uid
from collimate.dicom.peek import LOOKED_AT_BYTES, stated_identity
from collimate.dicom.rejection import Rejected
from collimate.dicom.write import part10_start
from collimate.kit import database
from collimate.kit.blobs import CHUNK_BYTES, BodyTooLarge
from collimate.kit.logging import logger
from collimate.projects.models import Project
from collimate.studies.dimse.associate import Opened
from collimate.studies.receive import ask_for_ingest, receive

# PS3.4 table B.2-1 and PS3.7 annex C
SUCCESS = 0x0000
PROCESSING_FAILURE = 0x0110
INVALID_OBJECT_INSTANCE = 0x0117
OUT_OF_RESOURCES = 0xA700
DOES_NOT_MATCH_SOP_CLASS = 0xA900


def store(
    opened: Opened, dataset: Path, *, offset: int, identity: tuple[str, str], syntax: str
) -> int:
    """Keep one object for ingest, which runs elsewhere; answers the status of the response.

    Args:
        dataset: a file that holds the data set from `offset` on, encoded in `syntax`.
        identity: SOP Class UID and SOP Instance UID that the request names.
    """
    try:
        status = _store(opened, dataset, offset, identity, syntax)
    except (BodyTooLarge, OSError, *database.UNREACHABLE) as error:
        logger().warning("store_out_of_resources", error_class=type(error).__name__)
        status = OUT_OF_RESOURCES
    except Exception as error:
        logger().error("store_failed", error_class=type(error).__name__)
        status = PROCESSING_FAILURE
    if status == SUCCESS:
        opened.stored_count += 1
    else:
        opened.refused_count += 1
    return status


def _store(
    opened: Opened, dataset: Path, offset: int, identity: tuple[str, str], syntax: str
) -> int:
    try:
        sop_class_uid, sop_instance_uid = (check_uid(uid) for uid in identity)
    except Rejected:
        return INVALID_OBJECT_INSTANCE
    with dataset.open("rb") as file:
        file.seek(offset)
        stated = stated_identity(file.read(LOOKED_AT_BYTES), syntax)
        if stated not in (None, (sop_class_uid, sop_instance_uid)):
            return DOES_NOT_MATCH_SOP_CLASS
        file.seek(offset)
        start = part10_start(sop_class_uid, sop_instance_uid, syntax)
        with database.open_session() as session:
            receive(
                session, session.get_one(Project, opened.project_id), act=opened.act,
                name=f"C-STORE from {opened.calling_ae_title}", chunks=_chunks(start, file),
            )  # fmt: skip
            ask_for_ingest(session, opened.project_id, None)
    return SUCCESS


def _chunks(start: bytes, file: BinaryIO) -> Iterator[bytes]:
    yield start
    while chunk := file.read(CHUNK_BYTES):
        yield chunk
