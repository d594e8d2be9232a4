"""Verifying: whether a frozen version still is what its hash says."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.canonical import sha256_of
from collimate.annotations.models import Submission
from collimate.datasets.auto_accepted import records_of
from collimate.datasets.exports.version import entries_of
from collimate.datasets.models import DatasetEntry, DatasetErasure, DatasetVersion
from collimate.kit.blobs import CHUNK_BYTES, BlobMissing, blobs

Problem = dict[str, str]


def verify(session: Session, version: DatasetVersion) -> dict[str, Any]:
    """Hash the manifest, every submission and every image again; ids of what does not fit.

    Entries of erased patients are counted, not missed: their place says which erasure took them.
    """
    problems: list[Problem] = []
    if sha256_of(version.manifest) != _expected(session, version):
        problems.append(_problem("manifest", version.id, "The manifest was changed."))
    entries = entries_of(version.manifest)
    problems += _submission_problems(
        session, version, [one for one in entries if "submission_id" in one]
    )
    problems += _record_problems(
        session, version, [one for one in entries if "submission_id" not in one]
    )
    hashes = {
        digest
        for entry in entries
        for image in entry["images"]
        for digest in (image["sha256"], image["frames_sha256"])
    }
    for digest in sorted(hashes):
        problems += _blob_problems(digest)
    return {
        "is_intact": not problems,
        "erased_count": len(version.manifest["entries"]) - len(entries),
        "checked_count": 1 + len(entries) + len(hashes),
        "problems": problems,
    }


def _expected(session: Session, version: DatasetVersion) -> str:
    """The hash of the manifest as it was frozen, or as the newest erasure left it."""
    newest = (
        select(DatasetErasure.manifest_sha256)
        .where(DatasetErasure.dataset_version_id == version.id)
        .order_by(DatasetErasure.id.desc())
        .limit(1)
    )
    return session.scalar(newest) or version.manifest_sha256


def _submission_problems(
    session: Session, version: DatasetVersion, entries: list[dict[str, Any]]
) -> list[Problem]:
    rows = session.execute(
        select(DatasetEntry.submission_id, DatasetEntry.split, Submission)
        .join(Submission, Submission.id == DatasetEntry.submission_id)
        .where(DatasetEntry.dataset_version_id == version.id)
    )
    stored = {str(submission_id): (split, row) for submission_id, split, row in rows}
    problems = [
        _problem("entry", extra, "The manifest does not name it.")
        for extra in sorted(set(stored) - {entry["submission_id"] for entry in entries})
    ]
    for entry in entries:
        split, submission = stored.get(entry["submission_id"], ("", None))
        if submission is None:
            problems.append(_problem("entry", entry["submission_id"], "It is missing."))
        elif split != entry["split"]:
            problems.append(_problem("entry", entry["submission_id"], "Its split was changed."))
        elif sha256_of(submission.content) != entry["submission_sha256"]:
            problems.append(_problem("submission", submission.id, "It was changed."))
    return problems


def _record_problems(
    session: Session, version: DatasetVersion, entries: list[dict[str, Any]]
) -> list[Problem]:
    """What does not fit of cases that a model answered."""
    rows = session.execute(
        select(DatasetEntry.auto_accepted_case_id, DatasetEntry.split)
        .where(DatasetEntry.dataset_version_id == version.id)
        .where(DatasetEntry.auto_accepted_case_id.is_not(None))
    )
    stored = {str(case_id): split for case_id, split in rows}
    records = records_of(session, [UUID(case_id) for case_id in stored])
    named = {entry["auto_accepted_case_id"]: entry for entry in entries}
    problems = [
        _problem("entry", extra, "The manifest does not name it.")
        for extra in sorted(set(stored) - set(named))
    ]
    for case_id, entry in named.items():
        if case_id not in stored or case_id not in records:
            problems.append(_problem("entry", case_id, "It is missing."))
        elif stored[case_id] != entry["split"]:
            problems.append(_problem("entry", case_id, "Its split was changed."))
        elif records[case_id]["record_sha256"] != entry["record_sha256"]:
            problems.append(_problem("auto_accepted_case", case_id, "It was changed."))
    return problems


def _blob_problems(sha256: str) -> list[Problem]:
    digest, offset = hashlib.sha256(), 0
    try:
        while chunk := blobs().read(sha256, offset, CHUNK_BYTES):
            digest.update(chunk)
            offset += len(chunk)
    except BlobMissing:
        return [_problem("image", sha256, "Its bytes are missing.")]
    if digest.hexdigest() != sha256:
        return [_problem("image", sha256, "Its bytes were changed.")]
    return []


def _problem(kind: str, identifier: UUID | str, text: str) -> Problem:
    return {"kind": kind, "id": str(identifier), "text": text}
