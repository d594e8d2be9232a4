"""How a hunt stands, and what it found, for the one who asked for it."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.jobs.models import Job
from collimate.learning.models import Hunt, HuntMatch
from collimate.projects.models import Project
from collimate.studies.models import Instance, Patient, Series, Study
from collimate.tasks.models import Task
from collimate.tasks.states import ReadState

OVER = frozenset({"done", "failed", "cancelled"})


def listed(session: Session, project: Project, user: User) -> list[dict[str, Any]]:
    """The user's own hunts, the newest first."""
    counts = select(HuntMatch.hunt_id, func.count().label("n")).group_by(HuntMatch.hunt_id)
    matches = counts.subquery()
    rows = session.execute(
        select(Hunt, Patient.pseudonym, Job.state, matches.c.n)
        .join(Study, Study.id == Hunt.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .outerjoin(Job, Job.id == Hunt.job_id)
        .outerjoin(matches, matches.c.hunt_id == Hunt.id)
        .where(Hunt.project_id == project.id, Hunt.asked_by == user.id)
        .where(Study.deleted_at.is_(None))
        .order_by(Hunt.id.desc())
        .limit(50)
    )
    return [
        {**_glance(hunt, pseudonym, state), "match_count": count or 0}
        for hunt, pseudonym, state, count in rows
    ]


def standing(session: Session, hunt: Hunt) -> dict[str, Any]:
    """The hunt with its matches; a study that went since is left out."""
    study = session.get_one(Study, hunt.study_id)
    pseudonym = session.get_one(Patient, study.patient_id).pseudonym
    job = None if hunt.job_id is None else session.get(Job, hunt.job_id)
    place = _place(session, hunt)
    items = _matches(session, hunt)
    return {
        **_glance(hunt, pseudonym, None if job is None else job.state),
        "match_count": len(items),
        **place,
        "progress": 1.0 if hunt.ranked_at else 0.0 if job is None else job.progress,
        "error": "" if job is None else job.error,
        "pool_count": hunt.pool_count,
        "ranked_at": hunt.ranked_at,
        "items": items,
    }


def _glance(hunt: Hunt, pseudonym: str, state: str | None) -> dict[str, Any]:
    return {
        "id": hunt.id,
        "study_id": hunt.study_id,
        "pseudonym": pseudonym,
        "created_at": hunt.created_at,
        "is_over": hunt.ranked_at is not None or state is None or state in OVER,
    }


def _place(session: Session, hunt: Hunt) -> dict[str, Any]:
    image, series_uid, study_uid = session.execute(
        select(Instance, Series.series_uid, Study.study_uid)
        .join(Series, Series.id == Instance.series_id)
        .join(Study, Study.id == Instance.study_id)
        .where(Instance.study_id == hunt.study_id)
        .where(Instance.sop_instance_uid == hunt.sop_instance_uid)
    ).one()
    return {
        "picture_url": _picture(hunt, hunt, image, study_uid, series_uid),
        "x": hunt.x / image.columns,
        "y": hunt.y / image.rows,
    }


def _matches(session: Session, hunt: Hunt) -> list[dict[str, Any]]:
    rows = session.execute(
        select(HuntMatch, Instance, Series.series_uid, Study, Task, Patient.pseudonym)
        .join(Study, Study.id == HuntMatch.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .join(Task, Task.study_id == Study.id)
        .join(
            Instance,
            (Instance.study_id == Study.id)
            & (Instance.sop_instance_uid == HuntMatch.sop_instance_uid),
        )
        .join(Series, Series.id == Instance.series_id)
        .where(HuntMatch.hunt_id == hunt.id, Study.deleted_at.is_(None))
        .order_by(HuntMatch.rank)
    )
    return [
        {
            "rank": match.rank,
            "likeness": match.likeness,
            "task_id": task.id,
            "study_id": study.id,
            "pseudonym": pseudonym,
            "modality": study.modality,
            "picture_url": _picture(hunt, match, image, study.study_uid, series_uid),
            "x": match.x / match.columns,
            "y": match.y / match.rows,
            "is_open": task.state == ReadState.OPEN,
            "is_first": task.arm == "person",
        }
        for match, image, series_uid, study, task, pseudonym in rows
    ]


def _picture(
    hunt: Hunt, place: Hunt | HuntMatch, image: Instance, study_uid: str, series_uid: str
) -> str:
    """The stored thumbnail where it shows this frame, else the frame drawn small."""
    base = (
        f"/dicomweb/{hunt.project_id}/studies/{study_uid}/series/{series_uid}"
        f"/instances/{place.sop_instance_uid}"
    )
    if place.frame_number == image.frame_count // 2 + 1:
        return f"{base}/thumbnail"
    return f"{base}/frames/{place.frame_number}/rendered?viewport=256,256"
