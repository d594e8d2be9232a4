"""Who may ask for what: every DICOMweb route loads its rows and authorises here."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from starlette.requests import ClientDisconnect

from collimate.kit.errors import Problem
from collimate.studies.dicomweb.frame_index import (
    ImageInfo,
    SeriesIndex,
    find_instance,
    find_series,
)
from collimate.studies.dicomweb.opened import Opened, enter_project, let_send, open_study
from collimate.studies.upload import Ticket


class UploadCutOff(Problem):
    """The sender went away before the file was complete."""

    status = 400


def seen_project(request: Request, project_id: UUID) -> UUID:
    """The project, for someone who may see its images."""
    return enter_project(request, project_id)


def seen_study(request: Request, project_id: UUID, study_uid: str) -> Opened:
    """The study with this UID in the project; that it was opened is noted."""
    return open_study(request, project_id, study_uid)


SeenProject = Annotated[UUID, Depends(seen_project)]
SeenStudy = Annotated[Opened, Depends(seen_study)]


def seen_series(study: SeenStudy, series_uid: str) -> SeriesIndex:
    """The series with this UID in the study."""
    return find_series(study, series_uid)


def seen_instance(study: SeenStudy, series_uid: str, sop_instance_uid: str) -> ImageInfo:
    """The instance with this UID in the series."""
    return find_instance(study, series_uid, sop_instance_uid)


SeenSeries = Annotated[SeriesIndex, Depends(seen_series)]
SeenInstance = Annotated[ImageInfo, Depends(seen_instance)]


def data_ticket(request: Request, project_id: UUID) -> Ticket:
    """Leave to send files, given in a transaction that ends before the first byte is read."""
    return Ticket(let_send(request, project_id), project_id)


TicketDep = Annotated[Ticket, Depends(data_ticket)]


async def body_chunks(request: Request) -> AsyncIterator[bytes]:
    """The request body as it arrives.

    Raises:
        UploadCutOff
    """
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect as error:
        raise UploadCutOff("Nothing was kept of it. Send the file again.") from error
