"""What the promoted model says of each series or image of a case, where these are learned.

Models stand later in the data flow; their tables are asked by name, not by import.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from collimate.projects.attributes import Attribute, answers_of
from collimate.projects.models import LabelSchema
from collimate.tasks.models import Task

MULTI_THRESHOLD = 0.5
"""From this probability on one of several choices is suggested."""
SAID = text(
    "SELECT prediction.id, prediction.probabilities, model_version.number, model_version.scope,"
    " model_version.attribute, coalesce(instance.sop_instance_uid, series.series_uid) AS target"
    " FROM prediction JOIN model_version ON model_version.id = prediction.model_version_id"
    " LEFT JOIN instance ON instance.id = prediction.unit_id"
    " LEFT JOIN series ON series.id = prediction.unit_id"
    " WHERE prediction.study_id = :study AND prediction.unit_id IS NOT NULL"
    " AND model_version.promoted_at IS NOT NULL AND model_version.retired_at IS NULL"
    " AND (instance.id IS NOT NULL OR series.id IS NOT NULL)"
    " ORDER BY prediction.unit_id"
)
NAMED = text(
    "SELECT EXISTS (SELECT 1 FROM prediction"
    " LEFT JOIN instance ON instance.id = prediction.unit_id"
    " LEFT JOIN series ON series.id = prediction.unit_id"
    " WHERE prediction.id = :id AND prediction.study_id = :study"
    " AND (prediction.unit_id IS NULL"
    " OR coalesce(instance.sop_instance_uid, series.series_uid) = :target))"
)
OF_STUDY = text("SELECT EXISTS (SELECT 1 FROM prediction WHERE id = :id AND study_id = :study)")


def of_units(session: Session, task: Task, label_schema: LabelSchema) -> list[dict[str, Any]]:
    """One for each series or image the model has looked at, whose attribute the schema asks."""
    asked = {
        (one["scope"], one["key"]): one
        for one in label_schema.attributes
        if one["scope"] in ("series", "image")
    }
    found: list[dict[str, Any]] = []
    if not asked:
        return found
    for row in session.execute(SAID, {"study": task.study_id}):
        attribute = asked.get((row.scope, row.attribute))
        if attribute is not None and (said := _known(attribute, row.probabilities)):
            found.append(
                {
                    "id": row.id,
                    "scope": row.scope,
                    "target": row.target,
                    "attribute": row.attribute,
                    "probabilities": said,
                    "keys": _leaning(attribute, said),
                    "model_number": row.number,
                }
            )
    return found


def _known(attribute: Attribute, probabilities: dict[str, Any]) -> dict[str, float]:
    return {key: float(probabilities[key]) for key in answers_of(attribute) if key in probabilities}


def _leaning(attribute: Attribute, said: dict[str, float]) -> list[str]:
    """What accepting would answer: the likeliest choice, or each one that is likely."""
    if attribute["kind"] == "multi":
        return [key for key, share in said.items() if share >= MULTI_THRESHOLD]
    return [max(said, key=lambda key: said[key])]


def is_of(session: Session, task: Task, suggestion_id: UUID, content: dict[str, Any]) -> bool:
    """Whether there is such a suggestion for this study and, where it is of a series or image, for
    what this content is about.
    """
    target = content.get("target", "")
    named = {"id": suggestion_id, "study": task.study_id, "target": target}
    return bool(session.scalar(NAMED, named))


def is_of_study(session: Session, task: Task, suggestion_id: UUID) -> bool:
    """Whether there is such a suggestion for this study, or for a series or image of it."""
    return bool(session.scalar(OF_STUDY, {"id": suggestion_id, "study": task.study_id}))
