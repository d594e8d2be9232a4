"""The labels of a table and those of the project it goes into."""

from uuid import UUID

from sqlalchemy.orm import Session

from collimate.projects import schema
from collimate.projects.models import Project
from collimate.projects.schema import LabelDraft
from collimate.studies.imports.label_table import TableUnusable

OKABE_ITO = ("#009e73", "#e69f00", "#56b4e9", "#cc79a7", "#f0e442", "#d55e00", "#0072b2", "#999999")
HOTKEYS = "123456789"


def fit_schema(session: Session, by: UUID | None, project: Project, names: dict[str, str]) -> None:
    """Check label names, by key, against the project's; a project without any gets them.

    Raises:
        TableUnusable: the project has no such class.
    """
    unknown = unknown_labels(session, project, names)
    if unknown is None:
        schema.design(
            session, by, project, question="Which class is it?", answer_mode="single",
            labels=drafts_for(names),
        )  # fmt: skip
    elif unknown:
        raise TableUnusable(
            f"The project has no class {', '.join(map(repr, sorted(unknown)))}. "
            "Add it to the label schema, or leave the labels out."
        )


def unknown_labels(session: Session, project: Project, names: dict[str, str]) -> list[str] | None:
    """Names of which the project has no class; None where it has no labels at all."""
    try:
        current = schema.current_schema(session, project.id)
    except schema.SchemaNotFound:
        return None
    known = {label.key for label in schema.labels_of(session, current.id) if label.kind == "class"}
    return [name for key, name in names.items() if key not in known]


def drafts_for(names: dict[str, str]) -> list[LabelDraft]:
    """Classes for label names, in order, with colours that can be told apart and digit keys."""
    return [
        LabelDraft(
            name=name.replace("_", " ").capitalize(),
            kind="class",
            colour=OKABE_ITO[number % len(OKABE_ITO)],
            key=key,
            hotkey=HOTKEYS[number] if number < len(HOTKEYS) else None,
        )
        for number, (key, name) in enumerate(names.items())
    ]
