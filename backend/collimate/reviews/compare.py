"""Agreement of a project's readers, from cases that are read through."""

from collections import defaultdict
from itertools import combinations
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.annotations.models import Submission
from collimate.annotations.said import NO_OUTCOME
from collimate.projects.models import Project
from collimate.reviews.accepted import is_newest
from collimate.reviews.agreement import cohen_kappa, fleiss_kappa, raw_agreement
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, ReadState


def agreement(session: Session, project: Project) -> dict[str, Any]:
    """Kappa of every pair of readers, Fleiss' kappa, and the raw share of equal answers.

    Only cases whose every place is filled count, so that the numbers tell nobody who still reads
    a case what another said of it. Readers are not named.
    """
    cases = _answers(session, project)
    by_pair: dict[tuple[UUID, UUID], list[tuple[str, str]]] = defaultdict(list)
    for answers in cases:
        for (reader_a, a), (reader_b, b) in combinations(sorted(answers.items()), 2):
            by_pair[reader_a, reader_b].append((a, b))
    labels = [list(answers.values()) for answers in cases]
    is_even = len({len(case) for case in labels}) == 1
    return {
        "pairs": [
            {"count": len(pairs), "kappa": cohen_kappa(*map(list, zip(*pairs, strict=True)))}
            for _, pairs in sorted(by_pair.items())
        ],
        "fleiss_kappa": fleiss_kappa(labels) if is_even else None,
        "raw_agreement": raw_agreement(labels),
        "double_read_count": len(labels),
    }


def _answers(session: Session, project: Project) -> list[dict[UUID, str]]:
    """Per case read by two or more: reader → answer, several chosen classes joined to one.

    Excluding a case is an answer too.
    """
    rows = session.execute(
        select(Task.id, Read.reader_id, Submission.content)
        .join(Read, Read.task_id == Task.id)
        .join(Submission, Submission.read_id == Read.id)
        .where(Task.project_id == project.id, Read.state.in_(DONE), is_newest())
        .where(Task.state.in_((ReadState.SUBMITTED, ReadState.ACCEPTED)))
        .order_by(Task.id, Read.slot)
    )
    cases: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for task_id, reader_id, content in rows:
        if reader_id is None:
            continue
        if (content.get("outcome") or NO_OUTCOME)["exclusion"]:
            cases[task_id][reader_id] = "(excluded)"
        elif content.get("answer"):
            cases[task_id][reader_id] = "+".join(content["answer"]["label_keys"])
    return [answers for answers in cases.values() if len(answers) > 1]
