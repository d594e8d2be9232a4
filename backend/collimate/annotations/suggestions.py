"""What the promoted model says of a case, whether its reader may hear it or not."""

from typing import Any, NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from collimate.annotations import unit_suggestions
from collimate.projects.models import LabelSchema
from collimate.tasks.models import Task


class Said(NamedTuple):
    """What the model says of a case as a whole, and of each series or image."""

    of_case: dict[str, Any] | None
    of_units: list[dict[str, Any]]

    @property
    def all(self) -> list[dict[str, Any]]:
        """Everything it says; empty where it says nothing."""
        return [*([self.of_case] if self.of_case else []), *self.of_units]


NOTHING_SAID = Said(None, [])


def said(
    session: Session, task: Task, label_schema: LabelSchema, described: dict[str, Any]
) -> Said:
    """What the model says of what a version of the schema asks; `described` is that as JSON."""
    units = unit_suggestions.of_units(session, task, label_schema)
    return Said(_of_case(session, task, described), units)


def _of_case(session: Session, task: Task, described: dict[str, Any]) -> dict[str, Any] | None:
    # Models stand later in the data flow; their tables are asked by name, not by import.
    found = session.execute(
        text(
            "SELECT prediction.id, prediction.probabilities, model_version.number"
            " FROM prediction JOIN model_version"
            " ON model_version.id = prediction.model_version_id"
            " WHERE prediction.study_id = :study AND prediction.unit_id IS NULL"
            " AND model_version.promoted_at IS NOT NULL"
            " AND model_version.retired_at IS NULL"
        ),
        {"study": task.study_id},
    ).first()
    if found is None:
        return None
    keys = {label.key for label in described["labels"]}
    probabilities = {key: float(p) for key, p in found[1].items() if key in keys}
    is_single = described["answer_mode"] == "single"
    best = max(probabilities, key=lambda key: probabilities[key]) if probabilities else None
    return {
        "id": found[0],
        "probabilities": probabilities,
        "label_key": best if is_single else None,
        "model_number": found[2],
    }
