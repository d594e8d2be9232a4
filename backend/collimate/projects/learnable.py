"""What a project's learner may learn in place of the study's answer."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from collimate.jobs.enqueue import enqueue
from collimate.jobs.kinds import JobKind
from collimate.projects.attributes import Attribute
from collimate.projects.models import Project
from collimate.projects.rules import RuleOutOfRange, learning_rules
from collimate.projects.schema import SchemaNotFound, current_schema

SCOPES = ("series", "image")
KINDS = ("single", "multi", "yes_no")


def learnable(attributes: Sequence[Attribute]) -> list[Attribute]:
    """The attributes that a model can learn: choices, asked of every series or every image."""
    return [one for one in attributes if one["scope"] in SCOPES and one["kind"] in KINDS]


def choose(session: Session, project: Project, key: str) -> None:
    """Note in the rules what the learner predicts; each series or image is looked at from now on.

    Raises:
        RuleOutOfRange: nothing that can be learned has this key.
    """
    if key == learning_rules(project).predicts:
        return
    try:
        known = {one["key"] for one in learnable(current_schema(session, project.id).attributes)}
    except SchemaNotFound:
        known = set()
    if key and key not in known:
        raise RuleOutOfRange(
            "What is predicted must be an attribute with choices that is asked of every series or "
            "every image."
        )
    project.learning_rules = {**project.learning_rules, "predicts": key}
    enqueue(
        session,
        JobKind.EMBED_STUDIES,
        project_id=project.id,
        dedup_key=f"embed:{project.id}",
    )
