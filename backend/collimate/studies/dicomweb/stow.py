"""STOW-RS: storing instances, each through the same door as an upload (PS3.18 10.5)."""

import re
from functools import partial
from typing import Any

import orjson
from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from collimate.kit import database
from collimate.kit.blobs import work_folder
from collimate.kit.errors import Problem
from collimate.projects.models import Project
from collimate.studies.dicomweb.door import TicketDep, body_chunks
from collimate.studies.dicomweb.metadata import JSON
from collimate.studies.dicomweb.multipart import (
    BadMultipart,
    MultipartReader,
    PartBegins,
    PartData,
    PartEnds,
)
from collimate.studies.drain import ingest_received
from collimate.studies.jobs import ask_for_embedding
from collimate.studies.models import Instance, ReceivedFile, Series, Study
from collimate.studies.receive import ask_for_ingest, keep
from collimate.studies.states import FileState
from collimate.studies.upload import Incoming, Ticket

router = APIRouter()
NAME = "STOW-RS"
# PS3.18 table I.2-2
CANNOT_UNDERSTAND = 0xC000
NOT_SUPPORTED_SYNTAX = 0xC122
PROCESSING_FAILURE = 0x0110
DUPLICATE_IDENTITY = 0x0111
SOP_CLASS_NOT_SUPPORTED = 0x0122
OUT_OF_RESOURCES = 0xA700
REASONS = {
    "conflict": DUPLICATE_IDENTITY,
    "derived_object": SOP_CLASS_NOT_SUPPORTED,
    "no_pixel_data": SOP_CLASS_NOT_SUPPORTED,
    "unsupported_transfer_syntax": NOT_SUPPORTED_SYNTAX,
    "too_large": OUT_OF_RESOURCES,
    "out_of_memory": OUT_OF_RESOURCES,
    "decode_timeout": PROCESSING_FAILURE,
    "unexpected_error": PROCESSING_FAILURE,
}


class NotMultipartDicom(Problem):
    """Send multipart/related with parts of application/dicom."""

    status = 415


@router.post(
    "/dicomweb/{project_id}/studies",
    response_class=Response,
    responses={200: {"content": {JSON: {}}}, 202: {"content": {JSON: {}}}},
)
async def store_instances(request: Request, ticket: TicketDep) -> Response:
    reader = MultipartReader(read_boundary(request.headers.get("content-type", "")))
    outcomes: list[dict[str, Any]] = []
    with work_folder() as folder:
        incoming: Incoming | None = None
        try:
            async for chunk in body_chunks(request):
                for event in reader.feed(chunk):
                    if isinstance(event, PartBegins):
                        incoming = Incoming(folder)
                    elif isinstance(event, PartData) and incoming is not None:
                        await incoming.write(event.data)
                    elif isinstance(event, PartEnds) and incoming is not None:
                        store = partial(_store, ticket, incoming)
                        outcomes.append(await to_thread.run_sync(store))
            reader.finish()
        finally:
            if incoming is not None:
                incoming.close()
    if not outcomes:
        raise BadMultipart("There is no part in it.")
    await to_thread.run_sync(partial(_wake, ticket))
    return _response(f"/dicomweb/{ticket.project_id}/studies", outcomes)


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


def _store(ticket: Ticket, incoming: Incoming) -> dict[str, Any]:
    """Receive and ingest one part; each step is a transaction of its own."""
    blob = incoming.finish()
    with database.open_session() as session:
        file = keep(
            session, ticket.project_id, by=ticket.user_id, name=NAME, path=incoming.path, blob=blob
        )
        file_id, state = file.id, file.state
    incoming.path.unlink(missing_ok=True)
    if state == FileState.RECEIVED:
        ingest_received(file_id)
    with database.open_session() as session:
        stored = session.get_one(ReceivedFile, file_id)
        if stored.instance_id is None:
            return {"code": stored.code or "received"}
        instance = session.get_one(Instance, stored.instance_id)
        return {
            "study_uid": session.get_one(Study, instance.study_id).study_uid,
            "series_uid": session.get_one(Series, instance.series_id).series_uid,
            "sop_class_uid": instance.sop_class_uid,
            "sop_instance_uid": instance.sop_instance_uid,
        }


def _wake(ticket: Ticket) -> None:
    with database.open_session() as session:
        project = session.get_one(Project, ticket.project_id)
        ask_for_ingest(session, project.id, ticket.user_id)
        ask_for_embedding(session, project.id)


def _response(address: str, outcomes: list[dict[str, Any]]) -> Response:
    """The Store Instances Response Module. Source: PS3.18 table I.1-1."""
    done = [_referenced(address, one) for one in outcomes if "code" not in one]
    failed = [_failed(one["code"]) for one in outcomes if "code" in one]
    body: dict[str, Any] = {}
    if done:
        body["00081190"] = {"vr": "UR", "Value": [address]}
        body["00081199"] = {"vr": "SQ", "Value": done}
    if failed:
        body["00081198"] = {"vr": "SQ", "Value": failed}
    status = 200 if not failed else 202 if done else 409
    return Response(orjson.dumps(body), status_code=status, media_type=JSON)


def _referenced(address: str, one: dict[str, Any]) -> dict[str, Any]:
    url = (
        f"{address}/{one['study_uid']}/series/{one['series_uid']}"
        f"/instances/{one['sop_instance_uid']}"
    )
    return {
        "00081150": {"vr": "UI", "Value": [one["sop_class_uid"]]},
        "00081155": {"vr": "UI", "Value": [one["sop_instance_uid"]]},
        "00081190": {"vr": "UR", "Value": [url]},
    }


def _failed(code: str) -> dict[str, Any]:
    # The object's own identity is not said: it was never let out of the sandbox.
    return {
        "00081150": {"vr": "UI"},
        "00081155": {"vr": "UI"},
        "00081197": {"vr": "US", "Value": [REASONS.get(code, CANNOT_UNDERSTAND)]},
    }
