"""Model versions: listing them, promoting one, going back to an earlier one."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.kit import clock
from collimate.kit.errors import NotFound
from collimate.learning.auto_accept import stop
from collimate.learning.models import ModelVersion, TrainingRun

UNFINISHED = "is_unfinished"
"""In the metrics of a run whose model has not drawn on every study yet; it is not listed."""


class ModelNotFound(NotFound):
    """There is no such model."""


def promoted_model(session: Session, project_id: UUID) -> ModelVersion | None:
    """The model whose word counts now."""
    return session.scalars(
        select(ModelVersion).where(
            ModelVersion.project_id == project_id,
            ModelVersion.promoted_at.is_not(None),
            ModelVersion.retired_at.is_(None),
        )
    ).one_or_none()


def list_models(session: Session, project_id: UUID) -> list[dict[str, Any]]:
    """All versions with what they learned from and how they did, newest first."""
    rows = session.execute(
        select(ModelVersion, TrainingRun)
        .join(TrainingRun, TrainingRun.id == ModelVersion.training_run_id)
        .where(ModelVersion.project_id == project_id)
        .where(~TrainingRun.metrics.has_key(UNFINISHED))
        .order_by(ModelVersion.number.desc())
    )
    return [as_json(model, run) for model, run in rows]


def newest_model(session: Session, project_id: UUID) -> dict[str, Any] | None:
    """The version made last, whether or not it speaks."""
    row = session.execute(
        select(ModelVersion, TrainingRun)
        .join(TrainingRun, TrainingRun.id == ModelVersion.training_run_id)
        .where(ModelVersion.project_id == project_id)
        .where(~TrainingRun.metrics.has_key(UNFINISHED))
        .order_by(ModelVersion.number.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else as_json(row[0], row[1])


def as_json(model: ModelVersion, run: TrainingRun) -> dict[str, Any]:
    """One version as JSON has it."""
    score = run.metrics.get("score") or {}
    return {
        "id": model.id,
        "number": model.number,
        "created_at": model.created_at,
        "label_count": run.label_count,
        "score": score.get("value"),
        "low": score.get("low"),
        "high": score.get("high"),
        "is_promoted": model.promoted_at is not None and model.retired_at is None,
        "retired_at": model.retired_at,
        "held_back": run.metrics.get("held_back") or [],
        "map_check": run.metrics.get("map_check"),
        "weights_sha256": model.weights_sha256,
        "manifest_sha256": run.manifest_sha256,
        "code_version": run.code_version,
        "seed": run.seed,
    }


def promote(session: Session, model: ModelVersion, *, by: UUID | None) -> dict[str, Any]:
    """Let this version speak; the one that spoke until now retires. Repeating it does nothing.

    The next round may promote its own newer version again. Where a person chooses another one,
    nothing is answered by a model any more (`auto_accept/`); before a round that is seen to.
    """
    current = promoted_model(session, model.project_id)
    if current is None or current.id != model.id:
        if by is not None:
            stop.turn_off(session, model.project_id, stop.NEW_MODEL)
        now = clock.now()
        session.execute(
            update(ModelVersion)
            .where(ModelVersion.project_id == model.project_id)
            .where(ModelVersion.promoted_at.is_not(None), ModelVersion.retired_at.is_(None))
            .values(retired_at=now)
        )
        model.promoted_at, model.retired_at = now, None
        session.flush()
        audit.record(
            session, by, "model_promoted", "model_version", model.id,
            project_id=model.project_id, number=model.number,
        )  # fmt: skip
        events.publish(session, "round", model.project_id, model_version_id=model.id)
    return as_json(model, session.get_one(TrainingRun, model.training_run_id))
