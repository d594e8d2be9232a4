"""What an annotation may say, held against the label schema its read is pinned to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations import unit_suggestions
from collimate.annotations.attributes import is_valid
from collimate.annotations.geometry import (
    ImageGrid,
    MarkMalformed,
    checked_places,
    checked_points,
)
from collimate.annotations.runs import checked_runs
from collimate.kit.errors import Unprocessable
from collimate.projects import schema
from collimate.projects.models import Label, LabelSchema
from collimate.studies.models import Instance, Series
from collimate.tasks.models import Read, Task

ANSWER = "answer"
SEGMENT = "segment"
ATTRIBUTES = "attributes"
OUTCOME = "outcome"
REJECTION = "rejection"
ALWAYS_THERE = (SEGMENT, ATTRIBUTES, OUTCOME, REJECTION)
"""Kinds that are emptied rather than deleted, so that every window goes on with the same one."""
PLANE = {"frame_of_reference_uid", "row_direction", "column_direction"}
"""What a mark on a plane says besides its places."""


class LabelUnknown(Unprocessable):
    """The label schema of this case has no such label."""


class AttributeUnknown(Unprocessable):
    """The label schema of this case asks nothing like that."""


class SuggestionUnknown(Unprocessable):
    """There is no such suggestion for this study."""


class ImageUnknown(Unprocessable):
    """This case has no such image."""


def checked_content(
    session: Session, read: Read, task: Task, kind: str, content: dict[str, Any]
) -> dict[str, Any]:
    """The content as it is stored, in canonical order and precision.

    Raises:
        LabelUnknown, AttributeUnknown, ImageUnknown, MarkMalformed, MarkOutsideImage,
        MaskMalformed, MaskOutsideImage, SuggestionUnknown
    """
    schema_id = read.label_schema_id
    if schema_id is None:
        raise LabelUnknown("This case was never opened.")
    labels = schema.labels_of(session, schema_id)
    if kind == OUTCOME:
        return _checked_outcome(session.get_one(LabelSchema, schema_id), content)
    if kind == ATTRIBUTES:
        asks = session.get_one(LabelSchema, schema_id).attributes
        return _checked_attributes(session, task, labels, asks, content)
    if kind == REJECTION:
        return _checked_rejection(session, task, content)
    if kind == ANSWER:
        if set(content) != {"label_keys"}:
            raise MarkMalformed("An answer names label keys.")
        mode = session.get_one(LabelSchema, schema_id).answer_mode
        return {"label_keys": _checked_keys(labels, mode, content["label_keys"])}
    return _checked_mark(session, task, kind, labels, content)


def _checked_keys(labels: Sequence[Label], mode: str, keys: Sequence[str]) -> list[str]:
    if mode == "none":
        raise LabelUnknown("This project asks for marks only.")
    ordered = [label.key for label in labels if label.kind == "class" and label.key in set(keys)]
    if len(ordered) != len(keys):
        raise LabelUnknown("The answer names a class that is not in the schema, or one twice.")
    if mode == "single" and len(ordered) > 1:
        raise LabelUnknown("This question takes one answer.")
    return ordered


def _checked_outcome(asks: LabelSchema, content: dict[str, Any]) -> dict[str, Any]:
    if set(content) != {"exclusion", "quality", "note"}:
        raise MarkMalformed("An outcome names an exclusion, a quality and a note.")
    reasons = {reason["key"] for reason in asks.exclusion_reasons}
    if content["exclusion"] is not None and content["exclusion"] not in reasons:
        raise LabelUnknown("The label schema has no such reason for excluding a case.")
    if content["quality"] is not None and asks.quality_verdict == "none":
        raise LabelUnknown("This project asks for no verdict on image quality.")
    return content


def _checked_rejection(session: Session, task: Task, content: dict[str, Any]) -> dict[str, Any]:
    if set(content) != {"suggestion_id", "is_rejected"}:
        raise MarkMalformed("A rejection names a suggestion and whether it is rejected.")
    suggestion_id = UUID(str(content["suggestion_id"]))
    if not unit_suggestions.is_of_study(session, task, suggestion_id):
        raise SuggestionUnknown("Reload the case.")
    return {"suggestion_id": str(suggestion_id), "is_rejected": content["is_rejected"]}


def _checked_attributes(
    session: Session,
    task: Task,
    labels: Sequence[Label],
    asks: Sequence[dict[str, Any]],
    content: dict[str, Any],
) -> dict[str, Any]:
    if set(content) != {"scope", "target", "values"}:
        raise MarkMalformed("Answers to attributes name a scope, a target and values.")
    scope, target, values = content["scope"], content["target"], content["values"]
    known = {one["key"]: one for one in asks if one["scope"] == scope}
    for key, value in values.items():
        if key not in known or not is_valid(known[key], value):
            raise AttributeUnknown(f"“{key}” is not asked there, or cannot be answered so.")
    if not _is_target(session, task, labels, scope, target):
        raise ImageUnknown("Attributes belong to the study, its series and images, or a region.")
    return {"scope": scope, "target": target, "values": values}


def _is_target(
    session: Session, task: Task, labels: Sequence[Label], scope: str, target: str
) -> bool:
    """A mark need not be there yet: its own save may come after."""
    if scope == "study":
        return target == ""
    if scope == "region":
        segments = {label.key for label in labels if label.kind == SEGMENT}
        return target in segments or _is_id(target)
    is_series = scope == "series"
    column = Series.series_uid if is_series else Instance.sop_instance_uid
    study_id = Series.study_id if is_series else Instance.study_id
    query = select(column).where(study_id == task.study_id, column == target)
    return session.scalar(query) is not None


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _checked_mark(
    session: Session, task: Task, kind: str, labels: Sequence[Label], content: dict[str, Any]
) -> dict[str, Any]:
    shape = "runs" if kind == SEGMENT else "places" if "places" in content else "points"
    names = {"label_key", "sop_instance_uid", "frame_number", shape}
    if set(content) != (names | PLANE if shape == "places" else names):
        raise MarkMalformed(f"A {kind} names a label, an image, a frame and its {shape}.")
    if not any(label.key == content["label_key"] and label.kind == kind for label in labels):
        raise LabelUnknown(f"There is no {kind} label of that key.")
    grid = _grid(session, task.study_id, str(content["sop_instance_uid"]))
    frame_number = int(content["frame_number"])
    if not 1 <= frame_number <= grid.frame_count:
        raise ImageUnknown(f"The image has {grid.frame_count} frames.")
    where = {
        "label_key": content["label_key"],
        "sop_instance_uid": content["sop_instance_uid"],
        "frame_number": frame_number,
    }
    if shape == "places":
        return where | _checked_in_space(kind, content)
    if kind == SEGMENT:
        return where | {shape: checked_runs(content[shape], grid)}
    return where | {shape: checked_points(kind, content[shape], grid)}


def _checked_in_space(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    places, row, column = checked_places(
        kind, content["places"], content["row_direction"], content["column_direction"]
    )
    return {
        "frame_of_reference_uid": content["frame_of_reference_uid"],
        "row_direction": row,
        "column_direction": column,
        "places": places,
    }


def place_of(kind: str, content: dict[str, Any]) -> str | None:
    """Where within a read there can be only one annotation; None where there can be many."""
    if kind in (ANSWER, OUTCOME):
        return kind
    if kind == SEGMENT:
        return f"{content['label_key']}/{content['sop_instance_uid']}/{content['frame_number']}"
    if kind == ATTRIBUTES:
        return f"{content['scope']}/{content['target']}"
    if kind == REJECTION:
        return str(content["suggestion_id"])
    return None


def _grid(session: Session, study_id: UUID, sop_instance_uid: str) -> ImageGrid:
    found = session.execute(
        select(Instance.rows, Instance.columns, Instance.frame_count).where(
            Instance.study_id == study_id, Instance.sop_instance_uid == sop_instance_uid
        )
    ).one_or_none()
    if found is None:
        raise ImageUnknown("Marks lie on an image of the study being read.")
    return ImageGrid(*found)
