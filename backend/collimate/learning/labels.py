"""What the learner may learn from: one answer per study, from the reads that stand."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from collimate.learning.kinds import KINDS, TaskKind
from collimate.projects import schema
from collimate.projects.models import LabelSchema, Project
from collimate.reviews.accepted import accepted_submissions
from collimate.studies.models import Study
from collimate.tasks.models import Task


@dataclass(frozen=True)
class Question:
    """What reads answer or draw; `keys` in the schema's order.

    Of masks and boxes several classes may be on one study, so they are `is_multi`.
    """

    schema_id: UUID
    keys: tuple[str, ...]
    names: dict[str, str]
    is_multi: bool
    kind: TaskKind = TaskKind.CLASSIFICATION


@dataclass(frozen=True)
class Labelled:
    """One study's answer: where several readers answered, what most of them said."""

    study_id: UUID
    patient_id: UUID
    is_holdout: bool
    arm: str
    label_keys: tuple[str, ...]
    submission_ids: tuple[UUID, ...]
    active_ms: int
    submitted_at: datetime


def question_of(session: Session, project: Project) -> Question | None:
    """The newest question of a project; None where there is none to learn.

    Where several things are asked, the answer goes first, then segments, then boxes.
    """
    try:
        newest: LabelSchema = schema.current_schema(session, project.id)
    except schema.SchemaNotFound:
        return None
    labels = schema.labels_of(session, newest.id)
    for kind, row in KINDS.items():
        is_answer = kind is TaskKind.CLASSIFICATION
        own = [label for label in labels if label.kind == row.label_kind]
        if own and not (is_answer and newest.answer_mode == "none"):
            return Question(
                newest.id,
                tuple(label.key for label in own),
                {label.key: label.name for label in own},
                not is_answer or newest.answer_mode == "multi",
                kind,
            )
    return None


def labelled_studies(
    session: Session,
    project: Project,
    question: Question,
    *,
    only: Collection[UUID] | None = None,
) -> tuple[list[Labelled], int]:
    """Studies with an answer, and how many were left out because their readers disagree evenly.

    Answers that the present question does not know are left out too. With `only` just these
    studies are looked at.
    """
    reads: dict[UUID, list[tuple]] = {}
    query = accepted_submissions(project).add_columns(Task.arm)
    if only is not None:
        query = query.where(Study.id.in_(list(only)))
    for submission, read, study, patient, arm in session.execute(query):
        reads.setdefault(study.id, []).append((submission, read, patient, arm))
    found, undecided = [], 0
    for study_id, rows in reads.items():
        answers = [_answer(submission.content, question) for submission, *_ in rows]
        usable = [answer for answer in answers if answer is not None]
        keys = _majority(usable, question)
        if keys is None:
            undecided += bool(usable)
            continue
        patient = rows[0][2]
        found.append(
            Labelled(
                study_id,
                patient.id,
                patient.is_holdout,
                rows[0][3],
                keys,
                tuple(submission.id for submission, *_ in rows),
                sum(read.active_ms for _, read, *_ in rows),
                max(read.submitted_at for _, read, *_ in rows),
            )
        )
    return found, undecided


def manifest_sha256(labelled: Iterable[Labelled]) -> str:
    """Hash what a model learns from: sorted submission ids, each with the label it led to."""
    lines = sorted(
        f"{submission_id} {','.join(item.label_keys)}"
        for item in labelled
        for submission_id in item.submission_ids
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _answer(content: dict, question: Question) -> tuple[str, ...] | None:
    if question.kind is not TaskKind.CLASSIFICATION:
        row = KINDS[question.kind]
        drawn = {
            one["label_key"]
            for one in content.get(row.content, [])
            if one["kind"] == row.label_kind
        }
        return tuple(key for key in question.keys if key in drawn)
    answer = content.get("answer")
    if not answer:
        return None
    keys = tuple(key for key in question.keys if key in answer["label_keys"])
    if len(keys) != len(set(answer["label_keys"])):
        return None
    return keys if question.is_multi or len(keys) == 1 else None


def _majority(answers: Sequence[tuple[str, ...]], question: Question) -> tuple[str, ...] | None:
    """What more readers said than anything else; None on a tie or without answers."""
    if not answers:
        return None
    votes = Counter(key for keys in answers for key in keys)
    if question.is_multi:
        if any(2 * votes[key] == len(answers) for key in question.keys):
            return None
        return tuple(key for key in question.keys if 2 * votes[key] > len(answers))
    (best, most), *rest = votes.most_common(2)
    return (best,) if not rest or most > rest[0][1] else None
