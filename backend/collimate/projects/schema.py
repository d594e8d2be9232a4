"""Label schemas: versions that never change once a read is pinned to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from collimate.access import audit
from collimate.jobs import events
from collimate.kit.errors import Conflict, NotFound
from collimate.projects.attributes import (
    Attribute,
    SchemaUnusable,
    checked_attributes,
    checked_reasons,
    key_from,
)
from collimate.projects.models import Label, LabelSchema, Project

MARK_KINDS = (
    "point", "length", "bidirectional", "angle", "cobb", "box", "circle", "ellipse",
    "polygon", "freehand", "spline", "polyline",
)  # fmt: skip
KINDS = ("class", *MARK_KINDS, "segment")
MODES = ("single", "multi", "none")


class SchemaNotFound(NotFound):
    """There is no label schema yet."""


class SchemaMissing(Conflict):
    """The project has no label schema yet."""


class LabelSchemaNotFound(NotFound):
    """There is no such label schema."""


@dataclass(frozen=True)
class LabelDraft:
    """A label as its designer wrote it; `key` is kept when given, else made from the name."""

    name: str
    kind: str
    colour: str
    key: str | None = None
    hotkey: str | None = None
    code_scheme: str | None = None
    code_value: str | None = None
    code_meaning: str | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked beside the labels; keys are made where they are missing."""

    attributes: Sequence[Attribute] = ()
    exclusion_reasons: Sequence[dict[str, Any]] = ()
    quality_verdict: str = "none"


def newest(project_id: UUID | ColumnElement[UUID]) -> Select[LabelSchema]:
    """The query for the newest version."""
    versions = select(LabelSchema).where(LabelSchema.project_id == project_id)
    return versions.order_by(LabelSchema.version.desc()).limit(1)


def current_schema(session: Session, project_id: UUID) -> LabelSchema:
    """The newest version.

    Raises:
        SchemaNotFound
    """
    schema = session.scalars(newest(project_id)).one_or_none()
    if schema is None:
        raise SchemaNotFound("A project admin designs it under Project, Labels.")
    return schema


def labels_of(session: Session, schema_id: UUID) -> list[Label]:
    """The labels of a version, in their order."""
    return list(session.scalars(_LABELS, {"schema_id": schema_id}))


_LABELS = (
    select(Label)
    .where(Label.label_schema_id == bindparam("schema_id", type_=Uuid()))
    .order_by(Label.position)
)


def is_used(session: Session, schema_id: UUID) -> bool:
    """Whether any read is pinned to this version."""
    # Reads stand later in the data flow; the foreign key is asked by name, not by import.
    query = text("SELECT EXISTS (SELECT 1 FROM read WHERE label_schema_id = :id)")
    return bool(session.scalar(query, {"id": schema_id}))


def describe(session: Session, schema: LabelSchema, *, tells_use: bool) -> dict[str, Any]:
    """A version with its labels, as JSON has it.

    Whether it is used tells that someone has begun to read, so a reader, who may be blinded, is
    always told that it is; only those who design it learn the truth (`tells_use`).
    """
    return {
        "id": schema.id,
        "project_id": schema.project_id,
        "version": schema.version,
        "question": schema.question,
        "answer_mode": schema.answer_mode,
        "is_used": is_used(session, schema.id) if tells_use else True,
        "created_at": schema.created_at,
        "labels": labels_of(session, schema.id),
        "attributes": schema.attributes,
        "exclusion_reasons": schema.exclusion_reasons,
        "quality_verdict": schema.quality_verdict,
    }


def versions(session: Session, project_id: UUID, *, tells_use: bool) -> list[dict[str, Any]]:
    """All versions, newest first; `tells_use` as in `describe`."""
    schemas = session.scalars(
        select(LabelSchema)
        .where(LabelSchema.project_id == project_id)
        .order_by(LabelSchema.version.desc())
    )
    return [describe(session, schema, tells_use=tells_use) for schema in schemas]


def design(
    session: Session,
    by: UUID | None,
    project: Project,
    *,
    question: str,
    answer_mode: str,
    labels: list[LabelDraft],
    asked: Asked | None = None,
) -> LabelSchema:
    """Save a design: the newest version is edited while unused, else a new version begins.

    Raises:
        SchemaUnusable: duplicate keys or hotkeys, bad colour, no class for a question, nothing,
            an attribute that cannot be asked or answered, two reasons of one name.
    """
    keyed = _checked(answer_mode, labels)
    asked = asked or Asked()
    reasons = checked_reasons(asked.exclusion_reasons)
    attributes = checked_attributes(asked.attributes, {key: one.kind for key, one in keyed})
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())
    newest = session.scalar(
        select(func.max(LabelSchema.version)).where(LabelSchema.project_id == project.id)
    )
    schema = current_schema(session, project.id) if newest else None
    if schema is not None:
        # A claim pins the version by a foreign key, whose lock this one waits for.
        session.execute(select(LabelSchema.id).where(LabelSchema.id == schema.id).with_for_update())
    if schema is None or is_used(session, schema.id):
        schema = LabelSchema(project_id=project.id, version=(newest or 0) + 1, created_by=by)
        session.add(schema)
    schema.question, schema.answer_mode, schema.attributes = (
        question.strip(),
        answer_mode,
        attributes,
    )
    schema.exclusion_reasons, schema.quality_verdict = reasons, asked.quality_verdict
    session.flush()
    session.execute(delete(Label).where(Label.label_schema_id == schema.id))
    for position, (key, label) in enumerate(keyed):
        session.add(_row(schema.id, position, key, label))
    session.flush()
    audit.record(
        session, by, "label_schema_designed", "label_schema", schema.id,
        project_id=project.id, version=schema.version,
    )  # fmt: skip
    events.publish(session, "project", project.id, label_schema_id=schema.id)
    return schema


def _row(schema_id: UUID, position: int, key: str, label: LabelDraft) -> Label:
    return Label(
        label_schema_id=schema_id,
        position=position,
        key=key,
        name=label.name.strip(),
        kind=label.kind,
        colour=label.colour.lower(),
        hotkey=label.hotkey,
        code_scheme=label.code_scheme,
        code_value=label.code_value,
        code_meaning=label.code_meaning,
    )


def _checked(answer_mode: str, labels: list[LabelDraft]) -> list[tuple[str, LabelDraft]]:
    if answer_mode not in MODES:
        raise SchemaUnusable("The answer is single, multi or none.")
    if not labels:
        raise SchemaUnusable("Add at least one label.")
    class_count = sum(label.kind == "class" for label in labels)
    if answer_mode != "none" and class_count < (2 if answer_mode == "single" else 1):
        raise SchemaUnusable("A single answer needs two classes or more, a multiple one needs one.")
    keyed = [(label.key or key_from(label.name), label) for label in labels]
    keys = [key for key, _ in keyed]
    if len(set(keys)) < len(keys):
        raise SchemaUnusable("Two labels have the same name.")
    hotkeys = [label.hotkey for label in labels if label.hotkey]
    if len(set(hotkeys)) < len(hotkeys):
        raise SchemaUnusable("Two labels have the same hotkey.")
    for key, label in keyed:
        _check_label(key, label)
    return keyed


def _check_label(key: str, label: LabelDraft) -> None:
    if not re.fullmatch(r"[a-z0-9_]{1,60}", key):
        raise SchemaUnusable(f"“{label.name}” needs a name with letters or digits.")
    if label.kind not in KINDS:
        raise SchemaUnusable(f"A label is one of: {', '.join(KINDS)}.")
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", label.colour):
        raise SchemaUnusable(f"The colour of “{label.name}” is not of the form #rrggbb.")
    if label.hotkey is not None and not re.fullmatch(r"[0-9a-z]", label.hotkey):
        raise SchemaUnusable(f"The hotkey of “{label.name}” must be one digit or letter.")
    if bool(label.code_value) != bool(label.code_meaning):
        raise SchemaUnusable(f"“{label.name}”: a code needs both its value and its meaning.")
