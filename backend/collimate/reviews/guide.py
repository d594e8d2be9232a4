"""The guide of a project: what each label means, with examples from cases that are read through."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.access.models import User
from collimate.access.policy import Permission
from collimate.kit.errors import Conflict, NotFound, Unprocessable
from collimate.projects import members, schema
from collimate.projects.models import Label, Project
from collimate.projects.rules import reading_rules
from collimate.reviews.models import GuideExample
from collimate.studies.models import Instance, Series, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE


class ExampleNotFound(NotFound):
    """There is no such example."""


class ExampleUnusable(Unprocessable):
    """This label or image cannot be an example."""


class CaseUnfinished(Conflict):
    """Only a case that is read through can be an example."""


@dataclass(frozen=True)
class Chosen:
    """An image of a finished read, and what it is an example of."""

    label_key: str
    read_id: UUID
    sop_instance_uid: str
    frame_number: int = 1
    caption: str = ""


def guide(session: Session, project: Project) -> dict[str, Any]:
    """The guideline, and every label that has a text or examples, in the schema's order."""
    rules = reading_rules(project)
    examples = _examples(session, project)
    labels = [
        {
            "label_key": label.key,
            "name": label.name,
            "colour": label.colour,
            "text": rules.label_guidelines.get(label.key, ""),
            "examples": examples.get(label.key, []),
        }
        for label in _labels(session, project)
    ]
    return {
        "guideline": rules.guideline,
        "labels": [label for label in labels if label["text"] or label["examples"]],
    }


def _labels(session: Session, project: Project) -> list[Label]:
    try:
        newest = schema.current_schema(session, project.id)
    except schema.SchemaNotFound:
        return []
    return schema.labels_of(session, newest.id)


def _examples(session: Session, project: Project) -> dict[str, list[dict[str, Any]]]:
    rows = session.execute(
        select(GuideExample, Study.study_uid, Series.series_uid)
        .join(Study, Study.id == GuideExample.study_id)
        .join(Instance, Instance.sop_instance_uid == GuideExample.sop_instance_uid)
        .join(Series, Series.id == Instance.series_id)
        .where(GuideExample.project_id == project.id, Instance.study_id == Study.id)
        .where(Study.deleted_at.is_(None))
        .order_by(GuideExample.created_at, GuideExample.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for example, study_uid, series_uid in rows:
        path = (
            f"/dicomweb/{project.id}/studies/{study_uid}/series/{series_uid}/instances/"
            f"{example.sop_instance_uid}/frames/{example.frame_number}/rendered"
        )
        found.setdefault(example.label_key, []).append(
            {"id": example.id, "caption": example.caption, "picture_url": path}
        )
    return found


def add_example(session: Session, by: UUID, project: Project, chosen: Chosen) -> GuideExample:
    """Show an image of a case to readers as an example of a label.

    Who has yet to read the case must not learn what others said of it: every place of it is done.

    Raises:
        ExampleUnusable: no such label, read or image.
        CaseUnfinished
    """
    if chosen.label_key not in {label.key for label in _labels(session, project)}:
        raise ExampleUnusable("The label schema has no such label.")
    found = session.execute(
        select(Task, Instance.frame_count)
        .join(Read, Read.task_id == Task.id)
        .join(Instance, Instance.study_id == Task.study_id)
        .where(Task.project_id == project.id, Read.id == chosen.read_id)
        .where(Instance.sop_instance_uid == chosen.sop_instance_uid)
    ).one_or_none()
    if found is None or chosen.frame_number > found[1]:
        raise ExampleUnusable("The project has no such case with this image.")
    if found[0].state not in DONE:
        raise CaseUnfinished("Choose it once every reader of the case is done.")
    example = GuideExample(
        project_id=project.id, label_key=chosen.label_key, study_id=found[0].study_id,
        sop_instance_uid=chosen.sop_instance_uid, frame_number=chosen.frame_number,
        caption=chosen.caption.strip(), created_by=by,
    )  # fmt: skip
    session.add(example)
    session.flush()
    audit.record(
        session, by, "guide_example_added", "guide_example", example.id, project_id=project.id
    )
    return example


def example_for(session: Session, user: User, example_id: UUID) -> GuideExample:
    """The example, for someone who manages its project.

    Raises:
        ExampleNotFound: unknown, or a stranger's: both look the same.
        RoleForbids
    """
    example = session.get(GuideExample, example_id)
    return members.guard(session, user, example, Permission.MANAGE_PROJECT, ExampleNotFound)


def remove_example(session: Session, by: UUID, example: GuideExample) -> None:
    """Show an example no more."""
    audit.record(
        session, by, "guide_example_removed", "guide_example", example.id,
        project_id=example.project_id,
    )  # fmt: skip
    session.delete(example)
