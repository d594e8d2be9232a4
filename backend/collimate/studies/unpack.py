"""Take a zip apart: each entry becomes a received file of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.zips import EntryStream, entries
from collimate.kit import database
from collimate.kit.blobs import CHUNK_BYTES
from collimate.projects.models import Project
from collimate.studies.models import ReceivedFile
from collimate.studies.receive import receive

_ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_COMPANIONS = (
    ".txt", ".pdf", ".htm", ".html", ".xml", ".csv", ".json", ".md", ".ini", ".inf", ".exe", ".dll",
    ".ico", ".css", ".js", ".log", ".jar", ".bat", ".sh", ".doc", ".docx", ".rtf", ".bmp", ".gif",
)  # fmt: skip


@dataclass
class Unpacked:
    """How many entries became files, and how many were left out."""

    file_count: int = 0
    left_out_count: int = 0

    @property
    def text(self) -> str:
        """The outcome in words."""
        left = f" {self.left_out_count} others are no images and were left out."
        files = "1 file was" if self.file_count == 1 else f"{self.file_count} files were"
        return f"{files} unpacked." + (left if self.left_out_count else "")


def is_zip(path: Path) -> bool:
    """Whether the file starts as a zip does and is not DICOM (PS3.10 7.1) behind that start."""
    with path.open("rb") as file:
        start = file.read(132)
    return start.startswith(_ZIP_STARTS) and start[128:132] != b"DICM"


def unpack(archive: ReceivedFile, source: Path) -> Unpacked:
    """Receive every entry, each in a transaction of its own.

    When it is done again after an interruption, entries that came before turn out as duplicates.

    Raises:
        Rejected: the archive is unsafe, damaged or inside another; what was read before stays.
    """
    if archive.facts.get("from_zip"):
        raise Rejected(RejectionCode.bad_zip)
    done = Unpacked()
    facts = {**archive.facts, "from_zip": True}
    for _index, stream in entries(source):
        start = stream.read(132)
        if not start or (start[128:] != b"DICM" and stream.name.lower().endswith(_COMPANIONS)):
            done.left_out_count += 1
            continue
        with database.open_session() as session:
            project = session.get_one(Project, archive.project_id)
            receive(
                session, project, by=archive.received_by, name=stream.name,
                chunks=_rest(start, stream), facts=facts,
                import_id=archive.import_id or archive.id,
            )  # fmt: skip
        done.file_count += 1
    if not done.file_count:
        raise Rejected(RejectionCode.bad_zip)
    return done


def _rest(start: bytes, stream: EntryStream) -> Iterator[bytes]:
    yield start
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk
