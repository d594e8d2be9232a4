"""Agreement of a project's readers, from cases that are read through."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import Submission
from collimate.annotations.said import NO_OUTCOME
from collimate.projects import schema
from collimate.projects.models import Project
from collimate.reviews.accepted import is_newest
from collimate.reviews.agreement import (
    cohen_kappa,
    fleiss_kappa,
    mean_difference,
    raw_agreement,
)
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, ReadState


def agreement(session: Session, project: Project) -> dict[str, Any]:
    """Kappa of every pair of readers, Fleiss' kappa, and the raw share of equal answers.

    Only cases whose every place is filled count, so that the numbers tell nobody who still reads
    a case what another said of it. Readers are not named. Attributes of the study are compared
    each by itself, over the cases in which two or more readers answered it.
    """
    contents = _contents(session, project)
    cases = _several(
        {reader: answer_of(said) for reader, said in case.items()} for case in contents
    )
    by_pair: dict[tuple[UUID, UUID], list[tuple[str, str]]] = defaultdict(list)
    for answers in cases:
        for (reader_a, a), (reader_b, b) in combinations(sorted(answers.items()), 2):
            by_pair[reader_a, reader_b].append((a, b))
    labels = [list(answers.values()) for answers in cases]
    return {
        "pairs": [
            {"count": len(pairs), "kappa": cohen_kappa(*map(list, zip(*pairs, strict=True)))}
            for _, pairs in sorted(by_pair.items())
        ],
        "fleiss_kappa": _fleiss(labels),
        "raw_agreement": raw_agreement(labels),
        "double_read_count": len(labels),
        "attributes": _of_attributes(session, project, contents),
    }


def _fleiss(labels: list[list[str]]) -> float | None:
    is_even = len({len(case) for case in labels}) == 1
    return fleiss_kappa(labels) if is_even else None


def _of_attributes(
    session: Session, project: Project, contents: list[dict[UUID, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Per attribute of the study in the newest schema: agreement, or for numbers the distance."""
    try:
        asked = schema.current_schema(session, project.id).attributes
    except schema.SchemaNotFound:
        return []
    found = []
    for attribute in asked:
        if attribute["scope"] != "study" or attribute["kind"] == "text":
            continue
        values = [
            list(answers.values())
            for answers in _several(
                {reader: _value(said, attribute["key"]) for reader, said in case.items()}
                for case in contents
            )
        ]
        is_number = attribute["kind"] == "number"
        found.append(
            {
                "key": attribute["key"],
                "name": attribute["name"],
                "unit": attribute["unit"],
                "count": len(values),
                "raw_agreement": None if is_number else raw_agreement(values),
                "fleiss_kappa": None if is_number else _fleiss(values),
                "mean_difference": mean_difference(values) if is_number else None,
            }
        )
    return found


def _several(cases: Iterable[dict[UUID, Any]]) -> list[dict[UUID, Any]]:
    """The cases of which two or more readers said something, with what they said."""
    said = ({r: one for r, one in case.items() if one is not None} for case in cases)
    return [case for case in said if len(case) > 1]


def answer_of(content: dict[str, Any]) -> str | None:
    """Several chosen classes joined to one; excluding a case is an answer too."""
    if (content.get("outcome") or NO_OUTCOME)["exclusion"]:
        return "(excluded)"
    return "+".join(content["answer"]["label_keys"]) if content.get("answer") else None


def _value(content: dict[str, Any], key: str) -> Any:
    for said in content.get("attributes", ()):
        if said["scope"] == "study" and key in said["values"]:
            value = said["values"][key]
            return "+".join(value) if isinstance(value, list) else value
    return None


def _contents(session: Session, project: Project) -> list[dict[UUID, dict[str, Any]]]:
    """Per case that is read through: reader → what was submitted."""
    rows = session.execute(
        select(Task.id, Read.reader_id, Submission.content)
        .join(Read, Read.task_id == Task.id)
        .join(Submission, Submission.read_id == Read.id)
        .where(Task.project_id == project.id, Read.state.in_(DONE), is_newest())
        .where(Task.state.in_((ReadState.SUBMITTED, ReadState.ACCEPTED)))
        .order_by(Task.id, Read.slot)
    )
    cases: dict[UUID, dict[UUID, dict[str, Any]]] = defaultdict(dict)
    for task_id, reader_id, content in rows:
        if reader_id is not None:
            cases[task_id][reader_id] = content
    return list(cases.values())
