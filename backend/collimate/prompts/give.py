"""Give the installation a segmenter that comes as a file, or withdraw it; nothing of it is run."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.kit import clock
from collimate.kit.blobs import blobs, work_folder
from collimate.kit.errors import Unprocessable
from collimate.prompts.models import SegmenterFile

TAKE = "collimate.prompts.take"


class SegmenterUnusable(Unprocessable):
    """This segmenter cannot be used."""


def give_segmenter(session: Session, path: Path, *, by: UUID) -> tuple[SegmenterFile, int]:
    """Keep published weights as safetensors; from now on they answer. Also how many numbers.

    Raises:
        SegmenterUnusable: says in words what the files lack, or that reading them would run code.
    """
    with work_folder() as folder:
        told = _taken(path, folder)
        blob = blobs().put(Path(told["file"]))
    _withdraw(session)
    given = SegmenterFile(
        weights_sha256=blob.sha256, source_sha256=told["source_sha256"], given_by=by
    )
    session.add(given)
    session.flush()
    audit.record(
        session, by, "segmenter_given", "segmenter", given.id,
        weights_sha256=blob.sha256, source_sha256=given.source_sha256,
    )  # fmt: skip
    return given, int(told["parameters"])


def _taken(path: Path, folder: Path) -> dict[str, Any]:
    """What reading the files tells; by a process of its own, because this one loads no torch."""
    command = [sys.executable, "-m", TAKE, str(path.absolute()), str(folder)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603
    if done.returncode != 0:
        raise SegmenterUnusable(
            f"Reading the files ended with status {done.returncode}; is there enough memory?"
        )
    told: dict[str, Any] = json.loads(done.stdout)
    if "problem" in told:
        raise SegmenterUnusable(told["problem"])
    return told


def serving_segmenter(session: Session) -> SegmenterFile | None:
    """The segmenter that answers, if one was given."""
    return session.scalars(
        select(SegmenterFile).where(SegmenterFile.withdrawn_at.is_(None))
    ).one_or_none()


def withdraw_segmenter(session: Session, *, by: UUID) -> SegmenterFile | None:
    """Answer without a model again; says which one answered. Its weights stay."""
    withdrawn = _withdraw(session)
    if withdrawn is not None:
        audit.record(session, by, "segmenter_withdrawn", "segmenter", withdrawn.id)
    return withdrawn


def _withdraw(session: Session) -> SegmenterFile | None:
    return session.scalars(
        update(SegmenterFile)
        .where(SegmenterFile.withdrawn_at.is_(None))
        .values(withdrawn_at=clock.now())
        .returning(SegmenterFile)
    ).one_or_none()
