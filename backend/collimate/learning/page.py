"""The learning page: what is known, how good the model is, and what stands in its way."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from collimate.jobs.kinds import JobKind
from collimate.jobs.models import Job
from collimate.learning import encoders, forecast, gate, warn
from collimate.learning.due import next_round_in
from collimate.learning.kinds import KINDS, TaskKind
from collimate.learning.labels import STUDY, Labelled, Question, labelled_units, question_of
from collimate.learning.models import Encoder, ModelVersion, TrainingRun
from collimate.learning.versions import UNFINISHED, promoted_model
from collimate.projects.models import LabelSchema, Project
from collimate.studies.models import Patient, Study


def learning_page(session: Session, project: Project) -> dict[str, Any]:
    """Everything the page shows, in one answer."""
    question = question_of(session, project)
    labelled: list[Labelled] = []
    undecided = 0
    if question is not None:
        labelled, undecided = labelled_units(session, project, question)
    encoder = encoders.shown_encoder(session, project.id)
    counts = _counts(session, project.id, labelled)
    model = promoted_model(session, project.id)
    newest = _newest_metrics(session, project.id)
    shown = newest
    if model is not None:
        shown = session.get_one(TrainingRun, model.training_run_id).metrics
    return {
        "state": _state(session, project.id, encoder),
        "encoder": _encoder(session, project.id, encoder),
        "encoder_trial": gate.describe(session, project.id),
        **counts,
        "next_round_in": next_round_in(session, project),
        "kind": question.kind.value if question else None,
        "predicts": _predicts(session, question),
        "curve": _curve(newest, question),
        "calibration": shown.get("calibration") or {"bins": [], "ece": None},
        "per_class": _per_class(shown, question),
        "subgroups": shown.get("subgroups") or [],
        "confusion": shown.get("confusion") or {"keys": [], "matrix": []},
        "model": _model(session, model),
        "warnings": warn.warnings(
            session, project, question=question, labelled=labelled, undecided=undecided
        ),
    }


def _predicts(session: Session, question: Question | None) -> dict[str, str] | None:
    """The attribute that is learned, where it is not the answer; masks and boxes have none."""
    if question is None or question.scope == STUDY:
        return None
    asked = session.get_one(LabelSchema, question.schema_id).attributes
    name = next(one["name"] for one in asked if one["key"] == question.attribute)
    return {"scope": question.scope, "name": name}


def _newest_metrics(session: Session, project_id: UUID) -> dict[str, Any]:
    found = session.scalars(
        select(TrainingRun.metrics)
        .where(TrainingRun.project_id == project_id)
        .where(~TrainingRun.metrics.has_key(UNFINISHED))
        .order_by(TrainingRun.round_number.desc(), TrainingRun.id.desc())
        .limit(1)
    ).one_or_none()
    return found or {}


def _counts(session: Session, project_id: UUID, labelled: list[Labelled]) -> dict[str, int]:
    query = (
        select(Patient.is_holdout, func.count())
        .join(Study, Study.patient_id == Patient.id)
        .where(Study.project_id == project_id, Study.deleted_at.is_(None))
        .group_by(Patient.is_holdout)
    )
    studies = dict(session.execute(query).all())
    return {
        "pool_count": studies.get(False, 0),
        "holdout_count": studies.get(True, 0),
        "labelled_count": sum(not item.is_holdout for item in labelled),
        "control_count": sum(item.arm == "control" for item in labelled if not item.is_holdout),
        "evaluation_count": sum(item.is_holdout for item in labelled),
    }


def _state(session: Session, project_id: UUID, encoder: Encoder | None) -> str:
    """Say what the learner is doing, in the order in which it blocks people."""
    if encoders.is_busy(session, project_id, JobKind.EMBED_STUDIES):
        return "embedding"
    teaching = (JobKind.TRAIN_ENCODER, JobKind.TEACH_ENCODER)
    if any(encoders.is_busy(session, project_id, kind) for kind in teaching):
        return "training_encoder"
    if encoders.is_busy(session, project_id, JobKind.TRAIN_MODEL):
        return "training_model"
    if encoder is None or promoted_model(session, project_id) is None:
        return "collecting"
    return "ready"


LOOKING = (JobKind.TRAIN_ENCODER, JobKind.TEACH_ENCODER, JobKind.EMBED_STUDIES)


def _encoder(session: Session, project_id: UUID, encoder: Encoder | None) -> dict[str, Any] | None:
    if encoder is None:
        return None
    job = session.scalars(
        select(Job)
        .where(Job.project_id == project_id, Job.state == "running")
        .where(Job.kind.in_(LOOKING))
        .order_by(Job.id.desc())
        .limit(1)
    ).one_or_none()
    done = 1.0 if encoder.state == "ready" else 0.0
    return {
        "kind": encoder.kind,
        "state": encoder.state,
        "dimension": encoder.dimension,
        "progress": job.progress if job is not None else done,
    }


def _curve(metrics: dict[str, Any], question: Question | None) -> dict[str, Any]:
    """The curve as the newest round drew it."""
    found = metrics.get("curve") or {"strategy": [], "control": []}
    kind = question.kind if question is not None else TaskKind.CLASSIFICATION
    return {
        **found, "metric": KINDS[kind].metric, "forecast": forecast.forecast(found["strategy"]),
    }  # fmt: skip


def _per_class(metrics: dict[str, Any], question: Question | None) -> list[dict[str, Any]]:
    names = question.names if question is not None else {}
    return [
        {
            "key": item["key"],
            "name": names.get(item["key"], item["key"]),
            # Runs of earlier versions call it by the name of their score.
            "score": item["score"] if "score" in item else item["recall"],
            **{name: item[name] for name in ("low", "high", "count")},
            **{name: item.get(name) for name in ("distance_mm", "average_precision", "froc")},
        }
        for item in metrics.get("per_class") or []
    ]


def _model(session: Session, model: ModelVersion | None) -> dict[str, Any] | None:
    if model is None:
        return None
    run = session.get_one(TrainingRun, model.training_run_id)
    return {
        "id": model.id,
        "number": model.number,
        "promoted_at": model.promoted_at,
        "label_count": run.label_count,
    }
