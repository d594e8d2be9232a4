"""Take a zip or a volume apart: each entry, each slice becomes a received file of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from collimate.dicom.identity import is_pseudonym, patient_hash
from collimate.dicom.profile import Profile
from collimate.dicom.rejection import Rejected, RejectionCode
from collimate.dicom.sandbox import Sandbox
from collimate.dicom.starts import START_BYTES, is_companion
from collimate.dicom.zips import EntryStream, entries
from collimate.kit import database
from collimate.kit.blobs import CHUNK_BYTES, work_folder
from collimate.projects.models import Project
from collimate.studies.act import act_of
from collimate.studies.erased import Names
from collimate.studies.imports.names import volume_facts
from collimate.studies.models import ReceivedFile
from collimate.studies.receive import receive

PICTURE = "picture"
"""Beside a plain picture: what a table says of it."""
# of what an import says about a file, the part that is written into the objects
_KNOWN = ("modality", "body_part", "site", "sex", "age_years")


@dataclass
class Unpacked:
    """How many entries became files, and how many were left out."""

    file_count: int = 0
    left_out_count: int = 0

    @property
    def text(self) -> str:
        """The outcome in words."""
        left = (
            " 1 other is no image and was left out."
            if self.left_out_count == 1
            else f" {self.left_out_count} others are no images and were left out."
        )
        files = "1 file was" if self.file_count == 1 else f"{self.file_count} files were"
        return f"{files} unpacked." + (left if self.left_out_count else "")


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
        start = stream.read(START_BYTES)
        if is_companion(stream.name, start):
            done.left_out_count += 1
            continue
        with database.open_session() as session:
            project = session.get_one(Project, archive.project_id)
            receive(
                session, project, act=act_of(archive), name=stream.name,
                chunks=_rest(start, stream), facts=facts,
            )  # fmt: skip
        done.file_count += 1
    if not done.file_count:
        none = RejectionCode.not_dicom if done.left_out_count else RejectionCode.bad_zip
        raise Rejected(none)
    return done


def unpack_volume(volume: ReceivedFile, source: Path, sandbox: Sandbox) -> Unpacked:
    """Write a NIfTI volume as DICOM and receive every image; done again, it gives the same ones.

    Raises:
        Rejected: it cannot be written as DICOM.
    """
    known = {key: volume.facts[key] for key in _KNOWN if volume.facts.get(key) is not None}
    keys = {**volume_facts(volume.file_name, volume.sha256), **known}
    return _convert(volume, source, sandbox, keys, volume.facts)


def unpack_picture(picture: ReceivedFile, source: Path, sandbox: Sandbox) -> Unpacked:
    """Write a picture that came with a table as DICOM, each page an image.

    Raises:
        Rejected: it is no picture that can be written as DICOM.
    """
    said = dict(picture.facts[PICTURE])
    kept = {key: said.pop(key) for key in ("is_holdout", "label_keys") if key in said}
    known = {key: said[key] for key in ("site", "sex", "age_years") if key in said}
    return _convert(picture, source, sandbox, said, known | kept)


def whose_picture(picture: ReceivedFile, profile: Profile) -> Names | None:
    """Whose a picture that came with a table is; None of any other file."""
    said = picture.facts.get(PICTURE)
    if said is None:
        return None
    number = said["patient_id"].strip()
    keyed_hash = patient_hash(profile.instance_key, number, "")
    return keyed_hash, number if is_pseudonym(number) else None


def _convert(
    whole: ReceivedFile, source: Path, sandbox: Sandbox, keys: dict[str, Any], facts: dict[str, Any]
) -> Unpacked:
    done = Unpacked()
    with work_folder() as folder:
        for path in sandbox.convert(source, folder, **keys):
            with database.open_session() as session, path.open("rb") as file:
                receive(
                    session, session.get_one(Project, whole.project_id), act=act_of(whole),
                    name=whole.file_name, chunks=iter(partial(file.read, CHUNK_BYTES), b""),
                    facts=facts,
                )  # fmt: skip
            done.file_count += 1
    return done


def _rest(start: bytes, stream: EntryStream) -> Iterator[bytes]:
    yield start
    while chunk := stream.read(CHUNK_BYTES):
        yield chunk
