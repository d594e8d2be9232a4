"""A copy of a project inside the caller's transaction, to be rolled back: nobody ever sees it."""

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, cast, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from collimate.access.actor import Actor
from collimate.access.models import User
from collimate.access.policy import Role
from collimate.kit import ids
from collimate.kit.errors import Conflict
from collimate.learning.models import Embedding, Encoder
from collimate.projects import schema
from collimate.projects.models import Label, LabelSchema, Member, Project
from collimate.studies.models import AnswerKey, Patient, Study


class NothingToReplay(Conflict):
    """The project has no hidden answers to play back."""


@dataclass(frozen=True)
class Copy:
    """The copied project, who reads it, and the right answer of every study in it."""

    project_id: UUID
    reader: Actor
    answers: dict[UUID, str]
    holdout: dict[UUID, str]
    patients: dict[UUID, str]


def copy_project(session: Session, project_id: UUID, *, batch_size: int, strategy: str) -> Copy:
    """Copy project, labels, patients, studies with a known answer, and what encoders saw.

    The copy is blind to the reads of the original; no case of it serves to measure, so that
    every read is one to learn from.

    Raises:
        NothingToReplay: no single-answer key, or none among the hold-out patients.
    """
    copied = _Copying(session, project_id, secrets.token_hex(8))
    current = schema.current_schema(session, project_id)
    if current.answer_mode != "single":
        raise NothingToReplay("Replay plays projects whose question has a single answer.")
    copied.project(batch_size, strategy)
    copied.rows(LabelSchema, LabelSchema.id == current.id)
    copied.rows(
        Label, Label.label_schema_id == current.id,
        label_schema_id=copied.renamed(Label.label_schema_id),
    )  # fmt: skip
    copied.rows(Patient, Patient.project_id == project_id)
    known = select(AnswerKey.study_id).where(
        AnswerKey.project_id == project_id, func.jsonb_array_length(AnswerKey.label_keys) == 1
    )
    copied.rows(
        Study, Study.id.in_(known) & Study.deleted_at.is_(None),
        patient_id=copied.renamed(Study.patient_id), dicom_json=cast(literal("{}"), JSONB),
    )  # fmt: skip
    copied.rows(Encoder, (Encoder.project_id == project_id) & Encoder.is_current)
    copied.rows(
        Embedding,
        Embedding.study_id.in_(known)
        & Embedding.unit_id.is_(None)
        & Embedding.encoder_id.in_(
            select(Encoder.id).where(Encoder.project_id == project_id, Encoder.is_current)
        ),
        study_id=copied.renamed(Embedding.study_id),
        encoder_id=copied.renamed(Embedding.encoder_id),
    )
    return copied.with_answers(_reader(session, copied.new_id))


def _reader(session: Session, project_id: UUID) -> Actor:
    number = ids.new_id()
    user = User(email=f"replay-{number}@replay.invalid", name="Replay", password_hash="!")  # noqa: S106
    session.add(user)
    session.flush()
    session.add(Member(project_id=project_id, user_id=user.id, role=Role.READER))
    session.flush()
    # A sign-in row would lock the instance's audit chain for as long as the replay runs.
    return Actor(user, ids.new_id())


class _Copying:
    """One copy under way: new ids derive from old ones, so references need no table."""

    def __init__(self, session: Session, project_id: UUID, salt: str) -> None:
        self.session, self.project_id, self.salt = session, project_id, salt
        self.new_id = session.scalars(select(self.renamed(literal(str(project_id))))).one()

    def renamed(self, column: Any) -> ColumnElement[Any]:
        """The id in the copy of what has this id in the original."""
        return cast(func.md5(cast(column, Text) + self.salt), Uuid())

    def rows(self, table: Any, which: ColumnElement[bool], **changed: Any) -> None:
        """Copy rows of a table, with new ids, into the new project."""
        names, values = [], []
        for column in table.__table__.columns:
            if column.computed is not None:
                continue
            names.append(column.name)
            if column.name in changed:
                values.append(changed[column.name])
            elif column.name == "id":
                values.append(self.renamed(column))
            elif column.name == "project_id":
                values.append(literal(self.new_id, Uuid()))
            else:
                values.append(column)
        self.session.execute(insert(table).from_select(names, select(*values).where(which)))

    def project(self, batch_size: int, strategy: str) -> None:
        """Copy the project with the rules of a replay."""
        reading = {"wanted_reads": 1, "review_required": False}
        learning = {
            "is_on": True,
            "strategy": strategy,
            "batch_size": batch_size,
            "evaluation_share": 0.0,
            # what is known beforehand is the answer of each study
            "predicts": "",
        }
        self.rows(
            Project,
            Project.id == self.project_id,
            reading_rules=Project.reading_rules.op("||")(cast(reading, JSONB)),
            learning_rules=Project.learning_rules.op("||")(cast(learning, JSONB)),
            key=literal(secrets.token_bytes(32)),
        )

    def with_answers(self, reader: Actor) -> Copy:
        """The finished copy and its hidden answers."""
        rows = self.session.execute(
            select(
                self.renamed(AnswerKey.study_id),
                AnswerKey.label_keys[0].astext,
                Patient.is_holdout,
                Patient.keyed_hash,
            )
            .join(Study, Study.id == AnswerKey.study_id)
            .join(Patient, Patient.id == Study.patient_id)
            .where(AnswerKey.project_id == self.project_id, Study.deleted_at.is_(None))
            .where(func.jsonb_array_length(AnswerKey.label_keys) == 1)
        ).all()
        pool = {study_id: key for study_id, key, is_holdout, _ in rows if not is_holdout}
        held = {study_id: key for study_id, key, is_holdout, _ in rows if is_holdout}
        if not pool or not held:
            raise NothingToReplay(
                "Import images with known labels (--known-labels hide), among them a hold-out."
            )
        return Copy(self.new_id, reader, pool, held, {row[0]: row[3] for row in rows})
