"""Asking for a hunt, and finding one's own again."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.kit.errors import NotFound, Unprocessable
from collimate.learning.models import Hunt
from collimate.ml.patches import RECIPE
from collimate.projects import members
from collimate.studies.models import Instance, Patient, Study
from collimate.tasks.queue import HoldoutOutOfReach


class HuntNotFound(NotFound):
    """There is no such hunt of yours."""


class PlaceOutside(Unprocessable):
    """The place lies on no image of the study."""


@dataclass(frozen=True)
class Place:
    """One place of an image; (x, y) in image coordinates."""

    sop_instance_uid: str
    frame_number: int
    x: float
    y: float


def ask(session: Session, by: User, study: Study, hunt_id: UUID, place: Place) -> Hunt:
    """Look for the like of a place in the pool; repeated with the same id it is asked once.

    Raises:
        HuntNotFound: the id is that of another hunt.
        PlaceOutside
        HoldoutOutOfReach: what measures the model must not steer what it learns from.
    """
    known = session.get(Hunt, hunt_id)
    if known is not None:
        if known.asked_by != by.id or known.study_id != study.id:
            raise HuntNotFound("Begin a new one.")
        return known
    _check(session, study, place)
    hunt = Hunt(
        id=hunt_id, project_id=study.project_id, study_id=study.id, asked_by=by.id, recipe=RECIPE,
        sop_instance_uid=place.sop_instance_uid, frame_number=place.frame_number,
        x=place.x, y=place.y,
    )  # fmt: skip
    session.add(hunt)
    session.flush()
    job = enqueue(
        session, JobKind.HUNT, project_id=study.project_id, requested_by=by.id, hunt_id=hunt.id
    )
    hunt.job_id = job.id
    audit.record(
        session, by.id, "hunt_asked", "hunt", hunt.id,
        project_id=study.project_id, study_id=study.id,
    )  # fmt: skip
    session.flush()
    return hunt


def _check(session: Session, study: Study, place: Place) -> None:
    if session.get_one(Patient, study.patient_id).is_holdout:
        raise HoldoutOutOfReach("Point at a case of the pool: this one measures the model.")
    image = session.scalars(
        select(Instance).where(
            Instance.study_id == study.id, Instance.sop_instance_uid == place.sop_instance_uid
        )
    ).one_or_none()
    if image is None or place.frame_number > image.frame_count:
        raise PlaceOutside()
    if place.x > image.columns or place.y > image.rows:
        raise PlaceOutside(f"The image is {image.columns} wide and {image.rows} high.")


def own_hunt(session: Session, user: User, hunt_id: UUID) -> Hunt:
    """The hunt, for the one who asked for it: to others it would tell what a reader has seen.

    Raises:
        HuntNotFound
    """
    hunt = session.get(Hunt, hunt_id)
    if hunt is None or hunt.asked_by != user.id:
        raise HuntNotFound()
    if session.get_one(Study, hunt.study_id).deleted_at is not None:
        raise HuntNotFound("Its study was deleted.")
    return members.guard(session, user, hunt, Permission.HUNT_FINDINGS, HuntNotFound)
