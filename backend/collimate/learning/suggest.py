"""What the promoted model says of a case, for the reader who may see it."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.annotations import case, staged
from collimate.learning.drawn import SHOWN_BOX, unpack
from collimate.learning.models import ModelVersion, Prediction
from collimate.learning.versions import promoted_model
from collimate.projects import schema
from collimate.projects.models import LabelSchema, Project
from collimate.projects.rules import reading_rules
from collimate.tasks import places
from collimate.tasks.models import Read, Task


def suggestion_for_read(session: Session, reader: User, read_id: UUID) -> dict[str, Any] | None:
    """The suggestion a reader may see on his own case; None where there is none or it is hidden.

    Raises:
        ReadNotFound: unknown, or someone else's.
    """
    read = places.own_read(session, reader, read_id)
    task = session.get_one(Task, read.task_id)
    model = promoted_model(session, read.project_id)
    if model is None or not may_see_on(session, read, task):
        return None
    found = session.scalars(
        select(Prediction).where(
            Prediction.model_version_id == model.id,
            Prediction.study_id == task.study_id,
            Prediction.unit_id.is_(None),
        )
    ).one_or_none()
    return None if found is None else _as_json(session, read, model, found)


def may_see_on(session: Session, read: Read, task: Task) -> bool:
    """Whether the reader of this read may now see what a model says of its case.

    Where reading is staged not before the first read is locked.
    """
    rules = reading_rules(session.get_one(Project, read.project_id))
    is_hidden = staged.hides_machine(session, rules, read)
    return not is_hidden and case.shows_machine(session, rules, task)


def _as_json(
    session: Session, read: Read, model: ModelVersion, found: Prediction
) -> dict[str, Any] | None:
    pinned = read.label_schema_id or schema.current_schema(session, read.project_id).id
    keys = {label.key for label in schema.labels_of(session, pinned)}
    probabilities = {key: float(p) for key, p in found.probabilities.items() if key in keys}
    if not probabilities:
        return None
    is_single = session.get_one(LabelSchema, pinned).answer_mode == "single"
    best = max(probabilities, key=lambda key: probabilities[key])
    return {
        "id": found.id,
        "probabilities": probabilities,
        "label_key": best if is_single else None,
        "model_number": model.number,
        "frames": _drawn(found, keys),
    }


def _drawn(found: Prediction, keys: set[str]) -> list[dict[str, Any]]:
    return [
        {
            **frame,
            "segments": [one for one in frame["segments"] if one["label_key"] in keys],
            "boxes": [
                one
                for one in frame["boxes"]
                if one["label_key"] in keys and one["probability"] >= SHOWN_BOX
            ],
        }
        for frame in unpack(found.drawn)
    ]
