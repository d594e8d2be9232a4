"""What would happen to a file, without keeping anything of it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from anyio import to_thread

from collimate.dicom.rejection import Rejected
from collimate.dicom.starts import is_zip
from collimate.kit import database
from collimate.kit.blobs import work_folder
from collimate.kit.errors import Unprocessable
from collimate.projects.models import Project
from collimate.projects.profile import profile_of, rules_of
from collimate.studies.sandbox import sandbox
from collimate.studies.tags import flat_rows
from collimate.studies.upload import Incoming, Ticket


class CannotBePreviewed(Unprocessable):
    """This file cannot be used, so nothing of it would be stored."""


async def preview(ticket: Ticket, chunks: AsyncIterator[bytes]) -> dict[str, Any]:
    """What de-identification would do to one file, and what would be left of it.

    The file is checked and cleaned like any other, and forgotten before the answer leaves.

    Raises:
        CannotBePreviewed, BodyTooLarge
    """
    with work_folder() as folder:
        incoming = Incoming(folder)
        try:
            async for chunk in chunks:
                await incoming.write(chunk)
            return await to_thread.run_sync(_look, ticket, incoming, folder)
        finally:
            incoming.close()


def _look(ticket: Ticket, incoming: Incoming, folder: Path) -> dict[str, Any]:
    incoming.finish()
    if is_zip(incoming.path):
        raise CannotBePreviewed("Unpack the zip and choose one of its files.")
    with database.open_session() as session:
        project = session.get_one(Project, ticket.project_id)
        profile, rules = profile_of(session, project), rules_of(project)
    try:
        prepared = sandbox().prepare(incoming.path, folder / "out", profile)
    except Rejected as rejected:
        raise CannotBePreviewed(rejected.text) from None
    return {
        "actions": prepared.actions,
        "suspicions": prepared.suspicions,
        "would_be_held": bool(prepared.suspicions) and rules.hold_suspected,
        "kept": flat_rows(prepared.dicom_json),
    }
