"""What a model would answer by itself, or does: the numbers, what is missing, what was answered."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from collimate.access.models import User
from collimate.learning.auto_accept import stop, switch, watch
from collimate.learning.auto_accept.estimate import CHANCE, is_met
from collimate.learning.labels import question_of
from collimate.learning.models import AutoAccept, AutoAcceptedCase, ModelVersion, TrainingRun
from collimate.learning.versions import promoted_model
from collimate.projects.models import Project
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Task
from collimate.tasks.states import AUTO_ACCEPTED
from collimate.tasks.worklist import thumbnail_url

MOST_LISTED = 500


def panel(session: Session, project: Project) -> dict[str, Any]:
    """Everything the panel shows, in one answer."""
    on = stop.current(session, project.id)
    model = promoted_model(session, project.id)
    return {
        "refusals": switch.refusals(session, project),
        "estimate": None if model is None else _estimate(session, project, model),
        "now": None if on is None else _now(session, project, on),
        "last": _last(session, project.id),
    }


def _estimate(session: Session, project: Project, model: ModelVersion) -> dict[str, Any] | None:
    found = switch.estimate_of(session, model)
    if found is None:
        return None
    question = question_of(session, project)
    names = {} if question is None else question.names
    drift = found.get("drift") or {}
    return {
        "model_number": model.number,
        "round_number": session.get_one(TrainingRun, model.training_run_id).round_number,
        **{name: found[name] for name in ("audit_count", "calibration_count", "check_count")},
        "open_count": found["open_count"],
        "weights_sha256": found["weights_sha256"],
        "drifts": [name for name in ("sites", "scores") if drift.get(name, 1.0) < CHANCE],
        "targets": [
            {**at, "is_met": is_met(found, at), "lacking": _named(at["lacking"], names)}
            for at in found["targets"]
        ],
    }


def _named(lacking: list[dict[str, Any]], names: dict[str, str]) -> list[dict[str, Any]]:
    return [{**one, "name": names.get(one["key"], one["key"])} for one in lacking]


def _now(session: Session, project: Project, on: AutoAccept) -> dict[str, Any]:
    (asked, read, disagreed), bound = watch.reaudited(session, project, on)
    accepted = select(func.count()).where(AutoAcceptedCase.auto_accept_id == on.id)
    return {
        **_about(session, on),
        "accepted_count": session.scalar(accepted) or 0,
        "standing_count": session.scalar(
            select(func.count()).select_from(standing(project.id).subquery())
        )
        or 0,
        "reaudit_count": asked,
        "reaudit_read_count": read,
        "disagreement_count": disagreed,
        "bound": bound,
    }


def _about(session: Session, one: AutoAccept) -> dict[str, Any]:
    model = session.get_one(ModelVersion, one.model_version_id)
    return {
        **{name: getattr(one, name) for name in ("target", "reason", "weights_sha256")},
        "since": one.created_at,
        "by_name": session.get_one(User, one.turned_on_by).name,
        "model_number": model.number,
    }


def _last(session: Session, project_id: UUID) -> dict[str, Any] | None:
    """The last time it was on, and what ended it."""
    ended = session.scalars(
        select(AutoAccept)
        .where(AutoAccept.project_id == project_id, AutoAccept.off_at.is_not(None))
        .order_by(AutoAccept.off_at.desc())
        .limit(1)
    ).one_or_none()
    if ended is None:
        return None
    by = None if ended.off_by is None else session.get_one(User, ended.off_by).name
    return {
        **_about(session, ended),
        "off_at": ended.off_at,
        "off_code": ended.off_code,
        "off_reason": ended.off_reason,
        "off_by_name": by,
    }


def standing(project_id: UUID) -> Select[AutoAcceptedCase]:
    """What stands as answered by a model: of each task that is, the newest record."""
    later = aliased(AutoAcceptedCase)
    is_newest = ~(
        select(later.id)
        .where(later.task_id == AutoAcceptedCase.task_id, later.id > AutoAcceptedCase.id)
        .exists()
    )
    return (
        select(AutoAcceptedCase)
        .join(Task, Task.id == AutoAcceptedCase.task_id)
        .join(Study, Study.id == Task.study_id)
        .where(Task.project_id == project_id, Task.state == AUTO_ACCEPTED)
        .where(Study.deleted_at.is_(None), is_newest)
    )


def listed(session: Session, project: Project) -> dict[str, Any]:
    """The cases that stand as answered, the newest first; re-audits are not among them."""
    rows = session.execute(
        standing(project.id)
        .add_columns(Patient.pseudonym, ModelVersion.number)
        .join(Patient, Patient.id == Study.patient_id)
        .join(ModelVersion, ModelVersion.id == AutoAcceptedCase.model_version_id)
        .order_by(AutoAcceptedCase.id.desc())
        .limit(MOST_LISTED)
    )
    names = ("task_id", "study_id", "label_keys", "p_values", "weights_sha256")
    return {
        "items": [
            {
                **{name: getattr(case, name) for name in names},
                "pseudonym": pseudonym,
                "model_number": number,
                "accepted_at": case.created_at,
                "thumbnail_url": thumbnail_url(case.study_id),
            }
            for case, pseudonym, number in rows
        ]
    }
