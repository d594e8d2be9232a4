"""What showing the model does to readers: first reads against what was submitted after it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from collimate.access.models import User
from collimate.annotations.models import FirstRead, Submission
from collimate.projects.models import Project
from collimate.reviews.accepted import is_newest
from collimate.reviews.compare import answer_of
from collimate.studies.models import Patient, Study
from collimate.tasks.models import Read, Task
from collimate.tasks.states import DONE, ReadState

FEWEST_PAIRS = 10
"""Below this many pairs no share is given: one case more would turn it."""
FEWEST_OTHERS = 2


@dataclass(frozen=True)
class Said:
    """A read's newest answer that stands, and whether a reviewer accepted it."""

    read_id: UUID
    answer: str
    is_accepted: bool


@dataclass(frozen=True)
class Pair:
    """One staged read: what was answered before and after the model was shown.

    Several classes are joined by `+`. `reference` is what is held to be right, None where nothing
    is. Times are active milliseconds, until the lock and in total.
    """

    read_id: UUID
    pseudonym: str
    reader_name: str
    first: str
    suggested: str | None
    final: str
    reference: str | None
    first_active_ms: int
    active_ms: int

    @property
    def is_changed(self) -> bool:
        return self.first != self.final


def reference(read_id: UUID, said: Sequence[Said]) -> str | None:
    """What is held to be right about the case of a read; None where it cannot be told.

    What reviewers accepted, else what more than half of the other readers say, of whom there must
    be two: a read is never measured by itself alone.
    """
    accepted = [one.answer for one in said if one.is_accepted]
    if accepted:
        return _majority(accepted)
    others = [one.answer for one in said if one.read_id != read_id]
    return _majority(others) if len(others) >= FEWEST_OTHERS else None


def _majority(answers: Sequence[str]) -> str | None:
    best = max(set(answers), key=answers.count)
    return best if 2 * answers.count(best) > len(answers) else None


def tally(name: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Counts of one reader or class; shares only from ten pairs on.

    `followed_count`: changed to what the model suggested.
    """
    judged = [pair for pair in pairs if pair.reference is not None]
    changed = [pair for pair in pairs if pair.is_changed]

    def switched(*, to_right: bool) -> int:
        sides = ((p.final, p.first) if to_right else (p.first, p.final) for p in judged)
        right = [p.reference for p in judged]
        return sum(a == ref != b for (a, b), ref in zip(sides, right, strict=True))

    def share(count: int, of: int) -> float | None:
        return count / of if of >= FEWEST_PAIRS else None

    first_right = sum(pair.first == pair.reference for pair in judged)
    final_right = sum(pair.final == pair.reference for pair in judged)
    return {
        "name": name,
        "count": len(pairs),
        "changed_count": len(changed),
        "followed_count": sum(pair.final == pair.suggested for pair in changed),
        "judged_count": len(judged),
        "right_to_wrong_count": switched(to_right=False),
        "wrong_to_right_count": switched(to_right=True),
        "changed_share": share(len(changed), len(pairs)),
        "first_right_share": share(first_right, len(judged)),
        "final_right_share": share(final_right, len(judged)),
    }


def staged_reads(session: Session, project: Project) -> dict[str, Any]:
    """Every staged read that was submitted, and the tallies in all, by reader, by first answer."""
    pairs = _pairs(session, project)
    return {
        "total": tally("", pairs),
        "readers": _tallies((pair.reader_name, pair) for pair in pairs),
        "classes": _tallies((pair.first, pair) for pair in pairs),
        "fewest_pairs": FEWEST_PAIRS,
        "pairs": [{**asdict(pair), "is_changed": pair.is_changed} for pair in pairs],
    }


def _tallies(named: Iterable[tuple[str, Pair]]) -> list[dict[str, Any]]:
    groups: dict[str, list[Pair]] = defaultdict(list)
    for name, pair in named:
        groups[name].append(pair)
    return [tally(name, groups[name]) for name in sorted(groups)]


def _pairs(session: Session, project: Project) -> list[Pair]:
    """Oldest first. The answer after is the first submission since the lock: what is changed later
    answers a reviewer, not the model.
    """
    said = _said(session, project)
    rows = session.execute(
        select(FirstRead, Submission.content, Read, User.name, Patient.pseudonym)
        .join(Read, Read.id == FirstRead.read_id)
        .join(Submission, Submission.read_id == Read.id)
        .join(User, User.id == FirstRead.author_id)
        .join(Task, Task.id == Read.task_id)
        .join(Study, Study.id == Task.study_id)
        .join(Patient, Patient.id == Study.patient_id)
        .where(FirstRead.project_id == project.id, Study.deleted_at.is_(None))
        .where(Submission.created_at >= FirstRead.created_at)
        .order_by(FirstRead.created_at, FirstRead.id, Submission.number)
    ).all()
    found: dict[UUID, Pair] = {}
    for locked, content, read, name, pseudonym in rows:
        first, final = answer_of(locked.content), answer_of(content)
        if read.id not in found and first is not None and final is not None:
            found[read.id] = Pair(
                read_id=read.id,
                pseudonym=pseudonym,
                reader_name=name,
                first=first,
                suggested=locked.suggested_key,
                final=final,
                reference=reference(read.id, said[read.task_id]),
                first_active_ms=locked.active_ms,
                active_ms=read.active_ms,
            )
    return list(found.values())


def _said(session: Session, project: Project) -> dict[UUID, list[Said]]:
    rows = session.execute(
        select(Read.task_id, Read.id, Read.state, Submission.content)
        .join(Submission, Submission.read_id == Read.id)
        .where(Read.project_id == project.id, Read.state.in_(DONE), is_newest())
    )
    found: dict[UUID, list[Said]] = defaultdict(list)
    for task_id, read_id, state, content in rows:
        answer = answer_of(content)
        if answer is not None:
            found[task_id].append(Said(read_id, answer, state == ReadState.ACCEPTED))
    return found
