"""Handing a file of this machine to the station, as an upload does."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from collimate.kit.blobs import CHUNK_BYTES
from collimate.kit.database import open_session
from collimate.projects.models import Project
from collimate.studies import receive
from collimate.studies.act import Act


def hand_in(
    project_id: UUID, act: Act, name: str, content: bytes | Path, facts: dict[str, Any]
) -> bool:
    """Receive one file in its own transaction; False when these bytes came before."""
    digest = _sha256(content)
    with open_session() as session:
        if receive.known(session, project_id, [digest]):
            return False
        project = session.get_one(Project, project_id)
        receive.receive(session, project, act=act, name=name, chunks=_chunks(content), facts=facts)
    return True


def _chunks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _sha256(content: bytes | Path) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(content):
        digest.update(chunk)
    return digest.hexdigest()
