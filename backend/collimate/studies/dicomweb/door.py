"""Who may ask for what: every DICOMweb route loads its rows and authorises here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.requests import ClientDisconnect

from collimate.access.actor import Actor
from collimate.access.api import ActorDep, current_actor
from collimate.access.policy import Permission
from collimate.kit import database
from collimate.kit.errors import NotFound, Problem
from collimate.kit.http import SessionDep
from collimate.projects import members
from collimate.projects.api import project_for
from collimate.projects.models import Project
from collimate.studies import image_reads
from collimate.studies.browse import StudyNotFound
from collimate.studies.models import Instance, Series, Study
from collimate.studies.upload import Ticket


class SeriesNotFound(NotFound):
    """There is no such series."""


class InstanceNotFound(NotFound):
    """There is no such instance."""


class UploadCutOff(Problem):
    """The sender went away before the file was complete."""

    status = 400


SeenProject = Annotated[Project, project_for(Permission.SEE_IMAGES)]


@dataclass(frozen=True)
class ImageInfo:
    """What serving an instance needs, without its DICOM JSON and frame table."""

    id: UUID
    sop_instance_uid: str
    frame_count: int
    file_sha256: str
    file_bytes: int
    original_transfer_syntax_uid: str
    served_transfer_syntax_uid: str
    frames_sha256: str
    thumbnail_sha256: str


INFO = tuple(getattr(Instance, name) for name in ImageInfo.__dataclass_fields__)


def seen_study(session: SessionDep, actor: ActorDep, project: SeenProject, study_uid: str) -> Study:
    """The study with this UID in the project; that it was opened is noted."""
    return _study(session, actor, project, study_uid)


def _study(session: Session, actor: Actor, project: Project, study_uid: str) -> Study:
    study = session.scalars(
        select(Study).where(
            Study.project_id == project.id,
            Study.study_uid == study_uid,
            Study.deleted_at.is_(None),
        )
    ).one_or_none()
    if study is None:
        raise StudyNotFound()
    image_reads.note(session, actor.user.id, study)
    return study


SeenStudy = Annotated[Study, Depends(seen_study, scope="function")]


def seen_series(session: SessionDep, study: SeenStudy, series_uid: str) -> Series:
    """The series with this UID in the study."""
    return _series(session, study, series_uid)


def _series(session: Session, study: Study, series_uid: str) -> Series:
    series = session.scalars(
        select(Series).where(Series.study_id == study.id, Series.series_uid == series_uid)
    ).one_or_none()
    if series is None:
        raise SeriesNotFound()
    return series


SeenSeries = Annotated[Series, Depends(seen_series, scope="function")]


def seen_instance(
    request: Request, project_id: UUID, study_uid: str, series_uid: str, sop_instance_uid: str
) -> ImageInfo:
    """The instance with this UID in the series.

    Viewers ask for many frames at once. So all of it is one step with a connection of its own,
    which is given back before the next: requests that wait for a thread hold no connection.
    """
    with database.open_session() as session:
        actor = current_actor(request, session)
        project = members.require(session, actor.user, project_id, Permission.SEE_IMAGES)
        study = _study(session, actor, project, study_uid)
        series = _series(session, study, series_uid)
        row = session.execute(
            select(*INFO).where(
                Instance.series_id == series.id, Instance.sop_instance_uid == sop_instance_uid
            )
        ).one_or_none()
        if row is None:
            raise InstanceNotFound()
        return ImageInfo(**row._mapping)


SeenInstance = Annotated[ImageInfo, Depends(seen_instance)]


def instances_of(session: Session, owner: Study | Series) -> list[ImageInfo]:
    """All instances of a study or series, in reading order."""
    mine = Instance.study_id if isinstance(owner, Study) else Instance.series_id
    rows = session.execute(
        select(*INFO)
        .join(Series, Series.id == Instance.series_id)
        .where(mine == owner.id)
        .order_by(*READING_ORDER)
    )
    return [ImageInfo(**row._mapping) for row in rows]


READING_ORDER = (
    Series.series_number.asc().nulls_last(),
    Series.id,
    Instance.instance_number.asc().nulls_last(),
    Instance.id,
)


def data_ticket(request: Request, project_id: UUID) -> Ticket:
    """Leave to send files, given in a transaction that ends before the first byte is read."""
    with database.open_session() as session:
        actor: Actor = current_actor(request, session)
        project = members.require(session, actor.user, project_id, Permission.MANAGE_DATA)
        return Ticket(actor.user.id, project.id)


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
