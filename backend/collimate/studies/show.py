"""One study: its series and images, and its picture."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, load_only

from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.kit.errors import NotFound
from collimate.projects import members
from collimate.studies.browse import StudyNotFound, study_row
from collimate.studies.models import Instance, Series, Study


class ImageNotFound(NotFound):
    """There is no such image."""


SHOWN = ("sop_instance_uid", "instance_number", "rows", "columns", "frame_count",
         "pixel_spacing_mm", "is_lossy", "burned_in_suspected", "original_transfer_syntax_uid",
         "removed", "quality")  # fmt: skip


def authorised_study(session: Session, user: User, study_id: UUID, permission: Permission) -> Study:
    """The study, for someone who may do this in its project.

    Raises:
        StudyNotFound: unknown or deleted.
        ProjectNotFound, RoleForbids: as `members.require`.
    """
    study = session.get(Study, study_id)
    if study is None or study.deleted_at is not None:
        raise StudyNotFound()
    try:
        members.require(session, user, study.project_id, permission)
    except members.ProjectNotFound as error:
        raise StudyNotFound() from error
    return study


def study_detail(session: Session, user: User, study: Study) -> dict[str, Any]:
    """The study with its series and images; readers are not told which cases are hold-out."""
    row = study_row(session, study.id)
    if not members.may(session, user, study.project_id, Permission.SEE_STUDIES):
        row |= {"is_holdout": None, "task_state": None}
    found = session.scalars(
        select(Instance)
        .where(Instance.study_id == study.id)
        .order_by(Instance.instance_number.asc().nulls_last(), Instance.id)
        .options(load_only(Instance.series_id, *(getattr(Instance, name) for name in SHOWN)))
    )
    images: dict[UUID, list[dict[str, Any]]] = {}
    for instance in found:
        shown = {name: getattr(instance, name) for name in SHOWN}
        images.setdefault(instance.series_id, []).append(shown)
    series = [
        {
            "series_uid": one.series_uid,
            "modality": one.modality,
            "series_number": one.series_number,
            "instances": images.get(one.id, []),
        }
        for one in _series_of(session, study)
    ]
    return {**row, "project_id": study.project_id, "series": series}


def _series_of(session: Session, study: Study) -> list[Series]:
    return list(
        session.scalars(
            select(Series)
            .where(Series.study_id == study.id)
            .order_by(Series.series_number.asc().nulls_last(), Series.id)
        )
    )


def thumbnail_of(
    session: Session,
    study: Study,
    series_uid: str | None = None,
    sop_instance_uid: str | None = None,
) -> str:
    """The hash of the picture that stands for a study: the middle image of its first series.

    Raises:
        ImageNotFound
    """
    query = (
        select(Instance.thumbnail_sha256, Instance.series_id)
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_id == study.id)
        .order_by(
            Series.series_number.asc().nulls_last(),
            Series.id,
            Instance.instance_number.asc().nulls_last(),
            Instance.id,
        )
    )
    if series_uid is not None:
        query = query.where(Series.series_uid == series_uid)
    if sop_instance_uid is not None:
        query = query.where(Instance.sop_instance_uid == sop_instance_uid)
    found = session.execute(query).all()
    if not found:
        raise ImageNotFound()
    first_series = [row.thumbnail_sha256 for row in found if row.series_id == found[0].series_id]
    return str(first_series[len(first_series) // 2])
