"""STOW-RS: storing instances, each through the same door as an upload (PS3.18 10.5).

All objects of a request become durable together. Then the answer waits until each of them has
been looked at, and says what became of it; who sends `Prefer: respond-async` (RFC 7240) is
answered as soon as the objects are durable, and they are looked at later.
"""

import re
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.kit import database
from collimate.kit.blobs import work_folder
from collimate.kit.errors import Problem
from collimate.studies.act import Act, WayIn
from collimate.studies.dicomweb.accept import JSON
from collimate.studies.dicomweb.door import TicketDep, body_chunks
from collimate.studies.dicomweb.multipart import BadMultipart
from collimate.studies.dicomweb.spool import spool_parts
from collimate.studies.dicomweb.stow_answer import Outcome, store_response
from collimate.studies.drain import ingest_received
from collimate.studies.jobs import ask_for_embedding
from collimate.studies.models import Instance, ReceivedFile, Series, Study
from collimate.studies.receive import Arrived, ask_for_ingest, keep_together, see_to_ingest
from collimate.studies.states import FileState
from collimate.studies.upload import Ticket

router = APIRouter()
NAME = "STOW-RS"
NOT_YET = (None, None, None, None)
"""In the place of study, series, class and instance UID of what waits to be looked at."""


class NotMultipartDicom(Problem):
    """Send multipart/related with parts of application/dicom."""

    status = 415


@router.post(
    "/dicomweb/{project_id}/studies",
    response_class=Response,
    responses={200: {"content": {JSON: {}}}, 202: {"content": {JSON: {}}}},
)
async def store_instances(request: Request, ticket: TicketDep) -> Response:
    boundary = read_boundary(request.headers.get("content-type", ""))
    with work_folder() as folder:
        arrived = await spool_parts(body_chunks(request), boundary, folder, NAME)
        if not arrived:
            raise BadMultipart("There is no part in it.")
        waits = not prefers_async(request.headers.get("prefer", ""))
        outcomes = await to_thread.run_sync(partial(_store, ticket, arrived, waits=waits))
    return store_response(f"/dicomweb/{ticket.project_id}/studies", outcomes, is_done=waits)


def read_boundary(content_type: str) -> str:
    """The boundary of the request's own Content-Type.

    Raises:
        NotMultipartDicom
    """
    media_type = content_type.split(";", maxsplit=1)[0].strip().lower()
    found = {
        key.lower(): value.strip().strip('"')
        for key, value in re.findall(r';\s*([\w-]+)\s*=\s*("[^"]*"|[^;]*)', content_type)
    }
    part_type = found.get("type", "application/dicom").lower()
    if media_type != "multipart/related" or part_type != "application/dicom":
        raise NotMultipartDicom()
    return found.get("boundary", "")


def prefers_async(header: str) -> bool:
    """Whether the client would rather be answered before all is done. Source: RFC 7240 4.1."""
    return "respond-async" in [one.split(";")[0].strip().lower() for one in header.split(",")]


def _store(ticket: Ticket, arrived: list[Arrived], *, waits: bool) -> list[Outcome]:
    """Make the objects durable, in one transaction; then have them looked at, one by one."""
    with database.open_session() as session:
        act = Act(WayIn.STOW_RS, ticket.user_id)
        files = keep_together(session, ticket.project_id, act=act, arrived=arrived)
    waiting = [file.id for file in files if file.is_waiting]
    if waits:
        ingest_received(waiting)
    elif waiting:
        see_to_ingest(ticket.project_id, ticket.user_id)
        if len(waiting) == len(files):
            return [Outcome(FileState.RECEIVED, None, one.sent_as, NOT_YET) for one in arrived]
    with database.open_session() as session:
        if waits:
            # once more, for what somebody else was just looking at
            ask_for_ingest(session, ticket.project_id, ticket.user_id)
            ask_for_embedding(session, ticket.project_id)
        return _outcomes(session, [file.id for file in files], arrived)


def _outcomes(session: Session, file_ids: list[Any], arrived: list[Arrived]) -> list[Outcome]:
    rows = session.execute(
        select(
            ReceivedFile.id, ReceivedFile.state, ReceivedFile.code, Study.study_uid,
            Series.series_uid, Instance.sop_class_uid, Instance.sop_instance_uid,
        )
        .outerjoin(Instance, Instance.id == ReceivedFile.instance_id)
        .outerjoin(Series, Series.id == Instance.series_id)
        .outerjoin(Study, Study.id == Instance.study_id)
        .where(ReceivedFile.id.in_(file_ids))
    )  # fmt: skip
    found = {row.id: row for row in rows}
    return [
        Outcome(found[file_id].state, found[file_id].code, one.sent_as, tuple(found[file_id][3:]))
        for file_id, one in zip(file_ids, arrived, strict=True)
    ]
