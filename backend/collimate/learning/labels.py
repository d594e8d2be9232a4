"""What the learner may learn from: answers per study, series or image, from reads that stand."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.learning.kinds import KINDS, TaskKind
from collimate.projects import schema
from collimate.projects.attributes import YES_NO, Attribute, answers_of
from collimate.projects.learnable import learnable
from collimate.projects.models import LabelSchema, Project
from collimate.projects.rules import learning_rules
from collimate.reviews.accepted import accepted_submissions
from collimate.studies.models import Instance, Series, Study
from collimate.tasks.models import Task

STUDY, SERIES, IMAGE = "study", "series", "image"
"""What one answer is of: the unit that is learned from and predicted."""


@dataclass(frozen=True)
class Question:
    """What reads answer or draw; `keys` in the schema's order.

    Of masks and boxes several classes may be on one study, so they are `is_multi`. `attribute` is
    the key of the attribute that is asked of every series or image, empty for the study's answer.
    """

    schema_id: UUID
    keys: tuple[str, ...]
    names: dict[str, str]
    is_multi: bool
    kind: TaskKind = TaskKind.CLASSIFICATION
    scope: str = STUDY
    attribute: str = ""


@dataclass(frozen=True)
class Labelled:
    """One unit's answer: where several readers answered, what most of them said.

    `unit_id` is the study's own id where the study was asked. `active_ms` is the time its readers
    spent on the whole study.
    """

    study_id: UUID
    unit_id: UUID
    patient_id: UUID
    is_holdout: bool
    arm: str
    label_keys: tuple[str, ...]
    submission_ids: tuple[UUID, ...]
    active_ms: int
    submitted_at: datetime


def question_of(session: Session, project: Project) -> Question | None:
    """The newest question of a project; None where there is none to learn.

    The attribute that the project's rules name; else, where several things are asked, the answer
    goes first, then segments, then boxes.
    """
    try:
        newest: LabelSchema = schema.current_schema(session, project.id)
    except schema.SchemaNotFound:
        return None
    predicts = learning_rules(project).predicts
    if predicts:
        return _of_attribute(newest, predicts)
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


def _of_attribute(newest: LabelSchema, key: str) -> Question | None:
    """None where the newest schema asks it no more."""
    found = [one for one in learnable(newest.attributes) if one["key"] == key]
    return next((_asked_by(newest.id, one) for one in found), None)


def _asked_by(schema_id: UUID, attribute: Attribute) -> Question:
    names = {choice["key"]: choice["name"] for choice in attribute["choices"]}
    if attribute["kind"] == "yes_no":
        names = dict(zip(YES_NO, ("Yes", "No"), strict=True))
    return Question(
        schema_id,
        answers_of(attribute),
        names,
        attribute["kind"] == "multi",
        scope=attribute["scope"],
        attribute=attribute["key"],
    )


def labelled_units(
    session: Session,
    project: Project,
    question: Question,
    *,
    only: Collection[UUID] | None = None,
) -> tuple[list[Labelled], int]:
    """Units with an answer, and how many were left out because their readers disagree evenly.

    Answers that the present question does not know are left out too. With `only` just these
    studies are looked at.
    """
    reads: dict[UUID, list[tuple]] = {}
    query = accepted_submissions(project).add_columns(Task.arm)
    if only is not None:
        query = query.where(Study.id.in_(list(only)))
    for submission, read, study, patient, arm in session.execute(query):
        reads.setdefault(study.id, []).append((submission, read, patient, arm))
    units = _unit_ids(session, question, list(reads))
    found, undecided = [], 0
    for study_id, rows in reads.items():
        for unit_id, said in _answers(rows, question, units, study_id):
            keys = _majority([answer for _, answer in said], question)
            if keys is None:
                undecided += 1
                continue
            found.append(_labelled(study_id, unit_id, rows, keys, [one for one, _ in said]))
    return found, undecided


def _labelled(
    study_id: UUID, unit_id: UUID, rows: list[tuple], keys: tuple[str, ...], said_by: list[UUID]
) -> Labelled:
    patient = rows[0][2]
    return Labelled(
        study_id,
        unit_id,
        patient.id,
        patient.is_holdout,
        rows[0][3],
        keys,
        tuple(said_by),
        sum(read.active_ms for _, read, *_ in rows),
        max(read.submitted_at for _, read, *_ in rows),
    )


Said = list[tuple[UUID, tuple[str, ...]]]
"""Submissions, each with its answer."""


def _answers(
    rows: list[tuple], question: Question, units: dict[str, UUID], study_id: UUID
) -> Iterator[tuple[UUID, Said]]:
    """What was said of each unit of a study; units without an answer are left out."""
    said: dict[UUID, Said] = {}
    for submission, *_ in rows:
        for target, answer in _said_of(submission.content, question):
            unit_id = units.get(target) if target else study_id
            if answer is not None and unit_id is not None:
                said.setdefault(unit_id, []).append((submission.id, answer))
    return iter(said.items())


def _said_of(content: dict, question: Question) -> Iterator[tuple[str, tuple[str, ...] | None]]:
    """Targets (a UID, empty for the study) with what a submission answers of them."""
    if question.scope == STUDY:
        yield "", _answer(content, question)
        return
    for one in content.get("attributes", []):
        value = one["values"].get(question.attribute) if one["scope"] == question.scope else None
        if value is not None:
            yield one["target"], _known(value if isinstance(value, list) else [value], question)


def _unit_ids(session: Session, question: Question, study_ids: list[UUID]) -> dict[str, UUID]:
    """Ids of the series or images of these studies by their UID; none where studies are asked."""
    if question.scope == STUDY:
        return {}
    table = Series if question.scope == SERIES else Instance
    uid = Series.series_uid if question.scope == SERIES else Instance.sop_instance_uid
    return dict(session.execute(select(uid, table.id).where(table.study_id.in_(study_ids))).all())


def active_ms_of(items: Iterable[Labelled]) -> int:
    """The time that was spent on these reads: once per study, however many units it has."""
    return sum({item.study_id: item.active_ms for item in items}.values())


def manifest_sha256(labelled: Iterable[Labelled]) -> str:
    """Hash what a model learns from: sorted submission ids, each with the label it led to, and
    which unit of the study that is of.
    """
    lines = sorted(
        f"{submission_id} {','.join(item.label_keys)}{_unit_of(item)}"
        for item in labelled
        for submission_id in item.submission_ids
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _unit_of(item: Labelled) -> str:
    return "" if item.unit_id == item.study_id else f" {item.unit_id}"


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
    return _known(answer["label_keys"], question)


def _known(said: Sequence[str], question: Question) -> tuple[str, ...] | None:
    """An answer in the question's order; None where the question knows it not."""
    keys = tuple(key for key in question.keys if key in said)
    if len(keys) != len(set(said)):
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
